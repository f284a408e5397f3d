import datetime as dt
from decimal import Decimal

import pytest

from kimeval.core.errors import DataError
from kimeval.published.periods import Period, calendar_years

YEAR = Period.read("2023-01-01", "2023-12-31")
ELEVEN = Period.read("2024-01-01", "2024-11-30")
DAY = Period.read("2024-11-01", "2024-11-01")
OPEN = Period.read("2023-01-01", "")


@pytest.mark.parametrize(
    ("period", "code", "label"),
    [
        (YEAR, "2023", "2023"),
        (ELEVEN, "2024-01-01/2024-11-30", "01.01.2024 bis 30.11.2024"),
        (DAY, "2024-11-01", "01.11.2024"),
        (OPEN, "2023-01-01/..", "seit 01.01.2023"),
        (Period.read("2019-01-01", "2020-12-31"), "2019-01-01/2020-12-31", "2019 bis 2020"),
    ],
)
def test_a_period_has_a_code_and_a_german_label(period, code, label):
    assert (period.code, period.label) == (code, label)
    assert Period.parse(code) == period


def test_january_2023_to_october_2024_are_22_months_in_two_calendar_years():
    period = Period.read("2023-01-01", "2024-10-31")

    assert period.months == 22
    assert period.calendar_years == 2
    assert calendar_years(period) == Period.read("2023-01-01", "2024-12-31")


def test_a_begun_month_counts_by_its_days():
    assert Period.read("2015-01-01", "2024-10-01").months == 117 + Decimal(1) / 31


def test_eleven_months_are_no_whole_year_and_may_to_april_is():
    assert not ELEVEN.is_whole_years
    assert Period.read("2020-05-01", "2021-04-30").is_whole_years


def test_a_day_and_an_open_period_are_no_whole_years():
    assert not DAY.is_whole_years
    assert not OPEN.is_whole_years


def test_around_an_open_period_is_open():
    assert Period.around([YEAR, OPEN]).end is None
    assert Period.around([YEAR, DAY]) == Period(dt.date(2023, 1, 1), dt.date(2024, 11, 1))


def test_the_length_of_an_open_period_is_refused():
    with pytest.raises(DataError, match="A length needs an end"):
        assert OPEN.months


def test_a_date_that_does_not_exist_is_refused():
    with pytest.raises(DataError, match="dates like 2024-11-30, got '2024-02-30'"):
        Period.read("2024-02-30", "2024-03-01")


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(DataError, match="on or after its start"):
        Period.read("2024-03-01", "2024-02-01")
