"""The network of agencies as results (Netz der Stellen).

Referrals and persons are counted between offices of which few are named, so that hardly
a way is of few persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import TOTAL, Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.sent import CROSS, MANY, NOBODY, Sent, look_at
from kimeval.referrals.span import Span

FROM, TO = "from_office", "to_office"
WAYS = f"{FROM}{CROSS}{TO}"
OTHERS = "übrige Stellen"
COUNTED = {"referrals_between": "referral_id", "persons_by_way": "person_id"}


def referrals_between(
    dataset: Dataset, quarter: Quarter, span: Span | None = None, many: int = MANY
) -> Results:
    """Referrals and persons from one office to another (Wege zwischen Stellen).

    Parameters
    ----------
    dataset : Dataset
        With tables referrals and clients.
    quarter : Quarter
        What was known at its end.
    span : Span, optional
        The last calendar year by default: ways of a quarter are of few persons.
    many : int
        Least number of persons on each way of a named office, see `with_named`.

    Returns
    -------
    Results
        Both in total, by sending office, by receiving office and by both. A person on
        several ways counts on each and once in the total. Refused where nothing was
        delivered.
    """
    span = span or Span.year(quarter)
    try:
        sent = look_at(dataset, quarter, span)
    except MissingTable as found:
        blank = [refusal(name, dataset, quarter, found) for name in COUNTED]
        return Results.of([replace(row, period=span.period) for row in blank])
    if sent.rows.empty:
        blank = [refusal(name, dataset, quarter, NOBODY) for name in COUNTED]
        return Results.of([replace(row, period=span.period) for row in blank])
    rows = with_named(sent.rows, many)
    made = list(_counts(sent, rows, TOTAL, TOTAL))
    for dimension in (FROM, TO, WAYS):
        for group, part in rows.groupby(dimension.split(CROSS), sort=True):
            made += _counts(sent, part, dimension, CROSS.join(group))
    return Results.of(made)


def with_named(rows: pd.DataFrame, many: int = MANY) -> pd.DataFrame:
    """Referrals with both ends by name, offices with few persons being one (genannte Stellen).

    Of the senders and receivers of ways of few persons the one with the fewest persons
    joins the others of its kind, again and again, until each way that has a name at either
    end is of no or of many persons.

    Parameters
    ----------
    rows : DataFrame, shape (referrals, any)
        With person_id, from_agency and to_agency.
    many : int
        Least number of persons on a way.

    Returns
    -------
    DataFrame, shape (referrals, any)
        With `from_office` and `to_office`.
    """
    made = rows.assign(**{FROM: rows["from_agency"], TO: rows["to_agency"]})
    persons = {end: made.groupby(end)["person_id"].nunique() for end in (FROM, TO)}
    while True:
        ways = made.groupby([FROM, TO])["person_id"].nunique()
        small = ways[ways < many].index
        ends = {(end, name) for end in (FROM, TO) for name in small.get_level_values(end)}
        ends = {(end, name) for end, name in ends if name != OTHERS}
        if not ends:
            return made
        _, end, name = min((persons[end][name], end, name) for end, name in ends)
        made[end] = made[end].mask(made[end] == name, OTHERS)


def _counts(sent: Sent, part: pd.DataFrame, dimension: str, group: str) -> Iterator[Row]:
    for name, unit in COUNTED.items():
        number = part[unit].nunique()
        yield replace(
            sent.row(name, dimension, group),
            value=number,
            numerator=number,
            method="Auszählung",
            contributors=part["person_id"].nunique(),
            record_key=key_of(unit, part[unit]),
        )
