"""Limits of a funnel: what chance alone allows at each size (Kontrollgrenzen)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, counts, tail

LEVELS = (0.95, 0.998)


def share_limits(target: float, total: ArrayLike, levels: Sequence[float] = LEVELS) -> Floats:
    """Exact limits of a share at given sizes (Grenzen eines Anteils).

    Parameters
    ----------
    target : float
        Share that all areas would have without differences, in [0, 1].
    total : array of int, shape (n,)
        Sizes; those of a drawn line need not be those of areas.
    levels : sequence of float
        Such as 0.95 and 0.998.

    Returns
    -------
    ndarray of float, shape (n, levels, 2)
        Lower and upper limit, interpolated between whole numbers so that lines
        are smooth. NaN for a size of 0.

    References
    ----------
    Spiegelhalter (2005), Stat. Med. 24, 1185-1202, appendix A.1.1.
    """
    check_target(target, most=1.0)
    total = np.floor(counts(total, "A size"))
    if target == 1:
        return np.where(total > 0, 1.0, np.nan)[:, None, None] + np.zeros((len(levels), 2))
    return _limits(stats.binom(total, target), total, levels, most=1.0)


def ratio_limits(
    expected: ArrayLike, levels: Sequence[float] = LEVELS, target: float = 1.0
) -> Floats:
    """Exact limits of observed over expected (Grenzen eines Verhältnisses).

    Parameters
    ----------
    expected : array of float, shape (n,)
        Expected events.
    levels : sequence of float
        Such as 0.95 and 0.998.
    target : float
        Ratio without differences.

    Returns
    -------
    ndarray of float, shape (n, levels, 2)
        NaN where nothing is expected.

    References
    ----------
    Spiegelhalter (2005), Stat. Med. 24, 1185-1202, appendix A.1.1.
    """
    check_target(target, most=np.inf)
    expected = counts(expected, "An expected number")
    return _limits(stats.poisson(expected * target), expected, levels, most=np.inf)


def check_target(target: float, most: float) -> None:
    """Refuse a target that no share (most 1), or no ratio, can have."""
    if most == 1 and not 0 <= target <= 1:
        raise DataError("A target share lies in [0, 1], got one outside. Was it in percent?")
    if most > 1 and not 0 < target < most:
        raise DataError("A target ratio lies above 0 and has an end, got another one.")


def flag_chances(chance: Any, levels: Sequence[float] = LEVELS) -> Floats:
    """Probability of an area to be flagged by chance alone (Zufallswahrscheinlichkeit).

    Counts are whole numbers, so it lies below 1 minus the level.

    Parameters
    ----------
    chance : frozen distribution of scipy, of n counts
        What each area counts without differences.
    levels : sequence of float

    Returns
    -------
    ndarray of float, shape (n, levels)
    """
    found = []
    for left in map(tail, levels):
        low = chance.ppf(left)
        below = chance.cdf(low)
        below = np.where(below <= left, below, chance.cdf(low - 1))
        found.append(below + chance.sf(chance.isf(left)))
    return np.stack(found, axis=-1)


def _limits(chance: Any, size: Floats, levels: Sequence[float], most: float) -> Floats:
    usable = np.where(size > 0, size, np.nan)
    sides = [
        np.stack([_crossing(chance, p) / usable for p in (tail(level), 1 - tail(level))], axis=-1)
        for level in levels
    ]
    return np.clip(np.stack(sides, axis=-2), 0.0, most)


def _crossing(chance: Any, p: float) -> Floats:
    """Count at which the distribution passes p, between two whole numbers."""
    count = chance.ppf(p)
    reached, before = chance.cdf(count), chance.cdf(count - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return count - (reached - p) / (reached - before)
