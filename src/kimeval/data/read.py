"""Read a delivered CSV as text, nothing guessed (Einlesen).

Finds the header by the columns that the profile names, keeps the line number
of each row, and counts every line that is not a row.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data.profiles import FileSpec

CODECS = {"utf-8": "utf-8-sig", "cp1252": "cp1252"}
Cells = Sequence[str]


@dataclass(frozen=True)
class RawFile:
    """A file as text (Rohdatei).

    Attributes
    ----------
    name : str
        File name.
    cells : DataFrame of str, shape (rows, header columns)
        Text as delivered; rows with too few or too many cells are not in it.
    lines : Series of int, shape (rows,)
        Line of the file on which each row starts.
    uneven : DataFrame with columns line, reason, text
        Rows whose number of cells does not fit the header.
    skipped : dict of str to int
        Lines that are no rows, by kind: comment, blank, header, footer.
    records : int
        Lines of the file that were parsed, rows and others.
    trimmed : int
        Rows of which empty cells behind the last column were dropped.
    """

    name: str
    cells: pd.DataFrame = field(repr=False)
    lines: pd.Series = field(repr=False)
    uneven: pd.DataFrame = field(repr=False)
    skipped: dict[str, int]
    records: int
    trimmed: int = 0

    @property
    def rows(self) -> int:
        """Rows delivered, even and uneven ones."""
        return len(self.cells) + len(self.uneven)


def read_file(path: Path, spec: FileSpec) -> RawFile:
    """Read a file as its profile says.

    Parameters
    ----------
    path : Path
        Of the file.
    spec : FileSpec
        Encoding, separator, comment sign and the columns that must be there.

    Returns
    -------
    RawFile

    Raises
    ------
    MissingFileError
        If there is no such file.
    FormatError
        If it is empty, in another encoding, without the header or a needed
        column, has a column twice, or a quote that never ends.
    """
    if not path.is_file():
        raise MissingFileError(f"The file '{path.name}' is missing. Was it delivered?")
    numbered = list(_parse(_decode(path, spec), spec, path.name))
    start, header = _find_header(numbered, spec, path.name)
    return _collect(path.name, numbered, start, header, spec)


def _decode(path: Path, spec: FileSpec) -> str:
    content = path.read_bytes()
    if not content.removeprefix(codecs.BOM_UTF8).strip():
        raise FormatError(f"The file '{path.name}' is empty. Ask for it to be delivered again.")
    if b"\0" in content:
        raise FormatError(
            f"'{path.name}' holds NUL bytes and is not a text file. Was it saved as UTF-16 or "
            f"as a workbook? Export it as CSV."
        )
    foreign = _foreign_byte(content, spec.encoding)
    if foreign is None:
        return content.decode(CODECS[spec.encoding])
    line = content.count(b"\n", 0, foreign) + 1
    other = "cp1252" if spec.encoding == "utf-8" else "utf-8"
    raise FormatError(
        f"'{path.name}' must be {spec.encoding}, line {line} is not. Is it {other}? "
        f"Change encoding in the profile."
    )


def _foreign_byte(content: bytes, encoding: str) -> int | None:
    """Place of the first byte in another encoding; cp1252 would read UTF-8 and garble it."""
    try:
        content.decode(CODECS[encoding])
    except UnicodeDecodeError as found:
        return found.start
    if encoding == "utf-8" or content.isascii() or _foreign_byte(content, "utf-8") is not None:
        return None
    return next(place for place, byte in enumerate(content) if byte > 127)


def _parse(text: str, spec: FileSpec, name: str) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=spec.separator, strict=True)
    line = 0
    try:
        for row in reader:
            yield line + 1, row
            line = reader.line_num
    except csv.Error:
        raise FormatError(
            f"'{name}' has a quote that never ends or a cell that is too long, in the row that "
            f"starts on line {line + 1}. Correct the quotes there."
        ) from None


def plain(text: str) -> str:
    """A column's name without regard to Unicode form, kind of spaces and byte order mark."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\ufeff", "")).split())


