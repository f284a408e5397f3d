"""A linear model whose errors hang together from quarter to quarter (AR(1), REML)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, stats

from kimeval.core.statistics.checks import Floats

LOWEST, HIGHEST, POINTS = -0.7, 0.97, 84
LEAN = 0.6


@dataclass(frozen=True, repr=False)
class Persistent:
    """A model fitted for each possible persistence (Modell mit Autokorrelation).

    Attributes
    ----------
    rho : ndarray of float, shape (points,)
        Correlation of neighbouring quarters.
    likelihood : ndarray of float, shape (points,)
        Restricted likelihood of each, times (1 - rho) ** -0.6 since short series make
        persistence look too small; sums to 1.
    value : ndarray of float, shape (points, columns)
        Coefficients given each.
    covariance : ndarray of float, shape (points, columns, columns)
    df : int
        Residual degrees of freedom.
    """

    rho: Floats = field(repr=False)
    likelihood: Floats = field(repr=False)
    value: Floats = field(repr=False)
    covariance: Floats = field(repr=False)
    df: int

    @property
    def best(self) -> int:
        """Place of the most likely persistence (REML)."""
        return int(np.argmax(self.likelihood))

    @property
    def persistence(self) -> float:
        """Mean persistence, weighted by likelihood."""
        return float(self.likelihood @ self.rho)


def persistent(x: Floats, y: Floats, time: Floats) -> Persistent:
    """Fit by restricted maximum likelihood, keeping every persistence that fits.

    Parameters
    ----------
    x : ndarray of float, shape (n, columns)
    y : ndarray of float, shape (n,)
    time : ndarray of float, shape (n,)
        In quarters; gaps are allowed.

    References
    ----------
    Harville (1977), J. Am. Stat. Assoc. 72, 320-338. The weight lies between a flat one
    and that of Berger and Yang (1994), Econometric Theory 10, 461-482; it was chosen by
    the simulations in docs/effects.md.
    """
    rho = np.linspace(LOWEST, HIGHEST, POINTS)
    distance = np.abs(time[:, None] - time[None])
    correlation = np.sign(rho)[:, None, None] ** distance * np.abs(rho)[:, None, None] ** distance
    root = np.linalg.cholesky(correlation)
    white = np.linalg.solve(root, np.concatenate([x, y[:, None]], axis=1)[None])
    wx, wy = white[..., :-1], white[..., -1]
    gram = np.einsum("pni,pnj->pij", wx, wx)
    inverse = np.linalg.inv(gram)
    value = np.einsum("pij,pnj,pn->pi", inverse, wx, wy)
    df = len(y) - x.shape[1]
    rest = ((wy - np.einsum("pni,pi->pn", wx, value)) ** 2).sum(axis=1)
    log = -np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    log = log - np.linalg.slogdet(gram)[1] / 2 - df / 2 * np.log(rest)
    log = log - LEAN * np.log(1 - rho)
    likelihood = np.exp(log - log.max())
    covariance = inverse * (rest / df)[:, None, None]
    return Persistent(rho, likelihood / likelihood.sum(), value, covariance, df)


@dataclass(frozen=True)
class Mixed:
    """A weighted sum of coefficients over all persistences (gemittelter Schätzwert).

    Attributes
    ----------
    value, lower, upper, p : float
        `p` two-sided against 0.
    """

    value: float
    lower: float
    upper: float
    p: float


def mixed(found: Persistent, line: Floats, level: float = 0.95) -> Mixed:
    """A sum of coefficients with an interval that allows for unknown persistence.

    Given a persistence the sum follows a t-distribution; all of them are mixed by their
    restricted likelihood. With 20 quarters the most likely one alone gives intervals that
    are too narrow, because persistence is estimated too small.

    Parameters
    ----------
    found : Persistent
    line : ndarray of float, shape (columns,)
    level : float
    """
    centre = found.value @ line
    error = np.sqrt(np.einsum("i,pij,j->p", line, found.covariance, line))

    def below(at: float) -> float:
        return float(found.likelihood @ stats.t.cdf((at - centre) / error, found.df))

    far = float(np.max(np.abs(centre)) + 60 * np.max(error))
    ends = [
        float(optimize.brentq(lambda at, q=q: below(at) - q, -far, far))
        for q in ((1 - level) / 2, 0.5, (1 + level) / 2)
    ]
    half = below(0.0)
    return Mixed(ends[1], ends[0], ends[2], 2 * min(half, 1 - half))
