"""Which later states of a person count, and who could reach each (Ergebnisse)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.errors import DataError, suggestion
from kimeval.core.persons import with_person

LEAVING = {
    "moved": "verzogen",
    "returned": "ausgereist",
    "contact_lost": "Kontakt verloren",
    "died": "verstorben",
}
WITHOUT_STAY = ("gestattung", "duldung", "erlaubnis_104c")


@dataclass(frozen=True)
class Outcome:
    """A state that a person may reach (Ergebnis).

    Attributes
    ----------
    id, german : str
        Name in code, and in a report.
    tables : tuple of str
        Canonical tables that tell it; at least one of them must be there.
    days : callable
        From a dataset: first day of each person, a Series indexed by person_id.
    ages : tuple of int
        Age in years at the beginning, from and to; who is known to be outside could not
        reach it.
    titles : tuple of str
        Residence titles at the beginning, of which one is needed; empty for any.
    """

    id: str
    german: str
    tables: tuple[str, ...]
    days: Callable[[Dataset], pd.Series]
    ages: tuple[int, int] = (0, 130)
    titles: tuple[str, ...] = ()


def first_days(outcome: Outcome, dataset: Dataset) -> pd.Series:
    """First day on which each person is known to have reached it.

    Returns
    -------
    Series of datetime, indexed by person_id

    Raises
    ------
    MissingTable
        If the delivery holds none of its tables.
    """
    if not any(name in dataset.tables for name in outcome.tables):
        dataset.table(outcome.tables[0])
    return outcome.days(dataset)


def title_on(dataset: Dataset, days: pd.Series) -> pd.Series:
    """Residence title of each person on a day of their own (Aufenthaltstitel).

    Parameters
    ----------
    dataset : Dataset
        With table residence.
    days : Series of datetime, indexed by person_id

    Returns
    -------
    Series of str, indexed by person_id
        Only of whom a title is known on that day; what began last.
    """
    rows = with_person(dataset, "residence")
    on = rows["person_id"].map(days)
    open_ = (rows["valid_from"] <= on) & ~(rows["valid_to"] < on)
    known = rows[open_].sort_values("valid_from", kind="stable")
    return known.drop_duplicates("person_id", keep="last").set_index("person_id")["title"]


def _placed(kind: str) -> Callable[[Dataset], pd.Series]:
    def days(dataset: Dataset) -> pd.Series:
        rows = with_person(dataset, "placements")
        return _first(rows[rows["placement_type"] == kind], "started_on")

    return days


def _completed(dataset: Dataset) -> pd.Series:
    rows = with_person(dataset, "placements")
    course = (rows["placement_type"] == "language_course") & rows["completed"].fillna(False)
    return _first(rows[course & rows["ended_on"].notna()], "ended_on")


def _school(dataset: Dataset) -> pd.Series:
    found = []
    if "placements" in dataset.tables:
        found.append(_placed("school")(dataset))
    if "school_places" in dataset.tables:
        rows = with_person(dataset, "school_places")
        found.append(_first(rows[rows["placed_on"].notna()], "placed_on"))
    both = pd.concat(found)
    return both.groupby(level=0).min()


def _titled(*titles: str) -> Callable[[Dataset], pd.Series]:
    def days(dataset: Dataset) -> pd.Series:
        rows = with_person(dataset, "residence")
        return _first(rows[rows["title"].isin(titles)], "valid_from")

    return days


def _first(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.groupby("person_id")[column].min()


_PLACED = ("placements",)
_ALL = (
    Outcome(
        "language_course", "Sprachkurs begonnen", _PLACED, _placed("language_course"), (16, 130)
    ),
    Outcome("certificate", "Sprachkurs abgeschlossen", _PLACED, _completed, (16, 130)),
    Outcome("school", "Schulplatz", ("placements", "school_places"), _school, (5, 18)),
    Outcome("training", "Ausbildung begonnen", _PLACED, _placed("training"), (16, 35)),
    Outcome("work", "Arbeit aufgenommen", _PLACED, _placed("work"), (16, 66)),
    Outcome(
        "stay",
        "Aufenthalt nach § 25a oder § 25b",
        ("residence",),
        _titled("erlaubnis_25a", "erlaubnis_25b"),
        titles=WITHOUT_STAY,
    ),
    Outcome("naturalisation", "Einbürgerung", ("residence",), _titled("german")),
)
OUTCOMES: Mapping[str, Outcome] = MappingProxyType({one.id: one for one in _ALL})


def outcome(name: str) -> Outcome:
    """A declared outcome by its id.

    Raises
    ------
    DataError
        If there is none.
    """
    if name not in OUTCOMES:
        raise DataError(
            f"An outcome is one of those declared, got '{name}'. {suggestion(name, OUTCOMES)}"
        )
    return OUTCOMES[name]


__all__ = ["LEAVING", "OUTCOMES", "MissingTable", "Outcome", "first_days", "outcome", "title_on"]
