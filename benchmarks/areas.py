"""54 areas with a known truth: flags, discoveries, ranks and smoothed values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kimeval.core.statistics import (
    adjusted,
    marginal_ranks,
    ranked_rates,
    ranked_shares,
    ratio_funnel,
    share_funnel,
    share_samples,
    smoothed_ratios,
    smoothed_shares,
)

AREAS = 54
SMOOTHED = 500
RATE = 0.1
LEVELS = (0.95, 0.998)


@dataclass(frozen=True)
class Measured:
    """What was found in one simulated state, and what was promised.

    Attributes
    ----------
    found : float
        Such as the number of flags, or whether all ranks were held.
    promised : float
        What the method says; NaN where the promise is fixed by the case.
    """

    found: float
    promised: float = np.nan


@dataclass(frozen=True)
class AreaCase:
    """A promise about 54 areas (in German), kept if the mean lies on the right side.

    Attributes
    ----------
    name : str
        German, as in the table.
    draw : callable
        From a generator: what one simulated state shows.
    promise : str
        `at most` or `at least` what was promised, or `within` two points of it.
    promised : float
        NaN if each draw brings its own.
    states : int
        How many are simulated for the table.
    """

    name: str
    draw: Callable[[np.random.Generator], Measured]
    promise: str
    promised: float = np.nan
    states: int = 2_000


def sizes(chance: np.random.Generator, low: float = 60, high: float = 6_000) -> np.ndarray:
    """Persons of the areas, as unequal as those of districts."""
    return np.exp(chance.uniform(np.log(low), np.log(high), AREAS)).astype(int)


def flags(spread: str, level: int, tau: float = 0.0) -> Callable:
    """Flags where areas differ by chance alone, or by a random amount besides."""

    def draw(chance: np.random.Generator) -> Measured:
        total = sizes(chance)
        away = tau * chance.standard_normal(AREAS)
        if spread == "multiplicative":
            away = away / np.sqrt(total)
        truth = np.sin(np.arcsin(np.sqrt(0.25)) + away) ** 2
        funnel = share_funnel(chance.binomial(total, truth), total, spread=spread)
        return Measured(np.abs(funnel.flags[:, level]).sum(), funnel.expected_flags[level])

    return draw


def ratio_flags(spread: str, level: int, tau: float = 0.0) -> Callable:
    """The same for observed over expected events."""

    def draw(chance: np.random.Generator) -> Measured:
        expected = sizes(chance, 5, 500).astype(float)
        truth = (1 + tau * chance.standard_normal(AREAS)) ** 2
        funnel = ratio_funnel(chance.poisson(expected * truth), expected, spread=spread)
        return Measured(np.abs(funnel.flags[:, level]).sum(), funnel.expected_flags[level])

    return draw


def discoveries(differing: int, method: str = "bh") -> Callable:
    """Share of false flags among those at a rate of 10 percent."""

    def draw(chance: np.random.Generator) -> Measured:
        total = sizes(chance)
        truth = np.full(AREAS, 0.25)
        truth[:differing] = 0.35
        funnel = share_funnel(chance.binomial(total, truth), total, target=0.25)
        flagged = adjusted(funnel.p, method) <= RATE
        return Measured(flagged[differing:].sum() / max(flagged.sum(), 1))

    return draw


def joint_shares(chance: np.random.Generator) -> Measured:
    """Whether the intervals hold the true ranks of all areas at once."""
    total = sizes(chance)
    truth = chance.uniform(0.1, 0.5, AREAS)
    ranks = ranked_shares(chance.binomial(total, truth), total)
    return Measured(float(_held(ranks, truth).all()))


def joint_near(chance: np.random.Generator) -> Measured:
    """The same where the true shares lie close together."""
    total = sizes(chance)
    truth = 0.25 + np.linspace(-0.02, 0.02, AREAS)
    ranks = ranked_shares(chance.binomial(total, truth), total)
    return Measured(float(_held(ranks, truth).all()))


def joint_rates(chance: np.random.Generator) -> Measured:
    """The same of rates with 5 to 500 events."""
    expected = sizes(chance, 5, 500).astype(float)
    truth = chance.uniform(0.5, 2, AREAS)
    ranks = ranked_rates(chance.poisson(expected * truth), expected)
    return Measured(float(_held(ranks, truth).all()))


def marginal(chance: np.random.Generator) -> Measured:
    """Share of areas whose simulated rank interval holds the true rank."""
    total = sizes(chance)
    truth = chance.uniform(0.1, 0.5, AREAS)
    hits = chance.binomial(total, truth)
    ranks = marginal_ranks(share_samples(hits, total, draws=1_000, seed=1))
    return Measured(float(_held(ranks, truth).mean()))


def smoothed_rate_coverage(chance: np.random.Generator) -> Measured:
    """Share of areas whose smoothed interval holds the true ratio."""
    expected, truth, observed = _ratios(chance)
    found = smoothed_ratios(observed, expected).estimate
    return Measured(float(np.mean((found.lower <= truth) & (truth <= found.upper))))


def smoothed_rate_error(chance: np.random.Generator) -> Measured:
    """Squared error of the smoothed ratios over that of the plain ones."""
    expected, truth, observed = _ratios(chance)
    found = smoothed_ratios(observed, expected).estimate
    return Measured(_error(found.value, truth) / _error(observed / expected, truth))


def smoothed_share_coverage(chance: np.random.Generator) -> Measured:
    """Share of areas whose smoothed interval holds the true share."""
    total, truth, hits = _shares(chance)
    found = smoothed_shares(hits, total).estimate
    return Measured(float(np.mean((found.lower <= truth) & (truth <= found.upper))))


def smoothed_share_error(chance: np.random.Generator) -> Measured:
    """Squared error of the smoothed shares over that of the plain ones."""
    total, truth, hits = _shares(chance)
    found = smoothed_shares(hits, total).estimate
    return Measured(_error(found.value, truth) / _error(hits / total, truth))


def _ratios(chance: np.random.Generator):
    """Areas from alike to a coefficient of variation of 0.6, with few events each."""
    expected = sizes(chance, 2, 60).astype(float)
    shape = 1 / chance.uniform(0.02, 0.6) ** 2
    truth = chance.gamma(shape, 1 / shape, AREAS)
    return expected, truth, chance.poisson(expected * truth)


def _shares(chance: np.random.Generator):
    total = sizes(chance, 10, 300)
    mean, whole = chance.uniform(0.1, 0.5), np.exp(chance.uniform(np.log(4), np.log(1_000)))
    truth = chance.beta(mean * whole, (1 - mean) * whole, AREAS)
    return total, truth, chance.binomial(total, truth)


def _error(value: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean((value - truth) ** 2))


def _held(ranks, truth: np.ndarray) -> np.ndarray:
    true = (truth[None, :] > truth[:, None]).sum(axis=1) + 1
    return (ranks.lower <= true) & (true <= ranks.upper)


CASES = (
    AreaCase("Markierungen bei 95 %, nur Zufall (Anteile)", flags("none", 0), "at most"),
    AreaCase("Markierungen bei 99,8 %, nur Zufall (Anteile)", flags("none", 1), "at most"),
    AreaCase("Markierungen bei 95 %, nur Zufall (Verhältnisse)", ratio_flags("none", 0), "at most"),
    AreaCase(
        "Markierungen bei 95 %, additive Überstreuung (Anteile)",
        flags("additive", 0, 0.08),
        "at most",
    ),
    AreaCase(
        "Markierungen bei 99,8 %, additive Überstreuung (Anteile)",
        flags("additive", 1, 0.08),
        "at most",
    ),
    AreaCase(
        "Markierungen bei 95 %, additive Überstreuung (Verhältnisse)",
        ratio_flags("additive", 0, 0.1),
        "at most",
    ),
    AreaCase(
        "Markierungen bei 95 %, multiplikative Überstreuung (Anteile)",
        flags("multiplicative", 0, 0.8),
        "at most",
    ),
    AreaCase(
        "Markierungen bei 95 %, Überstreuung zugelassen, aber nur Zufall (Anteile)",
        flags("additive", 0),
        "at most",
    ),
    AreaCase("falsche unter den Entdeckungen, kein Unterschied", discoveries(0), "at most", RATE),
    AreaCase("falsche unter den Entdeckungen, 10 Gebiete anders", discoveries(10), "at most", RATE),
    AreaCase("alle Rangplätze gehalten (Anteile)", joint_shares, "at least", 0.95),
    AreaCase("alle Rangplätze gehalten (Anteile, dicht beieinander)", joint_near, "at least", 0.95),
    AreaCase("alle Rangplätze gehalten (Raten)", joint_rates, "at least", 0.95),
    AreaCase("simulierter Rangplatz eines Gebiets gehalten", marginal, "within", 0.95),
    AreaCase(
        "geglättete Raten: Wahrheit im Intervall", smoothed_rate_coverage, "within", 0.95, SMOOTHED
    ),
    AreaCase(
        "geglättete Raten: Fehlerquadrat zu roh", smoothed_rate_error, "at most", 1.0, SMOOTHED
    ),
    AreaCase(
        "geglättete Anteile: Wahrheit im Intervall",
        smoothed_share_coverage,
        "within",
        0.95,
        SMOOTHED,
    ),
    AreaCase(
        "geglättete Anteile: Fehlerquadrat zu roh", smoothed_share_error, "at most", 1.0, SMOOTHED
    ),
)
