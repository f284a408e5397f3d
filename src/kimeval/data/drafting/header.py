"""The header among the first lines of a file nobody knows (Kopfzeile finden)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kimeval.core.errors import FormatError
from kimeval.data.drafting.content import NUMBER, tidy
from kimeval.data.drafting.days import SHAPES
from kimeval.data.drafting.slots import best_name
from kimeval.data.read.header import plain

Cells = Sequence[str]
SEARCHED = 60
LONGEST = 80
TOTALS = ("Summe", "Gesamt", "Insgesamt", "Zusammen", "Total", "insgesamt", "gesamt")
DIGITS, LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
VALUE = re.compile(r".*\d{4,}.*|.*@.*")


@dataclass(frozen=True)
class Headed:
    """Lines of a file told apart (Kopf, Zeilen, Übriges).

    Attributes
    ----------
    at : int
        Index of the header.
    header : tuple of str
        Names of the columns, tidied; "" where there is none.
    rows : list of tuple of str
        As long as the header. Personal.
    notes : tuple of str
        Lines before and behind the table. Personal as far as anybody knows.
    totals : tuple of str
        Beginnings of rows that hold totals.
    """

    at: int
    header: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    totals: tuple[str, ...] = ()


def split_lines(lines: Sequence[Cells], name: str) -> Headed:
    """Find the header and what belongs under it.

    A header is a line of distinct short texts, none of them a date, a long
    number or a value that stands below it too; and its words are known, or the
    cells below have a type that it has not.

    Parameters
    ----------
    lines : sequence of sequence of str
        Cells of the first lines.
    name : str
        Of the file, for messages.

    Raises
    ------
    FormatError
        If no line can be a header. The message holds no cell.
    """
    tidied = [[tidy(cell) for cell in line] for line in lines]
    width = _width(tidied)
    found = [(header_worth(tidied, at, width), -at) for at in range(min(SEARCHED, len(tidied)))]
    worth, at = max(found, default=(0, 0))
    if worth <= 0:
        raise FormatError(
            f"A draft needs a header: one line of distinct names above the data. '{name}' has "
            f"none in its first {SEARCHED} lines. Put one above the data, or ask for it."
        )
    return _under(tidied, -at, [plain(cell) for cell in lines[-at]])


def is_value(text: str) -> bool:
    """Whether a text can be a cell of data and no name of a column."""
    return bool(
        NUMBER.fullmatch(text)
        or VALUE.fullmatch(text)
        or any(shape.fullmatch(text) for shape, _ in SHAPES)
    )


def _width(lines: Sequence[Cells]) -> int:
    counts = Counter(len(_stripped(line)) for line in lines if sum(map(bool, line)) > 1)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _stripped(line: Cells) -> Cells:
    end = len(line)
    while end and not line[end - 1]:
        end -= 1
    return line[:end]


def header_worth(lines: Sequence[Cells], at: int, width: int) -> int:
    """How much a line looks like a header (Kopfzeile).

    Parameters
    ----------
    lines : sequence of sequence of str
        Tidied cells.
    at : int
        Index of the line.
    width : int
        Cells of most lines; a header fills most of them.

    Returns
    -------
    int
        Columns whose name is known or unlike the cells below it; 0 where the line
        may be a row of data.
    """
    names = {i: cell for i, cell in enumerate(lines[at]) if cell}
    below = [line for line in lines[at + 1 : at + 200] if line != lines[at]]
    above = [line for line in lines[:at] if line != lines[at] and sum(map(bool, line)) > 1]
    distinct = len({name.casefold() for name in names.values()}) >= 0.7 * len(names)
    if len(names) < max(2, 0.6 * width) or not distinct or not below:
        return 0
    if any(len(name) > LONGEST or is_value(name) for name in names.values()):
        return 0
    numbered = len({DIGITS.sub("9", name) for name in names.values()}) <= 0.4 * len(names)
    if any(_alike(name, _column((*below, *above), i), numbered) for i, name in names.items()):
        return 0
    typed = {i for i in names if _typed(_column(below, i))}
    known = {i for i, name in names.items() if i in typed or best_name(name) >= 0.8}
    return len(known) if len(known) >= max(2, 0.35 * len(names)) else 0


def _column(lines: Sequence[Cells], at: int) -> list[str]:
    return [line[at] for line in lines if at < len(line) and line[at]]


def _alike(name: str, cells: Sequence[str], numbered: bool) -> bool:
    """Whether a name may be one of its column's cells: the same text, or digits in the same form.

    `DF-3` above `DF-17` is the first row of data and no name; `numbered` says that
    all names of the line are one word with a number, such as `Feld 3`.
    """
    if name in cells:
        return True
    if not any(sign.isdigit() for sign in name):
        return False
    same = [DIGITS.sub("9", cell) == DIGITS.sub("9", name) for cell in cells]
    shape = LETTERS.sub("a", DIGITS.sub("9", name))
    like = [LETTERS.sub("a", DIGITS.sub("9", cell)) == shape for cell in cells]
    return any(same) or (not numbered and sum(like) > 0.3 * len(cells))


def _typed(cells: Sequence[str]) -> bool:
    """Whether cells are rather dates or numbers than words."""
    values = sum(is_value(cell) or cell[-1].isdigit() for cell in cells)
    return bool(cells) and values > 0.7 * len(cells)


def _under(lines: Sequence[Cells], at: int, header: list[str]) -> Headed:
    while header and not header[-1]:
        header.pop()
    rows, notes, totals = [], [" ".join(filter(None, line)) for line in lines[:at]], Counter[str]()
    for line in lines[at + 1 :]:
        cells = list(line) + [""] * (len(header) - len(line))
        filled = [cell for cell in cells if cell]
        if not filled or line == lines[at]:
            continue
        if begin := next((t for t in TOTALS if filled[0].startswith(t)), ""):
            totals[begin] += 1
        elif len(filled) == 1 and len(header) > 1:
            notes.append(filled[0])
        elif not any(cells[len(header) :]) and len(line) >= 0.5 * len(header):
            rows.append(tuple(cells[: len(header)]))
    return Headed(at, tuple(header), rows, tuple(notes), tuple(totals))
