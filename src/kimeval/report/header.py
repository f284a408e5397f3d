"""What every page says first: place, time, data, protection (Kopf)."""

from __future__ import annotations

from pathlib import Path

from kimeval.core.area import Area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.protect.gate import Rules
from kimeval.tables.html import GATE_MIME, Html
from kimeval.tables.protection import header_words
from kimeval.tables.templates import render

PIECES = Path(__file__).with_name("pieces")

SYNTHETIC = (
    "Synthetische Daten: Alle Personen sind erfunden. Die Zahlen sagen nichts über das Gebiet."
)


def header(quarter: Quarter, area: Area, data: Dataset, rules: Rules) -> Html:
    """Area, quarter, day of the data and protection in one line each.

    Parameters
    ----------
    quarter, area : Quarter, Area
        What is evaluated.
    data : Dataset
        Its day, its vintage, and whether its persons are synthetic.
    rules : Rules
        The threshold and the method.

    Returns
    -------
    Html
    """
    facts = [("Gebiet", str(area)), ("Zeitraum", quarter.label)]
    if data.tables:
        facts.append(("Datenstand", f"{data.as_of:%d.%m.%Y} ({data.version})"))
    facts.append(("Geheimhaltung", header_words(rules)))
    warning = SYNTHETIC if data.synthetic else ""
    text = "\n".join([*filter(None, [warning]), *(f"{name}: {value}" for name, value in facts)])
    html = render(PIECES / "header.html.jinja", facts=facts, warning=warning)
    return Html(html, text, {GATE_MIME: {"passed": True, "synthetic": data.synthetic}})
