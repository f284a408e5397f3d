"""Quarters released one after the other and one again: nothing follows from their difference.

The notebooks' own cells run here without kernels; the full form, through `kimeval
run`, is behind `make benchmark-quarters` and the mark `long`.
"""

import importlib
import json
import math

import pytest

from kimeval.protect.audit.releases import audit
from kimeval.protect.facts import KEPT, KEY, SHOWN
from kimeval.protect.register import Entry, append, history
from kimeval.protect.rules import Rules
from kimeval.protect.transfer import VARIABLE, read_rows

PROTECTED = ("01_data_quality", "02_reach")
NUMBERS = ["numerator", "denominator", "value"]
STEPS = 3


@pytest.fixture(scope="module")
def benchmark(root):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "benchmarks"))
        yield importlib.import_module("eight_quarters")


@pytest.fixture(scope="module")
def page_rows(benchmark):
    """Cells of the table in docs/protection.md, by release."""
    lines = benchmark.block_of(benchmark.PAGE.read_text(encoding="utf-8")).splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row for row in rows if row[0][:2] == "20"}


class Releases:
    """Releases of a project by the code cells of its notebooks."""

    def __init__(self, benchmark, home, patch):
        self.benchmark, self.home, self.patch = benchmark, home, patch
        self.project = benchmark.scratch(home / "project")

    def rows(self, quarter, name):
        """Rows that the notebooks decide on for a quarter."""
        decided = self.home / f"{name}.parquet"
        self.patch.setenv("KIMEVAL_HOME", str(self.project.root))
        self.patch.setenv(VARIABLE, str(decided))
        for notebook in PROTECTED:
            self._execute(notebook, str(quarter))
        return read_rows(decided)

    def release(self, quarter, name):
        """Decide on a quarter, attack it, and note it in the register."""
        rows, before = self.rows(quarter, name), history(self.project, self.benchmark.AREA, True)
        report = audit(before, rows, Rules())
        made = f"2024-10-20T12:00:0{report.releases}+02:00"
        about = (self.benchmark.AREA, str(quarter), "vintage", made, Rules().threshold)
        append(self.project, Entry(*about, rows, synthetic=True))
        return rows, report

    def _execute(self, notebook, quarter):
        path = self.project.notebooks / f"{notebook}.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        names = {}
        for cell in cells:
            source = "".join(cell["source"])
            if cell["cell_type"] != "code" or not self._matters(cell, source):
                continue
            exec(source, names)
            if "parameters" in cell["metadata"].get("tags", []):
                names["quarter"] = quarter

    @staticmethod
    def _matters(cell, source):
        needed = ("evaluate(", "protect(", "protect_together(", "groups =")
        return cell["metadata"].get("tags") or any(word in source for word in needed)


@pytest.fixture(scope="module")
def released(benchmark, tmp_path_factory):
    """Two quarters, then the second again without one person; and that without a register."""
    with pytest.MonkeyPatch.context() as patch:
        done = Releases(benchmark, tmp_path_factory.mktemp("releases"), patch)
        found, absent = [], [quarter for what, quarter in benchmark.plan() if what != "run"]
        for number, (what, quarter) in enumerate(benchmark.plan()[:STEPS]):
            if what != "run":
                benchmark.deliver(done.project, absent)
            found.append((what, quarter, *done.release(quarter, f"release-{number}")))
        done.project.register.rename(done.home / "forgotten")
        found.append(("unaware", quarter, done.rows(quarter, "unaware"), None))
    return found


def shown(rows):
    told = rows[rows["state"] == SHOWN]
    return {
        tuple(row[name] for name in KEY): tuple(
            None if math.isnan(row[name]) else row[name] for name in NUMBERS
        )
        for row in told.to_dict("records")
    }


def kept(rows):
    """Rows that show the number published before."""
    return {
        tuple(row[name] for name in KEY) for row in rows[rows["state"] == KEPT].to_dict("records")
    }


def changed(before, after):
    """Rows that two releases show with different numbers."""
    old, new = shown(before), shown(after)
    return [key for key in old.keys() & new.keys() if old[key] != new[key]]


def test_the_first_steps_are_two_quarters_and_the_second_again(released):
    assert [what for what, *_ in released] == ["run", "run", "fewer", "unaware"]
    assert released[1][1] == released[2][1] == released[0][1] + 1


def test_the_attack_holds_every_earlier_release_and_recovers_nothing(released):
    for earlier, (_, _, _, report) in enumerate(released[:STEPS]):
        assert report.releases == earlier
        assert report.attacked > report.hidden > 0
        assert (report.recovered, report.inside) == (0, 0)
        assert report.narrowest == Rules().spread


def test_without_the_register_the_revision_would_show_one_person(released):
    before, after = released[1][2], released[3][2]
    differences = [
        abs(a - b)
        for key in changed(before, after)
        for a, b in zip(shown(before)[key], shown(after)[key], strict=True)
        if a is not None and b is not None and float(a).is_integer() and float(b).is_integer()
    ]
    assert 1 in differences


def test_a_quarter_released_again_shows_no_other_number(released):
    before, after, unaware = (released[number][2] for number in (1, 2, 3))
    assert changed(before, after) == []
    assert kept(after) == set(changed(before, unaware))
    assert shown(after).keys() | kept(after) == shown(before).keys()


def test_the_page_states_what_is_released_now(released, page_rows, benchmark):
    for what, quarter, rows, report in released[:STEPS]:
        line = benchmark.Line(
            benchmark.name_of(quarter, what),
            **benchmark.numbers_of(rows),
            attacked=report.attacked,
            recovered=report.recovered,
            narrowest=report.narrowest,
        )
        stated = page_rows[line.name]
        assert list(line.cells[:-1]) == stated[:-1], "run: make benchmark-quarters"


def test_the_page_has_a_row_for_each_release_and_none_recovered(page_rows, benchmark):
    assert list(page_rows) == [
        benchmark.name_of(quarter, what) for what, quarter in benchmark.plan()
    ]
    recovered = benchmark.HEAD.index("ermittelt")
    assert {row[recovered] for row in page_rows.values()} == {"0"}


def test_the_eight_quarters_are_the_last_ones_that_the_sample_holds_whole(benchmark):
    assert [str(q) for q in benchmark.quarters()] == [
        *("2022Q4", "2023Q1", "2023Q2", "2023Q3", "2023Q4", "2024Q1", "2024Q2", "2024Q3")
    ]


@pytest.mark.long
def test_the_command_writes_the_table_that_stands_on_the_page(benchmark, page_rows, capsys):
    benchmark.main([])
    *block, last = capsys.readouterr().out.splitlines()
    said = json.loads(last)
    assert said["benchmark"] == "eight_quarters"
    assert said["recovered"] == said["revisions_shown"] == 0 < said["revisions_without_register"]
    for row in page_rows.values():
        assert any(line.startswith(f"| {' | '.join(row[:-1])} |") for line in block)
