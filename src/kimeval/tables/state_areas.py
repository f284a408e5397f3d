"""Tables with a line per area, and which areas are in (Gebiete in Tabellen)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kimeval.core.area import STATE
from kimeval.core.area import area as find_area
from kimeval.core.catalogue import indicator
from kimeval.protect.collected import Collected, Member
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.html import RESULTS_MIME, Html, results_data
from kimeval.tables.numbers import cell, german, interval
from kimeval.tables.overview import Line, Notes, page
from kimeval.tables.reasons import reservations
from kimeval.tables.state import told

MANY = 8
MEANING = (
    "p: Wahrscheinlichkeit, durch Zufall allein so weit abzuweichen; angepasst: für den Vergleich "
    "aller Gebiete zugleich, nach Benjamini und Hochberg.",
    "Rang: 1 ist die höchste Reichweite; die Intervalle gelten für alle Gebiete zugleich (95 %).",
)
SMALL = 0.001
METHODS = {"suppression": "Sperrung", "rounding": "Rundung", "cellkey": "Cell-Key-Methode"}
Record = dict[str, Any]


def areas_compared(coverage: Protected, smoothed: Protected, caption: str) -> Html:
    """Coverage of areas side by side, as counted and smoothed (Gebiete im Vergleich).

    Parameters
    ----------
    coverage : Protected
        Published totals of areas.
    smoothed : Protected
        From `reach.state.coverage_smoothed`, of the same areas.
    caption : str
        German title.

    Returns
    -------
    Html
        In the order of the areas' codes.
    """
    own = require_protected(coverage, "A table").frame.sort_values("area", kind="stable")
    drawn = _by_area(smoothed)
    notes = Notes(own, coverage.rules)
    body = []
    for row in own.to_dict("records"):
        counted = tuple(cell(row, name) for name in ("numerator", "denominator", "value"))
        other = drawn.get(row["area"], {}).get("area_coverage_smoothed")
        cells = (*counted, interval(row), cell(other) if other else "")
        body.append(Line(find_area(row["area"]).name, cells, notes.mark(row)))
    head = ("Gebiet", "Erreichte", "Neuzugewanderte", "Reichweite", "95-%-Intervall")
    data = [*results_data(coverage)[RESULTS_MIME], *told(smoothed, "area_")]
    return page(caption, (*head, "geglättet (Modell)"), body, notes.texts, {RESULTS_MIME: data})


def areas_placed(funnel: Protected, ranks: Protected, caption: str) -> Html:
    """How far each area lies from the state, and its rank with interval (Lage der Gebiete).

    Parameters
    ----------
    funnel, ranks : Protected
        From `reach.state`, of the same areas.
    caption : str
        German title.

    Returns
    -------
    Html
        In the order of the areas' codes; a rank stands with its interval only.
    """
    deviations, places = _by_area(funnel), _by_area(ranks)
    ordered = require_protected(ranks, "A table").frame.sort_values("area", kind="stable")
    notes = Notes(ordered, ranks.rules)
    body = []
    for code, named in sorted(deviations.items()):
        if code == STATE:
            continue
        rank = places[code]["area_coverage_rank"]
        cells = (
            _signed(named["area_coverage_deviation"]["value"]),
            _small(named["area_p_value"]["value"]),
            _small(named["area_q_value"]["value"]),
            f"{cell(rank)} ({interval(rank)})",
        )
        body.append(Line(find_area(code).name, cells, notes.mark(rank)))
    head = ("Gebiet", "Abweichung in Prozentpunkten", "p", "p angepasst", "Rang mit Intervall")
    data = [*told(funnel, "area_"), *told(ranks, "area_")]
    return page(caption, head, body, [*notes.texts, *MEANING], {RESULTS_MIME: data})


def by_area(protected: Protected, caption: str) -> Html:
    """One indicator, a line per area in the order of the codes (nach Gebiet).

    Parameters
    ----------
    protected : Protected
        Totals of areas; a line for the state where the whole is refused.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame.sort_values("area", kind="stable")
    notes = Notes(frame, protected.rules)
    body = [
        Line(find_area(row["area"]).name, (cell(row), interval(row)), notes.mark(row))
        for row in frame.to_dict("records")
    ]
    name = indicator(str(frame["indicator"].iloc[0])).name if len(frame) else "Wert"
    head = ("Gebiet", name, "95-%-Intervall")
    return page(caption, head, body, notes.texts, results_data(protected))


def reservations_of_areas(protected: Protected, caption: str) -> Html:
    """What areas say of their own numbers, and how many say it (Vorbehalte der Gebiete).

    Parameters
    ----------
    protected : Protected
        Published rows of areas, of one indicator.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame
    said: dict[str, list[str]] = {}
    for row in frame.to_dict("records"):
        texts = reservations([(row["status"], row["reason"])]) if row["reason"] else []
        if row["suppressed"]:
            texts = ["gesperrt"]
        for text in texts or ["vollständig"]:
            said.setdefault(text, []).append(find_area(row["area"]).name)
    ordered = sorted(said.items(), key=lambda pair: -len(pair[1]))
    body = [
        Line(_capital(text), (str(len(names)),), str(n))
        for n, (text, names) in enumerate(ordered, 1)
    ]
    notes = [f"{n} {_names(names)}." for n, (_, names) in enumerate(ordered, 1)]
    return page(caption, ("Angabe", "Gebiete"), body, notes, results_data(protected))


def areas_in(collected: Collected, caption: str) -> Html:
    """Which areas are in, in which version and of which day (enthaltene Gebiete).

    Parameters
    ----------
    collected : Collected
        What the areas published.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    body = [
        Line(f"{find_area(one.area).name} ({one.area})", _member(one)) for one in collected.members
    ]
    head = ("Gebiet", "Fassung", "Datenstand", "Geheimhaltung", "enthalten")
    return page(caption, head, body, [f"Indikatorenkatalog der Gebiete: {collected.catalogue}."])


def _by_area(protected: Protected) -> dict[str, dict[str, Record]]:
    """Rows by area and indicator."""
    frame = require_protected(protected, "A table").frame
    found: dict[str, dict[str, Record]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(row["area"], {})[row["indicator"]] = row
    return found


def _signed(value: float) -> str:
    return f"+{german(value, 1)}" if value > 0 else german(value, 1)


def _small(value: float) -> str:
    return f"< {german(SMALL, 3)}" if value < SMALL else german(value, 3)


def _member(one: Member) -> tuple[str, ...]:
    day = f"{one.as_of:%d.%m.%Y}" if one.as_of else ""
    rule = f"ab {one.threshold}, {METHODS[one.method]}" if one.threshold else ""
    return one.version, day, rule, "ja" if one.is_in else f"nein: {one.reason}"


def _names(names: Iterable[str]) -> str:
    held = list(names)
    if len(held) > MANY:
        return f"{', '.join(held[: MANY - 1])} und {len(held) - MANY + 1} weitere"
    return ", ".join(held)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
