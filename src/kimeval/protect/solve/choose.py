"""Which units to hide: searched, trimmed, and where it can be, proved least (Wahl)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from kimeval.core.errors import ProtectionError
from kimeval.protect.solve.moves import CLOSE, Pool
from kimeval.protect.solve.optimum import optimum
from kimeval.protect.solve.pairs import with_pairs
from kimeval.protect.solve.regions import Regions
from kimeval.protect.solve.search import extend, thin, trim
from kimeval.protect.solve.simple import rule_of_thumb
from kimeval.protect.solve.system import UNPUBLISHED, System

SECONDS = 10.0
LARGE = 400
MOST = 200_000
FEW = 60
THINNINGS = 3


@dataclass(frozen=True)
class Pattern:
    """A proved choice of what is hidden (Sperrmuster).

    Attributes
    ----------
    hidden : ndarray of bool, shape (units,)
        All that is hidden.
    loss : float
        Weights of what is hidden beyond the forced units.
    bound : float
        No safe choice loses less; equals the loss where it is the least.
    thumb : float
        Loss of the rule of thumb, made safe; NaN where it was not tried.
    lacking : ndarray of float, shape (cells,)
        What no choice can protect, since it follows from what is shown in any case.
    proof : ndarray of float, shape (2, cells)
        The smallest and the largest value that a proved table has in each cell.
    """

    hidden: np.ndarray = field(repr=False)
    loss: float
    bound: float
    thumb: float
    lacking: np.ndarray = field(repr=False)
    proof: np.ndarray = field(repr=False)


def choose(system: System, seconds: float = SECONDS, thumb: bool = True) -> Pattern:
    """Choose what to hide so that every need is met (Sperrung).

    A need is met against a reader who knows which hidden counts are small; where
    nothing could meet it, since few small counts make a small total, against one
    who knows only that a hidden count is not zero.

    Parts that no sum ties together are solved one by one. In each the better of
    two searches is trimmed; a part of at most `LARGE` units is then compared
    with the optimum.

    Parameters
    ----------
    system : System
        What the release tells.
    seconds : float
        About how long it may take in all; the result is safe at any time.
    thumb : bool
        Whether the rule of thumb is tried as well. It is in any case no better.

    Returns
    -------
    Pattern

    Raises
    ------
    ProtectionError
        If there are more than `MOST` cells.
    """
    cells = len(system.value)
    if cells > MOST:
        raise ProtectionError(
            f"Up to {MOST:,} counts can be protected together, got {cells:,}. Publish fewer tables "
            f"at once, or coarser groups."
        )
    paired = with_pairs(system)
    found = _proved(paired, seconds, thumb)
    told = abs(paired.sums[system.sums.shape[0] :, :cells]).T @ found.lacking[cells:]
    lacking = np.maximum(found.lacking[:cells], told)
    return replace(found, lacking=lacking, proof=found.proof[:, :cells])


def _proved(system: System, seconds: float, thumb: bool) -> Pattern:
    found = _choose(system, seconds, thumb)
    if not np.any(found.lacking):
        return found
    outside = replace(
        system.from_outside(np.where(found.lacking > 0, system.need, 0)), forced=found.hidden
    )
    more = _choose(outside, seconds, thumb=False)
    return replace(
        found,
        hidden=more.hidden,
        loss=system.loss(more.hidden),
        lacking=more.lacking,
        proof=np.vstack(
            [np.minimum(found.proof[0], more.proof[0]), np.maximum(found.proof[1], more.proof[1])]
        ),
    )


def _choose(system: System, seconds: float, thumb: bool) -> Pattern:
    until = time.monotonic() + seconds
    hidden = system.forced.copy()
    lacking, proof = np.zeros(len(system.value)), np.vstack([system.value] * 2)
    loss = bound = compared = 0.0
    for cells in parts(system):
        part, units = _part(system, cells)
        found = _choose_part(part, until, thumb)
        hidden[units[found.hidden]] = True
        lacking[cells] = found.lacking[: len(cells)]
        proof[:, cells] = found.proof[:, : len(cells)]
        loss, bound, compared = loss + found.loss, bound + found.bound, compared + found.thumb
    return Pattern(hidden, loss, bound, compared, lacking, proof)


def parts(system: System) -> list[np.ndarray]:
    """Cells that hang together, as far as they hold a sensitive one."""
    fixed = np.append(system.fixed, False)[system.unit]
    cells = np.flatnonzero(~fixed)
    sums = system.sums[:, cells]
    held = _of_units(system, cells)
    links = sparse.vstack([abs(sums), held.T]).tocsr()
    graph = sparse.block_array([[None, links.T], [links, None]]).tocsr()
    _, label = csgraph.connected_components(graph, directed=False)
    label = label[: len(cells)]
    wanted = np.unique(label[system.need[cells] > 0])
    return [cells[label == one] for one in wanted]


def _of_units(system: System, cells: np.ndarray) -> sparse.csr_array:
    known = np.flatnonzero(system.unit[cells] != UNPUBLISHED)
    place = (known, system.unit[cells[known]])
    return sparse.csr_array((np.ones(len(known)), place), shape=(len(cells), max(system.units, 1)))


def _part(system: System, cells: np.ndarray) -> tuple[System, np.ndarray]:
    """A part as a system of its own; cells shown in any case are constants."""
    units = np.unique(system.unit[cells])
    units = units[units != UNPUBLISHED]
    number = np.full(system.units + 1, UNPUBLISHED)
    number[units] = np.arange(len(units))
    sums = system.sums[:, cells]
    used = np.flatnonzero(np.diff(sums.indptr))
    sums = sums[used]
    rest = sums @ system.value[cells]
    constant = np.abs(rest) > CLOSE
    block, alone = system.block[cells], system.alone[cells]
    if constant.any():
        known = sparse.csr_array((-rest, (np.arange(len(used)), np.zeros(len(used), int))))
        sums = sparse.hstack([sums, known], format="csr")
        cells_unit = np.append(number[system.unit[cells]], UNPUBLISHED)
        block, alone = np.append(block, UNPUBLISHED), np.append(alone, False)
        value, low, high, need = (
            np.append(part[cells], more)
            for part, more in (
                (system.value, 1.0),
                (system.low, 1.0),
                (system.high, 1.0),
                (system.need, 0.0),
            )
        )
    else:
        cells_unit = number[system.unit[cells]]
        value, low, high, need = (
            part[cells] for part in (system.value, system.low, system.high, system.need)
        )
    part = System(
        value,
        sums,
        cells_unit,
        low,
        high,
        need,
        system.forced[units],
        system.fixed[units],
        system.weight[units],
        system.whole,
        system.least,
        alone,
        block,
    )
    return part, units


def _choose_part(system: System, until: float, thumb: bool) -> Pattern:
    regions, pool = Regions(system), Pool(system)
    hidden = extend(regions, pool, system.forced)
    if np.any(pool.lacking):
        system = system.with_need(np.maximum(system.need - pool.lacking, 0))
    short, pool.system = pool.lacking, system
    regions = Regions(system)
    hidden, pool = _trimmed(regions, pool, hidden, until)
    compared = np.nan
    if thumb:
        other, proof = rule_of_thumb(regions)
        if not np.any(proof.lacking):
            compared = system.loss(other)
            other, proof = _trimmed(regions, proof, other, until)
            if system.loss(other) < system.loss(hidden) - CLOSE:
                hidden, pool = other, proof
    bound = 0.0
    free = int((~system.forced & ~system.fixed).sum())
    if free <= LARGE:
        best = optimum(system, system.loss(hidden), until)
        bound = best.bound
        if best.hidden is not None and best.pool is not None:
            hidden, pool = best.hidden, best.pool
    ends = np.vstack([system.value + pool.lowest, system.value + pool.highest])
    return Pattern(hidden, system.loss(hidden), bound, compared, short, ends)


def _trimmed(
    regions: Regions, pool: Pool, hidden: np.ndarray, until: float
) -> tuple[np.ndarray, Pool]:
    """Thinned out by many at once where there is much, then one by one."""
    for turn in range(THINNINGS if regions.single else 1):
        if (hidden & ~regions.system.forced).sum() <= FEW:
            break
        hidden, pool = thin(regions, pool, hidden, seed=turn + 1)
    if (hidden & ~regions.system.forced).sum() <= FEW:
        hidden, pool = trim(regions, pool, hidden, until)
    return hidden, pool
