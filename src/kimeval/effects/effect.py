"""What a design says about one effect: number, sentence, assumptions, verdict (Wirkung)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from kimeval.effects.refusals import DesignRefused
from kimeval.effects.verdicts import (
    HELD,
    NOT_IDENTIFIED,
    SUGGESTIVE,
    SUPPORTED,
    UNTESTABLE,
    require_check,
    verdict,
)
from kimeval.effects.wording import sentence


@dataclass(frozen=True)
class Assumption:
    """One thing that must hold for a design to show an effect (Annahme).

    Attributes
    ----------
    name : str
        German, such as `gleicher Trend ohne das Programm`.
    check : str
        German: what was looked at and what was found.
    result : str
        `held`, `doubtful`, `broken` or `untestable`.
    """

    name: str
    check: str
    result: str = UNTESTABLE

    def __post_init__(self) -> None:
        require_check(self.result)


@dataclass(frozen=True)
class Estimated:
    """A number with its interval, in the unit of the outcome (Schätzwert).

    Attributes
    ----------
    value, lower, upper, p : float
        `p` is the two-sided p-value against no effect.
    level : float
        Coverage of the interval.
    method : str
        Name of the method for a result's column.
    """

    value: float
    lower: float
    upper: float
    p: float
    level: float = 0.95
    method: str = ""

    @property
    def excludes_zero(self) -> bool:
        """Whether no effect lies outside the interval."""
        return self.lower > 0 or self.upper < 0


@dataclass(frozen=True)
class Effect:
    """An effect as a design shows it, or why it shows none (Wirkung).

    Attributes
    ----------
    design, outcome, unit : str
        German name of the design and of what was measured; unit as in core/units.toml.
    value, lower, upper, level : float
        NaN where it is refused; unknown is never zero.
    p, adjusted_p : float
        p-value alone, and within the declared family of tests.
    assumptions : tuple of Assumption
        Each with its check.
    verdict : str
        `supported`, `suggestive` or `not identified` (`verdicts.py`).
    sentence : str
        One German sentence, hedged by the interval.
    reason, needs : str
        Of a refusal, in German; empty otherwise.
    warnings : tuple of str
        German: where the method is known to do less than it says.
    does_not_show : str
        German: what must not be read into it.
    cause : str
        German name with article of what may have the effect.
    """

    design: str
    outcome: str
    unit: str
    value: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    level: float = 0.95
    p: float = math.nan
    adjusted_p: float = math.nan
    method: str = ""
    assumptions: tuple[Assumption, ...] = field(default=())
    verdict: str = NOT_IDENTIFIED
    sentence: str = ""
    reason: str = ""
    needs: str = ""
    warnings: tuple[str, ...] = ()
    does_not_show: str = ""
    cause: str = "das Programm"

    @property
    def refused(self) -> bool:
        """Whether nothing was computed."""
        return bool(self.reason)


def effect(
    design: str,
    outcome: str,
    unit: str,
    found: Estimated,
    assumptions: Sequence[Assumption],
    warnings: Sequence[str] = (),
    does_not_show: str = "",
    cause: str = "das Programm",
) -> Effect:
    """An effect with its verdict and sentence, by the declared rules."""
    given = Effect(
        design=design,
        outcome=outcome,
        unit=unit,
        value=found.value,
        lower=found.lower,
        upper=found.upper,
        level=found.level,
        p=found.p,
        adjusted_p=found.p,
        method=found.method,
        assumptions=tuple(assumptions),
        warnings=tuple(warnings),
        does_not_show=does_not_show,
        cause=cause,
    )
    return judged(given)


def judged(given: Effect) -> Effect:
    """The same effect with verdict and sentence made anew, such as after adjusting p."""
    if given.refused:
        return given
    outside = given.lower > 0 or given.upper < 0
    results = [one.result for one in given.assumptions]
    found = verdict(outside, given.adjusted_p, results, given.level, bool(given.warnings))
    numbers = (given.value, given.lower, given.upper)
    text = sentence(given.outcome, given.unit, numbers, found, given.cause)
    return replace(given, verdict=found, sentence=text)


def refused(
    design: str, outcome: str, unit: str, why: DesignRefused, cause: str = "das Programm"
) -> Effect:
    """An effect that was not computed, with the reason and what would be needed."""
    text = (
        f"Ob sich {outcome} durch {cause} verändert, ist mit diesen Daten nicht bestimmbar: "
        f"{why.reason}"
    )
    return Effect(
        design, outcome, unit, sentence=text, reason=why.reason, needs=why.needs, cause=cause
    )


def attempted(design: str, outcome: str, unit: str, make: Callable[[], Effect]) -> Effect:
    """What a design gives, or its refusal."""
    try:
        return make()
    except DesignRefused as why:
        return refused(design, outcome, unit, why)


__all__ = [
    "HELD",
    "NOT_IDENTIFIED",
    "SUGGESTIVE",
    "SUPPORTED",
    "UNTESTABLE",
    "Assumption",
    "Effect",
    "Estimated",
    "attempted",
    "effect",
    "judged",
    "refused",
]
