"""Parquet read as text, batch by batch (spaltenweise Dateien)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.foreign import guarded, guarded_each
from kimeval.data.read.header import find_header, plain, unique
from kimeval.data.read.part import Part
from kimeval.data.read.typed import decimal_of, part_of, text_of

AT_ONCE = 100_000
DICTIONARY = pa.dictionary(pa.int32(), pa.string())


def read_columnar(path: Path, spec: FileSpec) -> Iterator[Part]:
    """Read a Parquet file (Parquet-Datei).

    Parameters
    ----------
    path : Path
        Of the file.
    spec : FileSpec
        The columns that must be there, in any order, and the decimal sign.

    Yields
    ------
    Part
        At least one. There is no header line: records = rows, and the number of a
        row is its place in the file. A column of texts stays one, a dictionary stays
        a dictionary; nested columns are left out.

    Raises
    ------
    FormatError
        If the file is damaged, lacks a needed column, has it twice or nested.
    """
    damaged = (
        f"'{path.name}' cannot be read as Parquet: it is damaged or not complete. "
        f"Ask for it to be delivered again."
    )
    with guarded(damaged, lambda: pq.ParquetFile(path)) as file:
        schema = guarded(damaged, lambda: file.schema_arrow)
        _, header = find_header([(1, schema.names)], spec, path.name)
        _refuse_nested(schema, spec, path.name)
        names = unique(header)
        begins = 1
        batches = file.iter_batches(batch_size=AT_ONCE)
        for batch in guarded_each(damaged, batches):
            yield part_of(guarded(damaged, partial(_cells, batch, names, spec)), begins)
            begins += batch.num_rows
        if begins == 1:
            empty = pa.RecordBatch.from_pylist([], schema=schema)
            yield part_of(_cells(empty, names, spec), begins)


def _refuse_nested(schema: pa.Schema, spec: FileSpec, name: str) -> None:
    nested = [f.name for f in schema if pa.types.is_nested(f.type) and plain(f.name) in spec.needed]
    if nested:
        raise FormatError(
            f"A cell of a table holds one value; in '{name}' the column {', '.join(nested)} holds "
            f"lists or records. Ask for a flat table."
        )


def _cells(batch: pa.RecordBatch, names: list[str], spec: FileSpec) -> pa.Table:
    pairs = zip(names, batch.columns, strict=True)
    flat = {name: column for name, column in pairs if not pa.types.is_nested(column.type)}
    return pa.table({name: _texts(column, decimal_of(spec)) for name, column in flat.items()})


def _texts(column: pa.Array, decimal: str) -> pa.Array:
    """Text of a column, never null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        texts = _texts(column.dictionary_decode(), decimal)
        return texts if texts.type == DICTIONARY else texts.dictionary_encode()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_timestamp(kind):
        return pc.fill_null(_moments(column), "")
    if pa.types.is_float32(kind):
        column = column.cast(pa.string()).cast(pa.float64())
    return _distinct(column, decimal)


def _moments(column: pa.Array) -> pa.Array:
    """Points in time as in `text_of`, for many distinct ones."""
    if column.type.tz is not None:
        column = pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, "Europe/Berlin")))
    column = column.cast(pa.timestamp("us"), safe=False)
    texts = pc.strftime(column, format="%Y-%m-%dT%H:%M:%S")
    return pc.replace_substring_regex(texts, r"(T00:00:00)?\.000000$", "")


def _distinct(column: pa.Array, decimal: str) -> pa.Array:
    """Text of each distinct value, once."""
    try:
        encoded = column.dictionary_encode()
    except pa.ArrowNotImplementedError:
        return pa.array([text_of(value, decimal) for value in column.to_pylist()], pa.string())
    values = encoded.dictionary.to_pylist()
    texts = pa.array([text_of(value, decimal) for value in values] + [""], pa.string())
    places = pc.fill_null(encoded.indices, len(values))
    return texts.take(places).dictionary_encode()
