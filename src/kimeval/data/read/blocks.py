"""A block of separated lines turned into columns at once (Zeilenblöcke).

Arrow parses what is regular. What is not (another number of cells, blanks,
comments, totals) comes out as text with its place, to be sorted line by line.
"""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

LONGEST_CELL = 131_072
SAMPLE = 50_000
MANY_DISTINCT = 0.3
MARK = codecs.BOM_UTF8
SPACES = b" \t\x0b\x0c\x1c\x1d\x1e\x1f\xc2\xe1\xe2\xe3\xef"


@dataclass(frozen=True)
class Layout:
    """How the lines of a file are laid out (Aufbau der Zeilen).

    Attributes
    ----------
    names : tuple of str
        Columns.
    separator : str
        As declared.
    beginnings : bytes
        First bytes of cells that may begin a line that is no row.
    plain : frozenset of str
        Columns of mostly distinct texts, kept as they are; None before that is known.
    """

    names: tuple[str, ...]
    separator: str
    beginnings: bytes = b""
    plain: frozenset[str] | None = None


@dataclass(frozen=True)
class Block:
    """A parsed block (gelesener Block).

    Attributes
    ----------
    cells : Table, shape (regular rows, columns)
        Text of the regular rows.
    places : ndarray of int64, shape (regular rows,)
        Which line of the block each one is, from 0.
    odd : list of (int, str)
        Place and text of every other line.
    count : int
        Lines of the block.
    """

    cells: pa.Table = field(repr=False)
    places: np.ndarray = field(repr=False)
    odd: list[tuple[int, str]] = field(repr=False)
    count: int = 0


def parse(data: bytes, layout: Layout) -> Block | None:
    """Parse whole lines.

    Parameters
    ----------
    data : bytes
        In UTF-8; ends with a line end.
    layout : Layout
        Of the file.

    Returns
    -------
    Block or None
        None if a quote is not placed as it should be, a cell is too long, or
        there is a lone carriage return: then only a reader that goes byte by
        byte can tell the lines apart.
    """
    if data.count(b"\r") != data.count(b"\r\n"):
        return None
    quoted = b'"' in data
    if quoted and not _well_quoted(data, layout):
        return None
    # Arrow drops a byte order mark that its input begins with.
    table, uneven = _parse(MARK + data if data.startswith(MARK) else data, layout, quoted)
    columns = [column.combine_chunks() for column in table.columns]
    count = np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    if count != table.num_rows + len(uneven) or any(_longest(c) > LONGEST_CELL for c in columns):
        return None
    cells = pa.table(columns, names=list(layout.names))
    places = np.arange(count) if not uneven else np.delete(np.arange(count), uneven)
    doubtful = _doubtful(columns[0], layout)
    odd = np.sort(np.concatenate([np.array(uneven, dtype=np.int64), places[doubtful]]))
    if len(doubtful):
        keep = np.ones(len(places), dtype=bool)
        keep[doubtful] = False
        cells, places = cells.filter(pa.array(keep)), places[keep]
    texts = _texts(data, odd)
    if any(len(text) > LONGEST_CELL for _, text in texts):
        return None
    return Block(cells, places, texts, int(count))


def mostly_distinct(data: bytes, layout: Layout) -> frozenset[str]:
    """Columns in which most texts differ, from the first lines of a block."""
    lines = b"".join(io.BytesIO(data[: SAMPLE * 500]).readlines()[:SAMPLE])
    all_plain = replace(layout, plain=frozenset(layout.names))
    table, _ = _parse(lines, all_plain, b'"' in lines)
    rows = max(1, table.num_rows)
    return frozenset(
        name
        for name, column in zip(layout.names, table.columns, strict=True)
        if pc.count_distinct(column).as_py() > MANY_DISTINCT * rows
    )


def _parse(data: bytes, layout: Layout, quoted: bool) -> tuple[pa.Table, list[int]]:
    uneven: list[int] = []

    def skip(row: pcsv.InvalidRow) -> str:
        uneven.append(row.number - 1)
        return "skip"

    plain, distinct = pa.string(), pa.dictionary(pa.int32(), pa.string())
    names = [str(number) for number in range(len(layout.names))]
    types = {
        number: plain if name in (layout.plain or ()) else distinct
        for number, name in zip(names, layout.names, strict=True)
    }
    table = pcsv.read_csv(
        pa.BufferReader(data),
        pcsv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
        pcsv.ParseOptions(
            delimiter=layout.separator,
            quote_char='"' if quoted else False,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        pcsv.ConvertOptions(
            check_utf8=False,
            column_types=types,
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        ),
    )
    return table, uneven


def _well_quoted(data: bytes, layout: Layout) -> bool:
    """Whether quotes open behind a separator and close before one, on the same line."""
    content = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(content == ord('"'))
    ends = np.flatnonzero(content == ord("\n"))
    if (np.searchsorted(quotes, ends) % 2).any() or len(quotes) % 2:
        return False
    separator, quote = ord(layout.separator), ord('"')
    padded = np.concatenate([[ord("\n")], content, [ord("\n")]])
    before, behind = padded[quotes[::2]], padded[quotes[1::2] + 2]
    opened = np.isin(before, [separator, ord("\n"), quote])
    closed = np.isin(behind, [separator, ord("\n"), ord("\r"), quote])
    return bool(opened.all() and closed.all())


def _doubtful(array: pa.Array, layout: Layout) -> np.ndarray:
    """Regular rows that may be blank, a comment, a header or a total."""
    if isinstance(array, pa.DictionaryArray):
        texts = _begins(array.dictionary, layout)
        return np.flatnonzero(texts[array.indices.to_numpy()])
    return np.flatnonzero(_begins(array, layout))


def _begins(texts: pa.Array, layout: Layout) -> np.ndarray:
    if not len(texts):
        return np.zeros(0, dtype=bool)
    _, offsets, data = texts.buffers()
    used = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    content = (
        np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    )
    begin = content[np.minimum(used[:-1], len(content) - 1)]
    empty = used[1:] == used[:-1]
    marks = np.zeros(256, dtype=bool)
    marks[np.frombuffer(SPACES + layout.beginnings, np.uint8)] = True
    return empty | marks[begin]


def _texts(data: bytes, places: np.ndarray) -> list[tuple[int, str]]:
    if not len(places):
        return []
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1
    bounds = np.concatenate([[0], ends, [len(data)]])
    return [(int(at), data[bounds[at] : bounds[at + 1]].decode().rstrip("\r\n")) for at in places]


def _longest(column: pa.Array) -> int:
    texts = column.dictionary if isinstance(column, pa.DictionaryArray) else column
    if not len(texts):
        return 0
    used = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return int(np.diff(used).max())
