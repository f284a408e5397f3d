"""The catalogue of indicators, each declared once (Indikatorenkatalog).

`indicators.toml` holds the declarations; results, footnotes and the generated
documentation read them here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from kimeval.core.digests import file_hash
from kimeval.core.errors import DataError, suggestion

FILE = Path(__file__).with_name("indicators.toml")
LEVELS = ("context", "input", "output", "outcome", "effect")
COUNTS = ("persons", "rows", "posts", "published", "derived")


@dataclass(frozen=True)
class Indicator:
    """One indicator (Kennzahl).

    Attributes
    ----------
    id : str
        Name in code and in files.
    name, english : str
        German and English name.
    definition, numerator, denominator, caveat : str
        German texts; the denominator is empty for a count.
    unit : str
        persons, households, cases, share, days, rows, fte, EUR, ...
    level : str
        context, input, output, outcome or effect; never mixed.
    source : tuple of str
        Canonical tables it is measured from.
    direction : str
        Which way is desirable: higher, lower or neutral.
    counts : str
        What stands behind a row and so decides protection: persons (small
        counts are suppressed), rows (of files), posts, published figures, or numbers
        derived from protected results alone.
    part_of : str
        Id of the indicator of whose count the numerator is a part.
    cumulative : bool
        Whether each quarter holds all quarters before it.
    inflow, outflow : str
        Ids of what a stock gains and loses from one quarter to the next.
    """

    id: str
    name: str
    english: str
    definition: str
    unit: str
    level: str
    source: tuple[str, ...]
    counts: str
    numerator: str = ""
    denominator: str = ""
    caveat: str = ""
    direction: str = "neutral"
    part_of: str = ""
    cumulative: bool = False
    inflow: str = ""
    outflow: str = ""

    def __post_init__(self) -> None:
        for field, allowed in (
            ("level", LEVELS),
            ("counts", COUNTS),
            ("direction", ("higher", "lower", "neutral")),
        ):
            if getattr(self, field) not in allowed:
                raise DataError(
                    f"The {field} of indicator '{self.id}' must be one of "
                    f"{', '.join(allowed)}, got '{getattr(self, field)}'."
                )


@cache
def catalogue() -> Mapping[str, Indicator]:
    """All indicators by id, in declared order."""
    declared = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            name: Indicator(id=name, **{**fields, "source": tuple(fields["source"])})
            for name, fields in declared.items()
        }
    )


def indicator(name: str) -> Indicator:
    """One indicator.

    Raises
    ------
    DataError
        If the catalogue does not hold it.
    """
    if name not in catalogue():
        raise DataError(
            f"An indicator is declared in the catalogue, got '{name}'. "
            f"{suggestion(name, catalogue())}"
        )
    return catalogue()[name]


def catalogue_version() -> str:
    """Short hash of the declarations; changes with any definition."""
    return file_hash(FILE)[:12]
