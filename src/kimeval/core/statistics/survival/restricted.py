"""Mean time in which something is reached already, up to a horizon (eingeschränkte Zeit).

The area below a cumulative incidence up to a horizon is the mean time that people have
had the outcome by then. It needs no proportional hazards and is told in days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, quantile
from kimeval.core.statistics.survival.influence import influence, spread, steps
from kimeval.core.statistics.survival.spells import Spells, at_risk

FEWEST = 10


@dataclass(frozen=True)
class Restricted:
    """Mean time up to a horizon with its interval (eingeschränkte mittlere Zeit).

    Attributes
    ----------
    value, lower, upper, error : float
        In the unit of the clock; NaN where refused.
    horizon : float
    reason : str
        German; empty unless refused.
    """

    value: float
    lower: float
    upper: float
    error: float
    horizon: float
    reason: str = ""


def time_reached(held: Spells, horizon: float, kind: int = 1, level: float = 0.95) -> Restricted:
    """Mean time since an outcome was reached, up to a horizon (Zeit mit Ergebnis).

    Also known as restricted mean time lost. With one way to end, the horizon less this
    is the restricted mean survival time.

    Parameters
    ----------
    held : Spells
    horizon : float
        Someone must be under observation for so long.
    kind : int
    level : float

    Returns
    -------
    Restricted

    Notes
    -----
    Where few families have an outcome, the error is that of influences times the root of
    n / (n - 1), and Student's t has one less than as many degrees of freedom.

    References
    ----------
    Andersen (2013), Stat. Med. 32, 5278-5285.
    """
    value, each, reason = _area(held, horizon, kind)
    if reason:
        return refused_time(horizon, reason)
    error = float(np.sqrt(spread(each[:, None], held.cluster)[0, 0]))
    reach = quantile(level, _families(held, kind) - 1) * error
    low, high = max(value - reach, 0.0), min(value + reach, horizon)
    return Restricted(value, low, high, error, horizon)


def time_difference(
    held: Spells,
    second: ArrayLike,
    horizon: float,
    kind: int = 1,
    level: float = 0.95,
) -> Restricted:
    """Difference of the time since the outcome between two groups (Unterschied in Tagen).

    Parameters
    ----------
    held : Spells
    second : array of bool, shape (n,)
        Who belongs to the second group; the value is second less first. A family may
        have members in both.
    horizon : float
    kind : int
    level : float

    Returns
    -------
    Restricted
        Above 0 where the second group reaches it earlier or more often.
    """
    later = np.asarray(second, bool)
    if later.shape != held.exit.shape:
        raise DataError(
            f"Two groups are told apart by one mark per person, got {later.size} for {len(held)}."
        )
    each: NDArray = np.zeros(len(held))
    values = []
    for sign, part in ((-1.0, ~later), (1.0, later)):
        value, own, reason = _area(held.only(part), horizon, kind)
        if reason:
            return refused_time(horizon, reason)
        each[part] = sign * own
        values.append(sign * value)
    error = float(np.sqrt(spread(each[:, None], held.cluster)[0, 0]))
    fewest = min(_families(held.only(part), kind) for part in (later, ~later))
    reach = quantile(level, 2 * (fewest - 1)) * error
    value = float(sum(values))
    return Restricted(value, value - reach, value + reach, error, horizon)


def refused_time(horizon: float, reason: str) -> Restricted:
    """Nothing, with the reason (German)."""
    nan = float("nan")
    return Restricted(nan, nan, nan, nan, horizon, reason)


def _area(held: Spells, horizon: float, kind: int) -> tuple[float, Floats, str]:
    if len(held) < FEWEST:
        return 0.0, np.empty(0), f"eine Gruppe hat weniger als {FEWEST} Personen"
    if not at_risk(held, [horizon])[0] and np.any((held.ending == 0) & (held.exit < horizon)):
        return 0.0, np.empty(0), "eine Gruppe ist nicht bis zum Horizont beobachtet"
    found = steps(held, kind)
    if not np.any(found.ended[found.times <= horizon]):
        return 0.0, np.empty(0), "in einer Gruppe hat es niemand erreicht"
    weights = np.maximum(horizon - found.times, 0.0)[:, None]
    families = _families(held, kind)
    each = influence(held, found, weights, kind)[:, 0] * np.sqrt(families / (families - 1))
    return float(found.rise @ weights[:, 0]), each, ""


def _families(held: Spells, kind: int) -> int:
    """Families with an outcome, of which the degrees of freedom are made; at least 2."""
    return max(len(np.unique(held.cluster[held.ending == kind])), 2)
