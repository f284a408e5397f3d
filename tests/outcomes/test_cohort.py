"""Who is followed and how it ends, by hand."""

import numpy as np
import pandas as pd
import pytest
from tests.outcomes.following import BEGUN, QUARTER, day, district, placed, without

from kimeval.core.quarter import Quarter
from kimeval.outcomes.cohort import cohort, year_of
from kimeval.outcomes.declared import OUTCOMES
from kimeval.outcomes.follow import TooFew, follow

COURSE, STAY, SCHOOL = OUTCOMES["language_course"], OUTCOMES["stay"], OUTCOMES["school"]
UNTIL = pd.Timestamp("2024-06-30")


def test_a_year_is_looked_at_half_a_year_after_its_end():
    assert year_of(Quarter(2024, 3)) == Quarter(2023, 4)
    assert year_of(Quarter(2024, 2)) == Quarter(2023, 4)
    assert year_of(Quarter(2024, 1)) == Quarter(2022, 4)
    held = cohort(district(), QUARTER)
    assert (held.place.period, held.until) == ("2023", UNTIL)
    assert (held.frame["ended"] == UNTIL).all()


def test_outcome_leaving_and_the_end_of_observation_are_told_apart():
    """Ten begin a course, ten move, ten reach their goals, the rest is still there."""
    reasons = {1: "moved", 2: "goal_reached"}
    data = district(
        closed=lambda n: {1: 50, 2: 80}.get(n // 10),
        reason=lambda n: reasons.get(n // 10),
        placements=placed(dict.fromkeys(range(10), 30)),
    )
    found = follow(cohort(data, QUARTER), COURSE).spells
    assert np.bincount(found.ending).tolist() == [40, 10, 10]
    ends = [30] * 10 + [50] * 10 + [80] * 10 + [(UNTIL - BEGUN).days] * 30
    assert sorted(found.exit.tolist()) == ends


def test_an_outcome_after_the_observation_is_not_counted():
    data = district(
        closed=lambda n: 80 if n < 30 else None,
        reason=lambda n: "goal_reached",
        placements=placed({n: 100 if n < 30 else 40 for n in range(60)}),
    )
    assert np.bincount(follow(cohort(data, QUARTER), COURSE).spells.ending).tolist() == [30, 30]


def test_a_contact_after_a_case_was_closed_as_lost_says_they_were_not():
    data = district(
        closed=lambda n: 50 if n < 20 else None,
        reason=lambda n: "contact_lost",
        contacts=[{"person": n, "contact_id": f"c{n}", "contact_on": day(70)} for n in range(10)],
    )
    frame = cohort(data, QUARTER).frame
    assert frame["how"].sum() == 2 * 10
    assert (frame["ended"] == day(70)).sum() == 10


def test_who_reached_it_before_or_cannot_is_not_followed():
    """Of 60, ten had a course before and ten are ten years old."""
    data = district(
        clients=lambda n: {"birth_year": 2013} if 10 <= n < 20 else {},
        placements=placed({n: -5 if n < 10 else 30 for n in range(60)}),
    )
    found = follow(cohort(data, QUARTER), COURSE)
    assert len(found.spells) == 40
    assert (found.spells.ending == 1).all()


def test_an_outcome_on_the_first_day_counts_as_half_a_day():
    data = district(placements=placed(dict.fromkeys(range(60), 0)))
    assert set(follow(cohort(data, QUARTER), COURSE).spells.exit) == {0.5}


def test_on_the_clock_of_arrival_persons_enter_late():
    data = district(
        clients=lambda n: {"arrived_on": day(10) if n < 5 else day(-90)},
        placements=placed(dict.fromkeys(range(20), 30)),
    )
    found = follow(cohort(data, QUARTER), COURSE, "arrival")
    assert len(found.spells) == 55
    assert set(found.spells.entry) == {90}
    assert found.spells.exit.min() == 120
    assert "Einreise nach der Aufnahme" in found.reason


def test_a_title_needs_one_that_it_can_follow():
    titles = [
        {"person": n, "title": "duldung" if n < 40 else "eu", "valid_from": day(-80),
         "valid_to": day(99) if n < 10 else pd.NaT}
        for n in range(60)
    ]  # fmt: skip
    later = [{"person": n, "title": "erlaubnis_25b", "valid_from": day(100)} for n in range(10)]
    found = follow(cohort(district(residence=titles + later), QUARTER), STAY)
    assert np.bincount(found.spells.ending).tolist() == [30, 10]


def test_a_family_is_a_cluster():
    data = district(
        clients=lambda n: {"household_id": f"h{n // 3}"},
        placements=placed(dict.fromkeys(range(20), 30)),
    )
    assert follow(cohort(data, QUARTER), COURSE).spells.clusters == 20


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (district(placements=placed({})[:0] or placed({0: -9})), "niemand hat es erreicht"),
        (district(20, placements=placed({0: 9})), "weniger als 30 Personen"),
        (district(), "keine Tabelle „Vermittlungen“"),
        (without(district(placements=placed({0: 9})), "cases"), "keine Tabelle „Fälle“"),
    ],
)
def test_what_the_data_cannot_carry_is_refused(data, told):
    with pytest.raises(TooFew, match=told):
        follow(cohort(data, QUARTER), COURSE)


def test_a_school_place_is_known_from_either_table():
    children = {"clients": lambda n: {"birth_year": 2013}}
    requests = [
        {"person": n, "request_id": f"s{n}", "requested_on": day(1), "placed_on": day(40)}
        for n in range(30)
    ]
    data = district(**children, school_places=requests)
    assert (follow(cohort(data, QUARTER), SCHOOL).spells.ending == 1).sum() == 30


def test_providers_that_drop_closed_cases_are_left_out_and_named():
    held = cohort(district(only_active=["ki"]), QUARTER)
    assert held.frame.empty
    assert held.place.reason == "ohne Integrationszentrum, wo beendete Fälle fehlen"


def test_cases_that_end_before_they_begin_are_left_out_or_refused():
    def told(many):
        return district(
            100,
            closed=lambda n: -5 if n < many else None,
            reason=lambda n: "moved",
            placements=placed(dict.fromkeys(range(50, 90), 30)),
        )

    found = follow(cohort(told(4), QUARTER), COURSE)
    assert len(found.spells) == 96
    assert found.reason == "ohne Fälle, die vor ihrem Beginn enden"
    with pytest.raises(TooFew, match="mehr als 5 % der Fälle enden vor ihrem Beginn"):
        follow(cohort(told(10), QUARTER), COURSE)


def test_members_of_a_case_are_followed_too():
    members = [{"person": n, "case_id": "f0"} for n in (0, 60, 61)]
    data = district(62, members=members)
    cases = data.tables["cases"]
    only = {**data.tables, "cases": cases[~cases["client_id"].isin(["k60", "k61"])]}
    held = cohort(type(data)(data.area, data.as_of, only, True), QUARTER)
    assert len(held.frame) == 62
