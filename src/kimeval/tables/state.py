"""Tables of the state: sums, areas side by side, what is missing (Tabellen des Landes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from kimeval.core.area import area as find_area
from kimeval.core.catalogue import indicator
from kimeval.core.units import unit_word
from kimeval.protect.collected import Collected, Member
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.html import RESULTS_MIME, Html, results_data
from kimeval.tables.numbers import bare, cell, german, interval
from kimeval.tables.overview import Line, Notes, page
from kimeval.tables.reasons import reservations

MANY = 8
SMALL = 0.001
METHODS = {"suppression": "Sperrung", "rounding": "Rundung", "cellkey": "Cell-Key-Methode"}
KINDS = {
    "chance": "Zufall allein",
    "spread": "Zufall und übliche Streuung der Gebiete",
    "complete": "Zufall allein, nur vollständige Lieferungen",
}
Record = Mapping[str, Any]


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
    data = [row for one in funnels for row in _told(one, "state_")]
    return page(caption, head, body, (), {RESULTS_MIME: data})


def areas_compared(
    coverage: Protected, funnel: Protected, ranks: Protected, smoothed: Protected, caption: str
) -> Html:
    """Areas side by side with what makes their numbers uncertain (Gebiete im Vergleich).

    Parameters
    ----------
    coverage : Protected
        Published totals of areas.
    funnel, ranks, smoothed : Protected
        From `reach.state`, of the same areas.
    caption : str
        German title.

    Returns
    -------
    Html
        In the order of the areas' codes; a rank stands with its interval only.
    """
    parts = (coverage, funnel, ranks, smoothed)
    frames = [require_protected(part, "A table").frame for part in parts]
    notes = Notes(frames[0], coverage.rules)
    found = pd.concat([frame[frame["area"] != "05"] for frame in frames])
    body = []
    for code, rows in found.groupby("area", sort=True):
        named = {row["indicator"]: row for row in rows.to_dict("records")}
        own = named["coverage_newly_arrived"]
        cells = _compared(named, own)
        body.append(Line(find_area(str(code)).name, cells, notes.mark(own)))
    head = (
        "Gebiet",
        "Erreichte",
        "Neuzugewanderte",
        "Reichweite",
        "95-%-Intervall",
        "Abweichung in Prozentpunkten",
        "p",
        "p angepasst",
        "Rang mit Intervall",
        "geglättet (Modell)",
    )
    data = [
        *results_data(coverage)[RESULTS_MIME],
        *[r for p in parts[1:] for r in _told(p, "area_")],
    ]
    return page(caption, head, body, notes.texts, {RESULTS_MIME: data})


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
    body = [Line(_capital(text), (str(len(names)), _names(names))) for text, names in ordered]
    return page(caption, ("Angabe", "Gebiete", "welche"), body, (), results_data(protected))


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


def _told(protected: Protected, kind: str) -> list[dict[str, Any]]:
    """Rows of the state, or of areas, as they stand behind a table."""
    rows = results_data(protected)[RESULTS_MIME]
    return [row for row in rows if str(row["indicator"]).startswith(kind)]


def _compared(named: Mapping[str, Record], own: Record) -> tuple[str, ...]:
    first = tuple(cell(own, name) for name in ("numerator", "denominator", "value"))
    if "area_coverage_deviation" not in named:
        return (*first, interval(own), *[""] * 5)
    rank, smoothed = named["area_coverage_rank"], named["area_coverage_smoothed"]
    return (
        *first,
        interval(own),
        _signed(named["area_coverage_deviation"]["value"]),
        _small(named["area_p_value"]["value"]),
        _small(named["area_q_value"]["value"]),
        f"{german(rank['value'])} ({german(rank['lower'])} bis {german(rank['upper'])})",
        cell(smoothed),
    )


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
