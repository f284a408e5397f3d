"""Arithmetic on published figures (Ableitungen), each declared in derivations.toml."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import add, mul
from typing import Any

from kimeval.core.errors import DataError, suggestion
from kimeval.published.bounds import Bounds
from kimeval.published.periods import Period, calendar_years
from kimeval.published.units import Dimensions, dimensions, over, times

ONE = Bounds.point(1)
HULL = ("sum", "difference", "change")
SPANS_SECOND = ("whole_years", "pro_rata")


@dataclass(frozen=True)
class Derivation:
    """A declared calculation (Ableitung).

    Attributes
    ----------
    id, title : str
        Name and German title.
    kind : str
        One of `KINDS`.
    of : tuple of str
        Ids of the operands, in order.
    unit : str
        Unit of the outcome; checked against the operands' units.
    indicator : str
        Id in the catalogue where the unit does not decide it.
    note : str
        German caveat.
    """

    id: str
    title: str
    kind: str
    of: tuple[str, ...]
    unit: str
    indicator: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DataError(
                f"The kind of '{self.id}' is one of {', '.join(KINDS)}, got '{self.kind}'."
            )
        least, most = KINDS[self.kind].operands
        if not least <= len(self.of) <= most:
            raise DataError(
                f"'{self.id}' is a {self.kind} and needs {least} operands"
                f"{' or more' if most > least else ''}, got {len(self.of)}."
            )


@dataclass(frozen=True)
class Operand:
    """What a calculation needs to know of a value (Rechengröße)."""

    id: str
    bounds: Bounds
    unit: str
    period: Period
    area: str
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came out of a calculation (Rechenergebnis)."""

    bounds: Bounds
    period: Period
    area: str
    reason: str


@dataclass(frozen=True)
class Kind:
    """How a kind of calculation treats numbers and units (Rechenart)."""

    bounds: Callable[[Sequence[Operand]], Bounds]
    unit: Callable[[Sequence[Dimensions]], Dimensions]
    operands: tuple[int, int] = (2, 2)
    same_unit: bool = False


def read_derivations(
    declared: Mapping[str, Mapping[str, Any]], known: Collection[str]
) -> list[Derivation]:
    """Derivations in an order in which each finds its operands.

    Raises
    ------
    DataError
        If one names an unknown id, has the id of a figure, or leads back to
        itself.
    """
    waiting = {name: _derivation(name, given) for name, given in declared.items()}
    if taken := sorted(set(waiting) & set(known)):
        raise DataError(f"An id is used once, got {', '.join(taken)} twice. Rename a derivation.")
    ordered: list[Derivation] = []
    done = set(known)
    while ready := [d for d in waiting.values() if done.issuperset(d.of)]:
        ordered += ready
        done |= {d.id for d in ready}
        waiting = {name: d for name, d in waiting.items() if name not in done}
    if waiting:
        raise DataError(_stuck(waiting, done))
    return ordered


def derive(derivation: Derivation, operands: Sequence[Operand]) -> Outcome:
    """Outcome of a derivation.

    Raises
    ------
    DataError
        If the operands' units or areas do not fit, or a denominator can be 0.
    """
    kind = KINDS[derivation.kind]
    _check_units(derivation, operands)
    if len(areas := {operand.area for operand in operands}) > 1:
        raise DataError(
            f"The operands of '{derivation.id}' lie in one area, got {', '.join(sorted(areas))}."
        )
    try:
        bounds = kind.bounds(operands)
    except DataError as error:
        raise DataError(f"'{derivation.id}' of {', '.join(derivation.of)}: {error}") from error
    counted = operands[:1] if derivation.kind in SPANS_SECOND else operands
    reasons = dict.fromkeys(operand.reason for operand in counted if operand.reason)
    return Outcome(bounds, _period(derivation, operands), operands[0].area, "; ".join(reasons))


def _derivation(name: str, given: Mapping[str, Any]) -> Derivation:
    allowed = [f.name for f in fields(Derivation) if f.name != "id"]
    for key in given:
        if key not in allowed:
            raise DataError(f"'{name}' has an unknown field '{key}'. {suggestion(key, allowed)}")
    missing = [key for key in ("title", "kind", "of", "unit") if key not in given]
    if missing:
        raise DataError(f"A derivation needs {', '.join(missing)}, '{name}' lacks it.")
    return Derivation(id=name, **{**given, "of": tuple(given["of"])})


def _stuck(waiting: Mapping[str, Derivation], done: Collection[str]) -> str:
    for derivation in waiting.values():
        for name in derivation.of:
            if name not in done and name not in waiting:
                known = [*done, *waiting]
                return f"'{derivation.id}' names the unknown id '{name}'. {suggestion(name, known)}"
    return f"A derivation must not lead back to itself, got a circle in {', '.join(waiting)}."


def _check_units(derivation: Derivation, operands: Sequence[Operand]) -> None:
    kind = KINDS[derivation.kind]
    units = [dimensions(operand.unit) for operand in operands]
    names = ", ".join(f"{operand.id} ({operand.unit})" for operand in operands)
    if kind.same_unit and len(set(units)) > 1:
        raise DataError(f"A {derivation.kind} needs one unit, '{derivation.id}' has {names}.")
    if kind.unit(units) != dimensions(derivation.unit):
        raise DataError(
            f"The unit of '{derivation.id}' follows from {names}, declared is '{derivation.unit}'."
        )


def _period(derivation: Derivation, operands: Sequence[Operand]) -> Period:
    if derivation.kind in HULL:
        return Period.around(operand.period for operand in operands)
    if derivation.kind == "whole_years":
        return calendar_years(operands[1].period)
    return operands[1 if derivation.kind in SPANS_SECOND else 0].period


def _months(operand: Operand) -> Bounds:
    return Bounds.point(operand.period.months)


def _all(operation: Callable[[Bounds, Bounds], Bounds]) -> Callable[[Sequence[Operand]], Bounds]:
    return lambda ops: reduce(operation, (operand.bounds for operand in ops))


YEAR, MONTH = dimensions("year"), dimensions("month")
TWELVE = Bounds.point(12)
MANY = 99
KINDS: dict[str, Kind] = {
    "sum": Kind(_all(add), lambda u: u[0], (2, MANY), same_unit=True),
    "difference": Kind(lambda o: o[0].bounds - o[1].bounds, lambda u: u[0], same_unit=True),
    "product": Kind(_all(mul), lambda u: reduce(times, u), (2, MANY)),
    "ratio": Kind(lambda o: o[0].bounds / o[1].bounds, lambda u: over(u[0], u[1])),
    "change": Kind(
        lambda o: o[1].bounds / o[0].bounds - ONE, lambda u: dimensions("share"), same_unit=True
    ),
    "per_month": Kind(lambda o: o[0].bounds / _months(o[0]), lambda u: over(u[0], MONTH), (1, 1)),
    "per_year": Kind(
        lambda o: o[0].bounds * TWELVE / _months(o[0]), lambda u: over(u[0], YEAR), (1, 1)
    ),
    "pro_rata": Kind(lambda o: o[0].bounds * _months(o[1]) / TWELVE, lambda u: times(u[0], YEAR)),
    "whole_years": Kind(
        lambda o: o[0].bounds * Bounds.point(o[1].period.calendar_years),
        lambda u: times(u[0], YEAR),
    ),
}
