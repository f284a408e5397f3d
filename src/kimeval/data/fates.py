"""What becomes of each row: kept, merged or set aside (Verbleib einer Zeile)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kimeval.core import schema
from kimeval.data.columns import ReadColumn
from kimeval.data.profiles import FileSpec, TableSpec

KEPT, MERGED, SET_ASIDE = "kept", "merged", "set_aside"


@dataclass(frozen=True)
class Fates:
    """Fate of each row (Verbleib).

    Attributes
    ----------
    fate : ndarray of object, shape (rows,)
        kept, merged or set_aside.
    reason, column : ndarray of object, shape (rows,)
        Why a row was set aside, and the German name of the column; None and
        empty for the others.
    feeds : dict of str to ndarray of bool, shape (rows,)
        Which rows feed which canonical table.
    """

    fate: np.ndarray
    reason: np.ndarray
    column: np.ndarray
    feeds: dict[str, np.ndarray]

    @property
    def kept(self) -> np.ndarray:
        """Whether a row was kept."""
        return self.fate == KEPT


def decide(
    cells: pd.DataFrame,
    read: dict[str, dict[str, ReadColumn]],
    typed: dict[str, pd.DataFrame],
    spec: FileSpec,
) -> Fates:
    """Decide the fate of each row.

    A row is set aside if a required cell is missing or any mapped cell cannot
    be read, if an end lies before its beginning, or if its number stands in an
    earlier row with other contents. It is merged if it repeats a row that is
    kept, in all columns but those the profile ignores.

    Parameters
    ----------
    cells : DataFrame of str, shape (rows, columns of the file)
        Text as delivered.
    read, typed : dict by canonical table
        Its columns as read, and as typed frames of all rows.
    spec : FileSpec
        The identifying table and the optional ones.

    Returns
    -------
    Fates
    """
    reason = np.full(len(cells), None, dtype=object)
    column = np.full(len(cells), "", dtype=object)
    feeds = {fed.name: _feeding(fed, read[fed.name], spec, len(cells)) for fed in spec.table}
    for name, columns in read.items():
        _note_unreadable(name, columns, feeds[name], reason, column)
    for name, frame in typed.items():
        _note_wrong_order(name, frame, feeds[name], reason, column)
    contents = cells.drop(columns=spec.ignore, errors="ignore")
    fate = np.where(pd.isna(reason), KEPT, SET_ASIDE).astype(object)
    repeated = _repeated(contents, fate == KEPT)
    identified = feeds[spec.identifying.name] & (fate == KEPT)
    conflict = _conflicts(typed, spec, identified & ~repeated)
    conflict |= _repeated_conflicts(contents, repeated, conflict)
    fate[repeated] = MERGED
    fate[conflict], reason[conflict] = SET_ASIDE, "key_conflict"
    return Fates(fate, reason, column, feeds)


def _feeding(
    fed: TableSpec, columns: dict[str, ReadColumn], spec: FileSpec, rows: int
) -> np.ndarray:
    """Rows with anything in this table's own required columns, all if it is not optional."""
    other = spec.identifying
    shared = set() if fed is other else {other.file_column(c) for c in other.columns}
    own = [c for c in schema.table(fed.name).required if c in columns]
    own = [c for c in own if fed.file_column(c) not in shared]
    if not fed.optional or not own:
        return np.ones(rows, dtype=bool)
    filled = [columns[c].cells.notna() | pd.notna(columns[c].reasons) for c in own]
    return np.logical_or.reduce(filled)


def _note_unreadable(
    name: str,
    columns: dict[str, ReadColumn],
    feeds: np.ndarray,
    reason: np.ndarray,
    where: np.ndarray,
) -> None:
    table = schema.table(name)
    for canonical, column in columns.items():
        found = column.reasons.copy()
        if canonical in table.required:
            found[column.cells.isna().to_numpy() & pd.isna(found)] = "missing_required"
        new = feeds & pd.isna(reason) & pd.notna(found)
        reason[new], where[new] = found[new], table.column(canonical).german


def _note_wrong_order(
    name: str, frame: pd.DataFrame, feeds: np.ndarray, reason: np.ndarray, where: np.ndarray
) -> None:
    table = schema.table(name)
    for first, second in table.ordered:
        if first in frame and second in frame:
            wrong = (frame[second] < frame[first]).to_numpy() & feeds & pd.isna(reason)
            reason[wrong], where[wrong] = "order_of_dates", table.column(second).german


def _repeated(contents: pd.DataFrame, usable: np.ndarray) -> np.ndarray:
    repeated = np.zeros(len(contents), dtype=bool)
    repeated[usable] = contents[usable].duplicated().to_numpy()
    return repeated


def _repeated_conflicts(
    contents: pd.DataFrame, repeated: np.ndarray, conflict: np.ndarray
) -> np.ndarray:
    """Rows that repeat a row in conflict: nothing was kept that they could join."""
    refused = set(contents[conflict].itertuples(index=False, name=None))
    again = repeated.copy()
    rows = contents[repeated].itertuples(index=False, name=None)
    again[repeated] = [row in refused for row in rows]
    return again


def _conflicts(typed: dict[str, pd.DataFrame], spec: FileSpec, rows: np.ndarray) -> np.ndarray:
    frame = typed[spec.identifying.name]
    key = [c for c in schema.table(spec.identifying.name).key if c in frame]
    conflict = np.zeros(len(frame), dtype=bool)
    conflict[rows] = frame.loc[rows, key].duplicated().to_numpy()
    return conflict
