"""Values in German words (Werte in Worten): `höchstens etwa 40,3 %`.

Bounds are rounded outwards, so that the words stay true; other numbers to the
nearest, half away from zero.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

from kimeval.core.errors import DataError
from kimeval.published.bounds import Bounds
from kimeval.published.names import UnitName, unit_name
from kimeval.published.values import PUBLISHED, Value

NOISE = Decimal("1e-12")
STATED = {"upper": "bis zu", "just below": "knapp", "lower": "mehr als"}
SPECS = ("number", "period", "start", "end", "months")


def phrase(value: Value) -> str:
    """Number, unit and how sure it is, such as `mehr als etwa 400 Personen`."""
    parts = [hedge(value), unit_name(value.unit).after(number(value))]
    return " ".join(part for part in parts if part) + (" (Plan)" if value.bounds.planned else "")


def hedge(value: Value) -> str:
    """Words before the number: `etwa`, `höchstens etwa`, `knapp`; none if it is exact."""
    bounds = value.bounds
    side = STATED.get(value.quality) or {
        "lower": "mehr als" if bounds.lower_open else "mindestens",
        "upper": "höchstens",
    }.get(bounds.kind, "")
    return " ".join([side] * bool(side) + ["etwa"] * bounds.approximate)


def number(value: Value) -> str:
    """The number of a value or its one known bound, in the format of its unit.

    Raises
    ------
    DataError
        If the documents leave two ends or none: such a value has no number.
    """
    amount, rounding = stated_end(value.bounds, value.id)
    unit = unit_name(value.unit)
    if value.unit == "share" and value.kind == PUBLISHED:
        unit = unit.as_stated()
    sign = "+" if value.kind == "change" and amount > 0 else ""
    return sign + german(amount, unit, share=value.unit == "share", rounding=rounding)


def stated_end(bounds: Bounds, name: str) -> tuple[Decimal, str]:
    """The one number that bounds leave, and how to round it."""
    if bounds.kind in ("range", "unknown"):
        raise DataError(
            f"A value in a text has one number, '{name}' is a {bounds.kind}. Name its operands."
        )
    if bounds.kind == "lower":
        return bounds.lower, ROUND_FLOOR
    return bounds.upper, ROUND_CEILING if bounds.kind == "upper" else ROUND_HALF_UP


def german(amount: Decimal, unit: UnitName, share: bool, rounding: str = ROUND_HALF_UP) -> str:
    """A number in the format of a unit, a share in percent, without words."""
    whole, _, places = unit.pattern.partition(".")
    scaled = amount.scaleb(2) if share else amount
    step = Decimal(1).scaleb(-len(places))
    rounded = scaled.quantize(NOISE, ROUND_HALF_UP).quantize(step, rounding)
    if places == "##" and rounded != rounded.to_integral_value():
        places = "00"
    text = format_decimal(rounded, format=f"{whole}.{places}".rstrip("."), locale="de_DE")
    return text.replace("-", "\N{MINUS SIGN}")


class Words:
    """A value inside a text with placeholders (Platzhalter).

    `{id}` is the phrase; `{id:number}` the number alone, `{id:period}`,
    `{id:start}`, `{id:end}` and `{id:months}` tell its time.
    """

    def __init__(self, value: Value) -> None:
        self.value = value

    def __format__(self, spec: str) -> str:
        value, period = self.value, self.value.period
        match spec:
            case "":
                return phrase(value)
            case "number":
                return number(value)
            case "period":
                return period.label
            case "start":
                return _day(period.start)
            case "end":
                return _day(period.end or period.start)
            case "months":
                return str(period.months.quantize(Decimal(1), ROUND_HALF_UP))
        raise DataError(
            f"A placeholder of '{value.id}' ends in one of {', '.join(SPECS)}, got '{spec}'."
        )


def _day(day: dt.date) -> str:
    return f"{day:%d.%m.%Y}"
