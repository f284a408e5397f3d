"""A run over all areas, killed at random moments and started again."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kimeval.core.project import Project
from kimeval.run.fingerprint import file_hashes

pytestmark = pytest.mark.slow
CODES = ("05111", "05112", "05113", "05114", "05116", "05334", "05370")
KILLS = 5
RUNNER = Path(__file__).with_name("doubled_run.py")


@pytest.fixture
def command(project):
    for code in CODES:
        (project.sample / code / "2025-01-15").mkdir(parents=True)
    return [sys.executable, str(RUNNER), str(project.root)]


def killed(command, project, generator):
    """Start a run and kill it while it is at work; False if it was at its end before."""
    stages = project.outputs / ".stage"
    before = stages.stat().st_mtime_ns if stages.exists() else 0
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None:
            if stages.exists() and stages.stat().st_mtime_ns != before:
                break
            time.sleep(0.005)
        time.sleep(generator.uniform(0, 0.15))
        running.kill()
    return running.returncode == -9


def published(project: Project) -> dict[str, str]:
    """Versions by area; each must be as its manifest says."""
    found = {}
    for link in (project.outputs / "2024Q3").glob("0*"):
        hashes = file_hashes(link)
        hashes.pop("manifest.json")
        assert hashes == json.loads((link / "manifest.json").read_text())["outputs"]
        found[link.name] = link.readlink().name
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="Needs signals as on Unix.")
def test_runs_killed_at_random_moments_tear_nothing_and_repeat_nothing(project, command):
    generator = random.Random(5)
    interrupted, before = 0, {}
    folder = project.outputs / "2024Q3"
    for _ in range(KILLS):
        interrupted += killed(command, project, generator)
        now = published(project)
        assert before.items() <= now.items()
        before = now
        if (folder / "index.html").exists():
            json.loads((folder / "summary.json").read_text(encoding="utf-8"))
            assert (folder / "index.html").read_text(encoding="utf-8").endswith("</html>")
    assert interrupted > 0
    subprocess.run(command, check=True, capture_output=True)
    assert published(project) == dict.fromkeys(CODES, "v1")
    assert json.loads((folder / "summary.json").read_text())["finished"] is not None
    assert list(folder.glob(".*")) == []
