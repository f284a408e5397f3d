"""What one model says about the pairs of a delivery (Urteil eines Modells)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.data.engine import connect
from kimeval.data.link.levels import bars, contradictions, texts
from kimeval.data.link.models import EXACT, Model, model
from kimeval.data.link.prepare import BLOCK_LIMIT, ROUND_DAYS, prepare, too_common
from kimeval.data.link.score import levels_of, linker_of, scored, silent
from kimeval.data.link.train import train
from kimeval.data.pseudonyms import plain_name

JUDGED = ["record_left", "record_right", "probability", "weight", "why", "barred", "full"]
PARAMETERS = ["model", "comparison", "level", "m", "u", "trained"]
EXACT_WHY = "Name und Vorname gleich, Geburtsdatum gleich"
ORDER = ["record_left", "record_right"]


class Judge(Protocol):
    """Whoever judges pairs: a model, or the exact comparison (Urteil)."""

    @property
    def judged(self) -> pd.DataFrame:
        """Pairs that are probable enough to be shown; columns of `JUDGED`."""

    @property
    def notes(self) -> tuple[str, ...]:
        """German sentences for a report."""

    @property
    def parameters(self) -> pd.DataFrame:
        """Values m and u that were used."""

    def why(self, pairs: pd.DataFrame) -> list[str]:
        """What agrees in each pair, in German, without values."""

    def contradicts(self, pairs: pd.DataFrame) -> NDArray[np.bool_]:
        """Pairs that must not stand in one group, also not through a third record."""


@dataclass(frozen=True)
class Exact:
    """The same names in any order and spelling habit, and the same birth date (exakt)."""

    judged: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    parameters: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=PARAMETERS), repr=False
    )

    def why(self, pairs: pd.DataFrame) -> list[str]:
        """The only reason there is."""
        return [EXACT_WHY] * len(pairs)

    def contradicts(self, pairs: pd.DataFrame) -> NDArray[np.bool_]:
        """None: groups of equal records cannot chain."""
        return np.zeros(len(pairs), dtype=bool)


@dataclass(frozen=True)
class Probable:
    """A linkage model with its records (Modell mit Wahrscheinlichkeiten)."""

    model: Model
    con: duckdb.DuckDBPyConnection = field(repr=False)
    judged: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    parameters: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def why(self, pairs: pd.DataFrame) -> list[str]:
        """What agrees in each pair."""
        return texts(self.model, self._levels(pairs))

    def contradicts(self, pairs: pd.DataFrame) -> NDArray[np.bool_]:
        """Pairs with a level that contradicts, and no equal number."""
        return contradictions(self.model, self._levels(pairs))

    def _levels(self, pairs: pd.DataFrame) -> pd.DataFrame:
        with silent():
            return levels_of(self.con, pairs, self.model)


def judge(people: pd.DataFrame, name: str, least: float) -> Judge:
    """Let a model judge all pairs of a delivery.

    Parameters
    ----------
    people : DataFrame
        As for `link`.
    name : str
        `exact`, or a model of `models.toml`.
    least : float
        Pairs below this probability are forgotten.

    Raises
    ------
    ProfileError
        If there is no such model.
    DataError
        If the pairs do not fit into the memory that is allowed.
    """
    declared = None if name == EXACT else model(name)
    if declared is None or len(people) < 2:
        return Exact(_same(people))
    records, dropped = too_common(prepare(people, declared))
    con = connect()
    with silent():
        training = train(records, declared)
        linker = linker_of(con, records, training.model)
        pairs = scored(linker, len(records), least)
        levels = levels_of(con, pairs, declared)
    judged = pairs.assign(
        why=pd.Series(texts(declared, levels), dtype="str"),
        barred=pd.Series(bars(declared, levels), dtype="str"),
        full=_full(records, pairs),
    )
    judged = judged.loc[judged["barred"] != "pair", JUDGED].reset_index(drop=True)
    notes = (training.note, *_common_note(dropped))
    return Probable(training.model, con, judged, notes, _parameters(training.model, declared))


def no_pairs() -> pd.DataFrame:
    """The table of judged pairs, without any."""
    kinds = ("int64", "int64", "float64", "float64", "str", "str", "bool")
    return pd.DataFrame(
        {name: pd.Series(dtype=kind) for name, kind in zip(JUDGED, kinds, strict=True)}
    )


def _same(people: pd.DataFrame) -> pd.DataFrame:
    """Pairs of the same plain name and birth date, with probability 1."""
    names = zip(people["family"], people["given"], strict=True)
    frame = pd.DataFrame(
        {
            "record": np.arange(len(people)),
            "name": pd.Series([plain_name(pair) for pair in names], dtype="str"),
            "born": people["birth_date"].to_numpy(),
        }
    )
    frame = frame[(frame["name"] != "") & (frame["born"] != "")]
    both = frame.merge(frame, on=["name", "born"], suffixes=("_left", "_right"))
    both = both[both["record_left"] < both["record_right"]]
    both = both.assign(probability=1.0, weight=np.inf, why=EXACT_WHY, barred="", full=True)
    return both.sort_values(ORDER, ignore_index=True)[JUDGED]


def _full(records: pd.DataFrame, pairs: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether the whole name and an ordinary birth date agree."""
    plain, born = records["plain"].fillna(""), records["birth_date"].fillna("")
    usable = plain.str.contains(" ") & (born != "") & ~born.str.endswith(ROUND_DAYS)
    known, name, day = usable.to_numpy(bool), pd.factorize(plain)[0], pd.factorize(born)[0]
    left, right = pairs["record_left"].to_numpy(), pairs["record_right"].to_numpy()
    return known[left] & (name[left] == name[right]) & (day[left] == day[right])


def _common_note(dropped: int) -> list[str]:
    if not dropped:
        return []
    limit = f"{BLOCK_LIMIT:,}".replace(",", ".")
    return [
        f"{dropped} Datensätze teilen ein Merkmal der Vorauswahl mit mehr als {limit} anderen "
        f"(meist ein Platzhalter); über dieses Merkmal wurden sie nicht verglichen."
    ]


def _parameters(used: Model, declared: Model) -> pd.DataFrame:
    rows = [
        (used.name, c.german, level.why, level.m, level.u, level != before)
        for c, d in zip(used.comparisons, declared.comparisons, strict=True)
        for level, before in zip(c.levels, d.levels, strict=True)
    ]
    return pd.DataFrame(rows, columns=PARAMETERS)
