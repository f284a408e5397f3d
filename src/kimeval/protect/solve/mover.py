"""Finds moves by linear programmes, warm from one to the next (Löser)."""

from __future__ import annotations

import highspy
import numpy as np
from scipy import optimize, sparse
from scipy.sparse import csgraph

from kimeval.protect.highs import new_solver
from kimeval.protect.solve.moves import CLOSE, MOVED, Move
from kimeval.protect.solve.system import System

FAR = 1e6
NEAR = 1e-5
FREE = 1e-4
NODES = 400
ENDLESS = 30.0


class Mover:
    """Finds the cheapest moves within a region of a system.

    Cells may rise and fall at a cost: hidden ones for next to nothing, others
    for the loss of hiding them.

    Parameters
    ----------
    system : System
        Whose sums hold.
    cells : ndarray of int, optional
        The region: cells that may move, in ascending order; all by default.
    """

    def __init__(self, system: System, cells: np.ndarray | None = None):
        self.system = system
        self.cells = np.arange(len(system.value)) if cells is None else cells
        self.size = len(self.cells)
        may = ~np.append(system.fixed, False)[system.unit[self.cells]]
        value = system.value[self.cells]
        self.up = np.where(may, np.minimum(system.high[self.cells] - value, FAR), 0.0)
        self.down = np.where(may, np.minimum(value - system.low[self.cells], FAR), 0.0)
        sums = system.sums if cells is None else _over(system.sums, self.cells)
        self.sums = sums
        self.matrix = sparse.hstack([sums, -sums], format="csc")
        self.solver = new_solver(presolve="off", solver="simplex")
        load(self.solver, self.matrix, np.concatenate([self.up, self.down]))
        self.index = np.arange(2 * self.size, dtype=np.int32)

    def allow(
        self, hidden: np.ndarray, further: bool = False, among: np.ndarray | None = None
    ) -> None:
        """Let hidden cells move for nothing, and others at their loss.

        Parameters
        ----------
        hidden : ndarray of bool, shape (units,)
            Units whose cells move for nothing.
        further : bool
            Whether others may move as well.
        among : ndarray of bool, shape (units,), optional
            Which others; all by default.
        """
        unit = self.system.unit[self.cells]
        free = np.append(hidden, True)[unit]
        cost = np.where(free, FREE, np.append(self.system.weight, 0.0)[unit])
        self.cost = np.concatenate([cost, cost])
        may = free | further if among is None else free | np.append(among, False)[unit]
        self.bounds = np.concatenate([np.where(may, self.up, 0.0), np.where(may, self.down, 0.0)])
        self.solver.changeColsCost(2 * self.size, self.index, self.cost)
        self._bound(np.zeros(2 * self.size), self.bounds)

    def move(self, cell: int, way: int, amount: float) -> Move | None:
        """The cheapest move by which a cell rises (way 1) or falls (-1) by an amount."""
        at = int(np.searchsorted(self.cells, cell))
        column, other = (at, self.size + at) if way > 0 else (self.size + at, at)
        if amount < CLOSE or amount > self.bounds[column] + CLOSE:
            return None
        lower, upper = np.zeros(2 * self.size), self.bounds.copy()
        lower[column], upper[column], upper[other] = amount, amount, 0.0
        self.solver.changeColBounds(column, amount, amount)
        self.solver.changeColBounds(other, 0.0, 0.0)
        found = self._solve(self.cost, lower, upper, exact=True)
        self.solver.changeColBounds(column, 0.0, float(self.bounds[column]))
        self.solver.changeColBounds(other, 0.0, float(self.bounds[other]))
        return found

    def many(self, reward: np.ndarray, most: np.ndarray) -> Move | None:
        """One move that takes many cells as far as it pays.

        Parameters
        ----------
        reward : ndarray of float, shape (region,)
            For each step that a cell rises, negative for falling.
        most : ndarray of float, shape (region,)
            How far a rewarded cell goes at the most.
        """
        cost = self.cost - np.concatenate([np.maximum(reward, 0), np.maximum(-reward, 0)])
        wanted = np.concatenate([reward > 0, reward < 0])
        against = np.concatenate([reward < 0, reward > 0])
        upper = np.where(wanted, np.minimum(self.bounds, np.concatenate([most, most])), self.bounds)
        upper = np.where(against, 0.0, upper)
        lower = np.zeros(2 * self.size)
        self.solver.changeColsCost(2 * self.size, self.index, cost)
        self._bound(lower, upper)
        found = self._solve(cost, lower, upper, exact=False)
        self.solver.changeColsCost(2 * self.size, self.index, self.cost)
        self._bound(lower, self.bounds)
        return found

    def _bound(self, lower: np.ndarray, upper: np.ndarray) -> None:
        self.solver.changeColsBounds(2 * self.size, self.index, lower, upper)

    def _solve(
        self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, exact: bool
    ) -> Move | None:
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.asarray(self.solver.getSolution().col_value)
        steps = found[: self.size] - found[self.size :]
        if not self.system.whole:
            return self._as_move(steps)
        near = np.round(steps)
        broken = np.abs(near - steps) > NEAR
        if not broken.any() and self._holds(near):
            return self._as_move(near)
        whole = self._mended(near, broken, cost, lower, upper)
        if whole is None and exact:
            whole = self._in_whole_numbers(steps, lower, upper)
        elif whole is None:
            whole = self._whole_parts(near, broken)
        return None if whole is None else self._as_move(whole)

    def _as_move(self, steps: np.ndarray) -> Move | None:
        used = np.flatnonzero(np.abs(steps) > MOVED)
        return Move(self.cells[used], steps[used]) if len(used) else None

    def _mended(
        self,
        near: np.ndarray,
        broken: np.ndarray,
        cost: np.ndarray,
        lower: np.ndarray,
        upper: np.ndarray,
    ) -> np.ndarray | None:
        """Whole numbers for the broken cells and those that share sums with them."""
        rows = abs(self.sums) @ broken.astype(float) > 0
        beside = (abs(self.sums).T @ rows.astype(float) > 0) & (
            (near != 0) | (self.cost[: self.size] == FREE)
        )
        loose = np.flatnonzero(broken | beside)
        least, most = near[loose] - 1, near[loose] + 1
        keep = np.concatenate([loose, self.size + loose])
        bottom = np.maximum(np.concatenate([least, -most]), lower[keep])
        top = np.minimum(np.maximum(np.concatenate([most, -least]), 0), upper[keep])
        left = near.copy()
        left[loose] = 0
        if (bottom > top).any():
            return None
        found = self._programme(keep, cost, bottom, top, -(self.sums @ left))
        if found is None:
            return None
        whole = left + found
        return whole if self._holds(whole) else None

    def _in_whole_numbers(
        self, steps: np.ndarray, lower: np.ndarray, upper: np.ndarray
    ) -> np.ndarray | None:
        """A move in whole numbers over the hidden cells and those of a broken move."""
        may = (np.abs(steps) > MOVED) | (self.cost[: self.size] == FREE)
        keep = np.flatnonzero(np.concatenate([may, may]) & (upper > 0))
        nothing = np.zeros(self.sums.shape[0])
        found = self._programme(keep, self.cost, lower[keep], upper[keep], nothing)
        return found if found is not None and self._holds(found) else None

    def _programme(
        self,
        keep: np.ndarray,
        cost: np.ndarray,
        lower: np.ndarray,
        upper: np.ndarray,
        make: np.ndarray,
    ) -> np.ndarray | None:
        """The cheapest whole numbers for some columns so that the sums make as much."""
        matrix = self.matrix[:, keep].tocsr()
        rows = np.diff(matrix.indptr) > 0
        if np.abs(make[~rows]).max(initial=0) > CLOSE:
            return None
        solved = optimize.milp(
            cost[keep],
            integrality=np.ones(len(keep)),
            bounds=optimize.Bounds(lower, upper),
            constraints=optimize.LinearConstraint(matrix[rows], make[rows], make[rows]),
            options={"node_limit": NODES, "time_limit": ENDLESS, "mip_rel_gap": 0.1},
        )
        if solved.x is None:
            return None
        full = np.zeros(2 * self.size)
        full[keep] = np.round(solved.x)
        return full[: self.size] - full[self.size :]

    def _whole_parts(self, near: np.ndarray, broken: np.ndarray) -> np.ndarray | None:
        """Of a move those parts that hang together and are whole numbers."""
        used = np.flatnonzero((near != 0) | broken)
        held = abs(self.sums[:, used])
        graph = sparse.block_array([[None, held.T], [held, None]]).tocsr()
        _, label = csgraph.connected_components(graph, directed=False)
        bad = np.unique(label[: len(used)][broken[used]])
        kept = used[~np.isin(label[: len(used)], bad)]
        whole = np.zeros(self.size)
        whole[kept] = near[kept]
        return whole if len(kept) and self._holds(whole) else None

    def _holds(self, steps: np.ndarray) -> bool:
        inside = (steps <= self.up + CLOSE) & (steps >= -self.down - CLOSE)
        return bool(inside.all()) and not np.any(self.sums @ steps)


def _over(sums: sparse.csr_array, cells: np.ndarray) -> sparse.csr_array:
    held = sums[:, cells]
    return held[np.flatnonzero(np.diff(held.indptr))]


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
