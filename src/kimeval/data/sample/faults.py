"""Errors planted in the exports, counted as they are planted (eingebaute Fehler)."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.data.sample.draws import Draws
from kimeval.data.sample.known import SOURCES
from kimeval.data.sample.programme import FOLDER
from kimeval.data.sample.sheets import Rows, Sheet, date_style
from kimeval.data.sample.spelling import taken_apart
from kimeval.data.sample.world import World

REPEATED = ("exact_duplicate", "key_conflict")
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Spoiled:
    """A file with its planted errors (fehlerhaftes Tabellenblatt).

    Attributes
    ----------
    sheet : Sheet
        As it would be without errors.
    rows : list of list of str
        Text to be written; repeated rows stand at the end.
    usable : ndarray of bool, shape (rows of the sheet,)
        Rows that cleaning can keep.
    planted : dict of str to int
        Rows by kind that is set aside or merged.
    mended : dict of str to int
        Cells by kind that cleaning mends, in rows without another fault.
    """

    sheet: Sheet
    rows: Rows = field(repr=False)
    usable: NDArray[np.bool_] = field(repr=False)
    planted: dict[str, int]
    mended: dict[str, int]

    @property
    def account(self) -> dict[str, Any]:
        """Rows of the file and what must become of them."""
        merged = self.planted.get("exact_duplicate", 0)
        aside = sum(self.planted.values()) - merged
        return {
            "rows": len(self.rows),
            "rows_kept": len(self.rows) - merged - aside,
            "rows_merged": merged,
            "rows_set_aside": aside,
            "planted": self.planted,
            "mended": self.mended,
        }


@cache
def faults() -> Mapping[str, Any]:
    """The declared faults of `faults.toml`."""
    return tomllib.loads((FOLDER / "faults.toml").read_text(encoding="utf-8"))


def luck(world: World) -> dict[str, NDArray[np.float64]]:
    """Two draws for each row of the world, the same for every delivery."""
    draws = Draws(world.seed, world.area.code, "faults")
    return {kind: draws.uniform((len(getattr(world, name)), 2)) for kind, name in SOURCES.items()}


def spoil(sheet: Sheet, drawn: Mapping[str, NDArray[np.float64]]) -> Spoiled:
    """Plant the declared errors of a file.

    Parameters
    ----------
    sheet : Sheet
        Without errors; it is not changed.
    drawn : dict
        Result of `luck`.
    """
    declared = dict(faults()[sheet.provider][sheet.kind])
    mending = declared.pop("mended", {})
    chance = drawn[sheet.kind][sheet.frame["row"].to_numpy()]
    kinds = _kinds(sheet, declared, chance[:, 0])
    rows = [list(row) for row in sheet.rows]
    mended = _mend(sheet, rows, mending, chance[:, 1], kinds == "")
    repeated: Rows = []
    for at in np.flatnonzero(kinds != "").tolist():
        kind = kinds[at]
        if kind == "exact_duplicate":
            repeated.append(list(rows[at]))
        elif kind == "key_conflict":
            repeated.append(_wrong(sheet, rows[at], at, kind, declared[kind]))
        else:
            rows[at] = _wrong(sheet, rows[at], at, kind, declared[kind])
    planted = dict(sorted(Counter(kinds[kinds != ""].tolist()).items()))
    usable = (kinds == "") | np.isin(kinds, REPEATED)
    return Spoiled(sheet, rows + repeated, usable, planted, mended)


def _kinds(sheet: Sheet, declared: Mapping[str, Any], chance: NDArray) -> NDArray:
    """Kind of fault of each row, empty where it has none."""
    bounds = np.cumsum([fault["per_mille"] for fault in declared.values()]) / 1000
    names = np.array([*declared, ""], dtype=object)
    kinds = names[np.searchsorted(bounds, chance, side="right")]
    if "order_of_dates" in declared:
        fault = declared["order_of_dates"]
        begun, ended = sheet.frame[fault["start"]], sheet.frame[fault["end"]]
        possible = (ended.notna() & begun.notna()).to_numpy()
        kinds[(kinds == "order_of_dates") & ~possible] = ""
    return kinds


def _wrong(sheet: Sheet, row: list[str], at: int, kind: str, fault: Mapping[str, Any]) -> list[str]:
    if kind == "row_too_long":
        return [*row, "siehe oben", "x"]
    column = sheet.header.index(fault["column"])
    turn = int(sheet.frame["row"].iloc[at])
    if kind == "order_of_dates":
        before = sheet.frame[fault["start"]].iloc[[at]] - pd.Timedelta(days=3 + turn % 40)
        text = date_style(sheet.provider, sheet.kind)(before)[0]
    else:
        texts = [text for text in fault["texts"] if text != row[column]]
        text = texts[turn % len(texts)]
    return [*row[:column], text, *row[column + 1 :]]


def _mend(
    sheet: Sheet, rows: Rows, mending: Mapping[str, Any], chance: NDArray, clean: NDArray
) -> dict[str, int]:
    """Bring texts into a form that cleaning must mend; `rows` is the caller's copy."""
    counts: Counter[str] = Counter()
    for kind, fault in mending.items():
        column = sheet.header.index(fault["column"])
        for at in np.nonzero(clean & (chance < fault["per_mille"] / 1000))[0]:
            text = MENDABLE[kind](rows[at][column])
            counts[kind] += text != sheet.rows[at][column]
            rows[at][column] = text
        chance = (chance + 0.5) % 1
    return dict(sorted(counts.items()))


MENDABLE = {
    "ags_zero": lambda text: text.lstrip("0"),
    "spaces": lambda text: f"{text}{NO_BREAK_SPACE}",
    "unicode": taken_apart,
}
