"""Classes of days in which enough persons end each way (Klassen der Zeit)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.lifetable import LifeTable, life_table
from kimeval.core.statistics.survival import Spells
from kimeval.core.statistics.survival.spells import Ints

DAYS = (30, 60, 90, 120, 180, 270, 365, 545, 730, 1095)
MANY = 6
LONGEST, WIDEST = 4000, 370
CROSS = " × "
LATER = "später"


@dataclass(frozen=True)
class Classes:
    """Classes of days; the last has no end, and no way to end is told in it (Klassen).

    Attributes
    ----------
    edges : tuple of int
        Last day of each class but the last.
    """

    edges: tuple[int, ...]

    @classmethod
    def of(cls, held: Spells, kinds: int, days: Sequence[int] = DAYS) -> Classes:
        """The narrowest classes in which 0 or at least `MANY` persons end each way.

        A class with fewer is joined with the next, the last with the one before it. In the
        last nobody asks how it ended. Late entries count as a way of their own.
        """
        edges = [day for day in days if day < held.exit.max()]
        while edges:
            few = cls(tuple(edges)).cells(held, kinds)
            few[-1, 0] = few[-1, : kinds + 1].sum()
            few[-1, 1 : kinds + 1] = 0
            small = np.flatnonzero(((few > 0) & (few < MANY)).any(axis=1))
            if not len(small):
                break
            edges.pop(min(int(small[0]), len(edges) - 1))
        return cls(tuple(edges))

    def cells(self, held: Spells, kinds: int) -> Ints:
        """Persons by class and way: going on, each kind, entered late; (classes, kinds + 2)."""
        at, counted = self.place(held.exit), len(self.edges) + 1
        table = np.zeros((counted, kinds + 2), np.int64)
        for kind in range(kinds + 1):
            table[:, kind] = np.bincount(at[held.ending == kind], minlength=counted)
        late = held.entry > 0
        table[:, kinds + 1] = np.bincount(self.place(held.entry[late]), minlength=counted)
        return table

    @property
    def names(self) -> list[str]:
        """German name of each class."""
        lows = [0, *(edge + 1 for edge in self.edges)]
        ended = [f"{a} bis {b} Tage" for a, b in zip(lows, self.edges, strict=False)]
        return [*ended, f"ab {lows[-1]} Tagen"]

    def place(self, days: Floats) -> Ints:
        """Position of the class of each number of days, shape (n,)."""
        return np.searchsorted(self.edges, days, side="left")


def table_of(
    held: pd.DataFrame,
    kinds: Sequence[str],
    entered: pd.DataFrame | None = None,
    design: float = 1.0,
    level: float = 0.95,
) -> tuple[LifeTable, list[int]]:
    """Life table of published classes.

    Parameters
    ----------
    held : DataFrame, shape (rows, any)
        With group, that ends on `class × kind`, and value.
    kinds : sequence of str
        The outcome first; the last one goes on.
    entered : DataFrame, optional
        With group, that ends on the class, and the number that entered late in it.
    design : float
        Variance relative to that of independent persons.
    level : float

    Returns
    -------
    tuple of LifeTable and list of int
        The latter are the last days of the classes; `LONGEST` of one without an end.
    """
    cells = {tuple(r["group"].split(CROSS)[-2:]): r["value"] for r in held.to_dict("records")}
    came = _by_class(entered)
    days = sorted({(_last_day(name), name) for name in [*came, *(name for name, _ in cells)]})
    counts = np.array([[cells.get((name, kind), 0.0) for kind in kinds] for _, name in days])
    counts[:, -1] += [cells.get((name, LATER), 0.0) for _, name in days]
    late = None
    if entered is not None and len(entered):
        late = np.array([came.get(name, 0.0) for _, name in days])
    edges = [0, *(day for day, _ in days)]
    table = life_table(
        edges, counts[:, :-1], counts[:, -1], level=level, entered=late, design=design
    )
    return table, edges[1:]


def left_after(held: pd.DataFrame, entered: pd.DataFrame | None = None) -> Floats:
    """Persons under observation at the beginning and after each class, shape (classes + 1,).

    Parameters as of `table_of`; a class that neither names holds nobody.
    """
    names = [group.split(CROSS)[-2] for group in held["group"]]
    numbers = held.assign(name=names).groupby("name")["value"].sum().to_dict()
    came = _by_class(entered)
    order = sorted({*numbers, *came}, key=_last_day)
    counts = np.array([numbers.get(name, 0.0) for name in order])
    late = np.array([came.get(name, 0.0) for name in order])
    total = counts.sum()
    gone = np.append(0.0, np.cumsum(counts))
    to_come = late.sum() - np.append(0.0, np.cumsum(late))
    return total - gone - to_come


def _by_class(entered: pd.DataFrame | None) -> dict[str, float]:
    rows = [] if entered is None else entered.to_dict("records")
    return {row["group"].split(CROSS)[-1]: row["value"] for row in rows}


def _last_day(name: str) -> int:
    words = name.split()
    return LONGEST if words[0] == "ab" else int(words[2])
