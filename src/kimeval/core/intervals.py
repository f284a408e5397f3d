"""Confidence intervals of shares, rates and medians (Konfidenzintervalle)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.errors import DataError


def wilson_interval(hits: ArrayLike, total: ArrayLike, level: float = 0.95) -> NDArray[np.float64]:
    """Confidence interval of a share (Konfidenzintervall eines Anteils).

    Parameters
    ----------
    hits, total : array of int, shape (n,)
        Counts with 0 <= hits <= total. A total of 0 gives NaN, never 0.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Lower and upper bound, as shares in [0, 1].

    Raises
    ------
    DataError
        If a count breaks the rule above.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    hits, total = np.broadcast_arrays(_counts(hits), _counts(total))
    if np.any(hits > total):
        raise DataError(
            f"A share needs hits <= total, got more hits in {int(np.sum(hits > total))} rows. "
            f"Do numerator and denominator come from the same people?"
        )
    z = stats.norm.ppf((1 + _level(level)) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / total
        centre = share + z**2 / (2 * total)
        reach = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
        bounds = np.stack([centre - reach, centre + reach], axis=-1) / (1 + z**2 / total)[:, None]
    bounds[hits == 0, 0] = 0.0
    bounds[hits == total, 1] = 1.0
    bounds[total == 0] = np.nan
    return np.clip(bounds, 0.0, 1.0)


def byar_interval(count: ArrayLike, level: float = 0.95) -> NDArray[np.float64]:
    """Confidence interval of a Poisson count (Konfidenzintervall einer Anzahl).

    Parameters
    ----------
    count : array of int, shape (n,)
        Events, not negative.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Lower and upper bound of the expected count. Divide by the exposure for
        a rate. Exact chi-squared bounds below 10 events, Byar's from 10.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research II, 69-71.
    """
    count = _counts(count)
    tail = (1 - _level(level)) / 2
    z = stats.norm.ppf(1 - tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = count + 1
        lower = count * (1 - 1 / (9 * count) - z / (3 * np.sqrt(count))) ** 3
        upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    exact_lower = np.where(count > 0, stats.chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    exact_upper = stats.chi2.ppf(1 - tail, 2 * above) / 2
    few = count < 10
    return np.stack([np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)], axis=-1)


def median_interval(values: ArrayLike, level: float = 0.95) -> NDArray[np.float64]:
    """Confidence interval of a median from order statistics (Median).

    Parameters
    ----------
    values : array of float, shape (n,)
        Observed values, no censoring, no missing ones.
    level : float
        Least coverage, between 0 and 1.

    Returns
    -------
    ndarray of float, shape (2,)
        Two of the observed values; NaN where n is too small for the level
        (below 6 for 0.95).

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, 3rd ed., 143-145.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    if np.isnan(ordered).any():
        raise DataError("A median's interval needs values without missing ones; drop them first.")
    n = len(ordered)
    below = int(stats.binom.ppf((1 - _level(level)) / 2, n, 0.5)) if n else 0
    if n == 0 or below == 0:
        return np.array([np.nan, np.nan])
    return np.array([ordered[below - 1], ordered[n - below]])


def _counts(values: ArrayLike) -> NDArray[np.float64]:
    counts = np.atleast_1d(np.asarray(values, dtype=float))
    if np.any(counts < 0):
        raise DataError(f"A count must not be negative, got {int(np.sum(counts < 0))} below zero.")
    return counts


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise DataError(f"A confidence level lies between 0 and 1, got {level}. Write 0.95.")
    return level
