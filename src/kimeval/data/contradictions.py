"""Rows that contradict other rows, counted and never changed (Widersprüche)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kimeval.core.schema import table as declared
from kimeval.core.schema import tables as canonical
from kimeval.data.engine import source_of
from kimeval.data.ledger import FINDINGS, table_of
from kimeval.data.numbering import dictionaries_only, numbered
from kimeval.data.views import create_view, quoted, session

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from pyarrow.dataset import Dataset

    Tables = Mapping[str, pa.Table | Dataset]

FILE = Path(__file__).with_name("contradictions.toml")
RANKS = Path(__file__).with_name("residence_ranks.toml")
ONLY_ACTIVE = "only_active_seen"
IDENTIFIERS = ("client_id", "case_id")


@dataclass(frozen=True)
class Rule:
    """A rule that rows of one table can break (Regel).

    Attributes
    ----------
    id : str
        Names its German text.
    table : str
        Whose rows are counted.
    needs : frozenset of str
        Tables without which it says nothing; `table` is one of them.
    sql : str
        Gives provider and rows.
    """

    id: str
    table: str
    needs: frozenset[str]
    sql: str


def find_contradictions(
    tables: Tables, as_of: dt.date, engine: DuckDBPyConnection | None = None
) -> pd.DataFrame:
    """Count rows that contradict others (Widersprüche zwischen Zeilen).

    Parameters
    ----------
    tables : mapping of str to pyarrow Table or Dataset
        Cleaned canonical tables by name; a rule whose tables are absent is
        skipped.
    as_of : date
        Day of the delivery.
    engine : DuckDBPyConnection, optional
        For tables beyond memory one with a folder to spill to. It is left as
        it was.

    Returns
    -------
    DataFrame with columns provider, table, rule, rows
        Only rules that are broken, in declared order. Of `quarter_total_differs`
        rows is the sum of absolute differences, and `table` the one counted.

    Raises
    ------
    DataError
        If the tables are not as cleaning makes them, or memory does not suffice.
    """
    return _found(rules(), tables, as_of, engine)


def only_active_providers(
    tables: Tables, as_of: dt.date, engine: DuckDBPyConnection | None = None
) -> tuple[str, ...]:
    """Providers whose export seems to drop closed cases (nur laufende Fälle).

    At least 20 cases, opened over more than four quarters, and none closed
    by the day of the delivery.

    Parameters
    ----------
    tables, as_of, engine
        As for `find_contradictions`; only `cases` is looked at.
    """
    asked = tuple(rule for rule in rules() if rule.id == ONLY_ACTIVE)
    cases = {name: held for name, held in tables.items() if name == "cases"}
    return tuple(_found(asked, cases, as_of, engine)["provider"])


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, one for each table they count, in declared order."""
    return tuple(rule for entry in _declarations()["rule"] for rule in _expanded(entry))


@cache
def title_ranks() -> Mapping[str, int]:
    """Rank of residence titles from 1; titles without a rank are absent."""
    held = tomllib.loads(RANKS.read_text(encoding="utf-8"))["rank"]
    return {title: n for n, entry in enumerate(held, start=1) for title in entry["titles"]}


@cache
def _declarations() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _expanded(entry: Mapping[str, Any]) -> Iterator[Rule]:
    for name in entry["tables"]:
        needs = frozenset([name, *entry.get("needs", [])])
        columns = declared(name).columns.values()
        dates = [c.name for c in columns if c.required and c.type in ("date", "time")]
        sql = entry["sql"].replace("{table}", name).replace("{event}", next(iter(dates), ""))
        yield Rule(entry["id"], name, needs, sql)


def _found(
    asked: tuple[Rule, ...],
    tables: Tables,
    as_of: dt.date,
    engine: DuckDBPyConnection | None,
) -> pd.DataFrame:
    possible = [rule for rule in asked if rule.needs <= set(tables)]
    records: list[dict[str, Any]] = []
    with session(engine, "Looking for contradictions") as work:
        names = _offer(work, tables, as_of)
        _prepare(work, possible)
        for rule in possible:
            rows = {names.get(key, key): int(n) for key, n in work.execute(rule.sql).fetchall()}
            records += [
                {"provider": name, "table": rule.table, "rule": rule.id, "rows": rows[name]}
                for name in sorted(rows, key=str)
                if rows[name]
            ]
    return table_of(records, FINDINGS)


def _offer(work: DuckDBPyConnection, tables: Tables, as_of: dt.date) -> dict[int, str]:
    """Make every canonical table, the ranks and the day known to the queries.

    Returns
    -------
    dict of int to str
        Providers by the number that stands for them; empty if names stand
        for themselves.
    """
    kinds, names = {}, {}
    if dictionaries_only(tables, IDENTIFIERS):
        for column in (*IDENTIFIERS, "provider"):
            tables, texts = numbered(tables, column)
        names = dict(enumerate(texts.to_pylist()))
        kinds = dict.fromkeys((*IDENTIFIERS, "provider"), "INTEGER")
    for name in canonical():
        source, present = "", []
        if name in tables:
            source = source_of(work, f"delivered_{name}", tables[name])
            present = tables[name].schema.names
        create_view(work, name, name, source, present, kinds)
    ranks = title_ranks()
    work.register("ranks", pa.table({"title": list(ranks), "rank": list(ranks.values())}))
    following = as_of + dt.timedelta(days=1)
    work.execute(f"CREATE TEMP MACRO as_of() AS TIMESTAMP '{following}'")
    return names


def _prepare(work: DuckDBPyConnection, possible: list[Rule]) -> None:
    """Make what several rules share, once, in the order of its declaration."""
    prepared = _declarations()["prepared"]
    queries = " ".join(rule.sql for rule in possible)
    queries += " ".join(sql for name, sql in prepared.items() if name in queries)
    for name, sql in prepared.items():
        if name in queries:
            work.execute(f"CREATE TEMP TABLE {quoted(name)} AS {sql}")
