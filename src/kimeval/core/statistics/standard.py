"""Rates for another mix of ages and genders (standardisierte Raten)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.intervals import byar_interval
from kimeval.core.statistics.checks import SIDES, Floats, Sources, counts, parts
from kimeval.core.statistics.estimate import (
    FEW_EVENTS,
    LEAST_EVENTS,
    NO_BASE,
    Estimate,
    estimate,
)


def directly_standardised(
    events: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    squares: ArrayLike | None = None,
    per: float = 1.0,
    level: float = 0.95,
    least: int = LEAST_EVENTS,
    sources: Sources = SIDES,
) -> Estimate:
    """Directly standardised rate with Dobson's interval (direkt standardisierte Rate).

    The rate that an area would have if its strata were as frequent as in the
    standard. The interval of the number of events is shrunk or stretched to the
    variance of the weighted sum.

    Parameters
    ----------
    events, population : array of float, shape (n, k)
        Of n areas in k strata, such as age by gender. One area may be (k,).
    standard : array of float, shape (k,)
        Standard population; only its proportions matter.
    squares : array of float, shape (n, k), optional
        Sums over persons of their squared number of events, where a person may
        have several: they take the place of events in the variance.
    per : float
        Unit of the population, such as 1000 inhabitants.
    level : float
        Coverage of the interval.
    least : int
        Fewer events than this in an area are refused.
    sources : tuple of str
        What events and population were read from, for the error.

    Returns
    -------
    Estimate
        Events per `per` persons. Refused where a stratum that the standard holds
        has nobody: its rate is unknown, and 0 would be a lie.

    Raises
    ------
    DataError
        If events exceed the population of a stratum and `squares` are not given,
        or strata do not match the standard.

    References
    ----------
    Dobson, Kuulasmaa, Eberle and Scherer (1991), Stat. Med. 10, 457-462.
    """
    if squares is None:
        events, population = parts(events, population, sources)
        squared = events
    else:
        events, population = np.broadcast_arrays(counts(events), counts(population))
        squared = counts(squares)
    events, population, squared = (np.atleast_2d(each) for each in (events, population, squared))
    weights = _weights(standard, events.shape[1])
    empty = (weights > 0) & ((population == 0) | np.isnan(population) | np.isnan(events))
    usable = np.where(np.isnan(population) | (population == 0), 1, population)
    factors = np.where(empty, 0, weights / usable)
    seen = np.where(np.isnan(events), 0, events)
    value = (factors * seen).sum(axis=1)
    total = seen.sum(axis=1)
    spread = (factors**2 * np.where(np.isnan(squared), 0, squared)).sum(axis=1)
    stretch = np.where(total > 0, np.sqrt(spread / np.maximum(total, 1)), factors.max(axis=1))
    bounds = value[:, None] + stretch[:, None] * (byar_interval(total, level) - total[:, None])
    refusals = {NO_BASE: empty.any(axis=1), FEW_EVENTS: total < least}
    bounds = np.maximum(bounds, 0)
    return estimate(value * per, bounds * per, level, "Dobson", refusals)


def expected_events(
    population: ArrayLike, reference_events: ArrayLike, reference_population: ArrayLike
) -> Floats:
    """Events an area would have with the reference's rates (erwartete Ereignisse).

    Parameters
    ----------
    population : array of float, shape (n, k)
        Of n areas in k strata.
    reference_events, reference_population : array of float, shape (k,)
        Of the reference, such as the whole state.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where a stratum has people and the reference has none.
    """
    population = np.atleast_2d(counts(population))
    events, base = parts(reference_events, reference_population, ("the events", "the reference"))
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = events / base
    return np.where(population == 0, 0, population * rates).sum(axis=1)


def indirectly_standardised(
    observed: ArrayLike, expected: ArrayLike, *, level: float = 0.95, least: int = 0
) -> Estimate:
    """Observed over expected events with Byar's interval (indirekt standardisiert).

    Parameters
    ----------
    observed : array of float, shape (n,)
        Events of n areas.
    expected : array of float, shape (n,)
        From `expected_events`; taken as known without error, so the reference
        should be much larger than an area.
    level : float
        Coverage of the interval; exact bounds below 10 events.
    least : int
        Fewer events than this are refused. None by default: a ratio is not a rate.

    Returns
    -------
    Estimate
        1 means as in the reference. Refused where nothing is expected. Ratios of two
        areas must not be compared with each other: each has its own mix.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research II, 65-72.
    """
    observed, expected = np.broadcast_arrays(counts(observed), counts(expected))
    missing = np.isnan(observed) | np.isnan(expected) | (expected == 0)
    known, base = np.where(missing, 0, observed), np.where(missing, 1, expected)
    bounds = byar_interval(known, level) / base[:, None]
    refusals = {NO_BASE: missing, FEW_EVENTS: known < least}
    return estimate(known / base, bounds, level, "Byar", refusals)


def _weights(standard: ArrayLike, strata: int) -> Floats:
    standard = counts(standard)
    if standard.shape != (strata,) or not standard.sum() > 0:
        raise DataError(
            f"The standard needs one number for each of {strata} strata and a sum above 0, got "
            f"{standard.size}. Are the strata cut at the same ages?"
        )
    return standard / standard.sum()
