"""Real workers and kernels, killed at work: what is left, and what the run makes of it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Workers are forked on Linux only."),
]
CODES = ("05111", "05112", "05334")
DOUBLES = """
import datetime, types
from kimeval.run import steps
vintage = dict(name="2025-01-15", digest="d" * 64, as_of=datetime.date(2025, 1, 15))
steps.delivery_digest = lambda *_: "1"
steps.ensure_vintage = lambda *_: types.SimpleNamespace(**vintage, synthetic=True)
def needles(*_):
    from kimeval.protect.canary import Needles
    return Needles()
steps.needles = needles
steps.write_pages = lambda stage, *_: (stage / "index.html").write_text("x")
"""
CELL = """
import os, pathlib, time
home = pathlib.Path(os.environ['KIMEVAL_HOME'])
mark = home / 'marks' / str(os.getpid())
mark.write_text(str(os.getppid()))
while (home / 'hold').exists(): time.sleep(0.02)
"""


@pytest.fixture
def home(project, notebook, tmp_path):
    """A project of three areas whose notebook waits while there is a file `hold`."""
    for path in project.notebooks.iterdir():
        path.unlink()
    notebook(project.notebooks / "01_waiting.ipynb", CELL)
    for code in CODES:
        (project.sample / code / "2025-01-15").mkdir(parents=True)
    (project.root / "marks").mkdir()
    (project.root / "hold").touch()
    (tmp_path / "sitecustomize.py").write_text(DOUBLES)
    return project.root


@pytest.fixture
def start(home, tmp_path):
    """Start a run of two areas side by side; what is left of it is ended after the test."""
    begun = []

    def go(**changed):
        path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
        environment = {**os.environ, "KIMEVAL_HOME": str(home), "PYTHONPATH": path, **changed}
        command = ["-m", "kimeval", "run", "--quarter", "2024Q3", "--all", "--jobs", "2"]
        begun.append(
            subprocess.Popen(
                [sys.executable, *command, "--trust", "all"],
                env=environment,
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )
        )
        return begun[-1]

    yield go
    for process in begun:
        process.kill()
        process.wait()


def at_work(home, run, number=2):
    """Kernels that wait, once there are as many; with the parent's number."""
    end = time.monotonic() + 120
    while time.monotonic() < end and run.poll() is None:
        marks = {p.name: p.read_text() for p in (home / "marks").iterdir() if p.read_text()}
        alive = {int(pid): int(parent) for pid, parent in marks.items() if is_there(int(pid))}
        if len(alive) == number:
            return alive
        time.sleep(0.02)
    raise AssertionError(f"No two kernels were at work. {run.poll() and run.stderr.read()}")


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids):
    end = time.monotonic() + 20
    while any(map(is_there, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(map(is_there, pids))


def family(kernels):
    """The parent, its workers, and the kernels."""
    (parent,) = set(kernels.values())
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    workers = {int(pid) for pid in children} - set(kernels)
    assert len(workers) == 2
    return parent, workers


def finished(home, run):
    (home / "hold").unlink(missing_ok=True)
    _, said = run.communicate(timeout=240)
    assert run.returncode == 0, said
    summary = json.loads((home / "outputs/2024Q3/summary.json").read_text())
    assert list((home / "outputs/.stage").iterdir()) == []
    return {
        one["area"]: (one["status"], one["version"])
        for one in summary["areas"]
        if one["area"] in CODES
    }


PUBLISHED = dict.fromkeys(CODES, ("published", "v1"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_run_and_the_next_one_completes_it(home, start, number):
    run = start()
    kernels = at_work(home, run)
    parent, workers = family(kernels)
    run.send_signal(number)
    run.wait(timeout=60)
    assert gone([parent, *workers, *kernels])
    assert run.returncode == {signal.SIGINT: 130}.get(number, -number)
    assert finished(home, start()) == PUBLISHED


def test_a_killed_worker_takes_its_kernel_with_it_and_loses_nothing(home, start):
    run = start()
    kernels = at_work(home, run)
    _, workers = family(kernels)
    os.kill(min(workers), signal.SIGKILL)
    end = time.monotonic() + 20
    while all(map(is_there, kernels)) and time.monotonic() < end:
        time.sleep(0.02)
    assert sum(map(is_there, kernels)) == 1
    assert finished(home, run) == PUBLISHED


def test_with_the_parent_all_children_end_and_others_take_over(home, start):
    run = start()
    kernels = at_work(home, run)
    parent, workers = family(kernels)
    os.kill(parent, signal.SIGKILL)
    assert gone([*workers, *kernels])
    assert finished(home, run) == PUBLISHED


def test_plain_workers_do_the_same_and_end_with_the_run(home, start):
    run = start(KIMEVAL_KERNELS="plain")
    kernels = at_work(home, run)
    workers = set(kernels.values())
    assert len(workers) == 2
    run.kill()
    assert gone([*workers, *kernels])
    assert finished(home, start(KIMEVAL_KERNELS="plain")) == PUBLISHED
