"""Persons, households and cases: new, active, closed (Personen, Haushalte, Fälle)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results
from kimeval.reach.counting import Select, count
from kimeval.reach.people import contacts, in_quarter, kim_cases


def persons_reached(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Persons with at least one contact in the quarter (erreichte Personen).

    Parameters
    ----------
    dataset : Dataset
        With tables contacts and clients.
    quarter : Quarter
        Period of the contacts.
    by : sequence of str
        Dimensions of `kimeval.reach.people.DIMENSIONS`. A person whom several
        providers met counts with the one met first, so that groups add up to
        the total and nobody can see how few are known to two.

    Returns
    -------
    Results
        The total and one row per group that occurs; refused where a table is
        missing. A dimension that cannot be told is one refused row.
    """
    return count("persons_reached", dataset, quarter, by, _contacts_in, "person_id")


def persons_new(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Persons whose first case with any provider was opened in the quarter."""
    return count("persons_new", dataset, quarter, by, _first_cases_in, "person_id")


def persons_begun(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Persons taken on for the first time or anew (neu oder wieder aufgenommen)."""
    return count("persons_begun", dataset, quarter, by, _begun("person_id"), "person_id")


def persons_active(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Persons with a case open on the quarter's last day (begleitete Personen)."""
    return count("persons_active", dataset, quarter, by, open_cases, "person_id")


def persons_closed(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Persons whose last open case ended in the quarter (beendete Begleitungen)."""
    return count("persons_closed", dataset, quarter, by, _ended("person_id"), "person_id")


def cases_new(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Cases opened in the quarter (neue Fälle)."""
    return count("cases_new", dataset, quarter, by, _cases_opened_in, "case_id")


def cases_active(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Cases open on the quarter's last day (aktive Fälle)."""
    return count("cases_active", dataset, quarter, by, open_cases, "case_id")


def cases_closed(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Cases closed in the quarter (beendete Fälle)."""
    return count("cases_closed", dataset, quarter, by, _cases_closed_in, "case_id")


def households_new(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Households taken on for the first time or anew (aufgenommene Haushalte)."""
    return count("households_new", dataset, quarter, by, _begun("household"), "household")


def households_active(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Households with a case open on the quarter's last day (Haushalte)."""
    return count("households_active", dataset, quarter, by, open_cases, "household")


def households_closed(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Households whose last open case ended in the quarter (beendete Begleitungen)."""
    return count("households_closed", dataset, quarter, by, _ended("household"), "household")


def reach_overview(dataset: Dataset, quarter: Quarter) -> Results:
    """Persons, households and cases side by side, never mixed."""
    measures = (
        persons_reached,
        persons_new,
        persons_begun,
        persons_active,
        persons_closed,
        households_new,
        households_active,
        households_closed,
        cases_new,
        cases_active,
        cases_closed,
    )
    return Results.together(measure(dataset, quarter) for measure in measures)


def open_cases(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    """Cases open on the quarter's last day, with person and household of each."""
    return _open_on(_with_household(dataset), quarter)


def _open_on(cases: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    day = pd.Timestamp(quarter.end)
    return cases[(cases["opened_on"] <= day) & ~(cases["closed_on"] <= day)]


def _with_household(dataset: Dataset) -> pd.DataFrame:
    """Cases with their household; one without a number is a household of its own."""
    cases = kim_cases(dataset)
    return cases.assign(household=cases["household_id"].fillna(cases["case_id"]))


def _contacts_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    return in_quarter(contacts(dataset), "contact_on", quarter)


def _first_cases_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    cases = kim_cases(dataset).sort_values(["opened_on", "case_id"], kind="stable")
    return in_quarter(cases.drop_duplicates("person_id"), "opened_on", quarter)


def _cases_opened_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    return in_quarter(kim_cases(dataset), "opened_on", quarter)


def _cases_closed_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    return in_quarter(kim_cases(dataset), "closed_on", quarter)


def _begun(unit: str) -> Select:
    """Cases opened in the quarter of those without an open one when it began."""

    def select(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
        cases = _with_household(dataset)
        before = _open_on(cases, quarter - 1)[unit]
        opened = in_quarter(cases, "opened_on", quarter).sort_values("opened_on", kind="stable")
        return opened[~opened[unit].isin(before)].drop_duplicates(unit)

    return select


def _ended(unit: str) -> Select:
    """The last case of those who were active in the quarter and are not at its end."""

    def select(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
        cases = _with_household(dataset)
        left = _open_on(cases, quarter)[unit]
        day = pd.Timestamp(quarter.start)
        touched = (cases["closed_on"] >= day) & (cases["closed_on"] <= pd.Timestamp(quarter.end))
        closed = cases[touched].sort_values("closed_on", kind="stable")
        return closed[~closed[unit].isin(left)].drop_duplicates(unit, keep="last")

    return select
