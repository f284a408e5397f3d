"""Six invented persons with two providers, small enough to count by hand.

The quarter is 2024Q3, the area Kreis Heinsberg. Person p1 is known to both providers; the
contact of client k9 and case f5 have no client in the delivery.
"""

import datetime as dt

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform

OUTSIDE = "05362020"
ERKELENZ, HEINSBERG, HUECKELHOVEN = "05370004", "05370016", "05370020"

CLIENTS = """provider client_id person_id birth_year gender nationality arrived_on ags
ki k1 p1 1990 female 475 2024-02-01 05370004
ki k2 p2 2006 male 423 2023-12-01 05370004
ki k3 p3 1997 female 166 2024-08-01 05370016
ki k4 p4 1996 male 475 2024-05-10 05362020
drk d1 p1 - - - 2024-03-01 -
drk d2 p5 2007 - - 2024-07-20 -
drk d3 p6 1960 diverse 475 2010-01-01 05370020"""

CONTACTS = """provider contact_id client_id contact_on with_appointment
ki c1 k1 2024-07-01 True
drk c2 d1 2024-09-30 True
ki c3 k2 2024-06-30 True
ki c4 k2 2024-08-15 True
ki c5 k3 2024-07-15 False
drk c6 d2 2024-09-01 False
drk c7 d3 2024-10-01 True
ki c8 k4 2024-09-10 -
ki c9 k9 2024-08-20 False"""

CASES = """provider case_id client_id household_id opened_on closed_on
ki f1 k1 h1 2024-07-01 -
ki f2 k2 h1 2023-12-05 2024-09-30
drk f3 d1 h9 2024-09-30 -
drk f4 d2 - 2024-08-01 -
ki f5 - h5 2024-09-01 -
drk f6 d3 h6 2024-10-01 -
ki f7 k3 h3 2024-07-20 2024-07-25
ki f8 k4 h4 2022-01-01 2024-06-30
ki f9 k4 h4 2024-08-08 -"""

SPHERES = """provider client_id sphere valid_from valid_to
ki k1 asylblg 2024-02-01 2024-09-30
ki k1 sgb2 2024-09-15 -
ki k2 asylblg 2023-12-01 2024-09-30
ki k3 sgb2 2024-08-01 2024-09-29
drk d2 sgb8 2024-10-01 -"""

POSTS = """provider baustein held_by valid_from valid_to filled_fte
stellen 2 KI 2024-01-01 - 1.5
stellen 2 DRK 2024-01-01 2024-09-30 0.5
stellen 2 KI 2022-01-01 2024-09-29 9.0
stellen 1 KI 2024-01-01 - 3.0"""

ARRIVED = {ERKELENZ: [3, 3, 2, 2], HEINSBERG: [1, 1, 1, 1]}
QUARTER = Quarter(2024, 3)


def rows(text):
    """A frame from lines of words; `-` is missing."""
    head, *lines = (line.split() for line in text.splitlines())
    frame = pd.DataFrame(lines, columns=head, dtype="str").replace("-", pd.NA)
    if "with_appointment" in frame:
        told = {"True": True, "False": False}
        frame["with_appointment"] = frame["with_appointment"].map(told).astype("boolean")
    for column in frame.columns.intersection(["birth_year", "filled_fte"]):
        frame[column] = pd.to_numeric(frame[column])
    return frame


def statistic(arrived):
    """Newly arrived persons of each municipality in the four quarters; 0 where not named."""
    quarters = Quarter.span(QUARTER - 3, QUARTER)
    return pd.DataFrame(
        [
            {
                "ags": town.ags,
                "measure": "newly_arrived",
                "counted_on": pd.Timestamp(quarter.end),
                "persons": arrived.get(town.ags, [0] * 4)[n],
            }
            for town in area("05370").municipalities
            for n, quarter in enumerate(quarters)
        ]
    )


@pytest.fixture(scope="session")
def kim():
    frames = {
        "clients": rows(CLIENTS),
        "contacts": rows(CONTACTS),
        "cases": rows(CASES),
        "legal_spheres": rows(SPHERES),
        "posts": rows(POSTS),
        "population": statistic(ARRIVED),
    }
    tables = {name: conform(name, frame) for name, frame in frames.items()}
    providers = {"ki": "Integrationszentrum", "drk": "Rotes Kreuz"}
    return Dataset(area("05370"), dt.date(2024, 10, 15), tables, True, "", (), providers)


@pytest.fixture
def changed(kim):
    """The dataset with other tables: a function of a frame by name, None for a missing table."""
    from dataclasses import replace

    def change(**tables):
        held = {name: frame for name, frame in kim.tables.items() if name not in tables}
        new = {name: conform(name, f(kim.tables[name])) for name, f in tables.items() if f}
        return replace(kim, tables={**held, **new})

    return change


@pytest.fixture
def numbers():
    """Value by group of one dimension, the total under the empty name."""

    def pick(results, dimension=""):
        frame = results.only(dimension=dimension).frame
        return dict(zip(frame["group"], frame["value"], strict=True))

    return pick
