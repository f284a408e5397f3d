"""What is planted: window, staggered starts and the effect (Vorgaben)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kimeval.core.area import Area, areas
from kimeval.core.quarter import Quarter
from kimeval.data.sample.draws import Days, Draws

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Setting:
    """The programme in one area (Programm im Gebiet).

    Attributes
    ----------
    start : Quarter or None
        First quarter with case management; None where it never begins.
    providers : tuple of str
        Systems that deliver; empty without a start.
    level : float
        Share entering a course that belongs to the area, added to the base.
    """

    start: Quarter | None
    providers: tuple[str, ...]
    level: float


@cache
def parameters() -> Mapping[str, Any]:
    """The declared numbers of `parameters.toml`."""
    return tomllib.loads((FOLDER / "parameters.toml").read_text(encoding="utf-8"))


@cache
def names() -> Mapping[str, list[str]]:
    """Family and given names of `names.toml`."""
    return tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))


def days(entry: Mapping[str, float]) -> Days:
    """A declared waiting time."""
    return Days(entry["median"], entry["spread"])


def window() -> list[Quarter]:
    """Quarters of the synthetic world, oldest first."""
    declared = parameters()["window"]
    return Quarter.span(Quarter.of(declared["first"]), Quarter.of(declared["last"]))


def last_day() -> np.datetime64:
    """Day after which nothing happens in the world."""
    return np.datetime64(parameters()["window"]["last"], "D")


@cache
def settings(seed: int) -> Mapping[str, Setting]:
    """The programme in each of the 54 areas, by code."""
    declared = parameters()["programme"]
    draws = Draws(seed, "0", "programme")
    codes = list(areas())
    starts = Quarter.span(
        Quarter.parse(declared["first_start"]), Quarter.parse(declared["last_start"])
    )
    drawn = draws.whole(len(codes), 0, len(starts) - 1)
    spread = (2 * draws.uniform(len(codes)) - 1) * parameters()["course_entry"]["area_spread"]
    never = _never(draws, codes)
    found = {}
    for n, code in enumerate(codes):
        fixed = declared["starts"].get(code)
        start = Quarter.parse(fixed) if fixed else starts[drawn[n]]
        start = None if code in never else start
        level = float(spread[n]) + _early(start, starts)
        found[code] = Setting(start, _providers(code, n) if start else (), level)
    return found


def effect(quarters_since_start: int) -> float:
    """Planted effect on the share that enters a course, by event time."""
    by_quarter = parameters()["course_entry"]["effect"]
    if quarters_since_start < 0:
        return 0.0
    return by_quarter[min(quarters_since_start, len(by_quarter) - 1)]


def entry_share(setting: Setting, quarter: Quarter) -> float:
    """Share of the newly arrived of a quarter who enter a course."""
    course = parameters()["course_entry"]
    calendar = course["season"][str(quarter.number)] + course["shock"].get(str(quarter), 0.0)
    gained = effect(quarter - setting.start) if setting.start else 0.0
    return course["base"] + setting.level + calendar + gained


def municipalities(area: Area) -> list[str]:
    """AGS of an area's municipalities."""
    return [town.ags for town in area.municipalities]


def _never(draws: Draws, codes: list[str]) -> set[str]:
    declared = parameters()["programme"]
    free = [c for c in codes if c not in declared["starts"] and c not in declared["providers_of"]]
    order = np.argsort(draws.uniform(len(free)), kind="stable")
    return {free[i] for i in order[: declared["never_treated"]]}


def _early(start: Quarter | None, starts: list[Quarter]) -> float:
    """Areas that start early stand better anyway, so a plain comparison misleads."""
    if start is None:
        return 0.0
    share = (starts[-1] - start) / (len(starts) - 1)
    return parameters()["course_entry"]["early_starter"] * share


def _providers(code: str, position: int) -> tuple[str, ...]:
    declared = parameters()["programme"]
    choices = declared["providers_else"]
    return tuple(declared["providers_of"].get(code, choices[position % len(choices)]).split())
