import pickle
import subprocess
import sys
from dataclasses import replace
from threading import Event, Thread

import pytest

from kimeval.run import area_task, steps
from kimeval.run.area_task import Said, area_result, run_area_task
from kimeval.run.lock import only_area
from kimeval.run.plan import Request
from kimeval.run.publish import clear_stages, linked_version
from kimeval.run.run import run

REQUEST = Request("2024Q3", "05370")


@pytest.fixture
def ready(project, below, executing):
    """A project whose stages are cleared, as the one who gives out tasks leaves it."""
    project.outputs.mkdir()
    clear_stages(project.outputs)
    return project


@pytest.fixture
def unlinked(ready, progress):
    """A whole version that a killed run had no time to link to."""
    index = run(ready, REQUEST, progress).index
    index.parent.unlink()
    return ready


def version(project):
    return linked_version(project.outputs, "2024Q3", "05370")


def versions(project):
    return sorted(p.name for p in (project.outputs / "2024Q3/versions/05370").iterdir())


def test_task_and_result_can_be_sent_to_a_worker(ready):
    sent = pickle.loads(pickle.dumps(area_result))
    result = sent(ready, REQUEST)
    assert pickle.loads(pickle.dumps(result)) == result
    assert (result.area, result.name, result.status) == ("05370", "Kreis Heinsberg", "published")
    assert pickle.loads(pickle.dumps(run_area_task)) is run_area_task


def test_a_task_leaves_stages_of_others_alone(ready):
    other = ready.outputs / ".stage" / "2024Q3-05334-1"
    other.mkdir()
    area_result(ready, REQUEST)
    assert list(other.parent.iterdir()) == [other]


def test_a_task_tells_in_words_what_it_does(ready):
    told = []
    area_result(ready, REQUEST, told.append)
    assert Said("reading the data") in told
    assert Said("[2/2] 02_second", notebooks=1) in told


@pytest.mark.parametrize("force", [False, True])
def test_a_task_given_out_again_after_it_had_published_repeats_nothing(ready, below, force):
    request = replace(REQUEST, force=force)
    area_result(ready, request)
    before = version(ready)
    below.clear()
    assert area_result(ready, request, before=None).status == "published"
    assert below == []
    later = area_result(ready, request, before=before)
    assert (later.status, later.version) == (("published", "v2") if force else ("unchanged", "v1"))


def test_an_error_is_in_the_result(ready, executing):
    executing.fail = "02_second"
    result = area_result(ready, REQUEST)
    assert (result.status, result.error, result.exit_code) == ("failed", "NotebookFailure", 40)
    assert result.version is None


def test_warnings_of_libraries_are_silent_in_a_worker(ready, monkeypatch, capsys):
    import warnings

    monkeypatch.delenv("KIMEVAL_DEBUG", raising=False)
    monkeypatch.setattr(area_task, "stay_warm", lambda: None)
    monkeypatch.setattr(steps, "ensure_vintage", lambda *_: warnings.warn("Mia", stacklevel=1))
    assert run_area_task(ready.root, REQUEST).status == "failed"
    assert "Mia" not in capsys.readouterr().err


def test_a_version_that_was_whole_before_the_kill_is_linked_and_not_made_again(unlinked, below):
    below.clear()
    result = area_result(unlinked, REQUEST)
    assert (result.status, result.version, versions(unlinked)) == ("published", "v1", ["v1"])
    assert below == []


def test_a_run_of_one_area_links_it_too(unlinked, below, progress):
    below.clear()
    assert run(unlinked, REQUEST, progress).index.parent.readlink().name == "v1"
    assert below == []


def test_an_unlinked_version_of_other_inputs_stays_unlinked(unlinked, monkeypatch):
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "delivery 2")
    assert area_result(unlinked, REQUEST).version == "v2"


def test_an_unlinked_version_that_is_damaged_stays_unlinked(unlinked):
    (unlinked.outputs / "2024Q3/versions/05370/v1/index.html").write_text("")
    assert area_result(unlinked, REQUEST).version == "v2"


def test_force_makes_a_new_version_beside_an_unlinked_one(unlinked):
    assert area_result(unlinked, replace(REQUEST, force=True)).version == "v2"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no flock.")
def test_an_area_is_held_by_one_worker_at_a_time(ready):
    held, entered = only_area(ready.outputs, "2024Q3", "05370"), Event()

    def second():
        with only_area(ready.outputs, "2024Q3", "05370"):
            entered.set()

    with held:
        waiting = Thread(target=second)
        waiting.start()
        with only_area(ready.outputs, "2024Q3", "05334"):
            assert not entered.wait(0.2)
    waiting.join(20)
    assert entered.is_set()
    assert list((ready.outputs / ".stage").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no flock.")
def test_an_area_whose_worker_was_killed_is_free(ready):
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom kimeval.run.lock import only_area\n"
        "with only_area(Path(sys.argv[1]), '2024Q3', '05370'):\n    os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", script, str(ready.outputs)]
    assert subprocess.run(command, check=False).returncode == -9
    assert area_result(ready, REQUEST).status == "published"
