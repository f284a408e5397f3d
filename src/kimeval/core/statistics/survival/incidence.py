"""How many have reached something by when, with what competes (kumulative Inzidenz)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, quantile, tail
from kimeval.core.statistics.survival.influence import influence, spread, steps
from kimeval.core.statistics.survival.spells import Ints, Spells, at_risk

FEWEST_EVENTS = 5
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
        On which the interval is symmetric: log(-log) or the arcsine of the root. A
        share of 0 has an exact upper bound instead.

    Returns
    -------
    Incidence
        Refused where nobody is observed for so long, where hardly anyone was at risk
        when others were still to enter, or where fewer than `FEWEST_EVENTS` reached it.

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
    low, high = bounds(share, error, level, scale, held.clusters)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = share * (1 - share) / error**2
    nobody = reached == 0
    low[nobody], high[nobody] = 0.0, 1 - tail(level) ** (1 / np.maximum(risk[nobody], 1))
    reason = tuple(_reason(held, day, r, n) for day, r, n in zip(asked, risk, reached, strict=True))
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
    curve = incidence(held, found.times, kind, level)
    return tuple(  # type: ignore[return-value]
        _first(found.times, side, reached) for side in (curve.share, curve.upper, curve.lower)
    )


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


def _reason(held: Spells, day: float, risk: int, reached: int) -> str:
    """Why a share at a time is refused (German); empty where it is not."""
    if risk == 0 and np.any((held.ending == 0) & (held.exit < day)):
        return "niemand so lange beobachtet"
    if 0 < reached < FEWEST_EVENTS:
        return f"weniger als {FEWEST_EVENTS} haben es bis dahin erreicht"
    if held.delayed and _starved(held, day):
        return "zu Beginn zu wenige unter Beobachtung"
    return ""


def _starved(held: Spells, day: float) -> bool:
    """Whether endings weigh heavily because few were at risk and others came later."""
    over = (held.ending > 0) & (held.exit <= day)
    times = np.unique(held.exit[over])
    few = times[at_risk(held, times) < FEWEST_AT_RISK]
    return bool(len(few)) and bool(np.any(held.entry >= few.min()))


def _first(times: Floats, curve: Floats, reached: float) -> float:
    above = np.flatnonzero(curve >= reached - ROUNDING)
    return float(times[above[0]]) if len(above) else float("nan")
