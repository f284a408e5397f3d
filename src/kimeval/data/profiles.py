"""Profiles: how one system's export maps to canonical tables (Profile).

A profile is a TOML file; a new export is a new profile and no code.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kimeval.core import schema
from kimeval.core.errors import KimevalError, MissingFileError, ProfileError, suggestion

SERIALS = ("excel", "excel1904")
ROW = "\0row"


class Section(BaseModel):
    """Base of the sections of a profile: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Taken(Section):
    """Something taken from a row (Ableitung).

    Attributes
    ----------
    column : str
        Column of the file; none where the whole row is taken.
    take : str
        `year` keeps the year of a date; `row` makes a number of all that the row
        says, for rows without one. Rows that say the same are one row then.
    """

    column: str = ""
    take: Literal["year", "row"]


class Link(Section):
    """Personal columns, used once to recognise a person and never kept.

    Attributes
    ----------
    names : list of str
        Columns of the name: family name, then given name, or one for both.
    birth_date : str
        Column of the birth date.
    also : dict
        Kind -> column of what else tells persons apart.
    model : str
        `exact` joins the same name and birth date only; any other name is a
        linkage model of `link/`, for rows whose spelling differs.
    threshold : float
        Probability from which two records are one person.
    review : float
        Probability from which a pair that is not joined goes to the review file.
    """

    names: list[str] = Field(min_length=1, max_length=2)
    birth_date: str
    also: dict[Literal["street", "house_number", "postcode", "place", "number"], str] = {}
    model: str = "person"
    threshold: float = Field(default=0.95, gt=0.5, lt=1)
    review: float = Field(default=0.5, gt=0, lt=1)

    @property
    def columns(self) -> list[str]:
        """Every column of the file that linkage reads."""
        return [*self.names, self.birth_date, *self.also.values()]


class TableSpec(Section):
    """What a file feeds into one canonical table.

    Attributes
    ----------
    name : str
        Canonical table.
    columns : dict
        Canonical column -> column of the file, or a part of it.
    constants : dict
        Canonical column -> value of every row.
    codes : dict
        Canonical column -> text in the file -> code.
    optional : bool
        A row without any required column of this table does not feed it and
        is not set aside for that.
    """

    name: str
    columns: dict[str, str | Taken]
    constants: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    optional: bool = False

    def file_column(self, canonical: str) -> str:
        """Column of the file behind a canonical column; `ROW` for the row itself."""
        source = self.columns[canonical]
        if isinstance(source, str):
            return source
        return source.column if source.take == "year" else ROW


class FileSpec(Section):
    """How one kind of file is written and what it feeds.

    Attributes
    ----------
    pattern : str
        Of its name, such as `ki_faelle*.csv`.
    format : str
        csv (any separated text), xlsx, parquet, sql (the file holds a query) or
        xes (event log).
    encoding : str
        Of separated text; `auto` tells by byte order mark and content.
    sheet : str
        Of a workbook; the first one by default.
    header_rows : int
        Of a workbook: rows of the header, joined with a space.
    hidden : str
        Of a workbook: hidden rows are read, or skipped.
    totals : list of str
        Beginnings of the first filled cell of rows that hold totals.
    database : str
        Environment variable with the address of the database of a query.
    dates : list of str
        Formats of `strptime`, `excel` for days since 30.12.1899 or `excel1904`.
    decimal : str
        Sign before decimal places; the other one separates thousands. `auto`
        decides per column by what only one of them can explain.
    missing, zero : list of str
        Signs for an unknown value, and for "nothing" in a number.
    signs : str
        `official` reads the signs of official tables in numbers.
    rows_said : str
        Pattern with one group around the number of rows that the file says it has,
        in a comment or footnote.
    only_active : bool
        The export drops closed cases; durations from it are biased.
    unit : str
        What a case of this file is: person or household.
    family : str
        `count`: one row per case, with its number of persons; `rows`: one row
        per person of a case, and rows of one case number belong together.
    lifecycle : str
        Of an event log: `joined` makes one row of the start and the end of an activity,
        `each` a row of either.
    ignore : list of str
        Columns that are never read further, such as free text.
    identity : str or None
        Table whose key identifies a row; the last one by default.
    """

    pattern: str
    title: str
    format: Literal["csv", "xlsx", "parquet", "sql", "xes"] = "csv"
    encoding: Literal["auto", "utf-8", "cp1252", "utf-16"] = "utf-8"
    separator: Annotated[str, Field(min_length=1, max_length=1, pattern=r'[^"\r\n\x00]')] = ";"
    comment: str = ""
    sheet: str = ""
    header_rows: int = Field(default=1, ge=1, le=5)
    hidden: Literal["read", "skip"] = "read"
    totals: list[str] = []
    database: str = ""
    dates: list[str] = ["%d.%m.%Y"]
    decimal: Literal["auto", ",", "."] = ","
    missing: list[str] = [""]
    zero: list[str] = []
    signs: Literal["none", "official"] = "none"
    rows_said: str = ""
    only_active: bool = False
    unit: Literal["person", "household"] = "person"
    family: Literal["count", "rows"] = "count"
    lifecycle: Literal["joined", "each"] = "joined"
    ignore: list[str] = []
    identity: str | None = None
    link: Link | None = None
    table: list[TableSpec] = Field(min_length=1)

    @property
    def needed(self) -> list[str]:
        """Columns of the file that must be there, in the order of the profile."""
        mapped = [t.file_column(c) for t in self.table for c in t.columns]
        linked = self.link.columns if self.link else []
        return [column for column in dict.fromkeys(mapped + linked) if column != ROW]

    @property
    def identifying(self) -> TableSpec:
        """The table whose key identifies a row."""
        return next((t for t in self.table if t.name == self.identity), self.table[-1])


