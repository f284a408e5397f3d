"""What a log of events holds, and what follows what in it (Ereignisprotokoll)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.classes import MANY
from kimeval.referrals.events import area_log
from kimeval.referrals.log import EventLog
from kimeval.referrals.loops import circles, visits
from kimeval.referrals.steps import end_rows, step_rows, steps_of
from kimeval.referrals.variants import variant_of_cases

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
        Least number of cases on a step, a beginning or an end with a name of its own.

    Returns
    -------
    Results
        Cases, in total and by first and last activity; events; ways that differ; cases
        that come back to a place; and steps from one activity to the next with their
        median days, in total and by dimension `way`, those of few cases together. Refused
        where no event was delivered.
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
    yield from end_rows(log, place, many)
    yield counted("log_events", len(log))
    yield counted("log_variants", int(variant_of_cases(log).max()) + 1)
    stays = visits(log)
    again = int((stays.log.case_sums(circles(stays)) > 0).sum())
    yield counted("log_circles", again, contributors=again)
    steps = steps_of(log)
    if len(steps):
        days = replace(place, indicator="log_step_days")
        yield from step_rows(steps, replace(place, indicator="log_steps"), days, many)
