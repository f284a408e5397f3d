import datetime as dt
import json
from types import SimpleNamespace

import pytest

from kimeval.cli.schedule import run_missed
from kimeval.core import quarter as clock
from kimeval.core.errors import AreasFailed, MissingFileError, QuarterError
from kimeval.core.quarter import Quarter
from kimeval.data.deliveries import require_reached
from kimeval.run import steps
from kimeval.run.every import run_all
from kimeval.run.plan import Request
from kimeval.run.schedule.missed import FURTHEST, Missed, missed
from kimeval.run.summary import read_summary

Q1, Q2, Q3, Q4 = (Quarter(2024, n) for n in (1, 2, 3, 4))
A, B, C = "05111", "05334", "05370"
SHEET = 'area = "{}"\nas_of = {}\nprofiles = ["ki"]\nsynthetic = true\n'


@pytest.fixture
def deliver(project):
    """Put a delivery of an area and a day into the project."""

    def put(code, day):
        folder = project.raw / code / day
        folder.mkdir(parents=True)
        (folder / "delivery.toml").write_text(SHEET.format(code, day))

    return put


@pytest.fixture
def published(project):
    """Let an area have a published version of a quarter."""

    def put(code, *quarters):
        for quarter in quarters:
            folder = project.outputs / str(quarter)
            version = folder / "versions" / code / "v1"
            version.mkdir(parents=True)
            (folder / code).symlink_to(f"versions/{code}/v1")

    return put


@pytest.fixture
def run(project, below, executing, progress, monkeypatch):
    """Run a request of all areas, with doubles that know which quarter a delivery reaches."""
    from kimeval.data.deliveries import newest_delivery

    def digest(project, place, quarter):
        require_reached(quarter, place, newest_delivery(project, place).as_of)
        return "delivery 1"

    monkeypatch.setattr(steps, "delivery_digest", digest)
    monkeypatch.setenv("KIMEVAL_HOME", str(project.root))
    ran = []

    def one(request):
        summary = run_all(project, request, progress)
        done = [result.area for result in summary.of("published")]
        ran.append((request.quarter, done))
        if summary.of("failed"):
            raise AreasFailed(f"Some failed in {request.quarter}.")
        yield "done"

    def go(quarter="2024Q4", **more):
        ran.clear()
        list(run_missed(Request(quarter, "", **more), one))
        return list(ran)

    go.ran = ran
    return go


def test_a_quarter_in_which_the_machine_was_off_is_missed(project, deliver, published):
    deliver(A, "2025-01-10")
    published(A, Q1, Q2)
    assert missed(project, Q4) == [Missed(Q3, (A,))]


def test_missed_quarters_come_oldest_first(project, deliver, published):
    deliver(A, "2025-01-10")
    published(A, Q1)
    assert [one.quarter for one in missed(project, Q4)] == [Q2, Q3]


def test_where_nothing_was_published_nothing_was_missed(project, deliver):
    deliver(A, "2025-01-10")
    assert missed(project, Q4) == []


def test_the_newest_quarter_is_never_missed_and_does_not_hide_an_older_one(
    project, deliver, published
):
    deliver(A, "2025-01-10")
    published(A, Q2, Q4)
    assert missed(project, Q4) == [Missed(Q3, (A,))]


def test_a_quarter_that_the_delivery_does_not_reach_is_not_missed(project, deliver, published):
    deliver(A, "2024-06-30")
    published(A, Q1)
    assert [one.quarter for one in missed(project, Q4)] == [Q2]


def test_an_area_without_a_delivery_missed_nothing(project, published):
    published(A, Q1)
    assert missed(project, Q4) == []


def test_an_area_that_failed_is_caught_up_and_the_others_are_left(project, deliver, published):
    deliver(A, "2025-01-10"), deliver(B, "2025-01-10")
    published(A, Q2, Q3)
    published(B, Q2)
    assert missed(project, Q4) == [Missed(Q3, (B,))]


def test_an_area_that_joins_later_is_not_evaluated_for_the_years_before(
    project, deliver, published
):
    deliver(A, "2025-01-10"), deliver(B, "2025-01-10")
    published(A, Q1, Q2, Q3)
    assert missed(project, Q4) == []


def test_a_delivery_that_cannot_be_read_has_its_turn_so_that_its_run_says_why(
    project, deliver, published
):
    deliver(A, "2025-01-10")
    published(A, Q2)
    (project.raw / A / "2025-01-10" / "delivery.toml").write_text("broken")
    assert missed(project, Q4) == [Missed(Q3, (A,))]


def test_no_more_than_two_years_are_looked_at(project, deliver, published):
    deliver(A, "2026-01-10")
    published(A, Q1)
    found = [one.quarter for one in missed(project, Quarter(2025, 4))]
    assert found == Quarter.span(Q2, Quarter(2025, 3))
    assert len(found) == FURTHEST - 2
    assert missed(project, Quarter(2026, 4)) == []


