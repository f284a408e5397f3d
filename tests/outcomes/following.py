"""A small district whose persons are taken on in 2023, by number; report 2024Q3."""

import datetime as dt
from dataclasses import replace

import pandas as pd

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform

QUARTER = Quarter(2024, 3)
BEGUN = pd.Timestamp("2023-03-01")
AS_OF = dt.date(2024, 10, 15)


def day(days):
    """So many days after the first case; missing stays missing."""
    return BEGUN + pd.Timedelta(days=days) if days is not None else pd.NaT


def district(persons=60, closed=None, reason=None, clients=None, only_active=(), **tables):
    """Everyone taken on on one day; `closed` and `reason` are functions of the number.

    Other tables are lists of dicts with `person` and days after the first case.
    """
    numbers = range(persons)
    own = clients or (lambda n: {})
    base = {"birth_year": 1990, "arrived_on": day(-90), "language_level": "A1"}
    rows = {
        "clients": [{"person": n, **base, "gender": "female" if n % 2 else "male", **own(n)}
                    for n in numbers],
        "cases": [{"person": n, "case_id": f"f{n}", "opened_on": BEGUN,
                   "closed_on": day(closed(n)) if closed else pd.NaT,
                   "closing_reason": reason(n) if reason else None} for n in numbers],
        **tables,
    }  # fmt: skip
    frames = {}
    for name, given in rows.items():
        frame = pd.DataFrame([dict(row) for row in given])
        frame["client_id"] = "k" + frame.pop("person").astype(str)
        if name == "clients":
            frame["person_id"] = "p" + frame["client_id"].str[1:]
        for column in frame.columns.intersection(["completed"]):
            frame[column] = frame[column].astype("boolean")
        frames[name] = conform(name, frame.assign(provider="ki"))
    providers = {"ki": "Integrationszentrum"}
    return Dataset(area("05370"), AS_OF, frames, True, "", tuple(only_active), providers)


def placed(days, kind="language_course", ends=None, completed=None):
    """Placements of persons by number: days after the first case."""
    return [
        {
            "person": n,
            "placement_id": f"{kind} {n} {start}",
            "placement_type": kind,
            "started_on": day(start),
            "ended_on": day(ends[n]) if ends and n in ends else pd.NaT,
            "completed": completed,
        }
        for n, start in days.items()
    ]


def without(dataset, *names):
    """The delivery without some tables."""
    return replace(dataset, tables={n: t for n, t in dataset.tables.items() if n not in names})
