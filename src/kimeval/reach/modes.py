"""How people had contact: mode, open office hours (Art des Kontakts, offene Sprechstunde)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import families
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal, share_of_persons
from kimeval.reach.people import contacts, in_quarter
from kimeval.reach.trends import known_quarters

OPEN_HOURS = "persons_without_appointment"


def persons_by_mode(dataset: Dataset, quarter: Quarter, level: float = 0.95) -> Results:
    """Share of the persons reached who had contact in each mode (Art des Kontakts).

    Parameters
    ----------
    dataset : Dataset
        With table contacts; with clients for families.
    quarter : Quarter
        Period of the contacts.
    level : float
        Coverage of the interval, in which families count as clusters.

    Returns
    -------
    Results
        One row per mode, in the order of the code list. Who had contact in two modes is
        in both. Refused where the table or every mode is missing.
    """
    name = "persons_by_mode"
    try:
        held = in_quarter(contacts(dataset), "contact_on", quarter)
    except MissingTable as found:
        return Results.of([_no_mode(refusal(name, dataset, quarter, found))])
    held = held[held["mode"].notna()]
    if held.empty:
        reason = "kein Kontakt mit Angabe zur Art"
        return Results.of([_no_mode(refusal(name, dataset, quarter, reason))])
    persons = pd.Series(sorted(held["person_id"].unique()), dtype="str")
    family = families(dataset, persons).set_axis(persons)
    rows = []
    for code, label in codes("contact_mode").items():
        place = replace(_place(name, dataset, quarter), dimension="contact_mode", group=label)
        had = held["mode"].eq(code).groupby(held["person_id"]).any()
        rows.append(_share(place, had, family, level))
    return Results.of(rows)


def persons_without_appointment(dataset: Dataset, quarter: Quarter, level: float = 0.95) -> Results:
    """Share of the persons reached who came without an appointment (offene Sprechstunde).

    Parameters
    ----------
    dataset, quarter, level
        As for `persons_by_mode`.

    Returns
    -------
    Results
        One row; refused where no contact says whether it had an appointment.
    """
    try:
        held = in_quarter(contacts(dataset), "contact_on", quarter)
    except MissingTable as found:
        return Results.of([refusal(OPEN_HOURS, dataset, quarter, found)])
    told = held[held["with_appointment"].notna()]
    if told.empty:
        reason = "kein Kontakt mit Angabe zum Termin"
        return Results.of([refusal(OPEN_HOURS, dataset, quarter, reason)])
    without = ~told["with_appointment"].astype(bool)
    had = without.groupby(told["person_id"]).any()
    persons = had.index.to_series()
    family = families(dataset, persons)
    return Results.of([_share(_place(OPEN_HOURS, dataset, quarter), had, family, level)])


def modes_by_quarter(dataset: Dataset, last: Quarter, quarters: int = 8) -> Results:
    """Modes and open office hours in each quarter up to `last` (Verlauf)."""
    span = known_quarters(dataset, last, quarters)
    measures = (persons_by_mode, persons_without_appointment)
    return Results.together(measure(dataset, quarter) for measure in measures for quarter in span)


def _no_mode(total: Row) -> Row:
    return replace(total, dimension="contact_mode", group="Art des Kontakts")


def _place(name: str, dataset: Dataset, quarter: Quarter) -> Row:
    status, reason = dataset.status_of_cases(quarter)
    return Row(name, str(quarter), dataset.area.code, status=status, reason=reason)


def _share(place: Row, had: pd.Series, family: pd.Series, level: float) -> Row:
    """Share of the persons who had a trait; both series are indexed by person_id."""
    return share_of_persons(place, had.index.to_series(), had, family.loc[had.index], level)
