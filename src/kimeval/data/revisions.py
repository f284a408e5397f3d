"""What was revised between two vintages of an area (Revisionen)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from kimeval.core import schema
from kimeval.core.errors import DataError, LedgerError
from kimeval.data.ledger import table_of
from kimeval.data.row_matching import FATES, SIZES, by_key, by_rows, changes, offer, sizes
from kimeval.data.views import session

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from kimeval.data.vintages import Vintage

COUNTS = [*SIZES, *FATES]
REVISIONS = {"table": "str", "provider": "str", "by": "str", **dict.fromkeys(COUNTS, "int64")}
CHANGES = {"table": "str", "column": "str", "rows": "int64"}
NONE = dict.fromkeys(FATES, 0)
FEW = 20
TASK = "Comparing two vintages"


def revisions(old: Vintage, new: Vintage, engine: DuckDBPyConnection | None = None) -> pd.DataFrame:
    """What became of each table's rows from one vintage to the next (Revisionen).

    Parameters
    ----------
    old, new : Vintage
        Of one area; `old` is not younger than `new`.
    engine : DuckDBPyConnection, optional
        For vintages beyond memory one with a folder to spill to.

    Returns
    -------
    DataFrame, one row per table and provider, columns of `REVISIONS`
        `by` is `key`, or `rows` where a part of the key is missing or the key
        is not unique: then whole rows are compared, and a changed row counts
        as dropped and as new. New rows are `late` if their date is on or
        before the day of `old`, else `added`. Rows of a table without a
        required date, such as persons, are never late. `source` is no content
        of a row, nor is `person_id` of a client.

    Raises
    ------
    DataError
        If the vintages are of two areas, in the wrong order, damaged, or have
        no identifier in common.
    LedgerError
        If rows do not add up.
    """
    _check_pair(old, new)
    records: list[dict[str, Any]] = []
    with session(engine, TASK) as work:
        for name in _held(old, new):
            offer(work, name, old, new)
            counted = sizes(work)
            keyed = by_key(work, name, old.as_of)
            unkeyed = counted.keys() - keyed.keys()
            fates = keyed | (by_rows(work, name, old.as_of, keyed) if unkeyed else {})
            for provider in sorted(counted, key=str):
                place = {"table": name, "provider": provider}
                place |= {"by": "rows" if provider in unkeyed else "key"}
                records.append(place | counted[provider] | fates.get(provider, NONE))
    revised = balanced(table_of(records, REVISIONS))
    if _telling(revised) and not _stayed(revised).any():
        raise DataError(
            f"Two vintages are compared by their identifiers; {old.name} and {new.name} have none "
            f"in common. They were made with different keys for pseudonyms, or from different "
            f"systems. Make both with the same key."
        )
    return revised


def columns_changed(
    old: Vintage, new: Vintage, engine: DuckDBPyConnection | None = None
) -> pd.DataFrame:
    """Which columns differ in rows that both vintages hold (geänderte Spalten).

    Parameters
    ----------
    old, new, engine
        As for `revisions`.

    Returns
    -------
    DataFrame with columns table, column (German name), rows
        Only columns that changed, most rows first within a table. Rows
        without a key cannot be matched and do not count.

    Raises
    ------
    DataError
        If the vintages are of two areas, in the wrong order, or damaged.
    """
    _check_pair(old, new)
    records: list[dict[str, Any]] = []
    with session(engine, TASK) as work:
        for name in _held(old, new):
            offer(work, name, old, new)
            german = schema.table(name).columns
            counts = sorted(changes(work, name).items(), key=lambda entry: -entry[1])
            records += [
                {"table": name, "column": german[column].german, "rows": rows}
                for column, rows in counts
                if rows
            ]
    return table_of(records, CHANGES)


def strangers(revised: pd.DataFrame) -> list[str]:
    """Providers of which no identifier stayed: another key or system (neue Nummern).

    Parameters
    ----------
    revised : DataFrame
        Result of `revisions`. Only providers with more than 20 rows in both
        vintages, in a table identified by numbers, can tell.
    """
    stayed = _stayed(revised)
    return sorted(_telling(revised) & set(stayed.index[stayed == 0]))


def balanced(revised: pd.DataFrame) -> pd.DataFrame:
    """Return revisions themselves if no row was lost or made up.

    Raises
    ------
    LedgerError
        Names the tables whose rows do not add up.
    """
    kept = revised["same"] + revised["changed"]
    before = kept + revised["dropped"] == revised["rows_old"]
    after = kept + revised["late"] + revised["added"] == revised["rows_new"]
    if not (before & after).all():
        tables = ", ".join(sorted(set(revised.loc[~(before & after), "table"])))
        raise LedgerError(
            f"Rows of a vintage must equal those that stayed, changed and went or came; they do "
            f"not in {tables}. This is a defect of kimeval: please report it."
        )
    return revised


def _stayed(revised: pd.DataFrame) -> pd.Series:
    """Numbered rows that both vintages hold, by provider."""
    rows = revised[revised["table"].isin(_numbered())]
    return (rows["same"] + rows["changed"]).groupby(rows["provider"]).sum()


def _telling(revised: pd.DataFrame) -> set[str]:
    """Providers with enough numbered rows to tell whether numbers stayed."""
    enough = revised[["rows_old", "rows_new"]].min(axis=1) > FEW
    return set(revised.loc[enough & revised["table"].isin(_numbered()), "provider"])


@cache
def _numbered() -> frozenset[str]:
    """Tables whose key holds an identifier."""
    named = schema.tables().items()
    return frozenset(n for n, t in named if any(t.columns[c].type == "id" for c in t.key))


def _check_pair(old: Vintage, new: Vintage) -> None:
    if old.area.code != new.area.code:
        raise DataError(
            f"Vintages of one area are compared, got {old.area.code} and {new.area.code}."
        )
    if old.as_of > new.as_of:
        raise DataError(
            f"The older vintage comes first, got {old.as_of} before {new.as_of}. Swap them."
        )


def _held(old: Vintage, new: Vintage) -> Iterator[str]:
    return (name for name in schema.tables() if name in {*old.tables, *new.tables})
