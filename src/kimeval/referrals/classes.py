"""Classes of waiting time, wide enough to be published (Klassen der Wartezeit)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.statistics.lifetable import LifeTable, life_table

DAYS = (14, 30, 60, 90, 180)
MANY = 10
LONGEST = 1100
CROSS = " × "


@dataclass(frozen=True)
class Classes:
    """Classes of days (Klassen).

    Attributes
    ----------
    edges : tuple of int
        Last day of each class but the last, which has no end.
    """

    edges: tuple[int, ...]

    @classmethod
    def of(cls, days: pd.Series, ending: pd.Series, person: pd.Series) -> Classes:
        """Join the last classes until each holds enough persons of each ending.

        Parameters
        ----------
        days : Series of int, shape (n,)
        ending : Series of str, shape (n,)
            How it ended; missing while it is open.
        person : Series of str, shape (n,)
        """
        edges = list(DAYS)
        kinds = ending.nunique()
        while edges:
            late = person[(days > edges[-1]) & ending.notna()]
            persons = late.groupby(ending.loc[late.index]).nunique()
            if late.empty or (len(persons) == kinds and persons.min() >= MANY):
                break
            edges.pop()
        return cls(tuple(edges))

    @property
    def names(self) -> list[str]:
        """German name of each class."""
        lows = [0, *(edge + 1 for edge in self.edges)]
        ended = [f"{a} bis {b} Tage" for a, b in zip(lows, self.edges, strict=False)]
        return [*ended, f"ab {lows[-1]} Tagen"]

    def place(self, days: pd.Series) -> NDArray[np.integer]:
        """Position of the class of each number of days, shape (n,)."""
        return np.searchsorted(self.edges, days, side="left")


def table_of(
    held: pd.DataFrame, endings: Sequence[str], level: float
) -> tuple[LifeTable, list[int]]:
    """Life table of published classes.

    Parameters
    ----------
    held : DataFrame, shape (rows, any)
        With group, `class × ending`, and value.
    endings : sequence of str
        The last one is open.
    level : float
        Coverage of the bounds.

    Returns
    -------
    tuple of LifeTable and list of int
        The latter are the last days of the classes; `LONGEST` of one without an end.
    """
    cells = {tuple(r["group"].split(CROSS)[-2:]): r["value"] for r in held.to_dict("records")}
    days = sorted({(_last_day(name), name) for name, _ in cells})
    counts = np.array([[cells.get((name, kind), 0.0) for kind in endings] for _, name in days])
    edges = [0, *(day for day, _ in days)]
    return life_table(edges, counts[:, :-1], counts[:, -1], level=level), edges[1:]


def _last_day(name: str) -> int:
    words = name.split()
    return LONGEST if words[0] == "ab" else int(words[2])
