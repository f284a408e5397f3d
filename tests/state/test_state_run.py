"""A run of the state: its notebooks, its inputs, and what it is compared with."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from tests.run.conftest import CELL, Told, write_notebook

from kimeval.core.errors import (
    FormatError,
    KimevalError,
    MissingFileError,
    NotebookNameError,
    ProtectionError,
    QuarterError,
)
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.protect.canary import require_clean
from kimeval.protect.facts import ROWS
from kimeval.protect.transfer import read_rows
from kimeval.run import state, steps, trust
from kimeval.run.every import run_all
from kimeval.run.parameters import scope
from kimeval.run.plan import Request, fitting_notebooks, make_plan
from kimeval.run.run import run

from .areas_made import CODES, QUARTER, count, publish, share

ASKED = Request(QUARTER, "05")
STATE_CELL = CELL.replace("05370", "05")
SHOWS = """
import kimeval as ke

state = ke.evaluate_state(quarter=quarter, area=area)
coverage = state.areas.only(indicator="coverage_newly_arrived")
ke.tables.by_area(coverage, "Reichweite")
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a notebook on areas, one on the state, one on both; two areas published."""
    root = tmp_path / "project"
    for folder in ("notebooks", "profiles", "data/sample", "data/raw"):
        (root / folder).mkdir(parents=True)
    monkeypatch.setattr(trust, "require_trusted", lambda *_: ())
    made = Project(root)
    for name, kind in (("01_area", ""), ("09_state", "state"), ("10_both", "both")):
        scoped(write_notebook(made.notebooks / f"{name}.ipynb", "1 + 1"), kind)
    for code in CODES[:2]:
        publish(made.outputs, code, [count(31, code), share(20, 61, code)])
    return made


def scoped(path, kind):
    """Give a notebook its scope."""
    held = json.loads(path.read_text())
    held["metadata"] |= {"kimeval": {"scope": kind}} if kind else {}
    path.write_text(json.dumps(held))
    return path


def names(plan):
    return [job.name for job in plan.jobs]


def test_an_area_and_the_state_each_have_their_notebooks(project):
    assert names(make_plan(project, Request(QUARTER, "05370"))) == ["01_area", "10_both"]
    plan = make_plan(project, ASKED)
    assert names(plan) == ["09_state", "10_both"]
    assert plan.jobs[0].parameters["area"] == "05"


@pytest.mark.parametrize(
    ("area", "name", "says"),
    [("05370", "09_state", "about the state: --area 05"), ("05", "01_area", "about one area")],
)
def test_a_notebook_of_the_other_kind_is_refused_with_the_way_out(project, area, name, says):
    with pytest.raises(NotebookNameError, match=says):
        make_plan(project, Request(QUARTER, area, notebooks=(name,)))


def test_without_a_notebook_about_it_the_state_cannot_be_planned(project):
    for name in ("09_state", "10_both"):
        (project.notebooks / f"{name}.ipynb").unlink()
    with pytest.raises(MissingFileError, match="needs a notebook about it"):
        make_plan(project, ASKED)
    assert steps.about_state(project) == {}


def test_a_scope_that_does_not_exist_is_refused(project):
    path = scoped(project.notebooks / "01_area.ipynb", "country")
    with pytest.raises(FormatError, match="scope is area, state, both"):
        scope(path)


def test_the_notebooks_of_this_repository_say_what_they_are_about():
    notebooks = Path(__file__).resolve().parents[2] / "notebooks"
    found = {path.stem: scope(path) for path in notebooks.glob("*.ipynb")}
    assert found["05_effects_state"] == found["09_state_overview"] == "state"
    assert found["10_published_figures"] == "both"
    others = {"05_effects_state", "09_state_overview", "10_published_figures"}
    assert {kind for name, kind in found.items() if name not in others} == {"area"}


def test_a_run_over_all_areas_ends_with_the_state_where_it_has_notebooks(project):
    assert steps.about_state(project) == {"05": True}
    assert steps.about_state(project, ("09_state.ipynb",)) == {"05": True}
    assert steps.about_state(project, ("01_area",)) == {}
    assert list(fitting_notebooks(project, make_plan(project, ASKED).area)) == [
        "09_state",
        "10_both",
    ]


def test_inputs_of_the_state_are_what_the_areas_published(project):
    plan = make_plan(project, ASKED)
    digest = steps.delivery_digest(project, plan.area, plan.quarter)
    publish(project.outputs, CODES[0], [count(33, CODES[0])], version="v2")
    assert steps.delivery_digest(project, plan.area, plan.quarter) != digest


def test_nothing_published_is_no_data_for_the_quarter(project):
    with pytest.raises(QuarterError, match="--all"):
        steps.delivery_digest(project, make_plan(project, ASKED).area, Quarter(2023, 1))


def test_the_state_stands_for_the_oldest_delivery_and_the_rules_of_its_areas(project):
    data = {"vintage": "2024-12-01", "as_of": "2024-12-01", "synthetic": True}
    publish(project.outputs, CODES[2], [count(33, CODES[2])], data=data)
    held = state.standing(project, Quarter(2024, 3))
    assert held.name == "2024-12-01 (3/54)"
    assert held.synthetic and held.rules.threshold == 5


def test_a_notebook_that_protects_rows_of_its_own_is_refused(project, tmp_path):
    told = {"indicator": "persons_reached", "period": QUARTER, "area": "05", "state": "shown"}
    row = pd.DataFrame([told], columns=list(ROWS)).fillna({"release": 0}).astype(ROWS)
    row.to_parquet(tmp_path / "release.parquet")
    assert len(read_rows(tmp_path / "release.parquet")) == 1
    with pytest.raises(ProtectionError, match="has protected rows of its own"):
        state.compare(project, Quarter(2024, 3), tmp_path / "release.parquet", [])


@pytest.mark.parametrize(
    ("text", "found"), [("a1" * 10, True), ("7" * 20, False), ("a1" * 32, False), ("abc", False)]
)
def test_any_pseudonym_is_found_without_the_areas_data(tmp_path, text, found):
    (tmp_path / "index.html").write_text(f"<p>{text}</p>")
    if not found:
        assert require_clean(tmp_path, state.needles(True)).hits == ()
        return
    with pytest.raises(ProtectionError, match="a pseudonym"):
        require_clean(tmp_path, state.needles(True))


def test_the_key_of_pseudonyms_is_looked_for_where_there_is_one(tmp_path, monkeypatch):
    key = "5e" * 32
    (tmp_path / "key").write_text(key)
    monkeypatch.setenv("KIMEVAL_KEY_FILE", str(tmp_path / "key"))
    stage = tmp_path / "stage"
    stage.mkdir()
    (stage / "index.html").write_text(f"<p>Stand {key}</p>")
    with pytest.raises(ProtectionError, match="an identifier"):
        require_clean(stage, state.needles(False))


@pytest.mark.slow
def test_the_state_is_published_compared_and_not_run_again_until_an_area_changes(project):
    for path in project.notebooks.glob("*.ipynb"):
        path.unlink()
    path = write_notebook(project.notebooks / "09_state.ipynb", SHOWS, parameters=STATE_CELL)
    scoped(path, "state")
    told = Told()
    first = run(project, ASKED, told)
    manifest = json.loads((first.index.parent / "manifest.json").read_text())
    assert manifest["area"] == "05" and manifest["data"]["vintage"] == "2025-01-15 (2/54)"
    assert manifest["protection"]["compared_rows"] == 4
    assert manifest["suppressed_rows"] == 0
    assert any(re.search("compared with 4 rows that areas published", line) for line in told.lines)
    assert not (project.register / "05.jsonl").exists()
    assert not (project.vintages / "05").exists()
    page = (first.index.parent / "09_state.html").read_text()
    assert "32,8" in page and "Synthetische Daten" in page
    assert run(project, ASKED, told).unchanged
    publish(project.outputs, CODES[0], [share(30, 61, CODES[0])], version="v2")
    assert not run(project, ASKED, told).unchanged
    assert "49,2" in (first.index.parent / "09_state.html").read_text()


@pytest.mark.slow
def test_a_notebook_that_changes_an_areas_number_is_not_published(project):
    for path in project.notebooks.glob("*.ipynb"):
        path.unlink()
    change = SHOWS.replace("ke.tables", 'coverage.frame["value"] += 0.01\nke.tables')
    path = write_notebook(project.notebooks / "09_state.ipynb", change, parameters=STATE_CELL)
    scoped(path, "state")
    with pytest.raises(ProtectionError, match="2 rows shown by '09_state'"):
        run(project, ASKED, Told())
    assert not (project.outputs / QUARTER / "05").exists()


def test_a_run_over_all_lists_the_state_last_and_does_it_after_the_areas(project, monkeypatch):
    asked = []

    def digest(_, place, __):
        asked.append(place.code)
        raise KimevalError("A delivery is not read here.")

    monkeypatch.setattr(steps, "has_delivery", lambda _, place: place.code in CODES[:2])
    monkeypatch.setattr(steps, "delivery_digest", digest)
    summary = run_all(project, Request(QUARTER, ""), Told())
    assert list(dict.fromkeys(asked)) == [*CODES[:2], "05"]
    assert summary.areas[-1].name == "Nordrhein-Westfalen"
    assert summary.counts["failed"] == 3
