"""docs/scale.md says what was measured, and the measuring does what it says."""

import importlib
import json
import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def load(root):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "benchmarks"))
        yield importlib.import_module


@pytest.fixture(scope="module")
def scale(load):
    return load("scale")


def test_the_page_says_what_was_measured(scale, load):
    kept = scale.read()
    page = scale.PAGE.read_text(encoding="utf-8")
    block = load("scale_page").page_block(kept, scale.slopes(kept["steps"]))
    assert scale.placed(page, block) == page, "run: python benchmarks/scale.py --page"


def test_each_area_was_measured_at_each_scale_in_each_step(scale):
    kept = scale.read()
    found = [(one["area"], one["scale"], one["step"]) for one in kept["steps"]]
    areas, scales = ({one[n] for one in found} for n in (0, 1))
    assert len(set(found)) == len(found) == len(areas) * len(scales) * len(scale.STEPS)
    assert {1.0, 10.0} <= scales
    assert len(kept["state"]["rows"]) == 54 and kept["state"]["scale"] in scales


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_a_slope_is_the_power_by_which_time_grows(scale, power):
    rows = [10, 100, 1000]
    assert scale.slope(rows, [3 * n**power for n in rows]) == pytest.approx(power)


def test_each_area_costs_a_fixed_part_and_one_for_its_rows(load):
    steps = [{"step": "run", "rows": n, "busy": 5 + 2.0 * n} for n in (10, 40, 100)]
    page = load("scale_page")
    assert page.line_of(steps, "run", "busy") == pytest.approx((5, 2))
    assert page.expected(steps, "run", "busy", [20, 50]) == pytest.approx(2 * 5 + 2 * 70)


def test_numbers_are_written_as_in_german_texts(load):
    number = load("scale_page").number
    assert [number(1234567), number(0.5, 2)] == ["1.234.567", "0,50"]


@pytest.mark.skipif(sys.platform != "linux", reason="Reads /proc, which only Linux has.")
def test_memory_of_children_counts_with_their_parent(load):
    tree = load("memory_tree")
    code = "x = bytearray(64 * 2**20); print(1, flush=True); input()"
    before = tree.tree_kib(os.getpid())
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as child:
        child.stdout.readline()
        assert child.pid in tree.descendants(os.getpid())
        assert tree.tree_kib(os.getpid()) - before > 60 * 1024
        child.communicate(b"\n")
    assert tree.tree_kib(child.pid) == 0


def test_the_json_line_names_slope_rows_and_peak(scale):
    line = scale.summary(scale.read())
    assert line["benchmark"] == "scale"
    assert {"slope", "slope_sample", "slope_ingest", "slope_run", "rows", "peak_mib"} < set(line)
    json.dumps(line)
