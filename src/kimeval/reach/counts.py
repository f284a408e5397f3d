"""Persons and cases counted, total and by group (Personen und Fälle)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.reach.people import (
    contacts,
    german_dimension,
    groups_of,
    in_quarter,
    with_person,
)
from kimeval.reach.rows import refusal

Select = Callable[[Dataset, Quarter], pd.DataFrame]


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
    return _count("persons_reached", dataset, quarter, by, _contacts_in, "person_id")


def persons_new(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Persons whose first case with any provider was opened in the quarter."""
    return _count("persons_new", dataset, quarter, by, _first_cases_in, "person_id")


def cases_new(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Cases opened in the quarter (neue Fälle)."""
    return _count("cases_new", dataset, quarter, by, _cases_opened_in, "case_id")


def cases_active(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Cases open on the quarter's last day (aktive Fälle)."""
    return _count("cases_active", dataset, quarter, by, open_cases, "case_id")


def cases_closed(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Cases closed in the quarter (beendete Fälle)."""
    return _count("cases_closed", dataset, quarter, by, _cases_closed_in, "case_id")


def households_active(dataset: Dataset, quarter: Quarter, by: Sequence[str] = ()) -> Results:
    """Households with a case open on the quarter's last day (Haushalte)."""
    return _count("households_active", dataset, quarter, by, _open_households, "household")


def reach_overview(dataset: Dataset, quarter: Quarter) -> Results:
    """Persons, households and cases side by side, never mixed."""
    measures = (
        persons_reached,
        persons_new,
        households_active,
        cases_active,
        cases_new,
        cases_closed,
    )
    return Results.together(measure(dataset, quarter) for measure in measures)


def reach_by_quarter(dataset: Dataset, last: Quarter, quarters: int = 20) -> Results:
    """Persons reached and persons new in each quarter up to `last` (Verlauf).

    Parameters
    ----------
    dataset : Dataset
        With tables contacts, cases and clients.
    last : Quarter
        End of the series.
    quarters : int
        Its length; it begins later where the first contact lies later, since
        nothing is known of the time before.

    Returns
    -------
    Results
    """
    first = dataset.table_or_empty("contacts")["contact_on"].min()
    begin = last - (quarters - 1)
    begin = begin if pd.isna(first) else max(begin, min(Quarter.of(first.date()), last))
    measures = (persons_reached, persons_new)
    return Results.together(
        measure(dataset, quarter) for measure in measures for quarter in Quarter.span(begin, last)
    )


def open_cases(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    """Cases open on the quarter's last day, with the person behind each."""
    cases = with_person(dataset, "cases")
    day = pd.Timestamp(quarter.end)
    return cases[(cases["opened_on"] <= day) & ~(cases["closed_on"] <= day)]


def _contacts_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    return in_quarter(contacts(dataset), "contact_on", quarter)


def _first_cases_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    cases = with_person(dataset, "cases").sort_values(["opened_on", "case_id"], kind="stable")
    return in_quarter(cases.drop_duplicates("person_id"), "opened_on", quarter)


def _cases_opened_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    return in_quarter(with_person(dataset, "cases"), "opened_on", quarter)


def _cases_closed_in(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    return in_quarter(with_person(dataset, "cases"), "closed_on", quarter)


def _open_households(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    cases = open_cases(dataset, quarter)
    return cases.assign(household=cases["household_id"].fillna(cases["case_id"]))


def _count(
    name: str,
    dataset: Dataset,
    quarter: Quarter,
    by: Sequence[str],
    select: Select,
    unit: str,
) -> Results:
    try:
        rows = select(dataset, quarter)
    except MissingTable as found:
        total = refusal(name, dataset, quarter, found)
        return Results.of([total, *(_untold(total, dimension) for dimension in by)])
    results = [_row(name, dataset, quarter, rows, unit)]
    for dimension in by:
        counted = _once(rows, unit) if dimension == "provider" else rows
        try:
            groups, order = groups_of(dataset, counted, dimension, quarter)
        except MissingTable as found:
            results.append(_untold(refusal(name, dataset, quarter, found), dimension))
            continue
        parts = dict(tuple(counted.groupby(groups, sort=False)))
        held = [group for group in order if group in parts]
        results += [
            _row(name, dataset, quarter, parts[group], unit, dimension, group) for group in held
        ]
    return Results.of(results)


def _once(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The first row of each person where persons are counted."""
    return rows.drop_duplicates("person_id") if unit == "person_id" else rows


def _untold(total: Row, dimension: str) -> Row:
    """One refused row in place of a dimension that cannot be told."""
    return replace(total, dimension=dimension, group=german_dimension(dimension))


def _row(
    name: str,
    dataset: Dataset,
    quarter: Quarter,
    rows: pd.DataFrame,
    unit: str,
    dimension: str = "",
    group: str = "",
) -> Row:
    status, reason = dataset.status_of_cases(quarter)
    count = rows[unit].nunique()
    return Row(
        name,
        str(quarter),
        dataset.area.code,
        value=count,
        numerator=count,
        dimension=dimension,
        group=group,
        method="Auszählung",
        contributors=rows["person_id"].nunique(),
        record_key=key_of(unit, rows[unit]),
        status=status,
        reason=reason,
    )
