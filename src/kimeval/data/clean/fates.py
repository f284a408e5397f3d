"""What becomes of each row: kept, merged or set aside (Verbleib einer Zeile)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from kimeval.core import schema
from kimeval.data.clean.columns import REASONS, ReadColumn
from kimeval.data.clean.repeats import any_known, candidates, combined, numbered
from kimeval.data.clean.rows import Rows, Texts
from kimeval.data.profiles import ROW, FileSpec, TableSpec

KEPT, MERGED, SET_ASIDE = np.uint8(0), np.uint8(1), np.uint8(2)
Read = Mapping[str, Mapping[str, ReadColumn]]


@dataclass(frozen=True)
class Fates:
    """Fate of each row (Verbleib).

    Attributes
    ----------
    fate : ndarray of uint8, shape (rows,)
        KEPT, MERGED or SET_ASIDE.
    reason : ndarray of uint8, shape (rows,)
        Why a row was set aside, as place in `REASONS`; 0 for the others.
    column : ndarray of uint8, shape (rows,)
        The column that is to blame, as place in `columns`.
    columns : list of (str, str)
        Canonical table and column; the first entry stands for none.
    feeds : dict of str to ndarray of bool, shape (rows,)
        Which rows feed which canonical table.
    """

    fate: np.ndarray = field(repr=False)
    reason: np.ndarray = field(repr=False)
    column: np.ndarray = field(repr=False)
    columns: list[tuple[str, str]]
    feeds: dict[str, np.ndarray] = field(repr=False)

    @property
    def kept(self) -> np.ndarray:
        """Whether a row was kept."""
        return self.fate == KEPT


class Judge:
    """Notes why rows cannot be used; the first reason counts (Prüfung der Zeilen)."""

    def __init__(self, rows: int):
        self.reason = np.zeros(rows, dtype=np.uint8)
        self.column = np.zeros(rows, dtype=np.uint8)
        self.columns: list[tuple[str, str]] = [("", "")]

    def note(self, wrong: np.ndarray, reason: np.ndarray | int, table: str, column: str) -> None:
        """Rows that are wrong, unless something was wrong before."""
        new = wrong & (self.reason == 0)
        if new.any():
            self.columns.append((table, column))
            self.reason[new] = reason[new] if isinstance(reason, np.ndarray) else reason
            self.column[new] = len(self.columns) - 1


def decide(rows: Rows, read: Read, spec: FileSpec) -> Fates:
    """Decide the fate of each row.

    A row is set aside if a required cell is missing or any mapped cell cannot
    be read, if an end lies before its beginning, or if its number stands in an
    earlier row with other contents. It is merged if it repeats a row that is
    kept, in all columns but those the profile ignores.

    Parameters
    ----------
    rows : Rows
        Text as delivered.
    read : mapping by canonical table and column
        As read from `rows`.
    spec : FileSpec
        The identifying table and the optional ones.

    Returns
    -------
    Fates
    """
    judge, feeds = readable(rows, read, spec)
    usable = judge.reason == 0
    hashed = key_hashes(rows, read, spec, feeds)
    again = candidates(hashed, usable)
    fate = np.where(usable, KEPT, SET_ASIDE)
    merged, conflict = repeated(rows, read, spec, feeds, again)
    fate[again[merged]] = MERGED
    fate[again[conflict]] = SET_ASIDE
    judge.reason[again[conflict]] = REASONS.index("key_conflict")
    return Fates(fate, judge.reason, judge.column, judge.columns, feeds)


def readable(rows: Rows, read: Read, spec: FileSpec) -> tuple[Judge, dict[str, np.ndarray]]:
    """What each row alone tells: whether it can be used, and which tables it feeds."""
    judge = Judge(len(rows))
    feeds = {fed.name: _feeding(fed, read[fed.name], spec, len(rows)) for fed in spec.table}
    for name, columns in read.items():
        _note_unreadable(judge, name, columns, feeds[name], required(name, spec))
    for fed in spec.table:
        _note_wrong_order(judge, fed, read[fed.name], feeds[fed.name])
    return judge, feeds


def required(name: str, spec: FileSpec) -> tuple[str, ...]:
    """Columns of a table without which a row cannot be used; each of a family needs a number."""
    family = name == "cases" and spec.family == "rows"
    return (*schema.table(name).required, *(["client_id"] if family else []))


def key_columns(read: Read, spec: FileSpec) -> list[ReadColumn]:
    """Columns of the identifying table that tell its rows apart."""
    columns = read[spec.identifying.name]
    key = list(schema.table(spec.identifying.name).key)
    if spec.family == "rows":
        key.append("client_id")
    return [columns[name] for name in dict.fromkeys(key) if name in columns]


def contents(rows: Rows, spec: FileSpec) -> list[Texts]:
    """Columns in which a row that is repeated must be the same."""
    left_out = {*spec.ignore, ROW}
    return [column for name, column in rows.columns.items() if name not in left_out]


def key_hashes(
    rows: Rows, read: Read, spec: FileSpec, feeds: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Hash of what tells a row apart: its key, or all of it where it has none."""
    key = key_columns(read, spec)
    identified = feeds[spec.identifying.name]
    whole = not key or not identified.all()
    hashed = combined(contents(rows, spec), len(rows)) if whole else np.zeros(0, np.uint64)
    if not key:
        return hashed
    return (
        np.where(identified, combined(key, len(rows)), hashed)
        if whole
        else combined(key, len(rows))
    )


