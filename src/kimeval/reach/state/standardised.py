"""Coverage as if all areas had the same mix of ages and genders (Standardisierung)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kimeval.core import statistics
from kimeval.core.results import Results, Row
from kimeval.reach.state.coverage import BASE, SOURCES
from kimeval.reach.state.frames import OfAreas, of_areas

DIRECT, RATIO = "area_coverage_standardised", "area_coverage_ratio"
CROSSED = ("gender × age_band", "age_band × gender")
STRATA = (*CROSSED, "age_band")
NO_GROUPS = "kein Gebiet hat die Reichweite nach Altersgruppen veröffentlicht"


def standardised_reach(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Coverage standardised by age, and gender where both are published (Standardisierung).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts. Of an area whose groups are
        not all known the mix is unknown, and it is left out.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Results
        Per area the directly standardised coverage, for the mix of all these areas, and
        observed over expected persons; areas with that ratio must not be compared with
        each other. Refused where no area publishes groups.

    References
    ----------
    Dobson, Kuulasmaa, Eberle and Scherer (1991), Stat. Med. 10, 457-462; Breslow and Day
    (1987), Statistical Methods in Cancer Research II, 65-72.
    """
    found = of_areas(frame, BASE)
    for dimension in STRATA:
        hits, total = _by_group(frame, found, dimension)
        if len(hits):
            return Results.of(_rows(found, hits, total, dimension, level))
    return Results.of([found.refusal(DIRECT, NO_GROUPS), found.refusal(RATIO, NO_GROUPS)])


def _by_group(
    frame: pd.DataFrame, found: OfAreas, dimension: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numerators and denominators by area and group, areas with all groups known."""
    rows = frame[
        (frame["indicator"] == BASE)
        & (frame["period"] == found.period)
        & (frame["dimension"] == dimension)
    ]
    tables = [
        rows.pivot_table(index="area", columns="group", values=side, aggfunc="sum", min_count=1)
        for side in ("numerator", "denominator")
    ]
    whole = tables[0].notna().all(axis=1) & tables[1].notna().all(axis=1)
    return tables[0][whole], tables[1][whole]


def _rows(
    found: OfAreas, hits: pd.DataFrame, total: pd.DataFrame, dimension: str, level: float
) -> Iterator[Row]:
    sides = (hits.to_numpy(), total.to_numpy())
    standard = sides[1].sum(axis=0)
    direct = statistics.directly_standardised(*sides, standard, level=level, sources=SOURCES)
    expected = statistics.expected_events(sides[1], sides[0].sum(axis=0), standard)
    observed = sides[0].sum(axis=1)
    ratio = statistics.indirectly_standardised(observed, expected, level=level)
    bases = {DIRECT: (observed, sides[1].sum(axis=1)), RATIO: (observed, expected)}
    method = "nach Alter und Geschlecht" if dimension in CROSSED else "nach Alter"
    for name, made in {DIRECT: direct, RATIO: ratio}.items():
        for at, area in enumerate(hits.index):
            yield _row(found, name, str(area), made, at, bases[name], f"{made.method}, {method}")


def _row(
    found: OfAreas,
    name: str,
    area: str,
    made: statistics.Estimate,
    at: int,
    base: tuple[np.ndarray, np.ndarray],
    method: str,
) -> Row:
    if refused := made.reasons()[at]:
        return found.refusal(name, refused, area)
    return found.row(
        name,
        area,
        value=made.value[at],
        lower=made.lower[at],
        upper=made.upper[at],
        numerator=base[0][at],
        denominator=base[1][at],
        confidence=made.level,
        method=method,
    )
