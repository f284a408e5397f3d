"""How people come into contact, and what a post carries (Zugang und Auslastung)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.intervals import median_interval
from kimeval.core.persons import families, people
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import both, refusal, share_of_persons
from kimeval.reach.counts import open_cases
from kimeval.reach.people import first_contacts, in_quarter

CASE_MANAGEMENT = "2"


def days_to_first_contact(dataset: Dataset, quarter: Quarter, level: float = 0.95) -> Results:
    """Median of days from arrival to first contact (Tage bis zum ersten Kontakt).

    Parameters
    ----------
    dataset : Dataset
        With tables clients and contacts.
    quarter : Quarter
        In which the first contact lies.
    level : float
        Coverage of the interval from order statistics.

    Returns
    -------
    Results
        One row. First contacts before arrival are left out and the reason says
        so, without their number: it has not passed the gate. Nothing is said
        about people who never came.
    """
    return _or_refused(
        "days_to_first_contact", dataset, quarter, lambda: _days(dataset, quarter, level)
    )


def first_contact_without_appointment(
    dataset: Dataset, quarter: Quarter, level: float = 0.95
) -> Results:
    """Share of first contacts that needed no appointment (Erstkontakte ohne Termin)."""
    name = "first_contact_without_appointment"
    return _or_refused(name, dataset, quarter, lambda: _walk_in(dataset, quarter, level))


def cases_per_fte(dataset: Dataset, quarter: Quarter) -> Results:
    """Active cases per filled full-time equivalent (Fälle je besetzter Stelle).

    Returns
    -------
    Results
        Total and by provider; refused where no filled post is known. The total
        holds only providers whose cases and posts are both known.
    """
    return _or_refused("cases_per_fte", dataset, quarter, lambda: _load(dataset, quarter))


def access(dataset: Dataset, quarter: Quarter) -> Results:
    """How long it took, and who needed no appointment, side by side (Zugang)."""
    measures = (days_to_first_contact, first_contact_without_appointment)
    return Results.together(measure(dataset, quarter) for measure in measures)


def _or_refused(
    name: str, dataset: Dataset, quarter: Quarter, measure: Callable[[], list[Row]]
) -> Results:
    try:
        return Results.of(measure())
    except MissingTable as found:
        return Results.of([refusal(name, dataset, quarter, found)])


def _days(dataset: Dataset, quarter: Quarter, level: float) -> list[Row]:
    name = "days_to_first_contact"
    first = in_quarter(first_contacts(dataset), "contact_on", quarter)
    arrived = people(dataset)["arrived_on"].reindex(first["person_id"]).set_axis(first.index)
    days = (first["contact_on"] - arrived).dt.days.dropna()
    usable = days[days >= 0]
    if usable.empty:
        reason = "kein Erstkontakt mit bekannter Einreise"
        return [refusal(name, dataset, quarter, reason)]
    lower, upper = median_interval(usable, level)
    status, reason = dataset.status_of_cases(quarter)
    if (days < 0).any():
        status, reason = "partial", both(reason, "ohne Erstkontakte, die vor der Einreise liegen")
    return [
        Row(
            name,
            str(quarter),
            dataset.area.code,
            value=float(usable.median()),
            denominator=len(usable),
            lower=lower,
            upper=upper,
            confidence=level,
            method="Median, Ordnungsstatistik",
            contributors=len(usable),
            base_key=key_of("person_id", first.loc[usable.index, "person_id"]),
            status=status,
            reason=reason,
        )
    ]


def _walk_in(dataset: Dataset, quarter: Quarter, level: float) -> list[Row]:
    name = "first_contact_without_appointment"
    first = in_quarter(first_contacts(dataset), "contact_on", quarter)
    told = first["with_appointment"].dropna().astype(bool)
    if told.empty:
        reason = "kein Erstkontakt mit Angabe zum Termin"
        return [refusal(name, dataset, quarter, reason)]
    status, reason = dataset.status_of_cases(quarter)
    asked = first.loc[told.index, "person_id"]
    place = Row(name, str(quarter), dataset.area.code, status=status, reason=reason)
    return [share_of_persons(place, asked, ~told, families(dataset, asked), level)]


def _load(dataset: Dataset, quarter: Quarter) -> list[Row]:
    cases = open_cases(dataset, quarter)
    posts = _posts_on(dataset, pd.Timestamp(quarter.end))
    delivering = {*dataset.table("cases")["provider"], *dataset.providers}
    shared = sorted(delivering.intersection(posts["holder"]))
    apart = sorted({*cases["provider"], *posts["holder"]}.difference(shared))
    rows = [
        replace(
            _load_row(dataset, quarter, cases, posts, [holder]),
            dimension="provider",
            group=dataset.provider_name(holder),
        )
        for holder in sorted([*shared, *apart])
    ]
    total = _load_row(dataset, quarter, cases, posts, shared)
    if apart and total.status != "refused":
        names = ", ".join(map(dataset.provider_name, apart))
        lacking = f"ohne {names}, wo Fälle oder besetzte Stellen nicht bekannt sind"
        total = replace(total, status="partial", reason=both(total.reason, lacking))
    return [total, *rows]


def _posts_on(dataset: Dataset, day: pd.Timestamp) -> pd.DataFrame:
    """Posts in case management on a day, with the provider who holds each."""
    posts, cases = dataset.table("posts"), dataset.table("cases")
    valid = (posts["valid_from"] <= day) & ~(posts["valid_to"] < day)
    chosen = posts[valid & (posts["baustein"] == CASE_MANAGEMENT)]
    providers = sorted({*cases["provider"], *dataset.providers})
    spelled = {dataset.provider_name(p).casefold(): p for p in providers}
    spelled |= {p.casefold(): p for p in providers}
    held_by = chosen["held_by"]
    return chosen.assign(holder=held_by.str.casefold().map(spelled).fillna(held_by))


def _load_row(
    dataset: Dataset,
    quarter: Quarter,
    cases: pd.DataFrame,
    posts: pd.DataFrame,
    holders: list[str],
) -> Row:
    name = "cases_per_fte"
    cases = cases[cases["provider"].isin(holders)]
    filled = posts.loc[posts["holder"].isin(holders), "filled_fte"]
    if not filled.notna().all() or filled.sum() == 0:
        reason = "Fälle oder besetzte Stellen am Stichtag nicht bekannt, oder keine Stelle besetzt"
        return refusal(name, dataset, quarter, reason)
    count = cases["case_id"].nunique()
    status, reason = dataset.status_of_cases(quarter)
    return Row(
        name,
        str(quarter),
        dataset.area.code,
        value=count / float(filled.sum()),
        numerator=count,
        denominator=float(filled.sum()),
        method="Quotient",
        contributors=cases["person_id"].nunique(),
        record_key=key_of("case_id", cases["case_id"]),
        status=status,
        reason=reason,
    )
