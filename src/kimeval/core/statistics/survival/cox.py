"""How much faster one group reaches an outcome (Cox-Modell)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, quantile
from kimeval.core.statistics.survival.influence import spread
from kimeval.core.statistics.survival.partial import Likelihood, likelihood, score_residuals
from kimeval.core.statistics.survival.spells import Ints, Spells

EVENTS_PER_COEFFICIENT = 5
WARNED_PER_COEFFICIENT = 10
STEPS, FAR = 40, 12.0
Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, repr=False)
class HazardRatios:
    """Coefficients of a model for hazards (Verhältnisse der Übergangsraten).

    Attributes
    ----------
    names : tuple of str, length p
    beta, error : ndarray of float, shape (p,)
        Log ratios with standard errors; NaN where refused.
    ratio, lower, upper : ndarray of float, shape (p,)
    p_value : ndarray of float, shape (p,)
        Of no difference.
    covariance : ndarray of float, shape (p, p)
        With families as clusters.
    model_covariance : ndarray of float, shape (p, p)
        As if rows were independent and the model true.
    loglikelihood : tuple of float
        Without covariates and at the estimate.
    events, clusters : int
        Events, and families with at least one.
    reason, warning : str
        German; a reason refuses, a warning does not.
    held : Likelihood or None
        For checks of the model.
    """

    names: tuple[str, ...]
    beta: Floats
    error: Floats
    ratio: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    covariance: Floats
    model_covariance: Floats
    loglikelihood: tuple[float, float]
    events: int
    clusters: int
    reason: str = ""
    warning: str = ""
    held: Likelihood | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        told = self.reason or f"{self.events} events in {self.clusters} families"
        return f"HazardRatios({', '.join(self.names)}: {told})"


def cox(
    held: Spells,
    x: ArrayLike,
    names: Sequence[str] = (),
    *,
    kind: int = 1,
    ties: Ties = "efron",
    level: float = 0.95,
) -> HazardRatios:
    """Ratios of the rate at which an outcome is reached (Cox-Modell).

    Endings of other kinds are taken as leaving the observation, so that ratios are those
    of the cause-specific hazards.

    Parameters
    ----------
    held : Spells
        One row per person, or several of one family or person in the counting process
        form; at risk in (entry, exit], so that who enters as an event happens is not.
    x : array of float, shape (n, p)
        Covariates, without missing values.
    names : sequence of str
        Of the covariates.
    kind : int
    ties : str
        efron or breslow.
    level : float

    Returns
    -------
    HazardRatios
        Refused with fewer than `EVENTS_PER_COEFFICIENT` events for each coefficient, a
        covariate that does not vary among those at risk, or a ratio that has no end.

    Raises
    ------
    DataError
        If a covariate is missing for someone.

    References
    ----------
    Cox (1972), J. R. Stat. Soc. B 34, 187-220; Efron (1977), J. Am. Stat. Assoc. 72,
    557-565; clusters after Lee, Wei and Amato (1992).
    """
    columns, names = covariates(x, len(held), names)
    event = held.ending == kind
    model = likelihood(columns, held.entry, held.exit, event, ties == "efron")
    return fitted(model, held.cluster, names, level)


def covariates(x: ArrayLike, rows: int, names: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """Centred covariates of shape (n, p), and their names.

    Raises
    ------
    DataError
        If one is missing or shapes do not fit.
    """
    columns = np.asarray(x, float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if len(columns) != rows:
        raise DataError(f"A model has covariates of each row, got {len(columns)} for {rows}.")
    if missing := int(np.sum(~np.isfinite(columns).all(axis=1))):
        raise DataError(
            f"A model has every covariate of each row, {missing} of {rows} lack one. Impute them "
            f"(multiple imputation) or leave the rows out and say so."
        )
    told = tuple(names) or tuple(f"x{n + 1}" for n in range(columns.shape[1]))
    return columns - columns.mean(axis=0), told


def fitted(model: Likelihood, cluster: Ints, names: tuple[str, ...], level: float) -> HazardRatios:
    """Estimate by Newton's method, with families as clusters."""
    count, events = model.x.shape[1], int(model.event.sum())
    families = len(np.unique(cluster[model.event]))
    if reason := _refuse(model, events, families, count):
        return refused_ratios(names, events, families, reason)
    beta, sums = np.zeros(count), model.at(np.zeros(count))
    start = sums.value
    for _ in range(STEPS):
        step = np.linalg.solve(sums.information, sums.score)
        trial = model.at(beta + step)
        while not trial.value >= sums.value - 1e-10 and np.abs(step).max() > 1e-10:
            step = step / 2
            trial = model.at(beta + step)
        beta, sums = beta + step, trial
        if np.abs(step).max() < 1e-10:
            break
        if np.abs(beta * model.x.std(axis=0)).max() > FAR or _singular(sums.information):
            reason = "das Verhältnis hat kein Ende, weil eine Gruppe kein Ereignis hat"
            return refused_ratios(names, events, families, reason)
    inverse: Floats = np.asarray(np.linalg.inv(sums.information), float)
    each = score_residuals(model, beta) @ inverse
    covariance = spread(each, cluster)
    error = np.sqrt(np.diag(covariance))
    freedom = max(families - count, 1)
    reach = quantile(level, freedom) * error
    p_value = 2 * stats.t.sf(np.abs(beta / error), freedom)
    few = events < WARNED_PER_COEFFICIENT * count
    return HazardRatios(
        names,
        beta,
        error,
        np.exp(beta),
        np.exp(beta - reach),
        np.exp(beta + reach),
        p_value,
        covariance,
        inverse,
        (start, sums.value),
        events,
        families,
        warning=_too_few(WARNED_PER_COEFFICIENT, count) if few else "",
        held=model,
    )


def refused_ratios(names: tuple[str, ...], events: int, families: int, reason: str) -> HazardRatios:
    """No ratios, with the reason (German)."""
    none = np.full(len(names), np.nan)
    square = np.full((len(names), len(names)), np.nan)
    both = (float("nan"), float("nan"))
    return HazardRatios(
        names, none, none, none, none, none, none, square, square, both, events, families, reason
    )


def _refuse(model: Likelihood, events: int, families: int, count: int) -> str:
    if events < EVENTS_PER_COEFFICIENT * count or families < 2:
        return _too_few(EVENTS_PER_COEFFICIENT, count)
    if _singular(model.at(np.zeros(count)).information):
        return "ein Merkmal ist unter den Beobachteten bei allen gleich"
    return ""


def _too_few(each: int, count: int) -> str:
    """A reason (German) that does not tell how many there were."""
    return f"weniger als {each * count} Ereignisse für {count} Merkmal{'e' * (count > 1)}"


def _singular(information: Floats) -> bool:
    scale = np.sqrt(np.abs(np.diag(information)))
    if not np.all(np.isfinite(information)) or np.any(scale < 1e-8):
        return True
    return bool(np.linalg.cond(information / np.outer(scale, scale)) > 1e10)
