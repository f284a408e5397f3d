"""Tuned pandas: each rule on the distinct texts of a column (getuntes pandas).

`read_csv` makes categories while it parses, which does not pay for identifiers:
those are factorized afterwards. Values follow by code. In a column in which
hardly a text repeats, only texts that may need it are tidied.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from columns import Column, Side
from layout import Layout
from rules import MISSING, Read, Reader, read_text, tidy
from sides import ingest_with

SPARE = r"[\x00-\x1f\x7f]|  |^ | $"


def ingest(folder: Path, out: Path) -> None:
    """Clean a delivery with tuned pandas."""
    ingest_with(folder, out, Side(_types, _read, _doubtful, _hashed), _place)


def _types(layout: Layout) -> dict[str, str]:
    return {name: "category" for name in layout.mapped if layout.reader(name) is not read_text}


def _read(cells: pd.Series, reader: Reader, distinct: bool) -> Column:
    if isinstance(cells.dtype, pd.CategoricalDtype):
        text, codes = tidy(pd.Series(cells.cat.categories)), cells.cat.codes.to_numpy()
    elif distinct:
        text, codes = _tidy_few(cells), None
    else:
        codes, texts = pd.factorize(cells)
        text = _tidy_few(pd.Series(texts))
    done = reader(text.cells)
    return Column(Read(done.cells, text.rules | done.rules, done.problems), codes)


def _tidy_few(cells: pd.Series) -> Read:
    """Tidy only what is not plain ASCII without spare spaces."""
    odd = (~cells.str.isascii() | cells.str.contains(SPARE)).to_numpy()
    text = tidy(cells[odd])
    values = cells.where(~cells.isin(MISSING))
    rules = {rule: np.zeros(len(cells), dtype=bool) for rule in text.rules}
    if odd.any():
        values[odd] = text.cells
        for rule, mask in text.rules.items():
            rules[rule][odd] = mask
    return Read(values, rules)


def _doubtful(key: pd.Series) -> np.ndarray:
    """Rows that share their number with another one: no other row can repeat one."""
    return np.flatnonzero(key.duplicated(keep=False))


def _hashed(column: Column, rows: np.ndarray, hashed: Callable[[str], str]) -> pd.Series:
    texts = column.read.cells if column.codes is not None else column.take(rows)
    known = texts.to_numpy(dtype=object)
    made = [hashed(text) if isinstance(text, str) else None for text in known]
    hashes = pd.Series(made, dtype="str")
    return column.take(rows, hashes) if column.codes is not None else hashes


def _place(keys: pd.Series, asked: pd.Series) -> np.ndarray:
    return pd.Index(keys).get_indexer(pd.Index(asked))
