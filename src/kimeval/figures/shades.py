"""Values in classes with shades that grey prints keep apart (Klassen einer Karte)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.ticker import MaxNLocator

from kimeval.core.units import places
from kimeval.tables.numbers import NO_BREAK, bare, german, percent

SHADES = {
    1: ("#5BA3CF",),
    2: ("#BDD9EC", "#1F78B4"),
    3: ("#D3E5F2", "#7DB5DA", "#135A94"),
    4: ("#DCEAF5", "#A3CBE5", "#4F97C7", "#0F4C82"),
    5: ("#E3EEF7", "#B8D5EA", "#7DB1D8", "#2C73AB", "#0A3460"),
}
MOST = 5
CROWDED = 0.6
INNER = (0.2, 0.4, 0.6, 0.8)
ENOUGH = 8


@dataclass(frozen=True)
class Classes:
    """Bounds of classes with their shades (Klassen).

    Attributes
    ----------
    bounds : tuple of float, length k + 1
        Rising; a class holds its lower bound, the last one both.
    shades : tuple of str, length k
        From light to dark.
    even : bool
        Whether all are equally wide; otherwise each holds about as many values.
    unit : str
        Of the values.
    """

    bounds: tuple[float, ...]
    shades: tuple[str, ...]
    even: bool
    unit: str

    def shade(self, value: float) -> str:
        """The shade of a value."""
        place = int(np.searchsorted(self.bounds, value, side="right")) - 1
        return self.shades[min(max(place, 0), len(self.shades) - 1)]

    def labels(self) -> list[str]:
        """German names of the classes, such as `20 bis unter 25 %`."""
        if self.bounds[0] == self.bounds[-1]:
            return [bare(self.bounds[0], self.unit)]
        written = [_written(bound, self.bounds, self.unit) for bound in self.bounds]
        last = len(self.shades) - 1
        return [
            f"{low.removesuffix(f'{NO_BREAK}%')} bis {'' if n == last else 'unter '}{high}"
            for n, (low, high) in enumerate(pairwise(written))
        ]


def classes(values: Sequence[float], unit: str) -> Classes:
    """At most five classes for values of one unit.

    Equally wide with round bounds; where more than three fifths of at least eight
    values would share one class, bounds at fifths of the values instead.

    Parameters
    ----------
    values : sequence of float, shape (n,), n > 0
        Without missing ones.
    unit : str
        A unit of the catalogue.
    """
    known = np.asarray(values, dtype=float)
    low, high = float(known.min()), float(known.max())
    if low == high:
        return Classes((low, high), SHADES[1], True, unit)
    whole = places(unit) == 0
    bounds = next(
        found
        for most in range(MOST, 0, -1)
        if len(found := _even(low, high, most, whole)) <= MOST + 1
    )
    counts = np.histogram(known, bounds)[0]
    if len(known) >= ENOUGH and counts.max() > CROWDED * len(known):
        bounds = _fifths(known, whole)
    even = bool(np.allclose(np.diff(bounds), np.diff(bounds)[0]))
    return Classes(tuple(map(float, bounds)), SHADES[len(bounds) - 1], even, unit)


def _even(low: float, high: float, most: int, whole: bool) -> np.ndarray:
    """Round bounds of equally wide classes around all values."""
    steps = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole)
    ticks = np.round(np.asarray(steps.tick_values(low, high)), 9)
    first = max(0, int(np.searchsorted(ticks, low, side="right")) - 1)
    return ticks[first : int(np.searchsorted(ticks, high, side="left")) + 1]


def _fifths(values: np.ndarray, whole: bool) -> np.ndarray:
    """Bounds of two digits between fifths of the values."""
    inner = [_rounded(value, np.round, whole) for value in np.quantile(values, INNER)]
    low = _rounded(values.min(), np.floor, whole)
    high = _rounded(values.max(), np.ceil, whole)
    return np.unique([low, *(value for value in inner if low < value < high), high])


def _rounded(value: float, way: Callable[[float], float], whole: bool) -> float:
    """A value of two digits, in whole numbers where its unit is."""
    step = 10.0 ** (np.floor(np.log10(value)) - 1) if value > 0 else 1.0
    step = max(step, 1.0) if whole else step
    return float(np.round(way(value / step) * step, 9))


def _written(bound: float, bounds: Sequence[float], unit: str) -> str:
    if unit == "share":
        whole = all(float(np.round(100 * b, 6)).is_integer() for b in bounds)
        return percent(bound, 0 if whole else 1)
    return german(bound) if all(float(b).is_integer() for b in bounds) else bare(bound, unit)
