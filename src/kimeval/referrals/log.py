"""An event log as arrays, sorted once (Ereignisprotokoll).

Whatever happened to a case lies in one stretch of rows, in the order of time. All
measures of paths are passes over these arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from kimeval.core.errors import DataError
from kimeval.referrals.labels import UNKNOWN, Codes, Column, Labels, codes_of, encoded
from kimeval.referrals.sorting import sorted_rows

NEVER = np.iinfo(np.int64).min
DAY = 86_400_000_000
Times = NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class EventLog:
    """Events sorted by case, time and declared order (Ereignisprotokoll).

    Attributes
    ----------
    starts : ndarray of int64, shape (cases + 1,)
        Case i holds the rows from starts[i] up to starts[i + 1].
    activity : Labels, shape (n,)
        What happened.
    time : ndarray of int64, shape (n,)
        When it began, in microseconds since 1970.
    end : ndarray of int64 or None, shape (n,)
        When it ended; `NEVER` where that is not known. None where no event has one.
    agency, topic, outcome : Labels or None, shape (n,)
        Where, about what, with which result.
    order : ndarray of int, shape (n,)
        Row of the source that each event was.
    """

    starts: Times = field(repr=False)
    activity: Labels = field(repr=False)
    time: Times = field(repr=False)
    end: Times | None = field(default=None, repr=False)
    agency: Labels | None = field(default=None, repr=False)
    topic: Labels | None = field(default=None, repr=False)
    outcome: Labels | None = field(default=None, repr=False)
    order: NDArray[np.integer] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)

    @property
    def cases(self) -> int:
        """Number of cases."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> Times:
        """Events of each case, shape (cases,)."""
        return np.diff(self.starts)

    @property
    def case(self) -> Codes:
        """Case of each event, shape (n,)."""
        return np.repeat(np.arange(self.cases, dtype=np.int32), self.lengths)

    @property
    def place(self) -> NDArray[np.integer]:
        """How many events a case has before each one, shape (n,)."""
        kind = np.dtype(np.int32 if len(self) < 2**31 else np.int64)
        place: NDArray[np.integer] = np.repeat(self.starts[:-1].astype(kind), self.lengths)
        return np.subtract(np.arange(len(self), dtype=kind), place, out=place)

    @property
    def follows(self) -> NDArray[np.bool_]:
        """Events that have one before them in their case, shape (n,)."""
        known = np.ones(len(self), bool)
        known[self.starts[:-1]] = False
        return known

    def case_sums(self, values: NDArray[Any]) -> Times:
        """Sum of whole numbers or truths of each case's events, shape (cases,)."""
        if not self.cases:
            return np.empty(0, np.int64)
        return np.add.reduceat(values, self.starts[:-1], dtype=np.int64)

    def by_agency(self) -> EventLog:
        """The same log with the agency as the activity, without events of no known agency."""
        known = None if self.agency is None else self.only(self.agency.codes != UNKNOWN)
        if known is None or known.agency is None:
            raise DataError("A path over agencies needs events with one, this log has none.")
        return replace(known, activity=known.agency)

    def only(self, kept: NDArray[np.bool_]) -> EventLog:
        """Some of the events; a case without any is gone."""
        rows = np.flatnonzero(kept)
        counts = self.case_sums(kept)
        starts = np.concatenate([[0], np.cumsum(counts[counts > 0])]).astype(np.int64)
        picked = {
            name: None if (held := getattr(self, name)) is None else held.at(rows)
            for name in ("activity", "agency", "topic", "outcome")
        }
        end = None if self.end is None else self.end[rows]
        return EventLog(starts, time=self.time[rows], end=end, order=self.order[rows], **picked)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"EventLog({len(self)} events, {self.cases} cases; rows are not shown)"


def event_log(
    case: Column,
    activity: Column | Labels,
    time: NDArray[np.datetime64] | pd.Series,
    *,
    end: NDArray[np.datetime64] | pd.Series | None = None,
    agency: Column | Labels | None = None,
    topic: Column | Labels | None = None,
    outcome: Column | Labels | None = None,
    rank: NDArray[np.integer] | None = None,
) -> EventLog:
    """Sort events into a log.

    Parameters
    ----------
    case : column of text, shape (n,)
        Whose event it is.
    activity : column of text, shape (n,)
        What happened.
    time : array of datetime64, shape (n,)
        When it began.
    end : array of datetime64, shape (n,), optional
        When it ended; an end before the beginning is taken as the beginning, so that
        no stay has a negative length.
    agency, topic, outcome : column of text, shape (n,), optional
        Where, about what, with which result.
    rank : array of int, shape (n,), optional
        Which of two events of a case at the same time comes first: the smaller.
        Equal ones stay in the order of the rows.

    Returns
    -------
    EventLog

    Raises
    ------
    DataError
        If an event has no case, activity or time, or the columns differ in length.
    """
    whose = encoded(case)
    moments = _microseconds(time)
    what = Labels.of(activity)
    _require_whole(whose, what, moments)
    cases = codes_of(whose)
    order = sorted_rows(cases, moments, rank)
    sizes = np.bincount(cases, minlength=len(whose.dictionary))
    starts = np.concatenate([[0], np.cumsum(sizes[sizes > 0])]).astype(np.int64)
    began = moments[order]
    given = {"agency": agency, "topic": topic, "outcome": outcome}
    labels = {k: None if v is None else Labels.of(v).at(order) for k, v in given.items()}
    return EventLog(starts, what.at(order), began, _ends(end, order, began), **labels, order=order)


def _ends(
    end: NDArray[np.datetime64] | pd.Series | None, order: NDArray[np.integer], began: Times
) -> Times | None:
    if end is None:
        return None
    ended = _microseconds(end)[order]
    return np.where(ended == NEVER, NEVER, np.maximum(ended, began))


def _microseconds(time: NDArray[np.datetime64] | pd.Series) -> Times:
    return np.asarray(time, "datetime64[us]").view(np.int64)


def _require_whole(cases: pa.DictionaryArray, what: Labels, moments: Times) -> None:
    if not len(cases) == len(what) == len(moments):
        raise DataError(
            f"Columns of an event log are of one length, got {len(cases)}, {len(what)} and "
            f"{len(moments)}. Take them from one table."
        )
    lacking = cases.null_count, int((what.codes == UNKNOWN).sum()), int((moments == NEVER).sum())
    if any(lacking):
        raise DataError(
            f"An event has case, activity and time, missing in {', '.join(map(str, lacking))} "
            f"rows. Set these rows aside first."
        )
