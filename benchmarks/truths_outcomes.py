"""Outcomes with a known truth: times until an outcome in populations that are drawn.

Persons have exponential times to an outcome and to a competing ending, are followed for a
limited time, and belong to one of two groups. In the harder regime they live in families
whose times go together, and half of them come under observation late. Days are whole, so
that times are tied as in the real data. Large sizes are drawn less often than asked for where
they take long: `MOST_DRAWS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from simulated import Case, Simulated

from kimeval.core.errors import DataError
from kimeval.core.statistics.imputation import completed, outcome_columns, pooled
from kimeval.core.statistics.lifetable import life_table
from kimeval.core.statistics.survival import (
    Spells,
    cox,
    fine_gray,
    gray_test,
    incidence,
    proportional,
    spells,
    split_at_treatment,
    time_difference,
    time_reached,
    time_until,
)
from kimeval.outcomes.language import pace

SIZES = (30, 100, 300, 1_000, 3_000)
OUTCOME, RIVAL = 1 / 240, 1 / 700
HORIZON, FOLLOWED = 180, (120, 720)
TOGETHER = 0.4
EASY, HARD = "{} Personen", "{} Personen in Familien, die Hälfte verspätet aufgenommen"
SIGNIFICANT = 0.05
MOST_DRAWS = {1_000: 600, 3_000: 400}
MOST_IMPUTED = {300: 500, 1_000: 300, 3_000: 200}


@dataclass(frozen=True)
class Drawn:
    """Persons with their group."""

    held: Spells
    group: np.ndarray


@dataclass(frozen=True)
class Answer:
    """What an estimator says of one draw; None where it does not apply."""

    value: float | None = None
    truth: float | None = None
    lower: float | None = None
    upper: float | None = None
    claimed: bool | None = None
    refused: bool = False
    warned: bool = False


def persons(chance: np.random.Generator, size: int, hard: bool, ratio: float) -> Drawn:
    """Persons with whole days; `ratio` is that of the outcome's rates in the two groups."""
    many = size if not hard else int(size * 1.6) + 20
    members = chance.integers(1, 6, many) if hard else np.ones(many, int)
    family = np.repeat(np.arange(many), members)[:many]
    group = chance.integers(0, 2, many)
    rate = OUTCOME * np.where(group == 1, ratio, 1.0)
    first = -np.log(_uniform(chance, family, hard)) / rate
    other = -np.log(_uniform(chance, family, hard)) / RIVAL
    follow = chance.uniform(*FOLLOWED, many)
    late = hard & (chance.random(many) < 0.5)
    entry = np.where(late, np.floor(chance.uniform(0, 90, many)), 0.0)
    end = np.ceil(np.minimum(np.minimum(first, other), entry + follow))
    ending = np.where(end >= entry + follow, 0, np.where(first < other, 1, 2))
    seen = np.flatnonzero(end > entry)[:size]
    held = spells(end[seen], ending[seen], entry[seen], family[seen])
    return Drawn(held, group[seen])


def _uniform(chance: np.random.Generator, family: np.ndarray, hard: bool) -> np.ndarray:
    """Uniform numbers that go together within a family where told."""
    own = chance.normal(size=len(family))
    if hard:
        shared = chance.normal(size=family.max() + 1)[family]
        own = np.sqrt(TOGETHER) * shared + np.sqrt(1 - TOGETHER) * own
    return np.clip(stats.norm.cdf(own), 1e-12, 1 - 1e-12)


def reached(day: float, ratio: float = 1.0) -> float:
    """True share that has reached the outcome by a whole day."""
    both = OUTCOME * ratio + RIVAL
    return OUTCOME * ratio / both * (1 - np.exp(-both * day))


def area(day: int, ratio: float = 1.0) -> float:
    """True mean time since the outcome up to a day, where it counts from the day's end."""
    return sum(reached(n, ratio) for n in range(day))


