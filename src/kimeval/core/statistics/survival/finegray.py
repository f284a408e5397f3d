"""How much the share that ever reaches an outcome differs (Fine und Gray)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.survival.cox import HazardRatios, covariates, fitted
from kimeval.core.statistics.survival.partial import likelihood
from kimeval.core.statistics.survival.spells import Spells


def fine_gray(
    held: Spells,
    x: ArrayLike,
    names: Sequence[str] = (),
    *,
    kind: int = 1,
    level: float = 0.95,
) -> HazardRatios:
    """Ratios of subdistribution hazards, which say who ever gets there (Fine und Gray).

    Whoever ended in a competing way stays at risk with the probability of not being
    censored meanwhile, and of being under observation already where entries are delayed.

    Parameters
    ----------
    held : Spells
        One row per person, in families.
    x : array of float, shape (n, p)
        Covariates that do not change with time, without missing values.
    names : sequence of str
    kind : int
    level : float

    Returns
    -------
    HazardRatios
        Refused as by `cox`. Weights are taken as known, which makes intervals a little
        wide rather than narrow.

    References
    ----------
    Fine and Gray (1999), J. Am. Stat. Assoc. 94, 496-509; weights with delayed entry
    after Geskus (2011), Biometrics 67, 39-49. Ties as by Breslow.
    """
    columns, names = covariates(x, len(held), names)
    times, staying = weights(held)
    rival = (held.ending > 0) & (held.ending != kind)
    own = staying[np.searchsorted(times, held.exit, side="left")]
    if np.any(own[rival] <= 0):
        raise DataError(
            "Who ended otherwise stays at risk with a weight above 0, which some lack here. "
            "Take a later time for the entry of all."
        )
    with np.errstate(divide="ignore"):
        stays = np.where(rival, 1 / own, 0.0)
    model = likelihood(
        columns, held.entry, held.exit, held.ending == kind, False, stays, (times, staying)
    )
    return fitted(model, held.cluster, names, level)


def weights(held: Spells) -> tuple[Floats, Floats]:
    """Probability of being under observation just before each time, up to a factor.

    Returns
    -------
    tuple of ndarray of float, shape (t,)
        Ascending times and the product of not yet being censored and, where entries are
        delayed, of having entered.
    """
    times = np.unique(np.concatenate([held.entry, held.exit, [np.inf]]))
    free = _censoring(held, times)
    return times, free * _entered(held, times) if held.delayed else free


def _censoring(held: Spells, times: Floats) -> Floats:
    """Share not censored just before each time; endings come before a censoring."""
    leaves = np.unique(held.exit[held.ending == 0])
    if not len(leaves):
        return np.ones(len(times))
    number = np.array([np.sum((held.ending == 0) & (held.exit == day)) for day in leaves])
    ended = np.array([np.sum((held.ending > 0) & (held.exit == day)) for day in leaves])
    entered = np.searchsorted(np.sort(held.entry), leaves, side="left")
    gone = np.searchsorted(np.sort(held.exit), leaves, side="left")
    left = np.append(1.0, np.cumprod(1 - number / np.maximum(entered - gone - ended, 1)))
    return left[np.searchsorted(leaves, times, side="left")]


def _entered(held: Spells, times: Floats) -> Floats:
    """Share that has entered before each time, by the product limit run backward."""
    enter = np.unique(held.entry[held.entry > 0])
    number = np.array([np.sum(held.entry == day) for day in enter])
    began = np.searchsorted(np.sort(held.entry), enter, side="right")
    gone = np.searchsorted(np.sort(held.exit), enter, side="right")
    there = began - gone
    with np.errstate(divide="ignore", invalid="ignore"):
        keep = np.where(there > 0, 1 - number / np.maximum(there, 1), 1.0)
    later = np.append(np.cumprod(keep[::-1])[::-1], 1.0)
    return later[np.searchsorted(enter, times, side="left")]
