"""Whether weighting makes the groups alike (Ausgleich der Merkmale)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kimeval.core.statistics.checks import Floats
from kimeval.effects.people.propensity import Logistic, weights
from kimeval.effects.people.sample import People

ALIKE = 0.1


@dataclass(frozen=True)
class Balance:
    """One characteristic in both groups (Ausgleich).

    Attributes
    ----------
    name : str
        German.
    before, after : float
        Difference of means in standard deviations, before and after weighting.
    """

    name: str
    before: float
    after: float

    @property
    def alike(self) -> bool:
        """Whether less than a tenth of a standard deviation is left."""
        return abs(self.after) <= ALIKE


def balance(given: People, found: Logistic) -> tuple[Balance, ...]:
    """Standardised differences before and after weighting (Love-Plot).

    The spread is that of both groups before weighting, so that both numbers compare.

    References
    ----------
    Austin and Stuart (2015), Stat. Med. 34, 3661-3679.
    """
    on = given.treated == 1
    spread = np.sqrt((given.raw[on].var(axis=0) + given.raw[~on].var(axis=0)) / 2)
    spread = np.where(spread > 0, spread, 1.0)
    before = _difference(given, np.ones(len(on))) / spread
    after = _difference(given, weights(given, found)) / spread
    return tuple(
        Balance(name, float(b), float(a))
        for name, b, a in zip(given.names, before, after, strict=True)
    )


def _difference(given: People, w: Floats) -> Floats:
    on = given.treated == 1
    return np.average(given.raw[on], axis=0, weights=w[on]) - np.average(
        given.raw[~on], axis=0, weights=w[~on]
    )
