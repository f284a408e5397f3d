"""The denominator of a measure, or why there is none (Nenner suchen)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset
from kimeval.core.denominator import BOUNDS, QUALITIES, SourcedDenominator
from kimeval.core.errors import DataError

OF_QUALITY = {"just below": "upper", "plan": "approx", "expected": "approx", "estimate": "approx"}
DELIVERED = "der gelieferten Statistik"
FIELDS = ("gender", "age_band", "nationality")


@dataclass(frozen=True)
class Base:
    """A number of people with its range and footnote (Nenner).

    Attributes
    ----------
    persons : float
        NaN where only a bound is known.
    low, high : float
        Range of the true number; high may be infinite.
    said : str
        German footnote; empty for an exact number of the delivered statistic.
    lines : tuple of str
        What it is made of, for the key of the set.
    """

    persons: float
    low: float
    high: float
    said: str = ""
    lines: tuple[str, ...] = field(default=(), repr=False)


def counted(total: float, lines: Sequence[str]) -> Base:
    """A denominator that the delivered statistic counts exactly."""
    return Base(total, total, total, lines=tuple(lines))


@dataclass(frozen=True)
class Wanted:
    """What a denominator shall count (gesuchter Nenner).

    Attributes
    ----------
    measure : str
        Code of population_measure.
    day : date
        Last day of the quarter.
    since : date, optional
        First day of a period.
    town : str
        AGS of a municipality; empty for the area.
    groups : mapping of str to str
        gender, age_band, nationality or language_level, each with its code.
    any_year : bool
        Whether a number of another year may be used.
    """

    measure: str
    day: dt.date
    since: dt.date | None = None
    town: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    any_year: bool = False


def base_for(
    dataset: Dataset, given: Sequence[SourcedDenominator], wanted: Wanted
) -> tuple[Base | None, str]:
    """A denominator and no reason, or none and the German reason.

    Parameters
    ----------
    dataset : Dataset
        Its table population is asked after the given ones for a stock; arrivals of a
        period are counted by `arrivals.newly_arrived`.
    given : sequence of SourcedDenominator
        From the user; they come first.
    wanted : Wanted

    Returns
    -------
    tuple of Base or None, and str
        For an area without a number of its own its municipalities are added up, if
        all are known for one day.
    """
    towns = [town.ags for town in dataset.area.municipalities]
    stocks = [] if wanted.since else _delivered(dataset, wanted.measure)
    for known in (list(given), stocks):
        fitting = [one for one in known if _fits(one, wanted)]
        for places in ([wanted.town], [dataset.area.code], towns)[: 1 if wanted.town else 3]:
            held = _latest(fitting, places, wanted)
            if held:
                return _added_up(held, wanted.day), ""
    others = [one for one in [*given, *stocks] if _means(one, wanted)]
    return None, _why_not(others, wanted)


def _delivered(dataset: Dataset, measure: str) -> list[SourcedDenominator]:
    """Numbers of the delivered statistic; one that is withheld is no number."""
    rows = dataset.table_or_empty("population")
    rows = rows[(rows["measure"] == measure) & rows["persons"].notna()]
    return [
        SourcedDenominator(
            measure,
            row["ags"],
            _not_negative(row["persons"]),
            row["counted_on"].date(),
            quality=_quality(row["quality"]),
            source=DELIVERED,
            **{name: row[name] for name in FIELDS if pd.notna(row[name])},
        )
        for row in rows.to_dict("records")
    ]


def _quality(code: object) -> str:
    text = "exact" if pd.isna(code) else str(code)
    return OF_QUALITY.get(text, text if text in QUALITIES else "approx")


def _not_negative(persons: int) -> int:
    if persons < 0:
        raise DataError(
            "A number of people is not negative, found one in table 'population'. Was a sign "
            "for missing read as a minus?"
        )
    return int(persons)


def _means(one: SourcedDenominator, wanted: Wanted) -> bool:
    """Whether it counts what is wanted, for whatever day."""
    groups = {name: getattr(one, name) for name in (*FIELDS, "language_level")}
    groups = {name: code for name, code in groups.items() if code}
    return one.measure == wanted.measure and groups == dict(wanted.groups)


def _fits(one: SourcedDenominator, wanted: Wanted) -> bool:
    if not _means(one, wanted):
        return False
    if wanted.since is not None:
        return (one.since, one.day) == (wanted.since, wanted.day)
    return one.since is None and (wanted.any_year or _same_year(one.day, wanted.day))


def _same_year(day: dt.date, wanted: dt.date) -> bool:
    """Of one year; the last day of the year before is the first of this one."""
    return (day + dt.timedelta(days=1)).year == wanted.year or day.year == wanted.year


def _latest(
    known: Sequence[SourcedDenominator], places: Sequence[str], wanted: Wanted
) -> list[SourcedDenominator]:
    """Numbers of all places for the day nearest to the one wanted; none if one lacks."""
    by_day: dict[dt.date, dict[str, SourcedDenominator]] = {}
    for one in known:
        if one.ags in places:
            by_day.setdefault(one.day, {})[one.ags] = one
    whole = {day: held for day, held in by_day.items() if len(held) == len(set(places))}
    if not whole:
        return []
    nearest = min(whole, key=lambda day: (abs((day - wanted.day).days), day))
    return [whole[nearest][place] for place in places]


def _added_up(held: Sequence[SourcedDenominator], day: dt.date) -> Base:
    ranges = [one.range(day) for one in held]
    low, high = (float(sum(side)) for side in zip(*ranges, strict=True))
    number = float(sum(one.persons for one in held))
    worst = min(held, key=lambda one: list(QUALITIES)[::-1].index(one.quality))
    plain = low == high and worst.day == day and worst.source == DELIVERED
    said = "" if plain else worst.said(day)
    lines = tuple(f"{one.measure} {one.ags} {one.day} {one.persons}" for one in held)
    persons = math.nan if worst.quality in BOUNDS else number
    return Base(persons, low, high, said, lines)


def _why_not(others: Sequence[SourcedDenominator], wanted: Wanted) -> str:
    what = codes("population_measure")[wanted.measure]
    if wanted.since is None and others:
        days = sorted({one.day for one in others})
        return (
            f"der Nenner „{what}“ liegt nur für den {days[-1]:%d.%m.%Y} vor, ein anderes Jahr; "
            f"er wird nur auf Verlangen verwendet"
        )
    return f"kein Nenner „{what}“ geliefert"
