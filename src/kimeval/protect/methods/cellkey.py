"""The cell-key method (Cell-Key-Methode): noise that hangs on who was counted.

The key of a cell follows from the keys of those in it, so that the same persons
have the same number in every table, and asking again averages nothing out.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kimeval.core.recordkeys import BITS, digits
from kimeval.protect.methods.ptable import PTable

PLACE = ("indicator", "area", "dimension", "group")


@dataclass(frozen=True, repr=False)
class CellKey:
    """The cell-key method with its table and secret (Cell-Key-Methode).

    Attributes
    ----------
    table : PTable
        Probabilities of each published number.
    secret : bytes
        The project's key, as for pseudonyms. Without it nobody can repeat the noise.
    """

    table: PTable
    secret: bytes = field(repr=False)
    name: str = "cellkey"

    def published(self, counts: np.ndarray, cell_keys: np.ndarray) -> np.ndarray:
        """What is published in place of counts; see `PTable.published`."""
        return self.table.published(counts, cell_keys)

    def possible(self, published: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and the largest count that each published number can stand for."""
        return self.table.possible(published)

    def cell_keys(self, frame: pd.DataFrame, count: str, key: str) -> np.ndarray:
        """Key of the set behind each count of a column, sealed with the secret.

        Parameters
        ----------
        frame : DataFrame, shape (rows, any)
            Columns of a result and of `KEYS`.
        count, key : str
            Columns: what was counted, and the key of the set.

        Returns
        -------
        ndarray of float, shape (rows,)
            In [0, 1). Of a set that is not known, such as rows in a ledger, the key
            follows from the place of the row and its count: the noise is the same
            for as long as the count is, and new when it changes.
        """
        rows = frame[[*PLACE, count, key]].itertuples(index=False, name=None)
        return np.array([self._cell_key(count, *row) for row in rows], dtype=float)

    def _cell_key(self, column: str, *row: object) -> float:
        *place, count, key = row
        if isinstance(key, float) and not math.isnan(key):
            return self._sealed(["set", str(digits(key))])
        return self._sealed(["place", column, *map(str, place), repr(count)])

    def _sealed(self, parts: Iterable[str]) -> float:
        message = b"".join(b"%d:%b" % (len(p.encode()), p.encode()) for p in parts)
        drawn = int.from_bytes(hmac.digest(self.secret, message, "sha256")[:8], "big")
        return math.ldexp(drawn >> (64 - BITS), -BITS)