def repeated(
    rows: Rows, read: Read, spec: FileSpec, feeds: Mapping[str, np.ndarray], again: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which of the candidates repeat a kept row, and which contradict one."""
    if not len(again):
        return np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
    content = numbered(contents(rows, spec), again)
    merged = pd.Series(content).duplicated().to_numpy()
    identified = feeds[spec.identifying.name][again] & ~merged
    conflict = np.zeros(len(again), dtype=bool)
    if key := key_columns(read, spec):
        keys = pd.Series(numbered(key, again))
        conflict[identified] = keys[identified].duplicated().to_numpy()
        conflict &= any_known(key, again)
    refused = merged & np.isin(content, content[conflict])
    return merged & ~refused, conflict | refused


def _feeding(
    fed: TableSpec, columns: Mapping[str, ReadColumn], spec: FileSpec, rows: int
) -> np.ndarray:
    """Rows with anything in this table's own required columns, all if it is not optional."""
    other = spec.identifying
    shared = set() if fed is other else {other.file_column(c) for c in other.columns}
    own = [c for c in schema.table(fed.name).required if c in columns]
    own = [c for c in own if fed.file_column(c) not in shared]
    if not fed.optional or not own:
        return np.ones(rows, dtype=bool)
    filled = [columns[c].by_row(~columns[c].missing | (columns[c].reasons > 0)) for c in own]
    return np.logical_or.reduce(filled)


def _note_unreadable(
    judge: Judge,
    name: str,
    columns: Mapping[str, ReadColumn],
    feeds: np.ndarray,
    needed: Sequence[str],
) -> None:
    for canonical, column in columns.items():
        found = column.reasons
        if canonical in needed:
            found = np.where(
                column.missing & (found == 0), np.uint8(REASONS.index("missing_required")), found
            )
        if found.any():
            reasons = column.by_row(found)
            judge.note((reasons > 0) & feeds, reasons, name, canonical)


def _note_wrong_order(
    judge: Judge, fed: TableSpec, columns: Mapping[str, ReadColumn], feeds: np.ndarray
) -> None:
    for first, second in schema.table(fed.name).ordered:
        begun, ended = (_moments(fed, columns, name) for name in (first, second))
        wrong = (ended < begun) & (begun > MISSING) & (ended > MISSING) & feeds
        judge.note(wrong, REASONS.index("order_of_dates"), fed.name, second)


MISSING = np.int64(np.iinfo(np.int64).min)


def _moments(fed: TableSpec, columns: Mapping[str, ReadColumn], name: str) -> np.ndarray:
    """Points in time by row; a single one where the profile gives a constant, or nothing."""
    if name in columns:
        values = columns[name].typed.cast("int64").fill_null(int(MISSING))
        return columns[name].by_row(values.to_numpy())
    if name not in fed.constants:
        return np.array([MISSING])
    constant = pa.array([fed.constants[name]]).cast(schema.table(fed.name).column(name).arrow)
    return constant.cast("int64").to_numpy()
