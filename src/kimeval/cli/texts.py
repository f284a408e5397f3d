"""What commands print: lists, entries, paths (Ausgaben)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kimeval.core.area import areas
from kimeval.core.catalogue import Indicator, catalogue


def area_lines() -> Iterator[str]:
    """The 54 areas, a line each: code and name."""
    for place in areas().values():
        yield f"{place.code:<9} {place.name}"


def indicator_lines() -> Iterator[str]:
    """All indicators, a line each: id, level and German name."""
    width = max(len(name) for name in catalogue())
    for entry in catalogue().values():
        yield f"{entry.id:<{width}}  {entry.level:<8} {entry.name}"


def entry_lines(entry: Indicator) -> Iterator[str]:
    """An indicator's entry in the catalogue; empty fields are left out."""
    yield f"{entry.id}: {entry.name} ({entry.english})"
    fields = {
        "Definition": entry.definition,
        "Zähler": entry.numerator,
        "Nenner": entry.denominator,
        "Einheit": entry.unit,
        "Ebene": entry.level,
        "Quelle": ", ".join(entry.source),
        "Richtung": entry.direction,
        "Vorbehalt": entry.caveat,
    }
    for name, text in fields.items():
        if text:
            yield f"  {name + ':':<11} {text}"


def from_here(path: Path) -> str:
    """A path as short as it can be typed here."""
    here = Path.cwd()
    return os.path.relpath(path, here) if path.is_relative_to(here) else str(path)


def printable(text: str) -> str:
    """A text whose control characters cannot steer a terminal."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
