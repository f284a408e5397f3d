"""Which canonical tables a file feeds (Wahl der Tabellen)."""

from __future__ import annotations

from dataclasses import dataclass

from kimeval.core import schema
from kimeval.data.drafting.matching import Judge, Match
from kimeval.data.drafting.slots import hinted, slots_of

MISSING_COSTS = 1.2
STAND_IN_COSTS = 0.6
TABLE_COSTS = 0.35
HINT = 0.5
STAND_INS = {"client_id": "case_id", "case_id": "client_id"}


@dataclass(frozen=True)
class Choice:
    """Tables and the columns that feed them (Wahl).

    Attributes
    ----------
    tables : tuple of str
        Canonical tables; the last one identifies a row.
    matches : list of Match
        Columns of the file on places of these tables or personal ones.
    missing : tuple of (table, column)
        Required columns that no column of the file feeds.
    value : float
        What it is worth, against other tables.
    """

    tables: tuple[str, ...]
    matches: list[Match]
    missing: tuple[tuple[str, str], ...]
    value: float

    def feeding(self, name: str) -> Match | None:
        """The match of a place, None where it is empty."""
        return next((m for m in self.matches if m.slot.name == name), None)


def choose(judge: Judge, heading: str) -> list[Choice]:
    """All choices of tables, the best one first.

    Parameters
    ----------
    judge : Judge
        Of the columns of the file.
    heading : str
        The file's name and sheet, whose words are a hint.

    Returns
    -------
    list of Choice
    """
    hints = hinted(heading, list(schema.tables()))
    made = [_choice(judge, tables, hints) for tables in _candidates()]
    return sorted(made, key=lambda choice: -choice.value)


def _candidates() -> list[tuple[str, ...]]:
    single: list[tuple[str, ...]] = [(name,) for name in schema.tables()]
    with_clients: list[tuple[str, ...]] = [
        ("clients", name)
        for name, table in schema.tables().items()
        if name not in ("clients", "members") and "client_id" in table.columns
    ]
    return single + with_clients


def _choice(judge: Judge, tables: tuple[str, ...], hints: frozenset[str]) -> Choice:
    matches = judge.assign(slots_of(tables))
    fed = {m.slot.name for m in matches}
    own = [(t, m.slot.name) for m in matches for t in m.slot.tables]
    if "birth_date" in fed and "clients" in tables:
        own.append(("clients", "birth_year"))
    missing = tuple(
        (t, column) for t in tables for column in schema.table(t).required if (t, column) not in own
    )
    replaced = [c for _, c in missing if STAND_INS.get(c) in fed]
    value = sum(m.score for m in matches if m.slot.column)
    value += 0.8 * ("birth_date" in fed and "clients" in tables)
    value -= MISSING_COSTS * (len(missing) - len(replaced)) + STAND_IN_COSTS * len(replaced)
    value -= TABLE_COSTS * (len(tables) - 1)
    value += HINT * bool(hints.intersection(tables))
    return Choice(tables, matches, missing, value)
