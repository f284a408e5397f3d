"""Ways with a known truth: returns, waiting with open ends, days without a sphere.

A generator of its own, apart from that of the sample. People come in families of one to
six whose members are alike: in how often they are sent back, in whether and how fast an
office says yes, and in the days between two legal spheres. Each draw has a truth of its
own from a realistic range, so a coverage is that over the truths an evaluation meets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from kimeval.core.statistics.clusters import by_cluster, clustered_share
from kimeval.core.statistics.estimate import Estimate
from kimeval.core.statistics.lifetable import LifeTable
from kimeval.referrals.answers import ENDINGS, cells
from kimeval.referrals.classes import days_until_half, table_of
from kimeval.referrals.families import family_median
from kimeval.referrals.loops import WINDOW
from kimeval.referrals.moves import Moves, returned

SIZES = (30, 100, 300, 1_000, 3_000)
SIZE_OF_FAMILY = ((1, 2, 3, 4, 5, 6), (0.58, 0.16, 0.11, 0.08, 0.05, 0.02))
REFERRALS = ((1, 2, 3, 4), (0.39, 0.27, 0.2, 0.14))
ALIKE = 6.0
LATER = 0.03
YEAR, FOLLOWED = 365, 181
ACCEPTED_BY = (30, 90)
FEW_DRAWS = 500
DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Drawn:
    """Bounds beside the truths they should hold.

    Attributes
    ----------
    truth, lower, upper : ndarray of float, shape (draws,)
        Bounds are NaN where they were refused.
    """

    truth: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True)
class People:
    """Persons of many draws at once.

    Attributes
    ----------
    draw, family : ndarray of int, shape (persons,)
        Families are told apart over all draws.
    """

    draw: np.ndarray
    family: np.ndarray


@dataclass(frozen=True)
class Case:
    """A measure and how it is drawn.

    Attributes
    ----------
    name : str
        German, as in the table.
    draw : callable
        From a generator, persons of each draw, and draws.
    wide : dict of int to (float, str)
        Sizes at which more than 98 percent are held: how many at most, and why (German).
    """

    name: str
    draw: Callable[[np.random.Generator, int, int], Drawn]
    wide: dict[int, tuple[float, str]] = field(default_factory=dict)


def people(chance: np.random.Generator, size: int, draws: int) -> People:
    """So many persons in each draw, cut into families."""
    total = size * draws
    ends = np.cumsum(chance.choice(SIZE_OF_FAMILY[0], total, p=SIZE_OF_FAMILY[1]))
    draw = np.arange(total) // size
    cell = draw * (total + 1) + np.searchsorted(ends, np.arange(total), side="right")
    return People(draw, np.unique(cell, return_inverse=True)[1])


def alike(chance: np.random.Generator, mean: np.ndarray, of: np.ndarray) -> np.ndarray:
    """A probability for each family around a mean, shape (families,); `of` is its draw."""
    return chance.beta(mean[of] * ALIKE, (1 - mean[of]) * ALIKE)


def sent(chance: np.random.Generator, size: int, draws: int) -> tuple[People, np.ndarray]:
    """Persons, and the person of each referral away from home."""
    who = people(chance, size, draws)
    number = chance.choice(REFERRALS[0], len(who.draw), p=REFERRALS[1])
    return who, np.repeat(np.arange(len(number)), number)


def returns_drawn(
    chance: np.random.Generator, size: int, draws: int, per_person: bool = False
) -> Drawn:
    """Share of referrals that send back within the window; some come back later than it.

    A referral away goes to an office of its own turn, so no return comes by chance.
    """
    who, person = sent(chance, size, draws)
    mean = chance.uniform(0.03, 0.15, draws)
    first = np.unique(who.family, return_index=True)[1]
    family = alike(chance, mean, who.draw[first])[who.family]
    inner = chance.beta(family * ALIKE + 1e-6, (1 - family) * ALIKE + 1e-6)[person]
    turn = np.arange(len(person)) - np.searchsorted(person, person)
    day = turn * 1_000 + chance.integers(0, 300, len(person))
    luck = chance.uniform(size=len(person))
    back, late = luck < inner, luck > 1 - LATER
    away = [person, np.zeros_like(person), turn + 1, day]
    soon = [person[back], turn[back] + 1, np.zeros(back.sum(), int),
            day[back] + chance.integers(1, WINDOW + 1, back.sum())]  # fmt: skip
    after = [person[late], turn[late] + 1, np.zeros(late.sum(), int),
             day[late] + chance.integers(WINDOW + 1, 400, late.sum())]  # fmt: skip
    case, source, target, time = (
        np.concatenate(parts) for parts in zip(away, soon, after, strict=True)
    )
    order = np.lexsort((time, case))
    places = tuple(f"place {n}" for n in range(max(REFERRALS[0]) + 1))
    moves = Moves(case[order].astype(np.int32), source[order].astype(np.int32),
                  target[order].astype(np.int32), places,
                  time[order] * DAY_US, order=order)  # fmt: skip
    hits = returned(moves)
    if per_person:
        told = np.bincount(moves.case[hits], minlength=len(who.draw)) > 0
        found = _shares(told, who.family, who.draw, draws)
        return Drawn(_sent_back(mean), found.lower, found.upper)
    found = _shares(hits, who.family[moves.case], who.draw[moves.case], draws)
    return Drawn(mean / (1 + mean + LATER), found.lower, found.upper)


def persons_drawn(chance: np.random.Generator, size: int, draws: int) -> Drawn:
    """Share of persons who were sent back at least once."""
    return returns_drawn(chance, size, draws, per_person=True)


def _sent_back(mean: np.ndarray) -> np.ndarray:
    """True share of persons with a return, from moments of the two beta laws."""
    family = mean[:, None] * ALIKE, (1 - mean[:, None]) * ALIKE
    grid = stats.beta.ppf((np.arange(400) + 0.5) / 400, *family)
    never = np.zeros_like(grid)
    for number, weight in zip(*REFERRALS, strict=True):
        kept = np.ones_like(grid)
        for step in range(number):
            kept *= ((1 - grid) * ALIKE + step) / (ALIKE + step)
        never += weight * kept
    return 1 - never.mean(axis=1)


@dataclass(frozen=True)
class Waited:
    """Referrals of one draw with what became of them, and the law they follow."""

    rows: pd.DataFrame
    accepted: float
    median: float
    spread: float


def waits(chance: np.random.Generator, size: int) -> Waited:
    """Referrals of a year, looked at half a year after its end; the rest is open.

    Days are lognormal with a part that a family shares. Many wait long, so that some of
    each year are still open when they are looked at.
    """
    who, person = sent(chance, size, 1)
    accepted, median = chance.uniform(0.4, 0.8), np.exp(chance.uniform(np.log(10), np.log(75)))
    spread = chance.uniform(0.6, 1.0)
    families = int(who.family.max()) + 1
    yes = alike(chance, np.array([accepted]), np.zeros(families, int))[who.family][person]
    speed = chance.normal(size=families)[who.family][person] * np.sqrt(0.3)
    noise = speed + chance.normal(size=len(person)) * np.sqrt(0.7)
    days = np.rint(median * np.exp(spread * noise)).astype(int)
    seen = FOLLOWED + chance.integers(0, YEAR, len(person))
    ending = np.where(chance.uniform(size=len(person)) < yes, ENDINGS[0], ENDINGS[1])
    rows = pd.DataFrame(
        {
            "days": np.minimum(days, seen),
            "ending": np.where(days <= seen, ending, ENDINGS[2]),
            "person_id": person.astype(str),
            "family": who.family[person],
        }
    )
    return Waited(rows, accepted, median, spread)


def answered(law: Waited, day: float) -> float:
    """True share with an answer by the end of a day."""
    return float(stats.norm.cdf((np.log(day + 0.5) - np.log(law.median)) / law.spread))


def true_half(law: Waited) -> float:
    """Day by which half are answered, on straight lines between the ends of days."""
    day = int(np.ceil(law.median - 0.5))
    before, after = (answered(law, d) if d >= 0 else 0.0 for d in (day - 1, day))
    return day - 1 + (0.5 - before) / (after - before)


def published(rows: pd.DataFrame) -> LifeTable:
    """Life table of the classes that would be published, if none were hidden."""
    counts = [(group, int(held.sum()), method) for group, held, method in cells(rows)]
    return table_of(pd.DataFrame(counts, columns=["group", "value", "method"]), ENDINGS, 0.95)[0]


@cache
def waiting_drawn(size: int, draws: int) -> dict[str, Drawn]:
    """Shares accepted by days that end classes, and days until half are answered.

    All of one draw come from the same referrals, and have a seed of their own. A share is
    refused where no class ends on its day, the median where it lies beyond them.
    """
    chance = np.random.default_rng([7, 90, size])
    made: dict[str, list[tuple[float, float, float]]] = {}
    for _ in range(draws):
        law = waits(chance, size)
        table = published(law.rows)
        for day in ACCEPTED_BY:
            (at,) = np.nonzero(table.edges == day)
            curves = table.ended_lower, table.ended_upper
            low, high = (float(curve[at[0], 0]) if len(at) else np.nan for curve in curves)
            told = law.accepted * answered(law, day), low, high
            made.setdefault(str(day), []).append(told)
        made.setdefault("half", []).append((true_half(law), *days_until_half(table)[1:]))
    return {name: Drawn(*np.array(bounds).T) for name, bounds in made.items()}


def waiting_of(name: str) -> Callable[[np.random.Generator, int, int], Drawn]:
    """One of the measures of `waiting_drawn`."""
    return lambda _, size, draws: waiting_drawn(size, min(draws, FEW_DRAWS))[name]


def no_gap_drawn(chance: np.random.Generator, size: int, draws: int) -> Drawn:
    """Share of persons whose legal sphere changed without a day between."""
    who = people(chance, size, draws)
    truth = chance.uniform(0.2, 0.8, draws)
    first = np.unique(who.family, return_index=True)[1]
    same = chance.beta(truth[who.draw[first]] * 1.5, (1 - truth[who.draw[first]]) * 1.5)
    told = chance.uniform(size=len(who.draw)) < same[who.family]
    found = _shares(told, who.family, who.draw, draws)
    return Drawn(truth, found.lower, found.upper)


def gap_days_drawn(chance: np.random.Generator, size: int, draws: int) -> Drawn:
    """Median of the days without a sphere, of persons who have any; half have none."""
    who = people(chance, size, draws)
    median, spread = chance.uniform(7, 40, draws), chance.uniform(0.5, 1.0, draws)
    shared = chance.normal(size=int(who.family.max()) + 1)[who.family]
    noise = np.sqrt(0.5) * (shared + chance.normal(size=len(who.draw)))
    days = np.maximum(1, np.rint(median[who.draw] * np.exp(spread[who.draw] * noise)))
    has = chance.uniform(size=len(days)) < 0.5
    bounds = [
        family_median(days[here], who.family[here])
        for draw in range(draws)
        for here in [np.flatnonzero(has & (who.draw == draw))]
    ]
    return Drawn(np.rint(median), *np.array(bounds).T)


def _shares(hits: np.ndarray, family: np.ndarray, draw: np.ndarray, draws: int) -> Estimate:
    """The interval of `family_share` for each draw."""
    sums = by_cluster(family, hits, np.ones(len(hits)))
    _, first = np.unique(family, return_index=True)
    return clustered_share(*sums, draw[first], groups=draws).estimate


WHOLE_DAYS = {
    30: (0.99, "Grenzen sind beobachtete Tage weniger Personen"),
    1_000: (0.995, "Tage sind ganze Zahlen"),
    3_000: (0.995, "Tage sind ganze Zahlen"),
}
CASES: Sequence[Case] = (
    Case("Rückverweisungen je Weiterleitung", returns_drawn),
    Case("zurückverwiesene Personen", persons_drawn),
    Case("angenommen binnen 30 Tagen", waiting_of("30")),
    Case("angenommen binnen 90 Tagen", waiting_of("90")),
    Case("Tage bis zur Antwort (Median)", waiting_of("half")),
    Case("Wechsel ohne Lücke", no_gap_drawn),
    Case("Tage ohne Rechtskreis (Median)", gap_days_drawn, WHOLE_DAYS),
)
