"""A small district: tables from short rows, one provider, persons by number."""

import datetime as dt

import pandas as pd

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.schema import conform

AS_OF = dt.date(2024, 10, 15)


def dataset(persons=60, as_of=AS_OF, **tables):
    """Tables as lists of dicts with `person`; each person is a client of one provider."""
    rows = {name: [dict(row) for row in given] for name, given in tables.items()}
    clients = rows.setdefault("clients", [{"person": n} for n in range(persons)])
    for row in clients:
        row["person_id"] = f"person {row['person']}"
    frames = {}
    for name, given in rows.items():
        frame = pd.DataFrame(given)
        frame["client_id"] = "client " + frame.pop("person").astype(str)
        frames[name] = conform(name, frame.assign(provider="ki"))
    return Dataset(area("05370"), as_of, frames, True, "", (), {"ki": "Integrationszentrum"})


def referred(ways):
    """Referrals from ways: (from, to, day, persons)."""
    rows = [
        {"person": n, "from_agency": source, "to_agency": target, "referred_on": pd.Timestamp(day)}
        for source, target, day, persons in ways
        for n in persons
    ]
    return [{**row, "referral_id": f"r{n}"} for n, row in enumerate(rows)]
