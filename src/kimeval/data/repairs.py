"""One small function per kind of column: text in, value or reason out (Bereinigung).

A function sees each distinct text of a column once; the rows follow by index.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from kimeval.core.area import state
from kimeval.core.codes import codes
from kimeval.core.schema import Column

EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
EARLIEST = dt.date(1900, 1, 1)
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"))
PLACES = {"int": 0, "eur": 2}
LIMIT_EUR = 10**12
SPACES = re.compile(r"\s+")
TIME_BEHIND = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?")
YES = frozenset(("ja", "j", "1", "true", "wahr", "yes"))
NO = frozenset(("nein", "n", "0", "false", "falsch", "no"))


@dataclass(frozen=True)
class Cell:
    """What became of one distinct text (Zelle).

    Attributes
    ----------
    value : object
        In canonical type; None where it is missing or unreadable.
    rules : tuple of str
        Repairs that were made, ids of `rules.toml`.
    reason : str or None
        Why it cannot be read.
    """

    value: Any = None
    rules: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class Reading:
    """How the cells of one column are to be read (Lesart).

    Attributes
    ----------
    column : Column
        Canonical column it feeds.
    dates : tuple of str
        Formats of `strptime`, or `excel`.
    latest : date
        No date can lie behind it.
    decimal : str
        Sign before decimal places.
    missing, zero : frozenset of str
        Signs of an unknown value, and of "nothing".
    mapping : mapping of str to str
        Text in the file -> code.
    take : str or None
        `year` keeps the year of a date.
    """

    column: Column
    dates: tuple[str, ...]
    latest: dt.date
    decimal: str = ","
    missing: frozenset[str] = frozenset({""})
    zero: frozenset[str] = frozenset()
    mapping: Mapping[str, str] = field(default_factory=dict)
    take: str | None = None


def repair(text: str, reading: Reading) -> Cell:
    """Read one distinct text.

    Parameters
    ----------
    text : str
        As delivered.
    reading : Reading
        What it should be.

    Returns
    -------
    Cell
    """
    tidy, rules = tidy_text(text)
    if tidy in reading.missing:
        return Cell()
    kind = "year" if reading.take == "year" else reading.column.type
    cell = READERS[kind](tidy, reading)
    return Cell(cell.value, (*rules, *cell.rules), cell.reason)


def tidy_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Text in NFC, without invisible characters, with single plain spaces."""
    rules = []
    if (visible := text.translate(INVISIBLE)) != text:
        rules.append("invisible")
    if (composed := unicodedata.normalize("NFC", visible)) != visible:
        rules.append("unicode")
    if (tidy := SPACES.sub(" ", composed).strip()) != composed:
        rules.append("spaces")
    return tidy, tuple(rules)


def read_text(text: str, reading: Reading) -> Cell:
    """Text stays as it is, `007` and `NA` included."""
    return Cell(text)


def read_date(text: str, reading: Reading) -> Cell:
    """A date in one of the declared formats, within the possible range."""
    rules: tuple[str, ...] = ()
    if match := TIME_BEHIND.fullmatch(text):
        text, rules = match[1], ("date_time",)
    formats = (*reading.dates, "%Y-%m-%d") if rules else reading.dates
    for form in formats:
        day = _excel_day(text) if form == "excel" else _day(text, form)
        if day is None:
            continue
        if not EARLIEST <= day <= reading.latest:
            return Cell(reason="date_out_of_range")
        return Cell(day, ("excel_date",) if form == "excel" else rules)
    return Cell(reason="date_invalid")


def read_year(text: str, reading: Reading) -> Cell:
    """The year of a date; the day is not kept."""
    if re.fullmatch(r"\d{4}", text):
        return _in_range(int(text), (), reading.column)
    cell = read_date(text, reading)
    if cell.reason:
        return cell
    return _in_range(cell.value.year, ("year_of_date",), reading.column)