def _find_header(
    numbered: Sequence[tuple[int, Cells]], spec: FileSpec, name: str
) -> tuple[int, list[str]]:
    needed = set(spec.needed)
    best: tuple[int, int] = (0, -1)
    for index, (_, row) in enumerate(numbered):
        hits = len(needed.intersection(map(plain, row)))
        if hits == len(needed):
            header = [plain(cell) for cell in row]
            _refuse_twice(header, needed, name)
            return index, header
        best = max(best, (hits, -index))
        if index > 200:
            break
    raise FormatError(_no_header(numbered, spec, name, best))


def _no_header(
    numbered: Sequence[tuple[int, Cells]], spec: FileSpec, name: str, best: tuple[int, int]
) -> str:
    hits, index = best[0], -best[1]
    if 2 * hits < len(spec.needed):
        return (
            f"'{name}' has no header with the columns {', '.join(spec.needed[:6])}. Does the "
            f"profile belong to this file, and is '{spec.separator}' its separator?"
        )
    found = [plain(cell) for cell in numbered[index][1] if plain(cell)]
    lacking = [column for column in spec.needed if column not in found]
    spare = [column for column in found if column not in spec.needed]
    near = [n for c in lacking for n in difflib.get_close_matches(c, spare, n=1)]
    hint = f"Did it become '{near[0]}'? " if near else ""
    return (
        f"'{name}' lacks the column {', '.join(lacking)}; its header on line "
        f"{numbered[index][0]} has {', '.join(found)}. {hint}Change the profile or the file."
    )


def _refuse_twice(header: list[str], needed: set[str], name: str) -> None:
    twice = [column for column, n in Counter(header).items() if n > 1 and column in needed]
    if twice:
        raise FormatError(
            f"'{name}' has the column {', '.join(twice)} twice. Which one holds? Rename the other."
        )


def _collect(
    name: str, numbered: Sequence[tuple[int, Cells]], start: int, header: list[str], spec: FileSpec
) -> RawFile:
    skipped: Counter[str] = Counter(header=1, comment=start)
    rows: list[Cells] = []
    lines: list[int] = []
    uneven: list[tuple[int, str, str]] = []
    trimmed = 0
    last = _last_row(numbered, spec)
    for index, (line, row) in enumerate(numbered[start + 1 :], start + 1):
        kind = _kind(row, header, spec, index > last)
        if kind:
            skipped[kind] += 1
            continue
        cells = list(row)
        if len(cells) > len(header) and not any(c.strip() for c in cells[len(header) :]):
            cells, trimmed = cells[: len(header)], trimmed + 1
        if len(cells) == len(header):
            rows.append(cells)
            lines.append(line)
        else:
            reason = "row_too_long" if len(cells) > len(header) else "row_too_short"
            uneven.append((line, reason, spec.separator.join(row)))
    even = pd.DataFrame(rows, columns=_unique(header), dtype="str")
    odd = pd.DataFrame(uneven, columns=["line", "reason", "text"])
    starts = pd.Series(lines, dtype="int64")
    return RawFile(name, even, starts, odd, dict(skipped), len(numbered), trimmed)


def _kind(row: Cells, header: list[str], spec: FileSpec, behind: bool) -> str | None:
    if not any(cell.strip() for cell in row):
        return "blank"
    if spec.comment and row[0].lstrip().startswith(spec.comment):
        return "comment"
    if [plain(cell) for cell in row] == header:
        return "header"
    return "footer" if behind else None


def _last_row(numbered: Sequence[tuple[int, Cells]], spec: FileSpec) -> int:
    """Index of the last line that is neither blank, comment nor a footnote."""
    for index in range(len(numbered) - 1, -1, -1):
        first, *others = [cell.strip() for cell in numbered[index][1]] or [""]
        comment = bool(spec.comment) and first.startswith(spec.comment)
        note = bool(first) and (" " in first or not first[0].isalnum()) and not any(others)
        if (first or any(others)) and not comment and not note:
            return index
    return -1


def _unique(header: list[str]) -> list[str]:
    names: list[str] = []
    for column in header:
        name, number = column, 1
        while name in names or (number > 1 and name in header):
            number += 1
            name = f"{column} ({number})"
        names.append(name)
    return names
