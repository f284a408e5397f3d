"""Change of the treated less that of others, with influence functions (Differenzvergleich).

References: Sant'Anna and Zhao (2020), J. Econometrics 219, 101-122; Callaway and Sant'Anna
(2021), J. Econometrics 225, 200-230.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import Floats

METHODS = ("none", "regression", "weighting", "doubly_robust")
LARGEST_PROPENSITY = 0.995
STEPS = 50


@dataclass(frozen=True)
class Change:
    """Difference of two changes (Differenz der Differenzen).

    Attributes
    ----------
    value : float
    influence : ndarray of float, shape (n,)
        Mean 0; the variance of `value` is the mean square over n.
    """

    value: float
    influence: Floats


class NoOverlap(Exception):
    """Treated and others share no range of covariates."""


def change(
    delta: Floats, treated: NDArray[np.bool_], x: Floats, weights: Floats, method: str = "none"
) -> Change:
    """ATT of two periods (Wirkung auf die Behandelten).

    Parameters
    ----------
    delta : ndarray of float, shape (n,)
        Change of the outcome between both periods.
    treated : ndarray of bool, shape (n,)
    x : ndarray of float, shape (n, columns)
        Covariates with a constant; used unless the method is `none`.
    weights : ndarray of float, shape (n,)
    method : str
        none; regression (outcome regression among the untreated); weighting (inverse
        propensity, normalised); doubly_robust (both).

    Raises
    ------
    NoOverlap
        If the propensity cannot be estimated or comes near 1 among the untreated.
    DataError
        If the method is not known.
    """
    if method not in METHODS:
        raise DataError(f"A comparison has no method '{method}'. {suggestion(method, METHODS)}")
    d = treated.astype(float)
    if method == "none":
        x = np.ones((len(d), 1))
    if method in ("none", "regression"):
        return _regression(delta, d, x, weights)
    p, score = propensity(d, x, weights)
    if method == "weighting":
        return _weighting(delta, d, x, weights, p, score)
    return _doubly_robust(delta, d, x, weights, p, score)


def propensity(d: Floats, x: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Logistic propensity and the influence function of its coefficients.

    Returns
    -------
    two ndarrays of float, shapes (n,) and (n, columns)

    Raises
    ------
    NoOverlap
        If the model does not converge or one of the untreated comes near 1.
    """
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        info = (x * (weights * p * (1 - p))[:, None]).T @ x
        try:
            step = np.linalg.solve(info, x.T @ (weights * (d - p)))
        except np.linalg.LinAlgError:
            raise NoOverlap from None
        beta = beta + step
        if np.max(np.abs(step)) < 1e-10:
            break
    else:
        raise NoOverlap
    if np.any(p[d == 0] > LARGEST_PROPENSITY) or np.linalg.cond(info) > 1e12:
        raise NoOverlap
    score = (weights * (d - p))[:, None] * x
    return p, score @ np.linalg.inv(info / len(d))


def _controls(delta: Floats, d: Floats, x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Change expected without treatment, and the influence function of its coefficients."""
    own = w * (1 - d)
    gram = (x * own[:, None]).T @ x / len(d)
    if np.linalg.matrix_rank(gram) < x.shape[1]:
        raise NoOverlap
    inverse = np.linalg.inv(gram)
    beta = inverse @ (x.T @ (own * delta)) / len(d)
    expected = x @ beta
    return expected, (own * (delta - expected))[:, None] * x @ inverse


def _regression(delta: Floats, d: Floats, x: Floats, w: Floats) -> Change:
    expected, line = _controls(delta, d, x, w)
    own = w * d
    mass = own.mean()
    treated, others = (own * delta).mean() / mass, (own * expected).mean() / mass
    part = own * (delta - treated) - own * (expected - others)
    part = part - line @ (own[:, None] * x).mean(axis=0)
    return Change(float(treated - others), part / mass)


def _weighting(delta: Floats, d: Floats, x: Floats, w: Floats, p: Floats, score: Floats) -> Change:
    own, other = w * d, w * p * (1 - d) / (1 - p)
    treated, others = (own * delta).mean() / own.mean(), (other * delta).mean() / other.mean()
    slope = ((other * (delta - others))[:, None] * x).mean(axis=0)
    first = own * (delta - treated) / own.mean()
    second = (other * (delta - others) + score @ slope) / other.mean()
    return Change(float(treated - others), first - second)


def _doubly_robust(
    delta: Floats, d: Floats, x: Floats, w: Floats, p: Floats, score: Floats
) -> Change:
    expected, line = _controls(delta, d, x, w)
    own, other = w * d, w * p * (1 - d) / (1 - p)
    rest = delta - expected
    treated, others = (own * rest).mean() / own.mean(), (other * rest).mean() / other.mean()
    first = own * (rest - treated) - line @ (own[:, None] * x).mean(axis=0)
    second = other * (rest - others)
    second = second + score @ ((other * (rest - others))[:, None] * x).mean(axis=0)
    second = second - line @ (other[:, None] * x).mean(axis=0)
    return Change(float(treated - others), first / own.mean() - second / other.mean())
