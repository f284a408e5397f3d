"""Separated text, CSV and TSV, nothing guessed (getrennter Text).

Blocks of lines go through Arrow. Where quotes or line ends are not regular, the
rest of the file goes through Python's reader, line by line, with the same result.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.blocks import Block, Layout, mostly_distinct, parse
from kimeval.data.read.encodings import BLOCK, Text, as_utf8, open_text
from kimeval.data.read.header import Cells
from kimeval.data.read.lines import AT_ONCE, Sorter
from kimeval.data.read.part import Part
from kimeval.data.read.start import Start, find_start, rows_of

STEP = 256 << 10
LONGEST_LINE = 16 << 20
THREADS = 2


def read_text(path: Path, spec: FileSpec, block: int = BLOCK) -> Iterator[Part]:
    """Read a text file as its profile says, in parts.

    Parameters
    ----------
    path : Path
        Of the file.
    spec : FileSpec
        Encoding, separator, comment sign and the columns that must be there.
    block : int
        Bytes of a part.

    Yields
    ------
    Part
        Together they account for every line.

    Raises
    ------
    FormatError
        If the file is empty, in another encoding, without the header or a needed
        column, has a column twice, or a quote that never ends. Raised before the
        last part.
    """
    text = open_text(path, spec.encoding)
    with text.stream:
        start = find_start(text, spec)
        sorter = Sorter(start.header, spec)
        sorter.gathered.skipped.update(header=1, comment=len(start.before))
        sorter.gathered.notes += [spec.separator.join(cells) for cells in start.before]
        yield from _body(text, start, sorter, block)
        text.finish()
        sorter.finish()
        yield _mark_truncated(sorter.part(), sorter.last, text)


def _body(text: Text, start: Start, sorter: Sorter, size: int) -> Iterator[Part]:
    """Whole lines by blocks; line by line what is left, or cannot be parsed so."""
    plain = sorter.spec.separator.isascii()
    end = _last_line_end(text, start.offset) if plain else start.offset
    offset, line = start.offset, start.line
    for data, block in _blocks(text, start, sorter, end, size):
        if block is None:
            break
        yield _sorted(block, sorter, line)
        offset, line = offset + len(data), line + block.count
    yield from _by_line(text, offset, line, sorter)


def _last_line_end(text: Text, begin: int) -> int:
    """Byte behind the last line end: what follows may be cut off."""
    end = text.stream.seek(0, io.SEEK_END)
    while end > begin:
        size = min(STEP, end - begin)
        end -= size
        text.stream.seek(end)
        if (at := text.stream.read(size).rfind(b"\n")) >= 0:
            return end + at + 1
    return begin


def _cells(line: str, separator: str) -> Cells | None:
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _blocks(
    text: Text, start: Start, sorter: Sorter, end: int, size: int
) -> Iterator[tuple[bytes, Block | None]]:
    """Blocks of whole lines in order, parsed ahead by a second thread."""
    spec = sorter.spec
    first = start.header[0]
    marks = [first, unicodedata.normalize("NFD", first), spec.comment, *spec.totals]
    beginnings = b"".join(mark.encode()[:1] for mark in marks)
    layout = Layout(tuple(sorter.names), spec.separator, beginnings)
    waiting: deque[tuple[bytes, Future[Block | None]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for offset, data in _cut(text, start.offset, end, size):
            text.check(data, offset)
            if layout.plain is None:
                plain = mostly_distinct(as_utf8(data, text.encoding), layout)
                layout = replace(layout, plain=plain)
            waiting.append((data, pool.submit(_parse, data, text.encoding, layout)))
            if len(waiting) > THREADS:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)


def _next(waiting: deque[tuple[bytes, Future[Block | None]]]) -> tuple[bytes, Block | None]:
    data, parsed = waiting.popleft()
    return data, parsed.result()


def _parse(data: bytes, encoding: str, layout: Layout) -> Block | None:
    return parse(as_utf8(data, encoding), layout)


def _cut(text: Text, offset: int, end: int, size: int) -> Iterator[tuple[int, bytes]]:
    while offset < end:
        text.stream.seek(offset)
        data = text.stream.read(min(size, end - offset))
        whole = len(data) if offset + len(data) >= end else data.rfind(b"\n") + 1
        if not whole:
            text.stream.seek(offset)
            data = text.stream.read(LONGEST_LINE + 1)
            whole = data.find(b"\n", 0, end - offset) + 1
            if not whole:
                raise FormatError(
                    f"'{text.name}' has a line longer than {LONGEST_LINE >> 20} MiB and is no "
                    f"table of rows. Are its line ends missing?"
                )
        yield offset, data[:whole]
        offset += whole


def _sorted(block: Block, sorter: Sorter, line: int) -> Part:
    """A block's regular rows and those among its odd lines, in the file's order."""
    block, odd = _loosened(block, sorter)
    before = 0
    for place, cells in odd:
        behind = int(np.searchsorted(block.places, place))
        if behind > before:
            sorter.release()
        before = behind
        sorter.take(line + place, cells)
    if len(block.places) > before:
        sorter.release()
    part = sorter.part()
    lines = np.concatenate([block.places + line, part.lines])
    records = part.records + len(block.places)
    if not len(part.lines):
        return replace(part, cells=block.cells, lines=lines, records=records)
    order = np.argsort(lines, kind="stable")
    loose = part.cells.cast(pa.schema([(f.name, f.type) for f in block.cells.schema]))
    cells = pa.concat_tables([block.cells, loose]).unify_dictionaries().take(pa.array(order))
    return replace(part, cells=cells, lines=lines[order], records=records)


def _loosened(block: Block, sorter: Sorter) -> tuple[Block, list[tuple[int, Cells]]]:
    """A block without the rows at its end that may be footnotes; these and its odd lines."""
    parsed = [(place, raw, _cells(raw, sorter.spec.separator)) for place, raw in block.odd]
    odd = [(place, [raw] if cells is None else cells) for place, raw, cells in parsed]
    kept = len(block.places)
    while kept and sorter.may_be_footnote(cells := _row(block.cells, kept - 1)):
        kept -= 1
        odd.append((int(block.places[kept]), cells))
    odd.sort(key=lambda line: line[0])
    return replace(block, cells=block.cells.slice(0, kept), places=block.places[:kept]), odd


def _row(cells: pa.Table, place: int) -> Cells:
    return [column[place].as_py() for column in cells.columns]


def _by_line(text: Text, offset: int, line: int, sorter: Sorter) -> Iterator[Part]:
    lines = _decoded_lines(text, offset)
    for number, cells, _ in rows_of(text.name, lines, sorter.spec.separator, line):
        sorter.take(number, cells)
        if len(sorter.gathered.rows) >= AT_ONCE:
            yield sorter.part()


def _decoded_lines(text: Text, offset: int) -> Iterator[str]:
    """Lines of text with their ends; a lone carriage return ends one as well."""
    text.stream.seek(offset)
    while raw := text.stream.readline(LONGEST_LINE + 1):
        if len(raw) > LONGEST_LINE:
            raise FormatError(
                f"'{text.name}' has a line longer than {LONGEST_LINE >> 20} MiB and is no table "
                f"of rows. Are its line ends missing?"
            )
        text.check(raw, offset)
        offset += len(raw)
        yield from io.StringIO(raw.decode(text.encoding), newline="")


def _mark_truncated(part: Part, last: int, text: Text) -> Part:
    """Name the row on the last line if it has too few cells and no line end."""
    text.stream.seek(-1, io.SEEK_END)
    if text.stream.read(1) in (b"\n", b"\r"):
        return part
    uneven = part.uneven
    cut = (uneven["line"] == last) & (uneven["reason"] == "row_too_short")
    return replace(part, uneven=uneven.assign(reason=uneven["reason"].mask(cut, "row_truncated")))
