"""What one person who is alone in a hidden cell finds out (Einzelne als Angreifer)."""

from __future__ import annotations

import numpy as np

from kimeval.protect.solve.system import System

CLOSE = 1e-6


def known_to_one(system: System, alone: np.ndarray, shown: np.ndarray, width: np.ndarray) -> int:
    """Sensitive cells that follow for who is alone in the other open cell of a sum.

    Parameters
    ----------
    system : System
        Sums, and which cells are sensitive.
    alone : ndarray of bool, shape (cells,)
        Hidden cells that count a single person.
    shown : ndarray of bool, shape (cells,)
        What is published.
    width : ndarray of float, shape (cells,)
        How far apart the possible values of each cell are to any reader.

    Returns
    -------
    int
    """
    unknown = ~shown & (width > CLOSE)
    found: set[int] = set()
    for line in range(system.sums.shape[0]):
        at = slice(system.sums.indptr[line], system.sums.indptr[line + 1])
        cells, factors = system.sums.indices[at], system.sums.data[at]
        left = cells[unknown[cells]]
        same = not factors[unknown[cells]].sum()  # a total and its only part: the same persons
        if len(left) == 2 and not same:
            pairs = zip(left, left[::-1], strict=True)
            found |= {int(c) for c, other in pairs if alone[other] and system.need[c] > 0}
    return len(found)
