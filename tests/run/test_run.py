import json
import os
import subprocess
import sys

import pytest

from kimeval.core.errors import (
    AreaError,
    KimevalError,
    LockedError,
    MissingFileError,
    NotebookFailure,
    ParameterError,
    ProtectionError,
)
from kimeval.protect.canary import needles_of
from kimeval.run import steps
from kimeval.run.lock import only_run
from kimeval.run.plan import Request
from kimeval.run.run import run

REQUEST = Request("2024Q3", "05370")


def everything_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_run_publishes_notebooks_pages_and_manifest(project, below, executing, progress):
    outcome = run(project, REQUEST, progress)
    assert outcome.index == project.outputs / "2024Q3" / "05370" / "index.html"
    assert not outcome.unchanged
    assert everything_below(outcome.index.parent.resolve()) == [
        "index.html",
        "manifest.json",
        "notebooks",
        "notebooks/01_first.ipynb",
        "notebooks/02_second.ipynb",
        "versions.html",
        "versions.json",
    ]
    assert below == ["vintage", "01_first", "02_second", "pages"]
    assert json.loads((outcome.index.parent / "manifest.json").read_text())["suppressed_rows"] == 4


def test_progress_names_each_notebook_and_the_kind_of_data(project, below, executing, progress):
    run(project, REQUEST, progress)
    told = "\n".join(progress.lines)
    assert "Kreis Heinsberg (05370), 2024Q3, notebooks: 2" in told
    assert "data: 2025-01-15, synthetic" in told
    assert "[2/2] 02_second  0.1 s" in told


def test_an_unchanged_second_run_executes_nothing(project, below, executing, progress):
    first = run(project, REQUEST, progress)
    below.clear()
    second = run(project, Request("3/2024", "05370"), progress)
    assert second.unchanged
    assert second.index == first.index
    assert below == []
    assert first.index.parent.readlink().name == "v1"


def test_an_unchanged_run_imports_neither_papermill_nor_pandas(project, below, executing, progress):
    run(project, REQUEST, progress)
    script = (
        "import sys\nfrom kimeval.run import steps, trust\n"
        "trust.require_trusted = lambda *_: ()\n"
        "steps.delivery_digest = lambda *_: 'delivery 1'\n"
        "from kimeval.cli.guard import exit_code\n"
        "code = exit_code(['run', '--quarter', '2024Q3', '--area', '05370'])\n"
        "print(code, 'papermill' in sys.modules, 'pandas' in sys.modules)"
    )
    environment = os.environ | {"KIMEVAL_HOME": str(project.root)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "0 False False"
    assert "unchanged" in done.stderr


def test_force_runs_an_unchanged_request(project, below, executing, progress):
    run(project, REQUEST, progress)
    outcome = run(project, Request("2024Q3", "05370", force=True), progress)
    assert not outcome.unchanged
    assert outcome.index.parent.readlink().name == "v2"


def test_a_new_delivery_runs_again(project, below, executing, progress, monkeypatch):
    run(project, REQUEST, progress)
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "delivery 2")
    assert not run(project, REQUEST, progress).unchanged


def test_a_damaged_version_is_made_again(project, below, executing, progress):
    index = run(project, REQUEST, progress).index
    index.write_text("")
    assert not run(project, REQUEST, progress).unchanged
    assert index.read_text() == "<p>2</p>"


@pytest.mark.parametrize(
    "request_",
    [
        Request("2024Q5", "05370"),
        Request("2150Q1", "05370"),
        Request("2024Q3", "5370"),
        Request("2024Q3", "99999"),
        Request("2024Q3", "05370", notebooks=("nothing",)),
        Request("2024Q3", "05370", parameters=("nothing=1",)),
        Request("2024Q3", "05370", parameters=("threshold=x",)),
        Request("2024Q3", "05370", parameters=("threshold=1",)),
        Request("2024Q3", "05370", parameters=("area=05334",)),
    ],
)
def test_a_wrong_request_writes_nothing(project, below, executing, progress, request_):
    before = everything_below(project.root)
    with pytest.raises(KimevalError):
        run(project, request_, progress)
    assert everything_below(project.root) == before
    assert below == []


def test_each_kind_of_wrong_request_has_its_own_error(project, below, executing, progress):
    with pytest.raises(AreaError, match="Did it lose a zero"):
        run(project, Request("2024Q3", "5370"), progress)
    with pytest.raises(ProtectionError, match="at least 3"):
        run(project, Request("2024Q3", "05370", parameters=("threshold=1",)), progress)
    with pytest.raises(ParameterError, match="'treshold'"):
        run(project, Request("2024Q3", "05370", parameters=("treshold=4",)), progress)


def test_an_area_without_a_delivery_writes_nothing(
    project, below, executing, progress, monkeypatch
):
    def missing(*_):
        raise MissingFileError("An area needs a delivery, found none.")

    monkeypatch.setattr(steps, "delivery_digest", missing)
    with pytest.raises(MissingFileError):
        run(project, REQUEST, progress)
    assert not project.outputs.exists()


