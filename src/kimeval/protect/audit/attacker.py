"""An attacker who holds everything published and knows the rules (Angreifer).

It shares no code with the search for what to hide, and sees no true value of a
hidden cell: it takes the shown values, the sums, and the rule that a hidden
count is not zero, and finds the smallest and the largest possible value of each
hidden cell. Whole-number tables that fit are its proof that a cell stays open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from kimeval.core.errors import ProtectionError
from kimeval.protect.audit.guesses import FAR, Guesser
from kimeval.protect.audit.narrowing import narrowed
from kimeval.protect.blocks import ABOVE, SIZE, groups

CLOSE = 1e-6
ROUNDS = 40
TURNS = 6


@dataclass(frozen=True, repr=False)
class View:
    """What a reader has (Sicht von außen).

    Attributes
    ----------
    shown : ndarray of float, shape (cells,)
        Published values, NaN where a cell is not published.
    sums : csr_array, shape (sums, cells)
        Coefficients times values make 0.
    low, high : ndarray of float, shape (cells,)
        What the rule says of a cell that is not published.
    whole : bool
        Counts, or amounts.
    block : ndarray of int, shape (cells,), optional
        The area that each cell is of, -1 for those above. With a `known` table
        many cells are then attacked a few areas at a time first.
    """

    shown: np.ndarray = field(repr=False)
    sums: sparse.csr_array = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    whole: bool = True
    block: np.ndarray | None = field(default=None, repr=False)


@dataclass(frozen=True, repr=False)
class Attack:
    """What the attacker found out (Ergebnis des Angriffs).

    Attributes
    ----------
    lowest, highest : ndarray of float, shape (cells,)
        Bounds of each cell. Where `enough` ended the search early, a narrower
        pair of values that are both possible.
    exact : ndarray of bool, shape (cells,)
        Whether the bounds are the smallest and the largest possible value.
    """

    lowest: np.ndarray = field(repr=False)
    highest: np.ndarray = field(repr=False)
    exact: np.ndarray = field(repr=False)

    @property
    def width(self) -> np.ndarray:
        """How far the possible values of each cell lie apart."""
        return self.highest - self.lowest

    @property
    def recovered(self) -> np.ndarray:
        """Cells of which a single value is possible."""
        return self.width < CLOSE


def attack(
    view: View,
    target: np.ndarray | None = None,
    enough: float = np.inf,
    known: np.ndarray | None = None,
) -> Attack:
    """Find out as much as can be about cells that are not published.

    Parameters
    ----------
    view : View
        What is published.
    target : ndarray of bool, shape (cells,), optional
        Cells to attack; all that are hidden by default.
    enough : float
        A cell whose possible values are shown to lie so far apart is left.
    known : ndarray of float, shape (cells,), optional
        A table that fits, such as the true one. It is one possible table more
        and shortens the search; no bound comes from it.

    Returns
    -------
    Attack

    Raises
    ------
    ProtectionError
        If no table fits what is published: then it contradicts itself.
    """
    hidden = np.isnan(view.shown)
    target = hidden if target is None else target & hidden
    lowest = np.where(hidden, view.low, view.shown)
    highest = np.where(hidden, view.high, view.shown)
    exact = ~hidden
    given = -(view.sums @ np.where(hidden, 0.0, view.shown))
    for cells, sums in _pieces(view.sums, hidden, target):
        held = view.sums[sums][:, cells]
        low, high = narrowed(held, given[sums], view.low[cells], view.high[cells], view.whole)
        if (low > high + CLOSE).any():
            raise _contradiction()
        search = _Search(held, given[sums], low, high, view.whole, target[cells], enough)
        if known is not None:
            search.take(known[cells])
            if view.block is not None:
                search.by_blocks(view.block[cells], known[cells])
        lowest[cells], highest[cells], exact[cells] = search.bounds()
    return Attack(lowest, highest, exact)


def _pieces(
    sums: sparse.csr_array, hidden: np.ndarray, target: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Hidden cells that hang together, with the sums over them."""
    columns = np.flatnonzero(hidden)
    held = abs(sums[:, columns])
    graph = sparse.block_array([[None, held.T], [held, None]]).tocsr()
    _, label = csgraph.connected_components(graph, directed=False)
    of_cells, of_sums = label[: len(columns)], label[len(columns) :]
    wanted = np.unique(of_cells[target[columns]])
    order_cells, order_sums = (
        np.argsort(of_cells, kind="stable"),
        np.argsort(of_sums, kind="stable"),
    )
    sorted_cells, sorted_sums = of_cells[order_cells], of_sums[order_sums]
    pieces = []
    for one in wanted:
        a, b = np.searchsorted(sorted_cells, [one, one + 1])
        c, d = np.searchsorted(sorted_sums, [one, one + 1])
        pieces.append((columns[order_cells[a:b]], order_sums[c:d]))
    return pieces


