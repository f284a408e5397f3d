"""What tells persons apart, for linkage only (Angaben zur Wiedererkennung)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa

from kimeval.core import schema
from kimeval.data.clean.columns import ReadColumn, read_column
from kimeval.data.clean.reading import Reading
from kimeval.data.clean.rows import Rows
from kimeval.data.profiles import FileSpec, Link

KNOWN = ("gender", "nationality", "ags")
ALSO = ("street", "house_number", "postcode", "place", "number")


def people(
    rows: Rows, chosen: np.ndarray, clients: pa.Table, spec: FileSpec, provider: str
) -> pd.DataFrame:
    """Names, birth date and the like of some rows, in memory only.

    Parameters
    ----------
    rows : Rows
        Text as delivered.
    chosen : ndarray of int64, shape (persons,)
        Rows behind `clients`.
    clients : Table, shape (persons, ...)
        With the codes that may help.
    spec : FileSpec
        With its `link`.
    provider : str
        Short name.

    Returns
    -------
    DataFrame of str, shape (persons, ...)
        provider, file, line, family, given, birth_date (ISO), codes and what
        else the profile names; "" where unknown.
    """
    link = spec.link
    assert link is not None
    names = np.array([file.name for file in rows.files], dtype=object)
    held: dict[str, object] = {
        "provider": provider,
        "file": names[rows.file_numbers[chosen]],
        "line": rows.lines[chosen],
        "family": _texts(rows, link.names[0], chosen, spec),
        "given": _texts(rows, link.names[1], chosen, spec) if len(link.names) > 1 else "",
        "birth_date": _births(rows, link, chosen, spec),
    }
    held |= {name: clients.column(name).to_pandas().astype("str").fillna("") for name in KNOWN}
    held |= {
        kind: _texts(rows, link.also[kind], chosen, spec) if kind in link.also else ""
        for kind in ALSO
    }
    return pd.DataFrame(held, index=range(len(chosen)))


def _texts(rows: Rows, column: str, chosen: np.ndarray, spec: FileSpec) -> np.ndarray:
    """Tidy texts; a sign for a missing value is none."""
    reading = Reading(TEXT, (), dt.date.max, missing=frozenset([*spec.missing, ""]))
    return _taken(read_column(rows.columns[column], reading), chosen)


def _births(rows: Rows, link: Link, chosen: np.ndarray, spec: FileSpec) -> np.ndarray:
    dates = tuple(dict.fromkeys([*spec.dates, "%Y-%m-%d"]))
    reading = Reading(BIRTH, dates, dt.date(2199, 12, 31), missing=frozenset([*spec.missing, ""]))
    read = read_column(rows.columns[link.birth_date], reading)
    days = read.typed.cast(pa.date32()).cast(pa.string())
    return _taken(ReadColumn(days, read.reasons, {}, read.codes), chosen)


def _taken(column: ReadColumn, chosen: np.ndarray) -> np.ndarray:
    places = chosen if column.codes is None else column.codes[chosen]
    return column.typed.fill_null("").take(pa.array(places)).to_numpy(zero_copy_only=False)


TEXT = schema.Column("name", "Name", "text")
BIRTH = schema.Column("birth_date", "Geburtsdatum", "date")
