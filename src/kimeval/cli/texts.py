"""What commands print: lists, entries, accounts (Ausgaben)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kimeval.core.area import areas
from kimeval.core.catalogue import Indicator, catalogue

if TYPE_CHECKING:
    from kimeval.data.vintages import Vintage


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


def account_lines(vintage: Vintage) -> Iterator[str]:
    """The account of a vintage: what became of each file's rows."""
    yield f"{vintage.area}, as of {vintage.as_of}{', synthetic' if vintage.synthetic else ''}"
    yield f"{'file':<40} {'in':>8} {'kept':>8} {'merged':>8} {'aside':>8}"
    for row in vintage.ledger.accounts.to_dict("records"):
        counts = [row[f"rows_{name}"] for name in ("in", "kept", "merged", "set_aside")]
        yield f"{row['file']:<40} " + " ".join(f"{count:>8}" for count in counts)
    yield f"vintage: {vintage.name}, sha256 {vintage.digest[:12]}"


def from_here(path: Path) -> str:
    """A path as short as it can be typed here."""
    here = Path.cwd()
    return os.path.relpath(path, here) if path.is_relative_to(here) else str(path)
