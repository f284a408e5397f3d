"""The sides of the benchmark of paths do the same job on the same file."""

import importlib
import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

EVENTS = 3000


@pytest.fixture(scope="module")
def paths(root):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "benchmarks"))
        yield importlib.import_module("paths")


@pytest.fixture(scope="module")
def told(paths, root, tmp_path_factory):
    place = tmp_path_factory.mktemp("paths")
    for name, number in (("log", EVENTS), ("tiny", 100)):
        paths.write_events(place / name, number)
    logs = [str(place / name / "events.parquet") for name in ("log", "tiny")]

    def counts(side):
        command = [sys.executable, str(root / "benchmarks" / f"paths_{side}.py"), *logs]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["counts"]

    return {side: counts(side) for side in ("kimeval", "plain")}, logs[0]


def test_both_sides_count_the_same(told):
    counts, _ = told
    assert counts["kimeval"] == counts["plain"]


def test_there_is_something_to_count(told):
    counts = told[0]["kimeval"]
    assert sum(number for *_, number in counts["edges"]) > EVENTS / 2
    assert sum(number for *_, number in counts["loops"]) > 100
    assert sum(number for *_, number in counts["returns"]) > 5
    assert counts["variants"][0] > 300


def test_the_file_is_as_a_vintage_holds_it(told):
    group = pq.ParquetFile(told[1]).metadata.row_group(0)
    encodings = {
        group.column(i).path_in_schema: group.column(i).encodings for i in range(group.num_columns)
    }
    assert "RLE_DICTIONARY" in encodings["case_id"]
    assert {"provider", "source", "agency", "event_id"} < set(encodings)


def test_without_pm4py_its_figure_is_null_and_it_is_said(paths, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(paths.sys, "executable", "/bin/false")
    assert paths.oracle_python(tmp_path / "pm4py") == ""
    assert capsys.readouterr().out.count("\n") == 1
