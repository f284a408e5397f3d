"""Known truths with draws from them, to measure how often intervals hold them.

Each case names what is drawn and at which sizes. A truth is drawn anew for each draw
from a realistic range (shares from 5 to 60 percent), so that a coverage is that over
the truths which an evaluation meets, not that at one lucky or unlucky share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kimeval.core.statistics import (
    about,
    at_least,
    clustered_rate,
    clustered_share,
    concentration_index,
    count_change,
    count_ratio,
    crude_rate,
    directly_standardised,
    indirectly_standardised,
    rate_ratio,
    relative_index,
    share,
    share_change,
    share_gap,
    share_over,
    share_ratio,
    slope_index,
)
from kimeval.core.statistics.estimate import Estimate

SIZES = (10, 30, 100, 1_000, 10_000)
PERSONS, EVENTS, FAMILIES = "Personen", "erwartete Ereignisse", "Familien"

Draw = Callable[[np.random.Generator, int, int], tuple[Estimate, np.ndarray]]


@dataclass(frozen=True)
class Case:
    """An interval and the truth it should hold.

    Attributes
    ----------
    name : str
        German, as in the table.
    unit : str
        What a size counts.
    draw : callable
        From a generator, a size and a number of draws: estimates and truths.
    kind : str
        `two-sided`: 93 to 97 percent; `at least`: no less than 95 percent by design,
        less the error of the simulation.
    sizes : tuple of int
    wide : dict of int to (float, str)
        Sizes at which more than 97 percent are held: how many at most, and why
        (German).
    rows : bool
        True if each person or family is a row of its own: large sizes are then drawn
        in blocks, and take long.
    """

    name: str
    unit: str
    draw: Draw
    kind: str = "two-sided"
    sizes: tuple[int, ...] = SIZES
    wide: dict[int, tuple[float, str]] = field(default_factory=dict)
    rows: bool = False


def shares(chance: np.random.Generator, draws: int, groups: int | None = None) -> np.ndarray:
    """True shares from 5 to 60 percent."""
    return chance.uniform(0.05, 0.6, draws if groups is None else (draws, groups))


def one_share(chance: np.random.Generator, size: int, draws: int):
    truth = shares(chance, draws)
    return share(chance.binomial(size, truth), size), truth


def one_rate(chance: np.random.Generator, size: int, draws: int):
    truth = size * np.exp(chance.uniform(-0.3, 0.3, draws))
    return crude_rate(chance.poisson(truth), 1.0, repeats=True, least=0), truth


def published_rate(chance: np.random.Generator, size: int, draws: int):
    """Expected events from half to twice the size, so that some are refused."""
    truth = size * np.exp(chance.uniform(-np.log(2), np.log(2), draws))
    return crude_rate(chance.poisson(truth), 1.0, repeats=True), truth


def two_rates(chance: np.random.Generator, size: int, draws: int):
    truth = np.exp(chance.uniform(-1, 1, draws))
    base = chance.integers(1, 5, (2, draws)) * 1.0
    first, second = chance.poisson(size * base[0] * truth), chance.poisson(size * base[1])
    return rate_ratio(first, base[0], second, base[1]), truth


def _strata(chance: np.random.Generator, size: int, draws: int):
    """Twelve groups of age and gender with rates up to ten times each other's."""
    population = chance.dirichlet(np.full(12, 4.0), draws)
    rates = np.exp(chance.uniform(-1.15, 1.15, (draws, 12)))
    rates *= size / (population * rates).sum(axis=1, keepdims=True)
    return population, rates


def standardised(chance: np.random.Generator, size: int, draws: int):
    population, rates = _strata(chance, size, draws)
    standard = chance.dirichlet(np.full(12, 8.0))
    scale = 1e6
    events = chance.poisson(population * rates)
    found = directly_standardised(events, population * scale, standard, per=scale)
    return found, rates @ standard


def ratio_to_state(chance: np.random.Generator, size: int, draws: int):
    truth = np.exp(chance.uniform(-0.7, 0.7, draws))
    return indirectly_standardised(chance.poisson(size * truth), size), truth


def _families(chance: np.random.Generator, size: int, draws: int):
    members = chance.integers(1, 7, (draws, size))
    place = np.broadcast_to(np.arange(draws)[:, None], members.shape)
    return members, place


