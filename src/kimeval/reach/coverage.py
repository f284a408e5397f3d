"""Which share of the newly arrived is reached (Reichweite)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.errors import DataError, suggestion
from kimeval.core.persons import families, people
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import both, refusal
from kimeval.core.supplied import NOTHING_SUPPLIED, Supplied
from kimeval.reach.arrivals import QUARTERS, lines_of, newly_arrived, reached_arrivals
from kimeval.reach.bases import Base, Wanted, base_for, counted
from kimeval.reach.people import AGE_BANDS, DIMENSIONS, age_band
from kimeval.reach.rows import family_effect, share_over_base

INDICATOR = "coverage_newly_arrived"
CROSS = " × "
BY = ("ags", "gender", "age_band", "nationality", "language_level", "provider")
ABOVE = (
    "mehr erreichte Personen (Tabelle clients) als Neuzugewanderte (Tabelle population); "
    "Zähler und Nenner passen nicht zusammen"
)
NOTHING = "keine Zahl der Neuzugewanderten geliefert"


def coverage_newly_arrived(
    dataset: Dataset,
    quarter: Quarter,
    by: Sequence[str] = ("ags",),
    supplied: Supplied = NOTHING_SUPPLIED,
    level: float = 0.95,
) -> Results:
    """Share of the newly arrived who had a contact (Reichweite unter Neuzugewanderten).

    Parameters
    ----------
    dataset : Dataset
        With tables clients, contacts and population (measure newly_arrived).
    quarter : Quarter
        Last of the four quarters in which people arrived; a contact counts up
        to its end.
    by : sequence of str
        Of `BY`, or two of gender and age_band joined by ` × `. By provider stands the
        share of all newly arrived whom it met first.
    supplied : Supplied
        Denominators of the user, for exactly these four quarters; they come before
        the delivered statistic, and each brings its footnote.
    level : float
        Coverage of the interval, in which families count as clusters.

    Returns
    -------
    Results
        The area and each group; every municipality, and of other dimensions the groups
        with a denominator. A dimension without any is one refused row that says so.
        Partial where a number of the statistic is withheld or was not delivered; refused
        where it gives none, nobody, or fewer people than were reached.
    """
    for dimension in by:
        _require(dimension)
    try:
        reached = reached_arrivals(dataset, quarter, pd.Timestamp(quarter.end))
        dataset.table("population")
    except MissingTable as found:
        return Results.of([refusal(INDICATOR, dataset, quarter, found)])
    effect = family_effect(families(dataset, reached["person_id"]))
    measure = _Measure(dataset, quarter, supplied, level, effect)
    rows = [measure.row(reached["person_id"])]
    attributes = _attributes(dataset, reached, quarter)
    for dimension in by:
        rows += measure.groups(attributes, dimension)
    return Results.of(rows)


@dataclass(frozen=True)
class _Measure:
    dataset: Dataset
    quarter: Quarter
    supplied: Supplied
    level: float
    effect: float

    def groups(self, reached: pd.DataFrame, dimension: str) -> list[Row]:
        """Rows of one dimension, or one refused row where none has a denominator."""
        found = []
        for group, codes_of in _groups_of(self.dataset, reached, dimension):
            mine = (reached[list(codes_of)] == pd.Series(codes_of)).all(axis=1)
            if dimension != "ags" and not self._told(codes_of):
                continue
            row = self.row(reached.loc[mine, "person_id"], dimension, group, codes_of)
            if row.reason != NOTHING or dimension == "ags":
                found.append(row)
        if found:
            return found
        name = CROSS.join(DIMENSIONS[part] for part in dimension.split(CROSS))
        reason = f"keine Zahl der Neuzugewanderten nach {name} geliefert"
        row = refusal(INDICATOR, self.dataset, self.quarter, reason)
        return [replace(row, dimension=dimension, group=name)]

    def _told(self, codes_of: Mapping[str, str]) -> bool:
        """Whether some source tells the newly arrived apart by these codes at all."""
        groups = {name: code for name, code in codes_of.items() if name != "provider"}
        statistic = self.dataset.table("population")
        held = pd.Series(True, statistic.index)
        for name, code in groups.items():
            held &= statistic[name].eq(code) if name in statistic else False
        return bool(held.any()) or any(
            all(getattr(one, name) == code for name, code in groups.items())
            for one in self.supplied.denominators
        )

    def row(
        self,
        persons: pd.Series,
        dimension: str = "",
        group: str = "",
        held: Mapping[str, str] | None = None,
    ) -> Row:
        groups = {name: code for name, code in (held or {}).items() if name != "provider"}
        town = groups.pop("ags", "")
        base, status, reason = self._base(groups, town)
        refused = not_covered(len(persons), base)
        if refused or base is None:
            row = refusal(INDICATOR, self.dataset, self.quarter, refused)
            return replace(row, dimension=dimension, group=group)
        place = Row(
            INDICATOR,
            str(self.quarter),
            self.dataset.area.code,
            dimension=dimension,
            group=group,
            status=status,
            reason=reason,
            record_key=key_of("person_id", persons),
        )
        return share_over_base(place, len(persons), base, self.level, self.effect)

    def _base(self, groups: Mapping[str, str], town: str) -> tuple[Base | None, str, str]:
        """Denominator with status and reason: the user's, else that of the statistic."""
        status, reason = self.dataset.status_of_cases(self.quarter)
        since = (self.quarter - (QUARTERS - 1)).start
        wanted = Wanted("newly_arrived", self.quarter.end, since, town, groups)
        given, _ = base_for(self.dataset, self.supplied.denominators, wanted)
        if given is not None:
            return given, status, reason
        if "language_level" in groups:
            return None, status, reason
        arrived = newly_arrived(self.dataset, self.quarter, groups)
        arrived = arrived[arrived["ags"] == town] if town else arrived
        known = arrived["persons"].dropna()
        if known.empty:
            return None, status, reason
        if (known < 0).any():
            raise DataError(
                "A number of people is not negative, found one in table 'population'. Was a "
                "sign for missing read as a minus?"
            )
        total = float(known.sum())
        due = QUARTERS * (1 if town else len(self.dataset.area.municipalities))
        status, reason = withheld(status, reason, len(known), due)
        return counted(total, lines_of(arrived)), status, reason


