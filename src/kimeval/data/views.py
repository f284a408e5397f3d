"""Canonical tables as views of an engine, every column with its type (Sichten).

A column that a delivery lacks is there and empty, so a query need not ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import duckdb

from kimeval.core.errors import DataError
from kimeval.core.schema import ADDED, table
from kimeval.data.engine import VARIABLE, connect

TYPES = {
    "date": "TIMESTAMP",
    "time": "TIMESTAMP",
    "int": "BIGINT",
    "decimal": "DOUBLE",
    "fte": "DOUBLE",
    "eur": "DECIMAL(14, 2)",
    "bool": "BOOLEAN",
}


def create_view(
    work: duckdb.DuckDBPyConnection,
    view: str,
    name: str,
    source: str = "",
    present: Collection[str] = (),
    kinds: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Make a view with all columns of a canonical table, provider and source.

    Parameters
    ----------
    work : DuckDBPyConnection
        The view lives as long as this connection.
    view : str
        Its name; a view of that name is replaced.
    name : str
        Canonical table.
    source : str
        What can stand after FROM; without one the view has no rows.
    present : collection of str
        Columns of the source.
    kinds : mapping of str to str
        Column -> type of the engine, where it is not the declared one.
    """
    types = {c.name: TYPES.get(c.type, "VARCHAR") for c in table(name).columns.values()}
    types |= dict.fromkeys(ADDED, "VARCHAR")
    types |= {column: kind for column, kind in kinds.items() if column in types}
    columns = ", ".join(
        f"CAST({quoted(column) if column in present else 'NULL'} AS {kind}) AS {quoted(column)}"
        for column, kind in types.items()
    )
    origin = f"FROM {source}" if source else "WHERE false"
    work.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(view)} AS SELECT {columns} {origin}")


@contextmanager
def session(
    engine: duckdb.DuckDBPyConnection | None, task: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose views vanish at its end, on a given engine or one of its own.

    Parameters
    ----------
    engine : DuckDBPyConnection or None
        Left open, and without anything new in it.
    task : str
        What is done, for the message of an error.

    Raises
    ------
    DataError
        If the engine refuses the work. Its own message may quote a cell and is
        not passed on.
    """
    own = connect() if engine is None else None
    work = (engine or own).cursor()  # type: ignore[union-attr]
    try:
        yield work
    except duckdb.OutOfMemoryException:
        raise DataError(
            f"{task} must fit into the engine's memory and did not. "
            f"Allow more with {VARIABLE}=4GiB, or give an engine that has a folder to spill to."
        ) from None
    except duckdb.Error as found:
        raise DataError(
            f"{task} needs canonical tables as cleaning makes them; the engine stopped with "
            f"{type(found).__name__}. Make the vintage again."
        ) from None
    finally:
        work.close()
        if own is not None:
            own.close()


def quoted(name: str) -> str:
    """A name, or a path, as SQL takes it for a name."""
    return '"' + name.replace('"', '""') + '"'
