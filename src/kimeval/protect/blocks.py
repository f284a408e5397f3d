"""Blocks of cells that belong together, in random groups (Blöcke).

A programme over all cells of a state takes minutes, one over a few areas a
moment; what keeps the sums of the few keeps all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

SIZE = 1500
ABOVE = -1


def groups(
    block: np.ndarray, seed: int | list[int], first: int = ABOVE, size: int = SIZE
) -> Iterator[np.ndarray]:
    """Cells of a few blocks each, until every block had its turn.

    Parameters
    ----------
    block : ndarray of int, shape (cells,)
        Number of each cell's block, `ABOVE` for cells above the blocks.
    seed : int or list of int
        For the grouping.
    first : int
        A block that is in the first group.
    size : int
        Cells of a group, at the most; but never fewer than two blocks.

    Yields
    ------
    ndarray of bool, shape (cells,)
        The cells of a group and those above.
    """
    known = np.unique(block[block != ABOVE])
    order = np.random.default_rng(seed).permutation(known[known != first])
    if first != ABOVE:
        order = np.append(first, order)
    cells = np.bincount(block + 1, minlength=2)
    above = block == ABOVE
    group: list[int] = []
    held = cells[0]
    for one in order.tolist():
        if len(group) > 1 and held + cells[one + 1] > size:
            yield np.isin(block, group) | above
            group, held = [], cells[0]
        group.append(one)
        held += cells[one + 1]
    if len(group) == 1 and len(order) > 1:
        group.append(int(order[0]))
    yield np.isin(block, group) | above
