"""Tables of the state as a whole: sums, limits, gradients (Tabellen des Landes)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kimeval.core.area import area as find_area
from kimeval.core.catalogue import indicator
from kimeval.core.units import unit_word
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.html import RESULTS_MIME, Html, results_data
from kimeval.tables.numbers import bare, cell, german, interval
from kimeval.tables.overview import Line, Notes, page
from kimeval.tables.reasons import reservations

KINDS = {
    "chance": "Zufall allein",
    "spread": "Zufall und übliche Streuung der Gebiete",
    "complete": "Zufall allein, nur vollständige Lieferungen",
}
Record = dict[str, Any]


def state_sums(protected: Protected, caption: str) -> Html:
    """Sums over areas, each with the number of areas in it (Summen).

    Parameters
    ----------
    protected : Protected
        From `reach.state.sums`.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame
    notes = Notes(frame, protected.rules)
    counted = frame[frame["dimension"] == "indicator"].to_dict("records")
    body = []
    for row, areas in zip(frame[frame["dimension"] == ""].to_dict("records"), counted, strict=True):
        inside = f"{german(areas['value'])} von {german(areas['denominator'])}"
        body.append(
            Line(
                indicator(row["indicator"]).name,
                (cell(row), unit_word(row["unit"]), inside),
                notes.mark(row),
            )
        )
    head = ("Kennzahl", "Summe", "Einheit", "Gebiete mit Wert")
    return page(caption, head, body, notes.texts, results_data(protected))


def flags(funnels: Sequence[Protected], caption: str) -> Html:
    """How many areas are flagged by which limits, and how many by chance (Meldungen).

    Parameters
    ----------
    funnels : sequence of Protected
        From `reach.state.coverage_funnel`, such as for chance alone and with a spread.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    body: list[Line] = []
    for protected in funnels:
        frame = require_protected(protected, "A table").frame
        flagged = frame[frame["indicator"] == "state_areas_flagged"].to_dict("records")
        chance = frame[frame["indicator"] == "state_flags_by_chance"].to_dict("records")
        for row, expected in zip(flagged, chance, strict=True):
            label = f"{row['group']}, {KINDS[row['dimension']]}"
            cells = (german(row["denominator"]), cell(row), cell(expected))
            body.append(Line(label, cells))
    head = ("Grenzen", "Gebiete mit Wert", "außerhalb", "davon durch Zufall höchstens, im Mittel")
    data = [row for one in funnels for row in told(one, "state_")]
    return page(caption, head, body, (), {RESULTS_MIME: data})


def most_missed(protected: Protected, caption: str, most: int = 12) -> Html:
    """Areas in which most of those not reached live, summed up as one goes (nicht Erreichte).

    Parameters
    ----------
    protected : Protected
        From `reach.state.not_reached`.
    caption : str
        German title.
    most : int
        Areas that are listed.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame
    whole = frame[frame["indicator"] == "state_not_reached"].iloc[0].to_dict()
    rows = frame[frame["indicator"] == "area_not_reached"].to_dict("records")
    body, so_far = [], 0.0
    for row in rows[:most]:
        so_far += row["value"]
        share = bare(so_far / whole["value"], "share") if whole["value"] else ""
        body.append(Line(find_area(row["area"]).name, (cell(row), cell(row, "denominator"), share)))
    left = len(rows) - len(body)
    if left:
        rest = sum(row["value"] for row in rows[most:])
        base = sum(row["denominator"] for row in rows[most:])
        body.append(Line(f"{left} weitere Gebiete", (german(rest), german(base), bare(1, "share"))))
    total = (cell(whole), cell(whole, "denominator"), "")
    body.append(Line("alle Gebiete mit Wert", total, total=True))
    notes = [f"{'; '.join(reservations([(whole['status'], whole['reason'])]))}."]
    head = ("Gebiet", "nicht erreicht", "Neuzugewanderte", "zusammen bis hier")
    return page(caption, head, body, notes if whole["reason"] else (), results_data(protected))


def gradients(protected: Protected, caption: str) -> Html:
    """How coverage follows an order of the areas, in three measures (Gefälle).

    Parameters
    ----------
    protected : Protected
        From `reach.state.coverage_by_size`.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame
    notes = Notes(frame, protected.rules)
    orders: dict[str, list[Record]] = {}
    for row in frame.to_dict("records"):
        orders.setdefault(str(row["group"]), []).append(row)
    body = [
        Line(order, tuple(_with_interval(row) for row in rows), notes.mark(rows[0]))
        for order, rows in orders.items()
    ]
    names = [indicator(str(name)).name for name in frame["indicator"].unique()]
    units = [unit_word(unit) for unit in frame["unit"][: len(names)]]
    heads = [
        f"{name} in {unit}n" if unit == "Prozentpunkte" else name
        for name, unit in zip(names, units, strict=True)
    ]
    head = ("Ordnung der Gebiete", *heads)
    return page(caption, head, body, notes.texts, results_data(protected))


def _with_interval(row: Record) -> str:
    return f"{cell(row)} ({interval(row)})" if interval(row) else cell(row)


def told(protected: Protected, kind: str) -> list[dict[str, Any]]:
    """Rows of the state, or of areas, as they stand behind a table."""
    rows = results_data(protected)[RESULTS_MIME]
    return [row for row in rows if str(row["indicator"]).startswith(kind)]
