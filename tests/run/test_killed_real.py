"""A real run, all notebooks and the state, killed at random moments and started again."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kimeval.run.fingerprint import file_hashes

ROOT = Path(__file__).resolve().parents[2]
AREAS = "05334002,05370,05558"
QUARTER = "2024Q3"
RUN = ["run", "--quarter", QUARTER, "--all"]
AGAIN = ("outputs", "data/register", "data/vintages")
WAIT = 300

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Needs signals as on Linux.")


def kimeval(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kimeval", *arguments],
        cwd=home,
        env={**os.environ, "KIMEVAL_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def done(home: Path, *arguments: str) -> None:
    running = kimeval(home, *arguments)
    _, said = running.communicate(timeout=WAIT)
    assert running.returncode == 0, said


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A project with every notebook and small synthetic deliveries of three areas."""
    made = tmp_path_factory.mktemp("killed")
    (made / "data").mkdir()
    for name in ("notebooks", "profiles"):
        shutil.copytree(ROOT / name, made / name)
    done(made, "sample", "--areas", AREAS, "--as-of", "2024-10-15", "--scale", "0.1")
    return made


@pytest.fixture(scope="module")
def undisturbed(home):
    """What a run that nobody disturbs publishes, and the seconds it takes."""
    started = time.monotonic()
    done(home, *RUN)
    seconds = time.monotonic() - started
    found = contents(home)
    forget(home)
    return found, seconds


def forget(home: Path) -> None:
    for name in AGAIN:
        shutil.rmtree(home / name, ignore_errors=True)


def links(home: Path) -> list[Path]:
    return sorted(p for p in (home / "outputs" / QUARTER).glob("0*") if p.is_symlink())


def contents(home: Path) -> dict[str, bytes]:
    """Every published file by name; times are taken out of the manifests."""
    found = {}
    for link in links(home):
        assert link.readlink().name == "v1"
        for path in sorted(link.rglob("*")):
            if path.is_file():
                held = path.read_bytes()
                name = f"{link.name}/{path.relative_to(link).as_posix()}"
                found[name] = untimed(held) if path.name == "manifest.json" else held
    return found


def untimed(manifest: bytes) -> bytes:
    held = json.loads(manifest)
    for name in ("started", "finished"):
        held.pop(name)
    for notebook in held["notebooks"].values():
        notebook.pop("seconds")
    for name in [name for name in held["outputs"] if name == "manifest.json"]:
        held["outputs"].pop(name)
    return json.dumps(held, sort_keys=True).encode()


def require_whole(home: Path) -> dict[str, str]:
    """Each published folder is as its manifest says; versions by area."""
    found = {}
    for link in links(home):
        hashes = file_hashes(link)
        hashes.pop("manifest.json")
        assert hashes == json.loads((link / "manifest.json").read_text("utf-8"))["outputs"]
        found[link.name] = link.readlink().name
    return found


def killed(home: Path, after: float) -> bool:
    """Kill a run some seconds after its start; False if it was at its end before."""
    running = kimeval(home, *RUN)
    try:
        running.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate(timeout=WAIT)
    assert running.returncode in (0, -signal.SIGKILL)
    return running.returncode != 0


def kill_often(home: Path, undisturbed: tuple[dict[str, bytes], float], kills: int) -> None:
    expected, seconds = undisturbed
    draws = random.Random(kills)
    before: dict[str, str] = {}
    left = kills
    while left:
        if killed(home, draws.uniform(0.3, 0.6 * seconds)):
            left -= 1
            now = require_whole(home)
            assert before.items() <= now.items()
            before = now
        else:
            assert contents(home) == expected
            forget(home)
            before = {}
    done(home, *RUN)
    assert contents(home) == expected
    assert [path for path in (home / "outputs" / ".stage").glob("*") if path.is_dir()] == []


@pytest.mark.slow
def test_a_real_run_killed_three_times_publishes_what_an_undisturbed_one_does(home, undisturbed):
    kill_often(home, undisturbed, 3)


@pytest.mark.long
def test_a_real_run_killed_fifty_times_publishes_what_an_undisturbed_one_does(home, undisturbed):
    forget(home)
    kill_often(home, undisturbed, 50)
