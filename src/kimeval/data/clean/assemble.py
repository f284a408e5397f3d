"""Canonical tables from the rows that were kept (Zusammenstellung)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from kimeval.core import schema
from kimeval.core.tabular import shaped
from kimeval.data.clean.columns import ReadColumn
from kimeval.data.clean.fates import Fates, Read
from kimeval.data.clean.repeats import candidates, combined, numbered
from kimeval.data.clean.rows import narrow
from kimeval.data.profiles import FileSpec, TableSpec
from kimeval.data.pseudonyms import pseudonym, pseudonyms


@dataclass(frozen=True)
class Sources:
    """Who delivered the rows, and the key for their identifiers (Herkunft).

    Attributes
    ----------
    provider : str
        Short name.
    files : list of str
        Names of the files.
    numbers : ndarray of int32, shape (rows,)
        Which file each row is of.
    key : bytes
        For pseudonyms.
    """

    provider: str
    files: list[str]
    numbers: np.ndarray = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Assembled:
    """Canonical tables, and which rows they came from (Tabellen).

    Attributes
    ----------
    tables : dict of str to Table
        By canonical name, in canonical shape.
    rows : dict of str to ndarray of int64
        Row of the file behind each row of a table.
    differing : dict of str to ndarray of int64
        Rows whose attributes a later row of the same key replaced.
    family : ndarray of int64
        Rows of further persons of a case.
    """

    tables: dict[str, pa.Table] = field(repr=False)
    rows: dict[str, np.ndarray] = field(repr=False)
    differing: dict[str, np.ndarray] = field(repr=False)
    family: np.ndarray = field(repr=False)


def assemble(read: Read, fates: Fates, spec: FileSpec, sources: Sources) -> Assembled:
    """Canonical tables of the kept rows.

    A table that does not identify the rows holds each of its keys once, with
    the attributes of the last row.

    Parameters
    ----------
    read : mapping by canonical table and column
        Columns as read.
    fates : Fates
        Of the rows.
    spec : FileSpec
        What the file feeds.
    sources : Sources
        For `provider`, `source` and pseudonyms.

    Returns
    -------
    Assembled
    """
    chosen: dict[str, np.ndarray] = {}
    differing: dict[str, np.ndarray] = {}
    family = np.zeros(0, np.int64)
    for fed in spec.table:
        rows = np.flatnonzero(fates.kept & fates.feeds[fed.name])
        if fed.name == "cases" and spec.family == "rows":
            chosen["cases"], family = _one_of_each(fed, read["cases"], rows, "first")
        elif fed is not spec.identifying:
            chosen[fed.name], differing[fed.name] = _one_of_each(fed, read[fed.name], rows, "last")
        else:
            chosen[fed.name] = rows
    identifiers = Identifiers(sources)
    tables = _tables(read, chosen, spec, identifiers)
    if spec.family == "rows" and "client_id" in read.get("cases", {}):
        _add_family(tables, chosen, read["cases"], fates, identifiers)
    return Assembled(tables, chosen, differing, family)


def _one_of_each(
    fed: TableSpec,
    columns: Mapping[str, ReadColumn],
    rows: np.ndarray,
    keep: Literal["first", "last"],
) -> tuple[np.ndarray, np.ndarray]:
    """One of the rows with the same key, and those that said something else."""
    key = [columns[name] for name in schema.table(fed.name).key if name in columns]
    if not key or not len(rows):
        return rows, np.zeros(0, np.int64)
    usable = np.zeros(_length(key[0]), dtype=bool)
    usable[rows] = True
    again = candidates(combined(key, len(usable)), usable)
    if not len(again):
        return rows, again
    content = pd.Series(numbered(list(columns.values()), again))
    keys = pd.Series(numbered(key, again))
    distinct = ~content.duplicated(keep=keep).to_numpy()
    chosen = distinct.copy()
    chosen[distinct] = ~keys[distinct].duplicated(keep=keep).to_numpy()
    usable[again[~chosen]] = False
    return np.flatnonzero(usable), again[distinct & ~chosen]


def _length(column: ReadColumn) -> int:
    return len(column.typed) if column.codes is None else len(column.codes)


def every_row(read: Read, fates: Fates, spec: FileSpec, sources: Sources) -> Assembled:
    """Canonical tables of the kept rows, with every row of a key; for parts of a file."""
    chosen = {fed.name: np.flatnonzero(fates.kept & fates.feeds[fed.name]) for fed in spec.table}
    tables = _tables(read, chosen, spec, Identifiers(sources))
    return Assembled(tables, chosen, {}, np.zeros(0, np.int64))


class Identifiers:
    """Identifiers as pseudonyms; what is repeated is hashed once (Pseudonyme der Nummern)."""

    def __init__(self, sources: Sources):
        self.sources = sources
        self._done: dict[tuple[int, str], ReadColumn] = {}

    def of(self, text: str, name: str) -> str:
        """Pseudonym of one identifier."""
        return pseudonym(self.sources.key, self.sources.provider, name, text)

    def take(self, column: ReadColumn, name: str, rows: np.ndarray) -> pa.Array:
        """Pseudonyms of some rows of a canonical column."""
        parts = (self.sources.provider, name)
        if column.codes is None:
            return pseudonyms(self.sources.key, parts, column.take(rows))
        known = (id(column), name)
        if known not in self._done:
            hashed = pseudonyms(self.sources.key, parts, column.typed)
            self._done[known] = replace(column, typed=hashed)
        return self._done[known].take(rows)


def _tables(
    read: Read, chosen: Mapping[str, np.ndarray], spec: FileSpec, identifiers: Identifiers
) -> dict[str, pa.Table]:
    return {
        fed.name: _table(fed, read[fed.name], chosen[fed.name], spec, identifiers)
        for fed in spec.table
    }


def _table(
    fed: TableSpec,
    columns: Mapping[str, ReadColumn],
    rows: np.ndarray,
    spec: FileSpec,
    identifiers: Identifiers,
) -> pa.Table:
    table = schema.table(fed.name)
    held: dict[str, pa.Array] = {
        name: identifiers.take(column, name, rows)
        if table.column(name).type == "id"
        else column.take(rows)
        for name, column in columns.items()
    }
    constants = dict(fed.constants)
    if fed.name == "cases" and "unit" not in held:
        constants.setdefault("unit", spec.unit)
    for name, text in constants.items():
        constant = identifiers.of(text, name) if table.column(name).type == "id" else text
        held[name] = _same(constant, table.column(name), len(rows))
    held |= _origin(rows, identifiers.sources)
    return shaped(fed.name, held, len(rows))


def _same(text: str, column: schema.Column, rows: int) -> pa.Array:
    if column.arrow != pa.string():
        return pa.array([text]).cast(column.arrow).take(pa.array(np.zeros(rows, np.int32)))
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), pa.array([text]))


def _origin(rows: np.ndarray, sources: Sources) -> dict[str, pa.Array]:
    zeros = np.zeros(len(rows), np.int8)
    files = sources.numbers[rows].astype(narrow(len(sources.files)))
    return {
        "provider": pa.DictionaryArray.from_arrays(zeros, pa.array([sources.provider])),
        "source": pa.DictionaryArray.from_arrays(files, pa.array(sources.files)),
    }


def _add_family(
    tables: dict[str, pa.Table],
    chosen: dict[str, np.ndarray],
    cases: Mapping[str, ReadColumn],
    fates: Fates,
    identifiers: Identifiers,
) -> None:
    """Persons of each case as a table of their own, and their number with the case.

    More than a case can have make the number unknown: it is no family then.
    """
    rows = np.flatnonzero(fates.kept & fates.feeds["cases"])
    held = {name: identifiers.take(cases[name], name, rows) for name in ("case_id", "client_id")}
    origin = _origin(rows, identifiers.sources)
    tables["members"] = shaped("members", held | origin, len(rows))
    chosen["members"] = rows
    if "persons" in cases:
        return
    numbers = numbered([cases["case_id"]], rows)
    sizes = np.bincount(numbers) if len(numbers) else np.zeros(0, np.int64)
    place = np.searchsorted(rows, chosen["cases"])
    counted = sizes[numbers[place]]
    most = schema.table("cases").column("persons").most or counted.max(initial=0)
    persons = pa.array(counted, pa.int64(), mask=counted > most)
    at = tables["cases"].column_names.index("persons")
    tables["cases"] = tables["cases"].set_column(at, "persons", persons)
