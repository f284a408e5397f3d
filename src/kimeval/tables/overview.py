"""Tables of protected results: indicators side by side, or one by group (Tabellen)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kimeval.core.catalogue import indicator
from kimeval.core.units import unit_word
from kimeval.protect.facts import counts_persons
from kimeval.protect.gate import Protected, Rules, require_protected
from kimeval.tables.html import Html, results_data
from kimeval.tables.numbers import REFUSED, SIGN, cell, interval
from kimeval.tables.protection import method_note, why_hidden
from kimeval.tables.reasons import reservations
from kimeval.tables.templates import render

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    """A line of a table as text (Zeile)."""

    label: str
    cells: tuple[str, ...]
    note: str = ""
    total: bool = False


def overview(protected: Protected, caption: str) -> Html:
    """Indicators under each other, with unit, interval and status (Übersicht).

    Parameters
    ----------
    protected : Protected
        Totals; one row per indicator.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame
    notes = Notes(frame, protected.rules)
    bounded = bool(frame["lower"].notna().any())
    body = [
        Line(
            indicator(row["indicator"]).name,
            (cell(row), unit_word(row["unit"]), *([interval(row)] if bounded else [])),
            notes.mark(row),
        )
        for row in frame.to_dict("records")
    ]
    head = ("Kennzahl", "Wert", "Einheit", *([_interval_name(frame)] if bounded else []))
    return page(caption, head, body, notes.texts, results_data(protected))


def breakdown(protected: Protected, caption: str, dimension: str, groups: str = "") -> Html:
    """One indicator by group, with the total last (Aufgliederung).

    Parameters
    ----------
    protected : Protected
        Rows of one indicator; those of other dimensions are left out.
    caption : str
        German title.
    dimension : str
        Whose groups are the lines.
    groups : str
        German name of the dimension; the head of the first column.

    Returns
    -------
    Html
    """
    chosen = require_protected(protected, "A table").only(dimension=[dimension, ""])
    frame = chosen.frame.sort_values("dimension", key=lambda d: d == "", kind="stable")
    notes = Notes(frame, protected.rules)
    columns = _columns(frame)
    body = [
        Line(
            row["group"] or "insgesamt",
            tuple(interval(row) if c == "interval" else cell(row, c) for c in columns),
            notes.mark(row),
            total=not row["group"],
        )
        for row in frame.to_dict("records")
    ]
    head = (groups or dimension, *(_column_name(c, frame) for c in columns))
    return page(caption, head, body, notes.texts, results_data(chosen))


def definitions(*protected: Protected) -> Html:
    """What each indicator means and what to beware of (Definitionen).

    Parameters
    ----------
    *protected : Protected
        Whatever was shown; each indicator comes once, in order.

    Returns
    -------
    Html
    """
    shown = [
        name for part in protected for name in require_protected(part, "A list").frame["indicator"]
    ]
    declared = [indicator(name) for name in dict.fromkeys(shown)]
    text = "\n".join(f"{entry.name}: {entry.definition}" for entry in declared)
    return Html(render(FOLDER / "definitions.html.jinja", indicators=declared), text)


def _columns(frame: pd.DataFrame) -> list[str]:
    columns = ["value"]
    if frame["denominator"].notna().any():
        columns = ["numerator", "denominator", "value"]
    return [*columns, "interval"] if frame["lower"].notna().any() else columns


def _column_name(column: str, frame: pd.DataFrame) -> str:
    if column == "interval":
        return _interval_name(frame)
    if frame.empty:
        return "Wert"
    declared = indicator(frame["indicator"].iloc[0])
    names = {"numerator": declared.numerator, "denominator": declared.denominator}
    return names.get(column) or declared.name


def _interval_name(frame: pd.DataFrame) -> str:
    levels = frame["confidence"].dropna().unique()
    return f"{100 * levels[0]:.0f}-%-Intervall" if len(levels) else "Intervall"


class Notes:
    """Footnotes, each reason once, and the signs that occur."""

    def __init__(self, frame: pd.DataFrame, rules: Rules) -> None:
        reasons = frame.loc[frame["reason"] != "", ["status", "reason"]].drop_duplicates()
        pairs = list(reasons.itertuples(index=False, name=None))
        self._numbers = {pair: str(n) for n, pair in enumerate(pairs, 1)}
        self.texts = [
            f"{number} {'; '.join(reservations([pair]))}." for pair, number in self._numbers.items()
        ]
        if frame["suppressed"].any():
            self.texts.append(f"{SIGN} gesperrt: {why_hidden(rules)}.")
        if counts_persons(frame).any():
            self.texts += filter(None, [method_note(rules)])
        if (frame["value"].isna() & ~frame["suppressed"]).any():
            self.texts.append(f"{REFUSED} kein Wert, weil die Daten ihn nicht tragen.")

    def mark(self, row: dict) -> str:
        """Number of the note that belongs to a row, empty where it has none."""
        return self._numbers.get((row["status"], row["reason"]), "")


def page(
    caption: str,
    head: Sequence[str],
    body: Sequence[Line],
    notes: Sequence[str] = (),
    data: Mapping[str, Any] | None = None,
) -> Html:
    """A table of text, as HTML and as plain lines.

    Parameters
    ----------
    caption : str
        German title.
    head : sequence of str
        Column names, the first of the labels.
    body : sequence of Line
        One cell per further column.
    notes : sequence of str
        Below the table.
    data : mapping, optional
        The protected rows it shows, by MIME type.

    Returns
    -------
    Html
    """
    html = render(FOLDER / "table.html.jinja", caption=caption, head=head, body=body, notes=notes)
    text = "\n".join([caption, *(f"{line.label}: {' | '.join(line.cells)}" for line in body)])
    return Html(html, text, data or {})
