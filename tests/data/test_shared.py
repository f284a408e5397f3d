"""Vintages at a place that machines share: made once, checked on the way, never by halves."""

import json
import shutil

import pytest

from kimeval.cli.vintages import vintage_lines
from kimeval.core.area import area
from kimeval.core.errors import DataError, MissingFileError, ParameterError
from kimeval.core.project import Project
from kimeval.data import vintages
from kimeval.data.shared import CACHE, FILES, VARIABLE, home_of, shared_place
from kimeval.data.vintages import ensure_vintage

fsspec = pytest.importorskip("fsspec", reason="Needs kimeval[dask] for places that are shared.")
HEINSBERG = area("05370")
SHEET = 'area = "05370"\nas_of = 2024-10-15\nprofiles = ["klein"]\nsynthetic = true\n'
PROFILE = """
[profile]
name = "klein"
title = "Kleiner Export"
provider = "ki"
provider_name = "Kreis"

[[file]]
pattern = "faelle*.csv"
title = "Fälle"
[[file.table]]
name = "cases"
[file.table.columns]
case_id = "Fall"
opened_on = "Aufnahme"
"""


def write_project(root):
    folder = root / "data" / "raw" / "05370" / "2024-10-15"
    for path in (folder, root / "notebooks", root / "profiles"):
        path.mkdir(parents=True)
    (root / "profiles" / "klein.toml").write_text(PROFILE, encoding="utf-8")
    (folder / "delivery.toml").write_text(SHEET, encoding="utf-8")
    (folder / "faelle.csv").write_text("Fall;Aufnahme\nF1;01.02.2024\n", encoding="utf-8")
    return Project(root)


@pytest.fixture
def machines(tmp_path):
    """The same delivery on two machines."""
    return [write_project(tmp_path / name) for name in ("one", "two")]


@pytest.fixture(params=["folder", "file", "memory"])
def place(request, tmp_path, monkeypatch):
    """A shared place of each kind; memory:// stands for a store without folders."""
    url = {
        "folder": str(tmp_path / "shared"),
        "file": f"file://{tmp_path / 'shared'}",
        "memory": f"memory://kim-{tmp_path.name}/vintages",
    }[request.param]
    monkeypatch.setenv(VARIABLE, url)
    monkeypatch.delenv(CACHE, raising=False)
    files, root = fsspec.core.url_to_fs(url if "://" in url else f"file://{url}")
    return files, root


def there(place):
    files, root = place
    return sorted(path.rpartition("05370/")[2] for path in files.find(f"{root}/05370"))


def change(place, name, content):
    files, root = place
    folder = files.ls(f"{root}/05370", detail=False)[0]
    files.pipe_file(f"{folder}/{name}", content)


def test_what_one_machine_made_another_reads(machines, place, monkeypatch):
    first = ensure_vintage(machines[0], HEINSBERG)
    monkeypatch.setattr(vintages, "ingest", lambda *_: pytest.fail("made twice"))
    second = ensure_vintage(machines[1], HEINSBERG)
    assert (second.name, second.digest) == (first.name, first.digest)
    assert second.path != first.path and second.path.is_relative_to(machines[1].root)
    assert second.path.parents[1].stat().st_mode & 0o077 == 0
    assert second.load().tables["cases"].equals(first.load().tables["cases"])
    assert any(line.startswith("2024-10-15") for line in vintage_lines(machines[1], HEINSBERG))


def test_a_copy_is_read_again_without_the_shared_place(machines, place, monkeypatch):
    ensure_vintage(machines[0], HEINSBERG)
    before = ensure_vintage(machines[1], HEINSBERG)
    files, root = place
    files.rm(root, recursive=True)
    monkeypatch.setattr(vintages, "ingest", lambda *_: pytest.fail("made again"))
    assert ensure_vintage(machines[1], HEINSBERG) == before


