"""German names of units and of what the figures count (Bezeichnungen)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from kimeval.core.catalogue import indicator as catalogued
from kimeval.core.errors import DataError, suggestion
from kimeval.published.sources import read_declarations

SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class UnitName:
    """A unit as a reader sees it (Einheit).

    Attributes
    ----------
    german, pattern : str
        Words after the number and its number format.
    one : str
        Word after a single one, where it differs.
    indicator : str
        Id in the catalogue where the unit decides it, else empty.
    """

    german: str
    pattern: str
    indicator: str = ""
    one: str = ""

    def as_stated(self) -> UnitName:
        """The unit without forced decimals, as precise as a document's number."""
        return replace(self, pattern=self.pattern.replace(".0", ".#"))

    def after(self, number: str) -> str:
        """A number and its unit, `13 Personen` or `1 Person`."""
        word = self.one if number == "1" and self.one else self.german
        return f"{number}{SPACE}{word}" if word else number


@dataclass(frozen=True)
class CountName:
    """What a figure counts (Kennzahl einer Angabe).

    Attributes
    ----------
    german : str
        Name after the programme's.
    indicator : str
        Id in the catalogue where the unit does not decide it.
    yearly : bool
        Whether it adds up over a year, so that part of a year is partial.
    """

    german: str
    indicator: str = ""
    yearly: bool = False


def unit_name(unit: str) -> UnitName:
    """A unit's German name.

    Raises
    ------
    DataError
        If names.toml does not hold the unit.
    """
    return UnitName(**_named("unit", unit))


def count_name(name: str) -> CountName:
    """German name of what a figure counts.

    Raises
    ------
    DataError
        If names.toml does not hold it.
    """
    return CountName(**_named("indicator", name))


def catalogue_id(unit: str, own: str) -> str:
    """Id in the catalogue: a value's own, else its unit's.

    Raises
    ------
    DataError
        If neither is declared.
    """
    chosen = own or unit_name(unit).indicator
    if not chosen:
        raise DataError(
            f"A value in '{unit}' needs an `indicator` of its own, found none. "
            f"Name an id of the catalogue in derivations.toml or names.toml."
        )
    return chosen


def result_unit(indicator: str, unit: str) -> UnitName:
    """German name of the unit of a result, from its ids in the catalogue.

    Where several units share an indicator (groups, languages, ...), the title
    of a row says what is counted and the name is empty.
    """
    units = {name: unit_name(name) for name in _names()["unit"]}
    own = [named for named in units.values() if named.indicator == indicator]
    if not own:
        return next(
            named
            for name, named in units.items()
            if name == unit or (named.indicator and catalogued(named.indicator).unit == unit)
        )
    return own[0] if len(own) == 1 else UnitName("", own[0].pattern)


@cache
def _names() -> dict[str, dict[str, dict]]:
    return read_declarations("names")


def _named(kind: str, name: str) -> dict:
    known = _names()[kind]
    if name not in known:
        raise DataError(
            f"Each {kind} of a published figure is declared in names.toml, got '{name}'. "
            f"{suggestion(name, known)}"
        )
    return known[name]
