"""Parquet and Arrow files: every text and every whole number (Spaltendateien)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kimeval.protect.canary.pieces import Piece, Read, Unreadable, text_pieces


def parquet_pieces(data: bytes, read: Read) -> Iterator[Piece]:
    """Cells, column names and notes of a Parquet file.

    Raises
    ------
    Unreadable
        If it is encrypted or damaged.
    """
    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError):
        raise Unreadable("it is encrypted or damaged") from None
    yield from _table(table, read)


def arrow_pieces(data: bytes, read: Read) -> Iterator[Piece]:
    """Cells, column names and notes of an Arrow (Feather) file.

    Raises
    ------
    Unreadable
        If it is damaged.
    """
    try:
        table = pa.ipc.open_file(io.BytesIO(data)).read_all()
    except (pa.ArrowException, OSError):
        raise Unreadable("it is damaged") from None
    yield from _table(table, read)


def _table(table: pa.Table, read: Read) -> Iterator[Piece]:
    fields = [table.schema, *(table.schema.field(n) for n in range(table.num_columns))]
    for held in fields:
        for key, value in (held.metadata or {}).items():
            yield from text_pieces(key)
            yield from read(value, "")
    yield Piece("\n".join(table.column_names))
    for column in table.columns:
        yield from _column(column, read)


def _column(column: pa.ChunkedArray, read: Read) -> Iterator[Piece]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        yield from _column(column.cast(kind.value_type), read)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        distinct = pc.unique(column).cast(pa.large_string())
        yield Piece("\n".join(text for text in distinct.to_pylist() if text is not None))
    elif pa.types.is_nested(kind) or not pa.types.is_primitive(kind):
        for value in pc.unique(column) if not pa.types.is_nested(kind) else column:
            yield from _value(value.as_py(), read)


def _value(value: Any, read: Read) -> Iterator[Piece]:
    if isinstance(value, bytes):
        yield from read(value, "")
    elif value is not None:
        yield Piece(str(value))
