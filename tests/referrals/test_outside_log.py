"""The running example of the textbooks: taken in by a profile, measured, and through the gate."""

import os
import subprocess
import sys

import pytest

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.data.vintages import ensure_vintage
from kimeval.protect import Rules, protect
from kimeval.referrals import area_log, directly_follows, log_overview, variants

QUARTER = Quarter(2011, 1)


@pytest.fixture(scope="module")
def outside(reference_data, root, tmp_path_factory):
    """The dataset of a project into which the log was taken as a user takes it."""
    home = tmp_path_factory.mktemp("project")
    (home / "data").mkdir()
    for name in ("notebooks", "profiles"):
        (home / name).symlink_to(root / name)
    exports = home / "exports"
    exports.mkdir()
    log = "running-example.xes"
    (exports / log).write_bytes((reference_data / "eventlogs" / log).read_bytes())
    options = ["--area", "05370", "--as-of", "2011-04-15", "--synthetic"]
    options += ["--profiles", "event-log-xes"]
    done = subprocess.run(
        [sys.executable, "-m", "kimeval", "ingest", str(exports), *options],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return ensure_vintage(Project(home), area("05370")).load()


def test_its_published_counts(outside):
    log = area_log(outside, QUARTER)
    graph = directly_follows(log)
    assert (log.cases, len(log), len(log.activity.names)) == (6, 42, 8)
    assert len(variants(log)) == 6
    assert (len(graph.edges), graph.edges["count"].sum()) == (16, 36)
    assert graph.starts.to_dict() == {"register request": 6}
    assert graph.ends.to_dict() == {"pay compensation": 3, "reject request": 3}


def test_the_gate_shows_totals_and_hides_single_steps_of_so_few_cases(outside):
    frame = protect(log_overview(outside, QUARTER), Rules()).frame
    totals = frame[frame["dimension"] == ""].set_index("indicator")["value"]
    assert totals[["log_cases", "log_events", "log_variants", "log_steps"]].tolist() == [
        6,
        42,
        6,
        36,
    ]
    steps = frame[frame["dimension"] == "way"]
    assert steps["group"].tolist() == ["übrige Schritte"]


def test_steps_of_many_cases_have_a_name(outside):
    frame = log_overview(outside, QUARTER, many=3).frame
    steps = frame[(frame["dimension"] == "way") & (frame["indicator"] == "log_steps")]
    steps = steps.set_index("group")["value"]
    assert steps["check ticket → decide"] == 6
    assert steps.sum() == 36


def test_cases_by_their_beginning_and_end(outside):
    frame = log_overview(outside, QUARTER, many=3).frame
    frame = frame[frame["indicator"] == "log_cases"].set_index(["dimension", "group"])["value"]
    assert frame["first_activity"].to_dict() == {"register request": 6}
    assert frame["last_activity"].to_dict() == {"pay compensation": 3, "reject request": 3}
