"""The least loss, by a mixed-integer programme and cuts (optimale Sperrung).

A master programme chooses units; for each sensitive cell an attacker's linear
programme finds how well it can be known, and its dual is a cut that every safe
choice keeps.

References
----------
Fischetti and Salazar (2000), Journal of the American Statistical Association 95,
916-928.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import highspy
import numpy as np

from kimeval.protect.highs import new_solver
from kimeval.protect.solve.mover import FAR, load
from kimeval.protect.solve.moves import CLOSE, Pool
from kimeval.protect.solve.regions import Regions
from kimeval.protect.solve.search import prove
from kimeval.protect.solve.system import UNPUBLISHED, System

ROUNDS = 60


@dataclass(frozen=True)
class Optimum:
    """What the programme found (Ergebnis).

    Attributes
    ----------
    hidden : ndarray of bool or None
        A proved choice, None if none was found that is better than what was known.
    pool : Pool or None
        Its proof.
    bound : float
        No safe choice loses less.
    """

    hidden: np.ndarray | None = field(repr=False)
    pool: Pool | None = field(repr=False)
    bound: float


def optimum(system: System, known: float, until: float) -> Optimum:
    """Search for a choice that loses less than a known one.

    Parameters
    ----------
    system : System
        With needs that can be met.
    known : float
        Loss of a choice that is proved.
    until : float
        Moment of `time.monotonic` at which to stop.

    Returns
    -------
    Optimum
    """
    free = np.flatnonzero(~system.forced & ~system.fixed)
    master, attacker, regions = _Master(system, free), _Attacker(system), Regions(system)
    bound = 0.0
    for _ in range(ROUNDS):
        if time.monotonic() > until:
            break
        hidden, bound = master.solve(until, bound)
        if hidden is None or bound >= known - CLOSE:
            return Optimum(None, None, min(bound, known))
        cuts = attacker.cuts(hidden, until)
        if not cuts:
            pool = Pool(system)
            prove(regions, pool, hidden)
            if not np.any(pool.lacking):
                return Optimum(hidden, pool, bound)
            cuts = [(np.where(hidden, 0.0, 1.0), 1.0)]
        for coefficients, least in cuts:
            master.add(coefficients, least)
    return Optimum(None, None, bound)


class _Master:
    """Chooses units at the least loss under all cuts so far."""

    def __init__(self, system: System, free: np.ndarray):
        self.system, self.free = system, free
        self.solver = new_solver()
        for unit in free:
            self.solver.addCol(float(system.weight[unit]), 0.0, 1.0, 0, [], [])
        whole = np.full(len(free), highspy.HighsVarType.kInteger)
        self.solver.changeColsIntegrality(len(free), np.arange(len(free), dtype=np.int32), whole)

    def add(self, coefficients: np.ndarray, least: float) -> None:
        held = coefficients[self.free]
        used = np.flatnonzero(held > CLOSE)
        self.solver.addRow(least, highspy.kHighsInf, len(used), used.astype(np.int32), held[used])

    def solve(self, until: float, bound: float) -> tuple[np.ndarray | None, float]:
        self.solver.setOptionValue(
            "time_limit", self.solver.getRunTime() + max(0.1, until - time.monotonic())
        )
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None, bound
        chosen = np.asarray(self.solver.getSolution().col_value) > 0.5
        hidden = self.system.forced.copy()
        hidden[self.free[chosen]] = True
        return hidden, self.solver.getInfo().objective_function_value


class _Attacker:
    """How far sensitive cells can be known, and cuts where it is too well."""

    def __init__(self, system: System):
        self.system = system
        self.up = np.minimum(system.high - system.value, FAR)
        self.down = np.minimum(system.value - system.low, FAR)
        self.solver = new_solver(presolve="off", solver="simplex")
        load(self.solver, system.sums.tocsc(), self.up)
        self.index = np.arange(len(system.value), dtype=np.int32)
        self.matrix = system.sums.T.tocsr()

    def cuts(self, hidden: np.ndarray, until: float) -> list[tuple[np.ndarray, float]]:
        system = self.system
        secret = system.hidden_cells(hidden)
        self.solver.changeColsBounds(
            len(self.index),
            self.index,
            np.where(secret, -self.down, 0.0),
            np.where(secret, self.up, 0.0),
        )
        found = []
        for cell in np.flatnonzero(system.need > 0).tolist():
            if time.monotonic() > until:
                break
            highest, dual_up = self._extreme(cell, 1)
            lowest, dual_down = self._extreme(cell, -1)
            if highest + lowest < system.need[cell] - CLOSE:
                found.append(self._cut(dual_up + dual_down, system.need[cell]))
        return found

    def _extreme(self, cell: int, way: int) -> tuple[float, np.ndarray]:
        self.solver.changeColCost(int(cell), float(-way))
        self.solver.run()
        value = -self.solver.getInfo().objective_function_value
        prices = np.asarray(self.solver.getSolution().row_dual)
        self.solver.changeColCost(int(cell), 0.0)
        reduced = -(self.matrix @ prices)
        reduced[cell] -= way
        return value, np.maximum(-reduced, 0) * self.up + np.maximum(reduced, 0) * self.down

    def _cut(self, room: np.ndarray, need: float) -> tuple[np.ndarray, float]:
        system = self.system
        always = system.unit == UNPUBLISHED
        given = np.append(system.forced, False)[system.unit] | always
        least = need - room[given].sum()
        coefficients = np.zeros(system.units)
        np.add.at(coefficients, system.unit[~always], room[~always])
        return np.minimum(coefficients, max(least, 0)), least
