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
from kimeval.referrals.graph import waits_before
from kimeval.referrals.log import DAY, EventLog
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

    def counted(name: str, number: int, **changed: object) -> Row:
        told = {"value": number, "numerator": number, **changed}
        return replace(place, indicator=name, **told)  # type: ignore[arg-type]

    yield counted("log_cases", log.cases)
    yield counted("log_events", len(log))
    yield counted("log_variants", int(variant_of_cases(log).max()) + 1)
    stays = visits(log)
    again = int((stays.log.case_sums(circles(stays)) > 0).sum())
    yield counted("log_circles", again, contributors=again)
    steps = _steps(log)
    if steps.empty:
        return
    yield counted("log_steps", len(steps), contributors=steps["case"].nunique())
    cases = steps.groupby("way")["case"].nunique()
    named = steps["way"].where(steps["way"].map(cases) >= many, OTHER_STEPS)
    for way, part in steps.groupby(named, sort=True):
        group = {"dimension": "way", "group": str(way), "contributors": part["case"].nunique()}
        yield counted("log_steps", len(part), **group)


def _steps(log: EventLog) -> pd.DataFrame:
    rows = np.flatnonzero(log.follows)
    names, codes = np.array(log.activity.names, object), log.activity.codes
    way = names[codes[rows - 1]] + ARROW + names[codes[rows]]
    days = waits_before(log, rows) / DAY
    return pd.DataFrame({"case": log.case[rows], "way": way, "days": days})
