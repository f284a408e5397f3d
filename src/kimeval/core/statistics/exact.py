"""Exact intervals of a share and of a count (exakte Konfidenzintervalle)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kimeval.core.statistics.checks import SIDES, Floats, Sources, counts, parts, tail


def exact_share_interval(
    hits: ArrayLike, total: ArrayLike, level: float = 0.95, sources: Sources = SIDES
) -> Floats:
    """Clopper and Pearson's interval of a share (exaktes Intervall eines Anteils).

    It covers at least the level, whatever the share; by that it is wider than Wilson's.

    Parameters
    ----------
    hits, total : array of float, shape (n,)
        Counts with 0 <= hits <= total; effective ones need not be whole. A total
        of 0 gives NaN.
    level : float
        Least coverage.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    ndarray of float, shape (n, 2)

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    hits, total = parts(hits, total, sources)
    left = tail(level)
    with np.errstate(invalid="ignore"):
        lower = special.betaincinv(np.maximum(hits, 1e-300), total - hits + 1, left)
        upper = special.betaincinv(hits + 1, np.maximum(total - hits, 1e-300), 1 - left)
    lower = np.where(hits == 0, 0.0, lower)
    upper = np.where(hits == total, 1.0, upper)
    bounds = np.stack([lower, upper], axis=-1)
    bounds[(total == 0) | np.isnan(total) | np.isnan(hits)] = np.nan
    return bounds


def exact_count_interval(count: ArrayLike, level: float = 0.95) -> Floats:
    """Garwood's interval of a Poisson count (exaktes Intervall einer Anzahl).

    Parameters
    ----------
    count : array of float, shape (n,)
        Events, from 0 on; effective ones need not be whole.
    level : float
        Least coverage.

    Returns
    -------
    ndarray of float, shape (n, 2)

    References
    ----------
    Garwood (1936), Biometrika 28, 437-442.
    """
    count, left = counts(count), tail(level)
    lower = special.gammaincinv(np.maximum(count, 1e-300), left)
    upper = special.gammaincinv(count + 1, 1 - left)
    return np.stack([np.where(count == 0, 0.0, lower), upper], axis=-1)
