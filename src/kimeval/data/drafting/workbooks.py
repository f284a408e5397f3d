"""First look at a workbook: sheet, rows of the header, hidden rows (Arbeitsmappen)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from kimeval.core.errors import FormatError
from kimeval.data.drafting.content import tidy
from kimeval.data.drafting.header import SEARCHED, Headed, header_worth, split_lines
from kimeval.data.drafting.look import ROWS, Look
from kimeval.data.drafting.separated import rows_said
from kimeval.data.read.archive import check_archive
from kimeval.data.read.foreign import guarded
from kimeval.data.read.sheet import Book, Spans, opened_book, sheet_rows, spans

DECIMAL = ","


@dataclass(frozen=True)
class Sheet:
    """A sheet with a table (Blatt).

    Attributes
    ----------
    title : str
        Of the sheet.
    headed : Headed
        Header and rows.
    header_rows : int
        1 or 2.
    hidden : int
        Rows that nobody sees on the screen.
    """

    title: str
    headed: Headed = field(repr=False)
    header_rows: int
    hidden: int


def look_at_workbook(path: Path) -> Look:
    """Look at the sheet with the most rows of a table.

    Raises
    ------
    FormatError
        If it cannot be opened or no sheet has a table with a header.
    """
    check_archive(path)
    damaged = f"'{path.name}' cannot be read as a workbook (xlsx). Save it again as xlsx."
    with opened_book(path, damaged, DECIMAL) as book:
        titles = list(book.sheets)
        sheets = [guarded(damaged, partial(_sheet, book, title)) for title in titles]
    found = [sheet for sheet in sheets if sheet is not None]
    if not found:
        raise FormatError(
            f"A draft needs a header: one line of distinct names above the data. No sheet of "
            f"'{path.name}' has one in its first {SEARCHED} rows. Put one there, or ask for it."
        )
    best = max(found, key=lambda sheet: len(sheet.headed.rows))
    settings: dict[str, object] = {"sheet": best.title} if len(titles) > 1 else {}
    if best.header_rows > 1:
        settings["header_rows"] = best.header_rows
    if best.headed.totals:
        settings["totals"] = list(best.headed.totals)
    if said := rows_said(best.headed.notes):
        settings["rows_said"] = said
    remarks = tuple(_remarks(best, titles))
    rows = best.headed.rows[:ROWS]
    return Look(path.name, "xlsx", best.headed.header, rows, settings, remarks, best.headed.notes)


def _sheet(book: Book, title: str) -> Sheet | None:
    member = book.sheets[title]
    numbered = list(islice(sheet_rows(book, member, skip=False), ROWS + SEARCHED))
    hidden = sum(cells is None for _, cells in islice(sheet_rows(book, member, skip=True), ROWS))
    lines = [list(cells or []) for _, cells in numbered]
    merged = {(row, column): left for (row, column), left in spans(book, member).items()}
    try:
        if joined := _joined(lines, merged, [number for number, _ in numbered]):
            return Sheet(title, split_lines(joined, title), 2, hidden)
        return Sheet(title, split_lines(lines, title), 1, hidden)
    except FormatError:
        return None


def _joined(lines: list[list[str]], merged: Spans, numbers: list[int]) -> list[list[str]]:
    """The lines with a header of two rows as one, empty where there is none.

    Such a header has cells merged over several columns, and below them a line that
    is no row of data.
    """
    tidied = [[tidy(cell) for cell in line] for line in lines]
    for at, number in enumerate(numbers[: min(SEARCHED, len(lines) - 1)]):
        groups = {left for (row, _), left in merged.items() if row == number}
        below = lines[at + 1]
        if not groups or sum(map(bool, lines[at])) < 2 or not header_worth(tidied, at + 1, 0):
            continue
        width = max(len(below), *(column for row, column in merged if row == number))
        upper = [_cell(lines[at], merged.get((number, c), c)) for c in range(1, width + 1)]
        lower = [_cell(below, c) for c in range(1, width + 1)]
        names = [" ".join(filter(None, pair)) for pair in zip(upper, lower, strict=True)]
        return [*lines[:at], names, *lines[at + 2 :]]
    return []


def _cell(cells: list[str], column: int) -> str:
    return cells[column - 1] if column <= len(cells) else ""


def _remarks(sheet: Sheet, titles: list[str]) -> list[str]:
    made = []
    if others := [title for title in titles if title != sheet.title]:
        made.append(f"weitere Blätter, nicht in diesem Entwurf: {', '.join(others)}")
    if sheet.hidden:
        made.append(f"ausgeblendete Zeilen: {sheet.hidden}; sie werden mitgelesen (hidden)")
    if sheet.header_rows > 1:
        made.append("Kopf aus zwei Zeilen; Namen sind mit Leerzeichen verbunden")
    return made