class _Search:
    """Possible tables of one piece, until its cells are settled."""

    def __init__(
        self,
        sums: sparse.csr_array,
        given: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        whole: bool,
        target: np.ndarray,
        enough: float,
    ):
        self.sums, self.given, self.whole = sums, given, whole
        self.low, self.high = low, high
        self.target, self.enough = target, enough
        self.least, self.most = np.full(len(low), np.inf), np.full(len(low), -np.inf)

    @property
    def open(self) -> np.ndarray:
        """Cells of which more may be found out."""
        wide = np.minimum(self.high - self.low, self.enough) - CLOSE
        return np.flatnonzero(self.target & ~(self.most - self.least >= wide))

    def take(self, table: np.ndarray) -> None:
        """One more table; it is believed only if it fits."""
        inside = (table >= self.low - CLOSE) & (table <= self.high + CLOSE)
        if not inside.all() or np.abs(self.sums @ table - self.given).max(initial=0) > CLOSE:
            raise _contradiction()
        np.minimum(self.least, table, out=self.least)
        np.maximum(self.most, table, out=self.most)

    def by_blocks(self, block: np.ndarray, known: np.ndarray) -> None:
        """Tables that differ from the known one in a few areas."""
        if len(block) <= SIZE or len(np.unique(block[block != ABOVE])) < 3:
            return
        for turn in range(TURNS):
            before = len(self.open)
            for group in groups(block, turn):
                self._within(np.flatnonzero(group), known)
            if not len(self.open) or len(self.open) > 0.9 * before:
                break

    def _within(self, cells: np.ndarray, known: np.ndarray) -> None:
        place = np.searchsorted(cells, open_cells := np.intersect1d(self.open, cells))
        if not len(open_cells):
            return
        held = self.sums[:, cells]
        used = np.flatnonzero(np.diff(held.indptr))
        held = held[used]
        guesser = Guesser(held, held @ known[cells], self.low[cells], self.high[cells], self.whole)
        table = known.copy()
        generator = np.random.default_rng(0)
        for _ in range(ROUNDS):
            for part in guesser.tables(place, generator):
                table[cells] = part
                self.take(table)
            before, place = place, np.searchsorted(cells, np.intersect1d(self.open, cells))
            if not len(place) or len(place) > 0.9 * len(before):
                break
        for cell in place.tolist():
            for way in (1, -1):
                if cells[cell] in self.open and (found := guesser.guess(cell, way)) is not None:
                    table[cells] = found
                    self.take(table)

    def bounds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Smallest and largest values, and whether they are the true bounds."""
        if not self.sums.shape[0]:
            return self.low, self.high, np.ones(len(self.low), dtype=bool)
        if len(self.open):
            self._all_cells()
        found = np.isfinite(self.least)
        low = np.where(found, self.least, self.low)
        high = np.where(found & (self.most < FAR), self.most, self.high)
        short = self.target & (high - low < self.enough - CLOSE)
        return low, high, short | (high - low >= self.high - self.low - CLOSE)

    def _all_cells(self) -> None:
        guesser = Guesser(self.sums, self.given, self.low, self.high, self.whole)
        generator = np.random.default_rng(0)
        for _ in range(ROUNDS):
            before = self.open
            if not len(before):
                break
            for table in guesser.tables(before, generator):
                self.take(table)
            if len(self.open) > 0.9 * len(before):
                break
        for cell in self.open:
            for way in (1, -1):
                if cell in self.open:
                    self.take(guesser.extreme(int(cell), way))


def _contradiction() -> ProtectionError:
    return ProtectionError(
        "What is published must not contradict itself, found sums that no hidden values fit. "
        "Measure and protect the tables from the same data."
    )
