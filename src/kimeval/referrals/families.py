"""What is told by people of one family, or again by one person, tells less (Klumpen)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.intervals import median_interval
from kimeval.core.statistics.clusters import clustered_share
from kimeval.core.statistics.estimate import LEAST_CLUSTERS

SAID = "Klumpen"
NUMBER = re.compile(rf"{SAID} (\d+,\d+)")
Floats = NDArray[np.float64]


def design_effects(
    traits: Sequence[ArrayLike], family: ArrayLike, level: float = 0.95
) -> list[float]:
    """By how much fewer rows would tell as much if they were independent (Designeffekte).

    Parameters
    ----------
    traits : sequence of array of bool, shape (rows,)
    family : array of str, shape (rows,)
    level : float
        For which the loss of degrees of freedom with few families is meant.

    Returns
    -------
    list of float
        One for each trait, at least 1; 1 where each row is a family of its own, or where
        all rows have the trait or none has, which says nothing.
    """
    _, place = np.unique(np.asarray(family), return_inverse=True)
    clusters = int(place.max(initial=-1)) + 1
    if not traits or clusters == len(place):
        return [1.0] * len(traits)
    told = [np.asarray(trait, dtype=bool) for trait in traits]
    members = np.tile(np.bincount(place), len(told))
    hits = np.concatenate([np.bincount(place[trait], minlength=clusters) for trait in told])
    group = np.repeat(np.arange(len(told)), clusters)
    found = len(place) / clustered_share(hits, members, group, level=level).effective
    says = [0 < trait.sum() < len(trait) for trait in told]
    return [
        float(effect) if known and np.isfinite(effect) else 1.0
        for effect, known in zip(found, says, strict=True)
    ]


def family_median(values: ArrayLike, family: ArrayLike, level: float = 0.95) -> Floats:
    """Interval of a median of persons in families (Median mit Klumpen).

    Parameters
    ----------
    values : array of float, shape (persons,)
        No missing ones.
    family : array of str, shape (persons,)
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    ndarray of float, shape (2,)
        Observed values at the ends of the interval of the share below the median. Where
        each person is a family of one, those of `median_interval`. Missing below ten
        families, or where too few persons are left of the design effect.

    References
    ----------
    Woodruff (1952), J. Am. Stat. Assoc. 47, 635-646; Conover (1999), Practical
    Nonparametric Statistics, 143-145.
    """
    found = np.asarray(values, dtype=float)
    _, place = np.unique(np.asarray(family), return_inverse=True)
    clusters = int(place.max(initial=-1)) + 1
    if clusters == len(found):
        return median_interval(found, level)
    if clusters < LEAST_CLUSTERS:
        return np.full(2, np.nan)
    ordered, number = np.sort(found), len(found)
    halves = (found < np.median(found)) + 0.5 * (found == np.median(found))
    effect = max(1.0, _variance(halves, place) / _alone(halves))
    reach = float(stats.t.isf((1 - level) / 2, clusters - 1)) * np.sqrt(number * effect)
    rank = int(np.floor((number - reach) / 2))
    return ordered[[rank, number - 1 - rank]] if rank >= 0 else np.full(2, np.nan)


def say_effect(method: str, effect: float) -> str:
    """A method's name with its design effect, such as `Auszählung; Klumpen 1,35`."""
    return f"{method}; {SAID} {effect:.2f}".replace(".", ",") if effect > 1 else method


def effect_said(method: str) -> float:
    """The design effect that a row's method tells; 1 where it tells none."""
    found = NUMBER.search(method)
    return float(found[1].replace(",", ".")) if found else 1.0


def _variance(halves: Floats, place: NDArray[np.integer]) -> float:
    """Variance of a mean over clusters."""
    sums = np.bincount(place, halves - halves.mean())
    return float(len(sums) / (len(sums) - 1) * (sums**2).sum() / len(halves) ** 2)


def _alone(halves: Floats) -> float:
    """Variance of the mean of as many independent values."""
    return max(float(halves.var()), 1e-12) / len(halves)
