"""Who is followed, from when to when, and how that ends (Kohorte).

A person is followed from the first case on. Leaving the area, the country or all contact
competes with every outcome. When the last case is closed for another reason nobody would
record what comes later, so that the observation ends there: unknown, not zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.errors import DataError
from kimeval.core.persons import PARTNERS, families, people, with_person
from kimeval.core.quarter import Quarter, today_in_berlin
from kimeval.core.rows import both
from kimeval.core.statistics.survival import Spells, spells
from kimeval.outcomes.declared import LEAVING, Outcome, first_days, title_on

FOLLOWED = 2
FEWEST = 30
GOING_ON, REACHED, LEFT = 0, 1, 2
NEWLY = 1095
HALF_DAY = 0.5
Clock = Literal["intake", "arrival"]


class TooFew(DataError):
    """An outcome that the cohort cannot carry; the message is a German reason."""


@dataclass(frozen=True, repr=False)
class Cohort:
    """Persons taken on until the end of a year, and how long they are seen (Kohorte).

    Attributes
    ----------
    frame : DataFrame, shape (persons, any), indexed by person_id
        begun, ended, how (`GOING_ON` or `LEFT`), family, arrived_on, birth_year, gender,
        language_level, ags, provider.
    period : str
        Calendar year by whose end everyone was taken on.
    until : Timestamp
        Day on which all are looked at.
    status, reason : str
        Of results; reason is German.
    """

    frame: pd.DataFrame = field(repr=False)
    period: str
    until: pd.Timestamp
    status: str
    reason: str


@dataclass(frozen=True, repr=False)
class Followed:
    """Persons of a cohort on the clock of one outcome (Beobachtung bis zum Ergebnis).

    Attributes
    ----------
    spells : Spells
        Days; 1 is the outcome, 2 leaving.
    frame : DataFrame, shape (persons, any), indexed by person_id
        Of the cohort, in the same order.
    status, reason : str
        Of results.
    """

    spells: Spells
    frame: pd.DataFrame = field(repr=False)
    status: str
    reason: str


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
        With tables cases and clients.
    quarter : Quarter
        Of the report.

    Returns
    -------
    Cohort
        Without providers whose export drops closed cases: who left is missing there, and
        everyone else would seem to stay and succeed.

    Raises
    ------
    MissingTable
        If the delivery does not hold table cases.
    """
    last = year_of(quarter)
    until = pd.Timestamp(min((last + FOLLOWED).end, dataset.as_of, today_in_berlin()))
    cases = _cases(dataset)
    cases = cases[~cases["provider"].isin([*PARTNERS, *dataset.only_active])]
    begun = cases.groupby("person_id")["opened_on"].min()
    begun = begun[begun <= pd.Timestamp(last.end)]
    cases = cases[cases["person_id"].isin(begun.index) & (cases["opened_on"] <= until)]
    frame = pd.DataFrame({"begun": begun}).join(_endings(dataset, cases, until))
    first = cases.sort_values("opened_on", kind="stable").drop_duplicates("person_id")
    frame["provider"] = first.set_index("person_id")["provider"]
    known = people(dataset)[["arrived_on", "birth_year", "gender", "language_level", "ags"]]
    frame = frame.join(known)
    frame["family"] = families(dataset, pd.Series(frame.index, frame.index, dtype="str"))
    status, reason = dataset.status(last + FOLLOWED)
    if dataset.only_active:
        names = ", ".join(map(dataset.provider_name, dataset.only_active))
        status, reason = "partial", both(reason, f"ohne {names}, wo beendete Fälle fehlen")
    return Cohort(frame, str(last.year), until, status, reason)


def follow(dataset: Dataset, held: Cohort, outcome: Outcome, clock: Clock = "intake") -> Followed:
    """Put a cohort on the clock of an outcome (Beobachtung bis zum Ergebnis).

    Parameters
    ----------
    dataset : Dataset
        With a table that tells the outcome.
    held : Cohort
    outcome : Outcome
    clock : str
        `intake`: days since the first case. `arrival`: days since arrival, of those who
        came at most `NEWLY` days before; they enter late, at their first case.

    Returns
    -------
    Followed
        Without those who could not reach it or had reached it before.

    Raises
    ------
    MissingTable
        If the delivery does not tell the outcome.
    TooFew
        If fewer than `FEWEST` persons are left, or nobody reached it.
    """
    day = first_days(outcome, dataset)
    frame = _could(dataset, held, outcome)
    frame = frame.assign(reached=day.reindex(frame.index))
    frame = frame[~(frame["reached"] < frame["begun"])]
    status, reason = held.status, held.reason
    if clock == "arrival":
        wait = (frame["begun"] - frame["arrived_on"]).dt.days
        if (wait < 0).any():
            told = "ohne Personen, deren Einreise nach der Aufnahme liegt"
            status, reason = "partial", both(reason, told)
        frame = frame[wait.between(0, NEWLY)]
    if len(frame) < FEWEST:
        raise TooFew(f"weniger als {FEWEST} Personen, die es erreichen könnten")
    hit = frame["reached"] <= frame["ended"]
    if not hit.any():
        raise TooFew("niemand hat es erreicht")
    start = frame["begun"] if clock == "intake" else frame["arrived_on"]
    entry = (frame["begun"] - start).dt.days.to_numpy(float)
    last = frame["ended"].where(~hit, frame["reached"])
    exit_ = np.maximum((last - start).dt.days.to_numpy(float), entry + HALF_DAY)
    ending = np.where(hit, REACHED, frame["how"])
    return Followed(spells(exit_, ending, entry, frame["family"]), frame, status, reason)


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


def _could(dataset: Dataset, held: Cohort, outcome: Outcome) -> pd.DataFrame:
    """Persons who could reach an outcome, by age and title at the beginning."""
    frame = held.frame
    age = frame["begun"].dt.year - frame["birth_year"]
    low, high = outcome.ages
    frame = frame[age.isna() | age.between(low, high).fillna(False)]
    if outcome.titles:
        title = title_on(dataset, frame["begun"]).reindex(frame.index)
        frame = frame[title.isin(outcome.titles)]
    return frame
