"""The rule of thumb: in each sum hide the least until no cell follows (Faustregel).

Only a yardstick and a second start: what it hides is repaired and proved like
everything else.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from kimeval.protect.solve.moves import CLOSE, Pool
from kimeval.protect.solve.regions import Regions
from kimeval.protect.solve.search import prove
from kimeval.protect.solve.system import UNPUBLISHED, System


def by_lines(system: System) -> np.ndarray:
    """Hide the least loss in each sum in which a single cell is hidden.

    Returns
    -------
    ndarray of bool, shape (units,)
    """
    hidden = system.forced.copy()
    moving = (system.high - system.low) > CLOSE
    changed = True
    while changed:
        changed = False
        secret = system.hidden_cells(hidden) & moving
        alone = np.flatnonzero(_nonzero(system) @ secret.astype(float) == 1)
        for line in alone:
            cells = system.sums.indices[system.sums.indptr[line] : system.sums.indptr[line + 1]]
            if (system.hidden_cells(hidden)[cells] & moving[cells]).sum() != 1:
                continue
            unit = _least(system, hidden, cells)
            if unit != UNPUBLISHED:
                hidden[unit] = changed = True
    return hidden


def rule_of_thumb(regions: Regions) -> tuple[np.ndarray, Pool]:
    """`by_lines`, and further units near whatever is still open to attack."""
    system = regions.system
    hidden = by_lines(system)
    pool = Pool(system)
    prove(regions, pool, hidden)
    columns = system.sums.tocsc()
    while np.any(pool.lacking):
        before = hidden.copy()
        for cell in np.flatnonzero(pool.lacking):
            lines = columns.indices[columns.indptr[cell] : columns.indptr[cell + 1]]
            near = np.unique(system.sums[lines].indices)
            unit = _least(system, hidden, near)
            if unit != UNPUBLISHED:
                hidden[unit] = True
        if (hidden == before).all():
            hidden = _neighbours(system, hidden)
        if (hidden == before).all():
            break
        prove(regions, pool, hidden)
    return hidden, pool


def _neighbours(system: System, hidden: np.ndarray) -> np.ndarray:
    """Also whatever shares a sum with a hidden cell."""
    lines = abs(system.sums) @ system.hidden_cells(hidden).astype(float) > 0
    near = system.unit[(abs(system.sums).T @ lines.astype(float)) > 0]
    more = hidden.copy()
    more[near[near != UNPUBLISHED]] = True
    return more & ~system.fixed


def _least(system: System, hidden: np.ndarray, cells: np.ndarray) -> int:
    """The unit of least loss among some cells that may be hidden and could move."""
    moving = (system.high - system.low)[cells] > CLOSE
    units = np.unique(system.unit[cells[moving]])
    units = units[units != UNPUBLISHED]
    units = units[~hidden[units] & ~system.fixed[units]]
    return int(units[np.argmin(system.weight[units])]) if len(units) else UNPUBLISHED


def _nonzero(system: System) -> sparse.csr_array:
    matrix = abs(system.sums)
    matrix.data = np.ones_like(matrix.data)
    return matrix