def family_share(chance: np.random.Generator, size: int, draws: int):
    """Persons of a family agree by a correlation of 0.4."""
    members, place = _families(chance, size, draws)
    truth = shares(chance, draws)
    inner = chance.beta(truth[:, None] * 1.5, (1 - truth[:, None]) * 1.5, members.shape)
    hits = chance.binomial(members, inner)
    found = clustered_share(hits.ravel(), members.ravel(), place.ravel(), groups=draws)
    return found.estimate, truth


def family_share_as_persons(chance: np.random.Generator, size: int, draws: int):
    """The same, as if persons were independent: what goes wrong."""
    members, _ = _families(chance, size, draws)
    truth = shares(chance, draws)
    inner = chance.beta(truth[:, None] * 1.5, (1 - truth[:, None]) * 1.5, members.shape)
    return share(chance.binomial(members, inner).sum(axis=1), members.sum(axis=1)), truth


def repeated(chance: np.random.Generator, size: int, draws: int):
    """Contacts of persons, some of whom come much more often than others."""
    truth = chance.uniform(0.5, 4, draws)
    often = chance.gamma(1.5, truth[:, None] / 1.5, (draws, size))
    events = chance.poisson(often)
    place = np.repeat(np.arange(draws), size)
    found = clustered_rate(events.ravel(), np.ones(events.size), place, groups=draws)
    return found.estimate, truth


def gap(chance: np.random.Generator, size: int, draws: int):
    truth = shares(chance, draws, 2)
    sizes = np.array([size, size * 2])
    hits = chance.binomial(sizes, truth)
    return share_gap(hits[:, 0], sizes[0], hits[:, 1], sizes[1]), truth[:, 0] - truth[:, 1]


def ratio(chance: np.random.Generator, size: int, draws: int):
    truth = shares(chance, draws, 2)
    sizes = np.array([size, size * 2])
    hits = chance.binomial(sizes, truth)
    return share_ratio(hits[:, 0], sizes[0], hits[:, 1], sizes[1]), truth[:, 0] / truth[:, 1]


def _order(chance: np.random.Generator, size: int, draws: int):
    """Five groups whose shares rise or fall along the order, not quite on a line."""
    parts = chance.dirichlet(np.full(5, 6.0), draws)
    total = np.maximum(np.round(parts * size), 1)
    level, slope = chance.uniform(0.2, 0.5, (draws, 1)), chance.uniform(-0.3, 0.3, (draws, 1))
    truth = level + slope * (np.arange(5) / 4 - 0.5) + chance.uniform(-0.04, 0.04, (draws, 5))
    return chance.binomial(total.astype(int), truth), total, truth


def _true(index: Callable, total: np.ndarray, truth: np.ndarray, **options) -> np.ndarray:
    """Index of the true shares: that of counts without any error."""
    many = 1e9
    return index(truth * total * many, total * many, **options).value


def slope(chance: np.random.Generator, size: int, draws: int):
    hits, total, truth = _order(chance, size, draws)
    return slope_index(hits, total), _true(slope_index, total, truth)


def relative(chance: np.random.Generator, size: int, draws: int):
    hits, total, truth = _order(chance, size, draws)
    return relative_index(hits, total), _true(relative_index, total, truth)


def concentration(chance: np.random.Generator, size: int, draws: int):
    hits, total, truth = _order(chance, size, draws)
    return concentration_index(hits, total), _true(concentration_index, total, truth)


def erreygers(chance: np.random.Generator, size: int, draws: int):
    hits, total, truth = _order(chance, size, draws)
    found = concentration_index(hits, total, corrected=True)
    return found, _true(concentration_index, total, truth, corrected=True)


def rough_base(chance: np.random.Generator, size: int, draws: int):
    """The true denominator lies anywhere within ten percent of the stated one."""
    truth = shares(chance, draws)
    base = np.round(size * chance.uniform(0.9, 1.1, draws)).astype(int)
    return share_over(
        chance.binomial(base, truth), about(np.full(draws, size), relative=0.1)
    ), truth


def lower_base(chance: np.random.Generator, size: int, draws: int):
    """The true denominator is up to half as large again as the lower bound."""
    truth = shares(chance, draws)
    base = np.round(size * chance.uniform(1, 1.5, draws)).astype(int)
    return share_over(chance.binomial(base, truth), at_least(np.full(draws, size))), truth