def one_incidence(chance, size, hard):
    drawn = persons(chance, size, hard, 1.0)
    found = incidence(drawn.held, [HORIZON])
    if found.reason[0]:
        return Answer(refused=True)
    return Answer(found.share[0], reached(HORIZON), found.lower[0], found.upper[0])


def rare_incidence(chance, size, hard):
    """By day 20, when about one in twelve has reached it."""
    drawn = persons(chance, size, hard, 1.0)
    found = incidence(drawn.held, [20])
    if found.reason[0]:
        return Answer(refused=True)
    return Answer(found.share[0], reached(20), found.lower[0], found.upper[0])


def classes(chance, size, hard):
    """The curve from counts of published classes of time."""
    drawn = persons(chance, size, hard, 1.0)
    edges = np.array([0, 30, 60, 90, HORIZON, 1_000])
    place = np.searchsorted(edges, drawn.held.exit) - 1
    ended = np.zeros((5, 2))
    for kind in (1, 2):
        np.add.at(ended[:, kind - 1], place[drawn.held.ending == kind], 1)
    lost = np.bincount(place[drawn.held.ending == 0], minlength=5)
    late = drawn.held.entry > 0
    came = np.bincount(np.searchsorted(edges, drawn.held.entry[late]) - 1, minlength=5)
    first = incidence(drawn.held, [HORIZON])
    share = first.share[0]
    whole = share * (1 - share) / max(len(drawn.held), 1)
    effect = 1.0 if first.reason[0] else max(1.0, first.error[0] ** 2 / whole)
    if ended[:4, 0].sum() < 5:
        return Answer(refused=True)
    table = life_table(edges, ended, lost, entered=came, design=effect if hard else 1.0)
    row = (table.ended[4, 0], table.ended_lower[4, 0], table.ended_upper[4, 0])
    return Answer(row[0], reached(HORIZON), row[1], row[2])


def one_median(chance, size, hard):
    """Days until a quarter has reached it; an upper bound not reached holds any truth."""
    drawn = persons(chance, size, hard, 1.0)
    day, low, high = time_until(drawn.held, 0.25)
    truth = np.ceil(-np.log(1 - 0.25 * (OUTCOME + RIVAL) / OUTCOME) / (OUTCOME + RIVAL))
    if np.isnan(day):
        return Answer(refused=True)
    low, high = (0.0 if np.isnan(low) else low), (np.inf if np.isnan(high) else high)
    return Answer(day, truth, low, high)


def one_time(chance, size, hard):
    drawn = persons(chance, size, hard, 1.0)
    return _interval(time_reached(drawn.held, HORIZON), area(HORIZON))


def time_gap(chance, size, hard):
    drawn = persons(chance, size, hard, 1.6)
    found = time_difference(drawn.held, drawn.group == 1, HORIZON)
    return _interval(found, area(HORIZON, 1.6) - area(HORIZON))


def no_time_gap(chance, size, hard):
    drawn = persons(chance, size, hard, 1.0)
    found = time_difference(drawn.held, drawn.group == 1, HORIZON)
    claimed = not found.lower <= 0 <= found.upper
    return Answer(claimed=claimed, refused=bool(found.reason))


def no_gray_gap(chance, size, hard):
    drawn = persons(chance, size, hard, 1.0)
    found = gray_test(drawn.held, drawn.group)
    return Answer(claimed=found.p_value < SIGNIFICANT, refused=bool(found.reason))


def cox_gap(chance, size, hard):
    drawn = persons(chance, size, hard, 1.6)
    return _ratio(cox(drawn.held, drawn.group), np.log(1.6))


def no_cox_gap(chance, size, hard):
    drawn = persons(chance, size, hard, 1.0)
    found = cox(drawn.held, drawn.group)
    return Answer(claimed=found.p_value[0] < SIGNIFICANT, refused=bool(found.reason))


def no_trend(chance, size, hard):
    drawn = persons(chance, size, hard, 1.6)
    found = proportional(cox(drawn.held, drawn.group))
    return Answer(claimed=found.p_value[0] < SIGNIFICANT, refused=bool(found.reason))


