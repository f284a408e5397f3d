"""Other true values that look the same from outside (gleich aussehende Tabellen).

A move changes hidden cells so that every sum still holds. Two moves in which a
cell differs by so much prove that a reader cannot know it better than that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from kimeval.protect.solve.system import UNPUBLISHED, System

CLOSE = 1e-6
MOVED = 1e-7


class Move(NamedTuple):
    """Cells that change together, and by how much (Verschiebung).

    Attributes
    ----------
    cells : ndarray of int, shape (n,)
        Cells that change, each once.
    steps : ndarray of float, shape (n,)
        Whole numbers where the system counts.
    """

    cells: np.ndarray
    steps: np.ndarray

    def units(self, system: System) -> np.ndarray:
        """Units that it changes (int, each once)."""
        found = np.unique(system.unit[self.cells])
        return found[found != UNPUBLISHED]


@dataclass
class Pool:
    """Moves found so far, and how far each cell goes in them (Zeugen).

    Attributes
    ----------
    moves : list of Move
        Each keeps all sums and bounds.
    lowest, highest : ndarray of float, shape (cells,)
        How far each cell falls and rises in one of them.
    """

    system: System = field(repr=False)
    moves: list[Move] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.lowest = np.zeros(len(self.system.value))
        self.highest = np.zeros(len(self.system.value))

    def add(self, move: Move) -> None:
        """Take one more move."""
        self.moves.append(move)
        cells, steps = move
        self.lowest[cells] = np.minimum(self.lowest[cells], steps)
        self.highest[cells] = np.maximum(self.highest[cells], steps)

    def serves(self, move: Move) -> bool:
        """Whether a move takes a cell further that falls short of its need."""
        cells, steps = move
        beyond = (steps < self.lowest[cells] - CLOSE) | (steps > self.highest[cells] + CLOSE)
        return bool((beyond & (self.short(cells) > 0)).any())

    def short(self, cells: np.ndarray) -> np.ndarray:
        """How far some cells fall short of their need."""
        short = self.system.need[cells] - (self.highest[cells] - self.lowest[cells])
        return np.where(short > CLOSE, short, 0.0)

    @property
    def lacking(self) -> np.ndarray:
        """How far each sensitive cell falls short of its need (shape (cells,))."""
        return self.short(np.arange(len(self.lowest)))

    @property
    def units(self) -> np.ndarray:
        """Units that some move changes (bool, shape (units,))."""
        found = np.zeros(self.system.units, dtype=bool)
        for move in self.moves:
            found[move.units(self.system)] = True
        return found

    def within(self, hidden: np.ndarray) -> Pool:
        """The moves that touch only cells that are hidden."""
        shown = ~self.system.hidden_cells(hidden)
        kept = Pool(self.system)
        for move in self.moves:
            if not shown[move.cells].any():
                kept.add(move)
        return kept
