"""Rows by age and gender as cells of a pyramid (Zellen der Pyramide)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kimeval.core.codes import label
from kimeval.core.results import TOTAL
from kimeval.figures.places import require_one
from kimeval.reach.people import AGE_BANDS
from kimeval.tables.numbers import german

CROSS = " × "
CROSSED = ("age_band × gender", "gender × age_band")
SIDES = (label("gender", "female"), label("gender", "male"))


@dataclass(frozen=True)
class Cell:
    """One age band of one gender (Zelle).

    Attributes
    ----------
    reached, target : float
        Persons; NaN where hidden or unknown.
    status : str
        shown, hidden or refused.
    """

    reached: float
    target: float
    status: str


@dataclass(frozen=True)
class Pyramid:
    """Cells of both sides, with what they are shares of (Pyramide).

    Attributes
    ----------
    bands : list of str
        Age bands, the youngest first.
    cells : mapping of (band, side) to Cell
        Only those with a row.
    totals : mapping of str to float
        Persons `reached` and in the `target` group, over all cells.
    summed : set of str
        Totals that are sums of the shown cells, for want of a published one.
    apart : list of str
        Cells of further genders with their number, for a note.
    """

    bands: list[str]
    cells: Mapping[tuple[str, str], Cell] = field(repr=False)
    totals: Mapping[str, float] = field(repr=False)
    summed: set[str] = field(default_factory=set)
    apart: list[str] = field(default_factory=list)

    @property
    def has_target(self) -> bool:
        """Whether any cell has a target group."""
        return any(np.isfinite(cell.target) for cell in self.cells.values())

    @property
    def most(self) -> float:
        """The greatest share that is drawn."""
        held = [
            self.share(persons, which)
            for cell in self.cells.values()
            for which, persons in (("reached", cell.reached), ("target", cell.target))
        ]
        return max((share for share in held if np.isfinite(share)), default=0.0) or 0.01

    def share(self, persons: float, which: str) -> float:
        """Share of persons of a cell in all that are `reached`, or in the `target` group."""
        total = self.totals[which]
        return persons / total if total > 0 else np.nan


def pyramid_of(frame: pd.DataFrame, target: pd.DataFrame | None = None) -> Pyramid:
    """Sort rows into cells of a pyramid.

    Parameters
    ----------
    frame : DataFrame
        Rows of one indicator and period, crossed ones among them; of a share the
        denominators are the target group.
    target : DataFrame, optional
        Counts of the target group, by the same cells.
    """
    rows = frame[frame["dimension"].isin(CROSSED)]
    for one in (rows, *([] if target is None else [target])):
        require_one(one)
    shares = (rows["unit"] == "share").all()
    counted = _numbers(rows, "numerator")
    base = _numbers(rows, "denominator") if shares else {}
    if target is not None:
        base = _numbers(target[target["dimension"].isin(CROSSED)], "numerator")
    states = {key: _status(row) for key, row in _keyed(rows).items()}
    cells = {
        key: Cell(counted[key], base.get(key, np.nan), states[key])
        for key in counted
        if key[1] in SIDES
    }
    whole = frame if target is None else target
    totals = {
        "reached": _total(frame, "numerator"),
        "target": _total(whole, "numerator" if target is not None else "denominator"),
    }
    summed = {which for which, total in totals.items() if not np.isfinite(total)}
    sums = {"reached": counted, "target": base}
    totals |= {which: float(np.nansum(list(sums[which].values()))) for which in summed}
    bands = [*AGE_BANDS, *sorted({band for band, _ in counted} - set(AGE_BANDS))]
    held = [band for band in bands if any((band, side) in cells for side in SIDES)]
    apart = [_told(key, counted[key], states[key]) for key in counted if key[1] not in SIDES]
    return Pyramid(held, cells, totals, summed if sums["target"] else summed - {"target"}, apart)


def _keyed(rows: pd.DataFrame) -> dict[tuple[str, str], Mapping]:
    """Rows by age band and gender, whichever of both comes first."""
    keyed = {}
    for row in rows.to_dict("records"):
        one, _, other = str(row["group"]).partition(CROSS)
        first_is_band = str(row["dimension"]).startswith("age_band")
        keyed[(one, other) if first_is_band else (other, one)] = row
    return keyed


def _numbers(rows: pd.DataFrame, column: str) -> dict[tuple[str, str], float]:
    return {key: float(row[column]) for key, row in _keyed(rows).items()}


def _status(row: Mapping) -> str:
    if row["suppressed"]:
        return "hidden"
    return "refused" if pd.isna(row["numerator"]) else "shown"


def _total(frame: pd.DataFrame, column: str) -> float:
    rows = frame.loc[frame["dimension"] == TOTAL, column]
    return float(rows.iloc[0]) if len(rows) else np.nan


def _told(key: tuple[str, str], persons: float, status: str) -> str:
    words = {"hidden": "gesperrt", "refused": "nicht bestimmbar", "shown": german(persons)}
    return f"{key[1]}, {key[0]} ({words[status]})"
