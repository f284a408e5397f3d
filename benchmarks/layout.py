"""What the two files of a generated delivery hold (Aufbau der Dateien)."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules import (
    Reader,
    code_reader,
    read_ags,
    read_bool,
    read_date,
    read_minutes,
    read_text,
    read_year,
)

PROVIDER = "ki"


@dataclass(frozen=True)
class Layout:
    """One kind of file (Dateiart).

    Attributes
    ----------
    file, title : str
        Its name, and a German title.
    key : str
        First column, whose text identifies a row.
    readers : dict of str to Reader
        How each column of the file is read; the others are kept as text.
    tables : dict of str to dict of str to str
        Canonical table -> canonical column -> column of the file; the last
        table's key identifies a row.
    constants : dict of str to str
        Canonical columns of the last table with one value.
    distinct : tuple of str
        Columns in which hardly a text repeats.
    ignored : tuple of str
        Columns that do not tell rows apart.
    codes : dict of str to str
        Column of the file -> its code list.
    """

    file: str
    title: str
    key: str
    readers: dict[str, Reader]
    tables: dict[str, dict[str, str]]
    constants: dict[str, str] = field(default_factory=dict)
    distinct: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)

    def reader(self, name: str) -> Reader:
        """How a column of the file is read."""
        return code_reader(self.codes[name]) if name in self.codes else self.readers[name]

    @property
    def mapped(self) -> list[str]:
        """Columns of the file that feed a table."""
        return list(dict.fromkeys(c for columns in self.tables.values() for c in columns.values()))


def cases_layout() -> Layout:
    """The file of cases; it holds persons as well."""
    return Layout(
        file="ki_faelle.csv",
        title="Fälle",
        key="Fall-Nr.",
        readers={
            "Klient-Nr.": read_text,
            "Haushalt-Nr.": read_text,
            "Geburtsdatum": read_year,
            "Einreise": read_date,
            "AGS Wohnort": read_ags,
            "Fall-Nr.": read_text,
            "Aufnahme": read_date,
            "Abschluss": read_date,
        },
        tables={
            "clients": {
                "client_id": "Klient-Nr.",
                "household_id": "Haushalt-Nr.",
                "birth_year": "Geburtsdatum",
                "gender": "Geschlecht",
                "nationality": "Staatsang.",
                "arrived_on": "Einreise",
                "ags": "AGS Wohnort",
                "language_level": "Sprachstand",
                "partner_programme": "Förderprogramm",
            },
            "cases": {
                "case_id": "Fall-Nr.",
                "client_id": "Klient-Nr.",
                "household_id": "Haushalt-Nr.",
                "opened_on": "Aufnahme",
                "closed_on": "Abschluss",
                "closing_reason": "Abschlussgrund",
            },
        },
        constants={"baustein": "2", "persons": "1", "unit": "person"},
        distinct=("Fall-Nr.", "Klient-Nr."),
        ignored=("Bemerkung",),
        codes={
            "Geschlecht": "gender",
            "Staatsang.": "nationality",
            "Sprachstand": "language_level",
            "Förderprogramm": "partner_programme",
            "Abschlussgrund": "closing_reason",
        },
    )


def contacts_layout() -> Layout:
    """The file of contacts."""
    return Layout(
        file="ki_kontakte.csv",
        title="Kontakte",
        key="Kontakt-Nr.",
        readers={
            "Kontakt-Nr.": read_text,
            "Klient-Nr.": read_text,
            "Fall-Nr.": read_text,
            "Datum": read_date,
            "mit Termin": read_bool,
            "Ort (AGS)": read_ags,
            "Dauer (Min.)": read_minutes,
        },
        tables={
            "contacts": {
                "contact_id": "Kontakt-Nr.",
                "client_id": "Klient-Nr.",
                "case_id": "Fall-Nr.",
                "contact_on": "Datum",
                "mode": "Art",
                "with_appointment": "mit Termin",
                "ags": "Ort (AGS)",
                "minutes": "Dauer (Min.)",
            }
        },
        distinct=("Kontakt-Nr.",),
        codes={"Art": "contact_mode"},
    )
