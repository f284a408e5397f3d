"""The synthetic world: planted sizes, starts, effect and dip are really in it."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kimeval.core.area import areas
from kimeval.core.quarter import Quarter
from kimeval.data.pseudonyms import plain_name
from kimeval.data.sample import make_world
from kimeval.data.sample.arrivals import newly_arrived
from kimeval.data.sample.draws import Days, Draws
from kimeval.data.sample.known import recorded
from kimeval.data.sample.people import _tell_apart
from kimeval.data.sample.programme import names, settings, window
from kimeval.data.sample.referrals import returns
from kimeval.data.sample.spelling import habits, typing_error
from kimeval.data.sample.status import gaps

SEED = 2024
AS_OF = dt.date(2024, 10, 15)


@pytest.fixture(scope="module")
def heinsberg():
    return make_world(areas()["05370"], SEED)


@pytest.fixture(scope="module")
def arrivals():
    """Newly arrived and course entries of all areas by quarter."""
    parts = []
    for code, area in areas().items():
        counts = newly_arrived(area, settings(SEED)[code], SEED, 1.0)
        parts.append(counts.groupby("quarter", as_index=False).sum(numeric_only=True))
        parts[-1]["area"] = code
    return pd.concat(parts, ignore_index=True)


def test_all_54_areas_have_a_setting_and_four_never_start():
    starts = [setting.start for setting in settings(SEED).values()]
    assert list(settings(SEED)) == list(areas())
    assert len(starts) == 54
    assert starts.count(None) == 4
    begun = [start for start in starts if start]
    assert min(begun) >= Quarter(2020, 3)
    assert max(begun) <= Quarter(2023, 1)
    assert len(set(begun)) >= 8


def test_heinsberg_starts_in_2022_q3_and_the_two_aachens_apart():
    known = settings(SEED)
    assert known["05370"].start == Quarter(2022, 3)
    assert known["05370"].providers == ("ki", "diakonie", "drk")
    assert known["05334"].start != known["05334002"].start


def test_heinsberg_has_the_size_of_a_real_district(heinsberg):
    known = recorded(heinsberg, AS_OF)
    persons = heinsberg.members.merge(known["cases"]["case"])["person"].nunique()
    assert 1200 <= persons <= 1500
    assert 3.0 <= len(known["contacts"]) / len(known["cases"]) <= 5.0
    assert 1.3 <= len(known["referrals"]) / len(known["cases"]) <= 1.8


def test_the_number_of_arrivals_follows_the_population(arrivals):
    people = pd.Series({code: area.population for code, area in areas().items()})
    per_1000 = arrivals.groupby("area")["newly_arrived"].sum() / people * 1000
    assert per_1000.between(0.92 * per_1000.median(), 1.08 * per_1000.median()).all()


def test_arrivals_dip_in_2020_and_swell_in_2022(arrivals):
    total = arrivals.groupby("quarter")["newly_arrived"].sum()
    total.index = [str(quarter) for quarter in window()]
    assert total["2020Q2"] < 0.55 * total["2020Q1"]
    assert total["2022Q2"] > 2.5 * total["2020Q1"]


def test_the_effect_comes_back_as_a_simple_difference_of_differences(arrivals):
    start = {c: window().index(s.start) if s.start else 99 for c, s in settings(SEED).items()}
    arrivals = arrivals.assign(start=arrivals["area"].map(start))
    shares = _shares(arrivals[arrivals["start"] == 99])
    estimates, weights = [], []
    for cohort, rows in arrivals[arrivals["start"] < 99].groupby("start"):
        after, before = list(range(cohort + 3, 20)), list(range(cohort))
        own = _shares(rows)
        gained = own[after].mean() - own[before].mean()
        trend = shares[after].mean() - shares[before].mean()
        estimates.append(gained - trend)
        weights.append(rows.loc[rows["quarter"].isin(after), "newly_arrived"].sum())
    # 6 points are planted; four untreated areas leave a standard error of about one point.
    assert np.average(estimates, weights=weights) == pytest.approx(0.06, abs=0.02)


def _shares(rows):
    total = rows.groupby("quarter")[["newly_arrived", "course_entry"]].sum()
    return total["course_entry"] / total["newly_arrived"]


def test_an_area_without_programme_has_arrivals_and_no_case():
    code = next(code for code, setting in settings(SEED).items() if setting.start is None)
    world = make_world(areas()[code], SEED, 0.2)
    assert world.arrivals["newly_arrived"].sum() > 0
    assert len(world.persons) == len(world.cases) == len(world.contacts) == 0


def test_nothing_happens_before_the_start_or_on_a_weekend(heinsberg):
    assert heinsberg.cases["opened_on"].min() >= pd.Timestamp("2022-07-01")
    assert heinsberg.contacts["contact_on"].min() >= pd.Timestamp("2022-07-01")
    assert heinsberg.contacts["contact_on"].max() <= pd.Timestamp("2024-12-31")
    assert (heinsberg.contacts["contact_on"].dt.day_of_week < 5).all()


def test_contacts_lie_between_opening_and_closing_of_their_case(heinsberg):
    case = heinsberg.cases.set_index("case").loc[heinsberg.contacts["case"]]
    day = heinsberg.contacts["contact_on"].to_numpy()
    assert (day >= case["opened_on"].to_numpy()).all()
    assert not (day > case["closed_on"].to_numpy()).any()
    first = heinsberg.contacts.groupby("case")["contact_on"].min()
    assert (first == heinsberg.cases.set_index("case")["opened_on"]).all()


def test_the_pandemic_moves_contacts_to_phone_and_thins_them():
    code = next(c for c, s in settings(SEED).items() if s.start == Quarter(2020, 3))
    world = make_world(areas()[code], SEED)
    per_case, distant = {}, {}
    for quarter in (Quarter(2021, 1), Quarter(2022, 1)):
        start, end = pd.Timestamp(quarter.start), pd.Timestamp(quarter.end)
        met = world.contacts[world.contacts["contact_on"].between(start, end)]
        open_cases = (world.cases["opened_on"] <= end) & ~(world.cases["closed_on"] < start)
        further = met[met["turn"] > 0]
        per_case[quarter] = len(further) / open_cases.sum()
        distant[quarter] = met["mode"].isin(["phone", "digital"]).mean()
    assert per_case[Quarter(2021, 1)] < 0.75 * per_case[Quarter(2022, 1)]
    assert distant[Quarter(2021, 1)] > 0.65
    assert distant[Quarter(2022, 1)] < 0.40


def test_no_two_persons_share_plain_name_and_birth_day(heinsberg):
    persons = heinsberg.persons
    plain = [plain_name(pair) for pair in zip(persons["family"], persons["given"], strict=True)]
    assert not pd.DataFrame({"name": plain, "born": persons["born"]}).duplicated().any()


def test_persons_who_would_be_taken_for_one_get_another_birth_day():
    persons = pd.DataFrame(
        {
            "family": ["Groß", "Gross", "Kaya", "Kaya"],
            "given": ["Ali", "ALI", "Ali", "Ali"],
            "born": pd.to_datetime(["1990-01-01", "1990-01-01", "1990-01-01", "1990-01-02"]),
        }
    )
    days = _tell_apart(persons).dt.strftime("%d.%m.%Y").tolist()
    assert days == ["01.01.1990", "31.12.1989", "01.01.1990", "02.01.1990"]


def test_a_world_is_the_same_each_time_and_another_seed_another_one(heinsberg):
    again = make_world(areas()["05370"], SEED)
    other = make_world(areas()["05370"], SEED + 1)
    pd.testing.assert_frame_equal(again.contacts, heinsberg.contacts)
    assert len(other.contacts) != len(heinsberg.contacts)


def test_later_knowledge_is_not_in_an_earlier_delivery(heinsberg):
    early, late = recorded(heinsberg, AS_OF), recorded(heinsberg, dt.date(2025, 1, 15))
    for name in ("contacts", "referrals", "placements", "cases"):
        assert early[name]["recorded_on"].max() <= pd.Timestamp(AS_OF)
    assert early["cases"]["closed_on"].max() <= pd.Timestamp(AS_OF)
    assert early["referrals"]["decided_on"].max() <= pd.Timestamp(AS_OF)
    third_quarter = [
        int(frames["cases"]["opened_on"].between("2024-07-01", "2024-09-30").sum())
        for frames in (early, late)
    ]
    assert third_quarter == [125, 128]  # three cases of the quarter were recorded late


@pytest.mark.parametrize(
    ("day", "sender", "receiver", "person", "expected"),
    [
        ("2024-03-31", "B", "A", 1, 1),  # 90 days after 1 January
        ("2024-04-01", "B", "A", 1, 0),
        ("2024-01-01", "B", "A", 1, 0),
        ("2024-02-01", "B", "C", 1, 0),
        ("2024-02-01", "B", "A", 2, 0),
        ("2024-02-01", "A", "B", 1, 0),
    ],
)
def test_a_return_is_a_to_b_to_a_of_one_person_within_90_days(
    day, sender, receiver, person, expected
):
    referrals = pd.DataFrame(
        {
            "person": [1, person],
            "referred_on": pd.to_datetime(["2024-01-01", day]),
            "from_agency": ["A", sender],
            "to_agency": ["B", receiver],
        }
    )
    assert returns(referrals) == expected


def test_the_planted_rate_of_returns_is_met(heinsberg):
    rate = returns(heinsberg.referrals) / len(heinsberg.referrals)
    # 8 of 100 are planted on the outward ones, 7.4 of all: 0.08 / 1.08; sd about half a point.
    assert rate == pytest.approx(0.074, abs=0.015)


def test_a_gap_is_the_days_between_two_spheres():
    spheres = pd.DataFrame(
        {
            "person": [1, 1, 2, 2],
            "valid_from": pd.to_datetime(["2023-01-01", "2023-07-01", "2023-01-01", "2023-07-11"]),
            "valid_to": pd.to_datetime(["2023-06-30", None, "2023-06-30", None]),
        }
    )
    assert gaps(spheres).tolist() == [0, 10]


def test_another_habit_of_spelling_keeps_the_plain_name_and_a_typing_error_does_not():
    for family in names()["family"]:
        for given in (*names()["given_female"], *names()["given_male"]):
            for turn in range(7):
                habit = habits(family, given, turn)
                assert habit != (family, given)
                assert plain_name(habit) == plain_name((family, given))
                assert plain_name(typing_error(family, given, turn)) != plain_name((family, given))


def test_a_waiting_time_has_its_declared_median():
    waiting = Days(60, 0.9)
    assert np.median(waiting.table) == 60
    assert waiting.share_within(60) == pytest.approx(0.5, abs=0.01)
    drawn = Draws(1, "05370", "people").days(20_000, waiting)
    assert np.median(drawn) == pytest.approx(60, abs=2)


def test_draws_differ_by_seed_area_and_stream():
    first = Draws(1, "05370", "people").uniform(3).tolist()
    assert Draws(1, "05370", "people").uniform(3).tolist() == first
    for other in ((2, "05370", "people"), (1, "05366", "people"), (1, "05370", "cases")):
        assert Draws(*other).uniform(3).tolist() != first


def test_weights_decide_how_often_something_is_chosen():
    chosen = Draws(1, "0", "people").choose(10_000, {"often": 3.0, "seldom": 1.0, "never": 0.0})
    assert (chosen == "often").mean() == pytest.approx(0.75, abs=0.02)
    assert "never" not in set(chosen)
