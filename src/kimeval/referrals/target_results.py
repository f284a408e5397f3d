"""Persons beside the intended steps, as results (Abgleich mit dem Zielpfad)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import people, with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal, share
from kimeval.referrals.conformance import (
    IN_TIME,
    LATE,
    NOT_NEEDED,
    OPEN,
    OVERDUE,
    SKIPPED,
    STATUS,
    Conformance,
    conformance,
)
from kimeval.referrals.log import EventLog, event_log
from kimeval.referrals.span import Span
from kimeval.referrals.target import TargetPath, target_path

FOLLOWED = 2
STEP = "step"
NAMES = ("path_step_done", "path_step_in_time", "path_step_skipped", "path_followed")
NOBODY = "niemand hatte im Zeitraum den ersten Kontakt"
NOT_DELIVERED = "die Tabelle dieses Schritts wurde nicht geliefert"
# activity: canonical table and column of its day
SOURCES = {
    "arrival": ("clients", "arrived_on"),
    "contact": ("contacts", "contact_on"),
    "assessment": ("assessments", "assessed_on"),
    "referral": ("referrals", "referred_on"),
    "decision": ("referrals", "decided_on"),
    "placement": ("placements", "started_on"),
}


def target_path_followed(
    dataset: Dataset, quarter: Quarter, path: TargetPath | None = None, level: float = 0.95
) -> Results:
    """How far persons go the intended way (Abgleich mit dem Zielpfad).

    Parameters
    ----------
    dataset : Dataset
        With tables contacts and clients, and those of the other steps. A step whose table
        was not delivered is refused and left out of the path, with the limits from it.
    quarter : Quarter
        Of the report. It looks at those whose first contact fell into the last calendar
        year that ended `FOLLOWED` quarters before its end, and at what is known at the end
        of these: each year on one day, so that a later report says the same of it.
    path : TargetPath, optional
        That of kimeval by default.
    level : float
        Coverage of Wilson's intervals.

    Returns
    -------
    Results
        Per step the share of persons that did it, of those for whom it is not open; that
        did it in time, where a limit can be judged; that passed it over, of those who did
        it or a later one. And the share of all without any deviation so far.
    """
    span = Span.year(quarter - FOLLOWED)
    seen = span.last + FOLLOWED
    path = path or target_path()
    try:
        log, persons = person_log(dataset, seen, span)
    except MissingTable as found:
        blank = [refusal(name, dataset, quarter, found) for name in NAMES]
        return Results.of([replace(row, period=span.period) for row in blank])
    if not log.cases:
        blank = [refusal(name, dataset, quarter, NOBODY) for name in NAMES]
        return Results.of([replace(row, period=span.period) for row in blank])
    there = {activity for activity, (name, _) in SOURCES.items() if name in dataset.tables}
    delivered, lacking = _delivered(path, there)
    status, reason = dataset.status_of_cases(seen)
    area = dataset.area.code
    place = Row(NAMES[0], span.period, area, status=status, reason=reason)
    rows = [
        replace(place, indicator=name, dimension=STEP, group=step, status="refused",
                reason=NOT_DELIVERED)
        for step in lacking
        for name in NAMES[:3]
    ]  # fmt: skip
    if delivered is None:
        return Results.of(rows)
    made = conformance(log, delivered, seen.end)
    rows += _shares(made, persons, place, level)
    return Results.of(rows)


def person_log(dataset: Dataset, seen: Quarter, span: Span) -> tuple[EventLog, np.ndarray]:
    """Steps of persons whose first contact fell into a span (Schritte).

    Parameters
    ----------
    dataset : Dataset
        With tables contacts and clients.
    seen : Quarter
        Later events are left out.
    span : Span
        Of the first contact with any provider.

    Returns
    -------
    tuple of EventLog and ndarray of str, shape (cases,)
        Activities are those of `SOURCES`; and the person of each case.
    """
    first = with_person(dataset, "contacts").groupby("person_id")["contact_on"].min()
    begin, end = pd.Timestamp(span.start), pd.Timestamp(span.end)
    cohort = first.index[first.between(begin, end)]
    parts = []
    for activity, (name, column) in SOURCES.items():
        if name not in dataset.tables:
            continue
        known = people(dataset).reset_index() if name == "clients" else with_person(dataset, name)
        rows = known[["person_id", column]].dropna()
        rows = rows[rows["person_id"].isin(cohort) & (rows[column] <= pd.Timestamp(seen.end))]
        parts.append(rows.set_axis(["person", "time"], axis=1).assign(activity=activity))
    rows = pd.concat(parts, ignore_index=True)
    log = event_log(rows["person"], rows["activity"], rows["time"].to_numpy("datetime64[us]"))
    return log, rows["person"].to_numpy(dtype=object)[log.order[log.starts[:-1]]]


def _delivered(path: TargetPath, there: set[str]) -> tuple[TargetPath | None, list[str]]:
    """The path without steps whose tables were not delivered, and their names."""
    kept = [step for step in path.steps if there.intersection(step.activities)]
    lacking = [step.name for step in path.steps if step not in kept]
    if len(kept) < 2:
        return None, lacking
    ids, steps = [step.id for step in kept], []
    for step in kept:
        base = path.base(path.steps.index(step))
        after = path.steps[base].id if base >= 0 else ""
        lost = {"within_days": None, "after": ""}
        steps.append(step.model_copy(update={"after": after} if after in ids else lost))
    return path.model_copy(update={"steps": tuple(steps)}), lacking


def _shares(made: Conformance, persons: np.ndarray, place: Row, level: float) -> Iterator[Row]:
    did = [code for code in range(len(STATUS)) if STATUS[code] in ("in_time", "late", "done")]
    for at, step in enumerate(made.path.steps):
        status = made.status[:, at]
        row = replace(place, dimension=STEP, group=step.name)
        done, limited = np.isin(status, did), np.isin(status, (IN_TIME, LATE, OVERDUE))
        parts = {
            NAMES[0]: (done, status != OPEN),
            NAMES[1]: (status == IN_TIME, limited),
            NAMES[2]: (status == SKIPPED, done | (status == SKIPPED)),
        }
        for name, (hit, base) in parts.items():
            judged = not (name == NAMES[2] and (status == NOT_NEEDED).any())
            if base.any() and judged:
                yield _share(replace(row, indicator=name), hit, base, persons, level)
    everyone = np.ones(len(persons), bool)
    followed = replace(place, indicator=NAMES[3])
    yield _share(followed, made.conforms, everyone, persons, level)


def _share(place: Row, hit: np.ndarray, base: np.ndarray, persons: np.ndarray, level: float) -> Row:
    place = replace(
        place,
        record_key=key_of("person_id", persons[hit]),
        base_key=key_of("person_id", persons[base]),
    )
    return share(place, int(hit.sum()), int(base.sum()), level, contributors=int(base.sum()))
