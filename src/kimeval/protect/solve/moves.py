"""Other true values that look the same from outside (gleich aussehende Tabellen).

A move changes hidden cells so that every sum still holds. Two moves in which a
cell differs by so much prove that a reader cannot know it better than that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import highspy
import numpy as np
from scipy import optimize, sparse
from scipy.sparse import csgraph

from kimeval.protect.highs import new_solver
from kimeval.protect.solve.system import System

CLOSE = 1e-6
FAR = 1e6
MOVED = 1e-7
NEAR = 1e-5
FREE = 1e-4
SECONDS = 3.0


@dataclass
class Pool:
    """Moves found so far, and how far each cell goes in them (Zeugen).

    Attributes
    ----------
    moves : list of ndarray, shape (cells,)
        Whole numbers where the system counts; each keeps all sums and bounds.
    """

    system: System = field(repr=False)
    moves: list[np.ndarray] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.lowest = np.zeros(len(self.system.value))
        self.highest = np.zeros(len(self.system.value))

    def add(self, move: np.ndarray) -> None:
        """Take one more move."""
        self.moves.append(move)
        np.minimum(self.lowest, move, out=self.lowest)
        np.maximum(self.highest, move, out=self.highest)

    @property
    def lacking(self) -> np.ndarray:
        """How far each sensitive cell falls short of its need (shape (cells,))."""
        short = self.system.need - (self.highest - self.lowest)
        return np.where(short > CLOSE, short, 0.0)

    def within(self, hidden: np.ndarray) -> Pool:
        """The moves that touch only cells that are hidden."""
        shown = ~self.system.hidden_cells(hidden)
        kept = Pool(self.system)
        for move in self.moves:
            if not (np.abs(move[shown]) > MOVED).any():
                kept.add(move)
        return kept


class Mover:
    """Finds moves by linear programmes, warm from one to the next (Löser).

    Cells may rise and fall at a cost: hidden ones for nothing, others for the
    loss of hiding them.
    """

    def __init__(self, system: System):
        self.system = system
        cells = len(system.value)
        self.cells = cells
        open_cells = ~np.append(system.fixed, False)[system.unit]
        self.up = np.where(open_cells, np.minimum(system.high - system.value, FAR), 0.0)
        self.down = np.where(open_cells, np.minimum(system.value - system.low, FAR), 0.0)
        self.solver = new_solver(presolve="off", solver="simplex")
        self.matrix = sparse.hstack([system.sums, -system.sums], format="csc")
        load(self.solver, self.matrix, np.concatenate([self.up, self.down]))
        self.index = np.arange(2 * cells, dtype=np.int32)

    def allow(self, hidden: np.ndarray, further: bool) -> None:
        """Let hidden cells move for nothing, and others at their loss if `further`."""
        free = self.system.hidden_cells(hidden)
        weight = np.append(self.system.weight, 0.0)[self.system.unit]
        cost = np.where(free, FREE, weight)
        self.cost = np.concatenate([cost, cost])
        may = free | further
        self.bounds = np.concatenate([np.where(may, self.up, 0.0), np.where(may, self.down, 0.0)])
        self.solver.changeColsCost(2 * self.cells, self.index, self.cost)
        self.solver.changeColsBounds(
            2 * self.cells, self.index, np.zeros(2 * self.cells), self.bounds
        )

    def move(self, cell: int, way: int, amount: float) -> np.ndarray | None:
        """The cheapest move by which a cell rises (way 1) or falls (-1) by an amount."""
        column = cell if way > 0 else self.cells + cell
        other = self.cells + cell if way > 0 else cell
        if amount < CLOSE or amount > self.bounds[column] + CLOSE:
            return None
        lower, upper = np.zeros(2 * self.cells), self.bounds.copy()
        lower[column], upper[column], upper[other] = amount, amount, 0.0
        self.solver.changeColBounds(column, amount, amount)
        self.solver.changeColBounds(other, 0.0, 0.0)
        found = self._solve(lower, upper)
        self.solver.changeColBounds(column, 0.0, float(self.bounds[column]))
        self.solver.changeColBounds(other, 0.0, float(self.bounds[other]))
        return found

    def many(self, reward: np.ndarray, most: np.ndarray) -> np.ndarray | None:
        """One move that takes many cells as far as it pays.

        Parameters
        ----------
        reward : ndarray of float, shape (cells,)
            For each step that a cell rises, negative for falling.
        most : ndarray of float, shape (cells,)
            How far a rewarded cell goes at the most.
        """
        gain = np.concatenate([np.maximum(reward, 0), np.maximum(-reward, 0)])
        wanted = np.concatenate([reward > 0, reward < 0])
        against = np.concatenate([reward < 0, reward > 0])
        upper = np.where(wanted, np.minimum(self.bounds, np.concatenate([most, most])), self.bounds)
        upper = np.where(against, 0.0, upper)
        lower = np.zeros(2 * self.cells)
        self.solver.changeColsCost(2 * self.cells, self.index, self.cost - gain)
        self.solver.changeColsBounds(2 * self.cells, self.index, lower, upper)
        found = self._solve(lower, upper, exact=False)
        self.solver.changeColsCost(2 * self.cells, self.index, self.cost)
        self.solver.changeColsBounds(2 * self.cells, self.index, lower, self.bounds)
        return found

    def _solve(self, lower: np.ndarray, upper: np.ndarray, exact: bool = True) -> np.ndarray | None:
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.asarray(self.solver.getSolution().col_value)
        move = found[: self.cells] - found[self.cells :]
        if not self.system.whole:
            return move
        near = np.round(move)
        if np.abs(near - move).max(initial=0) < NEAR and self._holds(near):
            return near
        return self._in_whole_numbers(move, lower, upper) if exact else self._whole_parts(move)

    def _whole_parts(self, move: np.ndarray) -> np.ndarray | None:
        """Of a move those parts that hang together and are whole numbers."""
        near = np.round(move)
        broken = np.abs(near - move) > NEAR
        used = np.flatnonzero((near != 0) | broken)
        held = abs(self.system.sums[:, used])
        graph = sparse.block_array([[None, held.T], [held, None]]).tocsr()
        _, label = csgraph.connected_components(graph, directed=False)
        bad = np.unique(label[: len(used)][broken[used]])
        kept = used[~np.isin(label[: len(used)], bad)]
        whole = np.zeros(self.cells)
        whole[kept] = near[kept]
        return whole if len(kept) and self._holds(whole) else None

    def _in_whole_numbers(
        self, move: np.ndarray, lower: np.ndarray, upper: np.ndarray
    ) -> np.ndarray | None:
        """A move in whole numbers over the hidden cells and those of a broken move."""
        may = (np.abs(move) > MOVED) | (self.cost[: self.cells] == FREE)
        keep = np.flatnonzero(np.concatenate([may, may]) & (upper > 0))
        matrix = self.matrix[:, keep]
        rows = np.flatnonzero(np.diff(matrix.tocsr().indptr))
        held = optimize.LinearConstraint(matrix.tocsr()[rows], 0, 0)
        solved = optimize.milp(
            self.cost[keep],
            integrality=np.ones(len(keep)),
            bounds=optimize.Bounds(lower[keep], upper[keep]),
            constraints=held,
            options={"time_limit": SECONDS, "mip_rel_gap": 0.1},
        )
        if solved.x is None:
            return None
        full = np.zeros(2 * self.cells)
        full[keep] = np.round(solved.x)
        whole = full[: self.cells] - full[self.cells :]
        return whole if self._holds(whole) else None

    def _holds(self, move: np.ndarray) -> bool:
        inside = (move <= self.up + CLOSE) & (move >= -self.down - CLOSE)
        return bool(inside.all()) and not np.any(self.system.sums @ move)


def load(solver: highspy.Highs, matrix: sparse.csc_array, most: np.ndarray) -> None:
    """Give a solver columns from 0 to `most` that the sums of a matrix hold at 0."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_ = np.zeros(matrix.shape[1])
    model.col_lower_ = np.zeros(matrix.shape[1])
    model.col_upper_ = most
    model.row_lower_ = np.zeros(matrix.shape[0])
    model.row_upper_ = np.zeros(matrix.shape[0])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = matrix.data.astype(float)
    solver.passModel(model)
