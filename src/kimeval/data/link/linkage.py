"""One person in several files: who belongs together, and why (Personenerkennung)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.errors import DataError
from kimeval.data.link import cluster
from kimeval.data.link.cluster import Groups
from kimeval.data.link.panel import Panel
from kimeval.data.link.review import SAME, decided
from kimeval.data.profiles import Link

NEEDED = ("record", "provider", "file", "line", "family", "given", "birth_date")
PAIRS = ["record_left", "record_right", "probability", "weight", "joined", "why"]
BARRED = "dieser Unterschied verlangt eine gleiche Nummer oder eine Entscheidung"
CUT = "ein weiterer Datensatz der Person widerspricht"


@dataclass(frozen=True)
class Linkage:
    """Which records are one person (Ergebnis der Personenerkennung). Holds no names.

    Attributes
    ----------
    groups : ndarray of int64, shape (n,)
        Lowest record of each record's person.
    pairs : DataFrame
        Pairs at or above the review probability, and those decided by hand:
        record_left < record_right, probability (missing where only decided),
        weight (log2 of the odds), joined, why, held_back (German, may be empty),
        decision.
    ties : DataFrame
        Of persons with more than two records, the pairs that hold them together:
        person, record_left, record_right, probability, why, weakest.
    parameters : DataFrame
        m and u of each level of each model, and whether they were trained.
    notes : tuple of str
        German sentences for a report.
    """

    groups: NDArray[np.int64] = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)
    ties: pd.DataFrame = field(repr=False)
    parameters: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def persons(self) -> int:
        """Number of persons."""
        return len(np.unique(self.groups))


def link(
    people: pd.DataFrame, settings: Mapping[str, Link], decisions: pd.DataFrame | None = None
) -> Linkage:
    """Recognise records of one person, inside and between providers.

    Parameters
    ----------
    people : DataFrame, one row per record
        record (0, 1, ...), provider, file, line, family, given, birth_date (ISO),
        and optionally gender, nationality, ags, street, house_number, postcode,
        place, number; text, "" where unknown. Nothing of it reaches a disk.
    settings : mapping of str to Link
        By provider. Of two providers the stricter threshold and review hold; of
        two models the lower probability.
    decisions : DataFrame, optional
        Result of `read_decisions`.

    Returns
    -------
    Linkage

    Raises
    ------
    ProfileError
        If a model does not exist.
    DataError
        If the records lack a column, the comparison exceeds its memory, or
        decisions contradict each other or belong to another delivery.
    """
    people = _checked(people, settings)
    panel = Panel.of(people, settings)
    pairs = decided(panel.pairs(), people, panel, decisions)
    ties = pairs[pairs["tie"]].reset_index(drop=True)
    reached = cluster.components(len(people), ties["record_left"], ties["record_right"])
    apart = _apart(pairs, cluster.to_check(reached), panel)
    groups = cluster.grouped(len(people), ties, apart)
    return Linkage(
        groups.labels,
        _shown(pairs, ties, groups),
        cluster.spanning(ties, groups),
        panel.parameters,
        (*panel.notes, *_notes(reached, groups)),
    )


def _checked(people: pd.DataFrame, settings: Mapping[str, Link]) -> pd.DataFrame:
    absent = [name for name in NEEDED if name not in people]
    if absent:
        raise DataError(
            f"Linkage needs the columns {', '.join(NEEDED)}; {', '.join(absent)} are missing. "
            f"Add them, empty where unknown."
        )
    if (people["record"].to_numpy() != np.arange(len(people))).any():
        raise DataError("Records must be numbered 0, 1, ... in their order. Number them anew.")
    if unset := sorted(set(people["provider"]) - set(settings)):
        raise DataError(
            f"Each provider needs settings of linkage; {', '.join(unset)} has none. "
            f"Add [file.link] to its profile."
        )
    return people.reset_index(drop=True)


def _apart(pairs: pd.DataFrame, inside: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Pairs that must not stand in one group: by decision, or by contradiction."""
    by_hand = pairs.loc[(pairs["decision"] != SAME) & (pairs["decision"] != "")]
    keys = ["record_left", "record_right"]
    untied = inside.merge(pairs.loc[pairs["tie"], keys], on=keys, how="left", indicator=True)
    untied = untied.loc[untied["_merge"] == "left_only", keys]
    against = untied[panel.contradicts(untied)]
    return pd.concat(
        [by_hand[keys].assign(decided=True), against.assign(decided=False)], ignore_index=True
    )


def _shown(pairs: pd.DataFrame, ties: pd.DataFrame, groups: Groups) -> pd.DataFrame:
    left, right = groups.labels[pairs["record_left"]], groups.labels[pairs["record_right"]]
    joined = left == right
    tie = pairs["tie"].to_numpy(bool)
    cut = np.zeros(len(pairs), dtype=bool)
    cut[tie] = groups.cut
    barred = (pairs["barred"] != "").to_numpy() & ~joined
    held = np.select([cut, barred], [CUT, BARRED], "")
    shown = pairs.assign(joined=joined, held_back=pd.Series(held, pairs.index, "str"))
    return shown[[*PAIRS, "held_back", "decision"]]


def _notes(reached: NDArray[np.int64], groups: Groups) -> list[str]:
    notes = []
    if cut := int(groups.cut.sum()):
        notes.append(
            f"{cut} wahrscheinliche Paare wurden nicht zusammengeführt, weil ein weiterer "
            f"Datensatz der Person widerspricht."
        )
    if large := cluster.unchecked(reached):
        notes.append(
            f"{large} Personen haben mehr als {cluster.LARGEST_CHECKED} Datensätze und wurden "
            f"nicht auf Widersprüche geprüft."
        )
    return notes
