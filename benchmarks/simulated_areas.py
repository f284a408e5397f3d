"""Staggered starts over areas with a known effect, at the project's sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from simulated_draws import Draw, Found, case

from kimeval.effects.staggered import (
    NEVER,
    Combined,
    bands,
    bootstrapped,
    combined,
    event_study,
    group_time,
    overall,
    panel,
    pretrend,
    relative,
    smooth,
    spread,
    wald,
)
from kimeval.effects.staggered.grouptime import cohort_of

Floats = NDArray[np.float64]
GROWTH = np.array([0.015, 0.030, 0.045, 0.060])
LAGS, LEADS = 8, 4


@dataclass(frozen=True)
class World:
    """Areas by quarter (Gebiete im Zeitverlauf).

    Attributes
    ----------
    starts : tuple of int
        Number of areas with each start, the first at `first`; consecutive quarters.
    never : int
        Areas that never start.
    persistence : float
        Correlation of neighbouring quarters.
    uneven : bool
        Whether small areas spread more, up to five times.
    quarters, first : int
    pull : float
        How strongly a covariate moves trend and start.
    drift : float
        By how much areas that start diverge each quarter, before and after.
    """

    starts: tuple[int, ...]
    never: int = 4
    persistence: float = 0.4
    uneven: bool = False
    quarters: int = 20
    first: int = 2
    pull: float = 0.0
    drift: float = 0.0

    def start(self) -> Floats:
        """Start of each area."""
        begun = np.repeat(self.first + np.arange(len(self.starts)), self.starts).astype(float)
        return np.concatenate([begun, np.full(self.never, NEVER)])

    def draw(self, chance: np.random.Generator, effect: bool) -> tuple[Floats, Floats, Floats]:
        """Outcome and true effect, shape (areas, quarters), and a covariate."""
        start = self.start()
        size, time = len(start), np.arange(self.quarters)
        noise = chance.standard_normal((size, self.quarters))
        for t in range(1, self.quarters):
            keep = self.persistence
            noise[:, t] = keep * noise[:, t - 1] + np.sqrt(1 - keep**2) * noise[:, t]
        scale = np.geomspace(0.02, 0.10, size)[:, None] if self.uneven else 0.04
        if self.uneven:
            scale = chance.permutation(scale)
        x = chance.standard_normal(size) + self.pull * np.isfinite(start)
        since = time - np.where(np.isinf(start), 10**6, start)[:, None]
        gain = np.where(since >= 0, GROWTH[np.clip(since, 0, 3).astype(int)], 0.0) * effect
        level = 0.25 + 0.03 * chance.standard_normal((size, 1))
        shared = 0.03 * chance.standard_normal(self.quarters)
        own = 0.002 * self.pull * x[:, None] * time
        own = own + self.drift * np.isfinite(start)[:, None] * time
        return level + shared + own + scale * noise + gain, gain, x


def truth(found: Combined, gain: Floats) -> Floats:
    """True value of each number, from the true effect on each area and quarter."""
    cohort = cohort_of(found.source.panel)
    mean = np.array([gain[cohort == n].mean(axis=0) for n in range(cohort.max() + 1)])
    return np.tensordot(found.lines, mean, 2)


def mean_of_two_years(world: World, controls: str, chance: np.random.Generator, on: bool) -> Found:
    y, gain, _ = world.draw(chance, on)
    parts = combined(group_time(panel(y, world.start()), controls), "dynamic")
    parts = parts.only((parts.key >= 0) & (parts.key < LAGS))
    return _found(parts.mixed(np.full((1, len(parts.key)), 1 / len(parts.key))), gain)


def aggregated(
    world: World, kind: str, controls: str, chance: np.random.Generator, on: bool
) -> Found:
    y, gain, _ = world.draw(chance, on)
    return _found(overall(group_time(panel(y, world.start()), controls), kind), gain)


def banded(world: World, how: str, chance: np.random.Generator, on: bool) -> Found:
    y, gain, _ = world.draw(chance, on)
    parts = combined(group_time(panel(y, world.start()), base="universal"), "dynamic")
    parts = parts.only((parts.key >= -5) & (parts.key < LAGS))
    true = truth(parts, gain)
    made = bootstrapped(parts) if how == "bootstrap" else bands(parts, spread(parts))
    held = bool(np.all((made.band_lower <= true) & (true <= made.band_upper)))
    outside = bool(np.any((made.band_lower > 0) | (made.band_upper < 0)))
    return Found(float(made.value.mean()), float(true.mean()), held, 0.0 if outside else 1.0)


def alike(world: World, method: str, chance: np.random.Generator, on: bool) -> Found:
    y, gain, x = world.draw(chance, on)
    found = group_time(panel(y, world.start(), covariates=x), method=method)
    number = overall(found, "simple")
    cells = zip(found.group, found.period, strict=True)
    rows = [gain[found.panel.start == g, t].mean() for g, t in cells]
    size = np.array([np.sum(found.panel.start == g) for g in found.group]) * found.after
    true = float(np.average(rows, weights=size))
    made = bands(number, spread(number, "large" if found.panel.size >= 100 else "few"))
    return _judged(made, true)


def tested(world: World, how: str, chance: np.random.Generator, on: bool) -> Found:
    y, _, _ = world.draw(chance, False)
    found = group_time(panel(y, world.start()), base="universal")
    if how == "wald":
        return Found(p=wald(found).p)
    return Found(p=pretrend(found, LAGS, powers=()).p)


def bounded(world: World, how: str, chance: np.random.Generator, on: bool) -> Found:
    """Areas diverge by the same step each quarter, before the start and after it."""
    y, gain, _ = world.draw(chance, on)
    found = group_time(panel(y, world.start()), "never", base="universal")
    parts = combined(found, "dynamic")
    study = event_study(parts, LAGS, LEADS)
    weights = np.full(LAGS, 1 / LAGS)
    number = parts.only((parts.key >= 0) & (parts.key < LAGS))
    true = float(weights @ truth(number, gain))
    made = relative(study, 1.0, weights) if how == "relative" else smooth(study, 0.0, weights)
    outside = made.lower > 0 or made.upper < 0
    middle = (made.lower + made.upper) / 2
    return Found(middle, true, made.lower <= true <= made.upper, 0.0 if outside else 1.0)


def _found(number: Combined, gain: Floats) -> Found:
    return _judged(bands(number, spread(number)), float(truth(number, gain)[0]))


def _judged(made, true: float) -> Found:  # type: ignore[no-untyped-def]
    held = bool(made.lower[0] <= true <= made.upper[0])
    return Found(float(made.value[0]), true, held, float(made.p[0]))


LIKE_SAMPLE = (5, 5, 7, 9, 2, 4, 4, 3, 5, 4, 2)
USUAL = World(LIKE_SAMPLE)
WORLDS = {
    "54 Gebiete, 20 Quartale, 11 Starts, 4 nie": USUAL,
    "ebenso, Quartale hängen stark zusammen (0,8)": World(LIKE_SAMPLE, persistence=0.8),
    "ebenso, kleine Gebiete schwanken fünfmal so stark": World(LIKE_SAMPLE, uneven=True),
    "54 Gebiete, nur eines beginnt": World((1,), never=53, first=10),
    "54 Gebiete, drei beginnen": World((3,), never=51, first=10),
    "24 Gebiete, 4 Starts, 4 nie": World((5, 5, 5, 5), never=4, first=6),
    "12 Gebiete, 2 Starts, 4 nie": World((4, 4), never=4, first=6),
    "54 Gebiete, jedes beginnt für sich": World((1,) * 17, never=1, first=2),
}
THREE = World((18, 18), never=18, first=8, pull=1.0)


def _draw(function, *given) -> Draw:  # type: ignore[no-untyped-def]
    return partial(function, *given)


FIRST = next(iter(WORLDS))
TWO_YEARS = "Mittel über zwei Jahre ab Beginn"
CASES = [
    *(
        case(f"{TWO_YEARS}, noch nicht Begonnene", name, _draw(mean_of_two_years, world, "not_yet"))
        for name, world in WORLDS.items()
    ),
    *(
        case(f"{TWO_YEARS}, nie Begonnene", name, _draw(mean_of_two_years, world, "never"))
        for name, world in list(WORLDS.items())[:3]
    ),
    *(
        case(
            f"Gruppen-Zeit-Wirkung, {word}",
            FIRST,
            _draw(aggregated, USUAL, kind, "not_yet"),
        )
        for kind, word in {
            "simple": "alle Zellen",
            "group": "nach Start",
            "calendar": "nach Quartal",
        }.items()
    ),
    *(
        case("Ereignisstudie, Band über 12 Werte", name, _draw(banded, world, "few"), share=0.25)
        for name, world in list(WORLDS.items())[:3]
    ),
    case("Multiplikator-Bootstrap, Band", FIRST, _draw(banded, USUAL, "bootstrap")),
    case(
        "Multiplikator-Bootstrap, Band",
        "400 Gebiete, 4 Starts",
        _draw(banded, World((80, 80, 80, 80), never=80, first=6), "bootstrap"),
    ),
    *(
        case(f"mit Merkmal: {word}", name, _draw(alike, world, method))
        for name, world in {
            "54 Gebiete, 2 Starts zu 18, 18 nie": THREE,
            "300 Gebiete, 2 Starts zu 100, 100 nie": World((100, 100), 100, first=8, pull=1.0),
        }.items()
        for method, word in {
            "regression": "Regression",
            "weighting": "Gewichtung",
            "doubly_robust": "doppelt robust",
        }.items()
    ),
    *(
        case(
            "Vortrendtest, größte Abweichung",
            name,
            _draw(tested, world, "largest"),
            share=0.5,
            effect=False,
        )
        for name, world in list(WORLDS.items())[:3]
    ),
    case("Vortrendtest, Wald", FIRST, _draw(tested, USUAL, "wald"), effect=False),
    case(
        "ehrliche Schranke, relativ 1 (mindestens 95)",
        "54 Gebiete laufen stetig auseinander",
        _draw(bounded, World(LIKE_SAMPLE, drift=0.004), "relative"),
    ),
    case(
        "ehrliche Schranke, glatt 0",
        "54 Gebiete laufen stetig auseinander",
        _draw(bounded, World(LIKE_SAMPLE, drift=0.004), "smooth"),
        share=0.25,
    ),
]
