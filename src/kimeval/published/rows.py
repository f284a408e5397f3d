"""Published and derived values as results (Ergebnisse aus Veröffentlichungen)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kimeval.core.results import Results, Row
from kimeval.published.periods import Period
from kimeval.published.sources import read_declarations
from kimeval.published.values import DECLARED, PUBLISHED, Value, values
from kimeval.published.wording import hedge

DIMENSION = "figure"
EXACT = "genau"
ORIGINS = {PUBLISHED: "veröffentlicht", DECLARED: "laut Dokument"}


def results() -> Results:
    """Every published and derived value, and what was not published.

    Returns
    -------
    Results
        `group` is the German title; `value` is missing where the documents
        give a bound only, which then stands in `lower` or `upper`; `method`
        says which. A value that was not published is refused, never zero.
    """
    known = values()
    missing = read_declarations("derivations")["unpublished"]
    rows = [_row(value, known) for value in known.values()]
    return Results.of([*rows, *(_missing(fields) for fields in missing.values())])


def method(value: Value) -> str:
    """How a value is to be read (Lesart), such as `errechnet: höchstens etwa`."""
    origin = ORIGINS.get(value.kind, "errechnet")
    planned = ", Plan" if value.bounds.planned else ""
    return f"{origin}: {hedge(value) or EXACT}{planned}"


def _row(value: Value, known: Mapping[str, Value]) -> Row:
    bounds = value.bounds
    is_point = bounds.lower == bounds.upper
    parts = [known[name] for name in value.operands] if value.kind == "ratio" else []
    return Row(
        indicator=value.indicator,
        period=value.period.code,
        area=value.area,
        dimension=DIMENSION,
        group=value.title,
        value=float(bounds.lower) if is_point else math.nan,
        lower=math.nan if is_point else _finite(bounds.lower),
        upper=math.nan if is_point else _finite(bounds.upper),
        numerator=_exact(parts[0]) if parts else math.nan,
        denominator=_exact(parts[1]) if parts else math.nan,
        method=method(value),
        status="partial" if value.reason else "complete",
        reason=value.reason,
    )


def _missing(given: Mapping[str, Any]) -> Row:
    return Row(
        indicator=given["indicator"],
        period=Period.read(*given["period"]).code,
        area=given["area"],
        dimension=DIMENSION,
        group=given["title"],
        status="refused",
        reason=given["reason"],
    )


def _exact(value: Value) -> float:
    return float(value.bounds.lower) if value.bounds.lower == value.bounds.upper else math.nan


def _finite(end: Decimal) -> float:
    return float(end) if end.is_finite() else math.nan
