"""Ways that go back or in circles (Rückläufe, Schleifen, Ämter-Pingpong)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.referrals.graph import distinct_runs, medians, stretches
from kimeval.referrals.log import DAY, EventLog

WINDOW = 90


@dataclass(frozen=True, repr=False)
class Visits:
    """Stays at one place after another: repeats of a log are one visit (Aufenthalte).

    Attributes
    ----------
    log : EventLog
        The first event of each visit.
    last : ndarray of int64, shape (visits,)
        When its last event began, in microseconds since 1970.
    """

    log: EventLog
    last: NDArray[np.int64]

    def __repr__(self) -> str:
        return f"Visits({len(self.log)} visits, {self.log.cases} cases; rows are not shown)"


def visits(log: EventLog) -> Visits:
    """Collapse repeats: A, A, B becomes A, B (Aufenthalte).

    A, A is no hand-over, and A, A, B, A one return.
    """
    codes = log.activity.codes
    first = ~log.follows
    first[1:] |= codes[1:] != codes[:-1]
    last = np.append(first[1:], True)[: len(log)]
    return Visits(log.only(first), log.time[last])


def returns(stays: Visits, window: float = WINDOW) -> NDArray[np.int64]:
    """Third visits of each A, B, A within the window (Rückläufe).

    Parameters
    ----------
    stays : Visits
        Of a log.
    window : float
        Most days from the last event of the first A to the first event of the second.

    Returns
    -------
    ndarray of int64, shape (returns,)
        Rows of `stays.log`. A, B, A, B holds two.
    """
    log, codes = stays.log, stays.log.activity.codes
    same = _depth_at_least(log, 2)
    same[2:] &= codes[2:] == codes[:-2]
    back = np.flatnonzero(same)
    return back[log.time[back] - stays.last[back - 2] <= window * DAY]


def ping_pong(log: EventLog | Visits, window: float = WINDOW) -> pd.DataFrame:
    """Who is sent back to where, and how often (Ämter-Pingpong).

    Parameters
    ----------
    log : EventLog or Visits
        Its activities are the places, such as `log.by_agency()`.
    window : float
        Days, see `returns`.

    Returns
    -------
    DataFrame, shape (pairs, 6)
        place, between: A and B of A, B, A; count, cases; handovers: moves from A to B
        that could be followed by a return; median_days: of the time from A to A again.
        The most frequent first.
    """
    stays = log if isinstance(log, Visits) else visits(log)
    inner, names = stays.log, stays.log.activity.names
    codes, size = inner.activity.codes, len(names)
    back = returns(stays, window)
    pair = codes[back] * size + codes[back - 1]
    order = np.argsort(pair, kind="stable")
    bounds = stretches(pair[order])
    found = pair[order[bounds[:-1]]]
    rows = back[order]
    case = np.searchsorted(inner.starts, rows, side="right")
    follows = inner.follows[1:]
    moved = (codes[:-1] * size + codes[1:])[follows]
    table = pd.DataFrame(
        {
            "place": [names[i] for i in found // size],
            "between": [names[i] for i in found % size],
            "count": np.diff(bounds),
            "cases": distinct_runs(case, bounds),
            "handovers": np.bincount(moved, minlength=size * size)[found],
            "median_days": medians(inner.time[rows] - stays.last[rows - 2], bounds) / DAY,
        }
    )
    return table.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def handover_days(stays: Visits) -> NDArray[np.float64]:
    """Days from leaving one place to arriving at the next, shape (hand-overs,)."""
    log = stays.log
    left = stays.last[:-1]
    if log.end is not None:
        left = np.maximum(left, log.end[:-1])
    return np.maximum(log.time[1:] - left, 0)[log.follows[1:]] / DAY


def chains(stays: Visits, longer_than: int) -> NDArray[np.int64]:
    """Cases that pass through more than so many places, shape (cases found,)."""
    return np.flatnonzero(stays.log.lengths > longer_than)


def circles(stays: Visits) -> NDArray[np.bool_]:
    """Visits to a place where the case has been before, shape (visits,)."""
    log = stays.log
    key = log.case.astype(np.int64) * len(log.activity.names) + log.activity.codes
    seen = np.ones(len(log), bool)
    seen[np.unique(key, return_index=True)[1]] = False
    return seen


def _depth_at_least(log: EventLog, steps: int) -> NDArray[np.bool_]:
    """Events that have so many before them in their case, shape (n,)."""
    deep = np.ones(len(log), bool)
    for step in range(steps):
        rows = log.starts[:-1] + step
        deep[rows[rows < log.starts[1:]]] = False
    return deep