def withheld(status: str, reason: str, known: int, due: int) -> tuple[str, str]:
    """Status and reason; partial where numbers of the statistic are lacking."""
    if known >= due:
        return status, reason
    lacking = f"{due - known} von {due} Zahlen der Statistik geheim oder nicht geliefert"
    return "partial", both(reason, f"{lacking}, der Nenner ist zu klein")


def not_covered(reached: int, base: Base | None) -> str:
    """Why persons reached have no share in a denominator; empty where they have."""
    if base is None:
        return NOTHING
    if base.high == 0:
        return "laut Statistik keine Neuzugewanderten"
    limit = base.high if math.isnan(base.persons) else base.persons
    if reached <= limit:
        return ""
    return f"{ABOVE}; {base.said}" if base.said else ABOVE


def _attributes(dataset: Dataset, reached: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    persons = people(dataset)
    bands = age_band(persons["birth_year"], quarter)
    named = persons[["gender", "nationality", "language_level"]].assign(age_band=bands)
    return reached.join(named, on="person_id")


def _groups_of(
    dataset: Dataset, reached: pd.DataFrame, dimension: str
) -> list[tuple[str, dict[str, str]]]:
    """German group and codes of each group of a dimension, in order."""
    if dimension == "ags":
        return [(town.name, {"ags": town.ags}) for town in dataset.area.municipalities]
    if dimension == "provider":
        held = {dataset.provider_name(p): p for p in reached["provider"].unique()}
        return [(name, {"provider": held[name]}) for name in sorted(held)]
    groups: list[tuple[str, dict[str, str]]] = [("", {})]
    for part in dimension.split(CROSS):
        labels = {band: band for band in AGE_BANDS} if part == "age_band" else codes(part)
        groups = [
            (f"{before}{CROSS}{label}" if before else label, {**held, part: code})
            for before, held in groups
            for code, label in labels.items()
        ]
    return groups


def _require(dimension: str) -> None:
    for part in dimension.split(CROSS):
        if part not in BY:
            raise DataError(
                f"Newly arrived persons are told apart by {', '.join(BY)}, got '{part}'. "
                f"{suggestion(part, BY)}"
            )
