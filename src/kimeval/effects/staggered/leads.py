"""Did the areas develop alike before, and would it have been seen (Vortrend)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, stats

from kimeval.effects.refusals import require
from kimeval.effects.staggered.aggregate import Combined, combined
from kimeval.effects.staggered.grouptime import GroupTime
from kimeval.effects.staggered.inference import FEW, smallest_p, spread, two_sided

BEFORE = "mindestens zwei Zeitpunkte vor dem Beginn."


@dataclass(frozen=True)
class Wald:
    """Test that all numbers are zero (Wald-Test).

    Attributes
    ----------
    statistic, p : float
    df : int
    """

    statistic: float
    df: int
    p: float


@dataclass(frozen=True, repr=False)
class Pretrend:
    """Test of equal development before the start, and its power (Vortrendtest).

    Attributes
    ----------
    p : float
        That the largest standardised lead is so large by chance.
    leads : Combined
        Numbers before the start, against the last period before it.
    slope : dict of float to float
        By power: the linear divergence per period that the test would find so often.
    bias : dict of float to float
        What that divergence would add to the mean of `ahead` periods after the start.
    ahead : int
    """

    p: float
    leads: Combined = field(repr=False)
    slope: dict[float, float] = field(repr=False)
    bias: dict[float, float] = field(repr=False)
    ahead: int = 0


def wald(found: GroupTime) -> Wald:
    """Test that every effect before a start is zero, as published software does (Wald-Test).

    It counts on many areas: with few it finds a divergence too often, or cannot be made.

    Raises
    ------
    DesignRefused
        If there are not ten areas per number, or nothing lies before a start.
    """
    rows = found.before
    number = int(rows.sum())
    require(number > 0, "Vor keinem Beginn liegen zwei Zeitpunkte.", BEFORE)
    require(
        found.panel.size >= 10 * number,
        f"Der Wald-Test braucht viele Gebiete: {found.panel.size} für {number} Werte.",
        "zehn Gebiete je geprüftem Wert; oder der Test auf die größte Abweichung.",
    )
    value, influence = found.value[rows], found.influence[:, rows]
    covariance = influence.T @ influence / found.panel.size**2
    statistic = float(value @ np.linalg.solve(covariance, value))
    return Wald(statistic, number, float(stats.chi2.sf(statistic, number)))


def leads_of(found: GroupTime) -> Combined:
    """Event times before any effect; with the universal base all against the last one."""
    parts = combined(found, "dynamic")
    rows = parts.key < -found.anticipation
    require(bool(rows.any()), "Vor keinem Beginn liegen zwei Zeitpunkte.", BEFORE)
    return parts.only(rows)


def pretrend(
    found: GroupTime,
    ahead: int,
    most: int = 8,
    level: float = 0.95,
    powers: tuple[float, ...] = (0.5, 0.8),
    kind: str = FEW,
) -> Pretrend:
    """Test of the leads, and what it could have found (Vortrendtest und seine Trennschärfe).

    Parameters
    ----------
    found : GroupTime
        With the universal base, so that a divergence adds up over time.
    ahead : int
        Periods after the start whose mean is to be protected, from 0 on.
    most : int
        Leads looked at, those nearest to the start.
    level, powers, kind
        As elsewhere; powers of the divergence that is looked for.

    Returns
    -------
    Pretrend

    References
    ----------
    Roth (2022), AER: Insights 4, 305-322.
    """
    leads = leads_of(found)
    leads = leads.only(leads.key >= leads.key.max() - most + 1)
    seen = spread(leads, kind)
    free = np.sort(smallest_p(seen))
    least = two_sided(leads.value, seen).min()
    p = (np.searchsorted(free, least, side="right") + 1) / (len(free) + 1)
    critical = np.quantile(free, 1 - level)
    base = -1 - found.anticipation
    distance = (leads.key - base).astype(float)

    def power(slope: float) -> float:
        return float(np.mean(smallest_p(seen, slope * distance) <= critical))

    top = 50 * seen.error.max() / np.abs(distance).max()
    slope = {wanted: _where(power, wanted, float(top)) for wanted in powers}
    mean = np.mean(np.arange(ahead) - base)
    bias = {wanted: one * float(mean) for wanted, one in slope.items()}
    return Pretrend(float(min(p, 1.0)), leads, slope, bias, ahead)


def _where(power: Callable[[float], float], wanted: float, top: float) -> float:
    if power(top) < wanted:
        return np.inf
    return float(optimize.bisect(lambda slope: power(slope) - wanted, 0.0, top, xtol=top / 2_000))
