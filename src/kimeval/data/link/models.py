"""Linkage models as declared in `models.toml` (Modelle der Personenerkennung)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kimeval.core.errors import ProfileError, suggestion

FILE = Path(__file__).with_name("models.toml")
EXACT = "exact"
UNKNOWN = -1
UNKNOWNS = ("unknown_names", "unknown_days", "unknown_nationalities")


@dataclass(frozen=True)
class Level:
    """How far two values of a comparison agree (Stufe der Übereinstimmung).

    Attributes
    ----------
    why : str
        German text, empty where another comparison says it already.
    m, u : float
        Share of pairs of one person, and of two persons, that show the level.
    condition : str
        SQL; empty for the last level, which is everything else.
    tf : str
        Column whose frequency of the value takes the place of u; empty for none.
    bars : str
        alone, join, pair or empty: what the level forbids, see `models.toml`.
    contradicts : bool
        Records of one group must not show it, also not through a third one.
    lifts : str
        alone, all or empty: which bars of other levels it lifts.
    same : bool
        Full agreement; training must not make it speak against a person.
    """

    why: str
    m: float
    u: float
    condition: str = ""
    tf: str = ""
    bars: str = ""
    contradicts: bool = False
    lifts: str = ""
    same: bool = False


@dataclass(frozen=True)
class Comparison:
    """One comparison of two records (Vergleich).

    Attributes
    ----------
    name, german : str
        In code and in reports.
    unknown : str
        SQL: when there is nothing to compare.
    levels : tuple of Level
        From strong to weak.
    missing : str
        German text where there is nothing to compare; may be empty.
    missing_bars : str
        What it forbids that there is nothing to compare; as `Level.bars`.
    """

    name: str
    german: str
    unknown: str
    levels: tuple[Level, ...]
    missing: str = ""
    missing_bars: str = ""


@dataclass(frozen=True)
class Model:
    """A linkage model (Modell der Personenerkennung).

    Attributes
    ----------
    name, title : str
        As in a profile, and in German.
    comparisons : tuple of Comparison
        Independent of each other, as Fellegi and Sunter assume.
    frequency : mapping of str to float
        Column with term frequencies -> share of a value that no one else bears.
    pairs_per_record, exact_share, prior_pairs : float
        See `models.toml`.
    train_from : int
        Records from which m and u are trained.
    unknown_names, unknown_days, unknown_nationalities : frozenset of str
        What stands for an unknown value.
    """

    name: str
    title: str
    comparisons: tuple[Comparison, ...]
    frequency: Mapping[str, float]
    pairs_per_record: float
    exact_share: float
    train_from: int
    prior_pairs: float
    unknown_names: frozenset[str]
    unknown_days: frozenset[str]
    unknown_nationalities: frozenset[str]


@cache
def models() -> Mapping[str, Model]:
    """All declared models by name; `exact` needs none."""
    declared = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({name: _model(name, entry) for name, entry in declared.items()})


def model(name: str) -> Model:
    """One declared model.

    Raises
    ------
    ProfileError
        If there is no model of that name.
    """
    if name not in models():
        raise ProfileError(
            f"There is no linkage model '{name}'. {suggestion(name, [EXACT, *models()])}"
        )
    return models()[name]


def _model(name: str, entry: dict[str, Any]) -> Model:
    comparisons = tuple(
        Comparison(levels=tuple(Level(**level) for level in fields.pop("level")), **fields)
        for fields in entry.pop("comparison")
    )
    entry["frequency"] = MappingProxyType(entry["frequency"])
    fields: dict[str, Any] = {
        key: frozenset(v) if key in UNKNOWNS else v for key, v in entry.items()
    }
    return Model(name=name, comparisons=comparisons, **fields)
