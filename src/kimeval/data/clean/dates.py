"""Days, points in time and years from text (Datumsangaben)."""

from __future__ import annotations

import datetime as dt
import re

from kimeval.core.quarter import BERLIN
from kimeval.data.clean.reading import Cell, Reading, in_range

EXCEL_DAYS = {"excel": dt.date(1899, 12, 30), "excel1904": dt.date(1904, 1, 1)}
EARLIEST = dt.date(1900, 1, 1)
ISO = "%Y-%m-%d"
TIME_BEHIND = re.compile(
    r"(?P<day>.*\d)[T ](?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def read_date(text: str, reading: Reading) -> Cell:
    """A date in one of the declared formats, within the possible range.

    A time behind it is dropped; one in another zone moves to Berlin first, since
    midnight there is the evening before in UTC.
    """
    cell = _read_day(text, reading.dates, reading.latest)
    if cell.reason != "date_invalid" or not (match := TIME_BEHIND.fullmatch(text)):
        return cell
    if match["zone"]:
        cell = _moment(match, reading)
        day = cell.value and cell.value.date()
    else:
        cell = _read_day(match["day"], (*reading.dates, ISO), reading.latest)
        day = cell.value
    return cell if cell.reason else Cell(day, ("date_time", *cell.rules))


def _read_day(text: str, formats: tuple[str, ...], latest: dt.date) -> Cell:
    for form in formats:
        day = _excel_day(text, EXCEL_DAYS[form]) if form in EXCEL_DAYS else _day(text, form)
        if day is None:
            continue
        if not EARLIEST <= day <= latest:
            return Cell(reason="date_out_of_range")
        return Cell(day, (f"{form}_date",) if form in EXCEL_DAYS else ())
    return Cell(reason="date_invalid")


def read_time(text: str, reading: Reading) -> Cell:
    """A point in local time, such as `2024-03-01T14:30`; a day alone begins at midnight."""
    if match := TIME_BEHIND.fullmatch(text):
        return _moment(match, reading)
    cell = _read_day(text, (*reading.dates, ISO), reading.latest)
    if cell.reason:
        return cell
    return Cell(dt.datetime.combine(cell.value, dt.time()), cell.rules)


def _moment(match: re.Match[str], reading: Reading) -> Cell:
    """A day and a time of day, on the clock in Berlin."""
    cell = _read_day(match["day"], (*reading.dates, ISO), reading.latest)
    if cell.reason:
        return cell
    hour, _, rest = match["clock"].partition(":")
    try:
        clock = dt.time.fromisoformat(f"{hour:0>2}:{rest}{match['zone'] or ''}")
    except ValueError:
        return Cell(reason="date_invalid")
    moment = dt.datetime.combine(cell.value, clock)
    if moment.tzinfo:
        moment = moment.astimezone(BERLIN).replace(tzinfo=None)
    return Cell(moment, cell.rules)


def read_year(text: str, reading: Reading) -> Cell:
    """The year of a date; the day is not kept."""
    if re.fullmatch(r"[0-9]{4}", text):
        if int(text) > reading.latest.year:
            return Cell(reason="number_out_of_range")
        return in_range(int(text), (), reading.column)
    cell = read_date(text, reading)
    if cell.reason:
        return cell
    return in_range(cell.value.year, ("year_of_date",), reading.column)


def _day(text: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, form).date()
    except ValueError:
        return None


def _excel_day(text: str, zero: dt.date) -> dt.date | None:
    """Five digits only, from 1927 on: four are a year without day and month."""
    match = re.fullmatch(r"([1-9]\d{4})(?:[.,]\d+)?", text)
    return zero + dt.timedelta(days=int(match[1])) if match else None
