"""Gap between two groups (Abstand zweier Gruppen)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.intervals import wilson_interval
from kimeval.core.statistics.checks import SIDES, Sources, parts
from kimeval.core.statistics.estimate import NO_BASE, NO_REFERENCE, Estimate, estimate
from kimeval.core.statistics.mover import difference_bounds, ratio_bounds


def share_gap(
    hits: ArrayLike,
    total: ArrayLike,
    reference_hits: ArrayLike,
    reference_total: ArrayLike,
    *,
    level: float = 0.95,
    sources: Sources = SIDES,
) -> Estimate:
    """Difference of the shares of two groups (Abstand zweier Anteile).

    Parameters
    ----------
    hits, total : array of float, shape (n,)
        Of the group asked about.
    reference_hits, reference_total : array of float, shape (n,)
        Of the group it is compared with; no person is in both.
    level : float
        Coverage of Newcombe's interval from two of Wilson's.
    sources : tuple of str
        What hits and totals were read from, for the error.

    Returns
    -------
    Estimate
        Share minus reference share, in [-1, 1]. Refused where a group has nobody.

    References
    ----------
    Newcombe (1998), Stat. Med. 17, 873-890, method 10.
    """
    hits, total, other, other_total, missing = _pair(
        hits, total, reference_hits, reference_total, sources
    )
    first, second = hits / total, other / other_total
    bounds = difference_bounds(
        first,
        wilson_interval(hits, total, level),
        second,
        wilson_interval(other, other_total, level),
    )
    return estimate(first - second, bounds, level, "Newcombe", {NO_BASE: missing})


def share_ratio(
    hits: ArrayLike,
    total: ArrayLike,
    reference_hits: ArrayLike,
    reference_total: ArrayLike,
    *,
    level: float = 0.95,
    sources: Sources = SIDES,
) -> Estimate:
    """Ratio of the shares of two groups (Verhältnis zweier Anteile).

    Parameters
    ----------
    hits, total, reference_hits, reference_total, level, sources
        As in `share_gap`.

    Returns
    -------
    Estimate
        Share over reference share, with bounds from two of Wilson's on the scale of
        logarithms. Refused where a group has nobody, or none of the reference has
        the trait.

    References
    ----------
    Zou and Donner (2008), Stat. Med. 27, 1693-1702.
    """
    hits, total, other, other_total, missing = _pair(
        hits, total, reference_hits, reference_total, sources
    )
    none = ~missing & (other == 0)
    first, second = hits / total, np.where(none | missing, 1, other) / other_total
    bounds = ratio_bounds(
        first,
        wilson_interval(hits, total, level),
        second,
        wilson_interval(other, other_total, level),
    )
    refusals = {NO_BASE: missing, NO_REFERENCE: none}
    return estimate(first / second, bounds, level, "MOVER", refusals)


def _pair(
    hits: ArrayLike, total: ArrayLike, other: ArrayLike, other_total: ArrayLike, sources: Sources
) -> list[np.ndarray]:
    sides = [*parts(hits, total, sources), *parts(other, other_total, sources)]
    sides = [np.array(side) for side in np.broadcast_arrays(*sides)]
    missing = np.isnan(sides).any(axis=0) | (sides[1] == 0) | (sides[3] == 0)
    for side, filler in zip(sides, (0, 1, 0, 1), strict=True):
        side[missing] = filler
    return [*sides, missing]
