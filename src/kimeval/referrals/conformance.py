"""How the ways of cases differ from the intended steps (Abweichung vom Zielpfad)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.errors import DataError
from kimeval.core.intervals import wilson_interval
from kimeval.referrals.labels import Labels
from kimeval.referrals.log import DAY, NEVER, EventLog
from kimeval.referrals.loops import visits
from kimeval.referrals.target import TargetPath
from kimeval.referrals.variants import variant_of_cases

STATUS = ("open", "in_time", "late", "done", "skipped", "overdue", "not_needed")
OPEN, IN_TIME, LATE, DONE, SKIPPED, OVERDUE, NOT_NEEDED = range(len(STATUS))
Places = NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Conformance:
    """Each case beside the intended steps (Abgleich mit dem Zielpfad).

    Attributes
    ----------
    path : TargetPath
        The intended steps.
    status : ndarray of int8, shape (cases, steps)
        Place in `STATUS`. in_time or late where a limit could be judged, done where not;
        skipped: not done although a later step was; overdue: not done and past its limit;
        not_needed: not done and not required; open: not done, and it may still come.
    days : ndarray of float, shape (cases, steps)
        From the step that the limit counts from; NaN where either was not done.
    added : ndarray of int, shape (cases, steps)
        Events of each step beyond the path.
    fitness : ndarray of float, shape (cases,)
        1 less steps skipped, overdue or added, divided by the most there could be: all
        required steps that could be judged and all events. NaN without either.
    """

    path: TargetPath
    status: NDArray[np.int8] = field(repr=False)
    days: NDArray[np.float64] = field(repr=False)
    added: NDArray[np.int64] = field(repr=False)
    fitness: NDArray[np.float64] = field(repr=False)

    @property
    def conforms(self) -> NDArray[np.bool_]:
        """Cases without a step skipped, late, overdue or added so far, shape (cases,)."""
        astray = np.isin(self.status, (SKIPPED, LATE, OVERDUE)).any(axis=1)
        return np.asarray(~astray & ~self.added.any(axis=1))

    def __repr__(self) -> str:
        return f"Conformance({len(self.status)} cases, {len(self.path.steps)} steps; not protected)"


def conformance(log: EventLog, path: TargetPath, until: np.datetime64 | dt.date) -> Conformance:
    """Lay each case beside the intended steps (Abgleich mit dem Zielpfad).

    Parameters
    ----------
    log : EventLog
        Activities that no step names are left aside. Several events of one step in a row
        are one; of events at the same time that of the earlier step comes first.
    path : TargetPath
    until : date
        Last day of which the log knows. A step that is not due by then is open.

    Returns
    -------
    Conformance
        A row per case of the log, also for one without any of the steps.

    Raises
    ------
    DataError
        If an event lies after `until`.

    Notes
    -----
    Events and steps are aligned at the least cost: 1 for a required step left out, 1 for
    an event added unless its step may come again. Of alignments of the same cost that one
    holds in which earlier steps are done, and at earlier events. Each way is aligned once,
    in time proportional to its length, for all cases that go it.

    References
    ----------
    Adriansyah, van Dongen and van der Aalst (2011), EDOC, 55-64. Needleman and Wunsch
    (1970), J. Mol. Biol. 48, 443-453.
    """
    last = (
        int(np.array([until], "datetime64[D]").astype("datetime64[us]").astype(np.int64)[0]) + DAY
    )
    if (log.time >= last).any():
        raise DataError(
            f"A log is known until the day given, {int((log.time >= last).sum())} events lie "
            f"after it. Give the day of the delivery."
        )
    steps, whose = _step_log(log, path)
    number = variant_of_cases(steps)
    first = np.unique(number, return_index=True)[1]
    codes = steps.activity.codes
    ways = [codes[steps.starts[case] : steps.starts[case + 1]].tolist() for case in first]
    aligned = [align(way, path) for way in ways]
    size = len(path.steps)
    events = np.full((log.cases, size), NEVER)
    added, moves = np.zeros((log.cases, size), np.int64), np.zeros(log.cases, np.int64)
    if len(whose):
        place = np.array([found for found, _ in aligned])[number]
        rows = steps.starts[:-1, None] + place
        events[whose] = np.where(place >= 0, steps.time[np.maximum(rows, 0)], NEVER)
        added[whose] = np.array([extra for _, extra in aligned])[number]
        moves[whose] = (place >= 0).sum(axis=1) + added[whose].sum(axis=1)
    status, days = _judged(events, path, last - DAY)
    required = np.array([step.required for step in path.steps])
    missing = np.isin(status, (SKIPPED, OVERDUE)).sum(axis=1)
    most = ((status != OPEN) & required).sum(axis=1) + moves
    short = (missing + added.sum(axis=1)) / np.maximum(most, 1)
    return Conformance(path, status, days, added, np.where(most > 0, 1 - short, np.nan))


def align(way: list[int], path: TargetPath) -> tuple[list[int], list[int]]:
    """Least-cost alignment of one way with the intended steps.

    Parameters
    ----------
    way : list of int
        Places of the steps that its events are of, in order.
    path : TargetPath

    Returns
    -------
    tuple of list of int, both of the length of the path
        Place in the way of the event that each step was done at, -1 where it was left
        out; and how many events of each step were added.
    """
    steps, size = path.steps, len(path.steps)
    cost = [[0] * (size + 1) for _ in range(len(way) + 1)]
    for at in range(len(way), -1, -1):
        for step in range(size, -1, -1):
            options = []
            if at < len(way):
                options.append(cost[at + 1][step] + (not steps[way[at]].again))
                if step < size and way[at] == step:
                    options.append(cost[at + 1][step + 1])
            if step < size:
                options.append(cost[at][step + 1] + steps[step].required)
            cost[at][step] = min(options, default=0)
    found, added = [-1] * size, [0] * size
    at = step = 0
    while at < len(way) or step < size:
        here = cost[at][step]
        if at < len(way) and step < size and way[at] == step and here == cost[at + 1][step + 1]:
            found[step], at, step = at, at + 1, step + 1
        elif at < len(way) and here == cost[at + 1][step] + (not steps[way[at]].again):
            added[way[at]] += not steps[way[at]].again
            at += 1
        else:
            step += 1
    return found, added


def step_shares(made: Conformance, level: float = 0.95) -> pd.DataFrame:
    """How many cases did each step, and in time (Anteile je Schritt).

    Returns
    -------
    DataFrame, shape (steps, 16)
        step, name; cases in each status of `STATUS`; added: events beyond the path; judged:
        cases in which the step is not open; share of them that did it, lower, upper;
        timely: share in time of those with a limit that could be judged, timely_lower,
        timely_upper. Wilson's intervals; NaN without such a case.
    """
    counts = np.stack([(made.status == code).sum(axis=0) for code in range(len(STATUS))], axis=1)
    frame = pd.DataFrame(counts, columns=list(STATUS))
    frame.insert(0, "step", [step.id for step in made.path.steps])
    frame.insert(1, "name", [step.name for step in made.path.steps])
    did = counts[:, [IN_TIME, LATE, DONE]].sum(axis=1)
    frame["added"], frame["judged"] = made.added.sum(axis=0), counts[:, OPEN + 1 :].sum(axis=1)
    limited = counts[:, [IN_TIME, LATE, OVERDUE]].sum(axis=1)
    for name, hits, base in (
        ("share", did, frame["judged"].to_numpy()),
        ("timely", counts[:, IN_TIME], limited),
    ):
        bounds = ["lower", "upper"] if name == "share" else ["timely_lower", "timely_upper"]
        frame[name] = np.divide(hits, base, out=np.full(len(frame), np.nan), where=base > 0)
        frame[bounds] = wilson_interval(hits, base, level)
    return frame


def _step_log(log: EventLog, path: TargetPath) -> tuple[EventLog, Places]:
    """Visits to steps as a log, and the case of the log that each of its cases is."""
    known = path.step_of()
    step = np.array([*(known.get(name, -1) for name in log.activity.names), -1], np.int32)
    step = step[log.activity.codes]
    kept = np.flatnonzero(step >= 0)
    case, time = log.case[kept], log.time[kept]
    order = np.lexsort((step[kept], time, case))
    whose, sizes = np.unique(case, return_counts=True)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    names = tuple(one.id for one in path.steps)
    made = EventLog(starts, Labels(step[kept][order], names), time[order], order=kept[order])
    return (visits(made).log if len(made) else made), whose.astype(np.int64)


def _judged(
    events: Places, path: TargetPath, until: int
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Status and days of each step, shape (cases, steps)."""
    did = events != NEVER
    later = np.zeros_like(did)
    later[:, :-1] = np.logical_or.accumulate(did[:, :0:-1], axis=1)[:, ::-1]
    status = np.where(did, DONE, np.where(later, SKIPPED, OPEN)).astype(np.int8)
    days = np.full(events.shape, np.nan)
    for place, step in enumerate(path.steps):
        mine, base = did[:, place], path.base(place)
        if base >= 0:
            both = mine & did[:, base]
            days[both, place] = (events[both, place] - events[both, base]) / DAY
        if base >= 0 and step.within_days is not None:
            status[both, place] = np.where(days[both, place] > step.within_days, LATE, IN_TIME)
            past = did[:, base] & (until - events[:, base] > step.within_days * DAY)
            status[past & (status[:, place] == OPEN), place] = OVERDUE
        if not step.required:
            status[~mine, place] = NOT_NEEDED
    return status, days
