"""A small district with a statistic of arrivals, posts, and persons with first contacts."""

import datetime as dt

import numpy as np
import pandas as pd

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform

QUARTER = Quarter(2024, 3)
DISTRICT = area("05370")
TOWNS = [town.ags for town in DISTRICT.municipalities]
AS_OF = dt.date(2024, 10, 15)
FIRST = Quarter(2020, 1)


def statistic(share=lambda quarter: 0.25, arrived=40, towns=TOWNS, first=FIRST):
    """Newly arrived and course entries of each town and quarter up to 2024Q1."""
    rows = []
    for quarter in Quarter.span(first, QUARTER - 2):
        for town in towns:
            entered = round(arrived * share(quarter))
            for measure, persons in (("newly_arrived", arrived), ("course_entry", entered)):
                rows.append((town, measure, pd.Timestamp(quarter.end), persons))
    frame = pd.DataFrame(rows, columns=["ags", "measure", "counted_on", "persons"])
    return conform("population", frame.assign(provider="statistik"))


def posts(day="2022-07-01", baustein="2"):
    """One post in case management."""
    frame = pd.DataFrame({"baustein": [baustein], "held_by": ["KI"]})
    return conform("posts", frame.assign(valid_from=pd.Timestamp(day), provider="ki"))


def dataset(**tables):
    """A district with these tables."""
    return Dataset(DISTRICT, AS_OF, tables, True, "", (), {"ki": "Integrationszentrum"})


def met(persons=400, effect=0.3, seed=1):
    """Persons, first contacts and placements; those without an appointment start more often."""
    chance = np.random.default_rng(seed)
    names = np.array([f"k{n}" for n in range(persons)])
    young = chance.random(persons) < 0.5
    walked_in = chance.random(persons) < 0.4 + 0.2 * young
    reached = chance.random(persons) < 0.3 + effect * walked_in
    on = pd.Timestamp("2023-05-01") + pd.to_timedelta(chance.integers(0, 200, persons), "D")
    clients = pd.DataFrame({"client_id": names, "person_id": np.char.replace(names, "k", "p")})
    clients = clients.assign(
        birth_year=np.where(young, 2000, 1980),
        gender=np.where(chance.random(persons) < 0.5, "female", "male"),
        arrived_on=on - pd.Timedelta(days=90),
        language_level="A1",
        provider="ki",
    )
    contacts = pd.DataFrame({"contact_id": [f"c{n}" for n in range(persons)], "client_id": names})
    contacts = contacts.assign(
        contact_on=on, with_appointment=pd.array(~walked_in, "boolean"), mode="personal"
    )
    placed = pd.DataFrame({"client_id": names[reached], "started_on": on[reached]})
    placed = placed.assign(
        started_on=placed["started_on"] + pd.Timedelta(days=60),
        placement_id=[f"v{n}" for n in range(len(placed))],
        placement_type="work",
        provider="ki",
    )
    return {
        "clients": conform("clients", clients),
        "contacts": conform("contacts", contacts.assign(provider="ki")),
        "placements": conform("placements", placed),
    }
