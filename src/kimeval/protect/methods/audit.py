"""The attack on altered numbers (Prüfung von Rundung und Cell-Key-Methode).

The attacker knows the method, the rules and every number that was published. Each
number leaves some true counts possible; sums between rows, that hold for true
counts, leave fewer. It is found out for each count how far the smallest and the
largest that remain lie apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from kimeval.core.errors import ProtectionError
from kimeval.protect.arrays import system_of
from kimeval.protect.audit.attacker import View, attack
from kimeval.protect.facts import HIDDEN, SHOWN, Cell, Fact, Key, counts_persons, facts, stacked
from kimeval.protect.linking import REVISION, network
from kimeval.protect.methods.alter import Method
from kimeval.protect.rules import Rules

FEW, WITHHELD = "few", "withheld"
COLUMN = {"count": "public_value", "hits": "public_numerator", "base": "public_denominator"}


@dataclass(frozen=True)
class Audit:
    """What the attack on altered numbers came to, in numbers only (Prüfbericht).

    Attributes
    ----------
    method : str
        rounding or cellkey.
    cells : int
        Counts that the release and all earlier ones told or left out.
    altered : int
        Rows of this release that show altered numbers.
    withheld : int
        Rows of this release that are hidden or left out.
    attacked : int
        True counts below the threshold; zeros are among them where they are unsafe.
    recovered : int
        Those of which fewer values remain possible than the rules ask for; must be 0.
    narrowest : int or None
        Least distance of their possible values, looked for up to the one that the
        rules ask for; None where there are none.
    releases : int
        Earlier releases that the attacker held as well.
    """

    method: str
    cells: int
    altered: int
    withheld: int
    attacked: int
    recovered: int
    narrowest: int | None
    releases: int

    @property
    def safe(self) -> bool:
        """Whether the release may be published."""
        return not self.recovered


@dataclass(frozen=True, repr=False)
class Found:
    """Cells with what remains possible for each (Ergebnis des Angriffs).

    Attributes
    ----------
    cells : list of Cell
        Row, role and release of each.
    value : ndarray of float, shape (cells,)
        True counts.
    lowest, highest : ndarray of float, shape (cells,)
        What remains possible, or a narrower pair that is far enough apart.
    sums : csr_array, shape (sums, cells)
        Coefficients times values make 0.
    """

    cells: list[Cell]
    value: np.ndarray = field(repr=False)
    lowest: np.ndarray = field(repr=False)
    highest: np.ndarray = field(repr=False)
    sums: sparse.csr_array = field(repr=False)

    def narrow(self, rules: Rules) -> np.ndarray:
        """Cells that a reader knows too well and that may be small, as far as he can tell."""
        few = (self.lowest < rules.threshold) & (self.highest >= rules.least)
        fewer = (self.lowest <= -rules.least) & (self.highest > -rules.threshold)
        known_zero = (self.highest == 0) & (self.lowest == 0) & (rules.zeros == "safe")
        return (few | fewer) & ~known_zero & (self.highest - self.lowest < rules.spread)


def audit(history: pd.DataFrame, rows: pd.DataFrame, rules: Rules, method: Method) -> Audit:
    """Attack a release of altered numbers with everything that was published before.

    Parameters
    ----------
    history, rows : DataFrame, shape (rows, 22)
        Of earlier releases and of this one, as `facts.HELD`.
    rules : Rules
        Which counts are small.
    method : Method
        How they were altered.

    Returns
    -------
    Audit
    """
    found = find_out(stacked(history, rows), rules, method)
    width = found.highest - found.lowest
    small = (np.abs(found.value) >= rules.least) & (np.abs(found.value) < rules.threshold)
    return Audit(
        method=method.name,
        cells=len(found.cells),
        altered=int((rows["state"] == method.name).sum()),
        withheld=int(rows["state"].isin([FEW, WITHHELD]).sum()),
        attacked=int(small.sum()),
        recovered=int((width[small] < rules.spread).sum()),
        narrowest=int(min(width[small].min(), rules.spread)) if small.any() else None,
        releases=int(history["release"].nunique()),
    )


def require_safe(found: Audit) -> None:
    """Refuse a release from which a small count follows.

    Raises
    ------
    ProtectionError
        With numbers only.
    """
    if not found.safe:
        raise ProtectionError(
            f"No published number may give a small count away, the attack narrowed "
            f"{found.recovered} of {found.attacked} small counts in spite of "
            f"method='{found.method}'. Nothing was published. Evaluate fewer breakdowns."
        )


def find_out(
    rows: pd.DataFrame, rules: Rules, method: Method, fresh: set[Key] | None = None
) -> Found:
    """What remains possible for each count.

    Parameters
    ----------
    rows : DataFrame, shape (rows, 22)
        All that was published, as `facts.HELD`.
    rules, method : Rules, Method
        Known to the attacker.
    fresh : set of Key, optional
        Only counts that hang together with one of these rows are attacked.

    Returns
    -------
    Found
    """
    told = rows[counts_persons(rows) & (rows["status"] != "refused")]
    known = facts(told, rules)
    system, _, cells = system_of(network(known, rules))
    place = {cell: number for number, cell in enumerate(cells)}
    low = np.array([_floor(cell) for cell in cells], dtype=float)
    high = np.full(len(cells), np.inf)
    for cell, least, most in _told(known, told, place, rules, method):
        at = place[cell]
        low[at], high[at] = max(low[at], least), min(high[at], most)
    low[_slack(system.low, cells)] = -np.inf
    target = (low < rules.threshold) & (high >= rules.least)
    if fresh is not None:
        target &= _near(system.sums, np.array([cell[0] in fresh for cell in cells], dtype=bool))
    view = View(np.full(len(cells), np.nan), system.sums, low, high, block=system.block)
    found = attack(view, target, float(rules.spread), known=system.value)
    return Found(cells, system.value, found.lowest, found.highest, system.sums)


def _floor(cell: Cell) -> float:
    return -np.inf if cell[1].startswith(REVISION) else 0.0


def _slack(low: np.ndarray, cells: list[Cell]) -> np.ndarray:
    """Remainders of sums that may be over as well as lacking."""
    rest = np.array([not cell[0][0] for cell in cells], dtype=bool)
    return np.flatnonzero(rest & np.isneginf(low))


def _told(
    known: list[Fact],
    rows: pd.DataFrame,
    place: dict[Cell, int],
    rules: Rules,
    method: Method,
) -> Iterator[tuple[Cell, float, float]]:
    """Each cell with the bounds that the row it stands in gives it."""
    newest: dict[tuple[Key, str], Cell] = {}
    records = rows.reindex(columns=list(COLUMN.values())).to_dict("records")
    pairs = zip(known, records, rows["unit"], strict=True)
    for fact, record, unit in sorted(pairs, key=lambda pair: pair[0].release):
        for role, number in fact.numbers.items():
            cell: Cell = (fact.key, role, fact.release)
            cell = cell if cell in place else newest.get((fact.key, role), cell)
            newest[fact.key, role] = cell
            if cell in place:
                column = COLUMN.get(role, "")
                yield cell, *_bounds(fact, role, number, unit, record.get(column), rules, method)


def _bounds(
    fact: Fact,
    role: str,
    number: float,
    unit: str,
    published: float | None,
    rules: Rules,
    method: Method,
) -> tuple[float, float]:
    if fact.state == SHOWN:
        return number, number
    if fact.state == HIDDEN and role == "count":
        return float(rules.least), np.inf
    if fact.state == FEW and role in ("hits", "base"):
        return float(role == "base" and number > 0), _most_of_few(rules, method)
    if fact.state == method.name and published is not None and not np.isnan(published):
        low, high = method.possible(np.array([published]))
        return float(low[0]), float(high[0])
    return (0.0, np.inf)


def _most_of_few(rules: Rules, method: Method) -> float:
    """The largest count of persons that a share or a duration is hidden for."""
    counts = np.arange(9.0 * rules.threshold)
    least, _ = method.possible(method.published(counts, np.zeros(len(counts))))
    return float(counts[least < rules.threshold].max())


def _near(sums: sparse.csr_array, fresh: np.ndarray) -> np.ndarray:
    """Cells in the same system of sums as a fresh one."""
    graph = sparse.block_array([[None, sums.T], [sums, None]]).tocsr()
    _, label = csgraph.connected_components(graph, directed=False)
    of_cells = label[: sums.shape[1]]
    return np.isin(of_cells, of_cells[fresh])
