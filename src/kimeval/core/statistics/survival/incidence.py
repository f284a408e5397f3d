"""How many have reached something by when, with what competes (kumulative Inzidenz)."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, quantile
from kimeval.core.statistics.survival.influence import influence, spread, steps
from kimeval.core.statistics.survival.spells import Ints, Spells, at_risk

FEW_EVENTS = 5
FEWEST_AT_RISK = 5
ROUNDING = 1e-9
Scale = Literal["loglog", "arcsine"]


@dataclass(frozen=True)
class Incidence:
    """Share that has reached the outcome by each time (kumulative Inzidenz).

    Attributes
    ----------
    times : ndarray of float, shape (t,)
    share, lower, upper : ndarray of float, shape (t,)
        NaN where the data do not carry it; `reason` says why.
    error : ndarray of float, shape (t,)
        Standard error of the share.
    at_risk, reached : ndarray of int, shape (t,)
        Under observation just before each time; outcomes up to and at it.
    effective : ndarray of float, shape (t,)
        Number of independent persons whose share would be as sure.
    reason : tuple of str, length t
        German; empty where there is a share.
    level : float
    """

    times: Floats
    share: Floats
    lower: Floats
    upper: Floats
    error: Floats
    at_risk: Ints
    reached: Ints
    effective: Floats
    reason: tuple[str, ...]
    level: float


def incidence(
    held: Spells,
    times: ArrayLike,
    kind: int = 1,
    level: float = 0.95,
    scale: Scale = "loglog",
) -> Incidence:
    """Cumulative incidence at times, with competing endings (Aalen-Johansen).

    Parameters
    ----------
    held : Spells
        Persons with entry, exit, ending and family.
    times : array of float, shape (t,)
    kind : int
        Way to end.
    level : float
        Coverage of each interval for itself.
    scale : str
        On which the interval is symmetric: log(-log) or the arcsine of the root. Where
        fewer than `FEW_EVENTS` reached it, the interval is Wilson's.

    Returns
    -------
    Incidence
        Refused where nobody is observed for so long, or where hardly anyone was at risk
        when others were still to enter.

    References
    ----------
    Aalen and Johansen (1978); Choudhury (2002), Stat. Med. 21, 1129-1144 for scales;
    variance by the infinitesimal jackknife over families.
    """
    asked = np.atleast_1d(np.asarray(times, float))
    found = steps(held, kind)
    upto = found.times[:, None] <= asked
    share = found.rise @ upto
    error = np.sqrt(np.diag(spread(influence(held, found, upto.astype(float), kind), held.cluster)))
    reached = (found.ended @ upto).astype(np.int64)
    risk = at_risk(held, asked)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = share * (1 - share) / error**2
    few = reached < FEW_EVENTS
    whole = np.where(np.isnan(effective), held.clusters, effective)
    effective[few] = np.clip(whole[few], held.clusters, len(held))
    low, high = bounds(share, error, level, scale, held.clusters)
    low[few], high[few] = _wilson(share[few], effective[few], level)
    reason = _reasons(held, asked, risk)
    refused = np.array([bool(one) for one in reason])
    for column in (share, low, high, error, effective):
        column[refused] = np.nan
    return Incidence(asked, share, low, high, error, risk, reached, effective, reason, level)


def time_until(
    held: Spells, reached: float = 0.5, kind: int = 1, level: float = 0.95
) -> tuple[float, float, float]:
    """Time by which a share has reached the outcome, with bounds (Median).

    Returns
    -------
    tuple of float
        NaN for what is not reached under observation: the median where less than half
        ever reach it, the upper bound where the lower curve does not get there.

    References
    ----------
    Brookmeyer and Crowley (1982), Biometrics 38, 29-41.
    """
    if not 0 < reached < 1:
        raise DataError(f"A share to reach lies between 0 and 1, got {reached}. Write 0.5.")
    found = steps(held, kind)
    share = np.where(found.times < _starved_from(held), np.cumsum(found.rise), np.nan)

    def first(side: str) -> float:
        """First time at which a bound is reached; bounds rise with time."""

        def bound(place: int) -> float:
            at = incidence(held, found.times[place : place + 1], kind, level)
            return -np.inf if at.reason[0] else float(getattr(at, side)[0])

        place = bisect.bisect_left(range(len(share)), reached - ROUNDING, key=bound)
        return float(found.times[place]) if place < len(share) else float("nan")

    day = _first(found.times, share, reached)
    return day, first("upper"), first("lower")


def bounds(
    share: Floats, error: Floats, level: float, scale: Scale = "loglog", clusters: int = 10**6
) -> tuple[Floats, Floats]:
    """Bounds of shares from their standard errors, on a scale that keeps them in [0, 1].

    Parameters
    ----------
    share, error : ndarray of float, shape (t,)
    level : float
    scale : str
        `loglog` or `arcsine`.
    clusters : int
        Independent families; Student's t with one less.
    """
    z = quantile(level, max(clusters - 1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        if scale == "arcsine":
            middle = np.arcsin(np.sqrt(share))
            reach = z * error / (2 * np.sqrt(share * (1 - share)))
            low = np.sin(np.maximum(middle - reach, 0)) ** 2
            high = np.sin(np.minimum(middle + reach, np.pi / 2)) ** 2
        else:
            # of the share that is left, which is what the scale was made for
            left = 1 - share
            reach = z * error / (left * np.abs(np.log(left)))
            low, high = 1 - left ** np.exp(-reach), 1 - left ** np.exp(reach)
    known = (share > 0) & (share < 1) & np.isfinite(error)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _wilson(share: Floats, persons: Floats, level: float) -> tuple[Floats, Floats]:
    """Bounds of a share that few have reached, or nobody, as of so many independent persons."""
    square = quantile(level) ** 2 / np.maximum(persons, 1)
    middle = (share + square / 2) / (1 + square)
    reach = np.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)
    return np.where(share > 0, middle - reach, 0.0), middle + reach


def _reasons(held: Spells, days: Floats, risk: Ints) -> tuple[str, ...]:
    """Why a share at each time is refused (German); empty where it is not."""
    lost = held.exit[held.ending == 0]
    unseen = (risk == 0) & (days > (lost.min() if len(lost) else np.inf))
    starved = _starved_from(held)
    return tuple(
        "niemand so lange beobachtet"
        if nobody
        else "zu Beginn zu wenige unter Beobachtung"
        if day >= starved
        else ""
        for day, nobody in zip(days, unseen, strict=True)
    )


def _starved_from(held: Spells) -> float:
    """First time at which someone ends among few, while others are still to come."""
    if not held.delayed:
        return float("inf")
    times = np.unique(held.exit[held.ending > 0])
    few = (at_risk(held, times) < FEWEST_AT_RISK) & (times <= held.entry.max())
    return float(times[few].min()) if few.any() else float("inf")


def _first(times: Floats, curve: Floats, reached: float) -> float:
    above = np.flatnonzero(curve >= reached - ROUNDING)
    return float(times[above[0]]) if len(above) else float("nan")
