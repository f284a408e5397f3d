"""What each person adds to a cumulative incidence (Einflussfunktionen).

A cumulative incidence at a time, and the time lost up to a time, are both sums of its
steps with weights. The derivative of such a sum by the weight of one person is that
person's influence; its squares summed over families give a variance that knows of
families and of delayed entry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.survival.spells import Ints, Spells, at_risk


@dataclass(frozen=True)
class Steps:
    """Endings at each time at which something ends (Stufen).

    Attributes
    ----------
    times : ndarray of float, shape (t,)
        Distinct times at which anyone ends, ascending.
    at_risk : ndarray of int, shape (t,)
    ended : ndarray of float, shape (t,)
        Endings in the way that is asked for.
    gone : ndarray of float, shape (t,)
        Endings in any way.
    before : ndarray of float, shape (t,)
        Share that has not ended just before each time.
    rise : ndarray of float, shape (t,)
        Step of the cumulative incidence.
    """

    times: Floats
    at_risk: Ints
    ended: Floats
    gone: Floats
    before: Floats
    rise: Floats


def steps(held: Spells, kind: int = 1) -> Steps:
    """Steps of the cumulative incidence of one way to end (Aalen-Johansen).

    References
    ----------
    Aalen and Johansen (1978), Scand. J. Stat. 5, 141-150.
    """
    over = held.ending > 0
    times, place = np.unique(held.exit[over], return_inverse=True)
    gone = np.bincount(place, minlength=len(times)).astype(float)
    ended = np.bincount(place, held.ending[over] == kind, minlength=len(times)).astype(float)
    risk = at_risk(held, times)
    left = np.cumprod(1 - gone / risk) if len(times) else np.empty(0)
    before = np.append(1.0, left[:-1]) if len(times) else np.empty(0)
    return Steps(times, risk, ended, gone, before, before * ended / risk)


def influence(held: Spells, found: Steps, weights: Floats, kind: int = 1) -> Floats:
    """Influence of each person on sums of steps.

    Parameters
    ----------
    held : Spells
    found : Steps
        Of the same persons and kind.
    weights : ndarray of float, shape (t, m)
        Of each step in each of m sums: 1 up to a time for the cumulative incidence
        there, the time left up to a horizon for the time lost.
    kind : int
        Way to end.

    Returns
    -------
    ndarray of float, shape (n, m)
        Sums to 0 over persons.
    """
    if not len(found.times):
        return np.zeros((len(held), weights.shape[1]))
    risk = found.at_risk[:, None].astype(float)
    hazard = (found.ended[:, None] / risk, found.gone[:, None] / risk)
    own = found.before[:, None] * weights / risk
    part = found.rise[:, None] * weights
    later = np.cumsum(part[::-1], axis=0)[::-1] - part
    with np.errstate(invalid="ignore", divide="ignore"):
        loss = np.where(hazard[1] < 1, later / (risk * (1 - hazard[1])), 0.0)
    drift = _from_zero(np.cumsum(own * hazard[0] - loss * hazard[1], axis=0))
    stop = np.searchsorted(found.times, held.exit, side="right")
    start = np.searchsorted(found.times, held.entry, side="right")
    total = drift[start] - drift[stop]
    over = np.flatnonzero(held.ending > 0)
    at = stop[over] - 1
    total[over] += np.where((held.ending[over] == kind)[:, None], own[at], 0.0) - loss[at]
    return total


def spread(each: Floats, cluster: Ints) -> Floats:
    """Covariance of sums from influences, with families as clusters.

    Parameters
    ----------
    each : ndarray of float, shape (n, m)
    cluster : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of float, shape (m, m)
        With G / (G - 1) for G clusters; NaN where there is one.
    """
    labels, place = np.unique(cluster, return_inverse=True)
    groups = len(labels)
    if groups < 2:
        return np.full((each.shape[1], each.shape[1]), np.nan)
    summed = np.zeros((groups, each.shape[1]))
    np.add.at(summed, place, each)
    summed -= summed.mean(axis=0)
    return summed.T @ summed * groups / (groups - 1)


def _from_zero(sums: Floats) -> Floats:
    return np.vstack([np.zeros(sums.shape[1]), sums])
