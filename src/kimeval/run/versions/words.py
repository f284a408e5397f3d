"""What differs between versions, in words (Wortlaut)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from kimeval.core.catalogue import catalogue
from kimeval.core.quarter import Quarter
from kimeval.core.schema import tables
from kimeval.core.units import units
from kimeval.run.versions.changes import TOPICS, Change
from kimeval.run.versions.figures import KINDS, Difference, Row

FIRST = ("erste Fassung", "first version")
AGAIN = ("neu erstellt, nichts davon hat sich geändert", "made again, nothing of this changed")
MISSING = "–"
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
MONTH = re.compile(r"(\d{4})-(\d\d)")
COUNTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "changed": ("mit anderem Wert", "changed"),
        "hidden": ("jetzt gesperrt", "now hidden"),
        "shown": ("nicht mehr gesperrt", "no longer hidden"),
        "added": ("neu", "new"),
        "gone": ("entfallen", "gone"),
        "reservation": ("mit anderem Vorbehalt", "with another reservation"),
    }
)
NAMED = ("parameters", "rules")
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "threshold": "Schwelle",
        "method": "Verfahren",
        "reason": "Begründung",
        "spread": "Schutzintervall",
        "zeros": "Nullen",
        "groups": "Gruppen",
        "dominance": "Dominanz bei Beträgen",
        "p_percent": "p-Prozent bei Beträgen",
    }
)
NUMBER_NAMES: Mapping[str, str] = MappingProxyType(
    {"numerator": "Zähler", "denominator": "Nenner", "lower": "Intervall", "upper": "Intervall"}
)
DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "ags": "Gemeinde",
        "age_band": "Alter",
        "gender": "Geschlecht",
        "legal_sphere": "Rechtskreis",
        "nationality": "Staatsangehörigkeit",
        "provider": "Träger",
        "providers": "Träger",
        "file": "Datei",
        "column": "Spalte",
        "rule": "Regel",
        "reason": "Grund",
        "figure": "Angabe",
        "language_level": "Sprachstand",
        "residence_title": "Aufenthaltstitel",
        "contact_mode": "Kontaktweg",
        "target_group": "Zielgruppe",
        "from_office": "von",
        "to_office": "an",
        "office": "Stelle",
        "path_type": "Verlaufstyp",
        "step": "Schritt",
        "way": "Weg",
        "pair": "Stellen",
        "direction": "Richtung",
        "gap": "Lücke",
        "first_activity": "Beginn",
        "last_activity": "Ende",
    }
)


def why(changed: Sequence[Change], language: int = 0) -> str:
    """Why a version was made: the topics that changed (Grund).

    Parameters
    ----------
    changed : sequence of Change
        Against the version before.
    language : int
        0 for German, 1 for English; so in all functions here.
    """
    topics = dict.fromkeys(change.topic for change in changed)
    return ", ".join(TOPICS[topic][language] for topic in topics) or AGAIN[language]


def told(change: Change, language: int = 0) -> str:
    """A change in one line without its topic, such as `threshold: 5 → 3`."""
    new, gone, none = (("neu", "entfallen", "ohne Angabe"), ("new", "gone", "not given"))[language]
    known = NAMES.get(change.name, "") if change.topic in NAMED and language == 0 else ""
    name = f"{known} ({change.name})" if known else change.name
    if name and (change.old is None or change.new is None):
        return f"{name}: {new if change.old is None else gone}"
    arrow = f"{change.old or none} → {change.new or none}"
    return f"{name}: {arrow}" if name else arrow


def counts(found: Iterable[Difference], language: int = 0) -> str:
    """How many figures differ in which way, such as `3 mit anderem Wert, 1 jetzt gesperrt`."""
    numbers = Counter(difference.what for difference in found)
    return ", ".join(f"{numbers[w]} {COUNTED[w][language]}" for w in KINDS if numbers[w])


def name(row: Row) -> str:
    """German name of a figure's indicator; its id where the catalogue holds it no more."""
    declared = catalogue().get(row["indicator"])
    return declared.name if declared else row["indicator"]


def period(difference: Difference) -> str:
    """Quarter, month or day in German; `Tag der Daten` for figures about a version's data."""
    old, new, text = difference.old, difference.new, difference.row["period"]
    if old and new and old["period"] != new["period"]:
        return "Tag der Daten"
    if len(text) == 6 and text[4] == "Q":
        return Quarter.parse(text).label
    if month := MONTH.fullmatch(text):
        return f"{month[2]}/{month[1]}"
    day = DAY.fullmatch(text)
    return f"{day[3]}.{day[2]}.{day[1]}" if day else text


def group(row: Row) -> str:
    """The group of a figure with the name of its dimension; `insgesamt` for the total."""
    if not row["group"]:
        return "insgesamt"
    dimension = DIMENSIONS.get(row["dimension"]) or _column(row["dimension"])
    return f"{dimension}: {row['group']}" if dimension else row["group"]


@cache
def _column(dimension: str) -> str:
    """German name of the column that a dimension is called after; empty where there is none."""
    named = (t.columns[dimension].german for t in tables().values() if dimension in t.columns)
    name = next(named, "")
    return name[:1].upper() + name[1:]


def value(row: Row | None) -> str:
    """A published value as German text with its unit; `.` where it is suppressed."""
    from kimeval.tables.numbers import REFUSED, SIGN, bare

    if row is None:
        return MISSING
    if row.get("suppressed") == "True":
        return SIGN
    number = _number(row.get("value", ""))
    unit = row.get("unit", "")
    if math.isnan(number):
        return REFUSED
    if unit not in units():
        return f"{row['value']} {unit}".strip()
    return bare(number, unit)


def remark(difference: Difference) -> str:
    """What happened to a figure, in German; empty where the two values say it."""
    if difference.what == "reservation":
        return "anderer Vorbehalt"
    if difference.what != "changed":
        return COUNTED[difference.what][0]
    if value(difference.old) != value(difference.new):
        return ""
    if "value" in difference.columns:
        return "gerundet gleich"
    return ", ".join(dict.fromkeys(NUMBER_NAMES[c] for c in difference.columns)) + " anders"


def _number(text: Any) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
