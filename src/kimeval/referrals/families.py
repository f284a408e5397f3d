"""What is told by people of one family, or again by one person, tells less (Klumpen)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.intervals import median_interval
from kimeval.core.results import Row
from kimeval.core.rows import both, share
from kimeval.core.statistics.clusters import by_cluster, clustered_share
from kimeval.core.statistics.estimate import LEAST_CLUSTERS, Estimate

SAID = "Klumpen"
FAMILIES = "Familien als Klumpen"
FEW = f"kein Intervall, da weniger als {LEAST_CLUSTERS} Familien"
NUMBER = re.compile(rf"{SAID} (\d+,\d+)")
Floats = NDArray[np.float64]


def family_share(hits: ArrayLike, family: ArrayLike, level: float = 0.95) -> Estimate:
    """A share with the family as a cluster (Anteil mit Familien als Klumpen).

    Parameters
    ----------
    hits : array of bool, shape (rows,)
        Which persons, or referrals, have the trait.
    family : array of str, shape (rows,)
        All that belongs to a person belongs to the person's family.
    level : float
        Coverage of the interval.

    Returns
    -------
    Estimate
        One value; bounds are missing below ten families.
    """
    hits = np.asarray(hits, dtype=bool)
    sums = by_cluster(family, hits, np.ones(len(hits)))
    return clustered_share(*sums, level=level).estimate


def share_in_families(
    place: Row, told: NDArray[np.bool_], family: ArrayLike, level: float = 0.95
) -> Row:
    """Complete a row with a share of persons who come in families (Anteil an Personen).

    Parameters
    ----------
    place : Row
        As for `core.rows.share`.
    told : ndarray of bool, shape (persons,)
        Who has the trait; each person once.
    family : array of str, shape (persons,)
    level : float
        Coverage of the interval.

    Returns
    -------
    Row
        Wilson's interval where each person is a family of one; else the family is a
        cluster, and with fewer than ten there is no interval and the row is partial.
    """
    hits, total = int(np.sum(told)), len(told)
    row = share(place, hits, total, level, contributors=hits)
    if len(np.unique(np.asarray(family))) == total:
        return row
    found = family_share(told, family, level)
    if found.refusal[0]:
        reason = both(place.reason, FEW)
        return replace(row, lower=np.nan, upper=np.nan, status="partial", reason=reason)
    lower, upper = float(found.lower[0]), float(found.upper[0])
    return replace(row, lower=lower, upper=upper, method=f"Wilson, {FAMILIES}")


def design_effect(traits: Iterable[ArrayLike], family: ArrayLike, level: float = 0.95) -> float:
    """By how much fewer rows would tell as much if they were independent (Designeffekt).

    Parameters
    ----------
    traits : iterable of array of bool, shape (rows,)
        Traits whose effects are averaged; those of all rows, or of none, say nothing.
    family : array of str, shape (rows,)
    level : float
        For which the loss of degrees of freedom with few families is meant.

    Returns
    -------
    float
        At least 1; 1 where each row is a family of its own, or nothing is told.
    """
    family = np.asarray(family)
    effects = []
    for trait in traits:
        hits = np.asarray(trait, dtype=bool)
        if 0 < hits.sum() < len(hits):
            sums = by_cluster(family, hits, np.ones(len(hits)))
            effects.append(len(hits) / float(clustered_share(*sums, level=level).effective[0]))
    known = [effect for effect in effects if np.isfinite(effect)]
    if not known or len(np.unique(family)) == len(family):
        return 1.0
    return max(1.0, float(np.mean(known)))


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


def effect_said(methods: pd.Series) -> float:
    """The design effect that published rows tell, the largest; 1 where none does."""
    found = (NUMBER.search(str(method)) for method in methods.unique())
    told = [float(one[1].replace(",", ".")) for one in found if one]
    return max(told, default=1.0)


def _variance(halves: Floats, place: NDArray[np.integer]) -> float:
    """Variance of a mean over clusters."""
    sums = np.bincount(place, halves - halves.mean())
    return float(len(sums) / (len(sums) - 1) * (sums**2).sum() / len(halves) ** 2)


def _alone(halves: Floats) -> float:
    """Variance of the mean of as many independent values."""
    return max(float(halves.var()), 1e-12) / len(halves)
