"""Plain pandas: each rule on every cell of a column (reines pandas)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from columns import Column, Side
from layout import Layout
from rules import Read, Reader, tidy
from sides import ingest_with


def ingest(folder: Path, out: Path) -> None:
    """Clean a delivery with plain pandas."""
    ingest_with(folder, out, Side(_types, _read, _doubtful, _hashed), _place)


def _types(layout: Layout) -> dict[str, str]:
    return {}


def _read(cells: pd.Series, reader: Reader, distinct: bool) -> Column:
    text = tidy(cells)
    done = reader(text.cells)
    return Column(Read(done.cells, text.rules | done.rules, done.problems))


def _doubtful(key: pd.Series) -> np.ndarray:
    return np.arange(len(key))


def _hashed(column: Column, rows: np.ndarray, hashed: Callable[[str], str]) -> pd.Series:
    return column.take(rows).map(hashed, na_action="ignore").astype("str")


def _place(keys: pd.Series, asked: pd.Series) -> np.ndarray:
    return pd.Index(keys).get_indexer(pd.Index(asked))
