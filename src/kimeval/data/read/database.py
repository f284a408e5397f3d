"""The result of a query, read once and frozen beside it (Datenbankabfrage)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.columnar import read_columnar
from kimeval.data.read.foreign import guarded
from kimeval.data.read.header import find_header, unique
from kimeval.data.read.part import Part
from kimeval.data.read.query import Result, query_of, result_of
from kimeval.data.read.typed import decimal_of, text_of

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

SUFFIX = ".parquet"
QUERY = b"kimeval.query"


def read_database(path: Path, spec: FileSpec) -> Iterator[Part]:
    """Read the result of the query in a file (Ergebnis einer Abfrage).

    At the first reading the result is written beside the query, and from then on read
    from there: a delivery does not change when the database does.

    Parameters
    ----------
    path : Path
        Of the `.sql` file with one SELECT.
    spec : FileSpec
        The environment variable with the address of the database, the columns that
        must be there, and the decimal sign.

    Yields
    ------
    Part
        At least one, as of `read_columnar`.

    Raises
    ------
    MissingFileError
        If the environment variable is not set.
    FormatError
        If the query is not one SELECT, was changed since its result was frozen, cannot
        be run, or lacks a needed column. No message holds address, query or value.
    """
    yield from read_columnar(frozen_result(path, spec), spec)


def frozen_path(query: Path) -> Path:
    """Where the result of a query is kept."""
    return query.with_name(query.name + SUFFIX)


def frozen_result(path: Path, spec: FileSpec) -> Path:
    """The file with the result of a query, made where it is not there yet (eingefroren).

    Raises
    ------
    MissingFileError, FormatError
        As `read_database`.
    """
    target = frozen_path(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest().encode()
    if target.is_file():
        _require_same(target, digest, path.name)
        return target
    query = query_of(path)
    with result_of(query, spec.database, path.name) as result:
        find_header([(1, result.columns)], spec, path.name)
        _freeze(result, digest, target, decimal_of(spec))
    return target


def _require_same(target: Path, digest: bytes, name: str) -> None:
    damaged = (
        f"'{target.name}' cannot be read: it is damaged. Remove it to read the database again."
    )
    held = guarded(damaged, lambda: pq.read_metadata(target)).metadata or {}
    if held.get(QUERY) != digest:
        raise FormatError(
            f"'{target.name}' holds the result of '{name}' as it was read first, and the query "
            f"was changed since. Put the new query into a new delivery, or remove "
            f"'{target.name}' to read the database again."
        )


def _freeze(result: Result, digest: bytes, target: Path, decimal: str) -> None:
    """Write to a hidden file and give it its name when it is whole."""
    unwritable = (
        f"The result of a query is kept beside it as '{target.name}', which cannot be written. "
        f"Is the folder writable, and is there space?"
    )
    _sweep(target)
    schema = pa.schema([(name, pa.string()) for name in unique(result.columns)], {QUERY: digest})
    with _part(target, unwritable) as part:
        writer = guarded(unwritable, lambda: pq.ParquetWriter(part, schema))
        with writer:
            for rows in result.batches:
                table = _table(rows, schema, decimal)
                guarded(unwritable, partial(writer.write_table, table))
        guarded(unwritable, lambda: _publish(part, target))


def _table(rows: Sequence[Sequence[object]], schema: pa.Schema, decimal: str) -> pa.Table:
    columns = zip(*rows, strict=True)
    texts = [pa.array([text_of(v, decimal) for v in column], pa.string()) for column in columns]
    return pa.table(texts, schema=schema)


@contextmanager
def _part(target: Path, unwritable: str) -> Iterator[Path]:
    """A hidden file of this process, gone afterwards."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    held = guarded(unwritable, lambda: part.open("wb"))
    try:
        with held:
            if fcntl:
                fcntl.flock(held, fcntl.LOCK_EX)
            yield part
    finally:
        part.unlink(missing_ok=True)


def _sweep(target: Path) -> None:
    """Remove what killed processes left: their locks ended with them."""
    for left in target.parent.glob(f".{target.name}.*.part"):
        with suppress(OSError):
            if fcntl:
                with left.open("rb") as held:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    left.unlink()
            else:
                left.unlink()


def _publish(part: Path, target: Path) -> None:
    """Name it, unless another process was first."""
    try:
        target.hardlink_to(part)
    except FileExistsError:
        return
    except OSError:
        part.replace(target)
