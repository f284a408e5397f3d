"""The header of a file, found by the columns that its profile names (Kopfzeile)."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Sequence

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec

Cells = Sequence[str]
SEARCHED = 200
MOST_COLUMNS = 5_000


def plain(text: str) -> str:
    """A column's name without regard to Unicode form, kind of spaces and byte order mark."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\ufeff", "")).split())


def find_header(
    numbered: Sequence[tuple[int, Cells]], spec: FileSpec, name: str
) -> tuple[int, list[str]]:
    """Where the header stands among the first lines, and its columns.

    Parameters
    ----------
    numbered : sequence of (line, cells)
        The first lines of the file; the first `SEARCHED` are looked at.
    spec : FileSpec
        Names the columns that must be there.
    name : str
        Of the file, for messages.

    Returns
    -------
    (int, list of str)
        Index in `numbered`, and the columns with spaces and Unicode form unified.

    Raises
    ------
    FormatError
        If a needed column is missing or stands there twice, or there are more
        than `MOST_COLUMNS`. The message names columns only.
    """
    needed = set(spec.needed)
    best: tuple[int, int] = (0, -1)
    for index, (_, row) in enumerate(numbered[: SEARCHED + 1]):
        if len(row) > MOST_COLUMNS:
            raise FormatError(
                f"'{name}' has {len(row)} columns, at most {MOST_COLUMNS} can be a table of cases. "
                f"Does the profile belong to this file{_hint(spec)}?"
            )
        hits = len(needed.intersection(map(plain, row)))
        if hits == len(needed):
            header = [plain(cell) for cell in row]
            _refuse_twice(header, needed, name)
            return index, header
        best = max(best, (hits, -index))
    raise FormatError(_no_header(numbered, spec, name, best))


def unique(header: Sequence[str]) -> list[str]:
    """Column names of which none stands there twice: a second one gets a number."""
    taken: set[str] = set()
    names: list[str] = []
    for column in header:
        name, number = column, 1
        while name in taken or (number > 1 and name in header):
            number += 1
            name = f"{column} ({number})"
        taken.add(name)
        names.append(name)
    return names


def _no_header(
    numbered: Sequence[tuple[int, Cells]], spec: FileSpec, name: str, best: tuple[int, int]
) -> str:
    hits, index = best[0], -best[1]
    if 2 * hits < len(spec.needed):
        return (
            f"'{name}' has no header with the columns {', '.join(spec.needed[:6])}. Does the "
            f"profile belong to this file{_hint(spec)}?"
        )
    line, cells = numbered[index]
    found = [plain(cell) for cell in cells if plain(cell)]
    lacking = [column for column in spec.needed if column not in found]
    spare = [column for column in found if column not in spec.needed]
    near = [n for c in lacking for n in difflib.get_close_matches(c, spare, n=1)]
    hint = f"Did it become '{near[0]}'? " if near else ""
    shown = f"{', '.join(found[:30])}{', ...' if len(found) > 30 else ''}"
    where = "its events have" if spec.format == "xes" else f"its header on line {line} has"
    return (
        f"'{name}' lacks the column {', '.join(lacking)}; {where} {shown}. {hint}Change the "
        f"profile or the file."
    )


def _hint(spec: FileSpec) -> str:
    hints = {
        "csv": f", and is '{spec.separator}' its separator",
        "xlsx": ", and are sheet and header_rows right",
    }
    return hints.get(spec.format, "")


def _refuse_twice(header: list[str], needed: set[str], name: str) -> None:
    twice = [column for column, n in Counter(header).items() if n > 1 and column in needed]
    if twice:
        raise FormatError(
            f"'{name}' has the column {', '.join(twice)} twice. Which one holds? Rename the other."
        )
