"""Tables with providers side by side: contradictions, and what each counts (Träger)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.protect.gate import Protected, require_protected
from kimeval.quality import unit_of_cases
from kimeval.quality.contradictions import Place
from kimeval.tables.html import Html, results_data
from kimeval.tables.numbers import cell, german, percent
from kimeval.tables.overview import Line, Notes, page

UNITS = {
    "cases_recorded": "Fälle",
    "households_recorded": "Haushalte",
    "persons_in_cases": "Personen in Fällen",
    "persons_recorded": "einzeln erfasste Personen",
}
SHARES = (
    "Zeilen; in Klammern ihr Anteil an den Zeilen der Tabelle, die vom Träger übernommen wurden."
)
EMPTY = "Leer: ließ sich aus den Tabellen des Trägers nicht prüfen."
DIFFERENCES = "Wo kein Anteil steht: Summe der Abweichungen ohne Vorzeichen."


def contradictions_by_provider(protected: Protected, caption: str) -> Html:
    """Rows that contradict others, by rule and provider (Widersprüche).

    Parameters
    ----------
    protected : Protected
        From `contradictions`.
    caption : str
        German title.

    Returns
    -------
    Html
        One line per rule and table that is broken; below stand the rules that
        nobody breaks.
    """
    frame = require_protected(protected, "A table").frame
    rows = [(Place.of(str(row["group"])), row) for row in frame.to_dict("records")]
    broken = [place for place, row in rows if row["value"] != 0]
    providers = sorted({place.provider for place, _ in rows}, key=str.casefold)
    found = {place: contradiction(row) for place, row in rows}
    body = [
        Line(f"{table}: {rule}", tuple(found.get(Place(table, rule, p), "") for p in providers))
        for table, rule in dict.fromkeys((place.table, place.rule) for place in broken)
    ]
    quiet = dict.fromkeys(place.rule for place, _ in rows)
    notes = _notes_on_contradictions(protected, [p.rule for p in broken], quiet)
    notes += [EMPTY] if any("" in line.cells for line in body) else []
    head = ("Tabelle: Widerspruch", *providers)
    nothing = Line("Es wurde keiner gefunden.", ("",) * (len(head) - 1))
    return page(caption, head, body or [nothing], notes, results_data(protected))


def contradiction(row: Mapping[str, Any]) -> str:
    """A row of `contradictions` as text, such as `53 (1,5 %)`."""
    if row["suppressed"] or not row["value"] or pd.isna(row["numerator"]):
        return cell(row) if row["suppressed"] else german(row["value"])
    return f"{german(row['numerator'])} ({percent(row['value'])})"


def units_of_providers(protected: Protected, dataset: Dataset, caption: str) -> Html:
    """Cases, households and persons of each provider, and what its case is (Einheiten).

    Parameters
    ----------
    protected : Protected
        From `units_by_provider`.
    dataset : Dataset
        For the unit of each provider's cases; no rows are shown or counted.
    caption : str
        German title.

    Returns
    -------
    Html
        Without a sum, since the units differ.
    """
    frame = require_protected(protected, "A table").frame
    notes = Notes(frame, protected.rules)
    units = unit_of_cases(dataset)
    body = []
    for provider, rows in frame.groupby("group", sort=False):
        records = {row["indicator"]: row for row in rows.to_dict("records")}
        marks = sorted(filter(None, {notes.mark(row) for row in records.values()}))
        cells = (cell(records[name]) if name in records else "" for name in UNITS)
        line = (units.get(str(provider), ""), *cells)
        body.append(Line(str(provider), line, ", ".join(marks)))
    head = ("Träger", "Ein Fall ist", *UNITS.values())
    nothing = Line("Es liegen weder Fälle noch Personen vor.", ("",) * (len(head) - 1))
    return page(caption, head, body or [nothing], notes.texts, results_data(protected))


def _notes_on_contradictions(
    protected: Protected, broken: Iterable[str], asked: Iterable[str]
) -> list[str]:
    shown = set(broken)
    held = set(protected.frame.loc[protected.frame["value"] != 0, "indicator"])
    notes = [SHARES] if "share_contradicting" in held else []
    notes += [DIFFERENCES] if "difference_from_totals" in held else []
    notes += Notes(protected.frame, protected.rules).texts
    quiet = [rule for rule in asked if rule not in shown]
    return [*notes, f"Geprüft und nicht gefunden: {'; '.join(quiet)}."] if quiet else notes
