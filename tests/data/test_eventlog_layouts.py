"""Small logs, made up, in the layouts of public event logs: each is taken in as a user does it.

`loan_lifecycle`: schedule, start and complete in capitals, as in the loan applications of the
BPI Challenges 2012 and 2017. `incident_states`: transitions of a system's own, groups and roles
(2013). `permit_nested`: attributes within others, instances, codes for activities (2015, receipt
phase of a permit). `fines_midnight`: days without a clock, amounts, few transitions (road traffic
fines, hospital billing). `clinic_groups`: several events at one time, truths (sepsis cases).
`container_prefixed`: XES 2.0, packed, with lists, containers and a prefix. Separated text as
Disco, ProM, Celonis and pm4py write it.
"""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import FormatError
from kimeval.core.quarter import Quarter
from kimeval.data.deliveries import Delivery
from kimeval.data.ingest import ingest
from kimeval.referrals import area_log, directly_follows, variants

LOGS = Path(__file__).with_name("eventlogs")
LAST = Quarter(2024, 4)
OWN = """
[profile]
name = "own"
title = "Eigenes Protokoll"
provider = "protokoll"

[[file]]
pattern = "*"
title = "Protokoll"
{settings}
[[file.table]]
name = "events"
[file.table.columns]
case_id = "{case}"
activity = "{activity}"
started_at = "{start}"
ended_at = "{end}"
agency = "org:group"
"""
XES = ("case:concept:name", "concept:name", "time:timestamp", "time:complete")
TEXT = ("case_id", "activity", "timestamp", "end")


def own(settings, columns):
    names = dict(zip(("case", "activity", "start", "end"), columns, strict=True))
    return OWN.format(settings=settings, **names)


@pytest.fixture
def take_in(root, tmp_path):
    """Take in a log by a profile of the project, or by one's own."""

    def take(name, profile):
        delivery, profiles = tmp_path / "delivery", tmp_path / "profiles"
        delivery.mkdir()
        profiles.mkdir()
        shutil.copy(LOGS / name, delivery)
        if "\n" in profile:
            (profiles / "own.toml").write_text(profile, encoding="utf-8")
            profile = "own"
        else:
            shutil.copy(root / "profiles" / f"{profile}.toml", profiles)
        given = Delivery(delivery, "05370", dt.date(2025, 1, 15), (profile,), True)
        return ingest(given, profiles)

    return take


def log_of(done):
    held = {"events": done.frame("events")}
    return area_log(Dataset(area("05370"), dt.date(2025, 1, 15), held, True), LAST)


def account(done):
    counts = done.ledger.balanced().accounts.iloc[0]
    return tuple(int(counts[f"rows_{name}"]) for name in ("in", "kept", "merged", "set_aside"))


def reasons(done):
    return done.ledger.reasons.groupby("reason")["rows"].sum().to_dict()


@pytest.mark.parametrize(
    ("name", "profile", "counts", "cases", "ways"),
    [
        ("loan_lifecycle.xes", "event-log-xes", (22, 14, 8, 0), 5, 2),
        ("incident_states.xes", "event-log-xes", (12, 12, 0, 0), 3, 1),
        ("permit_nested.xes", "event-log-xes", (9, 9, 0, 0), 3, 1),
        ("fines_midnight.xes", "event-log-xes", (10, 10, 0, 0), 4, 2),
        ("clinic_groups.xes", "event-log-xes", (12, 12, 0, 0), 3, 1),
        ("container_prefixed.xes.gz", "event-log-xes", (12, 12, 0, 0), 4, 1),
        ("instances_interleaved.xes", "event-log-xes", (8, 5, 3, 0), 2, 2),
        ("disco.csv", "event-log-disco", (14, 14, 0, 0), 4, 2),
        ("prom.csv", "event-log-prom", (14, 14, 0, 0), 4, 2),
        ("celonis.csv", "event-log-celonis", (14, 14, 0, 0), 4, 2),
        ("pm4py.csv", "event-log-pm4py", (14, 14, 0, 0), 4, 2),
    ],
)
def test_a_log_is_taken_in_whole(take_in, name, profile, counts, cases, ways):
    done = take_in(name, profile)
    assert account(done) == counts
    log = log_of(done)
    assert (log.cases, len(log), len(variants(log))) == (cases, counts[1], ways)


