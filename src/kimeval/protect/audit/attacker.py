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
from kimeval.protect.audit.guesses import Guesser
from kimeval.protect.audit.narrowing import narrowed

CLOSE = 1e-6
ROUNDS = 40


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
    """

    shown: np.ndarray = field(repr=False)
    sums: sparse.csr_array = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    whole: bool = True


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


def attack(view: View, target: np.ndarray | None = None, enough: float = np.inf) -> Attack:
    """Find out as much as can be about cells that are not published.

    Parameters
    ----------
    view : View
        What is published.
    target : ndarray of bool, shape (cells,), optional
        Cells to attack; all that are hidden by default.
    enough : float
        A cell whose possible values are shown to lie so far apart is left.

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
        found = _bounds(held, given[sums], low, high, view.whole, target[cells], enough)
        lowest[cells], highest[cells], exact[cells] = found
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


def _bounds(
    sums: sparse.csr_array,
    given: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    whole: bool,
    target: np.ndarray,
    enough: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bounds of the cells of one piece."""
    if not sums.shape[0]:
        return low, high, np.ones(len(low), dtype=bool)
    guesser = Guesser(sums, given, low, high, whole)
    least, most = np.full(len(low), np.inf), np.full(len(low), -np.inf)

    def open_cells() -> np.ndarray:
        wide = np.minimum(high - low, enough) - CLOSE
        return np.flatnonzero(target & ~(most - least >= wide))

    generator = np.random.default_rng(0)
    for _ in range(ROUNDS):
        before = open_cells()
        if not len(before):
            break
        for table in guesser.tables(before, generator):
            np.minimum(least, table, out=least)
            np.maximum(most, table, out=most)
        if len(open_cells()) > 0.9 * len(before):
            break
    for cell in open_cells():
        for way in (1, -1):
            if cell not in open_cells():
                break
            table = guesser.extreme(int(cell), way)
            np.minimum(least, table, out=least)
            np.maximum(most, table, out=most)
    settled = target & ((most - least) < enough - CLOSE) | (most - least >= high - low - CLOSE)
    unseen = ~np.isfinite(least)
    return np.where(unseen, low, least), np.where(unseen, high, most), settled


def _contradiction() -> ProtectionError:
    return ProtectionError(
        "What is published must not contradict itself, found sums that no hidden values fit. "
        "Measure and protect the tables from the same data."
    )
