"""Bounds that follow sum by sum (Eingrenzung)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

CLOSE = 1e-9
ROUNDS = 50


def narrowed(
    sums: sparse.csr_array, given: np.ndarray, low: np.ndarray, high: np.ndarray, whole: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of each cell after what its sums leave for it, again and again.

    Parameters
    ----------
    sums : csr_array, shape (sums, cells)
        Coefficients.
    given : ndarray, shape (sums,)
        What each sum makes.
    low, high : ndarray, shape (cells,)
        Bounds at first; may be infinite.
    whole : bool
        Whether cells are whole numbers.

    Returns
    -------
    tuple of two ndarray, shape (cells,)
        Bounds that hold for certain; not always the best.
    """
    rows = np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr))
    cells, factor = sums.indices, sums.data
    low, high = low.astype(float).copy(), high.astype(float).copy()
    for _ in range(ROUNDS):
        ends = np.where(factor > 0, low[cells], high[cells]) * factor
        tops = np.where(factor > 0, high[cells], low[cells]) * factor
        least = given[rows] - _others(tops, rows, sums.shape[0])
        most = given[rows] - _others(ends, rows, sums.shape[0])
        smallest = np.where(factor > 0, least, most) / factor
        largest = np.where(factor > 0, most, least) / factor
        if whole:
            smallest, largest = np.ceil(smallest - 1e-6), np.floor(largest + 1e-6)
        fresh_low, fresh_high = low.copy(), high.copy()
        np.maximum.at(fresh_low, cells, smallest)
        np.minimum.at(fresh_high, cells, largest)
        if (fresh_low <= low + CLOSE).all() and (fresh_high >= high - CLOSE).all():
            break
        low, high = fresh_low, fresh_high
    return low, high


def _others(parts: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """For each cell of a sum what the sum's other cells make; infinite if one of them is."""
    finite = np.isfinite(parts)
    total = np.bincount(rows, np.where(finite, parts, 0.0), count)
    endless = np.bincount(rows, ~finite, count)
    own = np.where(finite, parts, 0.0)
    sign = np.zeros(count)
    sign[rows[~finite]] = np.sign(parts[~finite])
    alone = endless[rows] - ~finite
    endless_side = np.where(sign[rows] > 0, np.inf, -np.inf)
    return np.where(alone > 0, endless_side, total[rows] - own)
