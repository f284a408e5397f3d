"""Whether groups differ in how many have reached an outcome by when (Test nach Gray)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.survival.gray_variance import gray_covariance
from kimeval.core.statistics.survival.influence import spread, steps
from kimeval.core.statistics.survival.spells import Spells

FEWEST_EVENTS = 5


@dataclass(frozen=True)
class GrayTest:
    """Test of equal cumulative incidences (Test nach Gray).

    Attributes
    ----------
    statistic, p_value : float
        NaN where refused.
    freedom : int
        Groups less one.
    score : ndarray of float, shape (groups,)
        Observed less expected outcomes of each group.
    reason : str
        German; empty unless refused.
    """

    statistic: float
    p_value: float
    freedom: int
    score: Floats
    reason: str = ""


def gray_test(held: Spells, group: ArrayLike, kind: int = 1) -> GrayTest:
    """Test whether groups reach an outcome alike, given what competes (Test nach Gray).

    Parameters
    ----------
    held : Spells
    group : array, shape (n,)
        Label of each person's group.
    kind : int

    Returns
    -------
    GrayTest
        Refused for fewer than two groups, or a group with fewer than `FEWEST_EVENTS`
        outcomes. With families or delayed entry the variance of Gray's score is that of
        influences summed over families, a little larger, and F stands for chi squared,
        where families with outcomes are few.

    References
    ----------
    Gray (1988), Ann. Stat. 16, 1141-1154, with weight 1.
    """
    labels, place = np.unique(np.asarray(group), return_inverse=True)
    if place.shape != held.exit.shape:
        raise DataError(f"A test has a group of each person, got {place.size} for {len(held)}.")
    freedom = len(labels) - 1
    events = np.bincount(place, held.ending == kind, minlength=len(labels))
    if freedom < 1 or events.min() < FEWEST_EVENTS:
        reason = f"eine Gruppe hat weniger als {FEWEST_EVENTS} Ereignisse"
        told = reason if freedom else "es gibt nur eine Gruppe"
        return GrayTest(np.nan, np.nan, max(freedom, 0), np.full(len(labels), np.nan), told)
    score, each = _score(held, place, kind)
    if not held.delayed and held.clusters == len(held):
        covariance = gray_covariance(held, place, kind)[:-1, :-1]
        statistic = _square(score[:-1], covariance)
        return GrayTest(statistic, float(stats.chi2.sf(statistic, freedom)), freedom, score)
    event = held.ending == kind
    families = len(np.unique(held.cluster[event]))
    small = families / (families - len(labels)) if families > len(labels) else np.inf
    statistic = _square(score[:-1], spread(each[:, :-1], held.cluster) * small)
    fewest = min(len(np.unique(held.cluster[event & (place == n)])) for n in range(len(labels)))
    rest = max(2 * (fewest - 1) - freedom + 1, 1)
    p_value = float(stats.f.sf(statistic / freedom, freedom, rest))
    return GrayTest(statistic, p_value, freedom, score)


def _square(score: Floats, covariance: Floats) -> float:
    return float(score @ np.linalg.solve(covariance, score))


def _score(held: Spells, place: NDArray, kind: int) -> tuple[Floats, Floats]:
    """Score of each group, and the influence of each person on it, shape (n, groups)."""
    groups = int(place.max()) + 1
    times = np.unique(held.exit[held.ending == kind])
    ended = np.array(
        [_count(held.exit[(held.ending == kind) & (place == g)], times) for g in range(groups)]
    )
    sets, moves = [], []
    for g in range(groups):
        own, derivative = _risk(held.only(place == g), times, kind)
        sets.append(own)
        moves.append(derivative)
    risk = np.array(sets)
    total, all_ended = risk.sum(axis=0), ended.sum(axis=0)
    part = risk / total
    score = (ended - all_ended * part).sum(axis=1)
    each = np.zeros((len(held), groups))
    event = np.flatnonzero(held.ending == kind)
    at = np.searchsorted(times, held.exit[event])
    each[event] -= part[:, at].T
    each[event, place[event]] += 1
    for g in range(groups):
        for target in range(groups):
            slope = -all_ended * ((g == target) - part[target]) / total
            each[place == g, target] += moves[g] @ slope
    return score, each


def _risk(own: Spells, times: Floats, kind: int) -> tuple[Floats, Floats]:
    """Adjusted risk set of one group at times, shape (t,), and its derivative by persons."""
    found = steps(own, kind)
    present = (own.entry[:, None] < times) & (own.exit[:, None] >= times)
    before = np.searchsorted(found.times, times, side="left")
    hazard = found.gone / found.at_risk
    left = np.append(1.0, np.cumprod(1 - hazard))[before]
    reached = np.append(0.0, np.cumsum(found.rise))[before]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(left > 0, (1 - reached) / left, 0.0)
    size = present.sum(axis=0)
    there = (own.entry[:, None] < found.times) & (own.exit[:, None] >= found.times)
    ends = (own.exit[:, None] == found.times) & (own.ending[:, None] > 0)
    any_way = (ends - there * hazard) / found.at_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        loss = np.where(hazard < 1, any_way / (1 - hazard), 0.0)
    this_way = ends & (own.ending[:, None] == kind)
    rise = found.before * (this_way - there * (found.ended / found.at_risk)) / found.at_risk
    lost = np.hstack([np.zeros((len(own), 1)), np.cumsum(loss, axis=1)])
    earlier = lost[:, :-1] * found.rise
    gained = np.hstack([np.zeros((len(own), 1)), np.cumsum(rise - earlier, axis=1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(left > 0, -gained[:, before] / left, 0.0) + ratio * lost[:, before]
    return size * ratio, present * ratio + size * change


def _count(days: Floats, times: Floats) -> Floats:
    return np.bincount(np.searchsorted(times, days), minlength=len(times)).astype(float)
