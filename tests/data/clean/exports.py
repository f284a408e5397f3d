"""A small export, made up, and how it is cleaned: shared by the tests of cleaning."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from kimeval.data.clean.files import Cleaned, clean_rows, plain_columns
from kimeval.data.clean.rows import FileAccount, Rows, Texts, gather
from kimeval.data.profiles import FileSpec, Profile
from kimeval.data.read.part import no_uneven
from kimeval.data.read.text import read_text

AS_OF = dt.date(2024, 10, 15)
KEY = b"k" * 32
HEADER = "Person;Haushalt;Nachname;Vorname;geboren;Geschlecht;Fall;Aufnahme;Ende"
ANNA = "P1;H1;Müller;Anna;24.12.1990;weiblich;F1;01.02.2024;"
OMAR = "P2;H1;Al-Hassan;Omar;01.01.1985;männlich;F2;02.02.2024;03.03.2024"
CLIENTS = {
    "name": "clients",
    "columns": {
        "client_id": "Person",
        "household_id": "Haushalt",
        "birth_year": {"column": "geboren", "take": "year"},
        "gender": "Geschlecht",
    },
}
CASES = {
    "name": "cases",
    "columns": {
        "case_id": "Fall",
        "client_id": "Person",
        "opened_on": "Aufnahme",
        "closed_on": "Ende",
    },
    "constants": {"baustein": "2", "persons": "1"},
}
LINK = {"names": ["Nachname", "Vorname"], "birth_date": "geboren"}


def spec(**settings) -> FileSpec:
    fields = {"pattern": "*.csv", "title": "Fälle", "table": [CLIENTS, CASES], "link": LINK}
    return FileSpec(**{**fields, **settings})


def profile_of(of: FileSpec, provider: str = "ki") -> Profile:
    return Profile(name="klein", title="Klein", provider=provider, file=[of])


def clean_files(
    paths: Sequence[Path], of: FileSpec, provider: str = "ki", key: bytes = KEY
) -> Cleaned:
    """Read and clean files of one kind."""
    rows = gather([(path.name, read_text(path, of)) for path in paths], plain_columns(of))
    return clean_rows(rows, of, profile_of(of, provider), key, AS_OF)


def rows_of(
    header: Sequence[str], cells: Sequence[Sequence[str]], plain: frozenset[str] = frozenset()
) -> Rows:
    """Rows as they come from reading one file, without a file."""
    columns = {
        name: texts_of([row[place] for row in cells], name in plain)
        for place, name in enumerate(header)
    }
    lines = np.arange(2, len(cells) + 2)
    file = FileAccount(
        "faelle.csv", len(cells), no_uneven(), {"header": 1}, len(cells) + 1, 0, (), tuple(header)
    )
    return Rows(columns, lines, [file])


def texts_of(texts: Sequence[str], plain: bool = False) -> Texts:
    """A column, with its texts told apart or as they come."""
    held = pa.array(texts, pa.string())
    if plain:
        return Texts(held, None)
    encoded = held.dictionary_encode()
    return Texts(encoded.dictionary, encoded.indices.to_numpy())


def account(cleaned: Cleaned, file: int = 0) -> tuple[int, ...]:
    """Rows in, kept, merged and set aside."""
    row = cleaned.ledger.accounts.iloc[file]
    return tuple(int(row[f"rows_{what}"]) for what in ("in", "kept", "merged", "set_aside"))


def repairs(cleaned: Cleaned) -> dict[tuple[str, str], int]:
    """Cells mended by German column and rule."""
    made = cleaned.ledger.repairs
    return dict(zip(zip(made["column"], made["rule"], strict=True), made["cells"], strict=True))
