"""Directed steps from one place to another (Weiterleitungen, Wechsel)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kimeval.core.errors import DataError
from kimeval.referrals.labels import Column, Labels
from kimeval.referrals.log import DAY, EventLog, event_log
from kimeval.referrals.loops import WINDOW, visits

Times = NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Moves:
    """Steps from a place to another, sorted by case and time (Weiterleitungen).

    Attributes
    ----------
    case : ndarray of int32, shape (n,)
        Number of the case or person, ascending.
    source, target : ndarray of int32, shape (n,)
        Positions in `places`; never equal.
    places : tuple of str
        Names, sorted.
    time : ndarray of int64, shape (n,)
        When the step was made, in microseconds since 1970.
    decided : ndarray of int64 or None, shape (n,)
        When it was answered; `NEVER` while it is open.
    topic, outcome : Labels or None, shape (n,)
        About what, and with which result.
    order : ndarray of int64, shape (n,)
        Row of the source that each step was.
    """

    case: NDArray[np.int32] = field(repr=False)
    source: NDArray[np.int32] = field(repr=False)
    target: NDArray[np.int32] = field(repr=False)
    places: tuple[str, ...] = field(repr=False)
    time: Times = field(repr=False)
    decided: Times | None = field(default=None, repr=False)
    topic: Labels | None = field(default=None, repr=False)
    outcome: Labels | None = field(default=None, repr=False)
    order: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"Moves({len(self)} steps, {len(self.places)} places; rows are not shown)"


def moves_of_referrals(
    case: Column,
    source: Column,
    target: Column,
    time: NDArray[np.datetime64],
    *,
    decided: NDArray[np.datetime64] | None = None,
    topic: Column | None = None,
    outcome: Column | None = None,
) -> Moves:
    """Steps that a file of referrals names by both ends.

    Parameters
    ----------
    case : column of text, shape (n,)
        The person.
    source, target : column of text, shape (n,)
        From where to where; a referral to oneself is no step and left out.
    time, decided : array of datetime64, shape (n,)
        Day of the referral, and of its answer.
    topic, outcome : column of text, shape (n,), optional

    Returns
    -------
    Moves

    Raises
    ------
    DataError
        If a referral lacks its person, an end or its day.
    """
    away = Labels.of(source)
    log = event_log(case, target, time, end=decided, agency=away, topic=topic, outcome=outcome)
    left = away.at(log.order)
    if (left.codes < 0).any():
        raise DataError(
            f"A referral names from where and to where, {int((left.codes < 0).sum())} lack the "
            f"former. Set these rows aside first."
        )
    places, (from_, to) = _joint(left, log.activity)
    return _moves(log, from_, to, places, np.flatnonzero(from_ != to))


def moves_of_log(log: EventLog) -> Moves:
    """Steps between one visit and the next of a log that names places only.

    Parameters
    ----------
    log : EventLog
        Its activities are the places, such as `log.by_agency()`.

    Returns
    -------
    Moves
        At the time of arrival, with topic and outcome of the arrival.
    """
    stays = visits(log).log
    rows = np.flatnonzero(stays.follows)
    codes = stays.activity.codes
    before = np.full(len(stays), -1, np.int32)
    before[rows] = codes[rows - 1]
    return _moves(stays, before, codes, stays.activity.names, rows)


def returned(moves: Moves, window: float = WINDOW, least: float = 1.0) -> NDArray[np.bool_]:
    """Steps that send back: B to A after A to B of the same case (Rückverweisung).

    Parameters
    ----------
    moves : Moves
    window, least : float
        Days between the two, both included. Steps of one day have no known order.

    Returns
    -------
    ndarray of bool, shape (n,)
        Each step counts once, whatever number of steps it answers.
    """
    if not len(moves):
        return np.empty(0, bool)
    kinds = len(moves.places)
    way = (moves.case.astype(np.int64) * kinds + moves.source) * kinds + moves.target
    opposite = (moves.case.astype(np.int64) * kinds + moves.target) * kinds + moves.source
    _, number = np.unique(np.concatenate([way, opposite]), return_inverse=True)
    mine, other = number[: len(moves)], number[len(moves) :]
    days = (moves.time - moves.time.min()) / DAY
    span = float(days.max()) + window + least + 2
    there = np.sort(mine * span + days)
    latest = other * span + days - least
    last = np.searchsorted(there, latest, side="right") - 1
    return (last >= 0) & (there[np.maximum(last, 0)] >= other * span + days - window)


def _moves(
    log: EventLog,
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    places: tuple[str, ...],
    rows: NDArray[np.integer],
) -> Moves:
    def some(labels: Labels | None) -> Labels | None:
        return None if labels is None else labels.at(rows)

    return Moves(
        log.case[rows],
        source[rows],
        target[rows],
        places,
        log.time[rows],
        None if log.end is None else log.end[rows],
        some(log.topic),
        some(log.outcome),
        log.order[rows],
    )


def _joint(*labels: Labels) -> tuple[tuple[str, ...], list[NDArray[np.int32]]]:
    """Codes of several columns in one list of names."""
    names = tuple(sorted({name for one in labels for name in one.names}))
    place = {name: i for i, name in enumerate(names)}
    codes = []
    for one in labels:
        to = np.array([*(place[name] for name in one.names), -1], np.int32)
        codes.append(to[one.codes])
    return names, codes
