"""Variance of Gray's score for independent persons seen from the start (Varianz nach Gray)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.survival.spells import Spells


def gray_covariance(held: Spells, place: NDArray, kind: int) -> Floats:
    """Covariance of the scores of all groups under equal incidences.

    Parameters
    ----------
    held : Spells
        Without delayed entry; families are not taken into account.
    place : ndarray of int, shape (n,)
        Group of each person, from 0 on.
    kind : int

    Returns
    -------
    ndarray of float, shape (groups, groups)

    References
    ----------
    Gray (1988), Ann. Stat. 16, 1141-1154, section 3, with weight 1; ties as tied draws
    without replacement.
    """
    times = np.unique(held.exit[held.ending > 0])
    groups = int(place.max()) + 1
    risk, own, other = (np.zeros((groups, len(times))) for _ in range(3))
    for g in range(groups):
        days, ends = held.exit[place == g], held.ending[place == g]
        risk[g] = len(days) - np.searchsorted(np.sort(days), times, side="left")
        own[g] = _count(days[ends == kind], times)
        other[g] = _count(days[(ends > 0) & (ends != kind)], times)
    there = risk > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        after = np.cumprod(np.where(there, 1 - (own + other) / risk, 1.0), axis=1)
    before = np.hstack([np.ones((groups, 1)), after[:, :-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(there & (before > 0), risk / before, 0.0)
    total, ended = weight.sum(axis=0), own.sum(axis=0)
    reached = np.cumsum(ended / total)
    left = 1 - np.append(0.0, reached[:-1])
    apart = weight[:, None, :] * (np.eye(groups)[:, :, None] - weight[None] / total)
    drift = np.cumsum(apart * ended / (total * left), axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(after > 0, (1 - reached) / after, 0.0)
        tied = np.where(ended > 1, 1 - (ended - 1) / (total * before - 1), 1.0)
        first = np.where(there & (ended > 0), tied * before * ended / (total * risk), 0.0)
        shared = np.where(other > 1, 1 - (other - 1) / (risk - 1), 1.0)
        second = np.where((other > 0) & (after > 0), shared * before**2 * other / risk**2, 0.0)
    last = drift[:, :, -1:]
    by_own = apart + (1 - ratio) * (last - drift)
    by_other = ratio * (last - drift)
    return np.einsum("ikt,jkt,kt->ij", by_own, by_own, first) + np.einsum(
        "ikt,jkt,kt->ij", by_other, by_other, second
    )


def _count(days: Floats, times: Floats) -> Floats:
    return np.bincount(np.searchsorted(times, days), minlength=len(times)).astype(float)
