"""Small areas lean on the others (Glättung kleiner Gebiete, modellbasiert)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.statistics.checks import SIDES, Floats, Sources, counts, parts, tail
from kimeval.core.statistics.estimate import (
    ALIKE,
    FEW_EVENTS,
    FEW_GROUPS,
    LEAST_EVENTS,
    LEAST_GROUPS,
    NO_BASE,
    Estimate,
    estimate,
)
from kimeval.core.statistics.mixture import Grid, grid, mixture_quantile
from kimeval.core.statistics.priors import After, BetaBinomial, Between, GammaPoisson

METHOD = "Empirical Bayes, modellbasiert"
NOTE = (
    "Modellbasiert: jeder Wert ist zum Mittel aller Gebiete hin gezogen, umso mehr, je weniger "
    "das Gebiet selbst zählt. Er beschreibt nicht, was dort gezählt wurde."
)


@dataclass(frozen=True)
class Smoothed:
    """Estimates of areas that lean on all of them (geglättete Werte).

    Attributes
    ----------
    estimate : Estimate
        Mean and interval of what is likely after seeing all areas.
    own_weight : ndarray of float, shape (n,)
        How much of the value is the area's own, from 0 to 1.
    mean, spread : float
        Mean of the areas and standard deviation between them.
    note : str
        German sentence that belongs beside every such value.
    """

    estimate: Estimate
    own_weight: Floats
    mean: float
    spread: float
    note: str = NOTE


@dataclass(frozen=True)
class Moments:
    """Marshall's global estimator (Schätzer nach Marshall).

    Attributes
    ----------
    value : ndarray of float, shape (n,)
    mean, variance : float
        Of the true ratios between areas; the variance is 0 if areas differ by no more
        than chance gives.
    """

    value: Floats
    mean: float
    variance: float


def marshall(observed: ArrayLike, expected: ArrayLike) -> Moments:
    """Smoothed ratios by moments, without an interval (Glättung durch Momente).

    Parameters
    ----------
    observed, expected : array of float, shape (n,)
        Events, and expected events or persons above 0.

    Returns
    -------
    Moments

    References
    ----------
    Marshall (1991), J. R. Stat. Soc. C 40, 283-294.
    """
    observed, expected = counts(observed), counts(expected)
    ratio, mean = observed / expected, float(observed.sum() / expected.sum())
    between = (expected * (ratio - mean) ** 2).sum() / expected.sum()
    variance = float(max(between - mean / expected.mean(), 0.0))
    own = variance / (variance + mean / expected) if variance > 0 else np.zeros(len(ratio))
    return Moments(mean + own * (ratio - mean), mean, variance)


def smoothed_ratios(
    observed: ArrayLike, expected: ArrayLike, *, per: float = 1.0, level: float = 0.95
) -> Smoothed:
    """Smoothed rates or ratios: gamma between areas, Poisson within (geglättete Raten).

    Parameters
    ----------
    observed : array of float, shape (n,)
        Events of n areas.
    expected : array of float, shape (n,)
        Expected events, persons or time.
    per : float
        Unit of the base.
    level : float
        Coverage on the average over areas, if their true ratios follow a gamma
        distribution. Mean and spread of it are not taken for known: the interval is
        that over all that are likely.

    Returns
    -------
    Smoothed
        Refused with fewer than three areas or 10 events in all, and for an area
        without a base.

    References
    ----------
    Clayton and Kaldor (1987), Biometrics 43, 671-681; Deely and Lindley (1981), J. Am.
    Stat. Assoc. 76, 833-841, for the unknown mean and spread.
    """
    observed, expected = np.broadcast_arrays(counts(observed), counts(expected))
    return _smoothed(GammaPoisson, observed, expected, level, per, alike=False)


def smoothed_shares(
    hits: ArrayLike, total: ArrayLike, *, level: float = 0.95, sources: Sources = SIDES
) -> Smoothed:
    """Smoothed shares: beta between areas, binomial within (geglättete Anteile).

    Parameters
    ----------
    hits, total : array of float, shape (n,)
        Persons with the trait and all persons of n areas.
    level, sources
        As in `smoothed_ratios` and `rates.share`.

    Returns
    -------
    Smoothed
        Refused as `smoothed_ratios`, and where fewer than 10 persons lack the trait.

    References
    ----------
    Skellam (1948), J. R. Stat. Soc. B 10, 257-261; Deely and Lindley (1981), J. Am.
    Stat. Assoc. 76, 833-841.
    """
    hits, total = parts(hits, total, sources)
    known = ~(np.isnan(hits) | np.isnan(total))
    alike = (total - hits)[known].sum() < LEAST_EVENTS
    return _smoothed(BetaBinomial, hits, total, level, 1.0, alike=bool(alike))


def _smoothed(
    model: Callable[[Floats, Floats], Between],
    count: Floats,
    size: Floats,
    level: float,
    per: float,
    alike: bool,
) -> Smoothed:
    known = ~(np.isnan(count) | np.isnan(size)) & (size > 0)
    sides = (tail(level), 1 - tail(level))
    few_areas, few_events = known.sum() < LEAST_GROUPS, count[known].sum() < LEAST_EVENTS
    found = np.full((4, len(count)), np.nan)
    mean = spread = np.nan
    if not (few_areas or few_events or alike):
        between = model(count[known], size[known])
        nodes = grid(between.likelihood, between.centre, between.most)
        after = between.after(nodes)
        found[0, known] = nodes.weight @ after.mean
        for row, p in enumerate(sides, start=1):
            found[row, known] = _quantile(nodes, after, p)
        found[3, known] = nodes.weight @ after.own
        mean, spread = float(nodes.weight @ after.centre), float(nodes.weight @ after.spread)
    everywhere = np.ones(len(count), dtype=bool)
    refusals = {
        NO_BASE: ~known,
        FEW_GROUPS: everywhere & few_areas,
        FEW_EVENTS: everywhere & few_events,
        ALIKE: everywhere & alike,
    }
    made = estimate(found[0] * per, found[1:3].T * per, level, METHOD, refusals)
    return Smoothed(made, found[3], mean * per, spread * per)


def _quantile(nodes: Grid, after: After, p: float) -> Floats:
    return mixture_quantile(lambda value: nodes.weight @ after.below(value), *after.ends(p), p)
