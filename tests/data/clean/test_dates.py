import datetime as dt

import pytest

from .reading import read, reason, value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31.12.2023", dt.date(2023, 12, 31)),
        ("1.2.2024", dt.date(2024, 2, 1)),
        ("29.02.2024", dt.date(2024, 2, 29)),
        ("15.10.2029", dt.date(2029, 10, 15)),
        ("01.01.1900", dt.date(1900, 1, 1)),
    ],
)
def test_german_dates_are_read(text, day):
    assert value(text, "date") == day


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2023",
        "29.02.2023",
        "00.00.0000",
        "31.12.23",
        "12/31/2023",
        "2023-12-31",
        "45000",
        "x",
    ],
)
def test_dates_that_do_not_exist_or_are_written_otherwise_are_refused(text):
    assert reason(text, "date") == "date_invalid"


@pytest.mark.parametrize("text", ["16.10.2029", "31.12.1899", "01.01.0023", "01.01.9999"])
def test_dates_outside_the_possible_range_are_refused(text):
    assert reason(text, "date") == "date_out_of_range"


def test_a_time_behind_a_date_is_dropped_and_counted():
    cell = read("2023-12-31T00:00", "date")
    assert (cell.value, cell.rules) == (dt.date(2023, 12, 31), ("date_time",))


@pytest.mark.parametrize("text", ["2023-12-31 14:05:09", "2023-12-31T00:00:00.000Z"])
def test_times_of_other_precision_are_dropped_too(text):
    assert value(text, "date") == dt.date(2023, 12, 31)


def test_a_time_does_not_mend_a_date_that_does_not_exist():
    assert reason("2023-02-31T00:00", "date") == "date_invalid"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("45000", dt.date(2023, 3, 15)),
        ("45291.0", dt.date(2023, 12, 31)),
        ("45351,75", dt.date(2024, 2, 29)),
    ],
)
def test_days_of_excel_are_converted_and_counted(text, day):
    cell = read(text, "date", dates=("%Y-%m-%d", "excel"))
    assert (cell.value, cell.rules) == (day, ("excel_date",))


@pytest.mark.parametrize("text", ["2019", "1985", "450000", "-45000"])
def test_a_year_alone_is_no_day_of_excel(text):
    assert reason(text, "date", dates=("excel",)) == "date_invalid"


def test_a_day_of_excel_can_lie_too_late():
    assert reason("60000", "date", dates=("excel",)) == "date_out_of_range"


@pytest.mark.parametrize(
    ("text", "rules"),
    [("24.12.1990", ("year_of_date",)), ("1990", ()), ("32962", ("year_of_date",))],
)
def test_of_a_birth_date_only_the_year_is_kept(text, rules):
    column = {"least": 1900, "most": 2100}
    cell = read(text, "int", take="year", dates=("%d.%m.%Y", "excel"), column=column)
    assert (cell.value, cell.rules) == (1990, rules)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1899", "number_out_of_range"),
        ("2101", "number_out_of_range"),
        ("31.02.1990", "date_invalid"),
        ("24.12.1890", "date_out_of_range"),
        ("90", "date_invalid"),
    ],
)
def test_a_birth_year_that_cannot_be_is_refused(text, found):
    assert reason(text, "int", take="year", column={"least": 1900, "most": 2100}) == found


@pytest.mark.parametrize(
    ("text", "day"), [("43539", dt.date(2023, 3, 16)), ("43829.5", dt.date(2023, 12, 31))]
)
def test_days_counted_from_1904_are_converted_and_counted(text, day):
    cell = read(text, "date", dates=("excel1904",))
    assert (cell.value, cell.rules) == (day, ("excel1904_date",))


def test_the_first_of_two_counts_of_days_holds():
    assert value("43539", "date", dates=("excel", "excel1904")) == dt.date(2019, 3, 15)
    assert value("43539", "date", dates=("excel1904", "excel")) == dt.date(2023, 3, 16)


@pytest.mark.parametrize(
    "text",
    ["31.12.2023 14:05", "31.12.2023 9:05:09", "31.12.2023T00:00:00.000", "2023-12-31 23:59"],
)
def test_a_time_behind_a_date_in_a_declared_format_is_dropped_and_counted(text):
    cell = read(text, "date")
    assert (cell.value, cell.rules) == (dt.date(2023, 12, 31), ("date_time",))


def test_a_date_behind_a_time_is_no_date():
    assert reason("14:05 31.12.2023", "date") == "date_invalid"


def test_a_time_does_not_mend_a_date_out_of_range():
    assert reason("01.01.1890 00:00", "date") == "date_out_of_range"


def test_a_format_with_a_time_of_its_own_is_read_by_it():
    assert read("31.12.2023 14:05", "date", dates=("%d.%m.%Y %H:%M",)).rules == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-12-31T23:00:00.000Z", dt.date(2024, 1, 1)),
        ("2024-06-30T22:00Z", dt.date(2024, 7, 1)),
        ("2023-12-31T00:00:00Z", dt.date(2023, 12, 31)),
        ("2024-01-01T00:00:00+01:00", dt.date(2024, 1, 1)),
        ("2023-12-31T20:00-0500", dt.date(2024, 1, 1)),
    ],
)
def test_midnight_in_berlin_is_the_evening_before_elsewhere(text, day):
    cell = read(text, "date")
    assert (cell.value, cell.rules) == (day, ("date_time",))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-01T14:30", dt.datetime(2024, 3, 1, 14, 30)),
        ("2024-03-01 14:30:05", dt.datetime(2024, 3, 1, 14, 30, 5)),
        ("2024-03-01T14:30:05.123456", dt.datetime(2024, 3, 1, 14, 30, 5, 123456)),
        ("01.03.2024 9:30", dt.datetime(2024, 3, 1, 9, 30)),
        ("01.03.2024", dt.datetime(2024, 3, 1)),
        ("2024-03-01", dt.datetime(2024, 3, 1)),
        ("2024-03-01T14:30Z", dt.datetime(2024, 3, 1, 15, 30)),
        ("2024-07-01T14:30:00.5+0000", dt.datetime(2024, 7, 1, 16, 30, 0, 500000)),
    ],
)
def test_a_point_in_time_keeps_its_time_on_the_clock_in_berlin(text, moment):
    cell = read(text, "time")
    assert (cell.value, cell.rules) == (moment, ())


def test_a_day_of_excel_as_a_point_in_time_begins_at_midnight():
    cell = read("45000", "time", dates=("excel",))
    assert (cell.value, cell.rules) == (dt.datetime(2023, 3, 15), ("excel_date",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-03-01T25:00", "date_invalid"),
        ("2024-02-30T10:00", "date_invalid"),
        ("14:30", "date_invalid"),
        ("2024-03-01T", "date_invalid"),
        ("1899-12-31T10:00", "date_out_of_range"),
        ("2029-10-16T00:00", "date_out_of_range"),
    ],
)
def test_a_point_in_time_that_cannot_be_is_refused(text, found):
    assert reason(text, "time") == found


def test_a_birth_year_behind_the_latest_day_is_refused():
    column = {"least": 1900, "most": 2100}
    assert value("2029", "int", take="year", column=column) == 2029
    assert reason("2030", "int", take="year", column=column) == "number_out_of_range"
