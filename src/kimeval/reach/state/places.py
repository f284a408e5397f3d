"""Ranks with intervals, and values that lean on all areas (Rangplätze, Glättung)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kimeval.core import statistics
from kimeval.core.results import Results, Row
from kimeval.reach.state.coverage import BASE, SOURCES, effective
from kimeval.reach.state.frames import OfAreas, of_areas

RANK, SMOOTHED = "area_coverage_rank", "area_coverage_smoothed"


def coverage_ranks(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Ranks of areas by coverage, 1 the highest, with joint intervals (Rangplätze).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.
    level : float
        Least probability that all true ranks lie in their intervals at once.

    Returns
    -------
    Results
        In the order of the areas' codes.

    References
    ----------
    Klein, Wright and Wieczorek (2020), J. R. Stat. Soc. A 183, 589-606.
    """
    found = of_areas(frame, BASE)
    if found.known.empty:
        return Results.of([found.refusal(RANK)])
    hits, total = effective(found.known)
    ranks = statistics.ranked_shares(hits, total, level=level, sources=SOURCES)
    columns: dict[str, Any] = {"value": ranks.rank, "lower": ranks.lower, "upper": ranks.upper}
    return Results.of(_rows(found, RANK, columns, level, "gemeinsame Intervalle"))


def coverage_smoothed(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Coverage of each area drawn towards all (geglättete Reichweite, modellbasiert).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.
    level : float
        Coverage on the average over areas, if the model holds.

    Returns
    -------
    Results

    References
    ----------
    Griffin and Krutchkoff (1971), Sankhya B 33, 217-238.
    """
    found = of_areas(frame, BASE)
    if found.known.empty:
        return Results.of([found.refusal(SMOOTHED)])
    hits, total = effective(found.known)
    made = statistics.smoothed_shares(hits, total, level=level, sources=SOURCES).estimate
    if refused := next(filter(None, made.reasons()), ""):
        return Results.of([found.refusal(SMOOTHED, refused)])
    columns = {"value": made.value, "lower": made.lower, "upper": made.upper}
    return Results.of(_rows(found, SMOOTHED, columns, level, made.method))


def _rows(
    found: OfAreas, name: str, columns: dict[str, Any], level: float, method: str
) -> Iterator[Row]:
    frame = pd.DataFrame(columns, index=found.known.index)
    for area, row in frame.iterrows():
        own = found.known.loc[area]
        yield found.row(
            name,
            str(area),
            **row.to_dict(),
            confidence=level,
            method=method,
            status=own["status"],
            reason=own["reason"],
        )
