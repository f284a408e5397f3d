"""Lines of cells told apart: rows, headers, blanks, comments, totals, footnotes (Zeilenarten)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.header import SEARCHED, Cells, find_header, plain, unique
from kimeval.data.read.part import UNEVEN, Part, no_uneven

AT_ONCE = 100_000
Numbered = tuple[int, Cells | None]


@dataclass
class Gathered:
    """Rows gathered until a part is full (angesammelte Zeilen)."""

    rows: list[Cells] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    uneven: list[tuple[int, str, str]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    trimmed: int = 0


class Sorter:
    """Tells the lines behind a header apart and gathers rows (Zeilensortierer).

    Parameters
    ----------
    header : sequence of str
        Columns of the file.
    spec : FileSpec
        Comment sign, totals, separator.
    """

    def __init__(self, header: Sequence[str], spec: FileSpec):
        self.header = list(header)
        self.names = unique(header)
        self.spec = spec
        self.held: list[tuple[int, Cells]] = []
        self.gathered = Gathered()
        self.last = 0

    def kind(self, cells: Cells) -> str | None:
        """What a line is that is no row: blank, comment, header or total."""
        filled = next((cell.strip() for cell in cells if cell and not cell.isspace()), "")
        if not filled:
            return "blank"
        if self.spec.comment and cells[0].lstrip().startswith(self.spec.comment):
            return "comment"
        if plain(cells[0]) == self.header[0] and [plain(cell) for cell in cells] == self.header:
            return "header"
        if self.spec.totals and filled.startswith(tuple(self.spec.totals)):
            return "total"
        return None

    def may_be_footnote(self, cells: Cells) -> bool:
        """A single text with a space, or that begins with a sign: a footnote if no row follows."""
        first, *others = [cell.strip() for cell in cells] or [""]
        return bool(first) and (" " in first or not first[0].isalnum()) and not any(others)

    def take(self, line: int, cells: Cells) -> None:
        """Sort one line, the `last` until now; possible footnotes wait for what follows."""
        self.last = line
        if (kind := self.kind(cells)) is not None:
            self._skip(kind, cells)
        elif self.may_be_footnote(cells):
            self.held.append((line, cells))
        else:
            self.release()
            self._row(line, cells)

    def release(self) -> None:
        """A row follows: what waited was no footnote."""
        for line, cells in self.held:
            self._row(line, cells)
        self.held = []

    def finish(self) -> None:
        """The file ends: what waited are footnotes."""
        for _, cells in self.held:
            self._skip("footer", cells)
        self.held = []

    def part(self) -> Part:
        """What was gathered, as a part; gathering begins anew."""
        done, self.gathered = self.gathered, Gathered()
        uneven = pd.DataFrame(done.uneven, columns=UNEVEN) if done.uneven else no_uneven()
        return Part(
            table_of_rows(done.rows, self.names),
            np.array(done.lines, dtype=np.int64),
            uneven,
            dict(done.skipped),
            len(done.lines) + len(uneven) + sum(done.skipped.values()),
            done.trimmed,
            tuple(done.notes),
        )

    def _skip(self, kind: str, cells: Cells) -> None:
        self.gathered.skipped[kind] += 1
        if kind in ("comment", "footer"):
            self.gathered.notes.append(self.spec.separator.join(cells))

    def _row(self, line: int, cells: Cells) -> None:
        width = len(self.header)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
            self.gathered.trimmed += 1
        if len(cells) == width:
            self.gathered.rows.append(cells)
            self.gathered.lines.append(line)
        else:
            reason = "row_too_long" if len(cells) > width else "row_too_short"
            self.gathered.uneven.append((line, reason, self.spec.separator.join(cells)))


def parts_of(
    name: str, numbered: Iterable[Numbered], spec: FileSpec, at_once: int = AT_ONCE
) -> Iterator[Part]:
    """Parts of a file that comes as lines of cells.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    numbered : iterable of (line, cells)
        Every line, in order; cells is None for a hidden row that is skipped.
    spec : FileSpec
        The profile's entry.
    at_once : int
        Rows of a part.

    Yields
    ------
    Part
        At least one; together they account for every line.

    Raises
    ------
    FormatError
        If there is no line, or no header with the needed columns.
    """
    lines = iter(numbered)
    first: list[tuple[int, Cells]] = []
    hidden = 0
    for line, cells in lines:
        if cells is None:
            hidden += 1
            continue
        first.append((line, cells))
        if len(first) > SEARCHED:
            break
    if not any(cell.strip() for _, cells in first for cell in cells):
        raise FormatError(f"The file '{name}' is empty. Ask for it to be delivered again.")
    start, header = find_header(first, spec, name)
    sorter = Sorter(header, spec)
    sorter.gathered.skipped.update(header=1, comment=start, hidden=hidden)
    sorter.gathered.notes += [spec.separator.join(cells) for _, cells in first[:start]]
    rest: Iterable[Numbered] = chain(first[start + 1 :], lines)
    for line, cells in rest:
        if cells is None:
            sorter.gathered.skipped["hidden"] += 1
        else:
            sorter.take(line, cells)
        if len(sorter.gathered.rows) >= at_once:
            yield sorter.part()
    sorter.finish()
    yield sorter.part()


def table_of_rows(rows: Sequence[Cells], names: Sequence[str]) -> pa.Table:
    """Rows of text as a table of strings."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.table([pa.array(column, type=pa.string()) for column in columns], names=list(names))
