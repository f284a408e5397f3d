"""A number of people with its day, range and quality, by hand."""

import datetime as dt
import math

import pytest

from kimeval.core.denominator import SourcedDenominator
from kimeval.core.errors import DataError

DAY = dt.date(2024, 9, 30)


def number(**changed):
    fields = {"measure": "refugees_18_27", "ags": "05370", "persons": 400, "day": DAY}
    return SourcedDenominator(**{**fields, **changed})


@pytest.mark.parametrize(
    ("changed", "low", "high"),
    [
        ({}, 400, 400),
        ({"quality": "approx"}, 360, 440),
        ({"day": dt.date(2024, 6, 30)}, 380, 420),
        ({"quality": "approx", "day": dt.date(2024, 6, 30)}, 340, 460),
        ({"quality": "approx", "low": 390, "high": 430}, 390, 430),
        ({"quality": "lower"}, 400, math.inf),
        ({"quality": "lower", "high": 700}, 400, 700),
        ({"quality": "upper"}, 0, 400),
        ({"quality": "upper", "low": 100}, 100, 400),
    ],
)
def test_the_range_follows_from_quality_and_day(changed, low, high):
    assert number(**changed).range(DAY) == pytest.approx((low, high))


def test_the_footnote_names_quality_range_day_definition_and_source():
    given = number(
        quality="lower", day=dt.date(2024, 6, 30), definition="Geflüchtete im Kreis", source="X"
    )
    assert given.said(DAY) == (
        "Nenner: mindestens 400 Personen, Spanne ± 5 % angenommen wegen des anderen Tages, "
        "am 30.06.2024, Geflüchtete im Kreis, laut X"
    )


def test_a_range_of_the_source_is_told_in_numbers_and_a_period_from_day_to_day():
    ranged = number(quality="approx", low=1390, high=1430, persons=1400)
    assert "ungefähre Zahl, Spanne 1.390 bis 1.430, am 30.09.2024" in ranged.said(DAY)
    period = number(measure="newly_arrived", since=dt.date(2023, 10, 1))
    assert period.said(DAY) == "Nenner: 01.10.2023 bis 30.09.2024, Neuzugewanderte im Quartal"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"measure": "refugees_18_28"}, "Did you mean 'refugees_18_27'"),
        ({"quality": "about"}, "quality of a denominator is exact, approx, lower, upper"),
        ({"persons": -1}, "whole number of persons from 0 on"),
        ({"persons": 4.5}, "whole number of persons from 0 on"),
        ({"persons": True}, "whole number of persons from 0 on"),
        ({"low": 401}, "lies in its own range"),
        ({"high": 399}, "lies in its own range"),
    ],
)
def test_a_broken_denominator_is_refused_by_rule(changed, rule):
    with pytest.raises(DataError, match=rule):
        number(**changed)
