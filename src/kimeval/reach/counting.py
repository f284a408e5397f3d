"""Distinct units counted, in total and by group (Auszählung)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal
from kimeval.reach.people import german_dimension, groups_of

Select = Callable[[Dataset, Quarter], pd.DataFrame]


def count(
    name: str,
    dataset: Dataset,
    quarter: Quarter,
    by: Sequence[str],
    select: Select,
    unit: str,
) -> Results:
    """Distinct units among selected rows.

    Parameters
    ----------
    name : str
        Indicator.
    dataset : Dataset
    quarter : Quarter
    by : sequence of str
        Dimensions of `kimeval.reach.people.DIMENSIONS`.
    select : callable
        Rows of a dataset and quarter, each with person_id and the unit.
    unit : str
        Column whose distinct values are counted: person_id, case_id or household.

    Returns
    -------
    Results
        The total and one row per group that occurs; refused where a table is
        missing. A dimension that cannot be told is one refused row.
    """
    try:
        rows = select(dataset, quarter)
    except MissingTable as found:
        total = refusal(name, dataset, quarter, found)
        return Results.of([total, *(untold(total, dimension) for dimension in by)])
    results = [_row(name, dataset, quarter, rows, unit)]
    for dimension in by:
        counted = _once(rows, unit) if dimension == "provider" else rows
        try:
            groups, order = groups_of(dataset, counted, dimension, quarter)
        except MissingTable as found:
            results.append(untold(refusal(name, dataset, quarter, found), dimension))
            continue
        parts = dict(tuple(counted.groupby(groups, sort=False)))
        held = [group for group in order if group in parts]
        results += [
            _row(name, dataset, quarter, parts[group], unit, dimension, group) for group in held
        ]
    return Results.of(results)


def untold(total: Row, dimension: str) -> Row:
    """One refused row in place of a dimension that cannot be told."""
    return replace(total, dimension=dimension, group=german_dimension(dimension))


def _once(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The first row of each person where persons are counted."""
    return rows.drop_duplicates("person_id") if unit == "person_id" else rows


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
    counted = rows[unit].nunique()
    return Row(
        name,
        str(quarter),
        dataset.area.code,
        value=counted,
        numerator=counted,
        dimension=dimension,
        group=group,
        method="Auszählung",
        contributors=rows["person_id"].nunique(),
        record_key=key_of(unit, rows[unit]),
        status=status,
        reason=reason,
    )
