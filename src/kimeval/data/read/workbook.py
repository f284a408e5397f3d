"""One sheet of a workbook as a table of text (Arbeitsmappe)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from kimeval.core.errors import FormatError, suggestion
from kimeval.data.profiles import FileSpec
from kimeval.data.read.archive import check_archive
from kimeval.data.read.foreign import guarded, guarded_each
from kimeval.data.read.header import SEARCHED, find_header, plain
from kimeval.data.read.lines import Numbered, parts_of
from kimeval.data.read.part import Part
from kimeval.data.read.sheet import Book, Spans, opened_book, sheet_rows, spans
from kimeval.data.read.typed import decimal_of

Line = tuple[int, Sequence[str]]


def read_workbook(path: Path, spec: FileSpec) -> Iterator[Part]:
    """Read one sheet of a workbook (Arbeitsblatt).

    Parameters
    ----------
    path : Path
        Of the file.
    spec : FileSpec
        Sheet, rows of the header, hidden rows, totals, decimal sign and the columns
        that must be there.

    Yields
    ------
    Part
        At least one. Dates are ISO whatever the workbook's count; a formula never
        calculated is `#FORMEL`, an error its sign; hidden columns are read; rows end
        with the last filled one.

    Raises
    ------
    FormatError
        If it is no workbook that may be opened, has no such sheet, an empty one, or
        lacks a needed column.
    """
    check_archive(path)
    damaged = (
        f"'{path.name}' cannot be read as a workbook (xlsx): it is damaged or not complete. "
        f"Save it again as xlsx, or ask for it to be delivered again."
    )
    with opened_book(path, damaged, decimal_of(spec)) as book:
        member = _member(book, spec, path.name)
        rows = guarded_each(damaged, sheet_rows(book, member, spec.hidden == "skip"))
        merged = guarded(damaged, lambda: spans(book, member)) if spec.header_rows > 1 else {}
        parts = parts_of(path.name, _table(rows, merged, spec, path.name), spec)
        first = next(parts)
        more = spec.header_rows - 1
        skipped = {**first.skipped, "header": first.skipped["header"] + more}
        yield replace(first, skipped=skipped, records=first.records + more)
        yield from parts


def _member(book: Book, spec: FileSpec, name: str) -> str:
    titles = {plain(title): member for title, member in book.sheets.items()}
    if not titles:
        raise FormatError(f"The workbook '{name}' has no sheet with cells. Ask for it again.")
    wanted = plain(spec.sheet) or next(iter(titles))
    if wanted not in titles:
        raise FormatError(
            f"'{name}' must have the sheet '{wanted}', it has {', '.join(titles)}. "
            f"{suggestion(wanted, titles)} Change sheet in the profile."
        )
    return titles[wanted]


def _table(
    rows: Iterator[Numbered], merged: Spans, spec: FileSpec, name: str
) -> Iterator[Numbered]:
    """Rows with one line of header, as wide as it, and longer only where cells are filled."""
    hidden: list[Numbered] = []
    first: list[Line] = []
    for number, cells in rows:
        if cells is None:
            hidden.append((number, None))
        else:
            first.append((number, cells))
        if len(first) >= SEARCHED + spec.header_rows:
            break
    if not first:
        return
    if spec.header_rows > 1:
        first = _one_header(first, merged, spec)
    width = len(find_header(first, spec, name)[1])
    for number, cells in chain(hidden, first, rows):
        yield number, None if cells is None else _fitted(cells, width)


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    behind = [cell for cell in cells[width:] if cell and not cell.isspace()]
    return [*cells[:width], *[""] * (width - len(cells)), *behind]


def _one_header(first: list[Line], merged: Spans, spec: FileSpec) -> list[Line]:
    """The rows of the header as one: those whose joined names fit the profile best."""
    needed, rows = set(spec.needed), spec.header_rows
    joined = [_joined(first[at : at + rows], merged) for at in range(len(first) - rows + 1)]
    if not joined:
        return first
    at = max(range(len(joined)), key=lambda index: (len(needed & set(joined[index])), -index))
    return [*first[:at], (first[at][0], joined[at]), *first[at + rows :]]


def _joined(rows: Sequence[Line], merged: Spans) -> list[str]:
    numbers = {number for number, _ in rows}
    right = max((column for row, column in merged if row in numbers), default=0)
    width = max(right, *(len(cells) for _, cells in rows))
    columns = [[_above(line, merged, column) for line in rows] for column in range(1, width + 1)]
    return [plain(" ".join(texts)) for texts in columns]


def _above(line: Line, merged: Spans, column: int) -> str:
    number, cells = line
    at = merged.get((number, column), column)
    return cells[at - 1] if at <= len(cells) else ""
