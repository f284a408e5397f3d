"""Columns of a file read into canonical types (Spalten)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kimeval.core import schema
from kimeval.data.profiles import FileSpec, TableSpec, Taken
from kimeval.data.repairs import Reading, repair


@dataclass(frozen=True)
class ReadColumn:
    """A canonical column read from all rows.

    Attributes
    ----------
    cells : Series of object, shape (rows,)
        None where missing or unreadable.
    reasons : ndarray of object, shape (rows,)
        Why a cell cannot be read, None where it can.
    codes : ndarray of int, shape (rows,)
        Which distinct text a row holds.
    rules : list of tuple of str
        Repairs made, per distinct text.
    source : str
        Column of the file, with what was taken of it.
    """

    cells: pd.Series
    reasons: np.ndarray
    codes: np.ndarray
    rules: list[tuple[str, ...]]
    source: str


def read_column(
    cells: pd.DataFrame, canonical: str, fed: TableSpec, spec: FileSpec, latest: dt.date
) -> ReadColumn:
    """Read one canonical column from the cells of a file.

    Parameters
    ----------
    cells : DataFrame of str, shape (rows, columns of the file)
        Text as delivered.
    canonical : str
        Column of the canonical table.
    fed, spec : TableSpec, FileSpec
        How it is written.
    latest : date
        No date can lie behind it.

    Returns
    -------
    ReadColumn
    """
    source = fed.columns[canonical]
    reading = Reading(
        column=schema.table(fed.name).column(canonical),
        dates=tuple(spec.dates),
        decimal=spec.decimal,
        missing=frozenset([*spec.missing, ""]),
        zero=frozenset(spec.zero),
        mapping=fed.codes.get(canonical, {}),
        take=source.take if isinstance(source, Taken) else None,
        latest=latest,
    )
    codes, texts = pd.factorize(cells[fed.file_column(canonical)])
    done = [repair(text, reading) for text in texts]
    values = pd.Series([cell.value for cell in done], dtype=object).reindex(codes)
    reasons = np.array([cell.reason for cell in done], dtype=object)
    return ReadColumn(
        values.reset_index(drop=True),
        reasons[codes] if len(done) else np.empty(0, dtype=object),
        codes,
        [cell.rules for cell in done],
        str(source),
    )
