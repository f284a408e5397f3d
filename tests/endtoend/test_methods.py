"""The committed sample published with rounding, and with the cell-key method."""

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from kimeval.core.recordkeys import KEYS
from kimeval.evaluation import evaluate
from kimeval.reach import persons_reached

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DELIVERY = Path("data/sample/05370/2024-10-15")
COUNTED = ("persons", "households", "cases")
TOTALS = ("persons_reached", "persons_new", "households_active", "cases_active", "cases_new")
WORDS = {
    "rounding": "auf Vielfache von 5 gerundet; Summen gehen nicht auf",
    "cellkey": "mit der Cell-Key-Methode überlagert; Summen gehen nicht auf",
}


@dataclass
class Published:
    """A project with one published version."""

    project: Path
    method: str
    page: Path

    @property
    def folder(self) -> Path:
        return self.page.parent

    @property
    def manifest(self) -> dict:
        return json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))

    @property
    def rows(self) -> list[dict]:
        with (self.folder / "results.csv").open(encoding="utf-8", newline="") as lines:
            return [r for r in csv.DictReader(lines) if r["notebook"] != "10_published_figures"]


def kimeval(project: Path, method: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "KIMEVAL_HOME": str(project)}
    words = ["run", "--quarter", "2024Q3", "--area", "05370", "-p", f"method={method}"]
    command = [sys.executable, "-m", "kimeval", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def vintages(tmp_path_factory) -> Path:
    """Made by the first run, and taken over by the second."""
    return tmp_path_factory.mktemp("vintages")


@pytest.fixture(scope="module", params=["rounding", "cellkey"])
def published(request, tmp_path_factory, vintages) -> Published:
    home = tmp_path_factory.mktemp(request.param)
    (home / DELIVERY.parent).mkdir(parents=True)
    for name in ("notebooks", "profiles", DELIVERY, "requirements.lock", "pyproject.toml"):
        (home / name).symlink_to(ROOT / name)
    if any(vintages.iterdir()):
        shutil.copytree(vintages, home / "data" / "vintages")
    done = kimeval(home, request.param)
    assert done.returncode == 0, done.stderr
    shutil.copytree(home / "data" / "vintages", vintages, dirs_exist_ok=True)
    page = Path(done.stdout.strip().splitlines()[-1]).resolve()
    return Published(home, request.param, page)


@pytest.fixture(scope="module")
def truth() -> dict:
    path = ROOT / DELIVERY.parent / "truth-2024-10-15.json"
    return json.loads(path.read_text(encoding="utf-8"))["quarters"]["2024Q3"]["visible"]


def totals(published: Published) -> dict[str, float]:
    return {
        row["indicator"]: float(row["value"])
        for row in published.rows
        if row["indicator"] in TOTALS and not row["dimension"] and row["period"] == "2024Q3"
    }


def test_totals_are_the_truth_rounded_or_near_it(published, truth):
    found = totals(published)
    assert set(found) == set(TOTALS)
    if published.method == "rounding":
        assert found == {name: 5 * round(truth[name] / 5) for name in TOTALS}
    else:
        # The largest deviation is 5; that all five would be 0 has a chance below 0.001.
        off = [found[name] - truth[name] for name in TOTALS]
        assert max(map(abs, off)) <= 5
        assert any(off)


def test_no_count_below_the_smallest_that_is_published(published):
    counts = [float(r["value"]) for r in published.rows if r["unit"] in COUNTED and r["value"]]
    assert len(counts) > 40
    if published.method == "rounding":
        assert all(count % 5 == 0 for count in counts)
    else:
        assert not {1, 2} & set(counts)
        assert any(count % 5 for count in counts)


def test_the_manifest_holds_the_method_and_its_attack(published):
    told = published.manifest["protection"]
    assert told["rules"]["method"] == told["attack"]["method"] == published.method
    assert told["attack"]["attacked"] > 0
    assert told["attack"]["recovered"] == 0
    assert told["attack"]["narrowest"] >= 2


def test_every_page_on_persons_says_by_which_method(published):
    for name in ("01_data_quality", "02_reach", "index"):
        text = (published.folder / f"{name}.html").read_text(encoding="utf-8")
        assert WORDS[published.method] in " ".join(text.split())


def test_no_key_is_in_a_file_that_is_published_or_in_the_register(published, monkeypatch):
    monkeypatch.setenv("KIMEVAL_HOME", str(published.project))
    given = evaluate("2024Q3", "05370", method=published.method)
    counted = persons_reached(given.data, given.quarter, by=["ags", "gender", "age_band"])
    keys = {repr(key) for key in counted.frame["record_key"]}
    assert len(keys) > 10
    register = published.project / "data" / "register"
    files = [p for f in (published.folder, register) for p in f.rglob("*") if p.is_file()]
    assert len(files) > 10
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not [key for key in (*keys, *KEYS) if key in text], path.name


def test_the_register_says_by_which_method(published):
    lines = (published.project / "data" / "register" / "05370.jsonl").read_text(encoding="utf-8")
    assert json.loads(lines.splitlines()[0])["method"] == published.method


def test_the_next_release_of_the_area_keeps_the_method(published):
    before = published.page.read_bytes()
    other = {"rounding": "suppression", "cellkey": "rounding"}[published.method]
    done = kimeval(published.project, other)
    assert done.returncode == 40
    assert f"-p method={published.method}" in done.stderr
    assert published.page.read_bytes() == before


def test_an_unknown_method_is_refused_before_anything_starts(published):
    done = kimeval(published.project, "noise")
    assert done.returncode == 30
    assert "The method is one of suppression, rounding, cellkey" in done.stderr
