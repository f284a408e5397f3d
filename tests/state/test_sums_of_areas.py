"""Sums, shares and loads over areas: what is in them, and what is said of the rest."""

import math

import pytest

from kimeval.core.errors import DataError
from kimeval.reach.state import case_load, coverage_overall, not_reached, reached_by_group, sums
from kimeval.reach.state.frames import of_areas

from .areas_made import CODES, count, frame, lacking, load, share

FIRST, SECOND, THIRD = CODES[:3]
PARTIAL = {"status": "partial", "reason": "ohne beendete Fälle von DRK"}


def rows(results, name):
    found = results.frame[results.frame["indicator"] == name]
    return found.to_dict("records")


def only(results, name):
    (row,) = rows(results, name)
    return row


def test_a_hidden_a_refused_and_an_absent_area_are_in_no_sum_and_told():
    held = frame(
        count(31, FIRST), count(3, SECOND), lacking(THIRD, "persons_reached"), count(40, CODES[3])
    )
    row = only(sums(held), "state_persons_reached")
    assert (row["area"], row["period"], row["value"]) == ("05", "2024Q3", 71)
    assert row["status"] == "partial"
    assert row["reason"] == (
        "Zahlen aus 2 von 54 Gebieten (1 nicht bestimmbar, 1 gesperrt, 50 nicht veröffentlicht)"
    )


def test_a_sum_of_all_areas_is_complete():
    row = only(sums(frame(*(count(10, code) for code in CODES))), "state_persons_reached")
    assert (row["value"], row["status"], row["reason"]) == (540, "complete", "")


def test_an_incomplete_area_makes_the_sum_partial():
    held = [count(10, code) for code in CODES[1:]]
    row = only(sums(frame(count(10, FIRST, **PARTIAL), *held)), "state_persons_reached")
    assert row["reason"] == "Zahlen aus 54 von 54 Gebieten, in 1 davon lückenhaft"


def test_without_any_value_a_sum_is_refused_and_not_zero():
    row = only(sums(frame(count(2, FIRST))), "state_persons_reached")
    assert row["status"] == "refused" and math.isnan(row["value"])
    assert row["reason"].startswith("kein Gebiet mit Wert (Zahlen aus 0 von 54 Gebieten")


def test_each_sum_says_how_many_areas_are_in_it():
    found = rows(sums(frame(count(31, FIRST), count(40, SECOND, "cases_active"))), "state_areas")
    told = {row["group"]: (row["value"], row["denominator"]) for row in found}
    assert told["Erreichte Personen"] == told["Aktive Fälle"] == (1, 54)
    assert told["Neue Fälle"] == (0, 54)


def test_only_the_newest_quarter_and_totals_are_summed():
    group = {"dimension": "gender", "group": "weiblich"}
    held = frame(count(9, FIRST, period="2024Q2"), count(31, FIRST), count(12, FIRST, **group))
    assert only(sums(held), "state_persons_reached")["value"] == 31


def test_two_totals_of_one_area_are_an_error():
    with pytest.raises(DataError, match="1 have more"):
        of_areas(
            frame(count(31, FIRST)).loc[[0, 0]].reset_index(drop=True), "persons_reached", "2024Q3"
        )


def test_rows_without_a_quarter_are_an_error():
    with pytest.raises(DataError, match="told of a quarter"):
        sums(frame(count(31, FIRST, period="2024-10-15")))


def test_coverage_is_pooled_over_persons_and_quartiles_over_areas():
    held = frame(share(20, 100, FIRST), share(300, 900, SECOND), share(10, 100, THIRD))
    found = coverage_overall(held)
    row = only(found, "state_coverage_newly_arrived")
    assert row["value"] == 330 / 1100
    assert row["lower"] < 0.3 < row["upper"]
    middle = [r for r in rows(found, "state_coverage_quartile") if r["group"] == "Mitte"]
    assert middle[0]["value"] == 0.2
    assert rows(found, "state_coverage_gap_of_data") == []


def test_areas_with_incomplete_data_stand_apart_with_the_gap():
    whole = [share(300, 1000, code) for code in CODES[:6]]
    found = coverage_overall(frame(*whole, *(share(200, 1000, c, **PARTIAL) for c in CODES[6:12])))
    groups = {r["group"]: r["value"] for r in rows(found, "state_coverage_newly_arrived")}
    assert groups["vollständige Lieferung (6 Gebiete)"] == 0.3
    assert groups["unvollständige Lieferung (6 Gebiete)"] == 0.2
    gap = only(found, "state_coverage_gap_of_data")
    assert gap["value"] == pytest.approx(-10)
    assert gap["lower"] < -10 < gap["upper"]


def test_those_not_reached_are_counted_with_most_first():
    held = frame(share(20, 100, FIRST), share(300, 900, SECOND), lacking(THIRD))
    found = not_reached(held)
    assert only(found, "state_not_reached")["value"] == 680
    there = rows(found, "area_not_reached")
    assert [(r["area"], r["value"]) for r in there] == [(SECOND, 600), (FIRST, 80)]


def test_case_load_is_cases_over_posts_of_areas_that_have_both():
    held = frame(load(60, 2.0, FIRST), load(30, 1.5, SECOND), lacking(THIRD, "cases_per_fte"))
    row = only(case_load(held), "state_cases_per_fte")
    assert (row["numerator"], row["denominator"]) == (90, 3.5)
    assert row["value"] == 90 / 3.5


@pytest.mark.parametrize("measure", [coverage_overall, not_reached, case_load])
def test_no_area_with_a_value_is_a_refusal(measure):
    held = frame(lacking(FIRST), lacking(FIRST, "cases_per_fte"))
    (row,) = measure(held).frame.to_dict("records")
    assert row["status"] == "refused" and "1 nicht bestimmbar" in row["reason"]


def test_groups_are_summed_without_what_areas_hide_and_say_so():
    young = {"dimension": "age_band", "group": "0 bis 17"}
    old = {**young, "group": "18 bis 26"}
    held = frame(
        *(count(60, code) for code in CODES),
        *(count(20, code, **young) for code in CODES[:3]),
        *(count(40, code, **old) for code in CODES[:2]),
        count(2, THIRD, **old),
    )
    found = reached_by_group(held, "age_band").frame.set_index("group")
    assert found.loc["18 bis 26", "value"] == 80
    assert found.loc["18 bis 26", "reason"] == "in einem Gebiet gesperrt und nicht enthalten"
    assert (found["dimension"] == "age_band").all()
    few = reached_by_group(frame(count(60, FIRST), count(2, FIRST, **old)), "age_band").frame
    assert few["status"].tolist() == ["refused"]