def test_start_and_complete_are_one_event_with_both_times(take_in):
    events = take_in("loan_lifecycle.xes", "event-log-xes").frame("events")
    work = events[events["activity"] == "W_Aanvraag"]
    held = work["ended_at"] - work["started_at"]
    assert held.dropna().tolist() == [dt.timedelta(minutes=30)] * 4
    assert events["ended_at"].notna().sum() == 4
    assert work["started_at"].iloc[0] == dt.datetime(2011, 10, 1, 9)


def test_what_was_only_scheduled_stays_an_event(take_in):
    log = log_of(take_in("loan_lifecycle.xes", "event-log-xes"))
    assert log.lengths.tolist() == [3, 3, 3, 3, 2]


def test_a_profile_may_want_each_transition(take_in):
    profile = own('format = "xes"\nlifecycle = "each"', XES)
    assert account(take_in("loan_lifecycle.xes", profile)) == (22, 22, 0, 0)


def test_transitions_of_a_system_of_its_own_are_events_each(take_in):
    log = log_of(take_in("incident_states.xes", "event-log-xes"))
    assert [log.activity.names[code] for code in log.activity.codes[:4]] == [
        "Accepted",
        "Queued",
        "Accepted",
        "Completed",
    ]


@pytest.mark.parametrize(
    ("name", "agencies"),
    [
        ("incident_states.xes", ("V13 2nd 3rd", "V30", "V5")),
        ("clinic_groups.xes", ("A", "B", "C")),
        ("container_prefixed.xes.gz", ("Jobcenter", "Sozialamt")),
    ],
)
def test_groups_are_agencies(take_in, name, agencies):
    log = log_of(take_in(name, "event-log-xes"))
    assert log.agency.names == agencies
    assert log.by_agency().activity.names == agencies


def test_instances_are_told_apart_and_open_ends_stay(take_in):
    events = take_in("instances_interleaved.xes", "event-log-xes").frame("events")
    minutes = (events["ended_at"] - events["started_at"]) / dt.timedelta(minutes=1)
    assert minutes.fillna(-1).tolist() == [240, 210, -1, -1, -1]


def test_events_at_one_time_keep_the_order_of_the_file(take_in):
    edges = directly_follows(log_of(take_in("clinic_groups.xes", "event-log-xes"))).edges
    assert ["Leucocytes", "CRP"] in edges[["source", "target"]].values.tolist()
    assert ["CRP", "Leucocytes"] not in edges[["source", "target"]].values.tolist()


def test_two_columns_of_time_and_a_group_need_only_a_profile(take_in):
    done = take_in("semicolon.csv", own('dates = ["%Y-%m-%d"]', TEXT))
    log = log_of(done)
    assert account(done) == (14, 14, 0, 0)
    assert log.agency.names == ("Jobcenter", "Sozialamt")
    assert (log.end > log.time).sum() == 10


def test_events_that_lack_something_are_set_aside_with_the_reason(take_in):
    done = take_in("some_incomplete.xes", "event-log-xes")
    assert account(done) == (4, 1, 0, 3)
    assert reasons(done) == {"missing_required": 3}
    lines = done.set_aside["some_incomplete.xes"]
    assert lines["line"].tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_times.xes", "lacks the column time:timestamp"),
        ("no_case_names.xes", "lacks the column case:concept:name"),
        ("cut_off.xes", "damaged or not complete"),
        ("billion_laughs.xes", "needs no document type"),
        ("outside_entity.xes", "needs no document type"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(take_in, name, said):
    with pytest.raises(FormatError, match=said) as error:
        take_in(name, "event-log-xes")
    assert "\n" not in str(error.value)
