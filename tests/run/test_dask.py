"""Areas on three workers: one is killed, one only thought dead; nothing is published twice."""

import json
import shutil
import signal
import sys
import threading
import time
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from loopback_cluster import Cluster, need_dask

from kimeval.cli.guard import exit_code
from kimeval.run.fingerprint import file_hashes
from kimeval.run.manifest import NAME

need_dask()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Needs signals as on Unix."),
]
ROOT = Path(__file__).resolve().parents[2]
AREAS = ("05334002", "05358", "05370", "05911")
LONG = 600
ALL = ["run", "--quarter", "2024Q3", "--all"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A project with one notebook and small synthetic deliveries of four areas."""
    home = tmp_path_factory.mktemp("dask") / "project"
    for folder in ("notebooks", "data"):
        (home / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "profiles", home / "profiles")
    shutil.copy(ROOT / "notebooks" / "01_data_quality.ipynb", home / "notebooks")
    asked = ["sample", "--areas", ",".join(AREAS), "--as-of", "2024-10-15", "--scale", "0.05"]
    assert exit_code([*asked, "--out", str(home / "data" / "sample")]) == 0
    return home


@pytest.fixture(scope="module")
def alone(sample):
    """The same, run without dask."""
    home = sample.with_name("alone")
    shutil.copytree(sample, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIMEVAL_HOME", str(home))
        assert exit_code(ALL) == 0
    return home


@pytest.fixture(scope="module")
def disturbed(sample):
    """The same on three workers: one is killed, one sleeps until it is taken for dead."""
    home = sample.with_name("disturbed")
    shutil.copytree(sample, home)
    logs = sample.with_name("logs")
    logs.mkdir()
    cluster = Cluster(logs, DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL="15s")

    def disturb():
        cluster.workers[0].kill()
        sleeper = cluster.workers[1]
        sleeper.send_signal(signal.SIGSTOP)
        threading.Timer(40, sleeper.send_signal, [signal.SIGCONT]).start()

    with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()) as said:
        patch.setenv("KIMEVAL_HOME", str(home))
        patch.delenv("KIMEVAL_DEBUG", raising=False)
        try:
            cluster.start(3)
            done = when(lambda: at_work(home, 3), disturb)
            code = exit_code([*ALL, "--dask", cluster.address])
            assert done.is_set(), "Nobody was disturbed."
            assert said.getvalue().count("is given to another worker") >= 2
            first = told(home)
            again = exit_code([*ALL, "--dask", cluster.address])
        finally:
            cluster.close()
    return SimpleNamespace(home=home, codes=(code, again), first=first, second=told(home))


def when(condition, act):
    """Do something in the background as soon as a condition holds; says whether it was done."""
    done = threading.Event()

    def watch():
        until = time.monotonic() + LONG
        while time.monotonic() < until and not done.is_set():
            if condition():
                act()
                done.set()
            time.sleep(0.02)

    threading.Thread(target=watch, daemon=True).start()
    return done


def at_work(home, number):
    """Whether that many areas are being run, each with its kernel."""
    return len(list((home / "outputs" / ".stage").glob("*/notebooks"))) >= number


def told(home):
    return json.loads((home / "outputs" / "2024Q3" / "summary.json").read_text(encoding="utf-8"))


def versions(home):
    folder = home / "outputs" / "2024Q3" / "versions"
    return {path.name: sorted(v.name for v in path.iterdir()) for path in folder.iterdir()}


def content(home, area):
    """A published version without times: hashes of its files, and what its manifest says."""
    version = home / "outputs" / "2024Q3" / area
    hashes = file_hashes(version)
    hashes.pop(NAME)
    manifest = json.loads((version / NAME).read_text(encoding="utf-8"))
    assert manifest["outputs"] == hashes
    del manifest["started"], manifest["finished"]
    for notebook in manifest["notebooks"].values():
        del notebook["seconds"]
    return manifest


def test_the_run_ends_well_and_the_summary_says_so(disturbed):
    assert disturbed.codes == (0, 0)
    assert disturbed.first["finished"] is not None
    assert {k: n for k, n in disturbed.first["counts"].items() if n} == {
        "published": 4,
        "no delivery": 50,
    }
    assert disturbed.second["counts"]["unchanged"] == 4
    assert {one["version"] for one in disturbed.first["areas"]} == {None, "v1"}


def test_each_area_is_published_and_registered_once(disturbed):
    assert versions(disturbed.home) == {area: ["v1"] for area in AREAS}
    for area in AREAS:
        register = disturbed.home / "data" / "register" / f"{area}.jsonl"
        assert len(register.read_text(encoding="utf-8").splitlines()) == 1
    assert list((disturbed.home / "outputs" / ".stage").iterdir()) == []


@pytest.mark.parametrize("area", AREAS)
def test_what_is_published_has_the_bytes_of_a_run_without_dask(disturbed, alone, area):
    assert content(disturbed.home, area) == content(alone, area)


def test_a_scheduler_that_dies_ends_the_run_and_the_next_one_goes_on(
    sample, alone, tmp_path, monkeypatch, capsys
):
    home = tmp_path / "project"
    shutil.copytree(sample, home)
    monkeypatch.setenv("KIMEVAL_HOME", str(home))
    cluster = Cluster(tmp_path)
    try:
        cluster.start(3)
        when((home / "outputs" / "2024Q3" / "versions").is_dir, cluster.scheduler.kill)
        assert exit_code([*ALL, "--dask", cluster.address]) == 60
    finally:
        cluster.close()
    assert "goes on where it stopped" in capsys.readouterr().err
    assert told(home)["finished"] is None
    assert exit_code(ALL) == 0
    assert versions(home) == {area: ["v1"] for area in AREAS}
    assert [content(home, area) for area in AREAS] == [content(alone, area) for area in AREAS]
