"""Cases that go exactly the same way (Varianten)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.referrals.graph import medians, stretches
from kimeval.referrals.log import DAY, EventLog

SEED = 20240701


def variant_of_cases(log: EventLog) -> NDArray[np.int64]:
    """Number of the way that each case goes, shape (cases,).

    Two cases have one number if their activities are the same in the same order. Ways
    are told apart by their whole sequence: a fingerprint finds candidates, which are
    then compared event by event. Numbers follow the first case of each way.
    """
    if not log.cases:
        return np.empty(0, np.int64)
    place = log.place
    first, number = _numbered(_fingerprints(log, place))
    return _apart(log, place, first, number)


def variants(
    log: EventLog, most: int | None = None, number: NDArray[np.int64] | None = None
) -> pd.DataFrame:
    """How many cases go which way (Varianten).

    Parameters
    ----------
    log : EventLog
        Sorted.
    most : int, optional
        Only so many of the most frequent ways; all by default.
    number : ndarray of int64, shape (cases,), optional
        Of `variant_of_cases`, where that is known.

    Returns
    -------
    DataFrame, shape (variants, 3)
        path: activities in order, a tuple; cases: how many go this way; median_days:
        of the time from first to last event. The most frequent first, of equally
        frequent ones that of the earlier case.
    """
    number = variant_of_cases(log) if number is None else number
    cases = np.bincount(number)
    top = np.argsort(-cases, kind="stable")[:most]
    place = np.full(len(cases), len(top))
    place[top] = np.arange(len(top))
    shown = place[number]
    chosen = np.flatnonzero(shown < len(top))
    chosen = chosen[np.argsort(shown[chosen], kind="stable")]
    bounds = np.concatenate([[0], np.cumsum(cases[top])])
    names, codes, starts = np.array(log.activity.names, object), log.activity.codes, log.starts
    first = chosen[bounds[:-1]]
    paths = [tuple(names[codes[starts[case] : starts[case + 1]]]) for case in first]
    taken = (log.time[starts[chosen + 1] - 1] - log.time[starts[chosen]]) / DAY
    days = medians(taken, bounds)
    return pd.DataFrame({"path": paths, "cases": cases[top], "median_days": days})


def _fingerprints(log: EventLog, place: NDArray[np.integer]) -> NDArray[np.uint64]:
    """64 bits of each case's sequence: numbers for its activities, weighed by their place."""
    draw = np.random.default_rng(SEED)
    kinds, longest = len(log.activity.names), int(log.lengths.max())
    words = draw.integers(0, 2**64, kinds, np.uint64)
    weights = draw.integers(0, 2**64, longest, np.uint64) | np.uint64(1)
    mixed = words[log.activity.codes]
    mixed *= weights[place]
    return np.add.reduceat(mixed, log.starts[:-1])


def _numbered(prints: NDArray[np.uint64]) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
    """First case of each fingerprint, and a number for each case in the order of these."""
    order = np.argsort(prints, kind="stable")
    bounds = stretches(prints[order])
    first = order[bounds[:-1]]
    rank = np.empty(len(first), np.int64)
    sooner = np.argsort(first)
    rank[sooner] = np.arange(len(first))
    number = np.empty(len(prints), np.int64)
    number[order] = np.repeat(rank, np.diff(bounds))
    return first[sooner], number


def _apart(
    log: EventLog, place: NDArray[np.integer], first: NDArray[np.integer], number: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Numbers in which cases of one fingerprint and another way stand alone."""
    like, codes = first[number], log.activity.codes
    longer = log.lengths > log.lengths[like]
    model = np.repeat(log.starts[:-1][like].astype(place.dtype), log.lengths)
    model += place
    if longer.any():
        model[np.repeat(longer, log.lengths)] = 0
    wrong = np.logical_or.reduceat(codes != codes[model], log.starts[:-1])
    wrong |= log.lengths != log.lengths[like]
    if not wrong.any():
        return number
    codes_of = {
        case: codes[log.starts[case] : log.starts[case + 1]].tobytes()
        for case in np.flatnonzero(wrong)
    }
    fresh = {
        way: i for i, way in enumerate(dict.fromkeys(codes_of.values()), int(number.max()) + 1)
    }
    for case, way in codes_of.items():
        number[case] = fresh[way]
    return _by_first_case(number)


def _by_first_case(number: NDArray[np.int64]) -> NDArray[np.int64]:
    found, first, again = np.unique(number, return_index=True, return_inverse=True)
    place = np.empty(len(found), np.int64)
    place[np.argsort(first)] = np.arange(len(found))
    return place[again]
