import datetime as dt
import json

import pytest

from kimeval.run.execute import Executed
from kimeval.run.manifest import NAME, Data, Times, is_current, write_manifest
from kimeval.run.plan import Request, inputs, make_plan

NOON = dt.datetime(2025, 1, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def version(project, tmp_path):
    """A finished stage with its manifest, and the inputs it was made from."""
    folder = tmp_path / "version"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "index.html").write_text("<p>Bericht</p>")
    (folder / "notebooks" / "01_first.ipynb").write_text("{}")
    plan = make_plan(project, Request("2024Q3", "05370", legal_basis="§ 67c SGB X"))
    made_from = inputs(plan, "delivery 1")
    data = Data("2025-01-15", "d" * 64, dt.date(2025, 1, 15), synthetic=True)
    executed = [Executed("01_first", folder, 1.5, 3), Executed("02_second", folder, 2.0, 4)]
    times = Times(NOON, NOON + dt.timedelta(seconds=9))
    write_manifest(folder, plan, made_from, data, executed, times)
    return folder, made_from


def test_the_manifest_says_what_the_version_was_made_from(version):
    found = json.loads((version[0] / NAME).read_text(encoding="utf-8"))
    assert (found["quarter"], found["area"], found["area_name"]) == (
        "2024Q3",
        "05370",
        "Kreis Heinsberg",
    )
    assert found["legal_basis"] == "§ 67c SGB X"
    assert found["data"] == {
        "vintage": "2025-01-15",
        "sha256": "d" * 64,
        "as_of": "2025-01-15",
        "synthetic": True,
    }
    assert found["notebooks"]["01_first"] == {
        "status": "complete",
        "seconds": 1.5,
        "suppressed_rows": 3,
    }
    assert found["suppressed_rows"] == 7
    assert found["started"] == "2025-01-20T12:00:00+00:00"
    assert len(found["catalogue"]) == 12
    assert found["inputs"]["packages"]["pandas"].startswith("3.")
    assert found["inputs"]["parameters"]["01_first"] == {
        "quarter": "2024Q3",
        "area": "05370",
        "threshold": 5,
    }


def test_the_manifest_hashes_every_other_file(version):
    found = json.loads((version[0] / NAME).read_text(encoding="utf-8"))
    assert list(found["outputs"]) == ["index.html", "notebooks/01_first.ipynb"]
    assert all(len(digest) == 64 for digest in found["outputs"].values())


def test_the_manifest_names_no_folder_of_the_machine(version, tmp_path):
    assert str(tmp_path) not in (version[0] / NAME).read_text(encoding="utf-8")


def test_a_version_is_current_for_its_own_inputs_only(version):
    folder, made_from = version
    assert is_current(folder, made_from)
    assert not is_current(folder, made_from | {"code": "other"})


@pytest.mark.parametrize("damage", ["changed", "missing", "added"])
def test_a_version_with_another_file_than_it_had_is_not_current(version, damage):
    folder, made_from = version
    index = folder / "index.html"
    if damage == "changed":
        index.write_text("<p>Anderes</p>")
    elif damage == "missing":
        index.unlink()
    else:
        (folder / "more.html").write_text("")
    assert not is_current(folder, made_from)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 0}', '{"format": 1}'])
def test_a_damaged_manifest_is_not_current(version, text):
    folder, made_from = version
    (folder / NAME).write_text(text)
    assert not is_current(folder, made_from)


def test_without_a_published_version_nothing_is_current(tmp_path, version):
    assert not is_current(tmp_path / "none", version[1])
