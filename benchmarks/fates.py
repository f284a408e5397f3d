"""What becomes of each row: kept, merged or set aside (Verbleib einer Zeile)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from columns import Column, Side
from exports import Export
from layout import Layout
from rules import Masks

from kimeval.core import schema


@dataclass
class Fates:
    """What becomes of each row (Verbleib).

    Attributes
    ----------
    reasons : list of (reason, column)
        That set rows aside.
    why : ndarray of int, shape (rows,)
        Place of the reason, from 1; 0 for a row without one.
    merged : ndarray of bool, shape (rows,)
        Rows that repeat a kept one.
    """

    reasons: list[tuple[str, str]]
    why: np.ndarray
    merged: np.ndarray

    @property
    def kept(self) -> np.ndarray:
        """Kept rows."""
        return np.flatnonzero((self.why == 0) & ~self.merged)


def decide(export: Export, layout: Layout, read: dict[str, Column], side: Side) -> Fates:
    """The first reason of each row; then rows that repeat another one, or its number."""
    rows = len(export.cells)
    fates = Fates([], np.zeros(rows, np.int8), np.zeros(rows, bool))
    for name, columns in layout.tables.items():
        for canonical, source in columns.items():
            column = schema.table(name).column(canonical)
            for reason, mask in _problems(read[source], column.required).items():
                _note(fates, reason, column.german, mask)
    if "Abschluss" in read:
        every = np.arange(rows)
        wrong = read["Abschluss"].take(every) < read["Aufnahme"].take(every)
        _note(fates, "order_of_dates", "beendet am", wrong.to_numpy())
    key = read[layout.key].take(np.arange(rows))
    doubtful = side.doubtful(key)
    contents = export.cells.loc[doubtful].drop(columns=list(layout.ignored))
    _note_repeated(fates, contents, key[doubtful], doubtful)
    return fates


def _problems(column: Column, required: bool) -> Masks:
    problems = {reason: column.by_row(mask) for reason, mask in column.read.problems.items()}
    if not required:
        return problems
    missing = column.read.cells.isna().to_numpy()
    for mask in column.read.problems.values():
        missing = missing & ~mask
    return problems | {"missing_required": column.by_row(missing)}


def _note(fates: Fates, reason: str, column: str, rows: np.ndarray) -> None:
    fates.reasons.append((reason, column))
    fates.why[rows & (fates.why == 0)] = len(fates.reasons)


def _note_repeated(
    fates: Fates, contents: pd.DataFrame, key: pd.Series, doubtful: np.ndarray
) -> None:
    """Merge rows that repeat a kept one in all columns; set aside others with its number."""
    usable = fates.why[doubtful] == 0
    contents, key, places = contents[usable], key[usable], doubtful[usable]
    repeated = contents.duplicated().to_numpy()
    conflict = np.zeros(len(places), dtype=bool)
    conflict[~repeated] = key[~repeated].duplicated().to_numpy()
    if conflict.any() and repeated.any():
        refused = pd.MultiIndex.from_frame(contents[conflict])
        again = pd.MultiIndex.from_frame(contents[repeated])
        conflict[repeated] = again.isin(refused)
    fates.merged[places[repeated & ~conflict]] = True
    fates.reasons.append(("key_conflict", ""))
    fates.why[places[conflict]] = len(fates.reasons)
