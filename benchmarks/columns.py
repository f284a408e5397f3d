"""A column of the file as read, and what the baselines do in different ways (Spalten)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from layout import Layout
from rules import Read, Reader


@dataclass(frozen=True)
class Column:
    """A column of the file, read (gelesene Spalte).

    Attributes
    ----------
    read : Read
        Of all rows, or of the distinct texts.
    codes : ndarray of int, shape (rows,), or None
        Which distinct text a row holds.
    """

    read: Read
    codes: np.ndarray | None = None

    def by_row(self, mask: np.ndarray) -> np.ndarray:
        """What is known of texts, for rows."""
        return mask if self.codes is None else mask[self.codes]

    def take(self, rows: np.ndarray, values: pd.Series | None = None) -> pd.Series:
        """Values of some rows."""
        values = self.read.cells if values is None else values
        places = rows if self.codes is None else self.codes[rows]
        return values.take(places).reset_index(drop=True)

    def cells(self, mask: np.ndarray) -> int:
        """Cells in which a rule was at work."""
        if self.codes is None:
            return int(mask.sum())
        return int(np.bincount(self.codes, minlength=len(mask))[mask].sum()) if mask.any() else 0


@dataclass(frozen=True)
class Side:
    """What the baselines do in different ways (Vergleichsseite).

    Attributes
    ----------
    types : callable
        Layout and header -> types for `read_csv`.
    read : callable
        Cells, reader and whether hardly a text repeats -> Column.
    doubtful : callable
        Key of each row -> rows that may repeat another one.
    hashed : callable
        Column, rows and function of one text -> hashes.
    """

    types: Callable[[Layout], dict[str, str]]
    read: Callable[[pd.Series, Reader, bool], Column]
    doubtful: Callable[[pd.Series], np.ndarray]
    hashed: Callable[[Column, np.ndarray, Callable[[str], str]], pd.Series]
