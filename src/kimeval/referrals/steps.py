"""Steps from one event to the next as results (Schritte).

Counts and median days by step, those of few persons together, so that hardly one is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.results import Row
from kimeval.referrals.classes import MANY
from kimeval.referrals.graph import waits_before
from kimeval.referrals.log import DAY, EventLog, Labels
from kimeval.referrals.sent import ARROW

WAY = "way"
FIRST, LAST = "first_activity", "last_activity"
OTHER_STEPS, OTHER_ACTIVITIES = "übrige Schritte", "übrige Tätigkeiten"


def steps_of(log: EventLog, inside: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Each step of a log with its days (Schritte).

    Parameters
    ----------
    log : EventLog
        Sorted.
    inside : ndarray of bool, shape (n,), optional
        Events that a step may lead to; all by default.

    Returns
    -------
    DataFrame, shape (steps, 3)
        case; way, such as `Kontakt → Weiterleitung`; days from one to the other, never
        negative.
    """
    follows = log.follows if inside is None else log.follows & inside
    rows = np.flatnonzero(follows)
    names, codes = np.array(log.activity.names, object), log.activity.codes
    pair = codes[rows - 1].astype(np.int64) * len(names) + codes[rows]
    known, number = np.unique(pair, return_inverse=True)
    told = names[known // len(names)] + ARROW + names[known % len(names)] if len(known) else names
    days = waits_before(log, rows) / DAY
    way = pd.Categorical.from_codes(number, categories=told[: len(known)])
    return pd.DataFrame({"case": log.case[rows], "way": way, "days": days})


def step_rows(
    steps: pd.DataFrame, counts: Row, days: Row | None = None, many: int = MANY
) -> Iterator[Row]:
    """Steps in total and by way, and the median days of each way with a name.

    Parameters
    ----------
    steps : DataFrame, shape (steps, 3)
        As from `steps_of`.
    counts, days : Row
        Indicator, period, area, method and status of the rows; no medians without `days`.
    many : int
        Least number of cases on a way with a name of its own.
    """
    yield _counted(counts, len(steps), steps["case"].nunique())
    cases = steps.groupby("way", observed=True)["case"].nunique()
    few = steps["way"].map(cases).astype(float) < many
    named = steps["way"].astype(object).mask(few, OTHER_STEPS)
    for way, part in steps.groupby(named, sort=True):
        persons = part["case"].nunique()
        yield _counted(replace(counts, dimension=WAY, group=str(way)), len(part), persons)
        if days is not None and way != OTHER_STEPS:
            named_days = replace(days, dimension=WAY, group=str(way), method="Median")
            yield replace(named_days, value=float(part["days"].median()), contributors=persons)


def end_rows(log: EventLog, cases: Row, many: int = MANY) -> Iterator[Row]:
    """Cases by their first and by their last activity, rare ones together (Beginn, Ende)."""
    for dimension, at in ((FIRST, log.starts[:-1]), (LAST, log.starts[1:] - 1)):
        for name, number in _by_activity(log.activity, at, many).items():
            place = replace(cases, dimension=dimension, group=name)
            yield _counted(place, number, number)


def _by_activity(activity: Labels, rows: NDArray[np.int64], many: int) -> dict[str, int]:
    counts = np.bincount(activity.codes[rows], minlength=len(activity.names))
    named = {name: int(n) for name, n in zip(activity.names, counts, strict=True) if n >= many}
    rest = int(counts.sum()) - sum(named.values())
    return named | ({OTHER_ACTIVITIES: rest} if rest else {})


def _counted(place: Row, number: int, persons: int) -> Row:
    return replace(place, value=number, numerator=number, contributors=persons)
