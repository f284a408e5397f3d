"""Referrals and returns of five invented persons, counted by hand."""

import datetime as dt
import math
from dataclasses import replace
from importlib import import_module

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform
from kimeval.referrals import Span, answers, area_log, referrals, sent_back
from kimeval.referrals.moves import returned
from kimeval.referrals.sent import OTHER_WAYS, look_at, pairs, ways

QUARTER = Quarter(2024, 3)
REFERRALS = """client referred_on from to topic outcome decided_on
a 2024-06-20 kim jobcenter work accepted 2024-07-10
a 2024-07-15 jobcenter kim work rejected 2024-07-20
b 2024-07-01 kim jobcenter language accepted 2024-10-05
b 2024-07-01 jobcenter kim language no_offer 2024-07-03
c 2024-08-01 kim social_office benefits - -
c 2024-08-05 kim school_office school accepted 2024-08-05
d 2024-09-30 social_office jobcenter work no_answer 2024-09-30
e 2024-10-01 kim jobcenter work accepted 2024-10-02
e 2024-07-07 kim kim work accepted 2024-07-08"""


def frame(text):
    head, *lines = (line.split() for line in text.splitlines())
    return pd.DataFrame(lines, columns=head, dtype="str").replace("-", pd.NA)


@pytest.fixture(scope="module")
def kim():
    made = frame(REFERRALS).rename(
        columns={"client": "client_id", "from": "from_agency", "to": "to_agency"}
    )
    made = made.assign(provider="ki", referral_id=[f"r{n}" for n in range(len(made))])
    persons = sorted(made["client_id"].unique())
    clients = pd.DataFrame({"provider": "ki", "client_id": persons, "person_id": persons})
    contacts = pd.DataFrame(
        {
            "provider": "ki",
            "contact_id": ["k1"],
            "client_id": ["a"],
            "contact_on": ["2024-06-20"],
            "mode": ["personal"],
        }
    )
    tables = {"referrals": made, "clients": clients, "contacts": contacts}
    held = {name: conform(name, table) for name, table in tables.items()}
    return Dataset(area("05370"), dt.date(2024, 10, 15), held, True)


def told(results, name, dimension=""):
    chosen = results.only(indicator=name, dimension=dimension).frame
    return {
        r["group"]: (r["numerator"], r["denominator"], r["contributors"])
        for r in chosen.to_dict("records")
    }


def test_referrals_of_a_quarter_without_those_to_oneself(kim):
    found = referrals(kim, QUARTER, ["to_agency"])
    assert told(found, "referrals")[""][::2] == (6, 4)
    assert told(found, "persons_referred")[""][::2] == (4, 4)
    groups = {group: n for group, (n, _, _) in told(found, "referrals", "to_agency").items()}
    assert groups == {"KIM": 2, "Jobcenter": 2, "Sozialamt": 1, "Schulamt": 1}


def test_sent_back_is_who_came_from_there_even_in_the_quarter_before(kim):
    found = sent_back(kim, QUARTER, ["topic"])
    assert told(found, "referrals_returned")[""] == (1, 6, 1)
    assert told(found, "persons_sent_back")[""] == (1, 4, 1)
    assert told(found, "referrals_returned", "topic")["Arbeit"] == (1, 2, 1)
    assert told(found, "persons_sent_back", "topic") == {}


def test_referrals_are_sorted_once_for_all_quarters_and_spans(kim, monkeypatch):
    held, sorted_ = replace(kim), []
    module = import_module("kimeval.referrals.sent")
    monkeypatch.setattr(module, "returned", lambda *given: sorted_.append(1) or returned(*given))
    for quarter in (QUARTER, QUARTER + 1):
        for measure in (referrals, sent_back, answers):
            measure(held, quarter)
    assert len(sorted_) == 1


def test_a_later_look_leaves_the_earlier_one_as_it_was(kim):
    held, span = replace(kim), Span.quarter(QUARTER)
    first = look_at(held, QUARTER, span).rows
    later = look_at(held, QUARTER + 1, span).rows
    assert later["outcome"].tolist() != first["outcome"].tolist()
    pd.testing.assert_frame_equal(look_at(held, QUARTER, span).rows, first)
    pd.testing.assert_frame_equal(look_at(replace(kim), QUARTER, span).rows, first)


def test_an_answer_after_the_quarter_leaves_the_referral_open(kim):
    rows = look_at(kim, QUARTER, Span.quarter(QUARTER)).rows.set_index("referral_id")
    assert rows["outcome"].to_dict() == {
        "r1": "rejected",
        "r2": "open",
        "r3": "no_offer",
        "r4": "open",
        "r5": "accepted",
        "r6": "no_answer",
    }
    assert rows.loc["r2", "decided_on"] is pd.NaT


def test_ways_of_few_persons_are_one_group(kim):
    rows = look_at(kim, QUARTER, Span.quarter(QUARTER)).rows
    assert set(ways(rows, many=2)) == {"Jobcenter → KIM", OTHER_WAYS}
    assert pairs(rows, many=2).value_counts()["Jobcenter ↔ KIM"] == 3


def test_what_cannot_be_measured_is_refused_with_the_reason(kim):
    without = Dataset(kim.area, kim.as_of, {"clients": kim.tables["clients"]}, True)
    for found in (
        referrals(without, QUARTER),
        sent_back(without, QUARTER),
        answers(without, QUARTER),
    ):
        assert set(found.frame["status"]) == {"refused"}
        assert found.frame["reason"].str.contains("Weiterleitungen").all()
    nothing = referrals(kim, Quarter(2023, 1))
    assert nothing.frame["reason"].tolist() == ["keine Weiterleitung im Zeitraum"] * 2


def test_an_unknown_dimension_names_the_nearest(kim):
    with pytest.raises(DataError, match="Did you mean 'topic'"):
        referrals(kim, QUARTER, ["topics"])


def test_the_log_of_an_area_has_the_contact_before_the_referral_of_its_day(kim):
    log = area_log(kim, QUARTER)
    names = [log.activity.names[code] for code in log.activity.codes[: log.lengths[0]]]
    assert names == [
        "Kontakt: persönlich",
        "Weiterleitung: Jobcenter",
        "Weiterleitung: Case Management (KIM)",
    ]
    assert log.cases == 5
    assert not math.isnan(log.time.max())


def test_a_year_is_the_last_one_that_has_ended():
    assert Span.year(Quarter(2024, 3)).period == "2023"
    assert Span.year(Quarter(2024, 4)).period == "2024"
