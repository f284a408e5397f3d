"""What every method asks of its counts (Prüfungen der Eingaben)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.errors import DataError

Floats = NDArray[np.float64]
Sources = tuple[str, str]
SIDES: Sources = ("the numerator", "the denominator")


def counts(values: ArrayLike, what: str = "A count") -> Floats:
    """Counts as floats of at least one dimension; a missing one stays NaN.

    Raises
    ------
    DataError
        If one is negative or infinite. Their number is told, never a value.
    """
    found = np.atleast_1d(np.asarray(values, dtype=float))
    if np.any(wrong := (found < 0) | np.isinf(found)):
        raise DataError(
            f"{what} must be a number from 0 on, got {int(wrong.sum())} below zero or without end. "
            f"Were numerator and rest exchanged?"
        )
    return found


def parts(numerator: ArrayLike, denominator: ArrayLike, sources: Sources = SIDES) -> list[Floats]:
    """Numerator and denominator of one shape, where the first is a part of the second.

    Parameters
    ----------
    numerator, denominator : array of float
        Counts that can be broadcast to one shape.
    sources : tuple of str
        What each was read from; an error names both.

    Raises
    ------
    DataError
        If a numerator exceeds its denominator, also one of 0.
    """
    found = np.broadcast_arrays(counts(numerator), counts(denominator))
    above = int(np.sum(found[0] > found[1]))
    if above:
        raise DataError(
            f"A numerator is a part of its denominator, got {above} of {found[0].size} rows where "
            f"{sources[0]} counts more than {sources[1]}. Do both stand for the same people, "
            f"place and day?"
        )
    return [np.array(side) for side in found]


def tail(level: float) -> float:
    """Probability left out on each side of an interval of this level."""
    if not 0 < level < 1:
        raise DataError(f"A confidence level lies between 0 and 1, got {level}. Write 0.95.")
    return (1 - level) / 2


def quantile(level: float, freedom: float = np.inf) -> float:
    """Half width of a standardised interval: normal, or Student's with few degrees."""
    return float(stats.t.isf(tail(level), freedom))


def same_length(**columns: Floats) -> None:
    """Refuse columns of different lengths, and name them."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DataError(f"Columns must be of one length, got {told}. Do rows lack a value?")
