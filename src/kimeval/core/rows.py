"""Rows of results that several measures make alike (Ergebniszeilen)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Row, refused
from kimeval.core.statistics.clusters import by_cluster, clustered_share
from kimeval.core.statistics.estimate import LEAST_CLUSTERS, Estimate

FAMILIES = "Familien als Klumpen"
FEW_FAMILIES = f"kein Intervall, da weniger als {LEAST_CLUSTERS} Familien"


def refusal(name: str, dataset: Dataset, quarter: Quarter, reason: str | MissingTable) -> Row:
    """An indicator that the data cannot carry in a quarter (verweigertes Ergebnis)."""
    return refused(name, str(quarter), dataset.area.code, str(reason).rstrip("."))


def both(reason: str, further: str) -> str:
    """Two reasons as one text, either of which may be empty."""
    return "; ".join(part for part in (reason, further) if part)


def share(place: Row, hits: int, total: int, level: float, contributors: int) -> Row:
    """Complete a row that has indicator, period, area, group and status.

    Parameters
    ----------
    place : Row
        What the share stands for; its numbers are replaced.
    hits, total : int
        Persons with 0 <= hits <= total.
    level : float
        Coverage of the interval, between 0 and 1.
    contributors : int
        Distinct persons in the data behind the share.

    Returns
    -------
    Row
        Without a value where the total is 0.
    """
    lower, upper = wilson_interval(hits, total, level)[0]
    return replace(
        place,
        value=hits / total if total else math.nan,
        numerator=hits,
        denominator=total,
        lower=lower,
        upper=upper,
        confidence=level,
        method="Wilson",
        contributors=contributors,
    )


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
        As for `share`.
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
        reason = both(place.reason, FEW_FAMILIES)
        return replace(row, lower=math.nan, upper=math.nan, status="partial", reason=reason)
    lower, upper = float(found.lower[0]), float(found.upper[0])
    return replace(row, lower=lower, upper=upper, method=f"Wilson, {FAMILIES}")


def share_of_persons(
    place: Row, persons: pd.Series, told: pd.Series, family: pd.Series, level: float
) -> Row:
    """As `share_in_families`, with keys of who is counted.

    Parameters
    ----------
    place : Row
        As for `share`.
    persons : Series of str, shape (persons,)
        Each once.
    told : Series of bool, shape (persons,)
        Who has the trait.
    family : Series of str, shape (persons,)
        From `persons.families`.
    level : float
        Coverage of the interval.

    Returns
    -------
    Row
    """
    return replace(
        share_in_families(place, told.to_numpy(), family, level),
        record_key=key_of("person_id", persons[told]),
        base_key=key_of("person_id", persons),
    )