def _two_quarters(chance: np.random.Generator, size: int, draws: int):
    """Means of those in both quarters, gone and come; three in four go on."""
    went, came = size * chance.uniform(0.1, 0.4, (2, draws))
    return size - went, went, came


def change(chance: np.random.Generator, size: int, draws: int):
    mean = np.exp(chance.uniform(-0.5, 0.5, draws)) * size
    return count_change(chance.poisson(size, draws), chance.poisson(mean)), mean - size


def change_with_overlap(chance: np.random.Generator, size: int, draws: int):
    means = _two_quarters(chance, size, draws)
    both, went, came = (chance.poisson(mean) for mean in means)
    return count_change(both + went, both + came, both=both), means[2] - means[1]


def growth(chance: np.random.Generator, size: int, draws: int):
    mean = np.exp(chance.uniform(-0.5, 0.5, draws)) * size
    return count_ratio(chance.poisson(size, draws), chance.poisson(mean)), mean / size


def growth_with_overlap(chance: np.random.Generator, size: int, draws: int):
    means = _two_quarters(chance, size, draws)
    both, went, came = (chance.poisson(mean) for mean in means)
    found = count_ratio(both + went, both + came, both=both)
    return found, (means[0] + means[2]) / (means[0] + means[1])


def changed_share(chance: np.random.Generator, size: int, draws: int):
    """Two thirds of the persons are in both quarters, and most keep the trait."""
    kept = (2 * size) // 3
    old = shares(chance, draws)
    stays, gains = chance.uniform(0.6, 0.95, draws), chance.uniform(0.05, 0.3, draws)
    new = old * stays + (1 - old) * gains
    had = chance.binomial(kept, old)
    both = chance.binomial(had, stays)
    hits = had + chance.binomial(size - kept, old)
    later = both + chance.binomial(kept - had, gains) + chance.binomial(size - kept, new)
    return share_change((hits, size), (later, size), both=(both, kept)), new - old


FEW_REFUSED = (0.99, "wenige Ereignisse sind verweigert, übrig bleiben die hohen")
FEW_MOVED = (0.99, "nur 1 bis 4 kommen und gehen, Anzahlen sind ganze Zahlen")
EXACT_BELOW_10 = (0.98, "unter 10 Ereignissen exakte Grenzen, mit Absicht weit")
NEAR_ZERO = (0.99, "das untere Ende der Geraden liegt nahe null")

CASES = (
    Case("Anteil (Wilson)", PERSONS, one_share),
    Case("rohe Rate (Byar)", EVENTS, one_rate, wide={10: EXACT_BELOW_10}),
    Case("rohe Rate ab 10 Ereignissen", EVENTS, published_rate, wide={10: FEW_REFUSED}),
    Case("Verhältnis zweier Raten (Score)", EVENTS, two_rates),
    Case("direkt standardisierte Rate (Dobson)", EVENTS, standardised, wide={10: FEW_REFUSED}),
    Case("indirekt standardisiert (Byar)", EVENTS, ratio_to_state, wide={10: EXACT_BELOW_10}),
    Case("Anteil mit Familien als Klumpen", FAMILIES, family_share, rows=True),
    Case(
        "Rate wiederholter Ereignisse",
        PERSONS,
        repeated,
        wide={10: FEW_REFUSED},
        rows=True,
    ),
    Case("Abstand zweier Anteile (Newcombe)", PERSONS, gap),
    Case("Verhältnis zweier Anteile (MOVER)", PERSONS, ratio),
    Case("absolutes Gefälle (SII)", PERSONS, slope),
    Case("relatives Gefälle (RII)", PERSONS, relative, wide={30: NEAR_ZERO}),
    Case("Konzentrationsindex", PERSONS, concentration),
    Case("Konzentrationsindex nach Erreygers", PERSONS, erreygers),
    Case("Anteil, Nenner ungefähr (10 %)", PERSONS, rough_base, "at least"),
    Case("Anteil, Nenner Untergrenze", PERSONS, lower_base, "at least"),
    Case("Veränderung einer Anzahl", EVENTS, change),
    Case(
        "Veränderung einer Anzahl, Überlappung", EVENTS, change_with_overlap, wide={10: FEW_MOVED}
    ),
    Case("Verhältnis zweier Anzahlen", EVENTS, growth),
    Case("Verhältnis zweier Anzahlen, Überlappung", EVENTS, growth_with_overlap),
    Case("Veränderung eines Anteils, Überlappung", PERSONS, changed_share),
)
