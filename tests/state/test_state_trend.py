"""Quarters of the state: the same areas, and the year before."""

import pandas as pd
import pytest

from kimeval.core.quarter import Quarter
from kimeval.reach.state import change_on_year, coverage_trend, trend

from .areas_made import CODES, count, frame, share

FIRST, SECOND = CODES[:2]
QUARTERS = [str(q) for q in Quarter.span(Quarter(2022, 3), Quarter(2024, 3))]


def series(results, name):
    found = results.frame[results.frame["indicator"] == name]
    return dict(zip(found["period"], found["value"], strict=True))


@pytest.fixture
def two_areas():
    """Nine quarters of one area, of which the second began two quarters ago."""
    rows = [count(100 + n, FIRST, period=period) for n, period in enumerate(QUARTERS)]
    rows += [count(50, SECOND, period=period) for period in QUARTERS[-2:]]
    return frame(*rows)


def test_the_sum_grows_by_an_area_that_begins_and_that_of_the_same_areas_does_not(two_areas):
    found = trend(two_areas)
    every, same = series(found, "state_trend_reached"), series(found, "state_trend_same")
    assert (every["2024Q1"], every["2024Q2"]) == (106, 157)
    assert (same["2024Q1"], same["2024Q2"]) == (106, 107)
    assert list(same) == QUARTERS
    assert series(found, "state_trend_areas")["2024Q3"] == 2


def test_with_fewer_quarters_there_is_no_series_of_the_same_areas(two_areas):
    short = two_areas[two_areas["period"] > "2022Q3"]
    assert series(trend(short), "state_trend_same") == {}


def test_a_hidden_area_makes_its_quarter_partial_and_no_other(two_areas):
    hidden = frame(count(3, CODES[2], period="2024Q1"))
    found = trend(pd.concat([two_areas, hidden], ignore_index=True)).frame
    told = found[found["indicator"] == "state_trend_reached"].set_index("period")["reason"]
    assert told["2024Q1"] == "in einem Gebiet gesperrt und nicht enthalten"
    assert told["2024Q2"] == ""


def test_the_year_before_is_compared_over_areas_with_both_quarters(two_areas):
    row = change_on_year(two_areas).frame.iloc[0]
    assert (row["numerator"], row["denominator"]) == (108, 104)
    assert row["value"] == pytest.approx(108 / 104 - 1)
    assert row["lower"] < row["value"] < row["upper"]
    assert row["method"].endswith(", 1 Gebiete")


def test_without_the_year_before_the_change_is_refused_with_both_quarters():
    row = change_on_year(frame(count(50, FIRST))).frame.iloc[0]
    assert row["status"] == "refused"
    assert row["reason"] == "kein Gebiet mit Wert im 3. Quartal 2024 und im 3. Quartal 2023"


def test_coverage_by_quarter_is_pooled_as_each_quarter_was_published():
    rows = [share(20, 100, FIRST, period="2024Q2"), share(30, 100, FIRST), share(60, 200, SECOND)]
    found = coverage_trend(frame(*rows)).frame
    assert found[["period", "value", "denominator"]].to_numpy().tolist() == [
        ["2024Q2", 0.2, 100],
        ["2024Q3", 0.3, 300],
    ]
    assert (found["lower"] < found["value"]).all()
    assert found["reason"].tolist() == [
        "in 53 Gebieten nicht veröffentlicht",
        "in 52 Gebieten nicht veröffentlicht",
    ]
    refused = coverage_trend(frame(share(30, 100, FIRST))).frame
    assert refused["reason"].tolist() == ["erst ein Quartal ist veröffentlicht"]
