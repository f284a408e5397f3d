"""One SELECT, run in a connection that cannot write (Abfrage)."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data.read.foreign import guarded, guarded_each

AT_ONCE = 20_000
EXAMPLE = "sqlite:///faelle.db or postgresql+pg8000://user:password@host/database"
QUOTED = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/
    | (?<![\w$]) (\$(?:[^\W\d]\w*)?\$) .*? \1""",
    re.VERBOSE | re.DOTALL,
)
BEGINS = re.compile(r"[\s(]*(?:select|with)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Result:
    """The result of a query, while its connection is open (Ergebnis).

    Attributes
    ----------
    columns : list of str
        Their names.
    batches : iterator of lists of rows
        Typed cells.
    """

    columns: list[str]
    batches: Iterator[Sequence[Sequence[object]]] = field(repr=False)


def query_of(path: Path) -> str:
    """The query in a file (Abfragetext).

    Raises
    ------
    FormatError
        If it is not UTF-8 or not exactly one SELECT.
    """
    unreadable = f"A query is text in UTF-8, '{path.name}' is not. Save it as UTF-8."
    text = guarded(unreadable, lambda: path.read_text(encoding="utf-8-sig"))
    bare = QUOTED.sub(" ", text).rstrip("; \t\r\n")
    if not BEGINS.match(bare) or ";" in bare or "\\'" in text or "\0" in text:
        raise FormatError(
            f"'{path.name}' must hold one SELECT and nothing else, found another statement, "
            f"several, or a quote written as \\'. Write one SELECT, a quote inside text as ''."
        )
    return text


@contextmanager
def result_of(query: str, variable: str, name: str) -> Iterator[Result]:
    """Run a query and stream its result (Abfrage ausführen).

    Parameters
    ----------
    query : str
        As of `query_of`.
    variable : str
        Environment variable with the address of the database.
    name : str
        Of the query's file, for messages.

    Yields
    ------
    Result

    Raises
    ------
    MissingFileError
        If the variable is not set.
    FormatError
        If the address is none, the database does not answer, or the query fails. No
        message holds address, query or value.
    """
    engine = _engine(_address(variable, name), variable)
    unreachable = (
        f"The database of {variable} does not let us in. Does it run, and are the address, the "
        f"user and the password right?"
    )
    failed = (
        f"The query '{name}' failed in the database of {variable}. Do its tables and columns "
        f"exist, and may this user read them? Try it there first."
    )
    with guarded(unreachable, engine.connect) as connection:
        result = guarded(failed, lambda: _run(connection, query))
        yield Result(result.columns, guarded_each(failed, result.batches))


def _run(connection: sa.Connection, query: str) -> Result:
    """Begin to fetch, with a cursor of the server where it has one.

    SQLAlchemy's own cursor of the server logs values where a query fails midway.
    """
    if connection.dialect.name == "sqlite":
        ran = connection.exec_driver_sql(query)
        return Result([*map(str, ran.keys())], ran.partitions(AT_ONCE))
    connection.exec_driver_sql(f"DECLARE kimeval NO SCROLL CURSOR FOR {query}")
    first = connection.exec_driver_sql(f"FETCH FORWARD {AT_ONCE} FROM kimeval")
    return Result([*map(str, first.keys())], _fetched(connection, first))


def _fetched(
    connection: sa.Connection, ran: sa.CursorResult[Any]
) -> Iterator[Sequence[Sequence[object]]]:
    while rows := ran.all():
        yield rows
        ran = connection.exec_driver_sql(f"FETCH FORWARD {AT_ONCE} FROM kimeval")


def _address(variable: str, name: str) -> sa.URL:
    if not variable:
        raise FormatError(
            f"The profile must say where the database of '{name}' is. Add database with the name "
            f"of an environment variable."
        )
    address = os.environ.get(variable)
    if not address:
        raise MissingFileError(
            f"The query '{name}' needs the address of its database in the environment variable "
            f"{variable}, which is not set. Set it, such as {EXAMPLE}."
        )
    wrong = f"{variable} holds no address of a database. Write it like {EXAMPLE}."
    return guarded(wrong, lambda: sa.make_url(address))


def _engine(address: sa.URL, variable: str) -> sa.Engine:
    kind = address.get_backend_name()
    if kind == "sqlite" and address.database:
        where = f"{Path(address.database).resolve().as_uri()}?mode=ro"
        return sa.create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(where, uri=True),
            poolclass=sa.NullPool,
        )
    if kind == "postgresql":
        engine = guarded(
            f"{variable} holds no address of a database. Write it like {EXAMPLE}.",
            lambda: sa.create_engine(
                address.set(drivername="postgresql+pg8000"), poolclass=sa.NullPool
            ),
        )
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    raise FormatError(
        f"{variable} must name a file of SQLite or a database of PostgreSQL, other kinds cannot "
        f"be opened for reading only. Write it like {EXAMPLE}."
    )
