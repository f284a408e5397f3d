"""Every published, declared and derived value by its id (Werte)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from kimeval.published.bounds import Bounds
from kimeval.published.derivations import Derivation, Operand, derive, read_derivations
from kimeval.published.names import catalogue_id, count_name
from kimeval.published.periods import Period
from kimeval.published.sources import Figure, document, figures, read_declarations

PUBLISHED, DECLARED = "published", "declared"


@dataclass(frozen=True)
class Value:
    """A value that may be a bound only (Wert einer Angabe).

    Attributes
    ----------
    id, title : str
        Id in figures.csv or derivations.toml; German title.
    kind : str
        published, declared, or the kind of derivation.
    bounds : Bounds
        What the documents allow it to be.
    unit, indicator, area : str
        Unit, id in the catalogue, AGS.
    period : Period
        What it stands for.
    quality : str
        Of a published figure; empty otherwise.
    reason : str
        Why it is partial, in German; empty otherwise.
    note : str
        German caveat.
    operands : tuple of str
        Ids it was derived from.
    sources : tuple of str
        Keys of the documents behind it.
    """

    id: str
    title: str
    kind: str
    bounds: Bounds
    unit: str
    indicator: str
    area: str
    period: Period
    quality: str = ""
    reason: str = ""
    note: str = ""
    operands: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The programme: what stands before the colon of the title."""
        return self.title.partition(":")[0]


@cache
def values() -> Mapping[str, Value]:
    """All values by id: published, then declared, then derived."""
    declared = read_declarations("derivations")
    return evaluate(figures(), declared["declared"], declared["derived"])


def evaluate(
    published: Mapping[str, Figure],
    declared: Mapping[str, Mapping[str, Any]],
    derived: Mapping[str, Mapping[str, Any]],
) -> Mapping[str, Value]:
    """Values of figures and declarations, and what follows from them.

    Parameters
    ----------
    published : mapping of str to Figure
        By id.
    declared, derived : mapping of str to mapping
        Sections of derivations.toml.

    Returns
    -------
    mapping of str to Value

    Raises
    ------
    DataError
        If a derivation names an unknown id, itself, or operands whose units,
        areas or signs do not fit its kind.
    """
    found = {name: _published(figure) for name, figure in published.items()}
    found |= {name: _declared(name, fields) for name, fields in declared.items()}
    for derivation in read_derivations(derived, found):
        found[derivation.id] = _derived(derivation, found)
    return MappingProxyType({name: found[name] for name in (*published, *declared, *derived)})


def _published(figure: Figure) -> Value:
    name = count_name(figure.indicator)
    partial = name.yearly and not figure.period.is_whole_years
    return Value(
        id=figure.id,
        title=f"{figure.system}: {name.german}",
        kind=PUBLISHED,
        bounds=figure.bounds,
        unit=figure.unit,
        indicator=catalogue_id(figure.unit, name.indicator),
        area=figure.area,
        period=figure.period,
        quality=figure.quality,
        reason=_part_of_years(figure.period) if partial else "",
        sources=(figure.source,),
    )


def _part_of_years(period: Period) -> str:
    last = period.end or period.start
    part = "kein volles Jahr" if period.months < 12 else "keine vollen Jahre"
    return f"{part} (bis {last:%d.%m.%Y})"


def _declared(name: str, fields: Mapping[str, Any]) -> Value:
    return Value(
        id=name,
        title=fields["title"],
        kind=DECLARED,
        bounds=Bounds.point(Decimal(str(fields["value"]))),
        unit=fields["unit"],
        indicator=catalogue_id(fields["unit"], fields.get("indicator", "")),
        area=fields["area"],
        period=Period.read(*fields["period"]),
        sources=(document(fields["source"]).key,),
    )


def _derived(derivation: Derivation, known: Mapping[str, Value]) -> Value:
    parts = [known[name] for name in derivation.of]
    outcome = derive(
        derivation, [Operand(p.id, p.bounds, p.unit, p.period, p.area, p.reason) for p in parts]
    )
    return Value(
        id=derivation.id,
        title=derivation.title,
        kind=derivation.kind,
        bounds=outcome.bounds,
        unit=derivation.unit,
        indicator=catalogue_id(derivation.unit, derivation.indicator),
        area=outcome.area,
        period=outcome.period,
        reason=outcome.reason,
        note=derivation.note,
        operands=derivation.of,
        sources=tuple(dict.fromkeys(source for part in parts for source in part.sources)),
    )
