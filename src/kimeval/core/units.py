"""Units with their German words and decimal places (Einheiten)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from kimeval.core.errors import DataError, suggestion

FILE = Path(__file__).with_name("units.toml")


@cache
def units() -> dict[str, str]:
    """German word of each unit."""
    return dict(_declared()["words"])


def unit_word(unit: str) -> str:
    """German word of a unit, such as `Fälle`.

    Raises
    ------
    DataError
        If the unit is not declared.
    """
    if unit not in units():
        raise DataError(f"There is no unit '{unit}'. {suggestion(unit, units())}")
    return units()[unit]


def places(unit: str) -> int:
    """Decimal places that are shown of a unit; none by default."""
    return int(_declared()["places"].get(unit, 0))


@cache
def _declared() -> dict[str, dict]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
