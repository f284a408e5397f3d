"""Numbers in German and English writing, with the signs of official tables (Zahlen)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from kimeval.core.schema import Column
from kimeval.data.clean.reading import PLACES, Cell, Reading, in_range

OFFICIAL: dict[str, tuple[str | None, str]] = {
    "-": ("0", "sign_nothing"),
    "0": ("0", "sign_less_than_half"),
    ".": (None, "sign_secret"),
    "...": (None, "sign_later"),
    "\N{HORIZONTAL ELLIPSIS}": (None, "sign_later"),
    "/": (None, "sign_unsafe"),
    "x": (None, "sign_senseless"),
    "X": (None, "sign_senseless"),
}
MINUS = "\N{MINUS SIGN}"
SIGNS = {"p": "provisional", "r": "revised"}
SEPARATED = re.compile(r"[+-]?[\d., ]*\d[.,]\d[\d., ]*", re.ASCII)


def read_number(text: str, reading: Reading) -> Cell:
    """A number with the declared decimal sign; thousands grouped by three or not at all."""
    if text in reading.zero:
        return in_range(_number("0", reading.column), ("sign_nothing",), reading.column)
    text = text.replace(MINUS, "-")
    rules: tuple[str, ...] = ()
    if reading.official:
        text, rules = without_sign(text)
        if text in OFFICIAL:
            value, rule = OFFICIAL[text]
            if value is None:
                return Cell(None, (rule,))
            return in_range(_number(value, reading.column), (rule,), reading.column)
    if reading.decimal == "?":
        if SEPARATED.fullmatch(text):
            return Cell(reason="number_ambiguous")
        reading = replace(reading, decimal=",")
    number = _grouped(text, reading.decimal)
    if number is None or number[1] > PLACES.get(reading.column.type, number[1]):
        return Cell(reason="number_invalid")
    rules = (*rules, "thousands") if number[2] else rules
    return in_range(_number(number[0], reading.column), rules, reading.column)


def without_sign(text: str) -> tuple[str, tuple[str, ...]]:
    """A number without the signs that official tables put around it."""
    if match := re.fullmatch(r"\((.+)\)", text):
        return match[1].strip(), ("sign_uncertain",)
    if match := re.fullmatch(r"(.*\d) ?([pr])", text):
        return match[1], (f"sign_{SIGNS[match[2]]}",)
    return text, ()


def _grouped(text: str, decimal: str) -> tuple[str, int, bool] | None:
    """Plain digits, decimal places and whether thousands were grouped; None if no number."""
    group = "." if decimal == "," else ","
    form = rf"([+-]?)([1-9]\d{{0,2}}(?:[{group} ]\d{{3}})+|\d+)(?:[{decimal}](\d+))?"
    if not (match := re.fullmatch(form, text, re.ASCII)):
        return None
    sign, whole, places = match.groups(default="")
    digits, places = re.sub(r"\D", "", whole), places.rstrip("0")
    return f"{sign}{digits}" + (f".{places}" if places else ""), len(places), digits != whole


def decimal_sign(texts: Iterable[str]) -> str:
    """Decimal sign of a column, by the texts that only one writing can explain.

    Parameters
    ----------
    texts : iterable of str
        Distinct, tidy texts of the column.

    Returns
    -------
    str
        `,` or `.`; `?` if nothing speaks for either, or something for both.
    """
    found = decimal_signs(texts)
    return found.pop() if len(found) == 1 else "?"


def decimal_signs(texts: Iterable[str]) -> set[str]:
    """Decimal signs without which some text would be no number."""
    found = set()
    for text in texts:
        bare = without_sign(text.replace(MINUS, "-"))[0]
        explains = [sign for sign in ",." if _grouped(bare, sign)]
        if len(explains) == 1:
            found.add(explains[0])
    return found


def _number(text: str, column: Column) -> int | float | Decimal:
    if column.type == "int":
        return int(Decimal(text))
    return Decimal(text) if column.type == "eur" else float(text)
