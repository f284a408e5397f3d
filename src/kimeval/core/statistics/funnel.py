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
from kimeval.core.statistics.limits import (
    LEVELS,
    check_target,
    flag_chances,
    ratio_limits,
    share_limits,
)
from kimeval.core.statistics.multiple import adjusted
from kimeval.core.statistics.stable import Stable, stable_ratio, stable_share

SPREADS = ("none", "additive", "multiplicative")
SHARE, RATIO = "share", "ratio"
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
    of : str
        `share` or `ratio`: which limits `funnel_lines` draws.
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
    of: str


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
    check_target(target, most=1.0)
    chance = stats.binom(np.floor(total), target)
    return _funnel(SHARE, hits, total, target, levels, chance, spread)


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
    check_target(target, most=np.inf)
    chance = stats.poisson(expected * target)
    return _funnel(RATIO, observed, expected, target, levels, chance, spread)


def funnel_lines(funnel: Funnel, size: ArrayLike) -> Floats:
    """Limits of a funnel at other sizes, to draw its lines (Linien des Trichters).

    Parameters
    ----------
    funnel : Funnel
    size : array of float, shape (m,)
        Persons, or expected events.

    Returns
    -------
    ndarray of float, shape (m, levels, 2)
        As `Funnel.limits`, with the spread that the funnel allows for.
    """
    size = counts(size, "A size")
    return _limits(funnel.of, size, funnel.target, funnel.levels, funnel.dispersion, funnel.spread)


def _funnel(
    of: str,
    count: Floats,
    size: Floats,
    target: float,
    levels: Sequence[float],
    chance: Any,
    spread: str,
) -> Funnel:
    if spread not in SPREADS:
        raise DataError(f"There is no spread '{spread}'. {suggestion(spread, SPREADS)}")
    at = np.asarray(levels, dtype=float)
    known = ~np.isnan(count) & (size > 0)
    value = np.divide(count, size, out=np.full(size.shape, np.nan), where=known)
    stable = _stable(of, count, size, target)
    beyond = dispersion(stable.distance, stable.error)
    limits = _limits(of, size, target, at, beyond, spread)
    p, side = _exact_p(count, chance, known)
    expected = flag_chances(chance, levels)[known].sum(axis=0)
    if spread != "none" and beyond.found:
        error = _widened(stable.error, beyond, spread)
        p = np.maximum(p, 2 * stats.t.sf(np.abs(stable.distance / error), beyond.freedom))
        expected = known.sum() * (1 - at)
    flags = np.where(known[:, None] & (p[:, None] <= 1 - at + ROUNDING), side[:, None], 0)
    return Funnel(
        value,
        size,
        target,
        at,
        limits,
        flags.astype(int),
        p,
        adjusted(p),
        expected,
        beyond,
        spread,
        of,
    )


def _stable(of: str, count: Floats, size: Floats, target: float) -> Stable:
    return (stable_share if of == SHARE else stable_ratio)(count, size, target)


def _limits(
    of: str, size: Floats, target: float, levels: Floats, beyond: Dispersion, spread: str
) -> Floats:
    """Exact limits, or wider ones where a spread is allowed for and found."""
    if of == SHARE:
        exact = share_limits(target, size, levels.tolist())
    else:
        exact = ratio_limits(size, levels.tolist(), target)
    if spread == "none" or not beyond.found:
        return exact
    stable = _stable(of, np.zeros(size.shape), size, target)
    reach = stats.t.isf([tail(level) for level in levels], beyond.freedom)
    reach = _widened(stable.error, beyond, spread)[:, None] * reach
    lower = np.minimum(exact[..., 0], stable.back(-reach))
    upper = np.maximum(exact[..., 1], stable.back(reach))
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
