"""Rows of results as cells: which numbers a row tells, and in which version (Angaben)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kimeval.core.catalogue import indicator
from kimeval.core.results import COLUMNS
from kimeval.protect.primary import COUNTED, small_rows
from kimeval.protect.rules import Rules

KEY = ["indicator", "period", "area", "dimension", "group"]
ROWS = {**COLUMNS, "release": "int64", "state": "str"}
PUBLIC = {f"public_{name}": "float64" for name in ("numerator", "denominator", "value")}
HELD = {**ROWS, **PUBLIC}  # as kept: beside true numbers those that an altered row shows
SHOWN, HIDDEN, KEPT, OPEN = "shown", "hidden", "kept", "open"
Key = tuple[str, str, str, str, str]
Cell = tuple[Key, str, int]


@dataclass(frozen=True, repr=False)
class Fact:
    """One row in one release (Angabe).

    Attributes
    ----------
    key : tuple of str
        indicator, period, area, dimension, group.
    release : int
        Number in time; the release being made is the last.
    state : str
        shown; hidden; kept: its new numbers are hidden, those published before
        still stand; or open: to be decided. Of a row that is not protected by
        suppression one of `protect.methods`.
    small : bool
        Hidden for itself.
    numbers : dict of str to float
        True counts by role: count; or hits, rest and base of a share.
    """

    key: Key
    release: int
    state: str
    small: bool
    numbers: dict[str, float] = field(repr=False)


def facts(frame: pd.DataFrame, rules: Rules) -> list[Fact]:
    """Facts of rows that count persons and have a value.

    Parameters
    ----------
    frame : DataFrame, shape (rows, any)
        Columns of a result, with `release` and `state`.
    rules : Rules
        Which rows are small.
    """
    kept = frame[counts_persons(frame) & (frame["status"] != "refused")]
    small = small_rows(kept, rules)
    found = []
    for (_, row), few in zip(kept.iterrows(), small, strict=True):
        key = tuple(str(row[name]) for name in KEY)
        found.append(Fact(key, int(row["release"]), row["state"], bool(few), _told(row)))  # type: ignore[arg-type]
    return found


def counts_persons(frame: pd.DataFrame) -> pd.Series:
    """Rows of indicators behind which persons stand (bool, shape (rows,))."""
    known = {name: indicator(name).counts == "persons" for name in frame["indicator"].unique()}
    return frame["indicator"].map(known).astype(bool)


def _told(row: pd.Series) -> dict[str, float]:
    unit, hits, base = row["unit"], row["numerator"], row["denominator"]
    if unit in COUNTED:
        told = {"count": row["value"]} | ({"hits": hits} if hits != row["value"] else {})
    elif unit == "share":
        told = {"hits": hits, "base": base, "rest": base - hits}
    elif unit == "days":
        told = {"base": base}
    else:
        told = {"hits": hits}
    return {role: float(n) for role, n in told.items() if pd.notna(n) and float(n).is_integer()}


def no_rows() -> pd.DataFrame:
    """A frame of no rows in the shape of a release."""
    return pd.DataFrame(columns=list(ROWS)).astype(ROWS)


def as_held(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the shape in which they are kept; nothing else, such as keys, goes along."""
    return rows.reindex(columns=list(HELD)).astype(HELD)


def stacked(*frames: pd.DataFrame) -> pd.DataFrame:
    """Rows of several releases under each other."""
    full = [frame for frame in frames if len(frame)]
    return pd.concat(full, ignore_index=True) if full else no_rows()
