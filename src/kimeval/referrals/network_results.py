"""The network of agencies as results (Netz der Stellen).

Referrals and persons are counted between offices of which few are named, so that hardly
a way is of few persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import TOTAL, Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.sent import CROSS, MANY, NOBODY, SHORT, Sent, look_at
from kimeval.referrals.span import Span

FROM, TO = "from_office", "to_office"
WAYS = f"{FROM}{CROSS}{TO}"
OTHERS = "übrige Stellen"
Codes = NDArray[np.int64]
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


def ways_by_quarter(
    dataset: Dataset, quarter: Quarter, many: int = MANY
) -> tuple[Results, Results]:
    """Referrals between offices in the quarter before and in this one (Quartalsvergleich).

    Each as `referrals_between` of its own report, so that a revision alone makes them differ.
    """
    before = referrals_between(dataset, quarter - 1, Span.quarter(quarter - 1), many)
    return before, referrals_between(dataset, quarter, Span.quarter(quarter), many)


def with_named(rows: pd.DataFrame, many: int = MANY) -> pd.DataFrame:
    """Referrals with both ends by name, offices with few persons being one (genannte Stellen).

    Of the senders and receivers of ways of few persons the one with the fewest persons
    joins the others of its kind, again and again, until each way that has a name at either
    end is of no or of many persons. KIM joins after all others: what comes back to it is
    asked first.

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
    ends = [pd.factorize(rows[end], sort=True) for end in ("from_agency", "to_agency")]
    person, _ = pd.factorize(rows["person_id"])
    made = [codes.copy() for codes, _ in ends]
    persons = [_distinct(codes, person, len(names)) for codes, names in ends]
    while (found := _smallest(made, person, ends, persons, many)) is not None:
        side, code = found
        made[side][made[side] == code] = len(ends[side][1])
    told = [np.append(np.asarray(names, object), OTHERS) for _, names in ends]
    return rows.assign(**{FROM: told[0][made[0]], TO: told[1][made[1]]})


def _smallest(
    made: list[Codes], person: Codes, ends: list[tuple], persons: list[Codes], many: int
) -> tuple[int, int] | None:
    """Side and code of the office that joins the others next; None where none has to."""
    width = len(ends[1][1]) + 1
    counts = _distinct(made[0] * width + made[1], person, (len(ends[0][1]) + 1) * width)
    small = np.flatnonzero((counts > 0) & (counts < many))
    named = {(0, int(way) // width) for way in small} | {(1, int(way) % width) for way in small}
    keys = [
        (ends[side][1][code] == SHORT, persons[side][code], side, code)
        for side, code in named
        if code < len(ends[side][1])
    ]
    return min(keys)[2:] if keys else None


def _distinct(codes: Codes, person: Codes, size: int) -> Codes:
    """Persons of each code, shape (size,)."""
    most = int(person.max(initial=0)) + 1
    return np.bincount(np.unique(codes * most + person) // most, minlength=size)


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
