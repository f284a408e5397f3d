"""Rows that may repeat one another, found by hashes and told apart exactly (Wiederholungen)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from kimeval.data.clean.columns import ReadColumn
from kimeval.data.clean.rows import Texts
from kimeval.data.engine import connect

MIX = np.uint64(0x9E3779B97F4A7C15)


def hashes(column: ReadColumn | Texts, engine: DuckDBPyConnection) -> np.ndarray:
    """A hash of each row's value, the same for the same value (uint64, shape (rows,))."""
    values = column.typed if isinstance(column, ReadColumn) else column.distinct
    engine.register("held", pa.table({"value": values}))
    found = engine.execute("SELECT hash(value) AS h FROM held").fetchnumpy()["h"]
    found = np.asarray(found, dtype=np.uint64)
    return found if column.codes is None else found[column.codes]


def combined(columns: Sequence[ReadColumn | Texts], rows: int) -> np.ndarray:
    """A hash of several columns of each row."""
    mixed = np.zeros(rows, dtype=np.uint64)
    with connect() as engine:
        for column in columns:
            mixed = (mixed ^ hashes(column, engine)) * MIX
    return mixed


def candidates(keys: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Usable rows whose hash another usable row has, in order.

    Parameters
    ----------
    keys : ndarray of uint64, shape (rows,)
        Hashes. Equal values have equal hashes; rows that only collide come along.
    usable : ndarray of bool, shape (rows,)
        Rows to look at.

    Returns
    -------
    ndarray of int64, shape (candidates,)
    """
    rows = np.flatnonzero(usable)
    bits = np.uint64(max(1, (len(keys) - 1).bit_length()) if len(keys) else 1)
    packed = (keys[rows] >> bits << bits) | rows.astype(np.uint64)
    packed.sort()
    high = packed >> bits
    same = high[1:] == high[:-1]
    chosen = np.zeros(len(packed), dtype=bool)
    chosen[1:] |= same
    chosen[:-1] |= same
    low = packed[chosen] & ((np.uint64(1) << bits) - np.uint64(1))
    return np.sort(low.astype(np.int64))


def numbered(columns: Sequence[ReadColumn | Texts], rows: np.ndarray) -> np.ndarray:
    """Numbers of some rows, the same where all columns say the same.

    Parameters
    ----------
    columns : sequence of ReadColumn or Texts
        At least one; a missing value is a value of its own.
    rows : ndarray of int64, shape (n,)
        Which rows.

    Returns
    -------
    ndarray of int64, shape (n,)
        Below n, so that the number of a pair of numbers never overflows.
    """
    group = np.zeros(len(rows), dtype=np.int64)
    for column in columns:
        codes = _numbers(column, rows).astype(np.int64) + 1
        group = pd.factorize(group * (int(codes.max(initial=0)) + 1) + codes)[0]
    return group


def any_known(columns: Sequence[ReadColumn], rows: np.ndarray) -> np.ndarray:
    """Rows in which at least one of some columns has a value (bool, shape (n,))."""
    missing = [column.by_row(column.missing)[rows] for column in columns]
    return ~np.logical_and.reduce(missing)


def _numbers(column: ReadColumn | Texts, rows: np.ndarray) -> np.ndarray:
    if isinstance(column, Texts):
        return column.numbered(rows)
    places = rows if column.codes is None else column.codes[rows]
    used, inverse = np.unique(places, return_inverse=True)
    held = column.typed.take(pa.array(used))
    codes = held.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes[inverse]