def read_number(text: str, reading: Reading) -> Cell:
    """A number with the declared decimal sign; thousands grouped by three or not at all."""
    if text in reading.zero:
        return _in_range(_number("0", reading.column), ("sign_nothing",), reading.column)
    group = "." if reading.decimal == "," else ","
    form = rf"([+-]?)([1-9]\d{{0,2}}(?:[{group} ]\d{{3}})+|\d+)(?:[{reading.decimal}](\d+))?"
    if not (match := re.fullmatch(form, text.replace("\N{MINUS SIGN}", "-"))):
        return Cell(reason="number_invalid")
    sign, whole, places = match.groups(default="")
    digits, places = re.sub(r"\D", "", whole), places.rstrip("0")
    if len(places) > PLACES.get(reading.column.type, len(places)):
        return Cell(reason="number_invalid")
    value = _number(f"{sign}{digits}" + (f".{places}" if places else ""), reading.column)
    return _in_range(value, ("thousands",) if digits != whole else (), reading.column)


def read_ags(text: str, reading: Reading) -> Cell:
    """An AGS of eight digits; in NRW it must be a municipality that exists."""
    rules: tuple[str, ...] = ()
    if re.fullmatch(r"[0-9]{7,8}[.,]0", text):
        text, rules = text[:-2], ("ags_decimal",)
    if re.fullmatch(r"[0-9]{7}", text):
        text, rules = f"0{text}", (*rules, "ags_zero")
    exists = text in _municipalities() or not text.startswith("05")
    if not re.fullmatch(r"(0[1-9]|1[0-6])[0-9]{6}", text) or not exists:
        return Cell(reason="ags_invalid")
    return Cell(text, rules)


def read_code(text: str, reading: Reading) -> Cell:
    """A code, by the profile's mapping, as the code itself or by its German label."""
    name = reading.column.codes or ""
    mapped = _mapping(reading)
    own = {code.casefold(): code for code in codes(name)}
    for known, rules in ((mapped, ("code_mapped",)), (own, ()), (_by_label(name), ("code_label",))):
        if text.casefold() in known:
            return Cell(known[text.casefold()], rules)
    return Cell(reason="code_unknown")


def read_bool(text: str, reading: Reading) -> Cell:
    """Yes or no, by the profile's mapping or in plain German."""
    if code := _mapping(reading).get(text.casefold()):
        return Cell(code == "true", ("code_mapped",))
    if text.casefold() in YES | NO:
        return Cell(text.casefold() in YES)
    return Cell(reason="code_unknown")


READERS: dict[str, Callable[[str, Reading], Cell]] = {
    "text": read_text,
    "id": read_text,
    "date": read_date,
    "year": read_year,
    "int": read_number,
    "decimal": read_number,
    "fte": read_number,
    "eur": read_number,
    "ags": read_ags,
    "code": read_code,
    "bool": read_bool,
}


def _day(text: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, form).date()
    except ValueError:
        return None


def _excel_day(text: str) -> dt.date | None:
    """Five digits only, from 1927 on: four are a year without day and month."""
    match = re.fullmatch(r"([1-9]\d{4})(?:[.,]\d+)?", text)
    return EXCEL_DAY_ZERO + dt.timedelta(days=int(match[1])) if match else None


def _number(text: str, column: Column) -> int | float | Decimal:
    if column.type == "int":
        return int(Decimal(text))
    return Decimal(text) if column.type == "eur" else float(text)


def _in_range(value: Any, rules: tuple[str, ...], column: Column) -> Cell:
    below = column.least is not None and value < column.least
    above = column.most is not None and value > column.most
    above = above or (column.type == "eur" and abs(value) >= LIMIT_EUR)
    return Cell(reason="number_out_of_range") if below or above else Cell(value, rules)


def _mapping(reading: Reading) -> dict[str, str]:
    return {tidy_text(key)[0].casefold(): code for key, code in reading.mapping.items()}


@cache
def _municipalities() -> frozenset[str]:
    return frozenset(town.ags for town in state().municipalities)


@cache
def _by_label(name: str) -> dict[str, str]:
    return {label.casefold(): code for code, label in codes(name).items()}
