"""Movers over parts of a large system (Ausschnitte)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kimeval.protect.blocks import SIZE, groups
from kimeval.protect.solve.mover import Mover
from kimeval.protect.solve.system import UNPUBLISHED, System

HELD = 8


class Regions:
    """Movers over parts of a system (Ausschnitte).

    Parameters
    ----------
    system : System
        With up to `SIZE` cells, or fewer than three blocks, it is one region;
        otherwise regions are a few blocks with all cells of no block.
    """

    def __init__(self, system: System):
        self.system = system
        blocks = np.unique(system.block[system.block != UNPUBLISHED])
        self.single = len(system.value) <= SIZE or len(blocks) < 3
        self._whole: Mover | None = None
        self._near: dict[tuple[int, int], Mover] = {}

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
        for group in groups(self.system.block, seed):
            yield Mover(self.system, np.flatnonzero(group))

    def near(self, cell: int, attempt: int) -> Mover:
        """A mover over a cell's block and a few others; others in the next attempt."""
        if self.single:
            return self.whole
        block = int(self.system.block[cell])
        if (block, attempt) not in self._near:
            group = next(groups(self.system.block, [block + 1, attempt], block))
            if len(self._near) >= HELD:
                self._near.clear()
            self._near[block, attempt] = Mover(self.system, np.flatnonzero(group))
        return self._near[block, attempt]
