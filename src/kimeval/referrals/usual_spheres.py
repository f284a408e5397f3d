"""What is usual in a type of path, month by month (überwiegender Zustand)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from kimeval.core.results import Row
from kimeval.referrals.classes import CROSS, MANY
from kimeval.referrals.sequences import Sequences

USUAL = f"path_type{CROSS}month{CROSS}legal_sphere"
MIXED, UNKNOWN = "gemischt", "zu wenige bekannt"
LEAST_SHARE = 0.5


def usual_rows(
    made: Sequences,
    group: NDArray[np.int64],
    titles: list[str],
    place: Row,
    many: int = MANY,
) -> Iterator[Row]:
    """Stretches of months in which half of a type or more are in one state.

    No share is told: in a type of like paths nearly all are in one state, which would say of
    each person where they were. Nor is a person's sequence told: the stretches of a type need
    not follow each other in any.

    Parameters
    ----------
    made : Sequences
        Months of all persons.
    group : ndarray of int, shape (persons,)
        Type of each; -1 for none.
    titles : list of str
        Name of each type.
    place : Row
        Indicator in days, period, area and status of the rows.
    many : int
        Least number of persons of the type whose state is known in a month; `UNKNOWN` stands
        for months with fewer, and `MIXED` for those without a state of half of them.

    Yields
    ------
    Row
        Length of each stretch in days; the group names type, first month and state.
    """
    for number, title in enumerate(titles):
        inside = group == number
        states = [_usual(held, made.states, many) for held in made.codes[inside].T]
        for state, part in groupby(range(len(states)), key=states.__getitem__):
            at = list(part)
            first, after = made.months[at[0]], made.months[at[-1]] + 1
            days = after.astype("datetime64[D]") - first.astype("datetime64[D]")
            yield replace(
                place,
                dimension=USUAL,
                group=CROSS.join((title, str(first), state)),
                value=float(days.astype(int)),
                contributors=int(inside.sum()),
                method="mindestens die Hälfte der Personen mit bekanntem Zustand",
            )


def _usual(held: NDArray[np.int16], states: tuple[str, ...], many: int) -> str:
    known = held[held >= 0]
    if len(known) < many:
        return UNKNOWN
    counts = np.bincount(known)
    return states[int(counts.argmax())] if counts.max() >= LEAST_SHARE * len(known) else MIXED
