"""Places that a column of a file can take (Plätze der Zuordnung)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kimeval.core import schema
from kimeval.data.drafting.words import best_similarity, names_of, synonyms

PERSONAL = "personal"
NEVER = frozenset(("person_id",))


@dataclass(frozen=True)
class Slot:
    """A place: canonical columns that one column of the file feeds, or a personal use.

    Attributes
    ----------
    name : str
        Canonical column, or kind of personal column.
    tables : tuple of str
        Tables that hold it; `personal` alone for what only linkage reads.
    column : Column or None
        Its declaration; None for a personal one.
    names : tuple of str
        How exports call it.
    second : bool
        Whether the first of several tables holds such a column too, and comes first.
    """

    name: str
    tables: tuple[str, ...]
    column: schema.Column | None
    names: tuple[str, ...]
    second: bool = False

    @property
    def type(self) -> str:
        """Type of the canonical column, or the personal kind."""
        return self.column.type if self.column else self.name

    @property
    def required(self) -> bool:
        """Whether a table of it cannot do without."""
        return any(schema.table(t).column(self.name).required for t in self.tables if self.column)

    @property
    def key(self) -> bool:
        """Whether it identifies a row alone."""
        return bool(self.column) and schema.table(self.tables[-1]).key == (self.name,)

    def similarity(self, name: str) -> float:
        """How well a column's name fits, 0 to 1."""
        return best_similarity(name, self.names)


@cache
def slots_of(tables: tuple[str, ...]) -> tuple[Slot, ...]:
    """All places of some tables; identifiers that several share are one place.

    What the first table holds too goes there unless a name says otherwise: a
    municipality is where a person lives rather than where advice was given.
    """
    found: dict[tuple[str, ...], Slot] = {}
    of_first = schema.table(tables[0]).columns
    for table in tables:
        for column in schema.table(table).columns.values():
            if column.name in NEVER:
                continue
            shared = column.type == "id"
            key = (column.name,) if shared else (table, column.name)
            before = found.get(key)
            beside = not shared and table != tables[0] and column.name in of_first
            names = (
                *(before.names if before else ()),
                *names_of(table, column.name, own=beside),
            )
            held = (*(before.tables if before else ()), table)
            found[key] = Slot(column.name, held, column, names, beside)
    return (*found.values(), *_personal())


@cache
def _personal() -> tuple[Slot, ...]:
    declared = synonyms()["personal"]
    return tuple(Slot(kind, (PERSONAL,), None, tuple(names)) for kind, names in declared.items())


@cache
def every_slot() -> tuple[Slot, ...]:
    """The places of each table by itself, and the personal ones once."""
    single = [slot for table in schema.tables() for slot in slots_of((table,)) if slot.column]
    return (*single, *_personal())


@cache
def best_name(name: str) -> float:
    """How well a column's name fits anything known."""
    known = max(slot.similarity(name) for slot in every_slot())
    return max(known, ignored_name(name))


def ignored_name(name: str) -> float:
    """How well a column's name fits what no profile reads: remarks, telephone, staff."""
    return max(best_similarity(name, tuple(names)) for names in synonyms()["ignored"].values())


def hinted(text: str, tables: Sequence[str]) -> frozenset[str]:
    """Tables for which words of a file's name speak."""
    hints = synonyms()["hints"]
    return frozenset(
        t
        for t in tables
        if any(best_similarity(word, tuple(hints.get(t, ()))) >= 0.85 for word in _pieces(text))
    )


def _pieces(text: str) -> list[str]:
    return [
        piece for piece in text.replace("-", "_").replace(" ", "_").split("_") if len(piece) > 3
    ]
