"""Whether coverage follows the size of areas (Ungleichheit über Gebiete)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kimeval.core import statistics
from kimeval.core.area import area as find_area
from kimeval.core.results import Results, Row
from kimeval.reach.state.coverage import BASE, SOURCES, comparable
from kimeval.reach.state.frames import OfAreas, of_areas

SLOPE, RATIO, CONCENTRATION = "state_slope_index", "state_relative_index", "state_concentration"
SPREAD = ", mit Streuung der Gebiete"
POPULATION, PER_HEAD = "Einwohnerzahl", "Neuzugewanderte je Einwohner"


def coverage_by_size(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Slope, relative index and concentration of coverage over areas (Gefälle).

    Areas are put in order from the smallest to the largest population (census 2022),
    and from the fewest to the most newly arrived per head.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.
    level : float
        Coverage of the intervals, for chance and the spread between areas.

    Returns
    -------
    Results
        Slope in percentage points from one end of the order to the other: above 0,
        coverage is higher where the order is.

    References
    ----------
    Mackenbach and Kunst (1997), Soc. Sci. Med. 44, 757-771; Kakwani, Wagstaff and van
    Doorslaer (1997), J. Econom. 77, 87-103.
    """
    found = of_areas(frame, BASE)
    if found.known.empty:
        return Results.of([found.refusal(SLOPE)])
    people = pd.Series({code: find_area(str(code)).population for code in found.known.index})
    orders = {POPULATION: people, PER_HEAD: found.known["denominator"] / people}
    return Results.of(
        row for name, order in orders.items() for row in _indices(found, name, order, level)
    )


def _indices(found: OfAreas, group: str, order: pd.Series, level: float) -> Iterator[Row]:
    rows = found.known.loc[order.sort_values(kind="stable").index]
    sides = comparable(rows)
    made = {
        SLOPE: (statistics.slope_index(*sides, level=level, sources=SOURCES), 100.0),
        RATIO: (statistics.relative_index(*sides, level=level, sources=SOURCES), 1.0),
        CONCENTRATION: (statistics.concentration_index(*sides, level=level, sources=SOURCES), 1.0),
    }
    place: dict[str, Any] = {"dimension": "order", "group": group}
    for name, (index, scale) in made.items():
        if refused := index.reasons()[0]:
            yield found.row(name, status="refused", reason=refused, **place)
            continue
        numbers = {"value": index.value, "lower": index.lower, "upper": index.upper}
        scaled: dict[str, Any] = {key: scale * float(number[0]) for key, number in numbers.items()}
        yield found.row(name, confidence=level, method=f"{index.method}{SPREAD}", **place, **scaled)
