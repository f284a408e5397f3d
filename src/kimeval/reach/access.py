"""How people come into contact, and what a post carries (Zugang und Auslastung)."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.intervals import median_interval, wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row, refused
from kimeval.reach.counts import open_cases
from kimeval.reach.people import first_contacts, in_quarter, people

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
        One row. First contacts before arrival are left out and counted in the
        reason; nothing is said about people who never came.
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
        Total and by provider; refused where no filled post is known.
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
        return Results.of([refused(name, str(quarter), dataset.area.code, str(found))])


def _days(dataset: Dataset, quarter: Quarter, level: float) -> list[Row]:
    name = "days_to_first_contact"
    first = in_quarter(first_contacts(dataset), "contact_on", quarter)
    arrived = first["person_id"].map(people(dataset)["arrived_on"])
    days = (first["contact_on"] - arrived).dt.days.dropna()
    usable = days[days >= 0]
    if usable.empty:
        reason = "kein Erstkontakt mit bekannter Einreise"
        return [refused(name, str(quarter), dataset.area.code, reason)]
    lower, upper = median_interval(usable, level)
    status, reason = dataset.status_of_cases(quarter)
    if before := int((days < 0).sum()):
        count = "ein Erstkontakt" if before == 1 else f"{before} Erstkontakte"
        status, reason = "partial", "; ".join(filter(None, [reason, f"ohne {count} vor der Einreise"]))
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
        return [refused(name, str(quarter), dataset.area.code, reason)]
    hits = int((~told).sum())
    lower, upper = wilson_interval(hits, len(told), level)[0]
    status, reason = dataset.status_of_cases(quarter)
    return [
        Row(
            name,
            str(quarter),
            dataset.area.code,
            value=hits / len(told),
            numerator=hits,
            denominator=len(told),
            lower=lower,
            upper=upper,
            confidence=level,
            method="Wilson",
            contributors=len(told),
            status=status,
            reason=reason,
        )
    ]


def _load(dataset: Dataset, quarter: Quarter) -> list[Row]:
    cases = open_cases(dataset, quarter)
    posts = _posts_on(dataset.table("posts"), pd.Timestamp(quarter.end))
    holders = posts["held_by"].str.casefold()
    without = sorted(set(cases["provider"]) - {p for p in cases["provider"] if p.casefold() in set(holders)})
    rows = [_load_row(dataset, quarter, cases, posts, "")]
    for holder in sorted(posts["held_by"].unique()):
        mine = cases[cases["provider"].str.casefold() == holder.casefold()]
        name = dataset.provider_name(holder.casefold())
        rows.append(_load_row(dataset, quarter, mine, posts[posts["held_by"] == holder], name))
    return rows


def _posts_on(posts: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    valid = (posts["valid_from"] <= day) & ~(posts["valid_to"] < day)
    return posts[valid & (posts["baustein"] == CASE_MANAGEMENT)]


def _load_row(
    dataset: Dataset, quarter: Quarter, cases: pd.DataFrame, posts: pd.DataFrame, provider: str
) -> Row:
    name = "cases_per_fte"
    dimension = "provider" if provider else ""
    filled = posts["filled_fte"].sum(min_count=1)
    if pd.isna(filled) or filled == 0 or posts["filled_fte"].isna().any():
        reason = "besetzte Stellen am Stichtag nicht bekannt oder keine"
        return Row(
            name,
            str(quarter),
            dataset.area.code,
            status="refused",
            reason=reason,
            dimension=dimension,
            group=provider,
        )
    count = cases["case_id"].nunique()
    status, reason = dataset.status(quarter)
    return Row(
        name,
        str(quarter),
        dataset.area.code,
        value=count / float(filled) if filled else math.nan,
        numerator=count,
        denominator=float(filled),
        method="Quotient",
        contributors=cases["person_id"].nunique(),
        status=status,
        reason=reason,
        dimension=dimension,
        group=provider,
    )
