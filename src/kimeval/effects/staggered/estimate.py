"""The effect of a staggered start, with everything that speaks against it (gestaffelter Beginn)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kimeval.core.statistics.checks import Floats
from kimeval.effects.effect import Assumption, Effect, Estimated, effect
from kimeval.effects.refusals import require
from kimeval.effects.staggered.aggregate import Combined, combined, overall
from kimeval.effects.staggered.grouptime import GroupTime, group_time
from kimeval.effects.staggered.honest import Bound, breakdown, event_study, relative
from kimeval.effects.staggered.inference import FEW, Bands, bands, spread
from kimeval.effects.staggered.leads import Pretrend, pretrend
from kimeval.effects.staggered.panels import Panel
from kimeval.effects.staggered.twoway import TwoWay, two_way
from kimeval.effects.verdicts import BROKEN, DOUBTFUL, HELD
from kimeval.effects.wording import amount, decimal

DESIGN = "Vergleich von Gebieten mit gestaffeltem Beginn"
AHEAD = 8
LEADS = 8
STEPS = 4
FEWEST = 12
ALLOWED = (0.0, 0.5, 1.0, 2.0)
SURE, ENOUGH = 0.05, 1.0
LIMITS = (
    "Verglichen werden Gebiete, nicht Menschen. Die Zahl gilt für Gebiete, die begonnen haben, "
    "im Mittel, und sagt nicht, welcher Teil des Programms wirkt."
)


@dataclass(frozen=True, repr=False)
class Staggered:
    """An effect of a staggered start with its event study (Wirkung des Beginns).

    Attributes
    ----------
    effect : Effect
    key : ndarray of int, shape (n,)
        Periods since the start, from before it on; the base itself is not there.
    study : Bands
        Numbers at `key`, with intervals and bands.
    pretrend : Pretrend
    bounds : tuple of Bound
        The effect if areas diverge up to so many times as far as before.
    breakdown : float
        How many times until nothing is left.
    two_way : TwoWay
        What the plain regression would have said.
    areas, starts, never : int
        Areas in the comparison, different starts, and areas that never start.
    """

    effect: Effect
    key: NDArray[np.int64] = field(repr=False)
    study: Bands = field(repr=False)
    pretrend: Pretrend = field(repr=False)
    bounds: tuple[Bound, ...] = field(repr=False)
    breakdown: float
    two_way: TwoWay = field(repr=False)
    areas: int
    starts: int
    never: int


def staggered(
    given: Panel,
    outcome: str,
    unit: str,
    kind: str = "dynamic",
    controls: str = "not_yet",
    level: float = 0.95,
) -> Staggered:
    """Effect of the programme's start on areas (Wirkung des Beginns).

    Parameters
    ----------
    given : Panel
    outcome, unit : str
        German name with article, and unit.
    kind : str
        `dynamic`: mean over up to eight periods from the start on, each weighing alike;
        `simple`: all areas and periods with the programme.
    controls : str
        As in `group_time`.
    level : float

    Returns
    -------
    Staggered

    Raises
    ------
    DesignRefused
        If the panel does not carry the comparison.
    """
    require(
        given.size >= FEWEST,
        f"Nur {given.size} Gebiete: Intervalle wären nicht verlässlich.",
        f"mindestens {FEWEST} Gebiete.",
    )
    fixed = group_time(given, controls, base="universal")
    study = combined(fixed, "dynamic")
    lags = _run(study.key, 0, 1, AHEAD)
    leads = _run(study.key, -2, -1, LEADS)
    require(
        lags >= 1 and leads >= 1,
        "Um den Beginn fehlen Zeitpunkte mit Gebieten, die verglichen werden können.",
        "mindestens zwei Zeitpunkte vor und einer nach dem Beginn.",
    )
    number = _number(fixed, kind, lags)
    found = _estimated(number, level, controls)
    weights = np.full(lags, 1 / lags)
    around = event_study(study, lags, min(leads, STEPS))
    before = pretrend(fixed, lags, LEADS, level)
    left = breakdown(around, weights, level)
    ahead = _anticipated(given, kind, controls, lags)
    assumptions = (
        _alike(before, found.value, unit),
        _later(left),
        _no_anticipation(ahead, found, unit),
        Assumption(
            "kein Übergreifen auf Gebiete ohne Programm",
            "Aus den Zahlen der Gebiete nicht zu sehen.",
        ),
    )
    shown = study.only((study.key >= -1 - leads) & (study.key < lags))
    return Staggered(
        effect(DESIGN, outcome, unit, found, assumptions, _warnings(number), LIMITS),
        shown.key,
        bands(shown, spread(shown), level),
        before,
        tuple(relative(around, most, weights, level) for most in ALLOWED),
        left,
        two_way(given),
        given.size,
        len(given.cohorts),
        int(np.isinf(given.start).sum()),
    )


def _run(key: NDArray[np.int64], first: int, step: int, most: int) -> int:
    """How many event times follow one another from the first on."""
    there = set(key.tolist())
    length = 0
    while length < most and first + step * length in there:
        length += 1
    return length


def _number(found: GroupTime, kind: str, lags: int) -> Combined:
    if kind != "dynamic":
        return overall(found, kind)
    parts = combined(found, "dynamic")
    parts = parts.only((parts.key >= 0) & (parts.key < lags))
    return parts.mixed(np.full((1, lags), 1 / lags))


def _estimated(number: Combined, level: float, controls: str) -> Estimated:
    made = bands(number, spread(number, FEW), level)
    value, lower, upper, p = (float(x[0]) for x in (made.value, made.lower, made.upper, made.p))
    words = {"never": "nie begonnene", "not_yet": "noch nicht begonnene"}
    method = f"Callaway und Sant'Anna, {words[controls]} Gebiete"
    return Estimated(value, lower, upper, p, level, method)


def _anticipated(given: Panel, kind: str, controls: str, lags: int) -> float:
    """The same number if the quarter before the start already had an effect."""
    found = group_time(given, controls, base="universal", anticipation=1)
    if kind != "dynamic":
        return float(overall(found, kind).value[0])
    parts = combined(found, "dynamic")
    rows = (parts.key >= 0) & (parts.key < lags)
    return float(parts.value[rows].mean()) if rows.any() else np.nan


def _alike(before: Pretrend, value: float, unit: str) -> Assumption:
    bias = before.bias[0.8]
    seen = (
        "auch eine große Auseinanderentwicklung wäre nicht entdeckt worden"
        if np.isinf(bias)
        else "mit 80 % entdeckt worden wäre eine Auseinanderentwicklung, die das Ergebnis um "
        f"{amount(bias, unit)} verschiebt"
    )
    check = f"Größte Abweichung vor dem Beginn: p = {decimal(before.p)}; {seen}."
    result = BROKEN if before.p < SURE else HELD if bias < abs(value) else DOUBTFUL
    return Assumption("gleiche Entwicklung der Gebiete vor dem Beginn", check, result)


def _later(left: float) -> Assumption:
    check = (
        "Die Wirkung bliebe, wenn die Gebiete danach bis zu "
        f"{decimal(left)}-mal so weit auseinanderliefen wie je zuvor."
        if left > 0
        else "Schon ohne jedes Auseinanderlaufen ist keine Wirkung zu erkennen."
    )
    result = HELD if left >= ENOUGH else DOUBTFUL
    return Assumption("gleiche Entwicklung auch nach dem Beginn", check, result)


def _no_anticipation(ahead: float, found: Estimated, unit: str) -> Assumption:
    name = "keine Wirkung schon vor dem Beginn"
    if np.isnan(ahead):
        return Assumption(name, "Dafür reichen die Zeitpunkte vor dem Beginn nicht.")
    check = f"Ohne das Quartal vor dem Beginn wären es {amount(ahead, unit)}."
    return Assumption(name, check, HELD if found.lower <= ahead <= found.upper else DOUBTFUL)


def _warnings(number: Combined) -> list[str]:
    starts: Floats = number.source.panel.start
    single = int(np.sum(np.unique(starts, return_counts=True)[1] < 2))
    if not single:
        return []
    many = "einem Start" if single == 1 else f"{single} Starts"
    return [f"Bei {many} liegt nur ein Gebiet; seine Streuung ist von den anderen übernommen."]
