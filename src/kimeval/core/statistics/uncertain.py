"""Denominators that are not sure (unsichere Nenner)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.intervals import byar_interval, wilson_interval
from kimeval.core.statistics.checks import SIDES, Floats, Sources, counts
from kimeval.core.statistics.estimate import NO_BASE, Estimate, estimate

EXACT, LOWER_BOUND, APPROXIMATE, OTHER_DAY = "exact", "lower_bound", "approximate", "other_day"

KINDS = {
    EXACT: "",
    LOWER_BOUND: "Der Nenner ist eine Untergrenze: der Wert ist höchstens so hoch.",
    APPROXIMATE: "Der Nenner ist ein Näherungswert: das Intervall gilt für seine ganze Spanne.",
    OTHER_DAY: "Der Nenner ist von einem anderen Tag: das Intervall gilt für seine ganze Spanne.",
}


@dataclass(frozen=True)
class Denominator:
    """A number of people with the range it may lie in (Nenner mit Spanne).

    Made by `exact`, `at_least`, `about` or `of_another_day`.

    Attributes
    ----------
    value, low, high : ndarray of float, shape (n,)
        Best value, NaN where there is none, and range; high may be infinite.
    kind : str
        A key of `KINDS`, whose German sentence belongs into the footnote.
    """

    value: Floats
    low: Floats
    high: Floats
    kind: str

    @property
    def note(self) -> str:
        """German sentence for the footnote; empty for an exact number."""
        return KINDS[self.kind]


def exact(value: ArrayLike) -> Denominator:
    """A denominator that is known (bekannter Nenner)."""
    value = counts(value, "A denominator")
    return Denominator(value, value, value, EXACT)


def at_least(value: ArrayLike) -> Denominator:
    """A denominator of which only a lower bound is known, such as "more than 400"."""
    value = counts(value, "A denominator")
    return Denominator(
        np.full(value.shape, np.nan), value, np.full(value.shape, np.inf), LOWER_BOUND
    )


def about(
    value: ArrayLike, *, relative: float | None = None, absolute: float | None = None
) -> Denominator:
    """A denominator that is an approximation (Näherungswert).

    Parameters
    ----------
    value : array of float, shape (n,)
    relative, absolute : float
        Half width of its range, as a share of the value or in persons; one of both.
    """
    if (relative is None) == (absolute is None):
        raise DataError(
            "An approximation needs a range, relative or absolute, got none or both. "
            "How far off may the number be?"
        )
    value = counts(value, "A denominator")
    reach = value * relative if relative is not None else np.full(value.shape, absolute)
    return _ranged(value, reach, APPROXIMATE)


def of_another_day(value: ArrayLike, *, change: float) -> Denominator:
    """A denominator that was counted on another day (Nenner eines anderen Tages).

    Parameters
    ----------
    value : array of float, shape (n,)
    change : float
        By which share the number may have changed since, such as the largest change
        between two years of the same source.
    """
    value = counts(value, "A denominator")
    return _ranged(value, value * change, OTHER_DAY)


def share_over(
    hits: ArrayLike, base: Denominator, *, level: float = 0.95, sources: Sources = SIDES
) -> Estimate:
    """Share over a denominator that is not sure (Anteil mit unsicherem Nenner).

    Parameters
    ----------
    hits : array of float, shape (n,)
        Persons with the trait.
    base : Denominator
        Persons, with the range in which their number lies.
    level : float
        Least coverage, if the range holds the true number.
    sources : tuple of str
        What hits and denominator were read from, for the error.

    Returns
    -------
    Estimate
        Wilson's lower bound over the largest denominator, the upper one over the
        smallest. Over a lower bound the value is NaN, the lower bound 0, and the
        upper one all that is known. `base.note` says which kind it is.

    Raises
    ------
    DataError
        If hits exceed the largest possible denominator.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, joined with
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    hits = _within(hits, base, sources)
    low, high = np.maximum(base.low, hits), base.high
    missing = _missing(hits, base)
    hits, low, high = (
        np.where(missing, 0, hits),
        np.where(missing, 1, low),
        np.where(missing, 1, high),
    )
    upper = np.where(low > 0, wilson_interval(hits, low, level)[:, 1], 1)
    endless = np.isinf(high)
    lower = wilson_interval(hits, np.where(endless, np.maximum(low, 1), high), level)[:, 0]
    bounds = np.stack([np.where(endless, 0, lower), upper], axis=-1)
    value = _value(hits, base)
    return estimate(value, bounds, level, _method("Wilson", base), {NO_BASE: missing})


def rate_over(
    events: ArrayLike, base: Denominator, *, per: float = 1.0, level: float = 0.95
) -> Estimate:
    """Rate over a denominator that is not sure (Rate mit unsicherem Nenner).

    Parameters
    ----------
    events : array of float, shape (n,)
        Independent events.
    base : Denominator
        Persons or time, with the range in which it lies.
    per : float
        Unit of the base.
    level : float
        Least coverage, if the range holds the true number.

    Returns
    -------
    Estimate
        As `share_over`, with Byar's bounds.

    References
    ----------
    As in `share_over`; Breslow and Day (1987), 69-71.
    """
    events = np.broadcast_to(counts(events), base.low.shape)
    missing = _missing(events, base)
    low, high = np.where(missing, 1, base.low), np.where(missing, 1, base.high)
    found = byar_interval(np.where(missing, 0, events), level)
    with np.errstate(divide="ignore"):
        bounds = np.stack([found[:, 0] / high, found[:, 1] / low], axis=-1)
    value = _value(events, base)
    return estimate(value * per, bounds * per, level, _method("Byar", base), {NO_BASE: missing})


def _ranged(value: Floats, reach: Floats, kind: str) -> Denominator:
    if not np.all(reach[~np.isnan(reach)] >= 0):
        raise DataError("The half width of a range must not be negative, got one below zero.")
    return Denominator(value, np.maximum(value - reach, 0), value + reach, kind)


def _within(hits: ArrayLike, base: Denominator, sources: Sources) -> Floats:
    hits = np.broadcast_to(counts(hits), base.low.shape)
    above = int(np.sum(hits > base.high))
    if above:
        raise DataError(
            f"A numerator is a part of its denominator, got {above} of {hits.size} rows where "
            f"{sources[0]} counts more than {sources[1]} can hold. Is the stated range too narrow?"
        )
    return hits


def _missing(count: Floats, base: Denominator) -> np.ndarray:
    return np.isnan(count) | np.isnan(base.low) | (base.high == 0)


def _value(count: Floats, base: Denominator) -> Floats:
    known = np.where(base.value > 0, np.maximum(base.value, count), np.nan)
    return count / known


def _method(name: str, base: Denominator) -> str:
    return name if base.kind == EXACT else f"{name}, Spanne des Nenners"
