from decimal import Decimal

import pytest

from kimeval.core.catalogue import catalogue
from kimeval.published import values
from kimeval.published.names import result_unit

WORKED = {
    "b1-fill-rate": 2.0 / 3.5,
    "b2-filled": 7.25 + 1.5 + 1.5,
    "b2-fill-rate": 10.25 / 12.0,
    "b2-ki-fill-rate": 7.25 / 9.0,
    "b3-fill-rate": 2.0 / 2.0,
    "kim-approved": 3.5 + 0.5 + 12.0 + 2.0,
    "kim-filled": 2.0 + 0.5 + 10.25 + 2.0,
    "kim-fill-rate": 14.75 / 18.0,
    "kim-possible-at-district": 13.0,
    "ki-fill-rate": 6.2 / 6.5,
    "teachers-fill-rate": 3.2049 / 3.5,
    "komman-fill-rate": 1.0 / 1.5,
    "heads-difference": 13 - 12,
    "tm-posts-difference": 2.5 - 1.5,
    "steering-per-year": 4 / (40 / 12),
    "areas-difference": 54 - 53,
    "b2-funds-2021-yearly": 6 * 55000,
    "b2-funds-2021": 330000,
    "b2-funds-2021-difference": 330000 - 330000,
    "b2-topup-2021": 2 * 5000,
    "aachen-cost-per-post": 64000 + 6000,
    "aachen-cost-total": 5 * 70000,
    "aachen-own-share": 5 * 70000 - 275000,
    "aachen-gap-fundable": 5 * 9000,
    "aachen-overhead": 5 * 6000,
    "aachen-own-share-unexplained": 100000 - 75000,
    "komman1-granted-years": 2 * 15000,
    "komman1-granted-months": 22 / 12 * 15000,
    "komman1-drawn-share": 25199.98 / 30000,
    "komman1-drawn-share-months": 25199.98 / 27500,
    "komman2-granted-2023": 103450,
    "komman2-granted-2024": 103450,
    "komman2-drawn-share-2023": 75700 / 103450,
    "komman2-drawn-share-2024": 29320 / 103450,
    "tm-target-group": 100 / 0.25,
    "tm-coverage-2022": 161 / 400,
    "lm-change-2020": (250 - 320) / 320,
    "lm-change-2023": (1052 - 250) / 250,
    "lm-per-month-2019": 320 / 12,
    "lm-per-month-2020": 250 / 12,
    "lm-per-month-2023": 1052 / 12,
    "lm-per-month-2024": 745 / 11,
    "lm-cost-2023": 36120 / 1052,
    "lm-cost-2024": 23810 / 745,
    "lm-per-volunteer-2020": 250 / 43,
    "lm-per-volunteer-2024": 745 / 70,
    "lm-volunteers-change": (70 - 43) / 43,
    "lm-languages-change": (30 - 33) / 33,
    "school-per-month-all": 4556 / (117 + 1 / 31),
    "school-per-month-recent": 860 / 22,
    "fit-size": 63 / 3,
    "griffbereit-size": 35 / 5,
    "griffbereit-children-size": 36 / 5,
    "rucksack-kita-size": 61 / 11,
    "rucksack-kita-needed": 11 * 6,
    "rucksack-kita-short": 66 - 61,
}
KINDS = {
    "tm-target-group": "lower",
    "tm-coverage-2022": "upper",
    "aachen-own-share": "lower",
    "aachen-gap-fundable": "upper",
    "aachen-own-share-unexplained": "upper",
    "aachen-cost-per-post": "plan",
    "aachen-cost-total": "plan",
    "aachen-overhead": "plan",
    "school-per-month-recent": "approx",
}


def stated(name: str) -> float:
    bounds = values()[name].bounds
    return float(bounds.lower if bounds.lower.is_finite() else bounds.upper)


@pytest.mark.parametrize("name", WORKED)
def test_a_derived_value_agrees_with_the_calculation_by_hand(name):
    assert stated(name) == pytest.approx(WORKED[name], rel=1e-12)


@pytest.mark.parametrize("name", WORKED)
def test_a_derived_value_says_whether_it_is_a_bound(name):
    assert values()[name].bounds.kind == KINDS.get(name, "exact")


def test_every_derived_value_is_worked_by_hand():
    assert {v.id for v in values().values() if v.operands} == set(WORKED)


def test_values_keep_the_declared_order():
    assert list(values())[:2] == ["posts-b1-approved-2024", "posts-b1-assist-approved-2024"]
    assert list(values())[-1] == "rucksack-kita-short"


def test_posts_at_the_district_reach_the_published_ceiling_of_13():
    assert values()["posts-kim-max-2023"].bounds.upper == Decimal("13.0")
    assert stated("kim-possible-at-district") == 13.0


def test_every_value_fits_its_indicator_in_the_catalogue():
    units = {value.indicator: set() for value in values().values()}
    for value in values().values():
        units[value.indicator].add(value.unit)

    mixed = {name for name, found in units.items() if len(found) > 1}
    assert mixed == {"published_services"}
    assert all(catalogue()[name].counts == "published" for name in units)


def test_every_indicator_in_use_has_a_format():
    for value in values().values():
        unit = catalogue()[value.indicator].unit
        assert result_unit(value.indicator, unit).pattern.startswith("#,##0")


def test_the_assignments_of_2024_are_partial_and_end_on_30_november():
    assert values()["lm-assignments-2024"].reason == "kein volles Jahr (bis 30.11.2024)"
    assert values()["lm-cost-2024"].reason == "kein volles Jahr (bis 30.11.2024)"
    assert values()["lm-assignments-2023"].reason == ""


def test_a_fill_rate_stands_for_the_day_on_which_posts_were_filled():
    assert values()["b2-fill-rate"].period.code == "2024-11-01"


def test_a_change_stands_for_both_years():
    assert values()["lm-change-2020"].period.label == "2019 bis 2020"


def test_a_derived_value_names_the_documents_of_its_operands():
    assert values()["tm-coverage-2022"].sources == ("heinsberg-2024", "heinsberg-2021")
