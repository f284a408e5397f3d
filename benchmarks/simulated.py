"""The contract between simulations of known truths and the runner that joins them.

A module of cases offers `CASES`, a sequence of `Case`. Each is one estimator in one
regime; `run` draws from a known truth as often as told and says how the estimator did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

COVERED = (0.92, 0.98)
MOST_FALSE_POSITIVE = 0.06


@dataclass(frozen=True)
class Simulated:
    """How an estimator did over many draws from a known truth.

    Attributes
    ----------
    bias : float or None
        Mean of estimate less truth, in the estimator's own unit (a coefficient, a
        share, days). None where it estimates nothing, such as a test.
    coverage : float or None
        Share of the answered draws whose 95 % interval held the truth.
    false_positive : float or None
        Share of the answered draws without any difference in which one was claimed.
    refused : float
        Share of all draws that the estimator refused to answer, from 0 to 1. The other
        figures are None where it refused all of them.
    warned : float
        Share of all draws that it answered with a warning.
    """

    bias: float | None
    coverage: float | None
    false_positive: float | None
    refused: float
    warned: float = 0.0


@dataclass(frozen=True)
class Case:
    """One estimator in one regime.

    Attributes
    ----------
    estimator : str
        German, as in the table.
    regime : str
        German: how many of what, and what is peculiar, such as `30 Personen`.
    run : callable
        From a number of draws and a seed: `Simulated`. Same seed, same answer.
    """

    estimator: str
    regime: str
    run: Callable[[int, int], Simulated]
