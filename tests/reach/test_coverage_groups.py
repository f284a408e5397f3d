"""Coverage by age, gender, provider and language level, where a denominator is known."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.core.denominator import SourcedDenominator
from kimeval.core.errors import DataError
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.supplied import Supplied
from kimeval.reach import contact_within, coverage_newly_arrived

Q3 = Quarter(2024, 3)
SINCE = dt.date(2023, 10, 1)


def arrived(persons, **groups):
    return SourcedDenominator(
        "newly_arrived", "05370", persons, Q3.end, SINCE, source="einer Auszählung", **groups
    )


def by_group(dataset, dimension, *known):
    results = coverage_newly_arrived(dataset, Q3, [dimension], Supplied(known))
    return {row.group: row for row in results if row.dimension == dimension}


def test_by_gender_over_the_users_numbers(kim):
    # Reached among the newly arrived: p1 and p3 female, p2 male, p5 unknown.
    rows = by_group(kim, "gender", arrived(9, gender="female"), arrived(5, gender="male"))
    assert {g: (r.numerator, r.denominator) for g, r in rows.items()} == {
        "weiblich": (2, 9),
        "männlich": (1, 5),
    }
    assert rows["weiblich"].reason == (
        "Nenner: 01.10.2023 bis 30.09.2024, Neuzugewanderte im Quartal, laut einer Auszählung"
    )


def test_by_two_dimensions_at_once(kim):
    known = arrived(4, gender="female", age_band="28 bis 39")
    rows = by_group(kim, "gender × age_band", known)
    assert {g: (r.numerator, r.denominator) for g, r in rows.items()} == {
        "weiblich × 28 bis 39": (1, 4)
    }


def test_the_statistic_itself_may_tell_groups_apart(changed):
    def with_women(frame):
        women = frame.assign(gender="female", persons=1)
        return pd.concat([frame, women], ignore_index=True)

    rows = by_group(changed(population=with_women), "gender")
    assert {g: (r.numerator, r.denominator) for g, r in rows.items()} == {"weiblich": (2, 40)}
    assert rows["weiblich"].status == "complete"


@pytest.mark.parametrize(
    ("dimension", "name"),
    [
        ("gender", "Geschlecht"),
        ("age_band", "Altersgruppe"),
        ("nationality", "Staatsangehörigkeit"),
        ("language_level", "Sprachstand bei Aufnahme"),
        ("gender × age_band", "Geschlecht × Altersgruppe"),
    ],
)
def test_a_dimension_without_denominator_is_refused_and_says_which(kim, dimension, name):
    rows = by_group(kim, dimension)
    assert [(r.status, r.reason) for r in rows.values()] == [
        ("refused", f"keine Zahl der Neuzugewanderten nach {name} geliefert")
    ]


def test_by_language_level_only_the_user_can_know(changed):
    told = changed(clients=lambda f: f.assign(language_level="A1"))
    row = by_group(told, "language_level", arrived(10, language_level="A1"))["A1"]
    assert (row.numerator, row.denominator) == (4, 10)


def test_providers_share_what_all_reached(kim):
    # p1 met the KI first, p2 and p3 as well; p5 came to the Rotes Kreuz.
    rows = by_group(kim, "provider")
    assert {g: (r.numerator, r.denominator) for g, r in rows.items()} == {
        "Integrationszentrum": (3, 14),
        "Rotes Kreuz": (1, 14),
    }


def test_a_number_of_another_period_is_not_taken(kim):
    other = SourcedDenominator(
        "newly_arrived", "05370", 9, Q3.end, dt.date(2023, 7, 1), gender="female"
    )
    stock = SourcedDenominator("newly_arrived", "05370", 9, Q3.end, gender="female")
    for known in (other, stock):
        assert {r.status for r in by_group(kim, "gender", known).values()} == {"refused"}


def test_the_users_number_comes_before_the_statistic_and_says_so(kim):
    results = coverage_newly_arrived(kim, Q3, [], Supplied((arrived(20),)))
    (row,) = list(results)
    assert (row.numerator, row.denominator) == (4, 20)
    assert row.reason.startswith("Nenner: ")


def test_a_number_above_that_of_its_group_is_refused_with_both_sources(kim):
    row = by_group(kim, "gender", arrived(1, gender="female"))["weiblich"]
    assert row.status == "refused"
    assert "population" in row.reason and "laut einer Auszählung" in row.reason


def test_a_number_of_a_municipality_outside_changes_nothing(kim):
    elsewhere = replace(arrived(9, gender="female"), ags="05358")
    assert {r.status for r in by_group(kim, "gender", elsewhere).values()} == {"refused"}


def test_a_negative_number_of_the_statistic_stops_and_names_the_table(changed):
    negative = changed(population=lambda f: f.assign(persons=-1))
    with pytest.raises(DataError, match="not negative, found one in table 'population'"):
        coverage_newly_arrived(negative, Q3)


def test_an_unknown_dimension_names_the_nearest(kim):
    with pytest.raises(DataError, match="Did you mean 'gender'"):
        coverage_newly_arrived(kim, Q3, ["gendre"])


def test_one_person_reached_of_one(changed):
    data = changed(
        clients=lambda f: f[f["client_id"] == "k1"],
        population=lambda f: f.assign(persons=np.where(f.index == f.index[0], 1, 0)),
    )
    (total, *_) = list(coverage_newly_arrived(data, Q3))
    assert (total.numerator, total.denominator, total.value) == (1, 1, 1)
    assert (total.lower, total.upper) == pytest.approx(tuple(wilson_interval(1, 1)[0]))


def test_a_family_counts_as_fewer_independent_persons(changed):
    # p1, p2, p3 are one household: sizes 3 and 1, a person's mean family (9 + 1) / 4 = 2.5.
    data = changed(
        clients=lambda f: f.assign(
            household_id=np.where(f["client_id"].isin(["k1", "k2", "k3"]), "h1", None)
        )
    )
    row = next(iter(coverage_newly_arrived(data, Q3)))
    low, high = wilson_interval(4 / 2.5, 14 / 2.5)[0]
    assert (row.value, row.method) == (pytest.approx(2 / 7), "Wilson, Familien als Klumpen")
    assert (row.lower, row.upper) == pytest.approx((low, high))


numbers = st.lists(st.integers(0, 30), min_size=40, max_size=40)


@settings(max_examples=25, deadline=None)
@given(numbers)
def test_towns_add_up_and_shares_lie_in_their_intervals(kim, drawn):
    frame = kim.tables["population"].assign(persons=pd.array(drawn, dtype="Int64"))
    data = replace(kim, tables={**kim.tables, "population": frame})
    results = coverage_newly_arrived(data, Q3, ["ags", "provider"]).frame
    total, towns = results.iloc[0], results[results["dimension"] == "ags"]
    known = towns[towns["status"] != "refused"]
    assert known["numerator"].sum() <= 3
    if total["status"] != "refused":
        assert known["denominator"].sum() <= total["denominator"] == sum(drawn)
        by = results[results["dimension"] == "provider"]
        assert by["numerator"].sum() == total["numerator"]
    shown = results.dropna(subset=["value"])
    assert ((shown["lower"] <= shown["value"]) & (shown["value"] <= shown["upper"])).all()
    within = contact_within(data, Q3).frame.dropna(subset=["value"])
    assert within["value"].between(0, 1).all()
