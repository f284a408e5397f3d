"""What a log of events holds, and what follows what in it (Ereignisprotokoll)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.classes import MANY
from kimeval.referrals.events import area_log
from kimeval.referrals.graph import directly_follows
from kimeval.referrals.log import EventLog
from kimeval.referrals.loops import circles, visits
from kimeval.referrals.sent import ARROW
from kimeval.referrals.variants import variant_of_cases

OTHER_STEPS = "übrige Schritte"
NAMES = ("log_cases", "log_events", "log_steps", "log_variants", "log_circles")


def log_overview(dataset: Dataset, quarter: Quarter, many: int = MANY) -> Results:
    """Cases, events, ways and steps of a delivered log (Ereignisprotokoll).

    Parameters
    ----------
    dataset : Dataset
        With table events: a log that was delivered as such.
    quarter : Quarter
        Until whose end events count.
    many : int
        Least number of cases on a step with a name of its own.

    Returns
    -------
    Results
        Cases and events; ways that differ; cases that come back to a place; and steps
        from one activity to the next, in total and by dimension `way`, those of few
        cases together. Refused where no event was delivered.
    """
    try:
        dataset.table("events")
        log = area_log(dataset, quarter)
    except MissingTable as found:
        return Results.of([refusal(name, dataset, quarter, found) for name in NAMES])
    if not len(log):
        none = "kein Ereignis bis zum Ende des Quartals"
        return Results.of([refusal(name, dataset, quarter, none) for name in NAMES])
    return Results.of(_rows(log, dataset, quarter, many))


def _rows(log: EventLog, dataset: Dataset, quarter: Quarter, many: int) -> Iterator[Row]:
    status, reason = dataset.status_of_cases(quarter)
    place = Row(NAMES[0], str(quarter), dataset.area.code, status=status, reason=reason,
                method="Auszählung", contributors=log.cases)  # fmt: skip

    def counted(name: str, number: int, cases: int = log.cases, way: str = "") -> Row:
        named = {"dimension": "way" if way else "", "group": way, "contributors": cases}
        return replace(place, indicator=name, value=number, numerator=number, **named)  # type: ignore[arg-type]

    yield counted("log_cases", log.cases)
    yield counted("log_events", len(log))
    yield counted("log_variants", int(variant_of_cases(log).max()) + 1)
    stays = visits(log)
    again = int((stays.log.case_sums(circles(stays)) > 0).sum())
    yield counted("log_circles", again, again)
    if (log.lengths > 1).any():
        yield from (counted("log_steps", *step) for step in _steps(log, many))


def _steps(log: EventLog, many: int) -> Iterator[tuple[int, int, str]]:
    """Steps and cases that make them: in all, then by way, those of few cases together."""
    edges = directly_follows(log).edges
    steps = int(edges["count"].sum())
    yield steps, int((log.lengths > 1).sum()), ""
    known = edges[edges["cases"] >= many]
    ways = known["source"] + ARROW + known["target"]
    told = list(zip(known["count"].tolist(), known["cases"].tolist(), ways, strict=True))
    if len(known) < len(edges):
        told.append((steps - int(known["count"].sum()), _cases_of_others(log, known), OTHER_STEPS))
    yield from sorted(told, key=lambda step: step[2])


def _cases_of_others(log: EventLog, known: pd.DataFrame) -> int:
    """Cases with a step that is not among the known ones."""
    names, codes = pd.Index(log.activity.names), log.activity.codes
    other = np.ones((len(names), len(names)), bool)
    other[names.get_indexer(known["source"]), names.get_indexer(known["target"])] = False
    step = np.zeros(len(log), bool)
    step[1:] = log.follows[1:] & other[codes[:-1], codes[1:]]
    return int(np.count_nonzero(log.case_sums(step)))
