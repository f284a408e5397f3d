"""Shares and rates where persons of a family, or events of a person, hang together (Klumpen)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.intervals import wilson_interval
from kimeval.core.statistics.checks import (
    SIDES,
    Floats,
    Sources,
    counts,
    parts,
    quantile,
    same_length,
    tail,
)
from kimeval.core.statistics.estimate import (
    FEW_CLUSTERS,
    FEW_EVENTS,
    LEAST_CLUSTERS,
    LEAST_EVENTS,
    NO_BASE,
    Estimate,
    estimate,
)
from kimeval.core.statistics.exact import exact_count_interval


@dataclass(frozen=True)
class Clustered:
    """Estimates that know of clusters (Schätzwerte mit Klumpen).

    Attributes
    ----------
    estimate : Estimate
        One row per group.
    design_effect : ndarray of float, shape (groups,)
        Variance over that of as many independent persons or events; at least 1.
    effective : ndarray of float, shape (groups,)
        Independent persons, or events, that would tell as much.
    clusters : ndarray of float, shape (groups,)
        Families, or persons with a base.
    """

    estimate: Estimate
    design_effect: Floats
    effective: Floats
    clusters: Floats


@dataclass(frozen=True)
class _Sums:
    """Sums over the clusters of each group."""

    clusters: Floats
    count: Floats
    base: Floats
    ratio: Floats
    variance: Floats
    heavy: Floats


def by_cluster(cluster: ArrayLike, *values: ArrayLike) -> list[Floats]:
    """Sums of each column within clusters (Summen je Klumpen).

    Parameters
    ----------
    cluster : array, shape (rows,)
        Which family, or which person, a row belongs to.
    *values : array of float, shape (rows,)

    Returns
    -------
    list of ndarray of float, shape (clusters,)
        In the order of the sorted clusters.
    """
    _, place = np.unique(np.asarray(cluster), return_inverse=True)
    return [np.bincount(place, np.asarray(value)).astype(float) for value in values]


def clustered_share(
    hits: ArrayLike,
    members: ArrayLike,
    group: ArrayLike | None = None,
    *,
    groups: int | None = None,
    level: float = 0.95,
    least: int = LEAST_CLUSTERS,
    symmetric: bool = False,
    sources: Sources = SIDES,
) -> Clustered:
    """Share of persons who come in families (Anteil mit Familien als Klumpen).

    The variance is that of a ratio over families; Wilson's interval stands on the
    persons that are left after the design effect, and after the loss of degrees of
    freedom with few families.

    Parameters
    ----------
    hits, members : array of float, shape (clusters,)
        Persons with the trait, and persons, of each family.
    group : array of int, shape (clusters,), optional
        Which group, from 0 on, a family belongs to; all are one group by default.
    groups : int, optional
        Number of groups; up to the largest that occurs by default.
    level : float
        Coverage of the interval.
    least : int
        Fewer families than this are refused: too few to tell how they differ.
    symmetric : bool
        True for the share plus and minus Student's quantile times the standard
        error, the textbook form; it may leave [0, 1] and covers less with few families.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    Clustered

    Notes
    -----
    If all persons have the trait, or none, families seem alike without being so; then
    each family counts as one person would (all its members agree).

    References
    ----------
    Korn and Graubard (1998), Surv. Methodol. 24, 193-201; Dean and Pagano (2015),
    J. Surv. Stat. Methodol. 3, 484-503; Cochran (1977), Sampling Techniques, chapter 6.
    """
    hits, members = parts(hits, members, sources)
    sums = _sums(hits, members, group, groups)
    alone = sums.ratio * (1 - sums.ratio) / sums.base
    effect = _effect(sums, alone)
    effective = sums.base / effect * _lost(sums.clusters, level)
    usable = np.nan_to_num(effective)
    ratio = np.nan_to_num(sums.ratio)
    bounds = wilson_interval(ratio * usable, usable, level)
    if symmetric:
        bounds = _symmetric(sums, level)
    found = estimate(sums.ratio, bounds, level, "Wilson, Klumpen", _refusals(sums, least))
    return Clustered(found, effect, effective, sums.clusters)


def clustered_rate(
    events: ArrayLike,
    base: ArrayLike,
    group: ArrayLike | None = None,
    *,
    groups: int | None = None,
    per: float = 1.0,
    level: float = 0.95,
    least: int = LEAST_EVENTS,
    least_clusters: int = LEAST_CLUSTERS,
    symmetric: bool = False,
) -> Clustered:
    """Rate of events that one person may have several of (Rate wiederholter Ereignisse).

    Parameters
    ----------
    events, base : array of float, shape (persons,)
        Events of each person, and 1 or the time at risk.
    group, groups
        As in `clustered_share`.
    per : float
        Unit of the base, such as 100 persons.
    level : float
        Coverage of the interval.
    least, least_clusters : int
        Fewer events or persons than these are refused.
    symmetric : bool
        As in `clustered_share`.

    Returns
    -------
    Clustered
        Exact Poisson bounds on the effective number of events.

    References
    ----------
    As in `clustered_share`, with Garwood (1936), Biometrika 28, 437-442, in place of
    Wilson; Stukel, Glynn, Fisher and others (1994), Stat. Med. 13, 1781-1791.
    """
    events, base = counts(events), counts(base)
    sums = _sums(events, base, group, groups)
    alone = sums.count / sums.base**2
    effect = _effect(sums, alone)
    effective = sums.count / effect * _lost(sums.clusters, level)
    usable = np.nan_to_num(effective)
    scale = np.where(usable > 0, sums.ratio / np.where(usable > 0, usable, 1), 1 / sums.base)
    bounds = exact_count_interval(usable, level) * scale[:, None]
    if symmetric:
        bounds = _symmetric(sums, level)
    refusals = {**_refusals(sums, least_clusters), FEW_EVENTS: sums.count < least}
    found = estimate(sums.ratio * per, bounds * per, level, "Poisson, Klumpen", refusals)
    return Clustered(found, effect, effective, sums.clusters)


def _sums(count: Floats, base: Floats, group: ArrayLike | None, groups: int | None) -> _Sums:
    place = np.zeros(len(count), dtype=int) if group is None else np.asarray(group, dtype=int)
    same_length(count=count, base=base, group=place)
    known = ~(np.isnan(count) | np.isnan(base)) & (base > 0)
    count, base, place = count[known], base[known], place[known]
    size = groups or max(int(place.max(initial=0)) + 1, 1)

    def total(values: Floats) -> Floats:
        return np.bincount(place, values, minlength=size).astype(float)

    clusters, counted, whole = total(np.ones(len(base))), total(count), total(base)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = counted / whole
        beyond = total((count - ratio[place] * base) ** 2)
        variance = clusters / (clusters - 1) * beyond / whole**2
        heavy = total(base**2) / whole
    return _Sums(clusters, counted, whole, ratio, variance, heavy)


def _effect(sums: _Sums, alone: Floats) -> Floats:
    """Design effect, at least 1; the weight of whole clusters where nothing varies."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(alone > 0, sums.variance / alone, sums.heavy)
    return np.maximum(found, 1.0)


def _lost(clusters: Floats, level: float) -> Floats:
    """Share of the effective size that few clusters leave."""
    freedom = np.where(clusters > 1, clusters - 1, np.nan)
    return (quantile(level) / stats.t.isf(tail(level), freedom)) ** 2


def _symmetric(sums: _Sums, level: float) -> Floats:
    freedom = np.where(sums.clusters > 1, sums.clusters - 1, np.nan)
    reach = stats.t.isf(tail(level), freedom) * np.sqrt(sums.variance)
    return np.stack([sums.ratio - reach, sums.ratio + reach], axis=-1)


def _refusals(sums: _Sums, least: int) -> dict[str, NDArray[np.bool_]]:
    return {NO_BASE: sums.base == 0, FEW_CLUSTERS: sums.clusters < max(least, 2)}
