"""Finds which further units to hide, by the cheapest moves (Suche)."""

from __future__ import annotations

import time

import numpy as np

from kimeval.protect.solve.moves import CLOSE, MOVED, Mover, Pool
from kimeval.protect.solve.system import UNPUBLISHED, System

MANY = 24
ROUNDS = 12
REWARD = 1e3


def touched(system: System, move: np.ndarray) -> np.ndarray:
    """Units that a move changes (bool, shape (units,))."""
    found = np.zeros(system.units, dtype=bool)
    units = system.unit[np.abs(move) > MOVED]
    found[units[units != UNPUBLISHED]] = True
    return found


def prove(
    mover: Mover, pool: Pool, hidden: np.ndarray, seed: int = 0, one_by_one: bool = True
) -> None:
    """Find moves among the hidden cells until each need is met, or none is found.

    Parameters
    ----------
    mover : Mover
        Of the pool's system.
    pool : Pool
        Takes the moves.
    hidden : ndarray of bool, shape (units,)
        What is hidden.
    seed : int
        For the directions that are tried first.
    one_by_one : bool
        Whether what many cells together do not reach is tried cell by cell.
    """
    mover.allow(hidden, further=False)
    _together(mover, pool, seed)
    if not one_by_one:
        return
    for cell in np.flatnonzero(pool.lacking).tolist():
        for way, amount in _ways(pool, cell):
            if pool.lacking[cell] and (move := mover.move(cell, way, amount)) is not None:
                pool.add(move)


def extend(mover: Mover, pool: Pool, hidden: np.ndarray, until: float, seed: int = 0) -> np.ndarray:
    """Hide further units until each need is met.

    Parameters
    ----------
    mover, pool : Mover, Pool
        Of one system; the pool takes the moves that prove it.
    hidden : ndarray of bool, shape (units,)
        What is hidden at first.
    until : float
        Moment of `time.monotonic` after which many cells are served at once.
    seed : int
        For the directions that are tried first.

    Returns
    -------
    ndarray of bool, shape (units,)
        What is hidden then. A need that cannot be met stays in `pool.lacking`.
    """
    hidden = hidden.copy()
    prove(mover, pool, hidden, seed, one_by_one=False)
    generator = np.random.default_rng(seed)
    while (lacking := np.flatnonzero(pool.lacking)).size > MANY:
        before = pool.lacking.sum()
        mover.allow(hidden, further=True)
        reward, most = _reward(pool, lacking, generator, REWARD * mover.cost.max())
        move = mover.many(reward, most)
        if move is None or not np.any(move):
            break
        pool.add(move)
        hidden |= touched(mover.system, move)
        prove(mover, pool, hidden, seed, one_by_one=False)
        if pool.lacking.sum() > 0.98 * before:
            break
    order = np.argsort(-pool.lacking, kind="stable")
    for cell in order[: int((pool.lacking > 0).sum())].tolist():
        if pool.lacking[cell]:
            hidden |= _serve(mover, pool, hidden, cell)
    return hidden


def trim(mover: Mover, pool: Pool, hidden: np.ndarray, until: float) -> tuple[np.ndarray, Pool]:
    """Show again what need not be hidden, the dearest first (Aufräumen)."""
    system = mover.system
    used = np.zeros(system.units, dtype=bool)
    for move in pool.moves:
        used |= touched(system, move)
    hidden = system.forced | (hidden & used)
    extra = np.flatnonzero(hidden & ~system.forced)
    for unit in extra[np.argsort(-system.weight[extra], kind="stable")]:
        if time.monotonic() > until:
            break
        fewer = hidden.copy()
        fewer[unit] = False
        left = pool.within(fewer)
        if (left.lacking > 0).sum() <= MANY:
            if np.any(left.lacking):
                prove(mover, left, fewer)
            if not np.any(left.lacking > pool.lacking + CLOSE):
                hidden, pool = fewer, left
    return hidden, pool


def _together(mover: Mover, pool: Pool, seed: int) -> None:
    """Moves that serve many cells at once, in random directions."""
    generator = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        lacking = np.flatnonzero(pool.lacking)
        if lacking.size <= 2:
            return
        before = pool.lacking.sum()
        reward, most = _reward(pool, lacking, generator, 1.0)
        move = mover.many(reward, most)
        if move is not None:
            pool.add(move)
        if pool.lacking.sum() > 0.95 * before:
            return


def _reward(
    pool: Pool, lacking: np.ndarray, generator: np.random.Generator, size: float
) -> tuple[np.ndarray, np.ndarray]:
    """A reward for each lacking cell to go where it has room, else either way."""
    system, cells = pool.system, len(pool.system.value)
    need = pool.system.need[lacking]
    room_up = system.high[lacking] - system.value[lacking]
    room_down = system.value[lacking] - system.low[lacking]
    sign = generator.choice([-1.0, 1.0], lacking.size)
    sign = np.where(room_up < CLOSE, -1.0, np.where(room_down < CLOSE, 1.0, sign))
    reward, most = np.zeros(cells), np.zeros(cells)
    reward[lacking] = size * sign
    goal = np.where(sign > 0, need + pool.lowest[lacking], need - pool.highest[lacking])
    most[lacking] = np.maximum(goal, 1.0)
    return reward, most


def _ways(pool: Pool, cell: int) -> list[tuple[int, float]]:
    """Directions and amounts worth a try for a cell, the sufficient ones first."""
    system = pool.system
    need = system.need[cell]
    room = {1: system.high[cell] - system.value[cell], -1: system.value[cell] - system.low[cell]}
    goal = {1: need + pool.lowest[cell], -1: need - pool.highest[cell]}
    full = [(way, goal[way]) for way in (1, -1) if room[way] >= goal[way] - CLOSE]
    part = []
    for way in (1, -1):
        amount = min(room[way], goal[way])
        while amount > CLOSE:
            part.append((way, amount))
            amount = amount - 1 if system.whole else amount / 2 if amount > need / 8 else 0
    return [*full, *(pair for pair in part if pair not in full)]


def _serve(mover: Mover, pool: Pool, hidden: np.ndarray, cell: int) -> np.ndarray:
    """Hide what the cheapest moves for one cell touch; returns the units to hide."""
    system, more = mover.system, hidden.copy()
    while pool.lacking[cell] > 0:
        mover.allow(more, further=True)
        short = pool.lacking[cell]
        found = []
        for way, amount in _ways(pool, cell):
            reached = (pool.highest if way > 0 else -pool.lowest)[cell]
            if amount <= reached + CLOSE:
                continue
            if (move := mover.move(cell, way, amount)) is not None:
                gain = min(short, amount - reached)
                found.append(
                    (gain >= short - CLOSE, gain, -system.loss(more | touched(system, move)), move)
                )
            if len(found) == 2:
                break
        if not found:
            break
        best = max(found, key=lambda option: option[:3])[3]
        pool.add(best)
        more |= touched(system, best)
    return more
