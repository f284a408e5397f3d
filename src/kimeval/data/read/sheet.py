"""Sheets of a workbook as rows of text, streamed (Tabellenblätter).

openpyxl knows the workbook: its sheets, shared texts, styles and kind of date.
The rows are read here, because its own reader tells neither hidden rows nor a
formula that was never calculated, and a whole sheet in memory takes ten times more.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.utils.cell import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import ARC_STYLE, SHEET_MAIN_NS

from kimeval.data.read.foreign import guarded
from kimeval.data.read.lines import Numbered
from kimeval.data.read.markup import elements
from kimeval.data.read.typed import text_of

TAGS = ("row", "c", "v", "f", "is", "t", "r", "mergeCell")
ROW, CELL, VALUE, FORMULA, INLINE, TEXT, RUN, MERGED = (f"{{{SHEET_MAIN_NS}}}{t}" for t in TAGS)
LAST_ROW = 1_048_576
NOT_CALCULATED = "#FORMEL"
DIGITS = "0123456789"
Spans = dict[tuple[int, int], int]


@dataclass(frozen=True)
class Book:
    """What the cells of a sheet refer to (Arbeitsmappe).

    Attributes
    ----------
    archive : ZipFile
        Open; holds the sheets.
    sheets : dict
        Title -> member of the archive, in order.
    strings : list of str
        Shared texts by number.
    dates, durations : set of int
        Styles that show a number as a date or a duration.
    epoch : datetime
        Day 0: of the count from 1900 or from 1904.
    decimal : str
        Sign before decimal places.
    """

    archive: ZipFile = field(repr=False)
    sheets: dict[str, str]
    strings: list[str] = field(repr=False)
    dates: set[int]
    durations: set[int]
    epoch: datetime
    decimal: str


@contextmanager
def opened_book(path: Path, damaged: str, decimal: str) -> Iterator[Book]:
    """A workbook, open as long as it is read (geöffnete Arbeitsmappe).

    Parameters
    ----------
    path : Path
        Of the file, already checked by `check_archive`.
    damaged : str
        Message if it cannot be opened.
    decimal : str
        Sign before decimal places.

    Raises
    ------
    FormatError
        If it cannot be opened.
    """
    with path.open("rb") as content:
        book = guarded(damaged, lambda: _book(content, decimal))
        with book.archive:
            yield book


def _book(content: BinaryIO, decimal: str) -> Book:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = ExcelReader(content, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        found = [s for s in reader.parser.find_sheets() if s[1].Type.endswith("/worksheet")]
    sheets = {sheet.name: relation.target for sheet, relation in found}
    styles = Stylesheet()
    if ARC_STYLE in reader.archive.namelist():
        styles = Stylesheet.from_tree(fromstring(reader.archive.read(ARC_STYLE)))
    return Book(
        reader.archive,
        sheets,
        reader.shared_strings,
        getattr(styles, "date_formats", set()),
        getattr(styles, "timedelta_formats", set()),
        reader.wb.epoch,
        decimal,
    )


def sheet_rows(book: Book, member: str, skip: bool) -> Iterator[Numbered]:
    """Rows of a sheet up to the last filled one (Zeilen eines Blatts).

    Parameters
    ----------
    book : Book
        Open.
    member : str
        The sheet, by its place in the archive.
    skip : bool
        A hidden row has None for its cells.

    Yields
    ------
    (int, list of str or None)
        Number of the row, and its cells up to the last filled one.
    """
    number = last = 0
    with book.archive.open(member) as content:
        for _, element in elements(content):
            if element.tag != ROW:
                continue
            number = int(element.get("r", number + 1))
            if number > LAST_ROW:
                raise ValueError("row beyond the end of a sheet")
            cells = _cells(book, element)
            if any(map(str.strip, cells)):
                yield from ((blank, []) for blank in range(last + 1, number))
                hidden = skip and element.get("hidden") in ("1", "true")
                yield number, None if hidden else cells
                last = number
            element.clear()


def _cells(book: Book, row: Element) -> list[str]:
    cells: list[str] = []
    column = 0
    for cell in row:
        if cell.tag != CELL:
            continue
        place = cell.get("r")
        column = column_index_from_string(place.rstrip(DIGITS)) if place else column + 1
        if text := _text(book, cell):
            cells += [""] * (column - len(cells))
            cells[column - 1] = text
    return cells


def _text(book: Book, cell: Element) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_runs(cell.find(INLINE)))
    value = cell.findtext(VALUE)
    if not value:
        known = kind == "str" and value is not None
        return NOT_CALCULATED if cell.find(FORMULA) is not None and not known else ""
    if kind == "s":
        return book.strings[int(value)]
    if kind == "b":
        return text_of(value in ("1", "true"))
    return value if kind in ("str", "e") else _typed(book, value, kind, int(cell.get("s") or 0))


def _runs(inline: Element | None) -> Iterator[str]:
    """Text beside its cell, whole or in runs of one format."""
    for child in () if inline is None else inline:
        if child.tag == TEXT:
            yield child.text or ""
        elif child.tag == RUN:
            yield child.findtext(TEXT) or ""


def _typed(book: Book, value: str, kind: str, style: int) -> str:
    """A number, a date or a duration; what cannot be one stays as it is."""
    if kind == "n" and style not in book.dates and value.isdigit():
        return value
    try:
        if kind == "d":
            return text_of(from_ISO8601(value))
        number = float(value)
        if style in book.dates:
            return text_of(from_excel(number, book.epoch, timedelta=style in book.durations))
    except (ValueError, OverflowError):
        return value
    return text_of(number, book.decimal)


def spans(book: Book, member: str) -> Spans:
    """Merged cells of a sheet (verbundene Zellen).

    Returns
    -------
    dict
        Row and column of a place on a merged cell's upper edge -> its first column.
    """
    found: Spans = {}
    with book.archive.open(member) as content:
        for _, element in elements(content):
            if element.tag == MERGED:
                left, top, right, _ = range_boundaries(element.get("ref"))
                found |= {(top, column): left for column in range(left + 1, right + 1)}
            elif element.tag == ROW:
                element.clear()
    return found
