"""What every page says first: place, time, data, protection (Kopf)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kimeval.core.area import STATE, Area, state
from kimeval.core.area import area as find_area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.protect.collected import Collected
from kimeval.protect.gate import Rules
from kimeval.tables.html import GATE_MIME, Html
from kimeval.tables.protection import header_words
from kimeval.tables.templates import render

PIECES = Path(__file__).with_name("pieces")

SYNTHETIC = (
    "Synthetische Daten: Alle Personen sind erfunden. Die Zahlen sagen nichts über das Gebiet."
)
MOST_DAYS, MOST_NAMES = 3, 6


def synthetic_words(area: Area) -> str:
    """What is said of invented persons, about an area or the state."""
    if area.code != STATE:
        return SYNTHETIC
    return SYNTHETIC.replace("das Gebiet", "das Land und seine Gebiete")


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
    return _html(facts, SYNTHETIC if data.synthetic else "")


def state_header(areas: Collected, earlier: Sequence[Collected]) -> Html:
    """The state and the quarter, which areas are in, their days and protection.

    Parameters
    ----------
    areas : Collected
        What the areas published of the quarter.
    earlier : sequence of Collected
        The same of quarters before it.

    Returns
    -------
    Html
    """
    facts = [
        ("Gebiet", str(state())),
        ("Zeitraum", areas.quarter.label),
        ("Grundlage", f"{_in(areas)}; Zeilen einzelner Personen werden nicht gelesen"),
        *[("Nicht enthalten", text) for text in _outside(areas)],
        ("Datenstand", _days(areas)),
        ("Frühere Quartale", ", ".join(_quarter(one, areas) for one in earlier) or "keine"),
        ("Geheimhaltung", f"wie in den Gebieten: {header_words(areas.rows.rules)}"),
    ]
    return _html(facts, synthetic_words(state()) if areas.rows.synthetic else "")


def _html(facts: Sequence[tuple[str, str]], warning: str) -> Html:
    text = "\n".join([*filter(None, [warning]), *(f"{name}: {value}" for name, value in facts)])
    html = render(PIECES / "header.html.jinja", facts=facts, warning=warning)
    return Html(html, text, {GATE_MIME: {"passed": True, "synthetic": bool(warning)}})


def _quarter(one: Collected, now: Collected) -> str:
    """An earlier quarter, and whether its numbers are defined as those of now."""
    same = one.catalogue == now.catalogue
    return one.quarter.label if same else f"{one.quarter.label} (anderer Stand der Festlegungen)"


def _in(areas: Collected) -> str:
    return f"was {len(areas.inside)} von {len(areas.members)} Gebieten veröffentlicht haben"


def _outside(areas: Collected) -> list[str]:
    """Areas that are not in, by reason."""
    reasons = dict.fromkeys(member.reason for member in areas.outside)
    names = {
        reason: [find_area(one.area).name for one in areas.outside if one.reason == reason]
        for reason in reasons
    }
    return [
        f"{', '.join(held) if len(held) <= MOST_NAMES else f'{len(held)} Gebiete'} ({reason})"
        for reason, held in names.items()
    ]


def _days(areas: Collected) -> str:
    """Days of the deliveries; where they differ, how many areas have which."""
    counted = Counter(member.as_of for member in areas.inside if member.as_of)
    days = sorted(counted.items())
    if len(days) == 1:
        return f"{days[0][0]:%d.%m.%Y} in allen Gebieten"
    if len(days) > MOST_DAYS:
        first, last = areas.as_of
        return f"von {first:%d.%m.%Y} bis {last:%d.%m.%Y}"
    return ", ".join(f"{day:%d.%m.%Y} ({n} Gebiete)" for day, n in days)
