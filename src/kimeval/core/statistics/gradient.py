"""How a share follows a social order (soziales Gefälle)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.statistics.checks import SIDES, Floats, Sources, parts, quantile
from kimeval.core.statistics.estimate import (
    FEW_EVENTS,
    FEW_GROUPS,
    LEAST_EVENTS,
    LEAST_GROUPS,
    NO_LINE,
    Estimate,
    estimate,
)


@dataclass(frozen=True)
class _Ordered:
    """Groups from the worst-off to the best-off, with ridits and population shares."""

    hits: Floats
    total: Floats
    part: Floats
    ridit: Floats
    refusals: dict[str, NDArray[np.bool_]]

    @property
    def groups(self) -> Floats:
        return (self.total > 0).sum(axis=1).astype(float)

    @property
    def shares(self) -> Floats:
        return self.hits / np.where(self.total > 0, self.total, 1)


def slope_index(
    hits: ArrayLike, total: ArrayLike, *, level: float = 0.95, sources: Sources = SIDES
) -> Estimate:
    """Slope index of inequality (absolutes Gefälle).

    Share at the upper end of the order minus that at its lower end, by a line through
    the groups, weighted by their people, over ridits (the middle of a group's places).

    Parameters
    ----------
    hits, total : array of float, shape (n, k)
        Of n areas in k groups from the worst-off to the best-off; a group without
        people is left out. One area may be (k,).
    level : float
        Coverage of the interval.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    Estimate
        Above 0: the better-off have the trait more often. Refused with fewer than
        three groups or 10 persons with the trait. The interval is that of a weighted
        sum of shares, and does not suppose that the groups lie on a line.

    References
    ----------
    Pamuk (1985), Popul. Stud. 39, 17-31; Mackenbach and Kunst (1997), Soc. Sci. Med.
    44, 757-771; Price and Bonett (2004), Comput. Stat. Data Anal. 45, 449-456.
    """
    order = _ordered(hits, total, sources)
    slope = _slope(order)
    value = (slope * order.shares).sum(axis=1)
    bounds = _around(value, _linear_bounds(order, slope, level))
    return estimate(value, bounds, level, "Price-Bonett", order.refusals)


def relative_index(
    hits: ArrayLike, total: ArrayLike, *, level: float = 0.95, sources: Sources = SIDES
) -> Estimate:
    """Relative index of inequality (relatives Gefälle).

    Share at the upper end of the order over that at its lower end, on the line of
    `slope_index`; bounds by the delta method on its logarithm.

    Parameters
    ----------
    hits, total, level, sources
        As in `slope_index`.

    Returns
    -------
    Estimate
        1 means no gradient. Refused as in `slope_index`, and where the line falls to
        0 at an end.

    References
    ----------
    Kunst and Mackenbach (1995), Measuring socioeconomic inequalities in health; Price
    and Bonett (2004), Comput. Stat. Data Anal. 45, 449-456, for small counts.
    """
    order = _ordered(hits, total, sources)
    slope = _slope(order)
    top, bottom = order.part + slope / 2, order.part - slope / 2
    ends = [(end * order.shares).sum(axis=1) for end in (top, bottom)]
    share, size = _softened(order)
    soft = [(end * share).sum(axis=1) for end in (top, bottom)]
    outside = (np.minimum(*ends) <= 0) | (np.minimum(*soft) <= 0)
    upper, lower = (np.where(outside, 1, end) for end in soft)
    gradient = top / upper[:, None] - bottom / lower[:, None]
    error = np.sqrt((gradient**2 * share * (1 - share) / size).sum(axis=1))
    reach = np.exp(quantile(level) * error)
    value = np.where(outside, np.nan, ends[0] / np.where(outside, 1, ends[1]))
    bounds = _around(value, np.stack([upper / lower / reach, upper / lower * reach], axis=-1))
    return estimate(value, bounds, level, "Delta", {**order.refusals, NO_LINE: outside})


def concentration_index(
    hits: ArrayLike,
    total: ArrayLike,
    *,
    corrected: bool = False,
    sampled: bool = False,
    level: float = 0.95,
    sources: Sources = SIDES,
) -> Estimate:
    """Concentration index of a trait over a social order (Konzentrationsindex).

    Parameters
    ----------
    hits, total : array of float, shape (n, k)
        As in `slope_index`.
    corrected : bool
        True for Erreygers' form, 4 times the mean share times the index: it can be
        compared between areas with different shares, the plain one cannot.
    sampled : bool
        True if the sizes of the groups are themselves those of a sample, not of the
        population: their error is then part of the standard error (plain form only).
    level : float
        Coverage of the interval.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    Estimate
        In [-1, 1]; above 0, the trait is concentrated among the better-off.

    References
    ----------
    Kakwani, Wagstaff and van Doorslaer (1997), J. Econom. 77, 87-103;
    Erreygers (2009), J. Health Econ. 28, 504-515.
    """
    order = _ordered(hits, total, sources)
    weights = order.part * (2 * order.ridit - 1)
    if corrected:
        value = 4 * (weights * order.shares).sum(axis=1)
        bounds = _around(value, _linear_bounds(order, 4 * weights, level))
        return estimate(value, bounds, level, "Erreygers", order.refusals)
    share, size = _softened(order)
    mean = (order.part * order.shares).sum(axis=1)
    value = (weights * order.shares).sum(axis=1) / np.where(mean > 0, mean, np.nan)
    soft = (order.part * share).sum(axis=1)
    soft = np.where(soft > 0, soft, np.nan)
    centre = (weights * share).sum(axis=1) / soft
    pull = order.part * (2 * order.ridit - 1 - centre[:, None]) / soft[:, None]
    variance = (pull**2 * share * (1 - share) / size).sum(axis=1)
    if sampled:
        variance = variance + _sampling_of_ranks(order, value, mean)
    reach = quantile(level) * np.sqrt(variance)
    bounds = _around(value, np.stack([centre - reach, centre + reach], axis=-1))
    return estimate(value, bounds, level, "Kakwani", order.refusals)


def _sampling_of_ranks(order: _Ordered, index: Floats, mean: Floats) -> Floats:
    """First term of Kakwani's variance: ranks come from a sample."""
    curve = np.cumsum(order.part * order.shares, axis=1) / mean[:, None]
    before = np.concatenate([np.zeros((len(curve), 1)), curve[:, :-1]], axis=1)
    relative = order.shares / mean[:, None]
    terms = relative * (2 * order.ridit - 1 - index[:, None]) + 2 - before - curve
    spread = (order.part * terms**2).sum(axis=1) - (1 + index) ** 2
    return np.maximum(spread, 0) / order.total.sum(axis=1)


def _ordered(hits: ArrayLike, total: ArrayLike, sources: Sources) -> _Ordered:
    hits, total = (np.atleast_2d(side) for side in parts(hits, total, sources))
    known = ~(np.isnan(hits) | np.isnan(total))
    hits, total = np.where(known, hits, 0), np.where(known, total, 0)
    everyone = total.sum(axis=1, keepdims=True)
    part = total / np.where(everyone > 0, everyone, 1)
    ridit = np.cumsum(part, axis=1) - part / 2
    few = (total > 0).sum(axis=1) < LEAST_GROUPS
    refusals = {FEW_GROUPS: few, FEW_EVENTS: hits.sum(axis=1) < LEAST_EVENTS}
    return _Ordered(hits, total, part, ridit, refusals)


def _slope(order: _Ordered) -> Floats:
    """Weights of the shares in the slope of the weighted regression."""
    away = order.part * (order.ridit - 0.5)
    spread = (away * (order.ridit - 0.5)).sum(axis=1, keepdims=True)
    return away / np.where(spread > 0, spread, 1)


def _softened(order: _Ordered) -> tuple[Floats, Floats]:
    """Shares and sizes with four persons, two with the trait, spread over the groups."""
    extra = np.where(order.total > 0, 4 / np.maximum(order.groups, 1)[:, None], 0)
    size = order.total + extra
    usable = np.where(size > 0, size, 1)
    return (order.hits + extra / 2) / usable, usable


def _linear_bounds(order: _Ordered, weights: Floats, level: float) -> Floats:
    share, size = _softened(order)
    centre = (weights * share).sum(axis=1)
    reach = quantile(level) * np.sqrt((weights**2 * share * (1 - share) / size).sum(axis=1))
    return np.stack([centre - reach, centre + reach], axis=-1)


def _around(value: Floats, bounds: Floats) -> Floats:
    """Bounds that hold the value: softened counts shift their centre with few persons."""
    lower, upper = np.fmin(bounds[:, 0], value), np.fmax(bounds[:, 1], value)
    return np.stack([lower, upper], axis=-1)
