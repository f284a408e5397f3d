"""Offers of the sample: as planted, as written into the exports, and as counted again."""

import datetime as dt
import json

import pandas as pd
import pytest

from kimeval.core.area import areas
from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.reference import CHECKOUT
from kimeval.data.deliveries import read_delivery
from kimeval.data.ingest import ingest
from kimeval.data.sample import make_world, write_sample
from kimeval.data.sample.known import recorded
from kimeval.data.sample.programme import parameters, settings
from kimeval.protect import Rules, derive, protect_together
from kimeval.protect.release import Release
from kimeval.referrals import needs_without_offer, offers_and_waiting, steering_list

SAMPLE = CHECKOUT.parent / "sample"
PROFILES = CHECKOUT.parents[1] / "profiles"
AS_OF = dt.date(2024, 10, 15)
LAST = Quarter(2024, 3)
PROGRAMMES = [code for code, setting in settings(2024).items() if setting.start]


def taken_in(folder, code):
    """Dataset and truth of a written delivery."""
    held = ingest(read_delivery(folder / code / AS_OF.isoformat()), PROFILES)
    tables = {name: held.frame(name) for name in ("offers", "clients", "referrals")}
    truth = json.loads((folder / code / f"truth-{AS_OF}.json").read_text("utf-8"))
    return Dataset(areas()[code], AS_OF, tables, True), truth["offers"]


@pytest.fixture(scope="module")
def heinsberg():
    return taken_in(SAMPLE, "05370")


@pytest.fixture(scope="module")
def world():
    return make_world(areas()["05370"])


def test_every_quarter_comes_back_from_the_files_as_the_truth_says(heinsberg):
    data, truth = heinsberg
    assert len(truth["quarters"]) == 9
    for quarter, views in truth["quarters"].items():
        told = offers_and_waiting(data, Quarter.parse(quarter)).frame
        told = told.set_index(["indicator", "dimension", "group"])["value"]
        seen = views["visible"]
        for number in ("places", "waiting"):
            assert told[f"offer_{number}", "", ""] == seen[number]
            for topic, expected in seen[f"{number}_by_topic"].items():
                assert told[f"offer_{number}", "topic", codes("topic")[topic]] == expected
            for ags, expected in seen[f"{number}_by_ags"].items():
                town = {t.ags: t.name for t in areas()["05370"].municipalities}
                place = town.get(ags, "gesamtes Gebiet")
                assert told[f"offer_{number}", "ags", place] == expected


def test_the_truth_is_recounted_from_the_world(heinsberg, world):
    _, truth = heinsberg
    day = pd.Timestamp(LAST.end)
    places = waiting = number = 0
    for row in world.offers.itertuples():
        if row.valid_from <= day <= row.valid_to and row.recorded_on <= pd.Timestamp(AS_OF):
            places, waiting, number = places + row.places, waiting + row.waiting, number + 1
    real = truth["quarters"]["2024Q3"]["world"]
    assert (real["places"], real["waiting"], real["offers"]) == (places, waiting, number)
    assert 40 <= number <= 90


def test_the_steering_list_of_heinsberg_names_the_topics_that_are_short(heinsberg):
    data, truth = heinsberg
    parts = needs_without_offer(data, LAST), offers_and_waiting(data, LAST)
    needs, offers = protect_together(parts, Release(Rules()))
    listed = set(derive(steering_list, needs, offers).frame["group"])
    views = truth["quarters"]["2024Q3"]
    assert {codes("topic")[topic] for topic in views["visible"]["short"]} <= listed
    assert {"housing", "language"} <= set(views["visible"]["short"])
    # One offer of childcare does not tell its waiting list, so its gap cannot be seen.
    assert set(views["world"]["short"]) - set(views["visible"]["short"]) == {"childcare"}


def test_waiting_lists_press_on_places_as_planted():
    rows = pd.concat([make_world(areas()[code]).offers for code in PROGRAMMES[:12]])
    rows = rows[rows["valid_from"] >= "2024-01-01"]  # arrivals no longer above the usual
    sums = rows.groupby("topic")[["places", "waiting"]].sum()
    for topic, planted in parameters()["offers"]["topic"].items():
        found = sums.loc[topic, "waiting"] / sums.loc[topic, "places"]
        assert found == pytest.approx(planted["pressure"], rel=0.15), topic


def test_every_area_with_a_programme_has_offers_and_no_other_has():
    for code, setting in settings(2024).items():
        offers = make_world(areas()[code], scale=0.02).offers
        assert (len(offers) > 0) == (setting.start is not None), code
        assert set(offers["provider"]) <= set(setting.providers)
        if setting.start:
            assert set(offers["topic"]) == set(parameters()["offers"]["topic"]), code
            assert offers["valid_from"].min() >= pd.Timestamp(setting.start.start)


def test_an_offer_stands_once_in_a_quarter_and_not_before_it_is_recorded(world):
    assert not world.offers.duplicated(["offer", "valid_from"]).any()
    early = recorded(world, dt.date(2023, 7, 3))["offers"]
    assert (early["recorded_on"] <= "2023-07-03").all()
    assert early["valid_to"].isna().any()


def test_a_number_that_is_not_told_is_missing_and_never_zero(heinsberg):
    data, truth = heinsberg
    seen = truth["quarters"]["2024Q3"]["visible"]
    assert seen["waiting_untold"] > 0
    frame = offers_and_waiting(data, LAST).only(indicator="offer_waiting", dimension="").frame
    row = frame.iloc[0]
    assert (row["status"], row["value"]) == ("partial", seen["waiting"])
    assert f"bei {seen['waiting_untold']} von {seen['offers']} Angeboten" in row["reason"]


def test_an_area_with_one_municipality_has_a_list_too(tmp_path):
    (folder,) = write_sample(tmp_path, [areas()["05111"]], AS_OF, scale=0.05)
    data, truth = taken_in(tmp_path, "05111")
    told = offers_and_waiting(data, LAST).frame
    assert (
        told.loc[told["indicator"] == "offer_places", "value"].iloc[0]
        == (truth["quarters"]["2024Q3"]["visible"]["places"])
    )
    assert any("angebote" in path.name for path in folder.iterdir())
