"""Rows of results by the place they stand for (Ergebnisse nach Ort)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kimeval.core.area import STATE, Area, areas, state
from kimeval.core.area import area as find_area
from kimeval.core.errors import DataError
from kimeval.core.results import TOTAL

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Places:
    """The rows of one indicator and period by place (Ergebnisse nach Ort).

    Attributes
    ----------
    area : Area
        The state, whose areas are the places, or an area with municipalities.
    names : mapping of str to str
        German name of every place by code, also of those without a row.
    rows : mapping of str to row
        By code of the place.
    whole : row, optional
        Of the area itself.
    apart : tuple of row
        Of groups that are no place, such as `unbekannt`.
    """

    area: Area
    names: Mapping[str, str] = field(repr=False)
    rows: Mapping[str, Record] = field(repr=False)
    whole: Record | None = field(default=None, repr=False)
    apart: tuple[Record, ...] = field(default=(), repr=False)

    @property
    def words(self) -> tuple[str, str]:
        """What a place is called in German, one and many."""
        return ("Gebiet", "Gebiete") if self.area.code == STATE else ("Gemeinde", "Gemeinden")

    def short(self, code: str) -> str:
        """Name of a place beside a mark: `Heinsberg`, `Stadt Aachen`, `StädteRegion Aachen`."""
        name = self.names[code].partition(" (")[0] if self.area.code == STATE else self.names[code]
        bare = name.removeprefix("Kreis ").removeprefix("Stadt ")
        return name if bare == "Aachen" else bare

    @property
    def frame(self) -> pd.DataFrame:
        """Rows of places with their `code` and `name`, in the order of the codes."""
        records = [
            {**self.rows[code], "code": code, "name": name}
            for code, name in self.names.items()
            if code in self.rows
        ]
        return pd.DataFrame(records)


def places_of(frame: pd.DataFrame) -> Places:
    """Sort rows by place: an area's municipalities, or the areas of the state.

    Parameters
    ----------
    frame : DataFrame
        Rows of one indicator and period. Municipalities are rows of dimension
        `ags` of one area; areas are totals, or rows of dimension `area` whose
        group is a code or name.

    Raises
    ------
    DataError
        If there is more than one indicator or period, or a place stands twice.
    """
    require_one(frame)
    towns = frame[frame["dimension"] == "ags"]
    if len(set(towns["area"])) == 1:
        return _towns(frame, find_area(str(towns["area"].iloc[0])))
    return _areas(frame)


def require_one(frame: pd.DataFrame) -> None:
    """Refuse rows of several indicators or periods, which one axis cannot show.

    Raises
    ------
    DataError
        With those found.
    """
    for column in ("indicator", "period"):
        if len(found := frame[column].unique()) > 1:
            raise DataError(
                f"This figure shows one {column}, got {len(found)}: {', '.join(found)}. "
                f"Choose with only({column}=...)."
            )


def _towns(frame: pd.DataFrame, area: Area) -> Places:
    codes = {town.name: town.ags for town in area.municipalities}
    towns = frame[frame["dimension"] == "ags"].to_dict("records")
    inside = [(codes[row["group"]], row) for row in towns if row["group"] in codes]
    return Places(
        area,
        {town.ags: town.name for town in area.municipalities},
        _each_once(inside),
        first_total(frame),
        tuple(row for row in towns if row["group"] not in codes),
    )


def _areas(frame: pd.DataFrame) -> Places:
    known = areas()
    codes = {place.name: code for code, place in known.items()} | {code: code for code in known}
    grouped = frame[frame["dimension"] == "area"].to_dict("records")
    totals = frame[frame["dimension"] == TOTAL]
    inside = [(codes[row["group"]], row) for row in grouped if row["group"] in codes]
    if not grouped:
        own = totals[totals["area"] != STATE].to_dict("records")
        inside = [(row["area"], row) for row in own]
    return Places(
        state(),
        {code: place.name for code, place in known.items()},
        _each_once(inside),
        first_total(totals[totals["area"] == STATE]),
        tuple(row for row in grouped if row["group"] not in codes),
    )


def first_total(frame: pd.DataFrame) -> Record | None:
    """The first row that is no group; None where there is none."""
    rows = frame[frame["dimension"] == TOTAL].to_dict("records")
    return rows[0] if rows else None


def _each_once(pairs: list[tuple[str, Record]]) -> dict[str, Record]:
    found = dict(pairs)
    if repeated := len(pairs) - len(found):
        raise DataError(
            f"A place stands once in a figure, {repeated} rows repeat one. Choose with only(...)."
        )
    return found
