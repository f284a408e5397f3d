"""Rows of results that several measures make alike (Ergebniszeilen)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Row, refused
from kimeval.core.statistics.clusters import by_cluster, clustered_share
from kimeval.core.statistics.estimate import LEAST_CLUSTERS

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


def share_of_persons(
    place: Row, persons: pd.Series, told: pd.Series, family: pd.Series, level: float
) -> Row:
    """Complete a row with a share of persons who come in families.

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
        Wilson's interval where each is a family of one; else that of persons in families,
        which is missing, and the row partial, with too few of them.
    """
    hits, total = int(told.sum()), len(told)
    row = replace(
        share(place, hits, total, level, contributors=hits),
        record_key=key_of("person_id", persons[told]),
        base_key=key_of("person_id", persons),
    )
    if family.is_unique:
        return row
    sums = by_cluster(family.to_numpy(), told.to_numpy(), np.ones(total))
    found = clustered_share(*sums, level=level).estimate
    if found.refusal[0]:
        reason = both(place.reason, FEW_FAMILIES)
        return replace(row, lower=math.nan, upper=math.nan, status="partial", reason=reason)
    lower, upper = float(found.lower[0]), float(found.upper[0])
    return replace(row, lower=lower, upper=upper, method=f"Wilson, {FAMILIES}")