def test_catching_up_runs_oldest_first_and_then_the_newest(run, deliver):
    deliver(A, "2025-01-10")
    assert run("2024Q1") == [("2024Q1", [A])]
    assert run("2024Q4") == [("2024Q2", [A]), ("2024Q3", [A]), ("2024Q4", [A])]


def test_a_second_start_has_nothing_left_to_do(run, deliver):
    deliver(A, "2025-01-10")
    run("2024Q2")
    run("2024Q4")
    assert run("2024Q4") == [("2024Q4", [])]


def test_a_killed_run_over_all_is_completed_by_that_of_the_next_quarter(
    run, deliver, project, monkeypatch
):
    deliver(A, "2025-01-10"), deliver(B, "2025-01-10"), deliver(C, "2025-01-10")
    run("2024Q2")
    real = steps.ensure_vintage

    def killed(*given):
        if given[1].code == B:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(steps, "ensure_vintage", killed)
    with pytest.raises(KeyboardInterrupt):
        run("2024Q3")
    assert read_summary(project.outputs, Q3).finished is None
    monkeypatch.setattr(steps, "ensure_vintage", real)
    assert run("2024Q4") == [("2024Q3", [B, C]), ("2024Q4", [A, B, C])]
    summary = read_summary(project.outputs, Q3)
    states = {one.area: (one.status, one.version) for one in summary.areas}
    assert states[A] == ("unchanged", "v1")
    assert states[B] == states[C] == ("published", "v1")
    assert summary.finished is not None


def test_an_area_that_failed_earlier_and_has_no_turn_stays_listed_as_failed(
    run, deliver, project, progress, monkeypatch
):
    deliver(A, "2025-01-10"), deliver(B, "2025-01-10")
    run("2024Q2")
    held = read_summary(project.outputs, Q2)
    failed = {"status": "failed", "error": "DataError", "exit_code": 23, "message": "No."}
    path = project.outputs / "2024Q2" / "summary.json"
    content = json.loads(path.read_text())
    entry = next(one for one in content["areas"] if one["area"] == B)
    entry.update(failed)
    entry["version"] = None
    path.write_text(json.dumps(content))
    (project.outputs / "2024Q2" / B).unlink()
    run_all(project, Request("2024Q2", "", only=(A,), force=True), progress)
    states = {one.area: one for one in read_summary(project.outputs, Q2).areas}
    assert (states[B].status, states[B].message) == ("failed", "No.")
    assert (states[A].status, states[A].version) == ("published", "v2")
    assert states[C].status == "no delivery"
    assert len(held.areas) == len(states) == 54


def test_a_failure_in_an_older_quarter_does_not_stop_the_newer_and_is_told_at_the_end(
    run, deliver, monkeypatch
):
    deliver(A, "2025-01-10")
    run("2024Q2")
    digest = steps.delivery_digest

    def failing(project, place, quarter):
        if quarter == Q3:
            raise MissingFileError("A delivery needs its files.")
        return digest(project, place, quarter)

    monkeypatch.setattr(steps, "delivery_digest", failing)
    with pytest.raises(AreasFailed, match="Some failed in 2024Q3"):
        run("2024Q4")
    assert run.ran == [("2024Q3", []), ("2024Q4", [A])]


def test_failures_in_several_quarters_are_told_by_their_names(run, deliver, monkeypatch):
    deliver(A, "2025-01-10")
    run("2024Q2")
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: 1 / 0)
    with pytest.raises(AreasFailed, match="some failed in 2024Q3, 2024Q4") as found:
        run("2024Q4")
    assert found.value.exit_code == 42


def test_a_quarter_that_has_not_begun_is_refused_before_anything_is_caught_up(run, deliver):
    deliver(A, "2025-01-10")
    run("2024Q2")
    with pytest.raises(QuarterError, match="must have begun"):
        run("2150Q1")
    assert run.ran == []


def test_a_run_that_passes_midnight_at_a_quarters_turn_is_one_quarter(
    run, deliver, project, monkeypatch
):
    """It begins at 23:59:30 on 31.12. in Berlin; each question takes the clock further."""
    deliver(A, "2024-12-30"), deliver(B, "2024-12-30")
    moments = iter(range(0, 10**6, 5))
    begin = dt.datetime(2024, 12, 31, 22, 59, 30, tzinfo=dt.UTC).timestamp()
    monkeypatch.setattr(clock, "time", SimpleNamespace(time=lambda: begin + next(moments)))
    name = str(clock.named_quarter("last"))
    assert name == "2024Q3"
    assert run(name) == [("2024Q3", [A, B])]
    assert clock.last_finished() == Q4
    assert [path.name for path in project.outputs.glob("2*")] == ["2024Q3"]
    summary = read_summary(project.outputs, Q3)
    assert (summary.started.date(), summary.finished.date()) == (
        dt.date(2024, 12, 31),
        dt.date(2025, 1, 1),
    )
    for code in (A, B):
        manifest = json.loads((project.outputs / "2024Q3" / code / "manifest.json").read_text())
        assert manifest["quarter"] == "2024Q3"
        assert {p["quarter"] for p in manifest["inputs"]["parameters"].values()} == {"2024Q3"}