class Profile(Section):
    """A profile (Profil): one system, its files and what they feed.

    Attributes
    ----------
    name, title : str
        The file's stem, and a German title.
    provider : str
        Short name of who delivers, kept with each row.
    provider_name : str
        As it stands in a report; the short name by default.
    """

    name: str
    title: str
    provider: str
    provider_name: str = ""
    file: list[FileSpec] = Field(min_length=1)

    def spec_for(self, file_name: str) -> FileSpec | None:
        """The first file pattern that fits a name, None where none does."""
        return next((spec for spec in self.file if fnmatch(file_name, spec.pattern)), None)


def load_profile(folder: Path, name: str) -> Profile:
    """Read and check `<folder>/<name>.toml`.

    Raises
    ------
    MissingFileError
        If there is no such profile.
    ProfileError
        If it is not TOML, misses a field, or names what does not exist.
    """
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.toml"))
        raise MissingFileError(f"There is no profile '{name}'. {suggestion(name, known)}")
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
        profile = Profile(**declared.pop("profile", {}), **declared)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as found:
        raise ProfileError(f"Profile '{name}' is not TOML in UTF-8: {found}.") from None
    except (ValidationError, TypeError) as found:
        raise ProfileError(f"Profile '{name}' is not complete: {_first(found)}.") from None
    for spec in profile.file:
        try:
            _check_file(spec)
        except KimevalError as found:
            where = f"Profile '{profile.name}', file '{spec.pattern}'"
            raise ProfileError(f"{where}: {found}") from None
    return profile


def _first(found: ValidationError | TypeError) -> str:
    if not isinstance(found, ValidationError):
        return str(found)
    error = found.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"


def _check_file(spec: FileSpec) -> None:
    for form in spec.dates:
        if form not in SERIALS and not _reads_a_day(form):
            raise ProfileError(
                f"'{form}' is no format of a date. Write it like %d.%m.%Y, or excel."
            )
    _check_rows_said(spec.rows_said)
    fed = Counter(entry.name for entry in spec.table)
    if twice := [name for name, times in fed.items() if times > 1]:
        raise ProfileError(f"It feeds table {', '.join(twice)} twice. Put both parts into one.")
    if spec.identity is not None and spec.identity not in fed:
        raise ProfileError(
            f"identity must be a table of the file, got '{spec.identity}'. "
            f"{suggestion(spec.identity, fed)}"
        )
    if spec.family == "rows" and not any(
        entry.name == "cases" and "client_id" in entry.columns for entry in spec.table
    ):
        raise ProfileError(
            'family = "rows" needs the table cases with its client_id: each row is a person.'
        )
    for entry in spec.table:
        _check_table(entry)


def _check_rows_said(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error:
        groups = 0
    if pattern and groups != 1:
        raise ProfileError(
            f"rows_said must be a regular expression with one group around the number, got "
            f"'{pattern}'. Write it like 'Datensätze: ([0-9.]+)'."
        )


def _reads_a_day(form: str) -> bool:
    day = dt.datetime(2024, 12, 31)
    try:
        return dt.datetime.strptime(day.strftime(form), form) == day
    except ValueError:
        return False


def _check_table(fed: TableSpec) -> None:
    table = schema.table(fed.name)
    for canonical, source in fed.columns.items():
        kind = table.column(canonical).type
        if isinstance(source, Taken):
            _check_taken(canonical, kind, source)
    for canonical, codes in fed.codes.items():
        _check_codes(table.column(canonical), codes)
    for canonical, text in fed.constants.items():
        _check_codes(table.column(canonical), {canonical: text})
        schema.conform(fed.name, pd.DataFrame({canonical: [text]}))
    absent = [c for c in table.required if c not in fed.columns and c not in fed.constants]
    if absent:
        raise ProfileError(
            f"Table '{fed.name}' needs {', '.join(absent)}. Map them or give a constant."
        )


def _check_taken(canonical: str, kind: str, source: Taken) -> None:
    if kind != {"year": "int", "row": "id"}[source.take]:
        raise ProfileError(f"'{canonical}' is a {kind} and cannot take a {source.take}.")
    if bool(source.column) != (source.take == "year"):
        raise ProfileError(
            f"'{canonical}' takes a {source.take}: a year needs a column, a row needs none."
        )


def _check_codes(column: schema.Column, codes: dict[str, str]) -> None:
    allowed = {"true", "false"} if column.type == "bool" else column.allowed
    for code in codes.values():
        if allowed is not None and code not in allowed:
            raise ProfileError(
                f"'{code}' is not a code of '{column.name}'. {suggestion(code, sorted(allowed))}"
            )
