"""Many comparisons at once (multiples Testen)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import Floats

METHODS = ("bh", "by", "holm")


def adjusted(p: ArrayLike, method: str = "bh") -> Floats:
    """Adjusted p-values of one family of tests (angepasste p-Werte).

    Parameters
    ----------
    p : array of float, shape (n,)
        In [0, 1]. A missing one stays NaN and does not count as a test.
    method : str
        `bh`: share of false flags among the flags, for independent or positively
        dependent tests. `by`: the same under any dependence. `holm`: probability
        of a single false flag, under any dependence.

    Returns
    -------
    ndarray of float, shape (n,)
        Flag what is not above the chosen rate.

    Raises
    ------
    DataError
        If a p-value lies outside [0, 1] or the method is not known.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; Benjamini and
    Yekutieli (2001), Ann. Stat. 29, 1165-1188; Holm (1979), Scand. J. Stat. 6, 65-70.
    """
    p = np.atleast_1d(np.asarray(p, dtype=float))
    if np.any((p < 0) | (p > 1)):
        raise DataError("A p-value lies between 0 and 1, got one outside. Was it in percent?")
    if method not in METHODS:
        raise DataError(f"There is no adjustment '{method}'. {suggestion(method, METHODS)}")
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    found = np.full(p.shape, np.nan)
    found[order] = _holm(p[order]) if method == "holm" else _step_up(p[order], method)
    return found


def _step_up(ordered: Floats, method: str) -> Floats:
    ranks = np.arange(1, len(ordered) + 1)
    price = np.sum(1 / ranks) if method == "by" else 1.0
    raised = ordered * price * len(ordered) / ranks
    return np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)


def _holm(ordered: Floats) -> Floats:
    left = np.arange(len(ordered), 0, -1)
    return np.minimum(np.maximum.accumulate(ordered * left), 1.0)
