"""The ledger of a kind of file that is cleaned in slabs (laufende Konten)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from kimeval.core import schema
from kimeval.data.clean.accounts import cells_mended, counts_of, ledger_of
from kimeval.data.clean.fates import MERGED, SET_ASIDE, Fates, Read
from kimeval.data.clean.rows import Rows
from kimeval.data.ledger import Ledger
from kimeval.data.profiles import FileSpec, Profile


class Tallies:
    """Adds up accounts over slabs (laufende Konten).

    Parameters
    ----------
    spec, profile : FileSpec, Profile
        For titles and provider.
    """

    def __init__(self, spec: FileSpec, profile: Profile):
        self.spec, self.profile = spec, profile
        self.rows = 0
        self._files: dict[str, Counter[str]] = {}
        self._mended: Counter[tuple[str, str, str]] = Counter()
        self._aside: dict[str, list[pd.DataFrame]] = {}
        self.notes: dict[str, list[str]] = {}
        self._ends: list[int] = []
        self._names: list[str] = []

    def add(self, rows: Rows, read: Read, fates: Fates, aside: Mapping[str, pd.DataFrame]) -> None:
        """Add a slab whose rows were kept or set aside."""
        for name, counts in counts_of(rows, fates).items():
            self._files.setdefault(name, Counter()).update(counts)
        for name, column, rule, cells in cells_mended(rows, read):
            self._mended[name, column, rule] += cells
        self._set_aside(aside)
        for file in rows.files:
            self.notes.setdefault(file.name, []).extend(file.notes)
        self.rows += len(rows)
        self._ends.append(self.rows)
        self._names.append(rows.files[0].name)

    def drop(self, rows: Rows, fates: Fates, aside: Mapping[str, pd.DataFrame]) -> None:
        """Move rows that repeat or contradict another out of those that were kept."""
        for file, mine in zip(rows.files, rows.ranges, strict=True):
            counts = self._files[file.name]
            for fate, account in ((MERGED, "rows_merged"), (SET_ASIDE, "rows_set_aside")):
                moved = int((fates.fate[mine] == fate).sum())
                counts[account] += moved
                counts["rows_kept"] -= moved
        self._set_aside(aside)

    def replaced(self, table: str, rows: np.ndarray, family: bool) -> None:
        """Rows whose attributes another row of the same key replaced."""
        slabs = np.searchsorted(self._ends, rows, side="right")
        rule = "family_row" if family else "attributes_differ"
        for slab, cells in zip(*np.unique(slabs, return_counts=True), strict=True):
            self._mended[self._names[slab], schema.table(table).german, rule] += int(cells)

    def aside(self) -> dict[str, pd.DataFrame]:
        """Rows set aside, by file, in the order of its lines; handed over once."""
        found = {}
        for name in list(self._aside):
            whole = pd.concat(self._aside.pop(name), ignore_index=True)
            if not whole["line"].is_monotonic_increasing:
                whole = whole.sort_values("line", kind="stable", ignore_index=True)
            found[name] = whole
        return found

    def ledger(self, aside: Mapping[str, pd.DataFrame]) -> Ledger:
        """What became of every row and cell; the rows set aside are those of `aside`."""
        mended = ((*where, cells) for where, cells in self._mended.items())
        return ledger_of(self._files, mended, aside, self.spec, self.profile)

    def _set_aside(self, aside: Mapping[str, pd.DataFrame]) -> None:
        for name, frame in aside.items():
            self._aside.setdefault(name, []).append(frame)
