"""What a map says in words (Karten in Worten)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kimeval.figures.map_marks import STAR
from kimeval.figures.places import Places
from kimeval.figures.shades import Classes
from kimeval.figures.words import reasons_by_name
from kimeval.tables.numbers import bare, in_words

UNEVEN = "Die Klassen sind verschieden breit und umfassen etwa gleich viele {many}."


def map_note(places: Places, about: str, scale: Classes) -> str:
    """What stands below a map: what squares mean, classes, reasons, groups without a place."""
    rows = pd.DataFrame([*places.rows.values()])
    names = [places.names[code] for code in places.rows]
    apart = ", ".join(f"{row['group']} ({in_words(row)})" for row in places.apart)
    uneven = "" if scale.even else UNEVEN.format(many=places.words[1])
    held = reasons_by_name(rows, names, STAR)
    said = [about, uneven, held, f"Ohne Ort: {apart}." if apart else ""]
    return " ".join(part for part in said if part)


def say_map(places: Places, title: str, tiles: bool) -> str:
    """The finding of a map as German sentences."""
    frame = places.frame
    one, many = places.words
    known = frame.dropna(subset=["value"]).sort_values("value", kind="stable")
    what = "Kachelkarte" if tiles else "Karte"
    said = f"{what}: {title}. {_counted(len(known), one, many)} mit einem Wert"
    if places.whole is not None:
        said += f", insgesamt {in_words(places.whole)}"
    if len(known) > 1:
        middle = bare(float(known["value"].median()), known["unit"].iloc[0])
        high, low = known.iloc[-1].to_dict(), known.iloc[0].to_dict()
        said += f"; am höchsten {_named(high)}, am niedrigsten {_named(low)}"
        said += f", der mittlere Wert ist {middle}"
    elif len(known):
        said += f": {_named(known.iloc[0].to_dict())}"
    return f"{said}.{_lacking(places, one, many)}"


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['name']} mit {in_words(row)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _lacking(places: Places, one: str, many: str) -> str:
    rows = list(places.rows.values())
    hidden = sum(bool(row["suppressed"]) for row in rows)
    refused = sum(not row["suppressed"] and pd.isna(row["value"]) for row in rows)
    absent = len(places.names) - len(rows)
    parts = [
        f"{_counted(number, one, many)} {word}"
        for number, word in (
            (hidden, "gesperrt"),
            (refused, "nicht bestimmbar"),
            (absent, "ohne Angabe"),
        )
        if number
    ]
    return f" {', '.join(parts)}." if parts else ""
