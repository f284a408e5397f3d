"""Cells, and the sums that tie them together (Zellen und Summen)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from kimeval.core.errors import ProtectionError

UNPUBLISHED = -1
CLOSE = 1e-6


@dataclass(frozen=True, repr=False)
class System:
    """Everything that a release tells, and how it hangs together (Zellensystem).

    A unit is what is hidden together: a row of a table with all its numbers. A
    cell of no unit is never published and follows from published ones, such as
    the few persons of a total who are in none of its groups.

    Attributes
    ----------
    value : ndarray of float, shape (cells,)
        True values; whole numbers unless `whole` is False.
    sums : csr_array, shape (sums, cells)
        Each row of coefficients times the values is 0.
    unit : ndarray of int, shape (cells,)
        Unit of each cell, `UNPUBLISHED` for none.
    low, high : ndarray of float, shape (cells,)
        What a reader knows of a cell that is not shown.
    need : ndarray of float, shape (cells,)
        So far apart must the smallest and the largest possible value of a
        sensitive cell stay; 0 for all others.
    forced : ndarray of bool, shape (units,)
        Units hidden in any case.
    fixed : ndarray of bool, shape (units,)
        Units shown in any case, since they were published before.
    weight : ndarray of float, shape (units,)
        Loss when a unit is hidden.
    whole : bool
        Counts, or amounts of money.
    least : float
        The smallest count that is hidden for itself, as every reader knows.
    alone : ndarray of bool, shape (cells,)
        Hidden cells that count a single person, who may know to be alone there.
    block : ndarray of int, shape (cells,)
        Cells that belong close together, such as those of one area; `UNPUBLISHED`
        for those above all areas. A large system is searched by blocks.

    Raises
    ------
    ProtectionError
        If shapes differ, a count is negative, a sum does not hold, or a
        sensitive cell would be shown.
    """

    value: np.ndarray = field(repr=False)
    sums: sparse.csr_array = field(repr=False)
    unit: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    need: np.ndarray = field(repr=False)
    forced: np.ndarray = field(repr=False)
    fixed: np.ndarray = field(repr=False)
    weight: np.ndarray = field(repr=False)
    whole: bool = True
    least: float = 1.0
    alone: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool), repr=False)
    block: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int), repr=False)

    def __post_init__(self) -> None:
        if not len(self.block):
            object.__setattr__(self, "block", np.zeros(len(self.value), dtype=int))
        if not len(self.alone):
            object.__setattr__(self, "alone", self.forced_cells & (self.value == 1))
        cells, units = len(self.value), len(self.weight)
        shapes = {
            len(a) for a in (self.unit, self.low, self.high, self.need, self.block, self.alone)
        }
        if shapes | {self.sums.shape[1]} != {cells} or {len(self.forced), len(self.fixed)} != {
            units
        }:
            raise ProtectionError("Cells, sums and units of a table must have the same lengths.")
        if not np.isfinite(self.value).all() or (self.value[self.unit >= 0] < 0).any():
            raise ProtectionError(
                "A count is known and not negative, found one that is not. "
                "Correct the table before it is protected."
            )
        if self.whole and (np.abs(self.value - np.round(self.value)) > CLOSE).any():
            raise ProtectionError("A count is a whole number, found one that is not.")
        wrong = np.abs(self.sums @ self.value) > CLOSE * np.maximum(
            1, abs(self.sums) @ abs(self.value)
        )
        if wrong.any():
            raise ProtectionError(
                f"Margins must be the sums of their cells, {int(wrong.sum())} of "
                f"{self.sums.shape[0]} are not. Count rows and margins from the same data."
            )
        if (self.low > self.value + CLOSE).any() or (self.high < self.value - CLOSE).any():
            raise ProtectionError("What a reader knows of a hidden cell must be true.")
        if (self.forced & self.fixed).any():
            raise ProtectionError("A unit cannot be hidden and shown in any case.")

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.weight)

    def hidden_cells(self, hidden: np.ndarray) -> np.ndarray:
        """Which cells a reader does not see (bool, shape (cells,))."""
        padded = np.append(hidden, True)
        return padded[self.unit]

    def loss(self, hidden: np.ndarray) -> float:
        """Sum of weights of the units that are hidden without need (Verlust)."""
        return float(self.weight[hidden & ~self.forced].sum())

    def from_outside(self, need: np.ndarray) -> System:
        """As a reader sees it who cannot tell small hidden counts from others.

        To such a reader any hidden count is only known not to be zero.
        """
        open_cells = (self.high > self.low) & (self.unit != UNPUBLISHED)
        low = np.where(open_cells, np.minimum(self.low, self.least), self.low)
        high = np.where(open_cells, np.inf, self.high)
        return replace(self, low=low, high=high, need=need)

    @property
    def forced_cells(self) -> np.ndarray:
        """Cells of units that are hidden in any case (bool, shape (cells,))."""
        return np.append(self.forced, False)[self.unit]

    def with_need(self, need: np.ndarray) -> System:
        """The same with other needs."""
        return replace(self, need=need)

    def __repr__(self) -> str:
        return f"System({len(self.value)} cells, {self.sums.shape[0]} sums: values not shown)"
