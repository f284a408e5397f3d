"""How eventful the sequence of a person is (Komplexität, Turbulenz)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.referrals.sequences import Distinct, Sequences, distinct, entropy

Floats = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Stays:
    """Stretches of months in one state (Episoden).

    Attributes
    ----------
    states : ndarray of int64, shape (sequences, most stays)
        State of each stay, -1 behind the last.
    months : ndarray of int64, shape (sequences, most stays)
        How long it lasts, 0 behind the last.
    """

    states: NDArray[np.int64]
    months: NDArray[np.int64]

    @property
    def number(self) -> NDArray[np.int64]:
        """Stays of each sequence, shape (sequences,)."""
        return (self.months > 0).sum(axis=1)

    def __repr__(self) -> str:
        return f"Stays({len(self.months)} sequences; not shown)"


def complexity(sequences: Sequences) -> pd.DataFrame:
    """Measures of each person's sequence (Komplexität).

    Months in which nothing is known are left out.

    Returns
    -------
    DataFrame, shape (persons, 6)
        months: known ones; transitions: changes of state; subsequences: distinct ones of
        its stays, the empty one counted; entropy: of the months in each state, from 0 to
        1; complexity: geometric mean of entropy and of transitions over their most, from 0
        to 1; turbulence: 1 for a single state, higher for more and evener stays. Missing
        where no month is known.

    Notes
    -----
    The complexity index divides the number of transitions by the number of months less
    one (Gabadinho et al. 2010), so that it reaches 1. The variance of the durations in the
    turbulence is that of the stays there are, with the number of stays as divisor, and its
    maximum (stays - 1) (1 - mean)^2.

    References
    ----------
    Elzinga and Liefbroer (2007), Eur. J. Popul. 23, 225-250. Gabadinho, Ritschard, Studer and
    Müller (2010), RNTI E-19, 61-66; (2011), J. Stat. Softw. 40(4), section 7.
    """
    one = distinct(sequences)
    held = stays(one)
    months, moves = one.lengths, np.maximum(held.number - 1, 0)
    inside = entropy(_months_by_state(one, len(sequences.states)))
    subsequences = subsequence_counts(held, len(sequences.states))
    none = months == 0
    frame = pd.DataFrame(
        {
            "months": months,
            "transitions": np.where(none, np.nan, moves),
            "subsequences": np.where(none, np.nan, subsequences),
            "entropy": inside,
            "complexity": np.sqrt(moves / np.maximum(months - 1, 1) * inside),
            "turbulence": np.where(none, np.nan, np.log2(subsequences) + _evenness(held)),
        }
    )
    return frame.iloc[one.number].reset_index(drop=True)


def stays(one: Distinct) -> Stays:
    """Stretches of equal states of each sequence, in order (Episoden)."""
    rows = len(one)
    codes = one.codes.astype(np.int64)
    known = codes >= 0
    fresh = known.copy()
    fresh[:, 1:] &= codes[:, 1:] != codes[:, :-1]
    place = np.cumsum(fresh, axis=1) - 1
    most = int(place.max(initial=-1)) + 1
    states = np.full((rows, most), -1, np.int64)
    row, month = np.nonzero(fresh)
    states[row, place[row, month]] = codes[row, month]
    row, month = np.nonzero(known)
    cells = row * most + place[row, month]
    return Stays(states, np.bincount(cells, minlength=rows * most).reshape(rows, most))


def subsequence_counts(held: Stays, states: int) -> Floats:
    """Distinct subsequences of the stays of each sequence, the empty one counted.

    One more state doubles them, less those that ended with the same state before.

    References
    ----------
    Elzinga, Rahmann and Wang (2008), Theor. Comput. Sci. 409, 394-404.
    """
    rows, most = held.states.shape
    found = np.ones(rows)
    ended = np.zeros((rows, states))
    everyone = np.arange(rows)
    for place in range(most):
        state = held.states[:, place]
        there = state >= 0
        row, at = everyone[there], state[there]
        before = found[row].copy()
        found[row] = 2 * before - ended[row, at]
        ended[row, at] = before
    return found


def _evenness(held: Stays) -> Floats:
    """Logarithm of largest over actual variance of the stays' lengths, both with 1 added."""
    number = np.maximum(held.number, 1)
    mean = held.months.sum(axis=1) / number
    apart = np.where(held.months > 0, held.months - mean[:, None], 0.0)
    variance = (apart**2).sum(axis=1) / number
    largest = (number - 1) * (1 - mean) ** 2
    return np.log2((largest + 1) / (variance + 1))


def _months_by_state(one: Distinct, states: int) -> NDArray[np.int64]:
    row, month = np.nonzero(one.codes >= 0)
    cells = row * states + one.codes[row, month]
    return np.bincount(cells, minlength=len(one) * states).reshape(len(one), states)
