"""Rows of results that several measures make alike (Ergebniszeilen)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.recordkeys import key_of
from kimeval.core.results import Row
from kimeval.core.rows import FAMILIES, both
from kimeval.core.statistics.uncertain import APPROXIMATE, EXACT, Denominator, share_over
from kimeval.reach.bases import Base


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
