"""Treatment that begins under observation (zeitabhängige Behandlung).

Who is treated has lived untreated until then. Counting that time as treated would give
the treatment days in which nothing could happen (immortal time).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.statistics.survival.spells import Ints, Spells

FEWEST = 5


@dataclass(frozen=True, repr=False)
class Split:
    """Rows in the counting process form (Zählprozess).

    Attributes
    ----------
    rows : Spells
        Of shape (m,): time before treatment and time from treatment on apart. Rows of a
        person share the family.
    treated : ndarray of bool, shape (m,)
    person : ndarray of int, shape (m,)
        Position of the person among those given.
    """

    rows: Spells
    treated: np.ndarray
    person: Ints


def split_at_treatment(
    held: Spells,
    treated_at: ArrayLike,
    after_outcome: Literal["refuse", "untreated"] = "refuse",
) -> Split:
    """Cut each person's time where treatment begins (keine unsterbliche Zeit).

    Parameters
    ----------
    held : Spells
        One row per person.
    treated_at : array of float, shape (n,)
        On the same clock; NaN for who was never treated.
    after_outcome : str
        A treatment after the outcome cannot have led to it. `refuse`, or take the person
        as untreated until then.

    Returns
    -------
    Split

    Raises
    ------
    DataError
        If a treatment lies after the outcome, if all are treated from the first day on,
        or if fewer than `FEWEST` persons have untreated or treated time.
    """
    begun = np.asarray(treated_at, float)
    if begun.shape != held.exit.shape:
        raise DataError(
            f"Each person has a time of treatment or none, got {begun.size} for {len(held)}."
        )
    late = int(np.sum((begun > held.exit) & (held.ending == 1)))
    if late and after_outcome == "refuse":
        raise DataError(
            f"A treatment precedes the outcome it may lead to, got {late} of {len(held)} treated "
            f"after it. Check both dates, or count them as untreated: after_outcome='untreated'."
        )
    begun = np.where(begun >= held.exit, np.nan, begun)
    from_start = begun <= held.entry
    before, after = ~from_start, ~np.isnan(begun)
    if not before.any():
        raise DataError(
            "An outcome with treatment is compared with time without, but all are treated from "
            "the first day on. It takes persons who are treated later or never."
        )
    if min(before.sum(), after.sum()) < FEWEST:
        raise DataError(
            f"A comparison takes {FEWEST} persons with and without treated time, got "
            f"{int(after.sum())} and {int(before.sum())}. Take more quarters together."
        )
    cut = before & after
    first = Spells(
        held.entry[before],
        np.where(cut, begun, held.exit)[before],
        np.where(cut, 0, held.ending)[before],
        held.cluster[before],
    )
    second = Spells(
        np.maximum(held.entry, np.where(after, begun, 0))[after],
        held.exit[after],
        held.ending[after],
        held.cluster[after],
    )
    rows = Spells(
        np.concatenate([first.entry, second.entry]),
        np.concatenate([first.exit, second.exit]),
        np.concatenate([first.ending, second.ending]),
        np.concatenate([first.cluster, second.cluster]),
    )
    treated = np.repeat([False, True], [int(before.sum()), int(after.sum())])
    return Split(rows, treated, np.concatenate([np.flatnonzero(before), np.flatnonzero(after)]))
