"""Coverage over all areas, and who is not reached (Reichweite im Land)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kimeval.core import statistics
from kimeval.core.intervals import wilson_interval
from kimeval.core.results import Results, Row
from kimeval.reach.state.frames import OfAreas, of_areas

BASE = "coverage_newly_arrived"
POOLED = f"state_{BASE}"
GAP = "state_coverage_gap_of_data"
QUARTILE = "state_coverage_quartile"
MISSED, MISSED_THERE = "state_not_reached", "area_not_reached"
QUARTILES = {0.25: "unteres Viertel", 0.5: "Mitte", 0.75: "oberes Viertel"}
COMPLETE, INCOMPLETE = "vollständige Lieferung", "unvollständige Lieferung"
ALL_SINGLE = 0.9999
SOURCES = ("persons reached", "the statistic of newly arrived persons")


def coverage_overall(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Coverage of all areas together, and how it differs with the data (Reichweite im Land).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    Results
        The pooled share; the same of areas with complete and with incomplete data, and
        the gap between both, which is no difference in reach; quartiles over areas.
    """
    found = of_areas(frame, BASE)
    if found.known.empty:
        return Results.of([found.refusal(POOLED)])
    return Results.of(
        [pooled(found, found.known, level), *_by_data(found, level), *_quartiles(found)]
    )


def effective(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Persons reached and all, as many as would stand for themselves (wirksame Zahlen).

    Families come as a whole, which areas that know them put into their interval. By as
    much as the intervals are wider than Wilson's, persons tell less than as many single
    ones; one factor for all areas, since that of one alone is known badly.

    Parameters
    ----------
    rows : DataFrame, shape (n, any)
        Published shares with their intervals.

    Returns
    -------
    tuple of ndarray of float, shape (n,)
        The published ones where the intervals are Wilson's or lacking; else not whole.
    """
    hits, total = (rows[side].to_numpy(dtype=float) for side in ("numerator", "denominator"))
    level = float(rows["confidence"].median())
    if np.isnan(level):
        return hits, total
    single = np.ptp(wilson_interval(hits, total, level), axis=1)
    published = (rows["upper"] - rows["lower"]).to_numpy(dtype=float)
    wider = np.fmax(published / single, 1.0) ** 2
    factor = float(np.sum(total / wider) / np.sum(total))
    return (hits, total) if factor > ALL_SINGLE else (factor * hits, factor * total)


def comparable(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The same for comparing groups of areas, which differ among themselves as well.

    Numbers are divided by the dispersion of all areas (quasi-binomial), so that an
    interval made from them covers the spread between areas beside chance.

    Parameters
    ----------
    rows : DataFrame, shape (n, any)
        Published shares of all areas that are compared.
    """
    hits, total = effective(rows)
    funnel = statistics.share_funnel(np.round(hits), np.round(total), sources=SOURCES)
    phi = np.fmax(funnel.dispersion.phi, 1.0)
    return hits / phi, total / phi


def pooled(found: OfAreas, rows: pd.DataFrame, level: float, **place: str) -> Row:
    """Coverage of some areas together; families count as in the areas' intervals."""
    hits, total = rows["numerator"].sum(), rows["denominator"].sum()
    single = effective(rows)[1].sum() / total
    made = statistics.share(hits * single, total * single, level=level, sources=SOURCES)
    return found.row(
        POOLED,
        value=hits / total,
        numerator=hits,
        denominator=total,
        lower=made.lower[0],
        upper=made.upper[0],
        confidence=level,
        method=made.method,
        **place,
    )


def not_reached(frame: pd.DataFrame) -> Results:
    """Newly arrived persons without contact, in each area and together (nicht Erreichte).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.

    Returns
    -------
    Results
        Of areas with a coverage; most of those not reached come first.
    """
    found = of_areas(frame, BASE)
    if found.known.empty:
        return Results.of([found.refusal(MISSED)])
    missed = (found.known["denominator"] - found.known["numerator"]).sort_values(ascending=False)
    everyone = float(found.known["denominator"].sum())
    whole = found.row(MISSED, value=missed.sum(), numerator=missed.sum(), denominator=everyone)
    rows = [_missed(found, str(area), float(number)) for area, number in missed.items()]
    return Results.of([whole, *rows])


def _by_data(found: OfAreas, level: float) -> Iterator[Row]:
    """Pooled over areas with complete data, and with incomplete; then the gap."""
    complete = found.known["status"] == "complete"
    if complete.all() or not complete.any():
        return
    sides = {COMPLETE: found.known[complete], INCOMPLETE: found.known[~complete]}
    for group, rows in sides.items():
        yield pooled(found, rows, level, dimension="data", group=f"{group} ({len(rows)} Gebiete)")
    hits, total = comparable(found.known)
    pairs = [(hits[rows].sum(), total[rows].sum()) for rows in (~complete, complete)]
    gap = statistics.share_gap(*pairs[0], *pairs[1], level=level)
    yield found.row(
        GAP,
        value=100 * gap.value[0],
        lower=100 * gap.lower[0],
        upper=100 * gap.upper[0],
        confidence=level,
        method=f"{gap.method}, mit Streuung der Gebiete",
    )


def _quartiles(found: OfAreas) -> Iterator[Row]:
    values = found.known["value"].to_numpy(dtype=float)
    for p, group in QUARTILES.items():
        value = float(np.quantile(values, p))
        yield found.row(QUARTILE, dimension="quartile", group=group, value=value, method="Quantil")


def _missed(found: OfAreas, area: str, number: float) -> Row:
    row = found.known.loc[area]
    return found.row(
        MISSED_THERE,
        area,
        value=number,
        numerator=number,
        denominator=row["denominator"],
        status=row["status"],
        reason=row["reason"],
    )
