"""From text to typed canonical rows, every row accounted for (Bereinigung)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kimeval.core import schema
from kimeval.data.accounts import account, rows_set_aside
from kimeval.data.columns import ReadColumn, read_column
from kimeval.data.fates import Fates, decide
from kimeval.data.ledger import Ledger
from kimeval.data.profiles import FileSpec, Profile, TableSpec
from kimeval.data.pseudonyms import plain_name, pseudonym
from kimeval.data.read import RawFile
from kimeval.data.repairs import Reading, read_date, tidy_text


@dataclass(frozen=True)
class Cleaned:
    """What a kind of file gave (bereinigte Dateien).

    Attributes
    ----------
    tables : dict of str to DataFrame
        Canonical tables.
    ledger : Ledger
        Of these files; balanced.
    set_aside : dict of str to DataFrame
        By file: line, reason, column and the row as delivered. Holds personal
        data: it goes back to the provider and nowhere else.
    """

    tables: dict[str, pd.DataFrame] = field(repr=False)
    ledger: Ledger
    set_aside: dict[str, pd.DataFrame] = field(repr=False)


def clean_files(
    raws: Sequence[RawFile], spec: FileSpec, profile: Profile, key: bytes, as_of: dt.date
) -> Cleaned:
    """Clean all files of one kind together.

    Parameters
    ----------
    raws : sequence of RawFile
        Files that fit `spec`; a row repeated in a second one is merged.
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
    cells = pd.concat([raw.cells for raw in raws], ignore_index=True).fillna("")
    files = np.repeat(np.arange(len(raws)), [len(raw.cells) for raw in raws])
    latest = as_of.replace(year=as_of.year + 5, day=min(as_of.day, 28))
    read = {
        fed.name: {c: read_column(cells, c, fed, spec, latest) for c in fed.columns}
        for fed in spec.table
    }
    typed = {fed.name: _typed(fed, read[fed.name], spec, len(cells)) for fed in spec.table}
    fates = decide(cells, read, typed, spec)
    tables, differing = _assemble(typed, fates, spec)
    sources = np.array([raw.name for raw in raws], dtype=object)[files]
    for name, table in tables.items():
        _pseudonymise(table, profile.provider, key)
        if name == "clients":
            table["person_id"] = _recognise(table, cells, spec, key)
        table["provider"], table["source"] = profile.provider, sources[table.index]
        tables[name] = schema.conform(name, table)
    aside = rows_set_aside(raws, files, fates)
    ledger = account(raws, spec, profile, files, fates, read, differing, aside)
    return Cleaned(tables, ledger.balanced(), aside)


def _typed(
    fed: TableSpec, columns: dict[str, ReadColumn], spec: FileSpec, rows: int
) -> pd.DataFrame:
    table = schema.table(fed.name)
    frame = pd.DataFrame({c: read.cells for c, read in columns.items()}, index=range(rows))
    for canonical, text in fed.constants.items():
        frame[canonical] = text
    if fed.name == "cases" and "unit" not in frame:
        frame["unit"] = spec.unit
    for canonical in frame:
        frame[canonical] = frame[canonical].astype(table.column(str(canonical)).dtype)
    return frame


def _assemble(
    typed: dict[str, pd.DataFrame], fates: Fates, spec: FileSpec
) -> tuple[dict[str, pd.DataFrame], dict[str, np.ndarray]]:
    """Tables of the kept rows; rows whose attributes a later row replaced."""
    tables, differing = {}, {}
    for name, frame in typed.items():
        rows = frame[fates.kept & fates.feeds[name]]
        if name != spec.identifying.name:
            key = [c for c in schema.table(name).key if c in frame]
            distinct = rows.drop_duplicates(keep="last")
            last = distinct.drop_duplicates(key, keep="last")
            differing[name] = distinct.index.difference(last.index).to_numpy()
            rows = last
        tables[name] = rows.copy()
    return tables, differing


def _pseudonymise(table: pd.DataFrame, provider: str, key: bytes) -> None:
    for column in table.columns.intersection(sorted(schema.identifiers())):
        known = table[column].dropna().unique()
        hashes = {text: pseudonym(key, provider, column, text) for text in known}
        table[column] = table[column].map(hashes).astype("str")


def _recognise(clients: pd.DataFrame, cells: pd.DataFrame, spec: FileSpec, key: bytes) -> pd.Series:
    """One number for one person in the files of all providers.

    Without a name or a birth date a person is only ever the provider's own; a
    sign for a missing value is no name.
    """
    if spec.link is None:
        return clients["client_id"]
    people = cells.loc[clients.index]
    given = people[spec.link.names].map(lambda text: "" if _missing(text, spec) else text)
    names = [plain_name(row) for row in given.itertuples(index=False)]
    births = [_birth(text, spec) for text in people[spec.link.birth_date]]
    numbers = [
        pseudonym(key, "person", name, birth) if name and birth else own
        for name, birth, own in zip(names, births, clients["client_id"], strict=True)
    ]
    return pd.Series(numbers, index=clients.index, dtype="str")


def _missing(text: str, spec: FileSpec) -> bool:
    return tidy_text(text)[0] in spec.missing


def _birth(text: str, spec: FileSpec) -> str:
    column = schema.table("clients").column("arrived_on")
    reading = Reading(column, tuple(spec.dates), latest=dt.date(2199, 12, 31))
    day = read_date(tidy_text(text)[0], reading).value
    return day.isoformat() if day else ""
