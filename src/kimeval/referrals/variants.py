"""Cases that go exactly the same way (Varianten)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.referrals.graph import medians
from kimeval.referrals.log import DAY, EventLog

MIX = np.uint64(0x9E3779B97F4A7C15)


def variant_of_cases(log: EventLog) -> NDArray[np.int64]:
    """Number of the way that each case goes, shape (cases,).

    Two cases have one number if their activities are the same in the same order. Ways
    are told apart by their whole sequence: a fingerprint finds candidates, which are
    then compared event by event. Numbers follow the first case of each way.
    """
    if not log.cases:
        return np.empty(0, np.int64)
    prints = _fingerprints(log)
    _, first, number = np.unique(prints, return_index=True, return_inverse=True)
    number = _apart(log, first, number.astype(np.int64))
    return _by_first_case(number)


def variants(log: EventLog, most: int | None = None) -> pd.DataFrame:
    """How many cases go which way (Varianten).

    Parameters
    ----------
    log : EventLog
        Sorted.
    most : int, optional
        Only so many of the most frequent ways; all by default.

    Returns
    -------
    DataFrame, shape (variants, 3)
        path: activities in order, a tuple; cases: how many go this way; median_days:
        of the time from first to last event. The most frequent first, of equally
        frequent ones that of the earlier case.
    """
    number = variant_of_cases(log)
    cases = np.bincount(number)
    first = np.unique(number, return_index=True)[1]
    top = np.argsort(-cases, kind="stable")[:most]
    names, codes, starts = np.array(log.activity.names, object), log.activity.codes, log.starts
    paths = [tuple(names[codes[starts[case] : starts[case + 1]]]) for case in first[top]]
    place = np.full(len(cases), len(top))
    place[top] = np.arange(len(top))
    shown = place[number]
    order = np.argsort(shown, kind="stable")
    taken = (log.time[starts[1:] - 1] - log.time[starts[:-1]])[order] / DAY
    bounds = np.searchsorted(shown[order], np.arange(len(top) + 1))
    days = medians(taken, bounds)
    return pd.DataFrame({"path": paths, "cases": cases[top], "median_days": days})


def _fingerprints(log: EventLog) -> NDArray[np.uint64]:
    """64 bits of each case's sequence; place and activity mixed, then summed."""
    place = (np.arange(len(log)) - np.repeat(log.starts[:-1], log.lengths)).astype(np.uint64)
    mixed = (place << np.uint64(32)) + log.activity.codes.astype(np.uint64) + np.uint64(1)
    mixed *= MIX
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    return np.add.reduceat(mixed, log.starts[:-1])


def _apart(log: EventLog, first: NDArray[np.integer], number: NDArray[np.int64]) -> NDArray:
    """Numbers in which cases of one fingerprint and another way stand alone."""
    like = first[number]
    wrong = log.lengths != log.lengths[like]
    events = np.repeat(~wrong, log.lengths)
    place = np.arange(len(log)) - np.repeat(log.starts[:-1], log.lengths)
    model = np.repeat(log.starts[:-1][like], log.lengths) + place
    other = np.zeros(len(log), bool)
    codes = log.activity.codes
    other[events] = codes[events] != codes[model[events]]
    wrong |= np.logical_or.reduceat(other, log.starts[:-1])
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
    return number


def _by_first_case(number: NDArray[np.int64]) -> NDArray[np.int64]:
    found, first, again = np.unique(number, return_index=True, return_inverse=True)
    place = np.empty(len(found), np.int64)
    place[np.argsort(first)] = np.arange(len(found))
    return place[again]
