"""Gaps, gradients and ranks of published shares (Abstände und Gefälle)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.area import area as find_area
from kimeval.core.results import Results
from kimeval.core.statistics.estimate import estimate
from kimeval.core.statistics.gradient import concentration_index, relative_index, slope_index
from kimeval.core.statistics.inequality import share_gap
from kimeval.core.statistics.ranks import joint_level, ranked_shares
from kimeval.reach.derived import (
    FEW_SHOWN,
    HIDDEN_TOTAL,
    family_effect_of,
    no_row,
    row_of,
    shown_groups,
    total_of,
)

GAP, RANK = "coverage_gap", "coverage_rank"
GRADIENT = {
    "coverage_slope": slope_index,
    "coverage_relative_index": relative_index,
    "coverage_concentration": concentration_index,
}


def gaps(frame: pd.DataFrame, dimension: str = "ags", level: float = 0.95) -> Results:
    """Share of each group less that of all others (Abstand zu den übrigen).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Of one share and period, protected; its groups are parts of the total.
    dimension : str
        Whose groups are compared.
    level : float
        With which all intervals of the dimension hold at once: each stands at the
        higher level that this needs, so no gap is told that chance makes of many.

    Returns
    -------
    Results
        In percentage points; a hidden group has no row. Families widen the intervals
        as they do the published ones.
    """
    total, groups = total_of(frame), shown_groups(frame, dimension)
    if total is None or groups.empty:
        return _refused(GAP, frame, HIDDEN_TOTAL if total is None else FEW_SHOWN, dimension)
    effect = family_effect_of(total)
    hits, base = groups["numerator"] / effect, groups["denominator"] / effect
    found = share_gap(
        hits,
        base,
        total["numerator"] / effect - hits,
        total["denominator"] / effect - base,
        level=joint_level(level, len(groups)),
    )
    rows = []
    for n, row in groups.iterrows():
        sources = pd.DataFrame([total, row])
        one = row_of(GAP, sources, found, int(str(n)), dimension, row["group"])
        joint = math.nan if math.isnan(one.value) else level
        rows.append(replace(one, confidence=joint, method=f"{found.method}, gemeinsam"))
    return Results.of(rows)


def ranks(frame: pd.DataFrame, dimension: str = "ags", level: float = 0.95) -> Results:
    """Rank of each group with the interval it may have (Rangplatz mit Intervall).

    Parameters
    ----------
    frame, dimension
        As for `gaps`.
    level : float
        With which all true ranks lie in their intervals.

    Returns
    -------
    Results
        1 is the highest share. Refused with fewer than three published groups.
    """
    total, groups = total_of(frame), shown_groups(frame, dimension)
    if len(groups) < 3:
        return _refused(RANK, frame, FEW_SHOWN, dimension)
    effect = family_effect_of(groups.iloc[0] if total is None else total)
    found = ranked_shares(groups["numerator"] / effect, groups["denominator"] / effect, level=level)
    bounds = np.stack([found.lower, found.upper], axis=-1)
    places = estimate(found.rank, bounds, level, "Klein, Wright und Wieczorek")
    return Results.of(
        row_of(RANK, groups, places, n, dimension, group) for n, group in enumerate(groups["group"])
    )


def gradient(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """How the share of a municipality follows its inhabitants (Gefälle nach Gemeindegröße).

    Municipalities stand from the smallest to the largest; a value above 0 (of the
    relative index above 1) says that larger ones reach more.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Of one share by municipality, protected.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Results
        Slope index, relative index and concentration index; refused with fewer than three
        published municipalities.
    """
    groups = shown_groups(frame, "ags")
    inhabitants = _inhabitants(frame)
    groups = groups.assign(size=groups["group"].map(inhabitants)).dropna(subset=["size"])
    if len(groups) < 3:
        return Results.of(no_row(name, frame.iloc[0], FEW_SHOWN) for name in GRADIENT)
    total = total_of(frame)
    effect = family_effect_of(groups.iloc[0] if total is None else total)
    ordered = groups.sort_values("size", kind="stable")
    hits, base = (ordered[side].to_numpy() / effect for side in ("numerator", "denominator"))
    return Results.of(
        row_of(name, groups, index(hits, base, level=level)) for name, index in GRADIENT.items()
    )


def _inhabitants(frame: pd.DataFrame) -> Mapping[str, int]:
    towns = find_area(str(frame["area"].iloc[0])).municipalities
    return {town.name: town.population for town in towns}


def _refused(name: str, frame: pd.DataFrame, reason: str, dimension: str) -> Results:
    group = "Gruppen"
    return Results.of([no_row(name, frame.iloc[0], reason, dimension, group)])
