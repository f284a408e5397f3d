"""Shares, crude rates and their ratio (Anteile, rohe Raten und deren Verhältnis)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.intervals import byar_interval, wilson_interval
from kimeval.core.statistics.checks import SIDES, Sources, counts, parts
from kimeval.core.statistics.estimate import (
    FEW_EVENTS,
    LEAST_EVENTS,
    NO_BASE,
    NO_REFERENCE,
    Estimate,
    estimate,
)


def share(
    hits: ArrayLike, total: ArrayLike, *, level: float = 0.95, sources: Sources = SIDES
) -> Estimate:
    """Share with Wilson's interval (Anteil).

    Parameters
    ----------
    hits, total : array of float, shape (n,)
        Persons with the trait, and all of them. A total of 0, or one that is
        missing, gives a refusal and NaN.
    level : float
        Coverage of the interval.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    Estimate
        Shares in [0, 1].

    Raises
    ------
    DataError
        If a count is negative, or hits exceed their total; the message names the sources.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    hits, total = parts(hits, total, sources)
    missing = _missing(hits, total)
    bounds = wilson_interval(np.where(missing, 0, hits), np.where(missing, 1, total), level)
    value = np.where(missing, np.nan, hits / np.where(missing, 1, total))
    return estimate(value, bounds, level, "Wilson", {NO_BASE: missing})


def crude_rate(
    events: ArrayLike,
    base: ArrayLike,
    *,
    per: float = 1.0,
    level: float = 0.95,
    least: int = LEAST_EVENTS,
    repeats: bool = False,
    sources: Sources = SIDES,
) -> Estimate:
    """Crude rate with Byar's interval (rohe Rate).

    Parameters
    ----------
    events : array of float, shape (n,)
        Independent events. Where one person may have several, use
        `clusters.clustered_rate`, which knows that they hang together.
    base : array of float, shape (n,)
        Persons, or time at risk. 0 or missing gives a refusal.
    per : float
        Unit of the base, such as 1000 inhabitants.
    level : float
        Coverage of the interval.
    least : int
        Fewer events than this are refused: no rate is published on them.
    repeats : bool
        True if events may outnumber the base, such as contacts per person.
    sources : tuple of str
        What both were read from, for the error.

    Returns
    -------
    Estimate
        Events per `per` of the base. Exact chi-squared bounds below 10 events.

    Raises
    ------
    DataError
        If a count is negative, or events exceed their base and must not.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research II, 69-71; for the
    least number of events, Morris, Tan, Fryers and Bestwick (2018), Popul. Health Metr.
    16, 19.
    """
    if repeats:
        events, base = np.broadcast_arrays(counts(events), counts(base))
    else:
        events, base = parts(events, base, sources)
    missing = _missing(events, base)
    scale = per / np.where(missing, 1, base)
    known = np.where(missing, 0, events)
    bounds = byar_interval(known, level) * scale[:, None]
    few = known < least
    return estimate(known * scale, bounds, level, "Byar", {NO_BASE: missing, FEW_EVENTS: few})


def rate_ratio(
    events: ArrayLike,
    base: ArrayLike,
    reference_events: ArrayLike,
    reference_base: ArrayLike,
    *,
    level: float = 0.95,
) -> Estimate:
    """Ratio of two rates of independent groups (Verhältnis zweier Raten).

    Given all events of both groups, those of the first are binomial with a
    probability that holds the ratio. Its Wilson interval, turned back, is the
    score interval of the ratio.

    Parameters
    ----------
    events, base : array of float, shape (n,)
        Of the group asked about.
    reference_events, reference_base : array of float, shape (n,)
        Of the group it is compared with.
    level : float
        Coverage of the interval.

    Returns
    -------
    Estimate
        Rate over reference rate. Refused where a base is 0 or the reference has
        no events; without events of the group itself the ratio is 0.

    References
    ----------
    Ederer and Mantel (1974), Am. J. Epidemiol. 100, 165-167; with Wilson's bounds
    in place of exact ones.
    """
    given = (counts(side) for side in (events, base, reference_events, reference_base))
    events, base, other, other_base = np.broadcast_arrays(*given)
    missing = _missing(events, base) | _missing(other, other_base)
    none = ~missing & (other == 0)
    known = ~(missing | none)
    first, second = np.where(known, events, 0), np.where(known, other, 1)
    exposure = np.where(known, other_base, 1) / np.where(known, base, 1)
    bounds = wilson_interval(first, first + second, level)
    bounds = bounds / (1 - bounds) * exposure[:, None]
    value = first / second * exposure
    refusals = {NO_BASE: missing, NO_REFERENCE: none}
    return estimate(value, bounds, level, "Score", refusals)


def _missing(count: np.ndarray, base: np.ndarray) -> np.ndarray:
    return np.isnan(count) | np.isnan(base) | (base == 0)
