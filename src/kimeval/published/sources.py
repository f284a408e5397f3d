"""The published figures and the documents they stand in (Angaben und Quellen)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from types import MappingProxyType
from typing import Any

from kimeval.core.errors import DataError, suggestion
from kimeval.core.reference import read_reference, reference_file
from kimeval.published.bounds import Bounds
from kimeval.published.periods import Period

FOLDER = "published"


@dataclass(frozen=True)
class Document:
    """A public document (Quelle).

    Attributes
    ----------
    key, title, published : str
        Key in figures.csv, German title, date or season of publication.
    """

    key: str
    title: str
    published: str

    @property
    def full(self) -> str:
        """Title and time of publication."""
        return f"{self.title}, {self.published}"


@dataclass(frozen=True)
class Figure:
    """A figure as a document states it (veröffentlichte Angabe).

    Attributes
    ----------
    id, area, system, indicator : str
        Name of the figure, AGS of its area, programme, what is counted.
    value : Decimal
        The number in the document.
    unit : str
        Such as `EUR/fte/year`; `share` has none.
    period : Period
        What it stands for.
    quality : str
        exact, approx, lower, upper, just below, plan or expected.
    definition, source, section : str
        English note, key of the document, where in it.
    """

    id: str
    area: str
    system: str
    indicator: str
    value: Decimal
    unit: str
    period: Period
    quality: str
    definition: str
    source: str
    section: str

    @property
    def place(self) -> str:
        """Where in its document it stands, such as `Nr. 4.3.1` or `Modul 2`."""
        numbered = self.section[:1].isdigit()
        return f"Nr.\N{NO-BREAK SPACE}{self.section}" if numbered else self.section

    @property
    def bounds(self) -> Bounds:
        """What the document allows the value to be."""
        return Bounds.of(self.value, self.quality)


@cache
def figures() -> Mapping[str, Figure]:
    """Published figures by id, in the order of figures.csv."""
    return read_figures(read_reference(f"{FOLDER}/figures.csv"))


@cache
def documents() -> Mapping[str, Document]:
    """Documents by key."""
    rows = read_reference(f"{FOLDER}/documents.csv")
    return MappingProxyType({row["key"]: Document(**row) for row in rows})


def document(key: str) -> Document:
    """One document.

    Raises
    ------
    DataError
        If documents.csv does not hold it.
    """
    if key not in documents():
        raise DataError(
            f"A source is a key of documents.csv, got '{key}'. {suggestion(key, documents())}"
        )
    return documents()[key]


def read_figures(rows: Iterable[Mapping[str, str]]) -> Mapping[str, Figure]:
    """Typed figures from rows of text.

    Raises
    ------
    DataError
        If an id stands twice, a number or date cannot be read or a source is
        not among the documents.
    """
    found: dict[str, Figure] = {}
    for row in rows:
        if row["id"] in found:
            raise DataError(f"An id of figures.csv is unique, got '{row['id']}' twice.")
        found[row["id"]] = _figure(row)
    return MappingProxyType(found)


def read_declarations(name: str) -> dict[str, Any]:
    """Content of a TOML file beside figures.csv."""
    return tomllib.loads(reference_file(f"{FOLDER}/{name}.toml").read_text(encoding="utf-8"))


def _figure(row: Mapping[str, str]) -> Figure:
    texts = {k: v for k, v in row.items() if k not in ("value", "period_start", "period_end")}
    document(row["source"])
    try:
        value = Decimal(row["value"])
    except InvalidOperation as error:
        raise DataError(
            f"A published figure is a number like 10.25, got '{row['value']}' for '{row['id']}'."
        ) from error
    period = Period.read(row["period_start"], row["period_end"])
    return Figure(**texts, value=value, period=period)
