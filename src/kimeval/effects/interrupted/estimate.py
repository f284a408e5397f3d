"""The effect of a break in a series, and what would have been (unterbrochene Zeitreihe)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.statistics.checks import Floats
from kimeval.effects.effect import Assumption, Effect, Estimated, effect
from kimeval.effects.interrupted.design import Design, design
from kimeval.effects.interrupted.hac import Robust, robust
from kimeval.effects.interrupted.persistence import Persistent, mixed, persistent
from kimeval.effects.refusals import DesignRefused
from kimeval.effects.verdicts import DOUBTFUL, HELD
from kimeval.effects.wording import amount

DESIGN = "unterbrochene Zeitreihe"
WITH_CONTROL = "unterbrochene Zeitreihe mit Vergleichsreihe"
PERSISTENT, FEW_BEFORE, SHORT = 0.6, 8, 16
SURE = 0.05
LIMITS = (
    "Eine Reihe zeigt, dass sich etwas änderte, nicht wodurch: Was im selben Quartal begann, ist "
    "von dem Ereignis nicht zu trennen."
)


@dataclass(frozen=True, repr=False)
class Interrupted:
    """Effects of a break with the series that would have been (unterbrochene Zeitreihe).

    Attributes
    ----------
    level, slope : Effect
        Jump at the break, and change per quarter after it; `slope` is None for a model
        of the level alone.
    place : ndarray of int, shape (n,)
        Position of each value in the given series.
    observed, fitted : ndarray of float, shape (n,)
    expected, lower, upper : ndarray of float, shape (n,)
        Without the break, with the interval of that expectation.
    persistence : float
        Correlation of neighbouring quarters.
    robust : Robust
        The customary interval of the level, with its real coverage.
    """

    level: Effect
    slope: Effect | None
    place: NDArray[np.int64] = field(repr=False)
    observed: Floats = field(repr=False)
    fitted: Floats = field(repr=False)
    expected: Floats = field(repr=False)
    lower: Floats = field(repr=False)
    upper: Floats = field(repr=False)
    persistence: float = 0.0
    robust: Robust | None = None


def interrupted(
    values: ArrayLike,
    break_at: int,
    outcome: str,
    unit: str,
    control: ArrayLike | None = None,
    level: float = 0.95,
    **choices: Any,
) -> Interrupted:
    """Jump and change of slope of a series at a break (unterbrochene Zeitreihe).

    Parameters
    ----------
    values : array of float, shape (n,)
        By quarter, oldest first; NaN where unknown.
    break_at : int
        Position of the first quarter after the break.
    outcome, unit : str
        German name with article, and unit.
    control : array of float, shape (n,), optional
        A series that the break does not touch.
    level : float
        Coverage of the intervals.
    **choices
        first_season, season, shape, phase_in, until of `design`.

    Returns
    -------
    Interrupted

    Raises
    ------
    DesignRefused
        If the series is too short (`design`).
    """
    given = design(values, break_at, control=control, **choices)
    found = persistent(given.x, given.y, given.time)
    warnings = _warnings(given, found)
    assumptions = [
        _no_earlier_break(values, break_at, unit, level, choices),
        _second_cause(control is not None),
        Assumption(
            "gleich gezählt vor und nach dem Ereignis",
            "Aus der Reihe nicht zu sehen; steht im Kapitel über die Lieferung.",
        ),
    ]

    def told(name: str, what: str, of: str) -> Effect:
        made = mixed(found, given.line(**{name: 1.0}), level)
        estimate = Estimated(
            made.value, made.lower, made.upper, made.p, level, "AR(1), REML, gemittelt"
        )
        kind = WITH_CONTROL if control is not None else DESIGN
        return effect(f"{kind}: {what}", of, unit, estimate, assumptions, warnings, LIMITS)

    parts = [mixed(found, line, level) for line in given.without]
    expected, lower, upper = (
        np.array([getattr(part, name) for part in parts]) for name in ("value", "lower", "upper")
    )
    back = np.zeros(len(given.y)) if control is None else np.asarray(control, float)[given.place]
    value = found.likelihood @ found.value
    return Interrupted(
        told("level", "Sprung am Bruch", outcome),
        told("slope", "Änderung je Quartal", f"die Entwicklung je Quartal ({_bare(outcome)})")
        if "slope" in given.names
        else None,
        given.place,
        given.y + back,
        given.x @ value + back,
        expected + back,
        lower + back,
        upper + back,
        found.persistence,
        robust(given, given.line(level=1.0), found.persistence, level),
    )


def _warnings(given: Design, found: Persistent) -> list[str]:
    said = []
    if found.persistence > PERSISTENT:
        said.append(
            "Die Quartale hängen stark zusammen; Intervalle sind dann in Simulationen etwas zu eng."
        )
    before = int((given.time < 0).sum())
    if before < FEW_BEFORE:
        said.append(f"Nur {before} Quartale vor dem Bruch; die Entwicklung davor ist kaum bekannt.")
    if len(given.y) < SHORT:
        said.append(
            f"Nur {len(given.y)} Quartale; wie stark sie zusammenhängen, ist kaum zu erkennen."
        )
    return said


def _no_earlier_break(
    values: ArrayLike, break_at: int, unit: str, level: float, choices: dict[str, Any]
) -> Assumption:
    """A break in the middle of the time before, where there should be none."""
    name = "kein Sprung schon vor dem Ereignis"
    before = np.asarray(values, dtype=float)[:break_at]
    kept = {key: value for key, value in choices.items() if key in ("first_season", "season")} | {
        "shape": "level"
    }
    try:
        given = design(before, len(before) // 2, **kept)
    except DesignRefused:
        return Assumption(name, "Dafür ist die Reihe vor dem Ereignis zu kurz.")
    made = mixed(persistent(given.x, given.y, given.time), given.line(level=1.0), level)
    check = (
        f"In der Mitte der Zeit davor: {amount(made.value, unit)} "
        f"({amount(made.lower, unit)} bis {amount(made.upper, unit)})."
    )
    return Assumption(name, check, DOUBTFUL if made.p < SURE else HELD)


def _second_cause(with_control: bool) -> Assumption:
    name = "nichts anderes begann zur selben Zeit"
    if with_control:
        return Assumption(
            name, "Was auch die Vergleichsreihe trifft, ist abgezogen; anderes ist nicht zu sehen."
        )
    return Assumption(name, "Ohne Vergleichsreihe nicht zu sehen.", DOUBTFUL)


def _bare(outcome: str) -> str:
    return outcome.split(" ", 1)[-1]
