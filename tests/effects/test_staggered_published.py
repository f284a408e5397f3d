"""Group-time effects against the published results of the minimum-wage data (points to 6e-5)."""

import csv

import numpy as np
import pytest

from kimeval.effects.staggered import (
    NEVER,
    bootstrapped,
    combined,
    group_time,
    overall,
    panel,
    spread,
    two_way,
    wald,
)

POINT, ERROR = 6e-5, 1e-4
VALUES = [-0.0105, -0.0704, -0.1373, -0.1008, 0.0065, -0.0028, -0.0046, -0.0412]
VALUES += [0.0305, -0.0027, -0.0311, -0.0261]
ERRORS = [0.0233, 0.0310, 0.0364, 0.0344, 0.0233, 0.0196, 0.0178, 0.0202]
ERRORS += [0.0150, 0.0164, 0.0179, 0.0167]
WITH_POPULATION = [-0.0145, -0.0764, -0.1404, -0.1069, -0.0005, -0.0062, 0.0010, -0.0413]
WITH_POPULATION += [0.0267, -0.0046, -0.0284, -0.0288]


@pytest.fixture(scope="module")
def counties(reference_data):
    path = reference_data / "mpdta" / "mpdta.csv"
    if not path.is_file():
        pytest.skip("The folder of outside data holds no mpdta/mpdta.csv.")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["countyreal"] for row in rows})
    years = sorted({row["year"] for row in rows})
    place = {name: n for n, name in enumerate(names)}
    y, start, people = (
        np.zeros((len(names), len(years))),
        np.zeros(len(names)),
        np.zeros(len(names)),
    )
    for row in rows:
        n, first = place[row["countyreal"]], float(row["first.treat"])
        y[n, years.index(row["year"])] = float(row["lemp"])
        start[n] = first - int(years[0]) if first else NEVER
        people[n] = float(row["lpop"])
    return panel(y, start, years, covariates=people)


@pytest.fixture(scope="module")
def effects(counties):
    return group_time(counties, "never")


def error_of(found):
    return np.sqrt((found.influence**2).mean(axis=0) / 500)


def test_there_are_500_counties_and_5_years(counties):
    assert counties.outcome.shape == (500, 5)
    assert counties.cohorts == [1.0, 3.0, 4.0]


def test_each_group_time_effect_is_the_published_one(effects):
    assert effects.value == pytest.approx(VALUES, abs=POINT)
    assert list(effects.group[:4] + 2003) == [2004] * 4
    assert list(effects.period[:4] + 2003) == [2004, 2005, 2006, 2007]


def test_analytic_errors_are_the_published_ones(effects):
    assert error_of(effects) == pytest.approx(ERRORS, abs=ERROR)


def test_doubly_robust_with_population_is_the_published_one(counties):
    found = group_time(counties, "never", method="doubly_robust")
    assert found.value == pytest.approx(WITH_POPULATION, abs=POINT)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("simple", -0.0400), ("dynamic", -0.0772), ("group", -0.0310), ("calendar", -0.0417)],
)
def test_each_overall_number_is_the_published_one(effects, kind, value):
    assert overall(effects, kind).value[0] == pytest.approx(value, abs=POINT)


def test_the_event_study_is_the_published_one(effects):
    found = combined(effects, "dynamic")
    assert list(found.key) == [-3, -2, -1, 0, 1, 2, 3]
    published = [0.0305, -0.0006, -0.0245, -0.0199, -0.0510, -0.1373, -0.1008]
    assert found.value == pytest.approx(published, abs=POINT)


def test_the_test_of_the_years_before_is_the_published_one(effects):
    found = wald(effects)
    assert found.df == 5
    assert found.p == pytest.approx(0.16812, abs=1e-5)


def test_bootstrap_errors_are_near_the_analytic_ones(effects):
    found = combined(effects, "dynamic")
    assert bootstrapped(found).error == pytest.approx(error_of(found), rel=0.1)


def test_bands_of_the_bootstrap_are_wider_than_single_intervals(effects):
    made = bootstrapped(combined(effects, "dynamic"))
    assert np.all(made.band_upper > made.upper) and np.all(made.band_lower < made.lower)


def test_with_many_counties_the_error_for_few_is_near_the_analytic_one(effects):
    found = combined(effects, "dynamic")
    assert spread(found).error == pytest.approx(error_of(found), rel=0.05)


def test_the_decomposition_adds_up_to_the_plain_regression(counties):
    found = two_way(counties)
    parts = sum(part.weight * part.value for part in found.comparisons)
    assert found.value == pytest.approx(-0.0365, abs=POINT)
    assert parts == pytest.approx(found.value, abs=1e-12)
    assert sum(part.weight for part in found.comparisons) == pytest.approx(1)