def subdistribution(chance, size, hard, beta=0.5):
    """Persons whose subdistribution hazards are proportional, as Fine and Gray drew them."""
    base = persons(chance, size, hard, 1.0)
    held, group = base.held, base.group
    most, pace = 0.6, 1 / 200
    uniform = 1 - _uniform(chance, held.cluster, hard)
    factor = np.exp(beta * group)
    ever = 1 - (1 - most) ** factor
    outcome = uniform < ever
    with np.errstate(invalid="ignore", divide="ignore"):
        inner = 1 - (1 - uniform) ** (1 / factor)
        first = -np.log(1 - inner / most) / pace
    other = chance.exponential(250, len(held))
    end = np.ceil(np.where(outcome, first, other)) + 0.0
    follow = held.entry + np.floor(chance.uniform(*FOLLOWED, len(held)))
    last = np.minimum(end, follow)
    ending = np.where(end <= follow, np.where(outcome, 1, 2), 0)
    seen = last > held.entry
    return Drawn(
        spells(last[seen], ending[seen], held.entry[seen], held.cluster[seen]), group[seen]
    )


def fine_gray_gap(chance, size, hard):
    drawn = subdistribution(chance, size, hard)
    return _ratio(fine_gray(drawn.held, drawn.group), 0.5)


def no_fine_gray_gap(chance, size, hard):
    drawn = subdistribution(chance, size, hard, 0.0)
    found = fine_gray(drawn.held, drawn.group)
    return Answer(claimed=found.p_value[0] < SIGNIFICANT, refused=bool(found.reason))


def treatment(chance, size, hard, ratio=1.6):
    """A treatment that begins under observation and raises the rate from then on."""
    begins = np.ceil(chance.exponential(150, size * 2))
    need = chance.exponential(1.0, size * 2) / OUTCOME
    first = np.where(need <= begins, need, begins + (need - begins) / ratio)
    other = chance.exponential(1 / RIVAL, size * 2)
    follow = chance.uniform(*FOLLOWED, size * 2)
    end = np.ceil(np.minimum(np.minimum(first, other), follow))
    ending = np.where(end >= follow, 0, np.where(first < other, 1, 2))
    held = spells(end, ending).only(np.arange(size))
    begun = np.where(begins < end, begins, np.nan)[:size]
    split = split_at_treatment(held, begun)
    return cox(split.rows, split.treated)


def treated_gap(chance, size, hard):
    return _ratio(treatment(chance, size, hard), np.log(1.6))


def no_treated_gap(chance, size, hard):
    found = treatment(chance, size, hard, 1.0)
    return Answer(claimed=found.p_value[0] < SIGNIFICANT, refused=bool(found.reason))


def imputed_gap(chance, size, hard):
    """A third of a covariate is missing, more often where the outcome was reached."""
    drawn = persons(chance, size, hard, 1.6)
    other = (chance.random(len(drawn.group)) < 0.3 + 0.4 * drawn.group).astype(float)
    reached_it = drawn.held.ending == 1
    gap = chance.random(len(drawn.group)) < np.where(reached_it, 0.45, 0.2)
    columns = pd.DataFrame({"group": np.where(gap, np.nan, drawn.group), "other": other})
    beside = outcome_columns(drawn.held)
    try:
        filled = completed(columns, beside, 10, int(chance.integers(2**31)))
    except DataError:
        return Answer(refused=True)
    fits = [cox(drawn.held, one.to_numpy(float)) for one in filled]
    if any(fit.reason for fit in fits):
        return Answer(refused=True)
    freedom = max(fits[0].clusters - 2, 1)
    found = pooled([f.beta for f in fits], [f.error**2 for f in fits], freedom)
    warned = any(fit.warning for fit in fits)
    return Answer(found.value[0], np.log(1.6), found.lower[0], found.upper[0], warned=warned)


