"""What a user supplies beside the delivery: denominators and rules (Nenner und Regeln)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kimeval.core.codes import codes
from kimeval.core.denominator import SourcedDenominator
from kimeval.core.errors import DataError, suggestion

EVERYWHERE = "*"


@dataclass(frozen=True)
class SphereRule:
    """Which legal spheres have a case management of their own (eigenes Fallmanagement).

    Attributes
    ----------
    area : str
        Code of an area, or `*` for any without a rule of its own.
    since : date
        First day on which the rule holds.
    spheres : tuple of str
        Codes of legal_sphere.
    source : str
        Where the rule is written, in German.
    kim : str
        What case management does for people of these spheres, in German.
    """

    area: str
    since: dt.date
    spheres: tuple[str, ...]
    source: str
    kim: str = ""

    def __post_init__(self) -> None:
        for sphere in self.spheres:
            if sphere not in codes("legal_sphere"):
                raise DataError(
                    f"A rule names codes of legal_sphere, got '{sphere}'. "
                    f"{suggestion(sphere, codes('legal_sphere'))}"
                )


@dataclass(frozen=True)
class Supplied:
    """Denominators and rules of a user (gelieferte Nenner und Regeln).

    Attributes
    ----------
    denominators : tuple of SourcedDenominator
        Those of the area, its municipalities and the state.
    rules : tuple of SphereRule
        Take the place of the declared ones for the same area.
    """

    denominators: tuple[SourcedDenominator, ...] = ()
    rules: tuple[SphereRule, ...] = ()


NOTHING_SUPPLIED = Supplied()