def test_a_failing_notebook_leaves_the_last_good_version(project, below, executing, progress):
    index = run(project, REQUEST, progress).index
    manifest = (index.parent / "manifest.json").read_bytes()
    executing.fail = "02_second"
    with pytest.raises(NotebookFailure):
        run(project, Request("2024Q3", "05370", force=True), progress)
    assert index.parent.readlink().name == "v1"
    assert (index.parent / "manifest.json").read_bytes() == manifest
    assert list((project.outputs / ".stage").iterdir()) == []


def test_a_run_is_refused_while_another_is_at_work(project, below, executing, progress):
    with only_run(project.outputs), pytest.raises(LockedError):
        run(project, REQUEST, progress)
    assert below == []


def test_a_page_that_names_a_folder_of_the_machine_is_refused(
    project, below, executing, progress, monkeypatch
):
    def pages(stage, *_):
        (stage / "index.html").write_text(f"<p>{project.root}</p>")

    monkeypatch.setattr(steps, "write_pages", pages)
    with pytest.raises(ProtectionError, match=r"'index\.html' does"):
        run(project, REQUEST, progress)
    assert not (project.outputs / "2024Q3").exists()


@pytest.fixture
def known(monkeypatch, below):
    """A name that must not be published."""
    needles = needles_of(names=[("Özdemir", "Ayşe")], identifiers=["2023/00237"])
    monkeypatch.setattr(steps, "needles", lambda *_: needles)


def test_what_was_searched_is_in_the_manifest(project, known, executing, progress):
    index = run(project, REQUEST, progress).index
    told = json.loads((index.parent / "manifest.json").read_text())["protection"]["search"]
    assert told == {
        "files": 6,
        "needles": {"identifier": 100, "name": 100, "pseudonym": 0, "free_text": 0},
        "not_searched": {"too_short": 0, "too_common": 0},
        "hits": 0,
    }
    assert "searched 5 files for up to 100 identifiers, names and texts, found 0" in progress.lines


def test_a_name_on_a_page_stops_the_release(project, known, executing, progress, monkeypatch):
    index = run(project, REQUEST, progress).index
    held = (index.parent / "manifest.json").read_bytes()

    def pages(stage, *_):
        (stage / "index.html").write_text("<p>&Ouml;zdemir</p>")

    registered = []
    monkeypatch.setattr(steps, "write_pages", pages)
    monkeypatch.setattr(steps, "register", lambda *_: registered.append(1))
    with pytest.raises(ProtectionError, match=r"'index\.html' holds a name") as found:
        run(project, Request("2024Q3", "05370", force=True), progress)
    assert "zdemir" not in str(found.value)
    assert registered == []
    assert index.parent.readlink().name == "v1"
    assert (index.parent / "manifest.json").read_bytes() == held
    assert list((project.outputs / ".stage").iterdir()) == []


def test_a_name_in_the_manifest_stops_the_release(project, known, executing, progress):
    with pytest.raises(ProtectionError, match=r"'manifest\.json' holds an identifier"):
        run(project, Request("2024Q3", "05370", legal_basis="Akte 2023/00237"), progress)
    assert not (project.outputs / "2024Q3").exists()


@pytest.fixture
def left(project, below, executing, progress):
    """A stage of a run that was killed, beside a version that is current."""
    run(project, REQUEST, progress)
    (folder := project.outputs / ".stage" / "2024Q3-05334-1").mkdir()
    return folder


def test_what_a_killed_run_left_is_removed_even_if_nothing_changed(project, left, progress):
    assert run(project, REQUEST, progress).unchanged
    assert not left.exists()


def test_the_stage_of_a_run_at_work_is_left_alone(project, left, progress):
    with only_run(project.outputs):
        assert run(project, REQUEST, progress).unchanged
    assert left.exists()


def listed(project, name):
    return (project.outputs / "2024Q3" / name).read_text(encoding="utf-8")


def test_a_run_of_one_area_writes_the_quarters_summary_and_list(
    project, below, executing, progress
):
    (project.sample / "05334" / "2025-01-15").mkdir(parents=True)
    (project.sample / "05370" / "2025-01-15").mkdir(parents=True)
    run(project, REQUEST, progress)
    told = {one["area"]: one for one in json.loads(listed(project, "summary.json"))["areas"]}
    assert len(told) == 54
    assert (told["05370"]["status"], told["05370"]["version"]) == ("published", "v1")
    assert (told["05334"]["status"], told["05111"]["status"]) == ("waiting", "no delivery")
    assert 'href="05370/index.html">Kreis Heinsberg<' in listed(project, "index.html")


def test_it_leaves_what_the_summary_says_of_other_areas(project, below, executing, progress):
    run(project, REQUEST, progress)
    before = json.loads(listed(project, "summary.json"))
    before["areas"][0] |= {"status": "failed", "message": "Broken."}
    before["finished"] = None
    (project.outputs / "2024Q3" / "summary.json").write_text(json.dumps(before), encoding="utf-8")
    run(project, Request("2024Q3", "05370", force=True), progress)
    after = json.loads(listed(project, "summary.json"))
    assert after["areas"][0] == before["areas"][0]
    assert (after["started"], after["finished"]) == (before["started"], None)
    assert [one["version"] for one in after["areas"] if one["area"] == "05370"] == ["v2"]
