"""Persons by the days without a legal sphere before a new one (Lücken in Klassen)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from kimeval.core.intervals import wilson_interval
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.referrals.classes import MANY

GAP = "gap"
NO_GAP = "keine Lücke"
DAYS = (1, 8, 15, 29, 61)
BEFORE = "days_before"
FEW = "zu wenige Personen mit Lücke für Klassen, oder Klassen sind gesperrt"


def gap_rows(place: Row, longest: pd.Series, many: int = MANY) -> Iterator[Row]:
    """Persons with a change by their longest gap, in classes of enough persons.

    Parameters
    ----------
    place : Row
        Persons with a change; its numbers are replaced.
    longest : Series of int, shape (persons,), indexed by person
        Days without a sphere.
    many : int
        Least number of persons in each class with a gap; without so many no row is made.
    """
    begins = _begins(longest, many)
    if not begins:
        return
    for first, after in zip([0, *begins], [*begins, None], strict=True):
        inside = longest[(longest >= first) & ((longest < after) if after else True)]
        yield replace(
            place,
            dimension=GAP,
            group=_name(first, after),
            value=len(inside),
            numerator=len(inside),
            contributors=len(inside),
            record_key=key_of("person_id", inside.index),
        )


def sphere_before(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Share with a legal sphere in the days before the new one; for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `sphere_changes`.
    level : float
        Coverage of Wilson's intervals.

    Returns
    -------
    Results
        For the first day of each class of gaps the share of persons whose gap was shorter;
        refused where there are no classes or one is hidden.
    """
    told = frame[frame["indicator"] == "sphere_changes"]
    if told.empty:
        return Results.of([])
    first = told.iloc[0]
    place = Row("sphere_before_change", first["period"], first["area"])
    held = told[told["dimension"] == GAP]
    if held.empty or held["value"].isna().any():
        reason = str(first["reason"]) if first["status"] == "refused" else FEW
        return Results.of([replace(place, status="refused", reason=reason)])
    counts = {
        first_day(group): value for group, value in zip(held["group"], held["value"], strict=True)
    }
    total, rows = sum(counts.values()), []
    for day in sorted(counts)[1:]:
        hits = sum(number for begins, number in counts.items() if begins < day)
        lower, upper = wilson_interval(hits, total, level)[0]
        rows.append(
            replace(
                place,
                dimension=BEFORE,
                group=f"{day} {'Tag' if day == 1 else 'Tage'} davor",
                value=hits / total,
                numerator=hits,
                denominator=total,
                lower=lower,
                upper=upper,
                confidence=level,
                method="Wilson, aus veröffentlichten Klassen",
            )
        )
    return Results.of(rows)


def first_day(group: str) -> int:
    """First day of a class by its German name; 0 of `NO_GAP`."""
    if group == NO_GAP:
        return 0
    words = group.split()
    return int(words[1] if words[0] == "ab" else words[0])


def _begins(longest: pd.Series, many: int) -> list[int]:
    """First days of classes, from the longest gaps down each of enough persons."""
    found: list[int] = []
    for day in reversed(DAYS):
        above = found[0] if found else longest.max() + 1
        if longest.between(day, above - 1).sum() >= many:
            found.insert(0, day)
    return [DAYS[0], *found[1:]] if found else []


def _name(first: int, after: int | None) -> str:
    if not first:
        return NO_GAP
    if after is None:
        return f"ab {first} {'Tag' if first == 1 else 'Tagen'}"
    return f"{first} bis {after - 1} Tage"
