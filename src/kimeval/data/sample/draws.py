"""Random draws that are the same on every machine (Zufallszahlen).

Everything is built from uniform numbers and whole-number tables, so that no
other release of numpy and no other processor changes a draw.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

QUANTILES = 1000
STREAMS = ("programme", "arrivals", "people", "cases", "contacts", "referrals", "status", "faults",
           "offers")  # fmt: skip


@dataclass(frozen=True)
class Days:
    """A lognormal waiting time in whole days (Wartezeit).

    Attributes
    ----------
    median : float
        In days.
    spread : float
        Standard deviation of the logarithm.
    """

    median: float
    spread: float

    @property
    def table(self) -> NDArray[np.int64]:
        """Its quantiles at 0.0005, 0.0015, ..., 0.9995, rounded to days."""
        days = [round(self.median * math.exp(self.spread * z)) for z in _normal_quantiles()]
        return np.array(days, dtype=np.int64)

    def share_within(self, days: int) -> float:
        """Share of waiting times of at most so many days."""
        return float((self.table <= days).mean())


class Draws:
    """A seeded source of draws (Zufallsquelle).

    Parameters
    ----------
    seed : int
        Of the whole sample.
    code : str
        Area, so that each has draws of its own; `0` for the state.
    stream : str
        What is drawn, so that a change in one part leaves the others as they were.
    """

    def __init__(self, seed: int, code: str, stream: str) -> None:
        self._rng = np.random.default_rng([seed, int(code), STREAMS.index(stream)])

    def uniform(self, size: int | tuple[int, ...]) -> NDArray[np.float64]:
        """Numbers in [0, 1)."""
        return self._rng.random(size)

    def chance(self, size: int, probability: float | NDArray) -> NDArray[np.bool_]:
        """True with the given probability."""
        return self.uniform(size) < probability

    def whole(self, size: int, least: int, most: int) -> NDArray[np.int64]:
        """Whole numbers from `least` to `most`, both included."""
        return least + (self.uniform(size) * (most - least + 1)).astype(np.int64)

    def choose(self, size: int, weights: Mapping[str, float] | Sequence[str]) -> NDArray:
        """Keys of `weights`, or members of a sequence with equal weight."""
        if not isinstance(weights, Mapping):
            weights = dict.fromkeys(weights, 1.0)
        bounds = np.cumsum(list(weights.values()))
        at = np.searchsorted(bounds[:-1], self.uniform(size) * bounds[-1], side="right")
        return np.array(list(weights), dtype=object)[at]

    def numbers(self, size: int, weights: Mapping[str, float]) -> NDArray[np.int64]:
        """Like `choose`, where the keys are whole numbers written as text."""
        return self.choose(size, weights).astype(np.int64)

    def days(self, size: int | tuple[int, ...], waiting: Days) -> NDArray[np.int64]:
        """Waiting times."""
        return waiting.table[(self.uniform(size) * QUANTILES).astype(np.int64)]

    def counts(self, expected: NDArray[np.float64]) -> NDArray[np.int64]:
        """Whole numbers around `expected` with about its square root as spread."""
        at = (self.uniform(expected.shape) * QUANTILES).astype(np.int64)
        noisy = expected + np.sqrt(expected) * np.array(_normal_quantiles())[at]
        return np.maximum(0, np.rint(noisy)).astype(np.int64)


@cache
def _normal_quantiles() -> tuple[float, ...]:
    normal = NormalDist()
    return tuple(normal.inv_cdf((i + 0.5) / QUANTILES) for i in range(QUANTILES))
