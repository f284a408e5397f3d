"""Whether a ratio of hazards holds all the time (Prüfung der Proportionalität)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.survival.cox import HazardRatios

FEWEST_EVENTS = 20


@dataclass(frozen=True)
class Proportional:
    """Test of ratios that do not change with time (Proportionalität).

    Attributes
    ----------
    statistic, p_value : ndarray of float, shape (p,)
        For each covariate by itself, with one degree of freedom.
    overall : float
        p value for all together.
    trend : ndarray of float, shape (p,)
        Correlation of scaled residuals with the rank of time; above 0 a ratio rises.
    reason : str
        German; empty unless refused.
    """

    statistic: Floats
    p_value: Floats
    overall: float
    trend: Floats
    reason: str = ""


def proportional(model: HazardRatios) -> Proportional:
    """Test ratios for a trend over the order of events (skalierte Schoenfeld-Residuen).

    Parameters
    ----------
    model : HazardRatios
        Of `cox` or `fine_gray`.

    Returns
    -------
    Proportional
        Refused with fewer than `FEWEST_EVENTS` events, among which a trend could not be
        seen: then nothing speaks for proportional hazards either.

    References
    ----------
    Grambsch and Therneau (1994), Biometrika 81, 515-526, as a score test.
    """
    count = len(model.names)
    if model.held is None or model.events < FEWEST_EVENTS:
        none = np.full(count, np.nan)
        few = model.reason or f"weniger als {FEWEST_EVENTS} Ereignisse"
        return Proportional(none, none, float("nan"), none, few)
    held = model.held
    sums = held.at(model.beta)
    residual = held.x[held.who] - sums.mean
    order = stats.rankdata(held.times)
    order = (order - order.mean()) / order.std()
    score = order @ residual
    plain = sums.each.sum(axis=0)
    mixed = np.einsum("e,eij->ij", order, sums.each)
    squared = np.einsum("e,eij->ij", order**2, sums.each)
    inverse = np.linalg.inv(plain)
    spread = squared - mixed @ inverse @ mixed
    statistic = score**2 / np.diag(spread)
    whole = float(score @ np.linalg.solve(spread, score))
    scaled = residual @ inverse * len(order)
    with np.errstate(invalid="ignore"):
        trend = np.array([np.corrcoef(order, column)[0, 1] for column in scaled.T])
    return Proportional(
        statistic, stats.chi2.sf(statistic, 1), float(stats.chi2.sf(whole, count)), trend
    )
