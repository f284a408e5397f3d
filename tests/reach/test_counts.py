"""Persons, cases and households, counted by hand on the six persons of conftest.py."""

import datetime as dt
from dataclasses import replace

import pytest

from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter
from kimeval.reach import (
    cases_active,
    cases_closed,
    cases_new,
    households_active,
    persons_new,
    persons_reached,
    reach_by_quarter,
    reach_overview,
)

Q3 = Quarter(2024, 3)
ALL = ("provider", "ags", "gender", "age_band", "nationality", "legal_sphere")


def only(results):
    (row,) = list(results)
    return row


def test_a_person_known_to_two_providers_is_reached_once(kim, numbers):
    # p1 (both), p2, p3, p4, p5, and k9 who is in no list of clients.
    results = persons_reached(kim, Q3, by=["provider"])
    assert numbers(results) == {"": 6}
    # p1 counts with the provider of the first contact: the groups add up to the total.
    assert numbers(results, "provider") == {"Integrationszentrum": 5, "Rotes Kreuz": 1}


def test_first_and_last_day_belong_to_the_quarter_and_the_days_beside_do_not(kim, numbers):
    # c3 of 30.06. is the only contact of the second quarter, c7 of 01.10. is of the fourth.
    assert numbers(persons_reached(kim, Quarter(2024, 2))) == {"": 1}
    assert numbers(persons_reached(kim, Quarter(2024, 4))) == {"": 1}


def test_a_person_is_new_with_the_first_case_ever_with_anyone(kim, numbers):
    # p1 (f1), p3 (f7), p5 (f4) and the case f5 without a client; not p4, first taken on in 2022.
    assert numbers(persons_new(kim, Q3)) == {"": 4}
    assert numbers(persons_new(kim, Quarter(2022, 1))) == {"": 1}


def test_a_case_closed_on_the_last_day_is_not_active(kim, numbers):
    # f1, f3 (opened that day), f4, f5, f9.
    assert numbers(cases_active(kim, Q3)) == {"": 5}
    assert numbers(cases_closed(kim, Q3)) == {"": 2}
    assert numbers(cases_new(kim, Q3)) == {"": 6}


def test_cases_without_a_client_count_as_one_person_each(changed):
    nameless = changed(cases=lambda f: f[f["case_id"].isin(["f4", "f5"])].assign(client_id=None))
    row = only(cases_active(nameless, Q3))
    assert (row.value, row.contributors) == (2, 2)
    assert only(persons_new(nameless, Q3)).value == 2


def test_two_open_cases_of_one_household_are_one_household(kim, changed, numbers):
    # h1, h9, h5, h4, and f4 for itself.
    assert numbers(households_active(kim, Q3)) == {"": 5}
    open_again = changed(
        cases=lambda f: f.assign(closed_on=f["closed_on"].mask(f["case_id"] == "f2"))
    )
    assert numbers(cases_active(open_again, Q3)) == {"": 6}
    assert numbers(households_active(open_again, Q3)) == {"": 5}


def test_contributors_are_persons_and_not_cases(kim):
    # f1 and f3 are cases of p1: five cases, four persons.
    row = only(cases_active(kim, Q3))
    assert (row.value, row.contributors) == (5, 4)


def test_groups_hold_outside_and_unknown_in_the_order_of_the_list(kim, numbers):
    results = persons_reached(kim, Q3, by=["ags", "gender"])
    towns = numbers(results, "ags")
    assert towns == {"Erkelenz": 2, "Heinsberg": 1, "außerhalb des Gebiets": 1, "unbekannt": 2}
    assert list(towns) == ["Erkelenz", "Heinsberg", "außerhalb des Gebiets", "unbekannt"]
    assert numbers(results, "gender") == {"weiblich": 2, "männlich": 2, "unbekannt": 2}


def test_age_bands_change_at_18_and_28(kim, numbers):
    # 17: p5; 18 and 27: p2, p3; 28 and 34: p4, p1; unknown: k9.
    bands = numbers(persons_reached(kim, Q3, by=["age_band"]), "age_band")
    assert bands == {"unter 18": 1, "18 bis 27": 2, "28 bis 39": 2, "unbekannt": 1}


