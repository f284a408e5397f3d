"""Published figures that differ between two versions (geänderte Werte).

A suppressed value stays the sign `.`: what is compared are published files.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kimeval.run.versions.read import Version

CHANGED, HIDDEN, SHOWN, ADDED, GONE = "changed", "hidden", "shown", "added", "gone"
RESERVED = "reservation"
KINDS = (CHANGED, HIDDEN, SHOWN, ADDED, GONE, RESERVED)
NUMBERS = ("value", "numerator", "denominator", "lower", "upper")
LEVELS = ("outcome", "effect", "output", "input", "context")
CLOSE = 1e-9
Row = Mapping[str, str]
Key = tuple[str, str, str, str, str, int]


@dataclass(frozen=True)
class Difference:
    """A published figure that differs (geänderter Wert).

    Attributes
    ----------
    what : str
        One of `KINDS`; `reservation` where number and sign are the same and status or
        reason differ.
    old, new : mapping or None
        Lines of results.csv; None where there is none.
    columns : tuple of str
        Numbers that differ, of `NUMBERS`; empty unless `changed`.
    """

    what: str
    old: Row | None
    new: Row | None
    columns: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """The newer line that there is."""
        return self.new or self.old or {}


def differences(old: Version, new: Version) -> list[Difference]:
    """Figures that differ, outcomes and outputs before context, else as published.

    A figure is the same in both if indicator, period, area, dimension and group are.
    The day of the data counts as one period, whichever day it is.
    """
    before, after = _keyed(old), _keyed(new)
    found = (_difference(before.get(key), after.get(key)) for key in {**after, **before})
    return sorted((one for one in found if one), key=_rank)


def _keyed(version: Version) -> dict[Key, Row]:
    keyed: dict[Key, Row] = {}
    for row in version.rows:
        period = "" if row["period"] == version.as_of.isoformat() else row["period"]
        about = (row["indicator"], period, row["area"], row["dimension"], row["group"])
        number = 0
        while (*about, number) in keyed:
            number += 1
        keyed[(*about, number)] = row
    return keyed


def _difference(old: Row | None, new: Row | None) -> Difference | None:
    if old is None or new is None:
        return Difference(ADDED if old is None else GONE, old, new)
    hidden = (_is_hidden(old), _is_hidden(new))
    if hidden[0] != hidden[1]:
        return Difference(HIDDEN if hidden[1] else SHOWN, old, new)
    if not hidden[0] and (columns := tuple(_differing(old, new))):
        return Difference(CHANGED, old, new, columns)
    if any(old.get(name) != new.get(name) for name in ("status", "reason")):
        return Difference(RESERVED, old, new)
    return None


def _differing(old: Row, new: Row) -> Iterator[str]:
    for name in NUMBERS:
        if not _same(old.get(name, ""), new.get(name, "")):
            yield name


def _same(old: str, new: str) -> bool:
    if old == new:
        return True
    try:
        return math.isclose(float(old), float(new), rel_tol=CLOSE, abs_tol=CLOSE)
    except ValueError:
        return False


def _is_hidden(row: Row) -> bool:
    return row.get("suppressed") == "True"


def _rank(difference: Difference) -> int:
    level = difference.row.get("level", "")
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
