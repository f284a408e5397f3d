"""Where the rows of a text file begin (Beginn der Zeilen)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.encodings import Text
from kimeval.data.read.header import SEARCHED, Cells, find_header

HEAD = 1 << 20


@dataclass(frozen=True)
class Start:
    """Where rows begin (Beginn der Zeilen).

    Attributes
    ----------
    header : list of str
        Columns.
    before : list of Cells
        Lines before the header.
    offset, line : int
        Byte and line behind the header.
    """

    header: list[str]
    before: list[Cells]
    offset: int
    line: int


def find_start(text: Text, spec: FileSpec) -> Start:
    """Find the header of a text file and what stands before it.

    Raises
    ------
    FormatError
        If the file is empty, not in its encoding, or has no header with the needed columns.
    """
    text.stream.seek(text.start)
    head = text.stream.read(HEAD)
    if not head.strip():
        raise FormatError(f"The file '{text.name}' is empty. Ask for it to be delivered again.")
    text.check(head[: _last_end(head)] if len(head) == HEAD else head, text.start)
    decoded = io.StringIO(head.decode(text.encoding, "ignore"), newline="")
    numbered: list[tuple[int, Cells]] = []
    ends: list[tuple[int, int]] = []
    used = 0

    def lines() -> Iterator[str]:
        nonlocal used
        for line in decoded:
            used += len(line.encode(text.encoding))
            yield line

    failed: FormatError | None = None
    try:
        for number, cells, behind in rows_of(text.name, lines(), spec.separator, 1):
            numbered.append((number, cells))
            ends.append((used, behind))
            if len(numbered) > SEARCHED:
                break
    except FormatError as found:
        failed = found
    try:
        index, header = find_header(numbered, spec, text.name)
    except FormatError:
        if failed:
            raise failed from None
        raise
    used, behind = ends[index]
    return Start(header, [cells for _, cells in numbered[:index]], text.start + used, behind)


def rows_of(
    name: str, lines: Iterable[str], separator: str, first: int
) -> Iterator[tuple[int, Cells, int]]:
    """Line on which a row starts, its cells, and the line behind it."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    line = first
    try:
        for cells in reader:
            behind = first + reader.line_num
            yield line, cells, behind
            line = behind
    except csv.Error:
        raise FormatError(
            f"'{name}' has a quote that never ends or a cell that is too long, in the row that "
            f"starts on line {line}. Correct the quotes there."
        ) from None


def _last_end(head: bytes) -> int:
    """Byte behind the last line end, or all of it."""
    return max(head.rfind(b"\n"), head.rfind(b"\r")) + 1 or len(head)
