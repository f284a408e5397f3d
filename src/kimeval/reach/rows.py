"""Rows of results that several measures make alike (Ergebniszeilen)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.recordkeys import key_of
from kimeval.core.results import Row
from kimeval.core.rows import both, share
from kimeval.core.statistics.clusters import by_cluster, clustered_share
from kimeval.core.statistics.estimate import LEAST_CLUSTERS
from kimeval.core.statistics.uncertain import APPROXIMATE, EXACT, Denominator, share_over
from kimeval.reach.bases import Base

FAMILIES = "Familien als Klumpen"
FEW_FAMILIES = f"kein Intervall, da weniger als {LEAST_CLUSTERS} Familien"


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
        From `people.families`.
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


def family_effect(family: pd.Series) -> float:
    """By how much whole families weigh more than single persons (Designeffekt).

    Mean size of the family of a person, in tenths: families come whole or not at all.
    """
    sizes = family.value_counts().to_numpy(dtype=float)
    return max(1.0, round(float((sizes**2).sum() / sizes.sum()), 1)) if len(sizes) else 1.0


def share_over_base(place: Row, hits: int, base: Base, level: float, effect: float = 1.0) -> Row:
    """Complete a row with a share over a denominator from another source.

    Parameters
    ----------
    place : Row
        As for `share`; record_key is its own.
    hits : int
        Persons, not above the highest the denominator can be.
    base : Base
        Its range widens the interval, and its footnote is the row's.
    level : float
        Coverage of the interval.
    effect : float
        As from `family_effect`: persons count as so many fewer independent ones.

    Returns
    -------
    Row
        Without denominator and value where only a bound of it is known: what may be altered
        later is not divided by a bound.
    """
    kind = EXACT if base.low == base.persons == base.high else APPROXIMATE
    number, low, high = (np.atleast_1d(n / effect) for n in (base.persons, base.low, base.high))
    found = share_over(hits / effect, Denominator(number, low, high, kind), level=level)
    reason = both(place.reason, base.said)
    known = not math.isnan(base.persons)
    return replace(
        place,
        value=hits / base.persons if known else math.nan,
        numerator=hits,
        denominator=base.persons,
        lower=float(found.lower[0]),
        upper=float(found.upper[0]),
        confidence=level,
        method=found.method + (f", {FAMILIES}" if effect > 1 else ""),
        contributors=hits,
        base_key=key_of(place.indicator, base.lines),
        status="partial" if reason else place.status,
        reason=reason,
    )
