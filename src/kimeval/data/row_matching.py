"""One canonical table in two vintages, matched inside the engine (Zeilenabgleich).

`offer` comes first: it makes the views `old_rows` and `new_rows`. Contents are
compared by a hash of 64 bits, so that a group takes few bytes: two contents of one
key pass for equal once in 10 to the power of 19.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from kimeval.core import schema
from kimeval.core.errors import DataError
from kimeval.data.views import create_view, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kimeval.data.vintages import Vintage

    Counts = dict[str, dict[str, int]]

SIZES = ["rows_old", "rows_new"]
FATES = ["same", "late", "added", "changed", "dropped"]
ROWS_AT_ONCE = 4_000_000
NO_CONTENT = {("clients", "person_id")}
BOTH = "(SELECT *, false AS recent FROM old_rows UNION ALL SELECT *, true FROM new_rows)"


def offer(work: DuckDBPyConnection, name: str, old: Vintage, new: Vintage) -> None:
    """Make both sides of a table known to the engine.

    Raises
    ------
    DataError
        If a file is missing or damaged.
    """
    _view(work, "old_rows", name, old)
    _view(work, "new_rows", name, new)


def sizes(work: DuckDBPyConnection) -> Counts:
    """Rows of both vintages by provider, counted apart from the comparison they check."""
    counts = "count(*) FILTER (NOT recent), count(*) FILTER (recent)"
    rows = work.execute(f"SELECT provider, {counts} FROM {BOTH} GROUP BY provider").fetchall()
    return {provider: dict(zip(SIZES, counts, strict=True)) for provider, *counts in rows}


def by_key(work: DuckDBPyConnection, name: str, as_of: dt.date) -> Counts:
    """Rows by fate, of providers whose rows the key tells apart; others are left out."""
    content = ", ".join(quoted(column) for column in _beside_key(name)) or "0"
    columns = {
        "differs": f"min(hash({content})) <> max(hash({content}))",
        "late": f"bool_or({_dated_until(name, as_of)})",
    }
    counts = """
        count(*) FILTER (before = 1 AND after = 1 AND NOT differs),
        count(*) FILTER (before = 0 AND late),
        count(*) FILTER (before = 0 AND NOT late),
        count(*) FILTER (before = 1 AND after = 1 AND differs),
        count(*) FILTER (after = 0)"""
    return _keyed(work, _met(name, columns), counts, FATES)


def by_rows(work: DuckDBPyConnection, name: str, as_of: dt.date, known: Collection[str]) -> Counts:
    """Rows by fate, of providers not `known` by key: whole rows are compared."""
    columns = ", ".join(quoted(column) for column in ("provider", *_content(name)))
    late = _dated_until(name, as_of)
    query = f"""SELECT provider,
            sum(least(before, after))::BIGINT,
            coalesce(sum(greatest(after - before, 0)) FILTER ({late}), 0)::BIGINT,
            coalesce(sum(greatest(after - before, 0)) FILTER (NOT {late}), 0)::BIGINT,
            0,
            sum(greatest(before - after, 0))::BIGINT
        FROM (SELECT {columns}, count(*) FILTER (NOT recent) AS before,
                     count(*) FILTER (recent) AS after
              FROM {BOTH} WHERE (provider IS NULL OR NOT list_contains($known, provider))
                            AND hash({columns}) % $buckets = $bucket
              GROUP BY {columns})
        GROUP BY provider"""
    return _summed(work, query, FATES, {"known": sorted(known)})


def changes(work: DuckDBPyConnection, name: str) -> dict[str, int]:
    """Rows in which a column's content differs, by column; over providers with a key."""
    columns = _beside_key(name)
    differ = {c: f"min(hash({quoted(c)})) <> max(hash({quoted(c)}))" for c in columns}
    counts = "".join(
        f", count(*) FILTER (before = 1 AND after = 1 AND {quoted(c)})" for c in columns
    )
    found = _keyed(work, _met(name, differ), counts.lstrip(", ") or "0", columns or ["none"])
    return {c: sum(counts[c] for counts in found.values()) for c in columns}


def _met(name: str, columns: Mapping[str, str]) -> str:
    """Rows of both vintages by provider and key (zusammengeführte Zeilen).

    Columns: provider; before and after, the rows of each vintage; complete,
    whether no part of the key is missing; and those given, as aggregates.
    """
    key = ["provider", *schema.table(name).key]
    listed = ", ".join(quoted(column) for column in key)
    complete = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in key)
    given = "".join(f", {sql} AS {quoted(column)}" for column, sql in columns.items())
    return f"""(SELECT provider, {complete} AS complete, count(*) FILTER (NOT recent) AS before,
                       count(*) FILTER (recent) AS after {given}
                FROM {BOTH} WHERE hash({listed}) % $buckets = $bucket GROUP BY {listed})"""


def _keyed(work: DuckDBPyConnection, met: str, counts: str, names: Sequence[str]) -> Counts:
    """Counts of the providers whose key is complete and names one row in each vintage."""
    odd = "count(*) FILTER (NOT complete OR before > 1 OR after > 1)"
    query = f"SELECT provider, {odd}, {counts} FROM {met} GROUP BY provider"
    found = _summed(work, query, ["odd", *names])
    return {p: {n: c[n] for n in names} for p, c in found.items() if not c["odd"]}


def _summed(
    work: DuckDBPyConnection,
    query: str,
    names: Sequence[str],
    given: Mapping[str, list[str]] = MappingProxyType({}),
) -> Counts:
    """Counts by provider, in as many passes as it takes for groups to fit into memory."""
    total = work.execute(f"SELECT count(*) FROM {BOTH}").fetchall()[0][0]
    buckets = 1 + total // ROWS_AT_ONCE
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for bucket in range(buckets):
        rows = work.execute(query, {**given, "buckets": buckets, "bucket": bucket}).fetchall()
        for provider, *counts in rows:
            found[provider].update(dict(zip(names, counts, strict=True)))
    return {provider: dict(counts) for provider, counts in found.items()}


def _view(work: DuckDBPyConnection, view: str, name: str, vintage: Vintage) -> None:
    if name not in vintage.tables:
        return create_view(work, view, name)
    path = vintage.path / f"{name}.parquet"
    try:
        present = pq.read_schema(path).names
    except (OSError, ValueError):
        raise DataError(
            f"{path.name} of the vintage {vintage.name} cannot be read. Remove the vintage's "
            f"folder; it is made again from the delivery."
        ) from None
    literal = str(path).replace("'", "''")
    return create_view(work, view, name, f"read_parquet('{literal}')", present)


def _content(name: str) -> list[str]:
    return [column for column in schema.table(name).columns if (name, column) not in NO_CONTENT]


def _beside_key(name: str) -> list[str]:
    return [column for column in _content(name) if column not in schema.table(name).key]


def _dated_until(name: str, as_of: dt.date) -> str:
    """Condition: the first date that every row of the table has is on or before a day."""
    columns = schema.table(name).columns.values()
    dates = [c.name for c in columns if c.required and c.type in ("date", "time")]
    if not dates:
        return "false"
    following = as_of + dt.timedelta(days=1)
    return f"coalesce({quoted(dates[0])} < TIMESTAMP '{following}', false)"
