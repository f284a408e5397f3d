"""Steps between stations from an area's own tables, by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from kimeval.core.quarter import Quarter
from kimeval.protect import Rules, protect
from kimeval.referrals import station_log, stations

from .datasets import dataset, referred

QUARTER = Quarter(2024, 3)
CONTACTS = [
    {"person": n, "contact_on": pd.Timestamp("2023-01-10"), "contact_id": f"c{n}"}
    for n in range(12)
]
REFERRALS = [
    {**row, "decided_on": pd.Timestamp("2023-02-20"), "outcome": "accepted"}
    for row in referred([("kim", "jobcenter", "2023-01-31", range(11))])
]


def told(results, indicator="station_steps"):
    frame = results.only(indicator=indicator).frame
    return dict(zip(frame["group"], frame["value"], strict=True))


def test_steps_and_days_by_hand():
    results = stations(dataset(contacts=CONTACTS, referrals=REFERRALS), QUARTER)
    assert told(results) == {
        "": 22,
        "Kontakt → Weiterleitung": 11,
        "Weiterleitung → angenommen": 11,
    }
    assert told(results, "station_days") == {
        "Kontakt → Weiterleitung": 21,
        "Weiterleitung → angenommen": 20,
    }


def test_steps_of_few_persons_are_one_group_without_days():
    rows = [*CONTACTS, {"person": 0, "contact_on": pd.Timestamp("2023-03-01"), "contact_id": "x"}]
    results = stations(dataset(contacts=rows, referrals=REFERRALS), QUARTER)
    assert told(results)["übrige Schritte"] == 1
    assert "übrige Schritte" not in told(results, "station_days")


def test_only_steps_that_lead_into_the_year_count():
    late = [{**row, "decided_on": pd.Timestamp("2024-01-02")} for row in REFERRALS]
    results = stations(dataset(contacts=CONTACTS, referrals=late), QUARTER)
    assert told(results) == {"": 11, "Kontakt → Weiterleitung": 11}
    assert set(results.frame["period"]) == {"2023"}


def test_a_sphere_that_two_providers_deliver_is_one_station():
    spell = {"sphere": "sgb2", "valid_from": pd.Timestamp("2023-05-01")}
    rows = [{"person": n, **spell} for n in (0, 0, 1)]
    log = station_log(dataset(legal_spheres=rows), QUARTER)
    assert (len(log), log.activity.names) == (2, ("SGB II",))


def test_what_was_done_on_a_day_comes_after_the_state_of_that_day():
    day = pd.Timestamp("2023-05-01")
    data = dataset(
        contacts=[{"person": 0, "contact_on": day, "contact_id": "c"}],
        legal_spheres=[{"person": 0, "sphere": "sgb2", "valid_from": day}],
    )
    log = station_log(data, QUARTER)
    assert [log.activity.names[code] for code in log.activity.codes] == ["SGB II", "Kontakt"]


@pytest.mark.parametrize(
    ("tables", "reason"),
    [({}, "keine Tabelle mit Stationen"), ({"contacts": CONTACTS}, "keine Station im Zeitraum")],
)
def test_refused_with_the_reason(tables, reason):
    frame = stations(dataset(**tables), QUARTER).frame
    assert frame["status"].tolist() == ["refused"]
    assert reason in frame["reason"].iloc[0]


def test_a_delivered_log_tells_its_own_steps():
    data = dataset(contacts=CONTACTS, referrals=REFERRALS)
    both = replace(data, tables={**data.tables, "events": pd.DataFrame()})
    assert "siehe dort" in stations(both, QUARTER).frame["reason"].iloc[0]


def test_nothing_is_hidden_of_steps_of_many():
    results = stations(dataset(contacts=CONTACTS, referrals=REFERRALS), QUARTER)
    assert protect(results, Rules()).suppressed == 0