def test_the_legal_sphere_is_the_latest_open_on_the_last_day(kim, numbers):
    # p1: AsylbLG to that day and SGB II since 15.09.; p2: AsylbLG to that day; p3: ended the
    # day before; p5: begins the day after.
    spheres = numbers(persons_reached(kim, Q3, by=["legal_sphere"]), "legal_sphere")
    assert spheres == {"AsylbLG": 1, "SGB II": 1, "unbekannt": 4}


def test_every_breakdown_adds_up_to_the_total(kim, numbers):
    results = persons_reached(kim, Q3, by=ALL)
    sums = {d: sum(numbers(results, d).values()) for d in ALL}
    assert sums == dict.fromkeys(ALL, 6)


def test_a_missing_table_is_refused_and_the_others_go_on(changed):
    overview = list(reach_overview(changed(contacts=None), Q3))
    status = {row.indicator: row.status for row in overview}
    assert status.pop("persons_reached") == "refused"
    assert set(status.values()) == {"complete"}
    assert overview[0].reason == "Die Lieferung enthält keine Tabelle „Kontakte“ (contacts)"


def test_a_dimension_that_cannot_be_told_is_refused_and_the_total_stays(changed, numbers):
    results = persons_reached(changed(legal_spheres=None), Q3, by=["legal_sphere", "gender"])
    (untold,) = list(results.only(dimension="legal_sphere"))
    assert (untold.status, untold.group) == ("refused", "Rechtskreis")
    assert "Rechtskreise" in untold.reason
    assert numbers(results) == {"": 6}
    assert numbers(results, "gender")["weiblich"] == 2


def test_a_missing_table_is_refused_in_every_breakdown_asked_for(changed):
    results = persons_reached(changed(contacts=None), Q3, by=["gender", "provider"])
    assert [(r.dimension, r.status) for r in results] == [
        ("", "refused"),
        ("gender", "refused"),
        ("provider", "refused"),
    ]


def test_an_unknown_dimension_names_the_nearest(kim):
    with pytest.raises(DataError, match="Did you mean 'gender'"):
        persons_reached(kim, Q3, by=["gendre"])


def test_a_client_that_stands_twice_is_an_error_without_its_number(changed):
    twice = changed(clients=lambda f: f.loc[[0, 0, 1]])
    with pytest.raises(DataError, match="1 rows repeat one") as found:
        persons_reached(twice, Q3)
    assert "k1" not in str(found.value) and found.value.__cause__ is None


def test_empty_tables_count_zero(changed, numbers):
    empty = changed(contacts=lambda f: f.head(0), cases=lambda f: f.head(0))
    assert [row.value for row in reach_overview(empty, Q3)] == [0] * 11
    assert numbers(persons_reached(empty, Q3, by=ALL), "gender") == {}


def test_one_contact_is_one_person(changed, numbers):
    one = changed(contacts=lambda f: f.head(1))
    assert numbers(persons_reached(one, Q3, by=["age_band"]), "age_band") == {"28 bis 39": 1}


def test_an_open_quarter_is_partial(kim):
    early = replace(kim, as_of=dt.date(2024, 9, 30))
    assert only(persons_reached(early, Q3)).status == "partial"
    assert only(persons_reached(replace(kim, as_of=dt.date(2024, 10, 1)), Q3)).status == "complete"


def test_an_export_of_active_cases_only_makes_counts_partial_and_names_the_provider(kim):
    row = only(cases_active(replace(kim, only_active=("drk",)), Q3))
    assert row.status == "partial"
    assert "Rotes Kreuz" in row.reason


def test_a_series_begins_with_the_first_contact(kim, changed):
    periods = reach_by_quarter(kim, Q3).frame["period"].tolist()
    assert periods == ["2024Q2", "2024Q3"] * 2
    assert len(reach_by_quarter(changed(contacts=lambda f: f.head(0)), Q3, 4)) == 8
    assert reach_by_quarter(kim, Q3, quarters=1).frame["period"].tolist() == ["2024Q3"] * 2


def test_a_series_that_ends_before_the_first_contact_is_its_last_quarter_alone(kim, numbers):
    early = reach_by_quarter(kim, Quarter(2021, 1))
    assert early.frame["period"].tolist() == ["2021Q1", "2021Q1"]
