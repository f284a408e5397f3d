"""Rows of results that several measures make alike (Ergebniszeilen)."""

from __future__ import annotations

import math
from dataclasses import replace

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.results import Row, refused


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
