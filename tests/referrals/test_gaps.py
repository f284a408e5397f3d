"""Needs without offer and offers with waiting lists, by hand."""

import datetime as dt

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.schema import conform
from kimeval.protect import Rules, derive, protect
from kimeval.referrals import (
    Span,
    needs_without_offer,
    offers_and_waiting,
    steering_list,
    waiting_against_places,
)

QUARTER = Quarter(2024, 3)
REFERRALS = """client on topic outcome
a 2024-07-01 work no_offer
a 2024-07-20 work rejected
b 2024-07-02 work accepted
b 2024-08-02 work accepted
c 2024-07-03 school no_offer
c 2024-07-04 - accepted"""


def dataset(**frames):
    tables = {name: conform(name, frame) for name, frame in frames.items()}
    return Dataset(area("05370"), dt.date(2025, 4, 15), tables, True)


@pytest.fixture(scope="module")
def kim():
    head, *lines = (line.split() for line in REFERRALS.splitlines())
    made = pd.DataFrame(lines, columns=head, dtype="str").replace("-", pd.NA)
    made = made.rename(columns={"client": "client_id", "on": "referred_on"}).assign(
        provider="ki", from_agency="kim", to_agency="jobcenter", decided_on=made["on"]
    )
    made["referral_id"] = [f"r{n}" for n in range(len(made))]
    homes = {"a": "05370004", "b": "05362020", "c": pd.NA}
    clients = pd.DataFrame(
        {
            "provider": "ki",
            "client_id": list(homes),
            "person_id": list(homes),
            "ags": homes.values(),
        }
    )
    offers = pd.DataFrame(
        {
            "provider": "ki",
            "offer_id": ["o1", "o2", "o3", "old"],
            "agency": "language_school",
            "topic": ["language", "language", "work", "work"],
            "ags": ["05370004", pd.NA, "05370004", "05370004"],
            "valid_from": ["2024-01-01"] * 4,
            "valid_to": [pd.NA, pd.NA, pd.NA, "2024-06-30"],
            "places": ["20", "10", pd.NA, "99"],
            "waiting": ["45", "15", "8", "99"],
        }
    )
    return dataset(referrals=made, clients=clients, offers=offers)


def test_shares_without_offer_by_topic_and_municipality(kim):
    frame = needs_without_offer(kim, QUARTER, span=Span.quarter(QUARTER)).frame
    told = {
        (r["indicator"], r["dimension"], r["group"]): (r["numerator"], r["denominator"])
        for r in frame.to_dict("records")
    }
    name = "referrals_without_offer"
    assert told[name, "", ""] == (2, 6)
    assert told[name, "topic", "Arbeit"] == (1, 4)
    assert told[name, "topic", "unbekannt"] == (0, 1)
    assert told[name, "ags", "Erkelenz"] == (1, 2)
    assert told[name, "ags", "außerhalb des Gebiets"] == (0, 2)
    assert told[name, "ags", "unbekannt"] == (1, 2)


def test_sent_on_again_only_while_no_one_accepted(kim):
    frame = needs_without_offer(kim, QUARTER, span=Span.quarter(QUARTER)).frame
    row = frame[frame["indicator"] == "persons_sent_on_again"].iloc[0]
    assert row[["numerator", "denominator"]].tolist() == [1, 3]


def test_offers_of_the_day_and_what_is_not_told(kim):
    frame = offers_and_waiting(kim, QUARTER).frame.set_index(["indicator", "dimension", "group"])
    assert frame.loc[("offer_places", "topic", "Sprache"), "value"] == 30
    assert frame.loc[("offer_waiting", "", ""), "value"] == 68
    work = frame.loc[("offer_places", "topic", "Arbeit")]
    assert work["status"] == "refused"
    assert work["reason"] == "bei 1 von 1 Angeboten nicht bekannt"
    assert frame.loc[("offer_places", "", ""), "status"] == "partial"


def test_without_tables_it_is_refused(kim):
    nothing = dataset(clients=kim.tables["clients"])
    for measure in (needs_without_offer, offers_and_waiting):
        assert set(measure(nothing, QUARTER).frame["status"]) == {"refused"}


def need(topic, hits, total):
    lower = hits / total - 0.05
    return Row("referrals_without_offer", "2023", "05370", value=hits / total, numerator=hits,
               denominator=total, lower=lower, upper=hits / total + 0.05, confidence=0.95,
               contributors=hits, dimension="topic", group=topic)  # fmt: skip


def test_the_list_holds_wide_gaps_and_long_waiting_lists_the_widest_first(kim):
    needs = [need("Sprache", 10, 100), need("Arbeit", 30, 100), need("Schule", 20, 100)]
    shown = protect(Results.of([*needs, need("Wohnen", 10, 200)]), Rules())
    offers = protect(offers_and_waiting(kim, QUARTER), Rules())
    frame = derive(steering_list, shown, offers).frame
    assert frame["group"].tolist() == ["Arbeit", "Schule", "Sprache"]
    assert set(frame["indicator"]) == {"offer_gap"}


def test_no_wide_gap_is_said_and_so_is_what_was_not_delivered(kim):
    offers = protect(offers_and_waiting(dataset(clients=kim.tables["clients"]), QUARTER), Rules())
    narrow = protect(Results.of([need("Wohnen", 10, 200)]), Rules())
    assert derive(steering_list, narrow, offers).frame["reason"].tolist() == [
        "kein Anliegen mit so deutlicher Lücke"
    ]
    hidden = protect(Results.of([need("Wohnen", 10, 200), need("Schule", 3, 20)]), Rules())
    assert derive(steering_list, hidden, offers).frame["reason"].tolist() == [
        "kein Anliegen mit so deutlicher Lücke unter den veröffentlichten; 1 sind gesperrt"
    ]
    nothing = needs_without_offer(dataset(clients=kim.tables["clients"]), QUARTER)
    told = derive(steering_list, protect(nothing, Rules()), offers).frame["reason"]
    assert told.str.contains("keine Tabelle „Weiterleitungen“").all()


def test_places_that_are_not_told_do_not_make_a_waiting_list_long(kim):
    needs = protect(Results.of([need("Arbeit", 5, 200)]), Rules())
    untold = kim.tables["offers"].assign(waiting=8)
    untold.loc[untold["offer_id"] == "o3", "places"] = pd.NA
    more = untold.assign(offer_id=untold["offer_id"] + "x", places=2, valid_to=pd.NaT)
    offers = protect(offers_and_waiting(dataset(offers=pd.concat([untold, more])), QUARTER))
    assert derive(steering_list, needs, offers).frame["status"].tolist() == ["refused"]
    told = protect(offers_and_waiting(dataset(offers=more), QUARTER))
    assert derive(steering_list, needs, told).frame["group"].tolist() == ["Arbeit"]


def test_waiting_per_place_only_where_every_offer_tells_both(kim):
    offers = protect(offers_and_waiting(kim, QUARTER), Rules())
    found = derive(waiting_against_places, offers).frame.set_index(["dimension", "group"])
    assert found.loc[("topic", "Sprache"), "value"] == 60 / 30
    for place in (("topic", "Arbeit"), ("ags", "Erkelenz"), ("", "")):
        assert found.loc[place, ["status", "reason"]].tolist() == [
            "refused", "Plätze oder Wartende nicht aller Angebote bekannt"
        ]  # fmt: skip
    assert found.loc[("ags", "gesamtes Gebiet"), "value"] == 15 / 10
    nothing = protect(offers_and_waiting(dataset(clients=kim.tables["clients"]), QUARTER))
    assert "keine Tabelle" in derive(waiting_against_places, nothing).frame["reason"].iloc[0]
