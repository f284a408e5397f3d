"""A delivered file as text, with the line of each row (gelesene Datei).

Both baselines read it in two passes: bytes are counted to find what is no row
and rows of another length, then `read_csv` reads the rest. They trust the
declared encoding, and that no cell holds a line break; the library does not.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

SEPARATOR = ";"
BLOCK = 32 << 20
Uneven = list[tuple[int, str, str]]


@dataclass
class Export:
    """Rows of a file as text, and what its other lines are (Export).

    Attributes
    ----------
    name : str
        Of the file.
    header : list of str
        Columns.
    first : int
        Line behind the header.
    cells : DataFrame of str or category, shape (rows, columns)
        Text as delivered.
    lines : ndarray of int, shape (rows,)
        Line of each row.
    uneven : list of (line, reason, text)
        Rows with more or fewer cells than the header.
    skipped : Counter
        Lines that are no rows, by kind.
    trimmed : int
        Rows of which empty cells behind the last column were dropped.
    """

    name: str
    header: list[str]
    first: int
    cells: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    lines: np.ndarray = field(default_factory=lambda: np.empty(0, int), repr=False)
    uneven: Uneven = field(default_factory=list, repr=False)
    skipped: Counter[str] = field(default_factory=Counter)
    trimmed: int = 0

    @property
    def rows(self) -> int:
        """Rows delivered."""
        return len(self.cells) + len(self.uneven)


def read_export(path: Path, encoding: str, key: str, types: dict[str, str]) -> Export:
    """Read a file of separated text.

    Parameters
    ----------
    path : Path
        Of the file.
    encoding : str
        Of its text.
    key : str
        First column: the line that begins with it is the header.
    types : dict of str to str
        Type of a column for `read_csv`, str for the others.

    Returns
    -------
    Export
    """
    export = _start(path, encoding, key)
    others = _sort_odd_lines(path, encoding, export)
    cells = pd.read_csv(
        path,
        sep=SEPARATOR,
        encoding=encoding,
        dtype=dict.fromkeys(export.header, "str") | types,
        header=None,
        names=export.header,
        usecols=export.header,
        skiprows=export.first - 1,
        skip_blank_lines=False,
        keep_default_na=False,
        na_filter=False,
    )
    rows = np.ones(len(cells), dtype=bool)
    rows[np.array(others, dtype=int) - export.first] = False
    export.cells = cells[rows].reset_index(drop=True)
    export.lines = np.flatnonzero(rows) + export.first
    return export


def _start(path: Path, encoding: str, key: str) -> Export:
    with path.open(encoding=encoding, newline="") as file:
        for number, line in enumerate(file, 1):
            if line.startswith(key + SEPARATOR):
                skipped = Counter(header=1, comment=number - 1)
                return Export(path.name, _cells(line), number + 1, skipped=skipped)
    raise ValueError(f"{path.name} has no header that begins with {key}.")


def _sort_odd_lines(path: Path, encoding: str, export: Export) -> list[int]:
    """Note every line that is no row of the header's length; numbers of such lines."""
    width = len(export.header)
    others, notes = [], []
    number = 0
    for number, raw in _odd_lines(path, export):
        cells = _cells(raw.decode(encoding))
        kind = _kind(cells, export.header)
        if kind == "note":
            notes.append((number, cells))
        elif kind:
            export.skipped[kind] += 1
            others.append(number)
        elif len(cells) > width and not "".join(cells[width:]).strip():
            export.trimmed += 1
        elif len(cells) != width:
            export.uneven.append(_uneven(number, cells, width, raw))
            others.append(number)
    footnotes = _behind_rows(number, others, export, notes)
    export.skipped["footer"] = len(footnotes)
    for number, cells in notes:
        if number not in footnotes and len(cells) != width:
            export.uneven.append(_uneven(number, cells, width, b"\n"))
            others.append(number)
    export.uneven.sort()
    return others + footnotes


def _behind_rows(
    last: int, others: list[int], export: Export, notes: list[tuple[int, list[str]]]
) -> list[int]:
    """Lines of notes behind the last row; `last` is the last line, which is always odd."""
    no_rows = set(others) - {line for line, _, _ in export.uneven}
    noted = {number for number, _ in notes}
    found = []
    while last in no_rows or last in noted:
        if last in noted:
            found.append(last)
        last -= 1
    return found


def _uneven(number: int, cells: list[str], width: int, raw: bytes) -> tuple[int, str, str]:
    short = "row_too_short" if raw.endswith(b"\n") else "row_truncated"
    reason = "row_too_long" if len(cells) > width else short
    return number, reason, SEPARATOR.join(cells)


def _odd_lines(path: Path, export: Export) -> Iterator[tuple[int, bytes]]:
    """Lines to be looked at one by one: another width, quotes, blanks, the last one."""
    number = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            block += file.readline()
            last = file.tell() == path.stat().st_size
            starts, odd = _look(block, len(export.header), ord(export.header[0][0]))
            odd[-1] |= last
            for at in np.flatnonzero(odd):
                if number + at >= export.first:
                    yield int(number + at), block[starts[at] : starts[at + 1]]
            number += len(odd)


def _look(block: bytes, width: int, mark: int) -> tuple[np.ndarray, np.ndarray]:
    """Where lines begin (and the last one ends), and which of them are odd."""
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == ord("\n")) + 1
    ends = ends if block.endswith(b"\n") else np.append(ends, len(block))
    starts = np.concatenate([[0], ends])
    separators = np.flatnonzero(text == ord(SEPARATOR))
    before = np.searchsorted(separators, starts)
    odd = np.diff(before) != width - 1
    first = np.minimum(before[:-1], len(separators) - width + 1).clip(0)
    if len(separators) >= width - 1:
        odd |= separators[first + width - 2] - separators[first] == width - 2
    quotes = np.flatnonzero(text == ord('"'))
    odd |= np.diff(np.searchsorted(quotes, starts)) > 0
    return starts, odd | (text[starts[:-1]] == mark)


def _cells(line: str) -> list[str]:
    if '"' not in line:
        return line.rstrip("\r\n").split(SEPARATOR)
    return next(csv.reader([line], delimiter=SEPARATOR), [])


def _kind(cells: list[str], header: list[str]) -> str | None:
    first, *others = [cell.strip() for cell in cells]
    if not first and not any(others):
        return "blank"
    if cells == header:
        return "header"
    note = " " in first or (first != "" and not first[0].isalnum())
    return "note" if note and not any(others) else None
