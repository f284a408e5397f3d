"""Units of published figures and how they multiply (Einheiten).

A unit is written `EUR/fte/year`: one numerator, then denominators. `share` has
no dimension.
"""

from __future__ import annotations

from collections import Counter

from kimeval.core.errors import DataError

Dimensions = frozenset[tuple[str, int]]
PURE = "share"


def dimensions(unit: str) -> Dimensions:
    """Base units with their powers; empty for a share.

    Raises
    ------
    DataError
        If a part of the unit is empty.
    """
    head, *below = unit.split("/")
    if not all((head, *below)):
        raise DataError(f"A unit is written like EUR/fte/year, got '{unit}'.")
    powers = Counter({} if head == PURE else {head: 1})
    powers.subtract(below)
    return _kept(powers)


def times(a: Dimensions, b: Dimensions) -> Dimensions:
    """Dimensions of a product; what stands above and below cancels."""
    powers = Counter(dict(a))
    for name, power in b:
        powers[name] += power
    return _kept(powers)


def over(a: Dimensions, b: Dimensions) -> Dimensions:
    """Dimensions of a ratio."""
    return times(a, frozenset((name, -power) for name, power in b))


def _kept(powers: Counter[str]) -> Dimensions:
    return frozenset((name, power) for name, power in powers.items() if power)
