"""The running example of the textbooks on process mining, as XES and as CSV.

Its published counts: 6 cases, 42 events, 8 activities, 6 variants.
"""

import csv
import datetime as dt
from pathlib import Path

import pytest

from kimeval.core.quarter import BERLIN
from kimeval.data.profiles import load_profile
from kimeval.data.read.eventlog import read_eventlog

PROFILES = Path(__file__).resolve().parents[2] / "profiles"
COLUMNS = ("case_id", "activity", "started_at", "resource")


def columns_of(profile):
    (spec,) = load_profile(PROFILES, profile).file
    (table,) = spec.table
    return spec, [table.file_column(name) for name in COLUMNS]


@pytest.fixture(scope="module")
def xes_rows(reference_data):
    spec, columns = columns_of("event-log-xes")
    (part,) = read_eventlog(reference_data / "eventlogs" / "running-example.xes", spec)
    return [tuple(row.values()) for row in part.cells.select(columns).to_pylist()]


@pytest.fixture(scope="module")
def csv_rows(reference_data):
    spec, columns = columns_of("event-log-csv")
    text = (reference_data / "eventlogs" / "running-example.csv").read_text(encoding=spec.encoding)
    rows = csv.DictReader(text.splitlines(), delimiter=spec.separator)
    return [tuple(row[column] for column in columns) for row in rows]


def test_the_running_example_has_its_published_counts(xes_rows):
    cases = {case for case, *_ in xes_rows}
    variants = {tuple(a for other, a, *_ in xes_rows if other == case) for case in cases}
    activities = {activity for _, activity, *_ in xes_rows}
    assert (len(cases), len(xes_rows), len(activities), len(variants)) == (6, 42, 8, 6)


def test_both_forms_hold_the_same_rows(xes_rows, csv_rows):
    def local(text):
        moment = dt.datetime.fromisoformat(text).astimezone(BERLIN)
        return moment.replace(tzinfo=None).isoformat()

    assert len(csv_rows) == 42
    assert xes_rows == [(case, a, local(at), by) for case, a, at, by in csv_rows]


def test_the_first_event_has_the_clock_of_its_place(xes_rows):
    assert ("1", "register request", "2010-12-30T11:02:00", "Pete") in xes_rows
