"""An event log as arrays, sorted once (Ereignisprotokoll).

Whatever happened to a case lies in one stretch of rows, in the order of time. All
measures of paths are passes over these arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kimeval.core.errors import DataError

UNKNOWN = -1
NEVER = np.iinfo(np.int64).min
UNITS = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1_000, 1)
DAY = UNITS[0]
Codes = NDArray[np.int32]
Times = NDArray[np.int64]
Column: TypeAlias = Any  # a column of text of pyarrow or pandas, or a sequence of str


@dataclass(frozen=True, repr=False)
class Labels:
    """A column of words as codes (Schlüssel).

    Attributes
    ----------
    codes : ndarray of int32, shape (n,)
        Positions in `names`; -1 where the word is missing.
    names : tuple of str, shape (k,)
        Each word once, sorted.
    """

    codes: Codes = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, column: Column | Labels) -> Labels:
        """Codes of a column of text, sorted by word so that they do not depend on its order."""
        if isinstance(column, Labels):
            return column
        found = encoded(column)
        words = found.dictionary.to_pylist()
        order = sorted(range(len(words)), key=words.__getitem__)
        place = np.empty(len(words) + 1, np.int32)
        place[order] = np.arange(len(words), dtype=np.int32)
        place[-1] = UNKNOWN
        return cls(place[_filled(found.indices)], tuple(words[i] for i in order))

    def at(self, rows: NDArray[np.integer]) -> Labels:
        """The same words for some of the rows."""
        return Labels(self.codes[rows], self.names)

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"Labels({len(self)} rows, {len(self.names)} names)"


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
    order : ndarray of int64, shape (n,)
        Row of the source that each event was.
    """

    starts: Times = field(repr=False)
    activity: Labels = field(repr=False)
    time: Times = field(repr=False)
    end: Times | None = field(default=None, repr=False)
    agency: Labels | None = field(default=None, repr=False)
    topic: Labels | None = field(default=None, repr=False)
    outcome: Labels | None = field(default=None, repr=False)
    order: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)

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
    cases = _filled(whose.indices)
    order = _sorted(cases, moments, rank)
    sizes = np.bincount(cases, minlength=len(whose.dictionary))
    starts = np.concatenate([[0], np.cumsum(sizes[sizes > 0])]).astype(np.int64)
    began = moments[order]
    given = {"agency": agency, "topic": topic, "outcome": outcome}
    labels = {k: None if v is None else Labels.of(v).at(order) for k, v in given.items()}
    return EventLog(starts, what.at(order), began, _ends(end, order, began), **labels, order=order)


def _ends(
    end: NDArray[np.datetime64] | pd.Series | None, order: NDArray[np.int64], began: Times
) -> Times | None:
    if end is None:
        return None
    ended = _microseconds(end)[order]
    return np.where(ended == NEVER, NEVER, np.maximum(ended, began))


def _sorted(cases: Codes, moments: Times, rank: NDArray[np.integer] | None) -> NDArray[np.int64]:
    """Order by case, time and rank; one packed key where it fits into 63 bits."""
    if not len(moments):
        return np.empty(0, np.int64)
    first = int(moments.min())
    past = moments - first
    past //= next(unit for unit in UNITS if not np.any(past % unit))
    low = np.zeros(1, np.int64) if rank is None else np.asarray(rank, np.int64) - int(min(rank))
    spans = int(past.max()) + 1, int(low.max()) + 1
    if (int(cases.max()) + 1) * spans[0] * spans[1] >= 2**63:
        return np.lexsort((low if rank is not None else past, past, cases))
    key = cases.astype(np.int64)
    key *= spans[0]
    key += past
    if rank is not None:
        key *= spans[1]
        key += low
    return np.argsort(key, kind="stable")


def encoded(column: Column) -> pa.DictionaryArray:
    """Each text once, and which one every row has.

    There is one dictionary for all: many small ones are slower to join than to read anew.
    """
    made = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column)
    if isinstance(made, pa.ChunkedArray) and pa.types.is_dictionary(made.type):
        made = made.cast(made.type.value_type)
    codes = made if pa.types.is_dictionary(made.type) else pc.dictionary_encode(made)
    if not isinstance(codes, pa.ChunkedArray):
        return codes
    if not codes.num_chunks:
        return pc.dictionary_encode(pa.array([], pa.string()))
    return codes.combine_chunks()


def _filled(indices: pa.Array) -> Codes:
    return pc.fill_null(indices, UNKNOWN).to_numpy(zero_copy_only=False).astype(np.int32)


def _microseconds(time: NDArray[np.datetime64] | pd.Series) -> Times:
    return np.asarray(time, "datetime64[us]").astype(np.int64)


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
