"""How sure a number is whose parts belong to persons (Bootstrap über Personen)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from kimeval.core.errors import ParameterError

Floats = NDArray[np.float64]
Measure = Callable[[Floats], Floats]
Method = Literal["bca", "percentile"]
LEAST_DRAWS = 200
MOST_UNKNOWN = 0.05
CHUNK = 4_000_000


@dataclass(frozen=True, repr=False)
class Resampled:
    """Values with intervals from drawing persons again (Bootstrap-Intervalle).

    Attributes
    ----------
    value, lower, upper : ndarray of float, shape (values,)
        Bounds are NaN where the value is, or where more than `MOST_UNKNOWN` of the draws
        have none.
    level : float
        Coverage aimed at.
    method : str
        `bca` or `percentile`.
    """

    value: Floats
    lower: Floats
    upper: Floats
    level: float
    method: str

    def __repr__(self) -> str:
        return f"Resampled({len(self.value)} values, {self.method}; not protected)"


def person_bootstrap(
    counts: sparse.csr_array,
    measure: Measure,
    *,
    draws: int = 1000,
    level: float = 0.95,
    method: Method = "percentile",
    seed: int = 0,
) -> Resampled:
    """Intervals from drawing whole persons with replacement (Bootstrap über Personen).

    Parameters
    ----------
    counts : csr_array, shape (persons, cells)
        What each person adds to each cell; all that belongs to a person is drawn together.
    measure : callable
        Takes sums of cells, shape (m, cells), and gives values, shape (m, values).
    draws : int
        At least `LEAST_DRAWS`.
    level : float
    method : str
        `percentile`: quantiles of the draws as they are. `bca`: bias-corrected and
        accelerated, the acceleration from leaving out each person in turn.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    Resampled

    Raises
    ------
    ParameterError
        If draws, level or method break their rule.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 13 and 14.
    """
    if draws < LEAST_DRAWS or not 0 < level < 1 or method not in ("bca", "percentile"):
        raise ParameterError(
            f"A bootstrap has at least {LEAST_DRAWS} draws, a level between 0 and 1 and the "
            f"method bca or percentile, got {draws}, {level} and '{method}'."
        )
    value = measure(np.asarray(counts.sum(axis=0), float).reshape(1, -1))[0]
    drawn = _drawn(counts, measure, draws, seed)
    tails = np.array([(1 - level) / 2, (1 + level) / 2])[:, None] * np.ones(len(value))
    if method == "bca":
        tails = _corrected(tails, value, drawn, _without_each(counts, measure))
    bounds = np.full((2, len(value)), np.nan)
    unknown = np.isnan(drawn)
    for at in np.flatnonzero(~np.isnan(value) & (unknown.mean(axis=0) <= MOST_UNKNOWN)):
        bounds[:, at] = np.quantile(drawn[~unknown[:, at], at], tails[:, at])
    return Resampled(value, bounds[0], bounds[1], level, method)


def _drawn(counts: sparse.csr_array, measure: Measure, draws: int, seed: int) -> Floats:
    """Values of each draw, shape (draws, values)."""
    source, persons = np.random.default_rng(seed), counts.shape[0]
    step, found = max(CHUNK // max(persons, counts.shape[1], 1), 1), []
    for start in range(0, draws, step):
        size = min(step, draws - start)
        chosen = source.integers(0, persons, (size, persons)) + np.arange(size)[:, None] * persons
        times = np.bincount(chosen.ravel(), minlength=size * persons).reshape(size, persons)
        found.append(measure((counts.T @ times.T.astype(float)).T))
    return np.concatenate(found)


def _without_each(counts: sparse.csr_array, measure: Measure) -> Floats:
    """Values without each person in turn, shape (persons, values)."""
    total = np.asarray(counts.sum(axis=0), float).ravel()
    step = max(CHUNK // max(counts.shape[1], 1), 1)
    parts = range(0, counts.shape[0], step)
    return np.concatenate([measure(total - counts[at : at + step].toarray()) for at in parts])


def _corrected(tails: Floats, value: Floats, drawn: Floats, without: Floats) -> Floats:
    """Tails shifted for bias and skewness, shape (2, values)."""
    draws = len(drawn)
    below = ((drawn < value).sum(axis=0) + 0.5 * (drawn == value).sum(axis=0)) / draws
    bias = stats.norm.ppf(np.clip(below, 0.5 / draws, 1 - 0.5 / draws))
    known = ~np.isnan(without)
    mean = np.where(known, without, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    apart = np.where(known, mean - without, 0.0)
    spread = 6 * (apart**2).sum(axis=0) ** 1.5
    skew = np.divide((apart**3).sum(axis=0), spread, out=np.zeros(len(value)), where=spread > 0)
    shifted = bias + stats.norm.ppf(tails)
    return np.clip(stats.norm.cdf(bias + shifted / (1 - skew * shifted)), 0, 1)
