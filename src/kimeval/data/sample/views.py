"""What happened, and what an evaluator can see of it (Wahrheit und Sicht)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kimeval.core.quarter import Quarter
from kimeval.data.sample.faults import Spoiled
from kimeval.data.sample.known import Frames, systems
from kimeval.data.sample.world import World


@dataclass(frozen=True)
class View:
    """Cases and contacts under one way of telling persons apart (Sicht).

    Attributes
    ----------
    contacts : DataFrame
        person, contact_on.
    cases : DataFrame
        household, opened_on, closed_on.
    taken_on : DataFrame
        person, opened_on: each person in each case.
    arrived : Series
        arrived_on by person.
    """

    contacts: pd.DataFrame = field(repr=False)
    cases: pd.DataFrame = field(repr=False)
    taken_on: pd.DataFrame = field(repr=False)
    arrived: pd.Series = field(repr=False)

    def reach(self, quarter: Quarter) -> dict[str, Any]:
        """Persons reached and taken on, cases and households, of a quarter."""
        end = pd.Timestamp(quarter.end)
        first = self.contacts.groupby("person")["contact_on"].min()
        first = first[_within(first, quarter)]
        waited = (first - self.arrived.reindex(first.index)).dt.days.dropna()
        closed = self.cases["closed_on"]
        active = (self.cases["opened_on"] <= end) & ~(closed <= end)
        taken_on = self.taken_on.groupby("person")["opened_on"].min()
        met = self.contacts[_within(self.contacts["contact_on"], quarter)]
        return {
            "cases_active": int(active.sum()),
            "cases_closed": int(_within(closed, quarter).sum()),
            "cases_new": int(_within(self.cases["opened_on"], quarter).sum()),
            "days_to_first_contact": float(waited.median()) if len(waited) else None,
            "households_active": int(self.cases.loc[active, "household"].nunique()),
            "persons_new": int(_within(taken_on, quarter).sum()),
            "persons_reached": int(met["person"].nunique()),
        }

    def covered(self, quarter: Quarter) -> int:
        """Persons who arrived in the four quarters and had a contact by their end."""
        start, end = pd.Timestamp((quarter - 3).start), pd.Timestamp(quarter.end)
        met = self.contacts.loc[self.contacts["contact_on"] <= end, "person"].unique()
        arrived = self.arrived.reindex(met)
        return int(arrived.between(start, end).sum())


def world_view(world: World, frames: Frames) -> View:
    """Everything recorded, every person known for who they are."""
    cases = frames["cases"]
    seats = world.members.merge(cases[["case", "opened_on"]], on="case")
    return View(
        contacts=frames["contacts"][["person", "contact_on"]],
        cases=cases[["household", "opened_on", "closed_on"]],
        taken_on=seats[["person", "opened_on"]],
        arrived=world.persons.set_index("person")["arrived_on"],
    )


def visible_view(files: Sequence[Spoiled]) -> View:
    """What is left after cleaning and linkage that recognises every person."""
    cases = pd.concat([_visible_cases(f) for f in files if f.sheet.kind == "faelle"] or [_none()])
    known = dict(zip(cases["own"], cases["person"], strict=True))
    contacts = [_rows(f, "contact_on") for f in files if f.sheet.kind == "kontakte"]
    met = pd.concat(contacts or [_none()])
    return View(
        contacts=met.assign(person=[known.get(own, own) for own in met["own"]]),
        cases=cases[["household", "opened_on", "closed_on"]],
        taken_on=cases[["person", "opened_on"]],
        arrived=cases.drop_duplicates("person").set_index("person")["arrived_on"],
    )


def visible_referrals(files: Sequence[Spoiled]) -> pd.DataFrame:
    """Usable referrals; a person is one number at one provider."""
    columns = ["referred_on", "from_agency", "to_agency"]
    parts = [_rows(f, *columns) for f in files if f.sheet.kind == "verweisungen"]
    return pd.concat(parts or [_none()]).reset_index(drop=True)


def _rows(file: Spoiled, *columns: str) -> pd.DataFrame:
    frame = file.sheet.frame[file.usable]
    own = [f"{file.sheet.provider}:{number}" for number in frame["client"]]
    return frame[list(columns)].assign(own=pd.Series(own, frame.index, "str"))


def _visible_cases(file: Spoiled) -> pd.DataFrame:
    frame = file.sheet.frame[file.usable]
    cases = _rows(file, "opened_on", "closed_on", "arrived_on")
    own_household = (
        "household_id" in systems()[file.sheet.provider]["files"]["faelle"]["columns"].values()
    )
    household = frame["household"] if own_household else "case " + frame["case"].astype("str")
    person = frame["person"].astype("str")
    return cases.assign(
        household=f"{file.sheet.provider}:" + household.astype("str"), person=person
    )


def _none() -> pd.DataFrame:
    """No rows, with the columns and types of every part above."""
    texts = ("own", "person", "household", "from_agency", "to_agency")
    dates = ("opened_on", "closed_on", "arrived_on", "contact_on", "referred_on")
    types = dict.fromkeys(texts, "str") | dict.fromkeys(dates, "datetime64[s]")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _within(days: pd.Series, quarter: Quarter) -> pd.Series:
    return days.between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))
