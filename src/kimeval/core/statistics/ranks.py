"""Ranks, never without their intervals (Rangplätze)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import SIDES, Floats, Sources, counts, parts, tail
from kimeval.core.statistics.exact import exact_count_interval, exact_share_interval

DRAWS = 10_000
JOINT, MARGINAL = "joint", "marginal"


@dataclass(frozen=True)
class Ranks:
    """Ranks of areas with intervals (Rangplätze mit Intervall); 1 is the highest value.

    Attributes
    ----------
    rank, lower, upper : ndarray of float, shape (n,)
        Ties share the mean of their places. NaN where the value is unknown.
    level : float
        Coverage aimed at.
    kind : str
        `joint`: all true ranks lie in their intervals at once. `marginal`: that of
        each area taken alone; they must not be read as a table.
    """

    rank: Floats
    lower: Floats
    upper: Floats
    level: float
    kind: str


def joint_level(level: float, areas: int) -> float:
    """Level of each of several independent intervals that shall hold all at once."""
    tail(level)
    return float(level ** (1 / max(areas, 1)))


def joint_ranks(value: ArrayLike, bounds: ArrayLike, level: float = 0.95) -> Ranks:
    """Ranks with joint intervals from simultaneous ones of the values (gemeinsame Intervalle).

    An area's rank is bounded by the areas that certainly lie above and below it.

    Parameters
    ----------
    value : array of float, shape (n,)
    bounds : array of float, shape (n, 2)
        Intervals that hold all at once with the level: each at `joint_level`.
    level : float
        Joint level of these.

    Returns
    -------
    Ranks

    References
    ----------
    Klein, Wright and Wieczorek (2020), J. R. Stat. Soc. A 183, 589-606.
    """
    value, bounds = np.asarray(value, dtype=float), np.asarray(bounds, dtype=float)
    if bounds.shape != (*value.shape, 2):
        raise DataError("Ranks need a lower and an upper bound for each value; got another shape.")
    known = ~(np.isnan(value) | np.isnan(bounds).any(axis=1))
    lower, upper = bounds[known].T
    above = (lower[None, :] > upper[:, None]).sum(axis=1)
    below = (upper[None, :] < lower[:, None]).sum(axis=1)
    return _ranks(value, known, above + 1.0, known.sum() - below, level, JOINT)


def ranked_shares(
    hits: ArrayLike, total: ArrayLike, *, level: float = 0.95, sources: Sources = SIDES
) -> Ranks:
    """Ranks of shares with joint intervals (Rangplätze von Anteilen).

    Parameters
    ----------
    hits, total : array of int, shape (n,)
        Of n independent areas. Exact intervals stand behind the ranks: at the high
        level that each needs, Wilson's miss too often.
    level : float
        Least probability that all true ranks are held.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    Ranks
        Of areas without people NaN.

    References
    ----------
    Klein, Wright and Wieczorek (2020), J. R. Stat. Soc. A 183, 589-606.
    """
    hits, total = parts(hits, total, sources)
    known = ~(np.isnan(hits) | np.isnan(total)) & (total > 0)
    each = joint_level(level, int(known.sum()))
    value = np.divide(hits, total, out=np.full(hits.shape, np.nan), where=known)
    return joint_ranks(value, exact_share_interval(hits, total, each), level)


def ranked_rates(events: ArrayLike, base: ArrayLike, *, level: float = 0.95) -> Ranks:
    """Ranks of rates or ratios with joint intervals (Rangplätze von Raten).

    Parameters
    ----------
    events, base : array of float, shape (n,)
        Independent events of n areas over persons, time or expected events.
    level : float
        Least probability that all true ranks are held.

    Returns
    -------
    Ranks

    References
    ----------
    As in `ranked_shares`, with Garwood's intervals.
    """
    events, base = np.broadcast_arrays(counts(events), counts(base))
    known = ~(np.isnan(events) | np.isnan(base)) & (base > 0)
    size = np.where(known, base, np.nan)
    bounds = exact_count_interval(events, joint_level(level, int(known.sum())))
    return joint_ranks(events / size, bounds / size[:, None], level)


def marginal_ranks(samples: ArrayLike, level: float = 0.95) -> Ranks:
    """Ranks over simulated values of each area (simulierte Rangplätze).

    Parameters
    ----------
    samples : array of float, shape (draws, n)
        Such as from `share_samples` or `rate_samples`; a column of NaN is unknown.
    level : float
        Coverage for each area taken alone.

    Returns
    -------
    Ranks
        The rank is the median over the draws.

    References
    ----------
    Goldstein and Spiegelhalter (1996), J. R. Stat. Soc. A 159, 385-443.
    """
    samples = np.asarray(samples, dtype=float)
    known = ~np.isnan(samples).any(axis=0)
    places = stats.rankdata(-samples[:, known], axis=1) if known.any() else samples[:, known]
    found = np.full((3, samples.shape[1]), np.nan)
    if known.any():
        found[:, known] = np.quantile(
            places, [0.5, tail(level), 1 - tail(level)], axis=0, method="closest_observation"
        )
    return Ranks(found[0], found[1], found[2], level, MARGINAL)


def share_samples(
    hits: ArrayLike, total: ArrayLike, *, draws: int = DRAWS, seed: int = 0
) -> Floats:
    """Draws of the shares of areas after seeing their counts, with Jeffreys' prior."""
    hits, total = parts(hits, total)
    unknown = np.isnan(hits) | np.isnan(total) | (total == 0)
    hits, rest = np.where(unknown, 0, hits), np.where(unknown, 1, total - hits)
    chance = np.random.default_rng(seed)
    found = chance.beta(hits + 0.5, rest + 0.5, (draws, len(hits)))
    found[:, unknown] = np.nan
    return found


def rate_samples(
    events: ArrayLike, base: ArrayLike, *, draws: int = DRAWS, seed: int = 0
) -> Floats:
    """Draws of the rates of areas after seeing their events, with Jeffreys' prior."""
    events, base = np.broadcast_arrays(counts(events), counts(base))
    unknown = np.isnan(events) | np.isnan(base) | (base == 0)
    events, base = np.where(unknown, 0, events), np.where(unknown, np.nan, base)
    chance = np.random.default_rng(seed)
    return chance.gamma(events + 0.5, 1.0, (draws, len(events))) / base


def _ranks(
    value: Floats, known: np.ndarray, lower: Floats, upper: Floats, level: float, kind: str
) -> Ranks:
    found = np.full((3, len(value)), np.nan)
    found[:, known] = stats.rankdata(-value[known]), lower, upper
    return Ranks(found[0], found[1], found[2], level, kind)
