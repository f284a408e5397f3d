"""German numbers, and the signs for what is not shown."""

import math

import pytest

from kimeval.tables.numbers import bare, cell, german, in_words, interval, percent, with_unit

NBSP = "\N{NO-BREAK SPACE}"


def row(**changed):
    fields = {"value": 0.3459, "unit": "share", "status": "complete", "suppressed": False}
    bounds = {"lower": 0.31, "upper": 0.382, "numerator": 1234.0, "denominator": 3567.5}
    return {**fields, **bounds, **changed}


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (1234.5, 1, "1.234,5"),
        (-3, 1, "−3,0"),
        (0, 0, "0"),
        (1_000_000, 0, "1.000.000"),
        (2.5, 0, "3"),
        (3.5, 0, "4"),
        (-2.5, 0, "−3"),
        (2.25, 1, "2,3"),
        (1.005, 2, "1,01"),
        (-0.01, 0, "0"),
        (0.1 + 0.2, 1, "0,3"),
    ],
)
def test_numbers_are_german_and_halves_go_away_from_zero(value, places, written):
    assert german(value, places) == written


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_number_is_a_point(missing):
    assert german(missing) == "."
    assert percent(missing) == "."
    assert with_unit(missing, "persons") == "."


def test_percent_has_one_place_and_a_space_that_does_not_break():
    assert percent(0.125) == f"12,5{NBSP}%"
    assert percent(0.0625) == f"6,3{NBSP}%"
    assert percent(1) == f"100,0{NBSP}%"
    assert percent(-0.219) == f"−21,9{NBSP}%"


def test_a_unit_follows_in_german():
    assert with_unit(1234, "persons") == f"1.234{NBSP}Personen"
    assert with_unit(0.5, "share") == f"50,0{NBSP}%"
    assert bare(4.25, "cases per fte") == "4,3"


def test_a_hidden_cell_is_a_point_in_every_column():
    hidden = row(suppressed=True)
    assert [cell(hidden, c) for c in ("value", "numerator", "denominator")] == [".", ".", "."]
    assert interval(hidden) == ""
    assert in_words(hidden) == "gesperrt"


@pytest.mark.parametrize("status", ["refused", "complete"])
def test_a_value_that_does_not_exist_is_an_x_and_no_point(status):
    lacking = row(value=math.nan, lower=math.nan, numerator=math.nan, status=status)
    assert (cell(lacking), cell(lacking, "numerator"), interval(lacking)) == ("x", "", "")
    assert in_words(lacking) == "nicht bestimmbar"


def test_counts_keep_their_decimals_only_where_they_have_some():
    assert cell(row(), "numerator") == "1.234"
    assert cell(row(), "denominator") == "3.567,50"


def test_an_interval_names_its_unit_once():
    assert interval(row()) == f"31,0 bis 38,2{NBSP}%"
    assert interval(row(unit="days", lower=12, upper=40)) == "12 bis 40"
