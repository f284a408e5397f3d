import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import QuarterError
from kimeval.core.quarter import Quarter, local_date, today_in_berlin

quarters = st.builds(Quarter, st.integers(1950, 2150), st.integers(1, 4))


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024Q3",
        "2024-Q3",
        "2024 Q3",
        "2024q3",
        "Q3 2024",
        "Q3/2024",
        "Q3-2024",
        "3/2024",
        "3 / 2024",
        "III/2024",
        "iii/2024",
        "III / 2024",
        "  2024Q3\n",
    ],
)
def test_every_spelling_reads_as_2024q3(text):
    assert Quarter.parse(text) == Quarter(2024, 3)


@pytest.mark.parametrize(("text", "number"), [("I", 1), ("II", 2), ("III", 3), ("IV", 4)])
def test_roman_numbers_read_as_1_to_4(text, number):
    assert Quarter.parse(f"{text}/2024") == Quarter(2024, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "2024Q",
        "2024Q0",
        "2024Q5",
        "24Q3",
        "0/2024",
        "5/2024",
        "V/2024",
        "IIII/2024",
        "3-2024",
        "2024/3",
        "03/2024",
        "2024-07",
        "2024Q3Q4",
        "2024--Q3",
        "Q32024",
        "2024Q3;",
        "-",
        "../2024Q3",
        "None",
    ],
)
def test_other_text_is_refused_and_the_spellings_named(text):
    with pytest.raises(QuarterError, match=r"2024Q3, 2024-Q3, 3/2024 or III/2024"):
        Quarter.parse(text)


@pytest.mark.parametrize("value", [None, True, 2024, 20243, 2024.3])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(QuarterError):
        Quarter.parse(value)


@pytest.mark.parametrize(("year", "number"), [(1899, 4), (2200, 1), (2024, 0), (2024, 5)])
def test_year_and_number_have_bounds(year, number):
    with pytest.raises(QuarterError, match=f"got {year} and {number}"):
        Quarter(year, number)


def test_a_year_out_of_bounds_in_text_is_a_quarter_error():
    with pytest.raises(QuarterError, match="1900 to 2199"):
        Quarter.parse("0000Q1")


@given(quarters)
def test_a_quarter_reads_what_it_writes(quarter):
    assert Quarter.parse(str(quarter)) == quarter
    assert Quarter.parse(quarter) is quarter


@given(quarters, st.integers(-100, 100))
def test_adding_and_taking_away_undo_each_other(quarter, steps):
    assert quarter + steps - steps == quarter
    assert (quarter + steps) - quarter == steps


def test_arithmetic_crosses_the_year():
    assert Quarter(2024, 4) + 1 == Quarter(2025, 1)
    assert Quarter(2024, 1) - 1 == Quarter(2023, 4)
    assert Quarter(2024, 3) - Quarter(2022, 4) == 7
    assert Quarter(2023, 4) < Quarter(2024, 1)


def test_a_span_holds_both_ends_and_is_empty_backwards():
    year = [Quarter(2023, 4), Quarter(2024, 1), Quarter(2024, 2)]
    assert Quarter.span(Quarter(2023, 4), Quarter(2024, 2)) == year
    assert Quarter.span(Quarter(2024, 2), Quarter(2024, 1)) == []


def test_the_third_quarter_runs_from_july_to_september():
    quarter = Quarter(2024, 3)
    assert (quarter.start, quarter.end) == (dt.date(2024, 7, 1), dt.date(2024, 9, 30))
    assert len(list(quarter)) == 92


def test_the_first_quarter_of_a_leap_year_has_91_days():
    assert len(list(Quarter(2024, 1))) == 91
    assert len(list(Quarter(2023, 1))) == 90


@pytest.mark.parametrize("year", [1900, 2199])
def test_first_and_last_year_have_a_start_and_an_end(year):
    assert Quarter(year, 1).start == dt.date(year, 1, 1)
    assert Quarter(year, 4).end == dt.date(year, 12, 31)


def test_late_evening_in_utc_is_the_next_quarter_in_berlin():
    assert Quarter.of(utc(2024, 9, 30, 21, 59)) == Quarter(2024, 3)
    assert Quarter.of(utc(2024, 9, 30, 22, 30)) == Quarter(2024, 4)


def test_summer_time_starts_within_the_last_day_of_the_first_quarter_of_2024():
    assert Quarter.of(utc(2024, 3, 30, 23, 30)) == Quarter(2024, 1)
    assert Quarter.of(utc(2024, 3, 31, 0, 59)) == Quarter(2024, 1)
    assert Quarter.of(utc(2024, 3, 31, 21, 59)) == Quarter(2024, 1)
    assert Quarter.of(utc(2024, 3, 31, 22, 0)) == Quarter(2024, 2)


def test_winter_time_moves_new_year_by_one_hour_only():
    assert Quarter.of(utc(2024, 12, 31, 22, 59)) == Quarter(2024, 4)
    assert Quarter.of(utc(2024, 12, 31, 23, 0)) == Quarter(2025, 1)


def test_an_instant_of_another_zone_moves_to_berlin():
    honolulu = ZoneInfo("Pacific/Honolulu")
    assert local_date(dt.datetime(2024, 9, 30, 13, 0, tzinfo=honolulu)) == dt.date(2024, 10, 1)


def test_an_instant_without_a_zone_is_local_time():
    assert Quarter.of(dt.datetime(2024, 9, 30, 23, 59)) == Quarter(2024, 3)


def test_a_day_lies_in_one_quarter():
    assert dt.date(2024, 9, 30) in Quarter(2024, 3)
    assert dt.date(2024, 10, 1) not in Quarter(2024, 3)


def test_a_quarter_is_complete_from_the_day_after_its_end():
    assert not Quarter(2024, 3).is_complete(dt.date(2024, 9, 30))
    assert Quarter(2024, 3).is_complete(dt.date(2024, 10, 1))


def test_a_quarter_that_starts_today_has_begun():
    assert Quarter(2024, 3).require_begun(dt.date(2024, 7, 1)) == Quarter(2024, 3)


def test_a_future_quarter_is_refused_and_the_newest_named():
    with pytest.raises(QuarterError, match=r"2024Q3.*2024-07-01.*newest possible is 2024Q2"):
        Quarter(2024, 3).require_begun(dt.date(2024, 6, 30))


def test_the_next_quarter_is_in_the_future_today():
    with pytest.raises(QuarterError):
        (Quarter.of(today_in_berlin()) + 1).require_begun()


def test_the_label_is_german():
    assert Quarter(2024, 3).label == "3. Quartal 2024"