def test_all_files_are_shared_and_the_list_of_hashes_says_so(machines, place):
    vintage = ensure_vintage(machines[0], HEINSBERG)
    assert vintage.path.parents[1].stat().st_mode & 0o077 == 0
    local = {p.relative_to(vintage.path).as_posix() for p in vintage.path.rglob("*.*")}
    folder = f"2024-10-15-{vintage.digest[:12]}"
    assert there(place) == sorted(f"{folder}/{name}" for name in {*local, FILES})


@pytest.mark.parametrize("name", ["cases.parquet", "ledger.json", FILES])
def test_a_file_that_was_changed_there_is_refused(machines, place, name):
    ensure_vintage(machines[0], HEINSBERG)
    change(place, name, b"changed")
    with pytest.raises(DataError, match="not as it was put there"):
        ensure_vintage(machines[1], HEINSBERG)
    assert list(home_of(machines[1], HEINSBERG).glob("*")) == []


def test_a_list_that_leads_out_of_its_folder_is_refused(machines, place):
    ensure_vintage(machines[0], HEINSBERG)
    change(place, FILES, json.dumps({"../../outside": "0"}).encode())
    with pytest.raises(DataError, match="not as it was put there"):
        ensure_vintage(machines[1], HEINSBERG)


def test_a_vintage_without_its_list_is_made_anew(machines, place):
    vintage = ensure_vintage(machines[0], HEINSBERG)
    files, root = place
    files.rm(f"{root}/05370/2024-10-15-{vintage.digest[:12]}/{FILES}")
    assert ensure_vintage(machines[1], HEINSBERG).digest == vintage.digest
    assert any(name.endswith(FILES) for name in there(place))


def test_another_cleaning_of_the_same_day_gets_a_number_on_each_machine(machines, place):
    ensure_vintage(machines[0], HEINSBERG)
    path = machines[1].profiles / "klein.toml"
    path.write_text(PROFILE.replace("Kreis", "Stadt"), encoding="utf-8")
    assert ensure_vintage(machines[1], HEINSBERG).name == "2024-10-15.2"
    shutil.copy(path, machines[0].profiles)
    assert ensure_vintage(machines[0], HEINSBERG).name == "2024-10-15.2"


def test_what_could_not_be_shared_is_not_kept(machines, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    with pytest.raises(MissingFileError, match="cannot be written"):
        ensure_vintage(machines[0], HEINSBERG)
    assert list(home_of(machines[0], HEINSBERG).glob("*")) == []


def test_a_store_that_fails_is_told_without_its_own_text(machines, place, monkeypatch):
    files, _ = place
    secret = "key AKIA123 at https://user:pw@host"

    def fails(*_, **__):
        raise RuntimeError(secret)

    monkeypatch.setattr(type(files), "isdir", fails)
    with pytest.raises(MissingFileError, match=r"cannot be read \(RuntimeError\)") as found:
        ensure_vintage(machines[0], HEINSBERG)
    assert "AKIA" not in str(found.value) and found.value.__cause__ is None
    assert found.value.__suppress_context__


@pytest.mark.parametrize("url", ["s3://key:secret@bucket/v", "https://host/v?token=secret"])
def test_credentials_in_the_address_are_refused_and_not_repeated(url, monkeypatch):
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(ParameterError, match="no credentials") as found:
        shared_place()
    assert "secret" not in str(found.value)


@pytest.mark.parametrize("given", ["nonsense://x/y", "relative/folder"])
def test_what_is_no_place_is_refused(given, monkeypatch):
    monkeypatch.setenv(VARIABLE, given)
    with pytest.raises(ParameterError, match=r"is a folder or a URL|is an absolute folder"):
        shared_place()


def test_copies_lie_where_the_cache_is_wanted(machines, place, tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    vintage = ensure_vintage(machines[0], HEINSBERG)
    assert vintage.path.is_relative_to(tmp_path / "cache")


def test_without_the_variable_vintages_lie_in_the_project(machines, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert shared_place() is None
    assert home_of(machines[0], HEINSBERG) == machines[0].vintages / "05370"
