"""Which activity follows which, how often and after how long (Folgegraph)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.referrals.log import DAY, EventLog

EDGES = ["source", "target", "count", "cases", "median_days"]


@dataclass(frozen=True, repr=False)
class Graph:
    """The directly-follows graph of a log (Folgegraph).

    Attributes
    ----------
    edges : DataFrame, shape (edges, 5)
        source, target: activities that follow each other at once; count: how often;
        cases: in how many cases; median_days: of the time from one to the next. The
        most frequent first.
    starts, ends : Series of int, indexed by activity
        Cases that begin and end with it.
    """

    edges: pd.DataFrame
    starts: pd.Series
    ends: pd.Series

    def __repr__(self) -> str:
        return f"Graph({len(self.edges)} edges, {int(self.starts.sum())} cases; not protected)"


def directly_follows(log: EventLog) -> Graph:
    """Count which activity directly follows which within a case.

    Parameters
    ----------
    log : EventLog
        Sorted.

    Returns
    -------
    Graph
        Where an event has an end, the time to the next runs from there and is zero
        where the two overlap: a wait is never negative.

    References
    ----------
    van der Aalst (2016), Process Mining, 2nd ed., ch. 6.
    """
    names = log.activity.names
    size, second = len(names), log.follows[1:]
    pair, waits = _pairs(log, second), waits_between(log)[second]
    order = np.argsort(pair, kind="stable")
    pair, waits = pair[order], waits[order]
    bounds = stretches(pair)
    found = pair[bounds[:-1]].astype(np.int64)
    case = np.repeat(np.arange(log.cases, dtype=np.int32), log.lengths - 1)[order]
    edges = pd.DataFrame(
        {
            "source": [names[i] for i in found // size],
            "target": [names[i] for i in found % size],
            "count": np.diff(bounds),
            "cases": distinct_runs(case, bounds),
            "median_days": medians(waits, bounds) / DAY,
        }
    )
    edges = edges.sort_values("count", ascending=False, kind="stable", ignore_index=True)
    return Graph(edges, _counted(log, log.starts[:-1]), _counted(log, log.starts[1:] - 1))


def stretches(values: NDArray[np.integer]) -> NDArray[np.int64]:
    """Where each stretch of equal values begins, and the end, shape (stretches + 1,)."""
    new = np.flatnonzero(values[1:] != values[:-1]) + 1
    bounds = np.concatenate([[0], new, [len(values)]]).astype(np.int64)
    return bounds if len(values) else bounds[:1]


def waits_before(log: EventLog, rows: NDArray[np.integer]) -> NDArray[np.int64]:
    """Microseconds from the event before to each of some events, never negative."""
    return waits_between(log)[rows - 1]


def waits_between(log: EventLog) -> NDArray[np.int64]:
    """Microseconds from each row to the next, never negative, shape (n - 1,).

    Where the next row is another case, the value means nothing.
    """
    left = log.time[:-1] if log.end is None else np.maximum(log.time[:-1], log.end[:-1])
    waits = log.time[1:] - left
    return np.maximum(waits, 0, out=waits)


def medians(values: NDArray[Any], bounds: NDArray[np.integer]) -> NDArray[np.float64]:
    """Median of each stretch of values, stretches from bounds[i] up to bounds[i + 1]."""
    found = np.empty(len(bounds) - 1)
    for i, (low, high) in enumerate(pairwise(bounds)):
        found[i] = np.median(values[low:high])
    return found


def distinct_runs(values: NDArray[np.integer], bounds: NDArray[np.integer]) -> NDArray[np.int64]:
    """Distinct values in each stretch; equal ones lie side by side there."""
    if not len(values):
        return np.empty(0, np.int64)
    new = np.empty(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    new[bounds[:-1]] = True
    return np.add.reduceat(new, bounds[:-1], dtype=np.int64)


def _pairs(log: EventLog, second: NDArray[np.bool_]) -> NDArray[np.integer]:
    """Source and target in one number; of 16 bits where they suffice, which sort faster."""
    size, codes = len(log.activity.names), log.activity.codes
    kind = np.dtype(np.uint16 if size * size <= 2**16 else np.int64)
    pair: NDArray[np.integer] = codes[:-1].astype(kind)
    pair *= kind.type(size)
    pair += codes[1:].astype(kind)
    return pair[second]


def _counted(log: EventLog, rows: NDArray[np.integer]) -> pd.Series:
    counts = np.bincount(log.activity.codes[rows], minlength=len(log.activity.names))
    found = pd.Series(counts, index=pd.Index(log.activity.names, dtype="str"))
    return found[found > 0].sort_values(ascending=False, kind="stable")
