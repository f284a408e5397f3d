"""What one person could work out who is alone in a hidden cell (Einzelne in einer Summe)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from kimeval.protect.solve.system import UNPUBLISHED, System

CLOSE = 1e-6


def with_pairs(system: System) -> System:
    """Also protect the sum of two cells where a single person could take one away.

    Where a sum has two cells that are hidden in any case and one of them counts a
    single person, that person knows the other. It stays open if the two together
    do: each such pair becomes one more cell that is never published. A total and
    its only part are the same persons and no pair.

    Parameters
    ----------
    system : System
        What a release tells.

    Returns
    -------
    System
        With the pairs as its last cells; the same where there is none.
    """
    moving = system.high - system.low > CLOSE
    hidden = (system.forced_cells | (system.unit == UNPUBLISHED)) & moving
    one = system.alone & moving
    sensitive = hidden & (system.need > 0)
    lines = abs(system.sums)
    lines.data[:] = 1
    count = lines @ hidden.astype(float)
    wanted = (count == 2) & (lines @ one.astype(float) > 0) & (lines @ sensitive.astype(float) > 0)
    pairs: dict[tuple[int, ...], np.ndarray] = {}
    for line in np.flatnonzero(wanted):
        at = slice(system.sums.indptr[line], system.sums.indptr[line + 1])
        cells, factors = system.sums.indices[at], system.sums.data[at]
        two = np.flatnonzero(hidden[cells])
        if factors[two].sum() and _tells(one, sensitive, cells[two]):
            pairs.setdefault(tuple(cells[two].tolist()), factors[two])
    return _added(system, pairs) if pairs else system


def _tells(one: np.ndarray, sensitive: np.ndarray, two: np.ndarray) -> bool:
    a, b = two
    return bool((one[a] and sensitive[b]) or (one[b] and sensitive[a]))


def _added(system: System, pairs: dict[tuple[int, ...], np.ndarray]) -> System:
    count, cells = len(pairs), len(system.value)
    rows = np.repeat(np.arange(count), 2)
    first = np.array(list(pairs)).ravel()
    factors = np.concatenate(list(pairs.values()))
    held = sparse.csr_array((factors, (rows, first)), shape=(count, cells))
    below = sparse.hstack([held, -sparse.eye_array(count)])
    beside = sparse.csr_array((system.sums.shape[0], count))
    sums = sparse.vstack([sparse.hstack([system.sums, beside]), below], format="csr")
    endless = np.full(count, np.inf)
    blocks = system.block[first].reshape(count, 2)
    one_block = blocks[:, 0] == blocks[:, 1]

    def longer(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.concatenate([old, new])

    return replace(
        system,
        value=longer(system.value, held @ system.value),
        sums=sums,
        unit=longer(system.unit, np.full(count, UNPUBLISHED)),
        low=longer(system.low, -endless),
        high=longer(system.high, endless),
        need=longer(system.need, np.ones(count)),
        alone=longer(system.alone, np.zeros(count, dtype=bool)),
        block=longer(system.block, np.where(one_block, blocks[:, 0], UNPUBLISHED)),
    )
