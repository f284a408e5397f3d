"""Columns read into canonical types, each distinct text once (Spalten)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kimeval.core import schema
from kimeval.core.schema import Column
from kimeval.data.clean.numbers import decimal_sign
from kimeval.data.clean.reading import Cell, Reading
from kimeval.data.clean.repairs import repair
from kimeval.data.clean.rows import Texts, narrow
from kimeval.data.clean.texts import tidy_text
from kimeval.data.ledger import rule_texts
from kimeval.data.profiles import FileSpec, TableSpec, Taken

NUMBERS = ("int", "decimal", "fte", "eur")
REASONS = ("", *rule_texts()["reasons"])


@dataclass(frozen=True)
class ReadColumn:
    """A canonical column, read from its distinct texts (gelesene Spalte).

    Attributes
    ----------
    typed : array of the column's type, shape (texts,)
        Null where missing or unreadable.
    reasons : ndarray of uint8, shape (texts,)
        Why a text cannot be read, as place in `REASONS`; 0 where it can.
    rules : dict of str to ndarray of int, shape (any,)
        Repair -> texts in which it was made.
    codes : ndarray of int32, shape (rows,), or None
        Which text each row holds; None where row i holds text i.
    source : str
        Column of the file, with what was taken of it.
    """

    typed: pa.Array = field(repr=False)
    reasons: np.ndarray = field(repr=False)
    rules: dict[str, np.ndarray] = field(repr=False)
    codes: np.ndarray | None = field(repr=False)
    source: str = ""

    @property
    def missing(self) -> np.ndarray:
        """Texts without a value."""
        return self.typed.is_null().to_numpy(zero_copy_only=False)

    def by_row(self, per_text: np.ndarray) -> np.ndarray:
        """What is known of texts, for rows."""
        return per_text if self.codes is None else per_text[self.codes]

    def take(self, rows: np.ndarray) -> pa.Array:
        """Values of some rows; text stays a dictionary."""
        if self.codes is None:
            return self.typed if len(rows) == len(self.typed) else self.typed.take(pa.array(rows))
        codes = self.codes[rows]
        if self.typed.type != pa.string():
            return self.typed.take(pa.array(codes))
        held = self.typed.dictionary_encode()
        places = held.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        places = places.astype(narrow(len(held.dictionary)))[codes]
        mask = places < 0 if self.typed.null_count else None
        return pa.DictionaryArray.from_arrays(pa.array(places, mask=mask), held.dictionary)


def reading_of(canonical: str, fed: TableSpec, spec: FileSpec, latest: dt.date) -> Reading:
    """How a profile says that a column is to be read."""
    source = fed.columns[canonical]
    typed = () if spec.format == "csv" else ("%Y-%m-%d",)
    return Reading(
        column=schema.table(fed.name).column(canonical),
        dates=tuple(dict.fromkeys((*spec.dates, *typed))),
        decimal=spec.decimal,
        missing=frozenset([*spec.missing, ""]),
        zero=frozenset(spec.zero),
        official=spec.signs == "official",
        mapping=fed.codes.get(canonical, {}),
        take=source.take if isinstance(source, Taken) else None,
        latest=latest,
    )


def read_column(texts: Texts, reading: Reading, source: str = "") -> ReadColumn:
    """Read a column.

    Parameters
    ----------
    texts : Texts
        As delivered.
    reading : Reading
        How it is written. `auto` as decimal sign is decided here, from all texts.
    source : str
        Column of the file.

    Returns
    -------
    ReadColumn
    """
    if reading.column.type in ("id", "text"):
        return _read_plain(texts, reading, source)
    written = texts.distinct.to_pylist()
    auto = reading.decimal == "auto" and reading.column.type in NUMBERS
    if auto:
        tidy = {tidy_text(text)[0] for text in written}
        sign = reading.decided or decimal_sign(tidy - reading.missing - reading.zero)
        reading = replace(reading, decimal=sign)
    cells = [repair(text, reading) for text in written]
    if auto:
        cells = [_decided(cell, text) for cell, text in zip(cells, written, strict=True)]
    return ReadColumn(
        _values(cells, reading.column),
        np.array([REASONS.index(cell.reason or "") for cell in cells], dtype=np.uint8),
        _by_rule(cells),
        texts.codes,
        source,
    )


def _decided(cell: Cell, text: str) -> Cell:
    """Name the rule where a separator had to be understood."""
    separated = cell.value is not None and any(sign in text for sign in ".,")
    return replace(cell, rules=(*cell.rules, "decimal_decided")) if separated else cell


def _values(cells: Sequence[Cell], column: Column) -> pa.Array:
    values = [cell.value for cell in cells]
    if column.type == "date":
        return pa.array(values, pa.date32()).cast(column.arrow)
    return pa.array(values, column.arrow)


def _by_rule(cells: Sequence[Cell]) -> dict[str, np.ndarray]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        for rule in cell.rules:
            places[rule].append(place)
    return {rule: np.array(found) for rule, found in places.items()}


def _read_plain(texts: Texts, reading: Reading, source: str) -> ReadColumn:
    """Identifiers and texts: only those that are not tidy are looked at one by one."""
    distinct = texts.distinct
    places = untidy(distinct)
    rules: dict[str, np.ndarray] = {}
    if len(places):
        cells = [repair(text, reading) for text in distinct.take(pa.array(places)).to_pylist()]
        rules = {rule: places[found] for rule, found in _by_rule(cells).items()}
        mask = np.zeros(len(distinct), dtype=bool)
        mask[places] = True
        tidied = pa.array([cell.value for cell in cells], pa.string())
        distinct = pc.replace_with_mask(distinct, pa.array(mask), tidied)
    missing = pc.is_in(distinct, value_set=pa.array(sorted(reading.missing)))
    if pc.any(missing).as_py():
        distinct = pc.if_else(missing, pa.scalar(None, pa.string()), distinct)
    return ReadColumn(distinct, np.zeros(len(distinct), np.uint8), rules, texts.codes, source)


def untidy(texts: pa.Array) -> np.ndarray:
    """Texts that may need tidying: other than ASCII, control characters, spare spaces."""
    if not len(texts):
        return np.zeros(0, np.int64)
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if data is None or bounds[-1] == bounds[0]:
        return np.zeros(0, np.int64)
    content = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    space = content <= 0x20
    if not space.any() and content.max() < 0x7F:
        return np.zeros(0, np.int64)
    edge = np.zeros(len(content) + 1, dtype=bool)
    edge[bounds - bounds[0]] = True
    beside = np.roll(space, 1) | edge[:-1] | edge[1:]
    odd = (content >= 0x7F) | (content < 0x20) | (space & beside)
    rows = np.searchsorted(bounds - bounds[0], np.flatnonzero(odd), side="right") - 1
    return np.unique(rows)
