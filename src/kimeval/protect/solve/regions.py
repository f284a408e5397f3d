"""Parts of a large system that are searched one after the other (Ausschnitte).

A programme over all cells of a state takes minutes, one over a few areas a
moment; what keeps the sums of the few keeps all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kimeval.protect.solve.mover import Mover
from kimeval.protect.solve.system import UNPUBLISHED, System

SIZE = 1500


class Regions:
    """Movers over parts of a system (Ausschnitte).

    Parameters
    ----------
    system : System
        With up to `SIZE` cells, or without blocks, it is one region; otherwise
        regions are a few blocks with all cells of no block.
    """

    def __init__(self, system: System):
        self.system = system
        self.blocks = np.unique(system.block[system.block != UNPUBLISHED])
        self.single = len(system.value) <= SIZE or len(self.blocks) < 3
        self._whole: Mover | None = None

    @property
    def whole(self) -> Mover:
        """A mover over all cells."""
        if self._whole is None:
            self._whole = Mover(self.system)
        return self._whole

    def split(self, seed: int) -> Iterator[Mover]:
        """Movers over regions that hold each block once, grouped at random."""
        if self.single:
            yield self.whole
            return
        order = np.random.default_rng(seed).permutation(self.blocks)
        size = np.bincount(self.system.block + 1, minlength=int(self.blocks.max()) + 2)
        group: list[int] = []
        for block in order.tolist():
            if len(group) > 1 and size[0] + size[[b + 1 for b in [*group, block]]].sum() > SIZE:
                yield self._over(group)
                group = []
            group.append(block)
        yield self._over(group if len(group) > 1 else [*group, int(order[0])])

    def near(self, cell: int, attempt: int) -> Mover:
        """A mover over a cell's block and a few others; others in the next attempt."""
        if self.single:
            return self.whole
        own = self.system.block[cell]
        others = self.blocks[self.blocks != own]
        chosen = np.random.default_rng([cell, attempt]).permutation(others)
        size = np.bincount(self.system.block + 1, minlength=int(self.blocks.max()) + 2)
        group = [] if own == UNPUBLISHED else [int(own)]
        for block in chosen.tolist():
            if len(group) > 1 and size[0] + size[[b + 1 for b in [*group, block]]].sum() > SIZE:
                break
            group.append(block)
        return self._over(group)

    def _over(self, blocks: list[int]) -> Mover:
        inside = np.isin(self.system.block, blocks) | (self.system.block == UNPUBLISHED)
        return Mover(self.system, np.flatnonzero(inside))
