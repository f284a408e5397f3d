"""Finds which further units to hide, by the cheapest moves (Suche)."""

from __future__ import annotations

import time

import numpy as np

from kimeval.protect.solve.mover import Mover
from kimeval.protect.solve.moves import CLOSE, Move, Pool
from kimeval.protect.solve.regions import Regions

MANY = 24
ROUNDS = 12
SPREADS = 8
ATTEMPTS = 2
WORTH, WORTH_IN_PARTS = 0.95, 0.8
REWARD = 1e3


def prove(regions: Regions, pool: Pool, hidden: np.ndarray, seed: int = 0) -> None:
    """Find moves among the hidden cells until each need is met, or none is found.

    Parameters
    ----------
    regions : Regions
        Of the pool's system.
    pool : Pool
        Takes the moves.
    hidden : ndarray of bool, shape (units,)
        What is hidden.
    seed : int
        For the directions that are tried first.
    """
    for mover in regions.split(seed):
        mover.allow(hidden)
        _together(mover, pool, seed)
    for cell in np.flatnonzero(pool.lacking).tolist():
        if pool.short(np.array([cell]))[0]:
            mover = regions.near(cell, 0)
            mover.allow(hidden)
            for way, amount in _ways(pool, cell):
                move = mover.move(cell, way, amount)
                if move is not None:
                    pool.add(move)
                if not pool.short(np.array([cell]))[0]:
                    break


def extend(regions: Regions, pool: Pool, hidden: np.ndarray, seed: int = 0) -> np.ndarray:
    """Hide further units until each need is met.

    Parameters
    ----------
    regions : Regions
        Of the pool's system.
    pool : Pool
        Takes the moves that prove it.
    hidden : ndarray of bool, shape (units,)
        What is hidden at first.
    seed : int
        For the directions that are tried first.

    Returns
    -------
    ndarray of bool, shape (units,)
        What is hidden then. A need that cannot be met stays in `pool.lacking`.
    """
    hidden = spread(regions, pool, hidden, seed=seed)
    lacking = pool.lacking
    order = np.lexsort([-lacking] if regions.single else [-lacking, regions.system.block])
    for cell in order[lacking[order] > 0].tolist():
        for attempt in range(1 if regions.single else ATTEMPTS):
            if pool.short(np.array([cell]))[0]:
                _serve(regions.near(cell, attempt), pool, hidden, cell)
    return hidden


def spread(
    regions: Regions,
    pool: Pool,
    hidden: np.ndarray,
    among: np.ndarray | None = None,
    seed: int = 0,
) -> np.ndarray:
    """Hide further units for many cells at once, as long as that serves them.

    Parameters
    ----------
    regions, pool, hidden, seed
        As in `extend`.
    among : ndarray of bool, shape (units,), optional
        What may be hidden further; all by default.

    Returns
    -------
    ndarray of bool, shape (units,)
    """
    hidden = hidden.copy()
    few = MANY if regions.single else 0
    for turn in range(SPREADS):
        before = pool.lacking.sum()
        for mover in regions.split(seed + turn):
            generator = np.random.default_rng([seed, turn])
            mover.allow(hidden)
            _together(mover, pool, seed + turn)
            if (pool.short(mover.cells) > 0).sum() > few:
                mover.allow(hidden, further=True, among=among)
                reward, most = _reward(mover, pool, generator, REWARD * mover.cost.max())
                move = mover.many(reward, most)
                if move is not None:
                    pool.add(move)
                    hidden[move.units(mover.system)] = True
                    mover.allow(hidden)
                    _together(mover, pool, seed + turn)
        after = pool.lacking
        if (after > 0).sum() <= few or after.sum() > 0.98 * before:
            break
    return hidden


def trim(regions: Regions, pool: Pool, hidden: np.ndarray, until: float) -> tuple[np.ndarray, Pool]:
    """Show again what need not be hidden, the dearest first (Aufräumen)."""
    system = regions.system
    hidden = system.forced | (hidden & pool.units)
    extra = np.flatnonzero(hidden & ~system.forced)
    for unit in extra[np.argsort(-system.weight[extra], kind="stable")]:
        if time.monotonic() > until:
            break
        fewer = hidden.copy()
        fewer[unit] = False
        left = pool.within(fewer)
        if (left.lacking > 0).sum() <= MANY:
            if np.any(left.lacking):
                prove(regions, left, fewer)
            if not np.any(left.lacking > pool.lacking + CLOSE):
                hidden, pool = fewer, left
    return hidden, pool


def thin(regions: Regions, pool: Pool, hidden: np.ndarray, seed: int) -> tuple[np.ndarray, Pool]:
    """Search anew within what is hidden, for all cells at once (Ausdünnen)."""
    system = regions.system
    fresh = Pool(system)
    spread(regions, fresh, system.forced, among=hidden, seed=seed)
    kept = Pool(system)
    for move in reversed([*pool.moves, *fresh.moves]):
        if kept.serves(move):
            kept.add(move)
    fewer = system.forced | kept.units
    if system.loss(fewer) < system.loss(hidden) - CLOSE:
        return fewer, kept
    return hidden, pool


def _together(mover: Mover, pool: Pool, seed: int) -> None:
    """Moves that serve many cells at once, in random directions."""
    generator = np.random.default_rng(seed)
    worth = WORTH if mover.size == len(mover.system.value) else WORTH_IN_PARTS
    for _ in range(ROUNDS):
        lacking = pool.short(mover.cells)
        if (lacking > 0).sum() <= 2:
            return
        reward, most = _reward(mover, pool, generator, 1.0)
        move = mover.many(reward, most)
        if move is not None:
            pool.add(move)
        if pool.short(mover.cells).sum() > worth * lacking.sum():
            return


def _reward(
    mover: Mover, pool: Pool, generator: np.random.Generator, size: float
) -> tuple[np.ndarray, np.ndarray]:
    """A reward for each lacking cell to go where it has room, else either way."""
    system = pool.system
    lacking = np.flatnonzero(pool.short(mover.cells) > 0)
    cells = mover.cells[lacking]
    need = system.need[cells]
    room_up, room_down = (
        system.high[cells] - system.value[cells],
        system.value[cells] - system.low[cells],
    )
    goal_up, goal_down = need + pool.lowest[cells], need - pool.highest[cells]
    sign = generator.choice([-1.0, 1.0], len(cells))
    sign = np.where(room_up < CLOSE, -1.0, np.where(room_down < CLOSE, 1.0, sign))
    reward, most = np.zeros(mover.size), np.zeros(mover.size)
    reward[lacking] = size * sign
    most[lacking] = np.maximum(np.where(sign > 0, goal_up, goal_down), 1.0)
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


def _serve(mover: Mover, pool: Pool, hidden: np.ndarray, cell: int) -> None:
    """Hide what the cheapest moves for one cell touch (changes `hidden`)."""
    system, one = mover.system, np.array([cell])
    while (short := pool.short(one)[0]) > 0:
        mover.allow(hidden, further=True)
        found: list[tuple[tuple[bool, float, float], Move]] = []
        for way, amount in _ways(pool, cell):
            reached = (pool.highest if way > 0 else -pool.lowest)[cell]
            if amount <= reached + CLOSE:
                continue
            if (move := mover.move(cell, way, amount)) is not None:
                gain = min(short, amount - reached)
                more = hidden.copy()
                more[move.units(system)] = True
                found.append(((gain >= short - CLOSE, gain, -system.loss(more)), move))
            if len(found) == 2:
                break
        if not found:
            break
        best = max(found, key=lambda option: option[0])[1]
        pool.add(best)
        hidden[best.units(system)] = True
