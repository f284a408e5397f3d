"""What day it is: one clock, Europe/Berlin, wherever the machine stands."""

import datetime as dt
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from kimeval.core import quarter as module
from kimeval.core.errors import QuarterError
from kimeval.core.quarter import (
    Quarter,
    last_finished,
    named_quarter,
    now_in_berlin,
    today_in_berlin,
)

ZONES = ("Pacific/Kiritimati", "Pacific/Honolulu", "UTC", "Europe/Berlin")


@pytest.fixture
def at(monkeypatch):
    """Set the machine's clock to an instant in UTC."""

    def set_to(*parts):
        instant = dt.datetime(*parts, tzinfo=dt.UTC).timestamp()
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: instant))

    return set_to


def test_half_past_eleven_in_utc_on_new_years_eve_is_the_new_quarter_in_berlin(at):
    at(2024, 12, 31, 23, 30)
    assert today_in_berlin() == dt.date(2025, 1, 1)
    assert Quarter.of(now_in_berlin()) == Quarter(2025, 1)
    assert last_finished() == Quarter(2024, 4)
    assert Quarter(2025, 1).require_begun() == Quarter(2025, 1)


def test_an_hour_earlier_the_old_quarter_is_not_finished(at):
    at(2024, 12, 31, 22, 59)
    assert last_finished() == Quarter(2024, 3)
    with pytest.raises(QuarterError, match="newest possible is 2024Q4"):
        Quarter(2025, 1).require_begun()


@pytest.mark.parametrize(
    ("instant", "finished"),
    [
        ((2024, 3, 31, 21, 59), Quarter(2023, 4)),  # summer time began this morning: UTC+2
        ((2024, 3, 31, 22, 0), Quarter(2024, 1)),
        ((2024, 6, 30, 21, 59), Quarter(2024, 1)),
        ((2024, 6, 30, 22, 0), Quarter(2024, 2)),
        ((2024, 9, 30, 22, 0), Quarter(2024, 3)),
        ((2024, 12, 31, 22, 0), Quarter(2024, 3)),  # winter time: UTC+1
        ((2024, 12, 31, 23, 0), Quarter(2024, 4)),
    ],
)
def test_a_quarter_ends_at_midnight_in_berlin_in_summer_and_in_winter(at, instant, finished):
    at(*instant)
    assert last_finished() == finished
    assert named_quarter("last") == finished


@pytest.mark.parametrize("text", ["last", "LAST", " last "])
def test_last_is_the_last_finished_quarter(text):
    assert named_quarter(text, dt.date(2025, 1, 1)) == Quarter(2024, 4)
    assert named_quarter(text, dt.date(2024, 12, 31)) == Quarter(2024, 3)


def test_a_typed_quarter_is_read_as_ever(at):
    at(2024, 12, 31, 23, 30)
    assert named_quarter("III/2024") == Quarter(2024, 3)
    with pytest.raises(QuarterError, match="III/2024"):
        named_quarter("lasst")


def test_last_is_no_quarter_of_a_notebook():
    with pytest.raises(QuarterError):
        Quarter.parse("last")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="The system has no TZ variable.")
@pytest.mark.parametrize("zone", ZONES)
def test_the_machines_own_zone_does_not_count(zone):
    script = (
        "import datetime as dt, types\n"
        "from kimeval.core import quarter as q\n"
        "at = dt.datetime(2024, 12, 31, 23, 30, tzinfo=dt.timezone.utc).timestamp()\n"
        "q.time = types.SimpleNamespace(time=lambda: at)\n"
        "print(q.now_in_berlin().isoformat(), q.last_finished(), dt.datetime.fromtimestamp(at))"
    )
    environment = os.environ | {"TZ": zone}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    moment, finished, machine = done.stdout.split(maxsplit=2)
    assert (moment, finished) == ("2025-01-01T00:30:00+01:00", "2024Q4")
    days = {"Pacific/Honolulu": "2024-12-31", "UTC": "2024-12-31"}
    assert machine.split()[0] == days.get(zone, "2025-01-01")
