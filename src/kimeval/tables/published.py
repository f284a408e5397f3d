"""Published and derived values with their bounds in words (veröffentlichte Angaben)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from kimeval.core.area import area
from kimeval.protect.gate import Protected, require_protected
from kimeval.published.names import UnitName, result_unit, unit_name
from kimeval.published.periods import Period
from kimeval.published.rows import EXACT, ORIGINS
from kimeval.published.sources import documents, figures
from kimeval.published.values import PUBLISHED, Value, values
from kimeval.published.wording import german
from kimeval.tables.html import Html, results_data
from kimeval.tables.overview import Line
from kimeval.tables.templates import render

REFUSED = "unbekannt"
TEMPLATE = Path(__file__).with_name("prose.html.jinja")
HEAD = ("Angabe", "Wert", "Gebiet", "Zeitraum oder Stichtag", "Herkunft und Quelle", "Hinweis")


def published_table(protected: Protected, caption: str) -> Html:
    """Published values, each with bound, time and origin (Tabelle der Angaben).

    Parameters
    ----------
    protected : Protected
        Rows of `kimeval.published.results()`.
    caption : str
        German title.

    Returns
    -------
    Html
        A bound says so in words; what was not published is „unbekannt“. Below
        stand the documents that the lines name.
    """
    frame = require_protected(protected, "A table").frame
    known = {(value.title, value.period.code): value for value in values().values()}
    rows = [(row, known.get((row["group"], row["period"]))) for row in frame.to_dict("records")]
    named = {source for _, value in rows if value for source in value.sources}
    marks = {key: f"[{n}]" for n, key in enumerate((k for k in documents() if k in named), 1)}
    body = [_line(row, value, marks) for row, value in rows]
    notes = [f"{mark} {documents()[key].full}" for key, mark in marks.items()]
    text = "\n".join([caption, *(" | ".join((line.label, *line.cells)) for line in body)])
    html = render(TEMPLATE, caption=caption, head=HEAD, body=body, notes=notes)
    return Html(html, text, results_data(protected))


def value_text(row: Mapping[str, Any]) -> str:
    """A row's value in words: `10,25 Stellen`, `höchstens etwa 40,3 %`, `unbekannt`."""
    if row["status"] == "refused":
        return REFUSED
    unit = result_unit(row["indicator"], row["unit"])
    origin, _, lesart = row["method"].partition(": ")
    words = lesart.partition(",")[0]
    if row["unit"] == "share" and origin == ORIGINS[PUBLISHED]:
        unit = unit.as_stated()
    number = _number(row, unit)
    sign = "+" if "_change_" in row["indicator"] and row["value"] > 0 else ""
    hedge = "" if words == EXACT else f"{words} "
    return hedge + unit.after(sign + number)


def amount_text(row: Mapping[str, Any], column: str, unit: str) -> str:
    """A column of a row in the format of a unit, without words: `10,25`, `25.199,98`."""
    return german(_decimal(row[column]), unit_name(unit), share=False)


def _number(row: Mapping[str, Any], unit: UnitName) -> str:
    share = row["unit"] == "share"
    if not pd.isna(row["value"]):
        return german(_decimal(row["value"]), unit, share, ROUND_HALF_UP)
    if not pd.isna(row["lower"]):
        return german(_decimal(row["lower"]), unit, share, ROUND_FLOOR)
    return german(_decimal(row["upper"]), unit, share, ROUND_CEILING)


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))


def _line(row: Mapping[str, Any], value: Value | None, marks: Mapping[str, str]) -> Line:
    planned = "Plan" if row["method"].endswith(", Plan") else ""
    note = value.note.rstrip(".") if value else ""
    notes = "; ".join(text for text in (row["reason"], planned, note) if text)
    place, when = area(row["area"]).name, Period.parse(row["period"]).label
    return Line(row["group"], (value_text(row), place, when, _origin(row, value, marks), notes))


def _origin(row: Mapping[str, Any], value: Value | None, marks: Mapping[str, str]) -> str:
    """Published or derived, and the marks of the documents behind it with the section."""
    origin = row["method"].partition(":")[0]
    if value is None or not value.sources:
        return origin
    figure = figures().get(value.id)
    place = f", {figure.place}" if figure and figure.place else ""
    return f"{origin} {', '.join(marks[key] for key in value.sources)}{place}"
