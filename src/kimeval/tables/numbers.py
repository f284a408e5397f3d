"""Values of results as German text (Zahlen)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from kimeval.core.units import places, unit_word

SIGN = "."
REFUSED = "x"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
DIGITS = 9


def german(value: float | None, places: int = 0) -> str:
    """A number in German, such as `1.234,5`; the sign `.` where it is missing.

    Halves are rounded away from zero, as official statistics do.

    Parameters
    ----------
    value : float or None
        Any number.
    places : int
        Decimal places, always shown.
    """
    if value is None or pd.isna(value):
        return SIGN
    pattern = "#,##0" + ("." + "0" * places if places else "")
    exact = Decimal(repr(round(float(value), DIGITS)))
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
    return format_decimal(rounded, format=pattern, locale="de_DE").replace("-", MINUS)


def percent(share: float | None, places: int = 1) -> str:
    """A share in [0, 1] as German percent, such as `12,5 %`."""
    if share is None or pd.isna(share):
        return SIGN
    return f"{german(100 * share, places)}{NO_BREAK}%"


def with_unit(value: float | None, unit: str) -> str:
    """A value in the places and the German word of its unit."""
    if unit == "share":
        return percent(value)
    written = german(value, places(unit))
    word = unit_word(unit)
    return f"{written}{NO_BREAK}{word}" if word and written != SIGN else written


def bare(value: float | None, unit: str) -> str:
    """A value in the places of its unit, without the word; percent keep their sign."""
    return percent(value) if unit == "share" else german(value, places(unit))


def cell(row: Mapping[str, Any], column: str = "value") -> str:
    """A column of a result's row: value, `.` if suppressed, `x` without a value.

    A bound that does not apply is empty.
    """
    if row["suppressed"]:
        return SIGN
    if column == "value":
        return REFUSED if pd.isna(row["value"]) else bare(row["value"], row["unit"])
    if pd.isna(row[column]):
        return ""
    counted = column in ("numerator", "denominator")
    return _count(row[column]) if counted else bare(row[column], row["unit"])


def in_words(row: Mapping[str, Any]) -> str:
    """The value of a row for a figure or a sentence, a missing one as a German word."""
    if row["suppressed"]:
        return "gesperrt"
    return "nicht bestimmbar" if pd.isna(row["value"]) else bare(row["value"], row["unit"])


def interval(row: Mapping[str, Any]) -> str:
    """Confidence interval of a row, such as `31,0 bis 38,2 %`; empty without one."""
    if row["suppressed"] or pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return ""
    low, high = bare(row["lower"], row["unit"]), bare(row["upper"], row["unit"])
    return f"{low.removesuffix(f'{NO_BREAK}%')} bis {high}"


def _count(value: float) -> str:
    return german(value, 0 if float(value).is_integer() else 2)
