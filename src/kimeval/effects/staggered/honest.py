"""How far areas may diverge before an effect is gone (ehrliche Schranken).

After Rambachan and Roth (2023), Rev. Econ. Stud. 90, 2555-2591. Two ways to bound what the
programme's areas would have done otherwise:

* relative magnitudes: from one period to the next they diverge at most `most` times as far
  as they ever did before the start. For each step before the start and each sign the bounds
  are linear, so each has an ordinary interval; the union holds the effect, whichever step
  was the largest. This is wider than the paper's conditional test, and needs no inversion.
* smoothness: the divergence changes its slope by at most `most` from period to period. The
  interval of fixed length is the shortest whose centre is linear in all numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from kimeval.core.statistics.checks import Floats
from kimeval.effects.refusals import require
from kimeval.effects.staggered.aggregate import Combined
from kimeval.effects.staggered.inference import FEW, Spread, spread

STEPS = 40
LARGEST = 4.0
FAR = 6.0


@dataclass(frozen=True)
class Bound:
    """An interval that holds if areas diverge no further than allowed (Schranke).

    Attributes
    ----------
    most : float
        What was allowed.
    lower, upper : float
    """

    most: float
    lower: float
    upper: float


@dataclass(frozen=True, repr=False)
class EventStudy:
    """Numbers around the start against the last period before it (Ereignisstudie).

    Attributes
    ----------
    before, after : ndarray of float, shapes (leads,) and (lags,)
        In order of time; consecutive, ending and beginning beside the base.
    seen : Spread
        Of both, in this order.
    """

    before: Floats
    after: Floats
    seen: Spread


def event_study(found: Combined, lags: int, leads: int, kind: str = FEW) -> EventStudy:
    """The numbers that the bounds need (Ereignisstudie).

    Parameters
    ----------
    found : Combined
        Of kind `dynamic`, from effects with the universal base and no anticipation.
    lags, leads : int
        How many from the start on, and before the base.
    kind : str
        Of the spread.

    Raises
    ------
    DesignRefused
        If the event times are not all there.
    """
    wanted = [*range(-1 - leads, -1), *range(lags)]
    place = {int(key): n for n, key in enumerate(found.key)}
    require(
        leads >= 1 and lags >= 1 and all(key in place for key in wanted),
        "Um den Beginn fehlen Zeitpunkte; ehrliche Schranken lassen sich nicht bilden.",
        "lückenlose Werte um den Beginn.",
    )
    rows = np.array([place[key] for key in wanted])
    mixed = found.mixed(np.eye(len(found.key))[rows])
    return EventStudy(mixed.value[:leads], mixed.value[leads:], spread(mixed, kind))


def relative(study: EventStudy, most: float, weights: Floats, level: float = 0.95) -> Bound:
    """Interval of a mean over time if areas diverge at most `most` times as before.

    Parameters
    ----------
    study : EventStudy
    most : float
        Times the largest step between neighbouring periods before the start; from 0 on.
    weights : ndarray of float, shape (lags,)
        Of the periods after the start; sum to 1 for a mean.
    level : float
    """
    leads, lags = len(study.before), len(study.after)
    reach = float(np.abs(np.cumsum(weights[::-1])).sum())
    steps = np.zeros((leads, leads + lags))
    steps[np.arange(leads), np.arange(leads)] = -1.0
    steps[np.arange(leads - 1), np.arange(1, leads)] = 1.0
    centre = np.concatenate([np.zeros(leads), weights])
    value = np.concatenate([study.before, study.after])
    sides = np.concatenate([steps, -steps]) * most * reach
    lower = _ends(study, value, centre - sides, level, -1)
    upper = _ends(study, value, centre + sides, level, 1)
    return Bound(most, float(lower.min()), float(upper.max()))


def smooth(study: EventStudy, most: float, weights: Floats, level: float = 0.95) -> Bound:
    """Interval of a mean over time if the divergence bends by at most `most` per period.

    Parameters
    ----------
    study, weights, level
        As in `relative`.
    most : float
        Largest change of slope; 0 allows a straight divergence, which is taken off.
    """
    leads, lags = len(study.before), len(study.after)
    value = np.concatenate([study.before, study.after])
    bend, slope = _bends(leads, lags)
    fixed = np.concatenate([np.zeros(leads), weights])
    covariance = study.seen.covariance
    df = float(np.min(study.seen.df))
    own = slope[:leads]
    start = fixed.copy()
    start[:leads] = -own * (weights @ slope[leads:]) / (own @ own)
    free = _null(own)
    critical = _folded(df, level)

    def centre_of(step: Floats) -> Floats:
        centre = start.copy()
        centre[:leads] += free @ step
        return centre

    def length(step: Floats) -> float:
        centre = centre_of(step)
        error = float(np.sqrt(centre @ covariance @ centre))
        return critical(most * float(np.abs(bend.T @ centre).sum()) / error) * error

    best = _shortest(length, free.shape[1], float(np.sqrt(np.trace(covariance))))
    half, middle = length(best), float(centre_of(best) @ value)
    return Bound(most, middle - half, middle + half)


def breakdown(study: EventStudy, weights: Floats, level: float = 0.95) -> float:
    """Largest relative divergence at which the interval still excludes no effect.

    Returns
    -------
    float
        0 where even equal development leaves no effect; at most 4.
    """

    def gone(most: float) -> bool:
        bound = relative(study, most, weights, level)
        return bound.lower <= 0 <= bound.upper

    if gone(0.0):
        return 0.0
    if not gone(LARGEST):
        return LARGEST
    low, high = 0.0, LARGEST
    for _ in range(STEPS):
        low, high = (
            ((low + high) / 2, high) if not gone((low + high) / 2) else (low, (low + high) / 2)
        )
    return low


def _ends(study: EventStudy, value: Floats, lines: Floats, level: float, side: int) -> Floats:
    error, df = study.seen.along(lines)
    return lines @ value + side * stats.t.ppf(0.5 + level / 2, df) * error


def _bends(leads: int, lags: int) -> tuple[Floats, Floats]:
    """What each bend and the slope at the base add to every number.

    A divergence is 0 at the base, has a slope there, and bends at every other period.
    """
    times = np.concatenate([np.arange(-leads, 0), np.arange(1, lags + 1)]).astype(float)
    knots = np.concatenate([np.arange(-leads + 1, 0), np.arange(0, lags)])
    before = np.where(knots < 0, 1.0, 0.0)
    after = np.maximum(times[:, None] - knots, 0) * (1 - before)
    ahead = np.maximum(knots - times[:, None], 0) * before
    return after + ahead, times


def _null(line: Floats) -> Floats:
    """Directions orthogonal to a line, shape (n, n - 1)."""
    return np.linalg.svd(line[None])[2][1:].T


def _shortest(length: Callable[[Floats], float], size: int, scale: float) -> Floats:
    if size == 0:
        return np.zeros(0)
    best = np.zeros(size)
    for method in ("Powell", "Nelder-Mead"):
        made = optimize.minimize(
            lambda step: length(step) / scale, best, method=method, options={"maxiter": 4_000}
        )
        best = made.x if length(made.x) < length(best) else best
    return best


def _folded(df: float, level: float) -> Callable[[float], float]:
    """By bias in standard errors, the quantile of the size of a t-variable that is so far off.

    Interpolated between points; beyond them one side alone matters.
    """
    shifts = np.linspace(0, FAR, 61)
    one_sided = float(stats.t.ppf(level, df))

    def quantile(bias: float) -> float:
        def missed(at: float) -> float:
            return float(stats.t.cdf(at - bias, df) - stats.t.cdf(-at - bias, df)) - level

        return float(optimize.brentq(missed, 0.0, bias + one_sided + 60.0))

    known = np.array([quantile(float(shift)) for shift in shifts])

    def found(bias: float) -> float:
        return bias + one_sided if bias > FAR else float(np.interp(bias, shifts, known))

    return found


__all__ = ["Bound", "EventStudy", "Spread", "breakdown", "event_study", "relative", "smooth"]
