"""The order of events: by case, then time, then rank (Sortierung)."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

UNITS = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1_000, 1)
SOME = 1000
Whole = NDArray[np.int64]


def sorted_rows(
    cases: NDArray[np.int32], moments: Whole, rank: NDArray[np.integer] | None = None
) -> NDArray[np.integer]:
    """Rows by case, time and rank; equal ones stay as they are (Reihenfolge).

    Cases are brought together by counting, which takes linear time; what is left to
    sort are the few events of each case, and a file that is in order is only looked at.

    Parameters
    ----------
    cases : ndarray of int32, shape (n,)
        Number of the case, from 0.
    moments : ndarray of int64, shape (n,)
        Microseconds.
    rank : ndarray of int, shape (n,), optional
        Of events at the same time the smaller comes first.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    if not len(moments):
        return np.empty(0, np.int64)
    within = moments - int(moments.min())
    low = None if rank is None else np.asarray(rank, np.int64) - int(np.min(rank))
    sizes = [int(cases.max()) + 1, int(within.max()) + 1, 1 if low is None else int(low.max()) + 1]
    if prod(sizes) >= 2**63:
        within //= next(unit for unit in UNITS if _divides(unit, within))
        sizes[1] = int(within.max()) + 1
    if prod(sizes) >= 2**63:
        return np.lexsort((within if low is None else low, within, cases))
    if low is not None:
        within *= sizes[2]
        within += low
    together = _together(cases)
    key = (cases if together is None else cases[together]).astype(np.int64)
    key *= sizes[1] * sizes[2]
    key += within if together is None else within[together]
    order = np.argsort(key, kind="stable")
    return order if together is None else together[order]


def _divides(unit: int, past: Whole) -> bool:
    """Whether all are whole multiples; mostly a few tell that they are not."""
    return not np.any(past[:SOME] % unit) and not np.any(past % unit)


def _together(cases: NDArray[np.int32]) -> NDArray[np.integer] | None:
    """Rows case by case, in the order they have; None where they lie so."""
    if not np.any(cases[1:] < cases[:-1]):
        return None
    rows = len(cases)
    ends = np.arange(rows + 1, dtype=np.int32 if rows < 2**31 - 1 else np.int64)
    each = csc_array((np.ones(rows, np.bool_), cases, ends), shape=(int(cases.max()) + 1, rows))
    return each.tocsr().indices
