"""Rows of results as lines over quarters (Zeitreihen)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.catalogue import indicator
from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter
from kimeval.figures.words import own_shortfalls, parts, shared_reasons
from kimeval.tables.numbers import in_words

HATCH: dict[str, Any] = {
    "facecolor": "white",
    "edgecolor": "#BDBDBD",
    "hatch": "////",
    "linewidth": 0,
}
YEAR = 4
MOST = 4


@dataclass(frozen=True)
class Line:
    """One indicator over consecutive quarters (Zeitreihe).

    Attributes
    ----------
    name, unit : str
        German name and unit of the indicator.
    quarters : list of Quarter, length n
        Consecutive.
    rows : list, length n
        The row of each quarter, None where there is none.
    values, lower, upper : ndarray of float, shape (n,)
        NaN where missing, hidden or without bounds.
    incomplete : ndarray of bool, shape (n,)
        Quarters that lack what the others have.
    """

    name: str
    unit: str
    quarters: list[Quarter] = field(repr=False)
    rows: list[Mapping[str, Any] | None] = field(repr=False)
    values: NDArray[np.float64] = field(repr=False)
    lower: NDArray[np.float64] = field(repr=False)
    upper: NDArray[np.float64] = field(repr=False)
    incomplete: NDArray[np.bool_] = field(repr=False)

    @cached_property
    def newest_complete(self) -> int | None:
        """Place of the newest quarter with a value that can be compared."""
        usable = np.flatnonzero(np.isfinite(self.values) & ~self.incomplete)
        return int(usable[-1]) if usable.size else None

    @cached_property
    def year_before(self) -> int | None:
        """Place of the same quarter a year before `newest_complete`, where comparable."""
        if self.newest_complete is None or (before := self.newest_complete - YEAR) < 0:
            return None
        usable = np.isfinite(self.values[before]) and not self.incomplete[before]
        return before if usable else None

    def last_words(self) -> str:
        """The newest value, and the one of the year before if both are complete."""
        place, now = len(self.quarters) - 1, self.newest_complete
        said = f"zuletzt {self._words(place)}"
        if now is None or self.year_before is None:
            return said
        year_ago = f"Vorjahresquartal {self._words(self.year_before)}"
        if now == place:
            return f"{said}, {year_ago}"
        short = f"Q{self.quarters[now].number} {self.quarters[now].year}"
        return f"{said}; {short}: {self._words(now)}, {year_ago}"

    def sentence(self) -> str:
        """The newest value beside the quarter and the year before, in German.

        An incomplete one stands alone, and the newest complete one is told after it.
        """
        newest, now = len(self.quarters) - 1, self.newest_complete
        if not self.incomplete[newest] or now is None:
            return f"{self._beside(newest)}."
        further = f" Zuletzt vollständig: {self._beside(now)}." if now != newest else ""
        return f"{self._title} im {self.quarters[newest].label}: {self._words(newest)}.{further}"

    @property
    def _title(self) -> str:
        return f"{self.name[:1].upper()}{self.name[1:]}"

    def _beside(self, place: int) -> str:
        said = f"{self._title} im {self.quarters[place].label}: {self._words(place)}"
        for steps, when in ((1, "Vorquartal"), (YEAR, "Vorjahresquartal")):
            if place >= steps and self.rows[place - steps] is not None:
                said += f", im {when} {self._words(place - steps)}"
        return said

    def _words(self, place: int) -> str:
        row = self.rows[place]
        if row is None:
            return "nicht bestimmbar"
        lacking = self.incomplete[place] and np.isfinite(self.values[place])
        return f"{in_words(row)} (unvollständig)" if lacking else in_words(row)


def lines_of(frame: pd.DataFrame, quarters: list[Quarter]) -> list[Line]:
    """One line per indicator, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        Totals of one area: at most one row per indicator and quarter.
    quarters : list of Quarter
        Consecutive, all periods of the frame among them.

    Raises
    ------
    DataError
        If units differ, a quarter stands twice, or there are too many indicators.
    """
    names = list(frame["indicator"].unique())
    units = set(frame["unit"])
    if len(units) > 1 or len(names) > MOST:
        raise DataError(
            f"A trend draws at most {MOST} indicators of one unit, got {len(names)} of "
            f"{len(units)} units. Draw one figure per unit."
        )
    _require_once(frame, "indicator")
    return [
        _line(frame[frame["indicator"] == name], indicator(name).name, quarters) for name in names
    ]


def lines_by_group(frame: pd.DataFrame, quarters: list[Quarter]) -> list[Line]:
    """One line per group of one indicator, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        Rows of one area, indicator and dimension: one per group and quarter.
    quarters : list of Quarter
        Consecutive, all periods of the frame among them.

    Raises
    ------
    DataError
        If there is more than one indicator, or a group has a quarter twice.
    """
    if len(found := frame["indicator"].unique()) > 1:
        raise DataError(
            f"Groups by quarter show one indicator, got {len(found)}: {', '.join(found)}. "
            f"Choose with only(indicator=...)."
        )
    _require_once(frame, "group")
    groups = frame["group"].unique()
    return [_line(frame[frame["group"] == group], group, quarters) for group in groups]


def span_of(frame: pd.DataFrame) -> list[Quarter]:
    """All quarters from the first to the last of the rows."""
    found = sorted({Quarter.parse(period) for period in frame["period"]})
    return Quarter.span(found[0], found[-1])


def _require_once(frame: pd.DataFrame, column: str) -> None:
    if repeated := int(frame.duplicated([column, "period"]).sum()):
        raise DataError(
            f"A series holds each quarter of one {column} once, {repeated} rows repeat one. "
            f"Choose one area with only(area=...)."
        )


def _line(rows: pd.DataFrame, name: str, quarters: list[Quarter]) -> Line:
    rows = rows.assign(quarter=[Quarter.parse(period) for period in rows["period"]])
    rows = rows.sort_values("quarter", kind="stable")
    by_quarter = {row["quarter"]: row for row in rows.to_dict("records")}
    held = [by_quarter.get(quarter) for quarter in quarters]
    lacking = dict(zip(rows["quarter"], _lacking(rows), strict=True))

    def column(key: str) -> NDArray[np.float64]:
        return np.array([np.nan if row is None else row[key] for row in held], dtype=float)

    return Line(
        name,
        str(rows["unit"].iloc[0]),
        quarters,
        held,
        column("value"),
        column("lower"),
        column("upper"),
        np.array([bool(lacking.get(quarter)) for quarter in quarters]),
    )


def _lacking(rows: pd.DataFrame) -> list[str]:
    """Own shortfall of each quarter; the newest may be open and name only that."""
    shared = shared_reasons(rows)
    if len(rows) > 2 and (settled := shared_reasons(rows.iloc[:-1])):
        newest = own_shortfalls(rows.iloc[-1:], settled)[0]
        shared = settled if newest or settled <= set(parts(rows["reason"].iloc[-1])) else shared
    return own_shortfalls(rows, shared)
