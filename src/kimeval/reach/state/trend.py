"""Sums over areas by quarter, and against the year before (Verlauf im Land)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from kimeval.core import statistics
from kimeval.core.catalogue import indicator
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.reach.state.coverage import BASE, pooled
from kimeval.reach.state.frames import OfAreas, in_areas, newest, of_areas, quarters

COUNTED = {"persons_reached": "state_trend_reached", "persons_new": "state_trend_new"}
REACHED = next(iter(COUNTED))
SAME, CHANGE, AREAS = "state_trend_same", "state_change_on_year", "state_trend_areas"
COVERAGE = "state_trend_coverage"
YEAR, SPAN = 4, 9
TOO_FEW = "erst ein Quartal ist veröffentlicht"
SHARED = "ein Teil der Gebiete lieferte nicht alles"


def trend(frame: pd.DataFrame) -> Results:
    """Persons reached and taken on by quarter, over all areas with a value (Verlauf).

    Areas began at different times, so the sum grows by their number too. A further
    series holds those alone that have a value in each of the last nine quarters.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas, with one row per area and quarter.

    Returns
    -------
    Results
        Sums by quarter, and the number of areas in them. A quarter without any value
        is left out.
    """
    rows: list[Row] = []
    for name in COUNTED:
        by_quarter = [of_areas(frame, name, str(quarter)) for quarter in quarters(frame)]
        rows += [_total(one) for one in by_quarter if len(one.known)]
        if name == REACHED:
            rows += [_areas(one) for one in by_quarter if len(one.known)]
            rows += _same(by_quarter[-SPAN:])
    return Results.of(rows)


def change_on_year(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Change against the same quarter of the year before (Vorjahresvergleich).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas.
    level : float
        Coverage of the intervals. Who was reached in both quarters makes them wider
        than they need be, since areas do not publish how many that are.

    Returns
    -------
    Results
        Over areas with a value in both quarters: what began in between is no change.
    """
    now = Quarter.parse(newest(frame))
    return Results.of(_change(frame, name, now, level) for name in COUNTED)


def coverage_trend(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Coverage of all areas by quarter, each as it was published then (Verlauf der Reichweite).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Of each published quarter the rows that stand for itself.
    level : float
        Coverage of Wilson's intervals.

    Returns
    -------
    Results
        A quarter that no area was published for is left out; refused with only one.
    """
    by_quarter = [of_areas(frame, BASE, str(quarter)) for quarter in quarters(frame)]
    rows, known = [], [one for one in by_quarter if len(one.known)]
    if len(known) < 2:
        return Results.of([by_quarter[-1].refusal(COVERAGE, TOO_FEW)])
    for one in known:
        lacking = f"{in_areas(one.absent)} nicht veröffentlicht" if one.absent else ""
        reason = "; ".join(filter(None, [_reservation(one)["reason"], lacking]))
        status = "partial" if reason else "complete"
        row = pooled(one, one.known, level)
        rows.append(replace(row, indicator=COVERAGE, status=status, reason=reason))
    return Results.of(rows)


def _total(counted: OfAreas) -> Row:
    value = float(counted.known["value"].sum())
    method = "Summe der Gebiete"
    said = _reservation(counted)
    return counted.row(
        COUNTED[counted.indicator], value=value, numerator=value, method=method, **said
    )


def _areas(counted: OfAreas) -> Row:
    number = len(counted.known)
    said = _reservation(counted)
    return counted.row(AREAS, value=number, numerator=number, denominator=counted.asked, **said)


def _same(by_quarter: list[OfAreas]) -> Iterator[Row]:
    """The sum over those areas that have a value in each of these quarters."""
    each = [set(one.known.index) for one in by_quarter]
    held = sorted(set.intersection(*each)) if len(each) == SPAN else []
    for one in by_quarter if held else []:
        value = float(one.known.loc[held, "value"].sum())
        said = _reservation(one)
        method = f"Summe über dieselben {len(held)} Gebiete"
        yield one.row(SAME, value=value, numerator=value, method=method, **said)


def _reservation(counted: OfAreas) -> dict[str, str]:
    """What a quarter lacks; that some areas are incomplete holds for all quarters alike."""
    said = [SHARED] if counted.partial else []
    if counted.hidden:
        said.append(f"{in_areas(counted.hidden)} gesperrt und nicht enthalten")
    return {"status": "partial" if said else "complete", "reason": "; ".join(said)}


def _change(frame: pd.DataFrame, name: str, now: Quarter, level: float) -> Row:
    this, then = (of_areas(frame, name, str(quarter)) for quarter in (now, now - YEAR))
    both = this.known.index.intersection(then.known.index)
    place = {"dimension": "indicator", "group": indicator(name).name}
    if not len(both):
        reason = f"kein Gebiet mit Wert im {now.label} und im {(now - YEAR).label}"
        return this.row(CHANGE, status="refused", reason=reason, **place)
    old, new = (float(one.known.loc[both, "value"].sum()) for one in (then, this))
    made = statistics.count_ratio(old, new, level=level)
    if refused := made.reasons()[0]:
        return this.row(CHANGE, status="refused", reason=refused, **place)
    return this.row(
        CHANGE,
        value=made.value[0] - 1,
        lower=made.lower[0] - 1,
        upper=made.upper[0] - 1,
        numerator=new,
        denominator=old,
        confidence=level,
        method=f"{made.method}, {len(both)} Gebiete",
        **place,
    )