def levels_per_year(chance, size, hard):
    """Rises of the language level, with some falls; families learn at one pace."""
    members = chance.integers(1, 6, size) if hard else np.ones(size, int)
    family = np.repeat(np.arange(size), members)[:size]
    together = chance.gamma(4, 1 / 4, size)[family] if hard else np.ones(size)
    years = chance.uniform(0.2, 1.3, size)
    levels = chance.poisson(0.7 * together * years) - chance.poisson(0.1 * years)
    value, low, high = pace(levels.astype(float), years, pd.Series(family))
    return Answer(value, 0.6, low, high)


def _interval(found, truth: float) -> Answer:
    return Answer(found.value, truth, found.lower, found.upper, refused=bool(found.reason))


def _ratio(found, truth: float) -> Answer:
    if found.reason:
        return Answer(refused=True)
    low, high = np.log(found.lower[0]), np.log(found.upper[0])
    return Answer(found.beta[0], truth, low, high, warned=bool(found.warning))


def simulate(draw: Callable, size: int, hard: bool, draws: int, seed: int) -> Simulated:
    """Draw and sum up; every draw has a generator of its own."""
    answers = [draw(np.random.default_rng([seed, size, hard, n]), size, hard) for n in range(draws)]
    told = [one for one in answers if not one.refused]
    refused = 1 - len(told) / len(answers)
    if not told:
        return Simulated(None, None, None, refused)
    warned = sum(one.warned for one in told) / len(answers)
    if told[0].claimed is not None:
        return Simulated(None, None, float(np.mean([one.claimed for one in told])), refused, warned)
    bias = float(np.mean([one.value - one.truth for one in told]))
    covered = float(np.mean([one.lower <= one.truth <= one.upper for one in told]))
    return Simulated(bias, covered, None, refused, warned)


ESTIMATORS = {
    "Anteil nach 180 Tagen (Aalen-Johansen)": (one_incidence, (False, True)),
    "seltener Anteil nach 20 Tagen (Aalen-Johansen)": (rare_incidence, (False, True)),
    "Anteil aus veröffentlichten Klassen (Sterbetafel)": (classes, (False, True)),
    "Tage, bis ein Viertel es erreicht": (one_median, (False, True)),
    "Zeit mit Ergebnis bis 180 Tage": (one_time, (False, True)),
    "Unterschied der Zeit mit Ergebnis": (time_gap, (False, True)),
    "Unterschied der Zeit mit Ergebnis, keiner da": (no_time_gap, (False, True)),
    "Test nach Gray, kein Unterschied da": (no_gray_gap, (False, True)),
    "Cox-Modell": (cox_gap, (False, True)),
    "Cox-Modell, kein Unterschied da": (no_cox_gap, (False, True)),
    "Prüfung der Proportionalität, proportional": (no_trend, (False, True)),
    "Fine und Gray": (fine_gray_gap, (False, True)),
    "Fine und Gray, kein Unterschied da": (no_fine_gray_gap, (False, True)),
    "Behandlung ab ihrem Beginn (Cox)": (treated_gap, (False,)),
    "Behandlung ab ihrem Beginn, ohne Nutzen": (no_treated_gap, (False,)),
    "Cox-Modell mit ergänzten Angaben": (imputed_gap, (False, True)),
    "Stufen des Sprachstands je Jahr": (levels_per_year, (False, True)),
}


def _cases() -> Iterator[Case]:
    for name, (draw, regimes) in ESTIMATORS.items():
        for hard in regimes:
            for size in SIZES:
                told = f"{size:,}".replace(",", ".")

                most = (MOST_IMPUTED if draw is imputed_gap else MOST_DRAWS).get(size, 10**6)

                def run(
                    draws: int, seed: int, draw=draw, size=size, hard=hard, most=most
                ) -> Simulated:
                    return simulate(draw, size, hard, min(draws, most), seed)

                yield Case(name, (HARD if hard else EASY).format(told), run)


CASES = tuple(_cases())
