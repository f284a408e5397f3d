"""How a column is to be read, and what became of a text (Lesart)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kimeval.core.schema import Column

PLACES = {"int": 0, "eur": 2}
LIMIT_EUR = 10**12


@dataclass(frozen=True)
class Cell:
    """What became of one distinct text (Zelle).

    Attributes
    ----------
    value : object
        In canonical type; None where it is missing or unreadable.
    rules : tuple of str
        Repairs that were made, ids of `rules.toml`.
    reason : str or None
        Why it cannot be read.
    """

    value: Any = None
    rules: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class Reading:
    """How the cells of one column are to be read (Lesart).

    Attributes
    ----------
    column : Column
        Canonical column it feeds.
    dates : tuple of str
        Formats of `strptime`, `excel` or `excel1904`.
    latest : date
        No date can lie behind it.
    decimal : str
        Sign before decimal places; `?` where the column gives no evidence for either.
    missing, zero : frozenset of str
        Signs of an unknown value, and of "nothing".
    official : bool
        Numbers may carry the signs of official tables.
    mapping : mapping of str to str
        Text in the file -> code.
    take : str or None
        `year` keeps the year of a date.
    decided : str
        Decimal sign, or `?`, where `auto` was decided from more than these texts.
    """

    column: Column
    dates: tuple[str, ...]
    latest: dt.date
    decimal: str = ","
    missing: frozenset[str] = frozenset({""})
    zero: frozenset[str] = frozenset()
    official: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    take: str | None = None
    decided: str = ""


def in_range(value: Any, rules: tuple[str, ...], column: Column) -> Cell:
    """The cell of a number, refused if it lies outside the column's bounds."""
    below = column.least is not None and value < column.least
    above = column.most is not None and value > column.most
    above = above or (column.type == "eur" and abs(value) >= LIMIT_EUR)
    return Cell(reason="number_out_of_range") if below or above else Cell(value, rules)
