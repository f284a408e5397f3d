"""How many have ended by when, from counts per interval of time (Sterbetafel).

From protected counts only the interval is known in which someone was answered. The
life table takes what is open as under observation for half of the interval in which
it was last seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, counts, quantile


@dataclass(frozen=True)
class LifeTable:
    """Endings by the ends of intervals (Sterbetafel mit konkurrierenden Enden).

    Attributes
    ----------
    edges : ndarray of float, shape (intervals + 1,)
        Days at which intervals begin and end, ascending, from 0.
    at_risk : ndarray of float, shape (intervals,)
        Effective number under observation in each.
    waiting, waiting_lower, waiting_upper : ndarray of float, shape (intervals + 1,)
        Share that has not ended by each edge. NaN from where no one is observed, or more
        end than can be at risk.
    ended, ended_lower, ended_upper : ndarray of float, shape (intervals + 1, kinds)
        Share that has ended in each way by each edge (cumulative incidence).
    level : float
        Coverage of the bounds.
    """

    edges: Floats
    at_risk: Floats
    waiting: Floats
    waiting_lower: Floats
    waiting_upper: Floats
    ended: Floats
    ended_lower: Floats
    ended_upper: Floats
    level: float

    def time_until(self, share: float = 0.5) -> tuple[float, float, float]:
        """Days until a share has ended, with bounds; NaN where that is not reached.

        Within an interval endings are taken as spread evenly. The bounds are where
        those of the share still waiting are crossed (Brookmeyer and Crowley 1982).
        """
        left = 1 - share
        found = [
            _crossing(self.edges, curve, left)
            for curve in (self.waiting, self.waiting_lower, self.waiting_upper)
        ]
        return found[0], found[1], found[2]

    def time_until_kind(self, kind: int, share: float = 0.5) -> tuple[float, float, float]:
        """As `time_until`, for endings of one kind, with the others competing."""
        curves = (self.ended, self.ended_upper, self.ended_lower)
        found = [_crossing(self.edges, 1 - curve[:, kind], 1 - share) for curve in curves]
        return found[0], found[1], found[2]


def life_table(
    edges: ArrayLike,
    ended: ArrayLike,
    censored: ArrayLike,
    *,
    level: float = 0.95,
    seen: float = 0.5,
    entered: ArrayLike | None = None,
    design: float = 1.0,
) -> LifeTable:
    """Shares that have ended in competing ways (Aalen-Johansen aus Klassen).

    Parameters
    ----------
    edges : array of float, shape (intervals + 1,)
        Days, ascending.
    ended : array of int, shape (intervals, kinds)
        How many ended in each interval, by kind of ending.
    censored : array of int, shape (intervals,)
        How many were still open when last seen in it.
    level : float
        Coverage of the bounds, on the scale of log(-log).
    seen : float
        For which part of their last interval the open ones count as observed: one half,
        or 1 where all of them are seen to its end.
    entered : array of int, shape (intervals,), optional
        How many came under observation within each interval (delayed entry), for half of
        it; all others were from 0 on.
    design : float
        Variance relative to that of independent persons, such as that of families.

    Returns
    -------
    LifeTable

    Raises
    ------
    DataError
        If counts are negative or shapes do not fit.

    References
    ----------
    Cutler and Ederer (1958), J. Chronic Dis. 8, 699-712; Aalen and Johansen (1978),
    Scand. J. Stat. 5, 141-150; variance after Marubini and Valsecchi (1995), Analysing
    Survival Data, 341.
    """
    edges, ended, censored = np.asarray(edges, float), counts(ended), counts(censored)
    if ended.ndim != 2 or len(ended) != len(censored) or len(edges) != len(censored) + 1:
        raise DataError(
            f"A life table has a row of endings and one number of open cases per interval, got "
            f"{ended.shape}, {censored.shape} and {len(edges)} edges."
        )
    gone = ended.sum(axis=1)
    late = np.zeros(len(gone)) if entered is None else counts(entered)
    to_come = np.cumsum(late[::-1])[::-1] - late / 2
    left = np.append(np.cumsum((gone + censored)[::-1])[::-1], 0.0)[:-1]
    at_risk = left - (1 - seen) * censored - to_come
    with np.errstate(invalid="ignore", divide="ignore"):
        told = (at_risk > 0) & (gone <= at_risk)
        nobody_yet = (at_risk == 0) & (gone == 0) & (to_come > 0)
        stay = np.where(told, 1 - gone / at_risk, np.where(nobody_yet, 1.0, np.nan))
        waiting = np.append(1.0, np.cumprod(stay))
        rate = ended / at_risk[:, None]
        hazard = np.where(told[:, None], rate, np.where(nobody_yet[:, None], 0.0, np.nan))
    incidence = np.vstack(
        [np.zeros(ended.shape[1]), np.cumsum(waiting[:-1, None] * hazard, axis=0)]
    )
    wider = np.sqrt(design)
    spread = wider * _greenwood(waiting, at_risk, gone)
    low, high = _bounds(waiting, spread, level)
    low[0] = high[0] = 1.0
    spreads = np.stack(
        [
            wider * _spread(waiting, incidence[:, k], at_risk, gone, ended[:, k])
            for k in range(ended.shape[1])
        ],
        axis=1,
    )
    below, above = _bounds(incidence, spreads, level)
    return LifeTable(edges, at_risk, waiting, low, high, incidence, below, above, level)


def _greenwood(waiting: Floats, at_risk: Floats, gone: Floats) -> Floats:
    """Standard error of the share that waits, at each edge."""
    with np.errstate(invalid="ignore", divide="ignore"):
        terms = np.where(gone > 0, gone / (at_risk * (at_risk - gone)), 0.0)
        found = waiting * np.sqrt(np.append(0.0, np.cumsum(terms)))
    return np.where(waiting == 0, np.nan, found)


def _spread(waiting: Floats, share: Floats, at_risk: Floats, gone: Floats, ended: Floats) -> Floats:
    """Standard error of a cumulative incidence at each edge."""
    found = np.zeros(len(share))
    before = waiting[:-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = np.where(gone > 0, gone / (at_risk * (at_risk - gone)), 0.0)
        own = before**2 * ended * (at_risk - ended) / at_risk**3
        both = before * ended / at_risk**2
    for edge in range(1, len(share)):
        rest = share[edge] - share[1 : edge + 1]
        with np.errstate(invalid="ignore"):
            safe = np.where(rest > 0, rest**2 * whole[:edge], 0.0)
        found[edge] = np.sqrt(np.sum(safe + own[:edge] - 2 * rest * both[:edge]))
    return found


def _bounds(share: Floats, spread: Floats, level: float) -> tuple[Floats, Floats]:
    """Bounds on the scale of log(-log); NaN where a share is 0 or 1 and has no spread."""
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = quantile(level) * spread / (share * np.log(share))
        low, high = share ** np.exp(-reach), share ** np.exp(reach)
    known = (share > 0) & (share < 1) & np.isfinite(spread)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _crossing(edges: Floats, curve: Floats, left: float) -> float:
    """Where a falling curve over edges reaches a share, on straight lines between them."""
    known = ~np.isnan(curve)
    days, shares = edges[known], curve[known]
    below = np.flatnonzero(shares <= left)
    if not len(below) or below[0] == 0:
        return float("nan")
    high = int(below[0])
    fall = shares[high - 1] - shares[high]
    part = (shares[high - 1] - left) / fall if fall > 0 else 1.0
    return float(days[high - 1] + part * (days[high] - days[high - 1]))
