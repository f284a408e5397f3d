"""Rows of a file as text, before anything is made of them (Zeilen als Text)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

UNEVEN = ["line", "reason", "text"]


@dataclass(frozen=True)
class Part:
    """Some rows of one file, in its order (Teil einer Datei).

    Attributes
    ----------
    cells : Table of string or dictionary<int32, string>, shape (rows, header columns)
        Text as delivered, never null: an empty cell is "".
    lines : ndarray of int64, shape (rows,)
        Line of the file, or row of the sheet, on which each row begins.
    uneven : DataFrame with columns line, reason, text
        Rows whose number of cells does not fit the header; reason is
        row_too_long, row_too_short or row_truncated.
    skipped : mapping of str to int
        Lines that are no rows, by kind: comment, blank, header, footer, total, hidden.
    records : int
        Lines that were looked at: rows in cells and uneven, those joined to them, and
        those skipped.
    trimmed : int
        Rows of which empty cells behind the last column were dropped.
    notes : tuple of str
        Text of comments and footnotes, for what the file says about itself.
    joined : int
        Rows that became one with a row in cells: the end of what that one began.
    """

    cells: pa.Table = field(repr=False)
    lines: np.ndarray = field(repr=False)
    uneven: pd.DataFrame = field(repr=False)
    skipped: Mapping[str, int] = field(default_factory=dict)
    records: int = 0
    trimmed: int = 0
    notes: tuple[str, ...] = field(default=(), repr=False)
    joined: int = 0

    @property
    def rows(self) -> int:
        """Rows delivered, even and uneven ones."""
        return len(self.lines) + len(self.uneven) + self.joined


def no_uneven() -> pd.DataFrame:
    """The table of uneven rows, without any."""
    types = dict(zip(UNEVEN, ("int64", "str", "str"), strict=True))
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})
