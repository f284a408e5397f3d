"""Deliveries read as text, whatever their format (Einlesen): one function per format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kimeval.core.errors import MissingFileError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.part import Part

__all__ = ["read_parts"]


def read_parts(path: Path, spec: FileSpec) -> Iterator[Part]:
    """Read a file as its profile says, in parts (Datei einlesen).

    Parameters
    ----------
    path : Path
        Of the file.
    spec : FileSpec
        The profile's entry, with its format.

    Yields
    ------
    Part
        At least one; together they account for every line.

    Raises
    ------
    MissingFileError
        If there is no such file.
    FormatError
        If it is not what its profile says.
    """
    if not path.is_file():
        raise MissingFileError(f"The file '{path.name}' is missing. Was it delivered?")
    read: Callable[[Path, FileSpec], Iterator[Part]]
    if spec.format == "csv":
        from kimeval.data.read.text import read_text as read
    elif spec.format == "xlsx":
        from kimeval.data.read.workbook import read_workbook as read
    elif spec.format == "parquet":
        from kimeval.data.read.columnar import read_columnar as read
    elif spec.format == "sql":
        from kimeval.data.read.database import read_database as read
    else:
        from kimeval.data.read.eventlog import read_eventlog as read
    yield from read(path, spec)
