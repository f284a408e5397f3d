"""Who is followed, from when to when, and how that ends (Kohorte).

A person is followed from the first case on. Leaving the area, the country or all contact
competes with every outcome. When the last case is closed for another reason nobody would
record what comes later, so that the observation ends there: unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import PARTNERS, families, people, with_person
from kimeval.core.quarter import Quarter, today_in_berlin
from kimeval.core.results import Row
from kimeval.core.rows import both
from kimeval.outcomes.declared import LEAVING, OUTCOMES, Outcome, first_days, title_on

PLACE = "outcome_reached"
FOLLOWED = 2
GOING_ON, REACHED, LEFT = 0, 1, 2


@dataclass(frozen=True, repr=False)
class Cohort:
    """Persons taken on until the end of a year, and how long they are seen (Kohorte).

    Attributes
    ----------
    frame : DataFrame, shape (persons, any), indexed by person_id
        begun, ended, how (`GOING_ON` or `LEFT`), family, arrived_on, birth_year, gender,
        language_level, title (of residence, on the first day).
    days : mapping of str to Series or str
        First day of each person by outcome; the reason where the delivery lacks it.
    place : Row
        Without an indicator's numbers: period, area, status and reason of results.
    until : Timestamp
        Day on which all are looked at.
    lacking : str
        German reason why there is no cohort; empty where there is one.
    """

    frame: pd.DataFrame = field(repr=False)
    days: Mapping[str, pd.Series | str] = field(repr=False)
    place: Row
    until: pd.Timestamp
    lacking: str = ""


def year_of(quarter: Quarter) -> Quarter:
    """Last quarter of the last year that ended `FOLLOWED` quarters before the report's end."""
    known = quarter - FOLLOWED
    return Quarter(known.year if known.number == 4 else known.year - 1, 4)


def cohort(dataset: Dataset, quarter: Quarter) -> Cohort:
    """Everyone taken on until the end of the last year that half a year has followed.

    Each year is looked at on one day, so that a later report says the same of it.

    Parameters
    ----------
    dataset : Dataset
        With tables cases and clients, and those that tell outcomes.
    quarter : Quarter
        Of the report.

    Returns
    -------
    Cohort
        Without providers whose export drops closed cases: who left is missing there, and
        everyone else would seem to stay and succeed. Without table cases it is empty and
        says so.
    """
    last = year_of(quarter)
    until = pd.Timestamp(min((last + FOLLOWED).end, dataset.as_of, today_in_berlin()))
    status, reason = dataset.status(last + FOLLOWED)
    if dataset.only_active:
        names = ", ".join(map(dataset.provider_name, dataset.only_active))
        status, reason = "partial", both(reason, f"ohne {names}, wo beendete Fälle fehlen")
    place = Row(PLACE, str(last.year), dataset.area.code, status=status, reason=reason)
    days = {name: _days(dataset, one) for name, one in OUTCOMES.items()}
    try:
        cases = _cases(dataset)
    except MissingTable as found:
        return Cohort(pd.DataFrame(), days, place, until, str(found).rstrip("."))
    cases = cases[~cases["provider"].isin([*PARTNERS, *dataset.only_active])]
    begun = cases.groupby("person_id")["opened_on"].min()
    begun = begun[begun <= pd.Timestamp(last.end)]
    cases = cases[cases["person_id"].isin(begun.index) & (cases["opened_on"] <= until)]
    frame = pd.DataFrame({"begun": begun}).join(_endings(dataset, cases, until))
    known = people(dataset)[["arrived_on", "birth_year", "gender", "language_level"]]
    frame = frame.join(known)
    frame["family"] = families(dataset, pd.Series(frame.index, frame.index, dtype="str"))
    held = "residence" in dataset.tables
    frame["title"] = title_on(dataset, begun).reindex(frame.index) if held else None
    return Cohort(frame, days, place, until)


def _days(dataset: Dataset, outcome: Outcome) -> pd.Series | str:
    try:
        return first_days(outcome, dataset)
    except MissingTable as found:
        return str(found).rstrip(".")


def _cases(dataset: Dataset) -> pd.DataFrame:
    """Cases with each person in them: the one it is kept under, and members."""
    columns = ["person_id", "provider", "opened_on", "closed_on", "closing_reason"]
    cases = with_person(dataset, "cases")
    if "members" not in dataset.tables:
        return cases[columns]
    members = with_person(dataset, "members")[["provider", "case_id", "person_id"]]
    dates = cases.drop(columns="person_id")
    joined = members.merge(dates, on=["provider", "case_id"], how="inner")
    return pd.concat([cases[columns], joined[columns]]).drop_duplicates(ignore_index=True)


def _endings(dataset: Dataset, cases: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Last day on which each person is under observation, and whether they left then."""
    going = cases["closed_on"].isna() | (cases["closed_on"] > until)
    running = going.groupby(cases["person_id"]).any()
    last = cases[~going].sort_values("closed_on", kind="stable")
    last = last.drop_duplicates("person_id", keep="last").set_index("person_id")
    closed = last["closed_on"].reindex(running.index)
    left = last["closing_reason"].isin(LEAVING).reindex(running.index, fill_value=False)
    if "contacts" in dataset.tables:
        met = with_person(dataset, "contacts")
        met = met[(met["contact_on"] <= until) & ~met["provider"].isin(PARTNERS)]
        again = met.groupby("person_id")["contact_on"].max().reindex(running.index)
        later = again > closed
        closed, left = closed.where(~later, again), left & ~later
    ended = closed.where(~running, until)
    how = np.where(~running & left, LEFT, GOING_ON)
    return pd.DataFrame({"ended": ended, "how": how}, index=running.index)
