import math

import pytest

from kimeval.core.catalogue import catalogue
from kimeval.protect import protect
from kimeval.published import results, values


@pytest.fixture(scope="module")
def frame():
    return results().frame


def one(frame, **columns):
    for column, value in columns.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_every_value_is_a_row_and_so_is_what_was_not_published(frame):
    assert len(frame) == len(values()) + 5
    assert (frame["status"] == "refused").sum() == 5


def test_no_two_rows_stand_for_the_same(frame):
    assert not frame.duplicated(["indicator", "period", "area", "dimension", "group"]).any()


def test_a_fill_rate_carries_numerator_and_denominator(frame):
    row = one(frame, indicator="published_fill_rate", group="KIM Baustein 2: Besetzungsquote")

    assert (row["numerator"], row["denominator"]) == (10.25, 12.0)
    assert row["value"] == pytest.approx(0.854167, abs=1e-6)


def test_a_bound_has_no_value(frame):
    row = one(frame, indicator="published_coverage", period="2020-05-01/2022-06-30")

    assert math.isnan(row["value"])
    assert math.isnan(row["lower"])
    assert row["upper"] == 0.4025
    assert row["method"] == "errechnet: höchstens etwa"


@pytest.mark.parametrize("year", ["2021", "2022"])
def test_unpublished_assignments_are_refused_and_not_zero(frame, year):
    row = one(frame, indicator="published_assignments", period=year)

    assert row["status"] == "refused"
    assert row["reason"] == "nicht veröffentlicht"
    assert math.isnan(row["value"])


def test_eleven_months_are_partial(frame):
    row = one(frame, indicator="published_assignments", period="2024-01-01/2024-11-30")

    assert (row["value"], row["status"]) == (745, "partial")
    assert row["reason"] == "kein volles Jahr (bis 30.11.2024)"


def test_a_planned_number_says_so(frame):
    row = one(frame, group="KIM: Landesmittel", period="2021")

    assert row["method"] == "veröffentlicht: genau, Plan"


def test_school_certificates_are_an_outcome_and_no_effect(frame):
    assert one(frame, indicator="published_certificates")["level"] == "outcome"
    assert "effect" not in set(frame["level"])


def test_published_figures_pass_the_gate_whole():
    assert protect(results()).suppressed == 0


def test_each_published_indicator_of_the_catalogue_is_used(frame):
    declared = {name for name in catalogue() if name.startswith("published_")}

    assert declared == set(frame["indicator"])
