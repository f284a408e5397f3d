"""Classes of waiting time, wide enough to be published (Klassen der Wartezeit)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from kimeval.core.statistics.lifetable import LifeTable, life_table
from kimeval.referrals.families import effect_said

DAYS = (14, 30, 60, 90, 180)
BETWEEN = (7, 10, 21, 45)
MANY = 10
LONGEST = 1100
HALF = 0.5
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
    def of(
        cls, days: pd.Series, ending: pd.Series, person: pd.Series, finer: bool = False
    ) -> Classes:
        """Join the last classes until each holds enough persons of each ending.

        Parameters
        ----------
        days : Series of int, shape (n,)
        ending : Series of str, shape (n,)
            How it ended; missing while it is open.
        person : Series of str, shape (n,)
        finer : bool
            Whether a class is divided at `BETWEEN` where both parts hold enough persons
            of each ending.
        """
        edges = list(DAYS)
        kinds = ending.nunique()
        while edges:
            late = person[(days > edges[-1]) & ending.notna()]
            persons = late.groupby(ending.loc[late.index]).nunique()
            if late.empty:
                last = person[(days > [0, *edges][-2]) & ending.notna()]
                persons = last.groupby(ending.loc[last.index]).nunique()
                if last.empty or persons.min() >= MANY:
                    break
            elif len(persons) == kinds and persons.min() >= MANY:
                break
            edges.pop()
        found = cls(tuple(edges))
        for day in BETWEEN if finer else ():
            divided = cls(tuple(sorted((*found.edges, day))))
            at = divided.edges.index(day)
            if day < max(edges, default=0) and divided._least(at, days, ending, person) >= MANY:
                found = divided
        return found

    def _least(self, at: int, days: pd.Series, ending: pd.Series, person: pd.Series) -> int:
        """Fewest persons of any ending in a class and in the next."""
        place = pd.Series(self.place(days), days.index)
        here = ending.notna() & place.isin([at, at + 1])
        cells = person[here].groupby([place[here], ending[here]]).nunique()
        return int(cells.min()) if len(cells) == 2 * ending.nunique() else 0

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
        Bounds at the end of a class are wider by the design effect that its rows tell.
    """
    cells, effects = {}, {}
    for told in held.to_dict("records"):
        cell = tuple(told["group"].split(CROSS)[-2:])
        cells[cell], effects[cell] = told["value"], effect_said(str(told["method"]))
    days = sorted({(_last_day(name), name) for name, _ in cells})
    counts = np.array([[cells.get((name, kind), 0.0) for kind in endings] for _, name in days])
    edges = [0, *(day for day, _ in days)]
    wide = np.array([[effects.get((name, kind), 1.0) for kind in endings] for _, name in days])
    return _widened(edges, counts, wide, level), edges[1:]


def _widened(
    edges: Sequence[int], counts: NDArray[np.float64], effects: NDArray[np.float64], level: float
) -> LifeTable:
    """A life table whose bounds at each edge are those of fewer, independent persons."""
    table = life_table(edges, counts[:, :-1], counts[:, -1], level=level)
    lower, upper = table.waiting_lower.copy(), table.waiting_upper.copy()
    below, above = table.ended_lower.copy(), table.ended_upper.copy()
    for edge, row in enumerate(effects, start=1):
        for column, effect in enumerate(row):
            if effect > 1:
                fewer = counts / effect
                other = life_table(edges, fewer[:, :-1], fewer[:, -1], level=level)
                if column < len(row) - 1:
                    below[edge, column] = other.ended_lower[edge, column]
                    above[edge, column] = other.ended_upper[edge, column]
                else:
                    lower[edge] = other.waiting_lower[edge]
                    upper[edge] = other.waiting_upper[edge]
    return replace(table, waiting_lower=lower, waiting_upper=upper,
                   ended_lower=below, ended_upper=above)  # fmt: skip


def days_until_half(table: LifeTable) -> tuple[float, float, float]:
    """Days until half have ended, with bounds; NaN beyond the classes with an end (Median).

    Between the ends of classes a monotone cubic runs. A straight line would take endings
    as spread evenly, though most come early in a class, and so be a day or two late.

    References
    ----------
    Fritsch and Carlson (1980), SIAM J. Numer. Anal. 17, 238-246; Brookmeyer and Crowley
    (1982), Biometrics 38, 29-41, for the bounds.
    """
    curves = (table.waiting, table.waiting_lower, table.waiting_upper)
    value, lower, upper = (_half(table.edges, curve) for curve in curves)
    return value, lower, upper


def _half(edges: NDArray[np.float64], curve: NDArray[np.float64]) -> float:
    known = ~np.isnan(curve) & (edges < LONGEST)
    days, left = edges[known], curve[known]
    reached = np.flatnonzero(left <= HALF)
    if not len(reached) or reached[0] == 0:
        return float("nan")
    between = float(days[reached[0] - 1]), float(days[reached[0]])
    smooth = PchipInterpolator(days, left)
    return float(brentq(lambda day: smooth(day) - HALF, *between))


def _last_day(name: str) -> int:
    words = name.split()
    return LONGEST if words[0] == "ab" else int(words[2])
