"""The customary robust interval, with how often it holds here (HAC nach Newey und West)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from kimeval.core.statistics.checks import Floats
from kimeval.effects.interrupted.design import Design
from kimeval.effects.interrupted.linear import least_squares

DRAWS = 2_000


@dataclass(frozen=True)
class Robust:
    """An interval that is shown only beside its real coverage (HAC-Intervall).

    Attributes
    ----------
    value, lower, upper : float
    covered : float
        Share of simulated series of this length, model and persistence in which such an
        interval holds the truth; it claims 0.95.
    """

    value: float
    lower: float
    upper: float
    covered: float


def robust(
    given: Design, line: Floats, persistence: float, level: float = 0.95, seed: int = 8
) -> Robust:
    """Newey and West's interval of a sum of coefficients, and its coverage here.

    Parameters
    ----------
    given : Design
    line : ndarray of float, shape (columns,)
    persistence : float
        Correlation of neighbouring quarters in the simulated series.
    level : float
    seed : int
        Of the simulated series.

    References
    ----------
    Newey and West (1987), Econometrica 55, 703-708; lags 4 (n / 100) ** (2 / 9).
    """
    fitted = least_squares(given.x, given.y)
    pull = given.x @ fitted.unscaled @ line
    wide = float(stats.norm.ppf(0.5 + level / 2))
    lags = int(4 * (len(given.y) / 100) ** (2 / 9))
    error = float(_error(pull, fitted.rest[None], lags)[0])
    value = float(line @ fitted.value)
    chance = np.random.default_rng(seed)
    distance = np.abs(given.time[:, None] - given.time[None])
    root = np.linalg.cholesky(np.clip(persistence, 0.0, 0.97) ** distance)
    noise = chance.standard_normal((DRAWS, len(given.y))) @ root.T
    hat = given.x @ fitted.unscaled @ given.x.T
    errors = _error(pull, noise - noise @ hat, lags)
    covered = float(np.mean(np.abs(noise @ pull) <= wide * errors))
    return Robust(value, value - wide * error, value + wide * error, covered)


def _error(pull: Floats, rest: Floats, lags: int) -> Floats:
    """Standard error of each series of residuals, shape (series,)."""
    moments = rest * pull
    total = (moments**2).sum(axis=1)
    for lag in range(1, lags + 1):
        weight = 1 - lag / (lags + 1)
        total = total + 2 * weight * (moments[:, lag:] * moments[:, :-lag]).sum(axis=1)
    return np.sqrt(np.maximum(total, 0))
