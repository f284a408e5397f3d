"""Areas in several workers, with doubles for what lies below."""

import json
import os
import signal
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from kimeval.core.errors import ProtectionError
from kimeval.run import side_by_side as module
from kimeval.run import steps
from kimeval.run.every import run_all
from kimeval.run.plan import Request
from kimeval.run.start_worker import Plain
from kimeval.run.worker import serve

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Doubles are handed on by a fork.")
CODES = ("05111", "05112", "05113", "05334", "05370")
REQUEST = Request("2024Q3", "")


def forked_here():
    """A worker forked from the test, so that it has the test's doubles."""
    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(ours, theirs), daemon=True)
    process.start()
    theirs.close()
    return ours, Plain(process)


def _serve(ours, theirs):
    ours.close()
    serve(theirs)


@pytest.fixture
def delivered(project, below, executing, monkeypatch):
    for code in CODES:
        (project.sample / code / "2025-01-15").mkdir(parents=True)
    real = module.side_by_side
    monkeypatch.setattr(module, "side_by_side", lambda *given: real(*given, start=forked_here))
    monkeypatch.setattr("kimeval.run.area_task.stay_warm", lambda: None)
    return project


@pytest.fixture
def vintage_of(monkeypatch, vintage):
    """Lets something happen in a worker as it reads an area's data."""
    acts = {}

    def ensure(_, area, *__):
        acts.get(area.code, lambda: None)()
        return vintage

    monkeypatch.setattr(steps, "ensure_vintage", ensure)
    return acts


def run_two(project, progress, **options):
    return run_all(project, Request("2024Q3", "", **options), progress, jobs=2)


def states(summary):
    found = {result.area: result.status for result in summary.areas}
    return [found[code] for code in CODES]


def marked(folder):
    """Numbers of the processes that have left a mark."""
    return {path.name for path in folder.iterdir()}


def test_two_workers_publish_all_areas_as_one_run_does(delivered, progress, tmp_path, vintage_of):
    (marks := tmp_path / "marks").mkdir()
    other = "05112"

    def both():
        (marks / str(os.getpid())).touch()
        end = time.monotonic() + 30
        while len(marked(marks)) < 2 and time.monotonic() < end:
            time.sleep(0.01)

    vintage_of.update(dict.fromkeys(("05111", other), both))
    summary = run_two(delivered, progress)
    assert states(summary) == ["published"] * 5
    assert len(marked(marks)) == 2
    assert str(os.getpid()) not in marked(marks)
    held = json.loads((delivered.outputs / "2024Q3" / "summary.json").read_text())
    assert held["counts"]["published"] == 5
    assert held["finished"] is not None
    assert list((delivered.outputs / ".stage").iterdir()) == []
    again = run_two(delivered, progress)
    assert states(again) == ["unchanged"] * 5


def test_a_worker_that_is_killed_loses_nothing(delivered, progress, tmp_path, vintage_of):
    def once():
        if not (tmp_path / "killed").exists():
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)

    vintage_of["05113"] = once
    summary = run_two(delivered, progress)
    assert states(summary) == ["published"] * 5
    assert {result.version for result in summary.of("published")} == {"v1"}
    assert list((delivered.outputs / ".stage").iterdir()) == []


def test_an_area_at_which_two_workers_die_has_failed_and_the_others_go_on(
    delivered, progress, vintage_of
):
    vintage_of["05113"] = lambda: os.kill(os.getpid(), signal.SIGKILL)
    summary = run_two(delivered, progress)
    assert states(summary) == ["published", "published", "failed", "published", "published"]
    failed = summary.of("failed")[0]
    assert (failed.error, failed.exit_code) == ("NotebookFailure", 40)
    assert "2 were ended at it" in failed.message


def test_a_release_refused_beside_others_is_tried_again_after_them(
    delivered, progress, tmp_path, vintage_of
):
    log = tmp_path / "log"

    def refused():
        with log.open("a") as out:
            out.write("tried\n")
        if len(log.read_text().split()) == 1:
            raise ProtectionError("A small count can be found out.")

    def slow():
        while not log.exists():
            time.sleep(0.01)
        time.sleep(0.3)

    vintage_of.update({"05111": refused, "05112": slow})
    assert states(run_two(delivered, progress)) == ["published"] * 5
    assert log.read_text().split() == ["tried", "tried"]


def test_workers_end_with_an_interrupted_run(delivered, progress, tmp_path, vintage_of):
    (marks := tmp_path / "marks").mkdir()

    def long():
        (marks / str(os.getpid())).touch()
        time.sleep(60)

    vintage_of.update(dict.fromkeys(CODES, long))
    told = progress.busy

    def interrupting(text):
        told(text)
        if len(marked(marks)) == 2:
            raise KeyboardInterrupt

    def waiting(text):
        end = time.monotonic() + 30
        while "reading" in text and len(marked(marks)) < 2 and time.monotonic() < end:
            time.sleep(0.01)
        interrupting(text)

    progress.busy = waiting
    with pytest.raises(KeyboardInterrupt):
        run_two(delivered, progress)
    assert len(marked(marks)) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in marked(marks))
    assert list((delivered.outputs / ".stage").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="Looks into /proc.")
def test_progress_counts_areas_and_notebooks_of_all_workers(delivered, progress):
    run_two(delivered, progress)
    heads = [line.split(" | ")[0] for line in progress.lines if " areas, " in line]
    counts = [tuple(int(part.split("/")[0]) for part in h.split(", ")[:2]) for h in heads]
    assert [areas for areas, _ in counts] == sorted(areas for areas, _ in counts)
    assert all(notebooks >= 2 * areas for areas, notebooks in counts)
    assert counts[-1][1] in (9, 10)
    assert all(head.split(", ")[0].endswith("/5 areas") for head in heads)
