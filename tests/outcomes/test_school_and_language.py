"""School places and language levels, by hand."""

import pandas as pd
import pytest
from tests.outcomes.following import QUARTER, day, district

from kimeval.outcomes import language_gain, school_places, school_waiting
from kimeval.outcomes.language import gained
from kimeval.protect import Rules, derive, protect


def requests(days, persons=None):
    """Requests of the first day; placed after so many days, open where None."""
    return [
        {"person": (persons or range(len(days)))[n], "request_id": f"s{n}",
         "requested_on": day(1), "placed_on": day(None if wait is None else 1 + wait)}
        for n, wait in enumerate(days)
    ]  # fmt: skip


def waiting(days, persons=None):
    data = district(len(days), school_places=requests(days, persons))
    return derive(school_waiting, protect(school_places(data, QUARTER), Rules())).frame


def test_open_requests_count_for_as_long_as_they_are_open():
    """20 of 60 within 30 days, 20 within 90, 20 never: half after 30 + 60 * 10 / 20 days."""
    frame = waiting([10] * 20 + [80] * 20 + [None] * 20).set_index(["indicator", "group"])["value"]
    assert frame["school_place_within", "bis 14 Tage"] == pytest.approx(1 / 3)
    assert frame["school_place_within", "bis 90 Tage"] == pytest.approx(2 / 3)
    assert frame["school_still_waiting", "nach 90 Tagen"] == 20
    assert frame["days_to_school_place", ""] == pytest.approx(60 + 30 * 10 / 20)


def test_a_median_of_the_placed_alone_would_be_too_short():
    frame = waiting([10] * 20 + [None] * 40)
    half = frame[frame["indicator"] == "days_to_school_place"].iloc[0]
    assert half["status"] == "refused"
    assert half["reason"] == "weniger als die Hälfte ist vermittelt"


def test_places_before_the_request_are_left_out_and_said():
    data = district(40, school_places=requests([10] * 20 + [80] * 20))
    rows = data.tables["school_places"]
    rows.loc[rows.index[:2], "placed_on"] = day(-9)
    found = school_places(data, QUARTER).frame
    assert found["value"].iloc[0] == 38
    assert "vor der Meldung" in found["reason"].iloc[0]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (district(), "keine Tabelle „Schulplätze“"),
        (district(school_places=requests([2] * 3)), "zu wenige Anfragen"),
    ],
)
def test_school_places_that_cannot_be_told_are_refused(data, told):
    found = school_places(data, QUARTER)
    assert told in found.frame["reason"].iloc[0]
    derived = derive(school_waiting, protect(found, Rules())).frame
    assert (derived["status"] == "refused").all()


def assessed(levels, days):
    return [
        {"person": n, "assessed_on": day(d), "instrument": "Test", "language_level": level}
        for n in range(60)
        for level, d in zip(levels(n), days, strict=True)
    ]


def test_levels_gained_by_hand():
    """A half rises from A1 to A2 in half a year, a quarter stays, a quarter falls."""
    last = ("A2", "A2", "A1", "alpha")
    data = district(assessments=assessed(lambda n: ("A1", last[n % 4]), (10, 192)))
    frame = language_gain(data, QUARTER).frame.set_index(["indicator", "group"])
    change = frame.loc["language_level_change", "value"]
    assert change["eine Stufe höher"] == 0.5
    assert (change["gleich"], change["niedriger"]) == (0.25, 0.25)
    pace = frame.loc[("language_levels_per_year", "")]
    assert pace["value"] == pytest.approx((30 - 15) / (60 * 192 / 365.25))
    assert pace["lower"] < pace["value"] < pace["upper"]


def test_the_level_at_intake_is_the_first_unless_one_is_earlier():
    data = district(assessments=assessed(lambda n: ("A2", "B1"), (-5, 200)))
    frame = language_gain(data, QUARTER).frame.set_index("group")["value"]
    assert frame["eine Stufe höher"] == 1
    only_later = district(assessments=assessed(lambda n: ("B1",), (200,)))
    assert (
        language_gain(only_later, QUARTER).frame.set_index("group")["value"][
            "zwei oder mehr Stufen höher"
        ]
        == 1
    )


def test_assessments_close_together_are_no_gain():
    steps = pd.DataFrame(
        {"person_id": ["a", "a", "b", "b"], "step": [1, 2, 1, 3],
         "assessed_on": [day(0), day(30), day(0), day(100)]}
    )  # fmt: skip
    found = gained(steps)
    assert found.index.tolist() == ["b"]
    assert found["levels"].tolist() == [2]


def test_language_that_cannot_be_told_is_refused():
    frame = language_gain(district(), QUARTER).frame
    assert frame["reason"].str.contains("keine Tabelle „Einstufungen“").all()
    few = district(20, assessments=assessed(lambda n: ("A1", "A2"), (10, 192))[:40])
    assert language_gain(few, QUARTER).frame["reason"].str.contains("weniger als 30").all()
