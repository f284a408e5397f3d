"""Sequences of states over months, and what they have in common (Zustandssequenzen)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.errors import DataError

MISSING = -1
Codes = NDArray[np.int16]


@dataclass(frozen=True, repr=False)
class Sequences:
    """One state per person and month (Zustandssequenzen).

    Attributes
    ----------
    codes : ndarray of int16, shape (persons, months)
        Positions in `states`; -1 where nothing is known.
    states : tuple of str
        Names of the states, the alphabet. What is unknown by a recorded word is a state.
    months : ndarray of datetime64[M], shape (months,)
        Ascending, without a gap.
    persons : tuple of str
        Whose sequence each row is; never shown.
    """

    codes: Codes = field(repr=False)
    states: tuple[str, ...]
    months: NDArray[np.datetime64]
    persons: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if self.codes.shape != (len(self.persons), len(self.months)):
            raise DataError(
                f"Sequences have a row per person and a column per month, got the shape "
                f"{self.codes.shape} for {len(self.persons)} and {len(self.months)}."
            )

    @property
    def known(self) -> NDArray[np.int64]:
        """Months with a state, of each person, shape (persons,)."""
        return (self.codes >= 0).sum(axis=1)

    def only(self, rows: NDArray) -> Sequences:
        """Some of the persons, by truth or position."""
        picked = np.arange(len(self))[rows]
        persons = tuple(self.persons[i] for i in picked)
        return Sequences(self.codes[picked], self.states, self.months, persons)

    def __len__(self) -> int:
        return len(self.persons)

    def __repr__(self) -> str:
        months, states = len(self.months), len(self.states)
        return f"Sequences({len(self)} persons, {months} months, {states} states; not protected)"


@dataclass(frozen=True, repr=False)
class Distinct:
    """Sequences that differ, and how many persons have each (verschiedene Sequenzen).

    Attributes
    ----------
    codes : ndarray of int16, shape (distinct, months)
        Known states moved to the left, -1 behind the last.
    lengths : ndarray of int64, shape (distinct,)
        Known states of each.
    counts : ndarray of int64, shape (distinct,)
        Persons with each.
    number : ndarray of int64, shape (persons,)
        Which one each person has.
    """

    codes: Codes = field(repr=False)
    lengths: NDArray[np.int64] = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)
    number: NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        return f"Distinct({len(self)} sequences of {len(self.number)} persons; not shown)"


def distinct(sequences: Sequences) -> Distinct:
    """Each sequence once; months in which nothing is known are left out of it."""
    codes = sequences.codes
    order = np.argsort(codes < 0, axis=1, kind="stable")
    left = np.ascontiguousarray(np.take_along_axis(codes, order, axis=1))
    if not left.size:
        none = np.zeros(len(left), np.int64)
        return Distinct(left[:1], none[:1], np.array([len(left)])[: len(left)], none)
    rows = left.view(np.dtype((np.void, left.dtype.itemsize * left.shape[1]))).ravel()
    _, first, number, counts = np.unique(
        rows, return_index=True, return_inverse=True, return_counts=True
    )
    found = left[first]
    return Distinct(found, (found >= 0).sum(axis=1), counts, number)


def state_distribution(sequences: Sequences) -> pd.DataFrame:
    """Persons in each state, month by month (Zustandsverteilung).

    Returns
    -------
    DataFrame, shape (months, states + 1), indexed by month
        Counts of persons; the last column, named `missing`, those of whom nothing is
        known, so that each row sums to all persons.
    """
    size = len(sequences.states) + 1
    state = np.where(sequences.codes < 0, size - 1, sequences.codes).astype(np.int64)
    cell = state + np.arange(len(sequences.months)) * size
    counts = np.bincount(cell.ravel(), minlength=size * len(sequences.months))
    index = pd.Index(sequences.months.astype(str), name="month")
    return pd.DataFrame(
        counts.reshape(-1, size), index=index, columns=[*sequences.states, "missing"]
    )


def entropy(counts: NDArray, *, normalised: bool = True) -> NDArray[np.float64]:
    """Shannon entropy of counts (Entropie).

    Parameters
    ----------
    counts : ndarray, shape (n, states)
        How many in each state.
    normalised : bool
        Divided by its largest value, the logarithm of the number of states; otherwise in
        natural units. With a single state the entropy is 0.

    Returns
    -------
    ndarray of float, shape (n,)
        0 where all are in one state, 1 where all states are equally frequent; NaN for none.

    References
    ----------
    Shannon (1948), Bell Syst. Tech. J. 27, 379-423. Billari (2001), Eur. J. Popul. 17, 119-142.
    """
    held = np.asarray(counts, float)
    total = held.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = held / total
        found = -np.where(share > 0, share * np.log(share), 0.0).sum(axis=1)
    largest = np.log(held.shape[1]) if normalised and held.shape[1] > 1 else 1.0
    return np.where(total[:, 0] > 0, np.abs(found) / largest, np.nan)


def transition_counts(sequences: Sequences) -> NDArray[np.int64]:
    """Pairs of one month and the next, both known, shape (states, states) (Übergänge)."""
    size = len(sequences.states)
    before, after = sequences.codes[:, :-1].astype(np.int64), sequences.codes[:, 1:]
    both = (before >= 0) & (after >= 0)
    pairs = before[both] * size + after[both]
    return np.bincount(pairs, minlength=size * size).reshape(size, size)


def transition_rates(sequences: Sequences) -> NDArray[np.float64]:
    """Share of months in one state that the next month in another follows (Übergangsraten).

    Returns
    -------
    ndarray of float, shape (states, states)
        Each row sums to 1, or is 0 where the state is never followed by a known one.

    References
    ----------
    Gabadinho et al. (2011), J. Stat. Softw. 40(4), section 6.1.
    """
    counts = transition_counts(sequences)
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
