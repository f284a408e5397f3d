"""Which areas differ by more than chance (Trichterdiagramm)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import SIDES, Floats, Sources, counts, parts, tail
from kimeval.core.statistics.dispersion import Dispersion, dispersion
from kimeval.core.statistics.limits import LEVELS, flag_chances, ratio_limits, share_limits
from kimeval.core.statistics.multiple import adjusted
from kimeval.core.statistics.stable import Stable, stable_ratio, stable_share

SPREADS = ("none", "additive", "multiplicative")
ROUNDING = 1e-12


@dataclass(frozen=True)
class Funnel:
    """Areas against a target with their limits (Gebiete im Trichter).

    Attributes
    ----------
    value, size : ndarray of float, shape (n,)
        Share over persons, or ratio over expected events; NaN where there is none.
    target : float
        What all would have without differences.
    levels : ndarray of float, shape (levels,)
    limits : ndarray of float, shape (n, levels, 2)
        Lower and upper limit at each area's size, smooth; a point may lie beyond a
        line by less than one person and not be flagged.
    flags : ndarray of int, shape (n, levels)
        -1 below, 1 above, 0 neither, by the exact probability.
    p, adjusted : ndarray of float, shape (n,)
        Two-sided p-value; the same after Benjamini and Hochberg, for a false
        discovery rate over all areas.
    expected_flags : ndarray of float, shape (levels,)
        How many flags chance alone would give, at most, if no area differed (with a
        spread: if none differed beyond the usual spread).
    dispersion : Dispersion
        Spread between areas beyond chance, whether the limits allow for it or not.
    spread : str
        What the limits allow for: none, additive or multiplicative.
    """

    value: Floats
    size: Floats
    target: float
    levels: Floats
    limits: Floats
    flags: NDArray[np.int_]
    p: Floats
    adjusted: Floats
    expected_flags: Floats
    dispersion: Dispersion
    spread: str


def share_funnel(
    hits: ArrayLike,
    total: ArrayLike,
    *,
    target: float | None = None,
    levels: Sequence[float] = LEVELS,
    spread: str = "none",
    sources: Sources = SIDES,
) -> Funnel:
    """Shares of areas with exact binomial limits (Trichter von Anteilen).

    Parameters
    ----------
    hits, total : array of int, shape (n,)
        Persons with the trait and all persons of each area.
    target : float, optional
        Share without differences; the pooled share of all areas by default.
    levels : sequence of float
        Levels of the limits.
    spread : str
        `none`: chance alone. `additive`: areas differ by a random amount, all by the
        same standard deviation. `multiplicative`: limits are stretched alike.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    Funnel
        Its dispersion's tau is on the scale of arcsin(sqrt(share)).

    References
    ----------
    Spiegelhalter (2005), Stat. Med. 24, 1185-1202.
    """
    hits, total = parts(hits, total, sources)
    target = _pooled(hits, total) if target is None else target
    limits = share_limits(target, total, levels)
    chance = stats.binom(np.floor(total), target)
    stable = stable_share(hits, total, target)
    return _funnel(hits, total, target, levels, limits, chance, stable, spread)


def ratio_funnel(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    target: float = 1.0,
    levels: Sequence[float] = LEVELS,
    spread: str = "none",
) -> Funnel:
    """Observed over expected events with exact Poisson limits (Trichter von Verhältnissen).

    Parameters
    ----------
    observed : array of int, shape (n,)
        Events of each area.
    expected : array of float, shape (n,)
        From `standard.expected_events`, or a base times the common rate.
    target : float
        Ratio without differences.
    levels, spread
        As in `share_funnel`.

    Returns
    -------
    Funnel
        Its dispersion's tau is on the scale of sqrt(ratio).

    References
    ----------
    Spiegelhalter (2005), Stat. Med. 24, 1185-1202.
    """
    observed, expected = np.broadcast_arrays(counts(observed), counts(expected))
    limits = ratio_limits(expected, levels, target)
    chance = stats.poisson(expected * target)
    stable = stable_ratio(observed, expected, target)
    return _funnel(observed, expected, target, levels, limits, chance, stable, spread)


def _funnel(
    count: Floats,
    size: Floats,
    target: float,
    levels: Sequence[float],
    limits: Floats,
    chance: Any,
    stable: Stable,
    spread: str,
) -> Funnel:
    if spread not in SPREADS:
        raise DataError(f"There is no spread '{spread}'. {suggestion(spread, SPREADS)}")
    known = ~np.isnan(count) & (size > 0)
    value = np.divide(count, size, out=np.full(size.shape, np.nan), where=known)
    p, side = _exact_p(count, chance, known)
    beyond = dispersion(stable.distance, stable.error)
    expected = flag_chances(chance, levels)[known].sum(axis=0)
    missed = 1 - np.asarray(levels, dtype=float)
    if spread != "none" and beyond.found:
        error = _widened(stable.error, beyond, spread)
        p = np.maximum(p, 2 * stats.t.sf(np.abs(stable.distance / error), beyond.freedom))
        reach = stats.t.isf([tail(level) for level in levels], beyond.freedom)
        limits = _outer(limits, stable, error[:, None] * reach)
        expected = known.sum() * missed
    flags = np.where(known[:, None] & (p[:, None] <= missed + ROUNDING), side[:, None], 0)
    return Funnel(
        value,
        size,
        target,
        np.asarray(levels, dtype=float),
        limits,
        flags.astype(int),
        p,
        adjusted(p),
        expected,
        beyond,
        spread,
    )


def _outer(limits: Floats, stable: Stable, reach: Floats) -> Floats:
    """Limits so far from the target on the stable scale, but never inside the exact ones."""
    lower = np.minimum(limits[..., 0], stable.back(-reach))
    upper = np.maximum(limits[..., 1], stable.back(reach))
    return np.stack([lower, upper], axis=-1)


def _exact_p(count: Floats, chance: Any, known: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Two-sided p-value, the smaller tail doubled, with the side on which it lies."""
    below, above = chance.cdf(count), chance.sf(count - 1)
    p = np.where(known, np.minimum(2 * np.minimum(below, above), 1.0), np.nan)
    return p, np.where(below < above, -1.0, 1.0)


def _widened(error: Floats, beyond: Dispersion, spread: str) -> Floats:
    if spread == "additive":
        return np.sqrt(error**2 + beyond.tau**2)
    return error * np.sqrt(max(beyond.phi, 1.0))


def _pooled(hits: Floats, total: Floats) -> float:
    known = ~(np.isnan(hits) | np.isnan(total))
    everyone = total[known].sum()
    if not everyone > 0:
        raise DataError("A funnel needs an area with people, got none. Is there a denominator?")
    return float(hits[known].sum() / everyone)
