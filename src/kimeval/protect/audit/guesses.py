"""Tables that fit what is published, found one after the other (passende Tabellen)."""

from __future__ import annotations

from collections.abc import Iterator

import highspy
import numpy as np
from scipy import optimize, sparse

from kimeval.core.errors import ProtectionError
from kimeval.protect.highs import new_solver

FAR = 1e7
NEAR = 1e-5
SECONDS = 20.0
NODES = 50


class Guesser:
    """Finds tables with cells as small or as large as can be (Rater).

    Parameters
    ----------
    sums : csr_array, shape (sums, cells)
        Coefficients over hidden cells.
    given : ndarray, shape (sums,)
        What each sum makes.
    low, high : ndarray, shape (cells,)
        Bounds.
    whole : bool
        Whether only whole numbers fit.
    """

    def __init__(
        self,
        sums: sparse.csr_array,
        given: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        whole: bool,
    ):
        self.sums, self.given, self.whole = sums, given, whole
        self.low, self.high = np.maximum(low, -FAR), np.minimum(high, FAR)
        self.cells = np.arange(len(low), dtype=np.int32)
        self.model = new_solver(presolve="off")
        programme = highspy.HighsLp()
        programme.num_row_, programme.num_col_ = sums.shape
        programme.col_cost_ = np.zeros(len(low))
        programme.col_lower_, programme.col_upper_ = self.low, self.high
        programme.row_lower_ = programme.row_upper_ = given
        programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        programme.a_matrix_.start_ = sums.indptr.astype(np.int32)
        programme.a_matrix_.index_ = sums.indices.astype(np.int32)
        programme.a_matrix_.value_ = sums.data.astype(float)
        self.model.passModel(programme)

    def tables(self, cells: np.ndarray, generator: np.random.Generator) -> Iterator[np.ndarray]:
        """Two fitting tables in which the given cells go opposite, random ways."""
        price = np.zeros(len(self.cells))
        price[cells] = generator.uniform(0.5, 1.5, len(cells)) * generator.choice(
            [-1.0, 1.0], len(cells)
        )
        for way in (1.0, -1.0):
            table = self._cheapest(way * price)
            if self._fits(table):
                yield np.round(table) if self.whole else table

    def extreme(self, cell: int, way: int) -> np.ndarray:
        """A fitting table in which a cell is as large (1) or as small (-1) as can be."""
        price = np.zeros(len(self.cells))
        price[cell] = -way
        table = self._cheapest(price)
        if self._fits(table):
            return np.round(table) if self.whole else table
        return self._by_whole_numbers(price)

    def guess(self, cell: int, way: int) -> np.ndarray | None:
        """Such a table if one is found soon; not always the furthest."""
        price = np.zeros(len(self.cells))
        price[cell] = -way
        table = self._cheapest(price)
        if self._fits(table):
            return np.round(table) if self.whole else table
        return self._solved(price, node_limit=NODES)

    def _cheapest(self, price: np.ndarray) -> np.ndarray:
        self.model.changeColsCost(len(self.cells), self.cells, price)
        self.model.run()
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise _unfit()
        return np.asarray(self.model.getSolution().col_value)

    def _fits(self, table: np.ndarray) -> bool:
        """Whether a table is one of whole numbers, checked by adding up."""
        if not self.whole:
            return True
        near = np.round(table)
        inside = (near >= self.low) & (near <= self.high)
        close = np.abs(near - table).max(initial=0) < NEAR
        return bool(inside.all()) and close and not np.any(self.sums @ near - self.given)

    def _by_whole_numbers(self, price: np.ndarray) -> np.ndarray:
        table = self._solved(price, time_limit=SECONDS)
        if table is None:
            raise _unfit()
        return table

    def _solved(self, price: np.ndarray, **limits: float) -> np.ndarray | None:
        solved = optimize.milp(
            price,
            integrality=np.ones(len(price)),
            bounds=optimize.Bounds(self.low, self.high),
            constraints=optimize.LinearConstraint(self.sums, self.given, self.given),
            options=limits,
        )
        return None if solved.x is None else np.round(solved.x)


def _unfit() -> ProtectionError:
    return ProtectionError(
        "What is published must not contradict itself, or the attack took too long: no table was "
        "found that fits. Measure the tables from the same data, or publish coarser groups."
    )
