"""What a first look at a file of any format shows (Ansicht einer Datei)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data.drafting.content import Content

ROWS = 20_000
MOST_COLUMNS = 300
Format = Literal["csv", "xlsx", "parquet", "sql", "xes"]
SUFFIXES: dict[str, Format] = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".parquet": "parquet",
    ".xes": "xes",
    ".sql": "sql",
}
FIRST_BYTES: dict[bytes, Format] = {
    b"PK\x03\x04": "xlsx",
    b"PAR1": "parquet",
    bytes.fromhex("d0cf11e0"): "xlsx",
}


@dataclass(frozen=True)
class Look:
    """Form and cells of the beginning of a file (Ansicht).

    Attributes
    ----------
    name : str
        File name.
    format : str
        As in a profile: csv, xlsx, parquet, sql, xes.
    header : tuple of str
        Names of the columns.
    rows : sequence of sequence of str
        At most `ROWS`; each as long as the header. Personal.
    settings : dict
        Fields of a profile's file that follow from the form.
    remarks : tuple of str
        What a person should know about the form, in German.
    notes : tuple of str
        Lines that are no rows. Personal as far as anybody knows.
    """

    name: str
    format: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]] = field(repr=False)
    settings: dict[str, object] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def contents(self) -> list[Content]:
        """The columns, in the order of the file."""
        cells = list(zip(*self.rows, strict=True)) or [()] * len(self.header)
        return [Content.of(name, held) for name, held in zip(self.header, cells, strict=True)]


def look_at(path: Path, database: str = "") -> Look:
    """Look at a file.

    Parameters
    ----------
    path : Path
        Of an export, or of a query where `database` is named.
    database : str
        Environment variable with the address of the database of a query.

    Returns
    -------
    Look

    Raises
    ------
    MissingFileError
        If there is no such file.
    FormatError
        If it is empty, no table, or has no header. No message holds a cell.
    """
    if not path.is_file():
        raise MissingFileError(f"The file '{path.name}' is missing. Is its path right?")
    kind = _format(path)
    if kind == "csv":
        from kimeval.data.drafting.separated import look_at_text

        return _checked(look_at_text(path))
    if kind == "xlsx":
        from kimeval.data.drafting.workbooks import look_at_workbook

        return _checked(look_at_workbook(path))
    from kimeval.data.drafting.columnar import look_at_columns

    return _checked(look_at_columns(path, kind, database))


def _format(path: Path) -> Format:
    with path.open("rb") as opened:
        start = opened.read(4)
    if not start:
        raise FormatError(f"The file '{path.name}' is empty. Ask for it to be delivered again.")
    told = next((kind for mark, kind in FIRST_BYTES.items() if start.startswith(mark)), None)
    return told or SUFFIXES.get(path.suffix.casefold(), "csv")


def _checked(look: Look) -> Look:
    if not look.rows:
        raise FormatError(
            f"A draft needs rows to look at, '{look.name}' has a header and no row. "
            f"Ask for an export with data in it."
        )
    if len(look.header) > MOST_COLUMNS:
        raise FormatError(
            f"A draft looks at no more than {MOST_COLUMNS} columns, '{look.name}' has "
            f"{len(look.header)}. Ask for an export of the columns that are needed."
        )
    twice = sorted({name for name in look.header if name and look.header.count(name) > 1})
    if not twice:
        return look
    remark = f"Diese Spalten stehen mehrmals im Kopf und sind nicht zuzuordnen: {', '.join(twice)}"
    return replace(look, remarks=(*look.remarks, remark))
