"""All files of one kind, cleaned together (Bereinigung einer Dateiart)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from kimeval.core import schema
from kimeval.data.clean.accounts import account, rows_set_aside
from kimeval.data.clean.assemble import Assembled, Sources, assemble
from kimeval.data.clean.columns import ReadColumn, read_column, reading_of
from kimeval.data.clean.fates import decide
from kimeval.data.clean.people import people
from kimeval.data.clean.rows import Rows, with_content
from kimeval.data.ledger import Ledger
from kimeval.data.profiles import FileSpec, Profile
from kimeval.data.said import rows_said
from kimeval.data.stores import Held

YEARS_AHEAD = 5


@dataclass(frozen=True)
class Cleaned:
    """What a kind of file gave (bereinigte Dateien).

    Attributes
    ----------
    tables : dict of str to Table or Dataset
        Canonical tables; a Dataset where they lie on disk.
    ledger : Ledger
        Of these files; balanced.
    set_aside : dict of str to DataFrame
        By file: line, reason, column, hint and the row as delivered. Holds
        personal data: it goes back to the provider and nowhere else.
    people : DataFrame
        One row per row of `clients`, in its order, for linkage. Personal, and
        never stored.
    said : DataFrame
        Files that name another number of rows than they hold, as findings.
    """

    tables: dict[str, Held] = field(repr=False)
    ledger: Ledger
    set_aside: dict[str, pd.DataFrame] = field(repr=False)
    people: pd.DataFrame = field(repr=False)
    said: pd.DataFrame = field(repr=False)


def clean_rows(rows: Rows, spec: FileSpec, profile: Profile, key: bytes, as_of: dt.date) -> Cleaned:
    """Clean all rows of one kind of file.

    Parameters
    ----------
    rows : Rows
        Of files that fit `spec`; a row repeated in a second one is merged.
    spec, profile : FileSpec, Profile
        How they are to be read.
    key : bytes
        For pseudonyms.
    as_of : date
        Day of the delivery; no date can lie more than five years behind it.

    Returns
    -------
    Cleaned

    Raises
    ------
    LedgerError
        If a row was lost, which is a defect.
    """
    read = read_tables(rows, spec, latest_day(as_of))
    fates = decide(rows, read, spec)
    aside = rows_set_aside(rows, read, fates, spec)
    names = [file.name for file in rows.files]
    made = assemble(read, fates, spec, Sources(profile.provider, names, rows.file_numbers, key))
    ledger = account(rows, read, fates, made, spec, profile, aside).balanced()
    said = rows_said({file.name: file.notes for file in rows.files}, ledger.accounts, spec)
    return Cleaned(made.tables, ledger, aside, _people(rows, made, spec, profile), said)


def read_tables(
    rows: Rows, spec: FileSpec, latest: dt.date, signs: Mapping[str, str] | None = None
) -> dict[str, dict[str, ReadColumn]]:
    """Every mapped column by canonical table; a column that feeds two is read once.

    Parameters
    ----------
    rows : Rows
        Text as delivered.
    spec : FileSpec
        How it is to be read.
    latest : date
        The last day that a date can have.
    signs : mapping, optional
        Column of the file -> its decimal sign, where `auto` was decided before.

    Returns
    -------
    dict of dict of ReadColumn
        By canonical table and column.
    """
    rows = with_content(rows, spec)
    done: dict[object, ReadColumn] = {}
    read: dict[str, dict[str, ReadColumn]] = {}
    for fed in spec.table:
        read[fed.name] = {}
        for canonical in fed.columns:
            kind = schema.table(fed.name).column(canonical).type
            column = fed.file_column(canonical)
            plain = kind in ("id", "text")
            known: object = (column, "plain") if plain else (fed.name, canonical)
            if known not in done:
                reading = reading_of(canonical, fed, spec, latest)
                reading = replace(reading, decided=(signs or {}).get(column, ""))
                source = str(fed.columns[canonical])
                done[known] = read_column(rows.columns[column], reading, source)
            read[fed.name][canonical] = done[known]
    return read


def latest_day(as_of: dt.date) -> dt.date:
    """The last day that a date can have."""
    return as_of.replace(year=as_of.year + YEARS_AHEAD, day=min(as_of.day, 28))


def plain_columns(spec: FileSpec) -> frozenset[str]:
    """Columns of a file whose texts are kept as they come: numbers of single rows, free text."""
    identifying = spec.identifying
    key = schema.table(identifying.name).key
    unique = [identifying.file_column(c) for c in key if c in identifying.columns]
    return frozenset([*spec.ignore, *(unique if len(key) == 1 else [])])


def _people(rows: Rows, made: Assembled, spec: FileSpec, profile: Profile) -> pd.DataFrame:
    if spec.link is None or "clients" not in made.tables:
        return pd.DataFrame()
    return people(rows, made.rows["clients"], made.tables["clients"], spec, profile.provider)
