"""Contact before and after the change of legal sphere (vorher und nachher)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal, share
from kimeval.referrals.classes import CROSS
from kimeval.referrals.span import Span
from kimeval.referrals.spheres import CHANGED, FOLLOWED, NONE, UNCHANGED, changes_in

NAME = "contact_around_change"
AROUND = f"change{CROSS}days"
CARE = (-180, -91)
BLOCK = 30
STARTS = (-90, -60, -30, 0, 30, 60)
NOBODY = "niemand mit Wechsel hatte 91 bis 180 Tage davor Kontakt"


def contact_around(
    dataset: Dataset, quarter: Quarter, span: Span | None = None, level: float = 0.95
) -> Results:
    """Share with a contact in each thirty days before and after a change (vorher und nachher).

    Parameters
    ----------
    dataset : Dataset
        With tables legal_spheres, clients and contacts.
    quarter : Quarter
        Of the report.
    span : Span, optional
        In which the new sphere begins; as for `sphere_changes` by default.
    level : float
        Coverage of Wilson's intervals.

    Returns
    -------
    Results
        For the same persons before and after: those with a contact 91 to 180 days before the
        first change in the span; and of those without a change, who had one in the days
        before the middle of the span, as far from it. Refused where nobody had.
    """
    span = span or Span.year(quarter - FOLLOWED)
    status, partly = span.status(dataset)
    place = Row(NAME, span.period, dataset.area.code, status=status, reason=partly)
    try:
        changes = changes_in(dataset, span)
        met = with_person(dataset, "contacts")[["person_id", "contact_on"]]
    except MissingTable as found:
        return Results.of([replace(refusal(NAME, dataset, quarter, found), period=span.period)])
    if changes.empty:
        return Results.of([replace(place, status="refused", reason=NONE)])
    rows = list(_rows(place, _days(changes, met, span), level))
    return Results.of(rows or [replace(place, status="refused", reason=NOBODY)])


def block_name(start: int) -> str:
    """German name of thirty days, such as `90 bis 61 Tage davor`; day 0 is the change."""
    if start < 0:
        return f"{-start} bis {-start - BLOCK + 1} Tage davor"
    return f"{start} bis {start + BLOCK - 1} Tage danach"


def _days(changes: pd.DataFrame, met: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Contacts of persons in care by days from their change, or from the middle of the span."""
    first = changes.groupby("person_id")["changed_on"].min()
    middle = pd.Timestamp(span.start) + (pd.Timestamp(span.end) - pd.Timestamp(span.start)) / 2
    changed = met["person_id"].isin(first.index)
    since = met["person_id"].map(first).fillna(middle.normalize())
    days = (met["contact_on"] - since).dt.days
    told = met.assign(days=days, change=np.where(changed, CHANGED, UNCHANGED))
    return told[told["person_id"].isin(told.loc[told["days"].between(*CARE), "person_id"])]


def _rows(place: Row, told: pd.DataFrame, level: float) -> Iterator[Row]:
    for change in (CHANGED, UNCHANGED):
        part = told[told["change"] == change]
        persons = part["person_id"].unique()
        if not len(persons):
            if change == CHANGED:
                return
            continue
        for start in STARTS:
            inside = part["days"].between(start, start + BLOCK - 1)
            hit = part.loc[inside, "person_id"].unique()
            row = replace(
                place,
                dimension=AROUND,
                group=f"{change}{CROSS}{block_name(start)}",
                record_key=key_of("person_id", hit),
                base_key=key_of("person_id", persons),
            )
            yield share(row, len(hit), len(persons), level, contributors=len(persons))
