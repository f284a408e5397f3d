"""How a simulation of known truths is counted: bias, coverage, false positives, refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from simulated import Case, Simulated

from kimeval.effects import DesignRefused

ALPHA = 0.05


@dataclass(frozen=True)
class Found:
    """What an estimator said of one draw, beside the truth.

    Attributes
    ----------
    value, truth : float
        None where nothing is estimated, as for a test.
    held : bool or None
        Whether the interval, or all of a band, held the truth.
    p : float or None
        Of a test of no effect.
    warned : bool
    """

    value: float | None = None
    truth: float = 0.0
    held: bool | None = None
    p: float | None = None
    warned: bool = False


Draw = Callable[[np.random.Generator, bool], Found]


def case(
    estimator: str,
    regime: str,
    draw: Draw,
    null: bool = True,
    share: float = 1.0,
    effect: bool = True,
) -> Case:
    """An estimator in a regime, from one draw with and one without an effect.

    Parameters
    ----------
    estimator, regime : str
        German, as in the table.
    draw : callable
        From a generator, and whether there is an effect, to `Found`; may refuse.
    null : bool
        Whether draws without effect are made, for false positives.
    share : float
        Of the draws asked for, where one takes long.
    effect : bool
        Whether draws with an effect are made; not for a test of its absence.
    """

    def run(draws: int, seed: int) -> Simulated:
        many = max(1, round(draws * share))
        none = [_one(draw, [seed, n, 1], False) for n in range(many)] if null else []
        found = [_one(draw, [seed, n], True) for n in range(many)] if effect else none
        kept = [one for one in found if one is not None]
        free = [one.p <= ALPHA for one in none if one is not None and one.p is not None]
        held = [one.held for one in kept if one.held is not None]
        off = [one.value - one.truth for one in kept if one.value is not None]
        return Simulated(
            bias=float(np.mean(off)) if off else None,
            coverage=float(np.mean(held)) if held else None,
            false_positive=float(np.mean(free)) if free else None,
            refused=1 - len(kept) / many,
            warned=sum(one.warned for one in kept) / many,
        )

    return Case(estimator, regime, run)


def _one(draw: Draw, seed: list[int], effect: bool) -> Found | None:
    try:
        return draw(np.random.default_rng(seed), effect)
    except DesignRefused:
        return None
