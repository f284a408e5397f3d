"""Full and read-only outputs, two runs at once: one clear line, nothing torn, and it goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kimeval.cli.guard import exit_code
from kimeval.run import execute as execution
from kimeval.run import steps
from kimeval.run.execute import Executed
from kimeval.run.fingerprint import file_hashes

AREAS = ("05111", "05370", "05374")
ALL = ["run", "--quarter", "2024Q3", "--all", "--jobs", "1", "--trust", "all"]
ONE = ["run", "--quarter", "2024Q3", "--area", "05370", "--trust", "all"]
EMPTY = '{"cells": []}'
RUNNER = Path(__file__).with_name("doubled_run.py")
FILLING = 300_000


def mounted(*arguments):
    """Call mount; whether that was allowed."""
    try:
        return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return 1


@pytest.fixture
def home(project, below, monkeypatch):
    """Deliveries of three areas; notebooks are doubled."""
    for code in AREAS:
        (project.sample / code / "2025-01-15").mkdir(parents=True)
    monkeypatch.setenv("KIMEVAL_HOME", str(project.root))
    monkeypatch.delenv("KIMEVAL_DEBUG", raising=False)
    monkeypatch.setattr(execution, "execute", writing({}))
    return project


@pytest.fixture
def disk(home):
    """A disk of its own for outputs/, with a quarter of a MiB."""
    home.outputs.mkdir()
    if mounted("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(home.outputs)):
        pytest.skip("Needs the right to mount a small file system (root on Linux).")
    yield home
    subprocess.run(["umount", str(home.outputs)], check=True)


def writing(sizes):
    """Papermill's double; some areas write a large file beside."""

    def execute(job, target, *_):
        path = target / f"{job.name}.ipynb"
        path.write_text(EMPTY)
        (target / "filling").write_bytes(bytes(sizes.get(job.parameters["area"], 0)))
        return Executed(job.name, path, 0.1, 2)

    return execute


def remount(project, options):
    assert mounted("-o", f"remount,{options}", str(project.outputs)) == 0


def published(project):
    """Versions by area; each must be as its manifest says."""
    found = {}
    for link in (project.outputs / "2024Q3").glob("05*"):
        hashes = file_hashes(link)
        hashes.pop("manifest.json")
        assert hashes == json.loads((link / "manifest.json").read_text())["outputs"]
        found[link.name] = link.readlink().name
    return found


def require_one_line(said):
    assert said.err.count("\n") == 1 and "Traceback" not in said.err


def test_a_disk_that_fills_up_costs_its_area_and_the_next_start_completes(
    disk, monkeypatch, capsys
):
    monkeypatch.setattr(execution, "execute", writing({"05370": FILLING}))
    assert exit_code(ALL) == 42
    assert published(disk) == {"05111": "v1", "05374": "v1"}
    assert "could not: No space left on device" in capsys.readouterr().err
    held = json.loads((disk.outputs / "2024Q3" / "summary.json").read_text(encoding="utf-8"))
    (failed,) = (one for one in held["areas"] if one["status"] == "failed")
    assert (failed["area"], failed["error"], failed["exit_code"]) == ("05370", "PublishError", 41)
    assert "Free some space" in failed["message"]
    remount(disk, "size=4m")
    assert exit_code(ALL) == 0
    assert "published 1, unchanged 2" in capsys.readouterr().out
    assert published(disk) == dict.fromkeys(AREAS, "v1")


def test_a_disk_that_fills_up_keeps_the_last_good_version(disk, monkeypatch, capsys):
    assert exit_code(ONE) == 0
    before = file_hashes((disk.outputs / "2024Q3" / "05370").resolve())
    monkeypatch.setattr(execution, "execute", writing({"05370": FILLING}))
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "delivery 2")
    capsys.readouterr()
    assert exit_code(ONE) == 41
    assert "No space left on device" in capsys.readouterr().err
    assert published(disk) == {"05370": "v1"}
    assert file_hashes((disk.outputs / "2024Q3" / "05370").resolve()) == before
    remount(disk, "size=4m")
    assert exit_code(ONE) == 0
    assert published(disk) == {"05370": "v2"}


@pytest.mark.parametrize("command", [ALL, ONE], ids=["all", "one"])
def test_a_full_disk_is_told_in_one_line_before_anything_runs(disk, command, below, capsys):
    with pytest.raises(OSError, match="No space left"):
        (disk.outputs / "filling").write_bytes(bytes(FILLING))
    assert exit_code(command) == 41
    said = capsys.readouterr()
    assert "Traceback" not in said.err and "pace" in said.err
    assert published(disk) == {} and "01_first" not in below
    (disk.outputs / "filling").unlink()
    assert exit_code(command) == 0
    assert "05370" in published(disk)


@pytest.mark.parametrize("command", [ALL, ONE], ids=["all", "one"])
def test_read_only_outputs_are_told_in_one_line_and_stay_readable(
    disk, command, monkeypatch, capsys
):
    assert exit_code(ONE) == 0
    remount(disk, "ro")
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "delivery 2")
    capsys.readouterr()
    assert exit_code(command) == 41
    said = capsys.readouterr()
    require_one_line(said)
    assert "outputs must take new files, and could not: Read-only file system" in said.err
    assert published(disk) == {"05370": "v1"}
    remount(disk, "rw,size=4m")
    assert exit_code(command) == 0
    assert published(disk)["05370"] == "v2"


def test_outputs_that_others_own_are_told_in_one_line(home, capsys):
    home.outputs.mkdir()
    home.outputs.chmod(0o500)
    try:
        if os.access(home.outputs, os.W_OK):
            pytest.skip("Needs a user to whom folders can be closed, which root is not.")
        assert exit_code(ALL) == 41
        require_one_line(capsys.readouterr())
    finally:
        home.outputs.chmod(0o700)


@pytest.mark.slow
def test_of_two_runs_at_once_one_works_and_the_other_says_so(home):
    command = [sys.executable, str(RUNNER), str(home.root)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[1] for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes
    for code, text in zip(codes, said, strict=True):
        assert code == 0 or "One run at a time writes to outputs/" in text
    assert published(home) == dict.fromkeys(AREAS, "v1")
    versions = home.outputs / "2024Q3" / "versions"
    assert sorted(path.name for path in versions.glob("*/*")) == ["v1"] * len(AREAS)
