"""Times under observation and how they end (Beobachtungszeiten)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, same_length

Ints = NDArray[np.int64]
GOING_ON = 0


@dataclass(frozen=True, repr=False)
class Spells:
    """Persons under observation, from a first to a last time (Beobachtungszeiten).

    Attributes
    ----------
    entry, exit : ndarray of float, shape (n,)
        Time on the clock of the outcome at which someone comes under observation and
        leaves it; at risk in (entry, exit]. An entry above 0 is a delayed one (left
        truncation).
    ending : ndarray of int, shape (n,)
        0 while it goes on (censored), 1 the outcome, 2 and more what competes with it.
    cluster : ndarray of int, shape (n,)
        Number of the family; equal numbers are not independent.
    """

    entry: Floats
    exit: Floats
    ending: Ints
    cluster: Ints

    def __len__(self) -> int:
        return len(self.exit)

    def __repr__(self) -> str:
        return f"Spells({len(self)} persons; times are not shown)"

    @property
    def clusters(self) -> int:
        """Number of families."""
        return len(np.unique(self.cluster))

    @property
    def delayed(self) -> bool:
        """Whether anyone comes under observation later than time 0."""
        return bool(np.any(self.entry > 0))

    def only(self, which: NDArray) -> Spells:
        """Chosen persons, by a mask or positions."""
        return Spells(self.entry[which], self.exit[which], self.ending[which], self.cluster[which])


def spells(
    exit: ArrayLike,
    ending: ArrayLike,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Spells:
    """Check times under observation (Beobachtungszeiten prüfen).

    Parameters
    ----------
    exit : array of float, shape (n,)
        Any unit of time from 0 on.
    ending : array of int, shape (n,)
        0 is censored, 1 the outcome, 2 and more compete.
    entry : array of float, shape (n,), optional
        Zero for all unless given.
    cluster : array, shape (n,), optional
        Any labels; each person alone unless given.

    Returns
    -------
    Spells

    Raises
    ------
    DataError
        If a time is missing, someone leaves before or when they enter, an entry lies
        before 0 or an ending is none of the codes.
    """
    last = np.atleast_1d(np.asarray(exit, float))
    first = np.zeros_like(last) if entry is None else np.atleast_1d(np.asarray(entry, float))
    how = np.atleast_1d(np.asarray(ending, float))
    labels = np.arange(len(last)) if cluster is None else np.asarray(cluster)
    same_length(exit=last, ending=how, entry=first, cluster=np.zeros(len(labels)))
    if missing := int(np.sum(~np.isfinite(last) | ~np.isfinite(first) | ~np.isfinite(how))):
        raise DataError(
            f"A time under observation has an entry, an exit and an ending, {missing} of "
            f"{len(last)} lack one. Leave these persons out and say so."
        )
    if early := int(np.sum(first < 0)):
        raise DataError(
            f"Someone enters at time 0 or later, {early} of {len(last)} enter before. "
            f"Observe them from 0 on."
        )
    if negative := int(np.sum(last < first)):
        raise DataError(
            f"Someone leaves after they enter, got {negative} of {len(last)} with a negative "
            f"duration. Were two dates exchanged?"
        )
    if none := int(np.sum(last == first)):
        raise DataError(
            f"Someone is under observation for some time, got {none} of {len(last)} who leave as "
            f"they enter. Count a day as a half, or leave them out."
        )
    if np.any((how < 0) | (how != np.round(how))):
        raise DataError("An ending is 0 (goes on), 1 (outcome) or 2 and more (competing).")
    numbered = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return Spells(first, last, how.astype(np.int64), numbered)


def at_risk(held: Spells, times: ArrayLike) -> Ints:
    """How many are under observation just before each time (unter Beobachtung).

    Returns
    -------
    ndarray of int, shape (times,)
        At time 0 those who are under observation from 0 on.
    """
    asked = np.atleast_1d(np.asarray(times, float))
    left = np.searchsorted(np.sort(held.exit), asked, side="left")
    entered = np.searchsorted(np.sort(held.entry), asked, side="left")
    entered = np.where(asked == 0, np.sum(held.entry == 0), entered)
    return (entered - left).astype(np.int64)
