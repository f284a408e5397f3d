"""Coverage of target groups over sourced denominators, by hand on the six persons."""

import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest

from kimeval.core.denominator import SourcedDenominator
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform
from kimeval.core.supplied import SphereRule, Supplied
from kimeval.reach import coverage_target_groups
from kimeval.reach.targets import declared_rules, rule_for, target_groups

Q3 = Quarter(2024, 3)
TITLES = [("k1", "gestattung"), ("k2", "duldung"), ("k3", "erlaubnis_24"), ("k4", "eu")]
YOUNG = "Geflüchtete von 18 bis 27 Jahren"
PENDING = "Menschen mit Aufenthaltsgestattung oder Duldung"
ASYLBLG = "Leistungsberechtigte nach dem AsylbLG"


def given(measure="refugees_18_27", persons=40, day=Q3.end, ags="05370", **changed):
    one = SourcedDenominator(measure, ags, persons, day, source="einem Bericht", **changed)
    return Supplied((one,))


@pytest.fixture
def housed(kim):
    """The six persons with residence titles; p5 and k9 have none."""
    rows = [
        {"provider": "ki", "client_id": c, "title": t, "valid_from": pd.Timestamp("2024-01-01")}
        for c, t in TITLES
    ]
    return replace(
        kim, tables={**kim.tables, "residence": conform("residence", pd.DataFrame(rows))}
    )


def groups(dataset, supplied, **more):
    return {row.group: row for row in coverage_target_groups(dataset, Q3, supplied, **more)}


def test_refugees_of_18_to_27_are_counted_by_title_and_age(housed):
    # 18: p2 (Duldung), 27: p3 (§ 24); p1 is 34, p4 lives outside, p5 is 17.
    row = groups(housed, given())[YOUNG]
    assert (row.numerator, row.denominator, row.value) == (2, 40, 0.05)
    assert (row.lower, row.upper) == pytest.approx(tuple(wilson_interval(2, 40)[0]))
    assert row.reason.startswith("ohne Personen, deren Alter, Aufenthaltstitel")
    assert row.reason.endswith(
        "Nenner: am 30.09.2024, Geflüchtete von 18 bis 27 Jahren, laut einem Bericht"
    )


def test_a_lower_bound_gives_no_value_but_the_most_that_it_can_be(housed):
    row = groups(housed, given(quality="lower"))[YOUNG]
    assert math.isnan(row.value) and math.isnan(row.denominator)
    assert (row.numerator, row.lower) == (2, 0)
    assert "Nenner: mindestens 40 Personen, am 30.09.2024" in row.reason
    assert row.upper == pytest.approx(wilson_interval(2, 40)[0, 1])


def test_an_upper_bound_gives_the_least_that_it_can_be(housed):
    row = groups(housed, given(quality="upper"))[YOUNG]
    assert math.isnan(row.value) and row.upper == 1
    assert row.lower == pytest.approx(wilson_interval(2, 40)[0, 0])


def test_a_range_widens_the_interval_to_its_ends(housed):
    row = groups(housed, given(quality="approx", low=30, high=60))[YOUNG]
    assert row.value == 0.05
    assert row.lower == pytest.approx(wilson_interval(2, 60)[0, 0])
    assert row.upper == pytest.approx(wilson_interval(2, 30)[0, 1])
    assert row.method == "Wilson, Spanne des Nenners"


def test_a_population_of_another_year_is_used_only_if_asked_and_said(housed):
    old = given(day=dt.date(2022, 5, 15))
    row = groups(housed, old)[YOUNG]
    assert row.status == "refused" and "15.05.2022" in row.reason and "Verlangen" in row.reason
    asked = groups(housed, old, any_year=True)[YOUNG]
    assert asked.value == 0.05 and "am 15.05.2022" in asked.reason


def test_the_last_day_of_a_year_counts_for_the_next(housed):
    assert groups(housed, given(day=dt.date(2023, 12, 31)))[YOUNG].value == 0.05
    assert groups(housed, given(day=dt.date(2023, 12, 30)))[YOUNG].status == "refused"


def test_without_a_denominator_each_group_says_which_and_the_others_go_on(housed):
    rows = groups(housed, given())
    assert rows[PENDING].reason == f"kein Nenner „{PENDING}“ geliefert"
    assert rows[YOUNG].status == "partial"
    assert len(rows) == len(target_groups())


def test_the_population_table_gives_a_denominator_too(housed):
    row = {"ags": "05370004", "measure": "gestattung_duldung", "counted_on": Q3.end, "persons": 9}
    towns = [t.ags for t in housed.area.municipalities]
    many = [{**row, "ags": ags, "quality": "exact"} for ags in towns]
    data = replace(
        housed, tables={**housed.tables, "population": conform("population", pd.DataFrame(many))}
    )
    found = groups(data, Supplied())[PENDING]
    assert (found.numerator, found.denominator) == (2, 90)  # p1 and p2
    assert "Nenner" not in found.reason
    lacking = replace(
        housed,
        tables={**housed.tables, "population": conform("population", pd.DataFrame(many[1:]))},
    )
    assert groups(lacking, Supplied())[PENDING].status == "refused"


def test_more_reached_than_the_denominator_holds_names_both_sources(housed):
    row = groups(housed, given(persons=1))[YOUNG]
    assert row.status == "refused"
    assert "clients" in row.reason and "laut einem Bericht" in row.reason


def test_nobody_in_the_group_is_no_share(housed):
    row = groups(housed, given(persons=0))[YOUNG]
    assert row.reason in ("laut Quelle niemand in der Zielgruppe",)


def test_nobody_reached_of_somebody_is_zero(housed):
    row = groups(housed, given("bleiberecht", 30))
    assert row["Menschen mit Aufenthalt nach § 25a, § 25b oder § 104c AufenthG"].value == 0


@pytest.mark.parametrize("lacking", ["contacts", "clients", "residence"])
def test_a_missing_table_is_refused_by_name(housed, lacking):
    held = {name: frame for name, frame in housed.tables.items() if name != lacking}
    row = groups(replace(housed, tables=held), given())[YOUNG]
    assert row.status == "refused" and f"({lacking})" in row.reason


def test_a_sphere_with_a_case_management_of_its_own_is_no_target(kim):
    row = groups(kim, given("recipients_asylblg", 50))[ASYLBLG]
    assert (row.numerator, row.denominator) == (1, 50)  # p2; p1 has changed to SGB II
    rule = SphereRule("05370", dt.date(2024, 1, 1), ("asylblg",), "der Vereinbarung")
    own = Supplied(given("recipients_asylblg", 50).denominators, (rule,))
    refused = groups(kim, own)[ASYLBLG]
    assert refused.reason == "AsylbLG hat eigenes Fallmanagement, laut der Vereinbarung"


def test_the_rule_depends_on_place_and_time_and_the_users_comes_first():
    assert rule_for("05370", Quarter(2023, 4)).kim == "Verweisberatung"
    assert rule_for("05370", Quarter(2024, 1)).kim == "Aufnahme im Einzelfall möglich"
    assert rule_for("05334", Quarter(2024, 1)).kim == "Verweisberatung"
    assert rule_for("05370", Quarter(2019, 4)) is None
    late = SphereRule("05370", dt.date(2025, 1, 1), ("sgb2",), "X")
    assert rule_for("05370", Quarter(2024, 4), Supplied((), (late,))).spheres != ("sgb2",)
    assert rule_for("05370", Quarter(2025, 1), Supplied((), (late,))).spheres == ("sgb2",)


def test_each_declared_rule_names_its_source():
    assert all(rule.source for rule in declared_rules())
