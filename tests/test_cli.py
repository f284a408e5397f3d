import datetime as dt
import json
import logging
import os
import stat
import subprocess
import sys
import warnings
from types import SimpleNamespace

import pytest

from kimeval.cli import guard
from kimeval.cli.guard import exit_code
from kimeval.core import quarter
from kimeval.core.area import area
from kimeval.core.errors import DataError, KimevalError, NotebookFailure
from kimeval.protect.canary import Needles
from kimeval.run import execute as execution
from kimeval.run import steps, trust
from kimeval.run.execute import Executed

HEAVY = (
    "pandas",
    "numpy",
    "pyarrow",
    "duckdb",
    "matplotlib",
    "papermill",
    "nbformat",
    "nbconvert",
    "IPython",
    "scipy",
)
SECRET = "Mia Muster"
RUN = ["run", "--quarter", "2024Q3", "--area", "05370"]
PARAMETERS = 'quarter: str = "2024Q3"  # Quartal\narea: str = "05370"\nthreshold: int = 5'


def code_cell(source, *tags):
    return {
        "cell_type": "code",
        "id": f"c{len(source)}",
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project in the current folder, with one notebook that fails on a person's name."""
    for folder in ("notebooks", "profiles", "data"):
        (tmp_path / folder).mkdir()
    cells = [code_cell(PARAMETERS, "parameters"), code_cell(f"raise ValueError('{SECRET}')")]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "notebooks" / "01_fails.ipynb").write_text(json.dumps(content))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KIMEVAL_HOME", raising=False)
    monkeypatch.delenv("KIMEVAL_DEBUG", raising=False)
    monkeypatch.setattr(trust, "require_trusted", lambda *_: ())
    return tmp_path


@pytest.fixture
def vintage(monkeypatch):
    """The double of an ingested delivery."""
    made = SimpleNamespace(
        name="2025-01-15",
        digest="d" * 64,
        as_of=dt.date(2025, 1, 15),
        synthetic=True,
        area=area("05370"),
    )
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "1")
    monkeypatch.setattr(steps, "ensure_vintage", lambda *_: made)
    monkeypatch.setattr(steps, "needles", lambda *_: Needles())
    return made


def one_line(capsys):
    """The only line on stderr."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("kimeval: ")
    return err


def imported_by(*arguments):
    """Modules in memory after a command."""
    script = (
        "import sys\nfrom kimeval.cli.guard import exit_code\n"
        f"exit_code({list(arguments)!r})\nsys.stderr.write(' '.join(sys.modules))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {name.split(".", 1)[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["status", "--help"],
        ["ingest", "--help"],
        ["profile", "--help"],
        ["vintages", "--help"],
        ["schedule", "--help"],
        ["versions", "--help"],
        ["schedule"],
        [],
        ["areas"],
        ["explain"],
        ["version"],
        ["rum"],
    ],
)
def test_help_and_lists_import_no_notebook_or_plotting_stack(arguments):
    found = imported_by(*arguments)
    assert "kimeval" in found
    assert found.isdisjoint(HEAVY)


def test_the_help_names_every_command_and_an_example(capsys):
    assert exit_code(["--help"]) == 0
    out = capsys.readouterr().out
    names = "run schedule status versions ingest vintages sample areas explain key profile version"
    for command in names.split():
        assert f"\n  {command} " in out
    assert "kimeval run --quarter 2024Q3 --area 05370" in out


def test_without_a_command_the_help_is_shown(capsys):
    assert exit_code([]) == 0
    assert capsys.readouterr().out.startswith("Usage: kimeval")


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (["--quarter", "2024Q5"], 11, "III/2024"),
        (["--quarter", "2150Q1"], 11, "must have begun"),
        (["--area", "5370"], 12, "Did it lose a zero?"),
        (["--area", "99999"], 12, "kimeval areas"),
        (["--notebooks", "01_fail"], 13, "Did you mean '01_fails'?"),
        (["--notebooks", "../../etc/passwd"], 13, "notebooks/*.ipynb"),
        (["-p", "treshold=3"], 10, "Did you mean 'threshold'?"),
        (["-p", "threshold"], 10, "name=value"),
        (["-p", "threshold=3,5"], 10, "whole number"),
        (["-p", "threshold\nimport os\n=3"], 10, "declared by one"),
        (["-p", "x = __import__('os').system('id') #=3"], 10, "declared by one"),
        (["-p", "threshold=1"], 30, "at least 3"),
        (["-p", "quarter=2024Q2"], 10, "--quarter"),
        (["--quartar", "2024Q3"], 2, "--quartar"),
    ],
)
def test_a_wrong_call_is_one_line_a_code_and_nothing_written(
    root, vintage, capsys, change, code, says
):
    before = sorted(root.rglob("*"))
    assert exit_code([*RUN, *change]) == code
    assert says in one_line(capsys)
    assert sorted(root.rglob("*")) == before


def test_a_missing_option_is_one_line(root, capsys):
    assert exit_code(["run", "--quarter", "2024Q3"]) == 2
    assert "--area" in one_line(capsys)


def test_outside_a_project_the_way_out_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KIMEVAL_HOME", raising=False)
    assert exit_code(RUN) == 20
    assert "KIMEVAL_HOME" in one_line(capsys)


@pytest.mark.slow
def test_a_failing_notebook_tells_no_value(root, vintage, capfd):
    assert exit_code(RUN) == 40
    out, err = capfd.readouterr()
    assert out == ""
    assert "'01_fails' must run to its end; cell 2 failed with ValueError" in err
    assert SECRET not in err
    assert "Traceback" not in err
    assert not (root / "outputs" / "2024Q3").exists()
    assert not any(
        SECRET.encode() in path.read_bytes()
        for path in (root / "outputs").rglob("*")
        if path.is_file()
    )


def raising(error):
    def fail(*_):
        raise error

    return fail


def test_an_unexpected_error_names_class_and_place_without_values(
    root, vintage, capsys, monkeypatch
):
    monkeypatch.setattr(steps, "delivery_digest", raising(ValueError(SECRET)))
    assert exit_code(RUN) == 1
    line = one_line(capsys)
    assert "Unexpected ValueError at kimeval.run.run:" in line
    assert SECRET not in line


def test_warnings_and_logs_of_a_command_tell_no_value(root, vintage, capsys, monkeypatch):
    def tell(*_):
        warnings.warn(SECRET, stacklevel=1)
        logging.getLogger("papermill").error(SECRET)
        raise DataError("Zwei Summen. Prüfen.")

    monkeypatch.setattr(steps, "delivery_digest", tell)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        before = warnings.showwarning
        assert exit_code(RUN) == 23
        assert warnings.showwarning is before
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "kimeval: Zwei Summen. Prüfen."
    assert "UserWarning from test_cli, line" in err
    assert SECRET not in err


def test_debugging_shows_the_traceback(root, vintage, capsys, monkeypatch):
    monkeypatch.setattr(steps, "delivery_digest", raising(ValueError("shown")))
    monkeypatch.setenv("KIMEVAL_DEBUG", "1")
    assert exit_code(RUN) == 1
    assert "Traceback" in capsys.readouterr().err


def test_every_error_of_kimeval_becomes_one_printable_line(root, vintage, capsys, monkeypatch):
    error = DataError("Zwei\nZeilen \x1b[2J und Ä.")
    monkeypatch.setattr(steps, "delivery_digest", raising(error))
    assert exit_code(RUN) == 23
    assert one_line(capsys) == "kimeval: Zwei Zeilen \\x1b[2J und Ä.\n"


def test_ctrl_c_is_one_line_and_130(root, vintage, capsys, monkeypatch):
    monkeypatch.setattr(steps, "delivery_digest", raising(KeyboardInterrupt()))
    assert exit_code(RUN) == 130
    assert "Interrupted" in one_line(capsys)


def test_main_leaves_with_the_code(capsys):
    with pytest.raises(SystemExit) as left:
        guard.main(["explain", "nothing"])
    assert left.value.code == DataError.exit_code
    assert "catalogue" in one_line(capsys)


def test_areas_are_the_54(capsys):
    assert exit_code(["areas"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 54
    assert "05370     Kreis Heinsberg" in lines
    assert "05334002  Stadt Aachen" in lines


def test_explain_prints_an_entry_of_the_catalogue(capsys):
    assert exit_code(["explain", "cases_active"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("cases_active: Aktive Fälle (Active cases)\n")
    assert "Vorbehalt:  Ein Fall kann eine Familie sein." in out
    assert "Nenner" not in out


def test_explain_without_a_name_lists_all(capsys):
    from kimeval.core.catalogue import catalogue

    assert exit_code(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue())


def test_version_names_the_catalogue_too(capsys):
    from kimeval import __version__

    assert exit_code(["version"]) == 0
    assert capsys.readouterr().out.startswith(f"kimeval {__version__}, catalogue ")


def test_a_key_is_new_private_and_never_overwritten(tmp_path, capsys):
    file = tmp_path / "kimeval.key"
    assert exit_code(["key", "new", str(file)]) == 0
    key = file.read_text()
    assert len(key.strip()) == 64
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key.strip() not in capsys.readouterr().out
    assert exit_code(["key", "new", str(file)]) == 24
    assert "Choose another name" in one_line(capsys)
    assert file.read_text() == key


@pytest.mark.parametrize("more", [[], ["--area", "05370", "--all"]])
def test_a_run_is_for_one_area_or_for_all(root, capsys, more):
    assert exit_code(["run", "--quarter", "2024Q3", *more]) == 2
    line = one_line(capsys)
    assert "--area" in line
    assert "--all" in line


ALL = ["run", "--quarter", "2024Q3", "--all", "--jobs", "1"]  # a worker has no doubles


def test_catching_up_is_for_all_areas(root, capsys):
    assert exit_code([*RUN, "--catch-up"]) == 2
    assert "--all" in one_line(capsys)


def test_the_last_quarter_is_the_last_finished_one(two_areas, capsys, monkeypatch):
    monkeypatch.setattr(quarter, "time", SimpleNamespace(time=lambda: 1735687800.0))
    assert exit_code(["run", "--quarter", "last", "--area", "05370"]) == 0
    assert capsys.readouterr().out == "outputs/2024Q4/05370/index.html\n"
    assert exit_code(["run", "--quarter", "last", "--all", "--catch-up", "--jobs", "1"]) == 42
    assert capsys.readouterr().out.splitlines()[0] == "2024Q4"
    assert exit_code(["status", "--quarter", "last"]) == 0
    assert capsys.readouterr().out.startswith("kimeval 2024Q4: started 2025-01-01T00:30:00+01:00")


def test_a_schedule_is_shown_and_nothing_is_written(root, capsys, monkeypatch):
    monkeypatch.delenv("KIMEVAL_KEY_FILE", raising=False)
    before = sorted(root.rglob("*"))
    assert exit_code(["schedule"]) == 0
    out = capsys.readouterr().out
    assert "OnCalendar=*-01,04,07,10-15 04:00:00 Europe/Berlin" in out
    assert "0 4 15 1,4,7,10 * " in out
    assert "Nothing was written" in out
    assert sorted(root.rglob("*")) == before


def test_a_schedule_is_written_and_says_which_commands_switch_it_on(root, capsys, monkeypatch):
    monkeypatch.setenv("KIMEVAL_KEY_FILE", "safe/kim.key")
    options = ["--out", "my units", "--days", "20", "--hour", "3", "--", "-p", "threshold=5"]
    assert exit_code(["schedule", *options]) == 0
    out = capsys.readouterr().out
    names = ["kimeval-quarter.cron", "kimeval-quarter.service", "kimeval-quarter.timer"]
    assert sorted(path.name for path in (root / "my units").iterdir()) == names
    assert "systemctl --user enable --now kimeval-quarter.timer" in out
    assert "loginctl enable-linger" in out
    assert "cp 'my units/kimeval-quarter.service' 'my units/kimeval-quarter.timer'" in out
    held = (root / "my units" / "kimeval-quarter.service").read_text()
    assert f"KIMEVAL_KEY_FILE={root}/safe/kim.key" in held
    assert held.count('-p "threshold=5"') == 1
    assert "User=" not in held


def test_a_schedule_of_the_system_runs_under_the_account_that_wrote_it(root, capsys, monkeypatch):
    monkeypatch.setenv("LOGNAME", "kim")
    assert exit_code(["schedule", "--out", "units", "--system"]) == 0
    assert "sudo systemctl enable --now kimeval-quarter.timer" in capsys.readouterr().out
    assert "\nUser=kim\n" in (root / "units" / "kimeval-quarter.service").read_text()


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--days", "31"], 10, "1 to 28 days"),
        (["--hour", "24"], 10, "hour from 0 to 23"),
        (["--", "--area", "05370"], 10, "--area out"),
        (["--", "--quarter", "2024Q3"], 10, "--quarter"),
        (["--", "--forse"], 2, "--forse"),
        (["--", "-p"], 2, "-p"),
        (["--", "-p", "a=b\nExecStart=/bin/false"], 10, "printable"),
        (["--out", "notebooks/01_fails.ipynb/x"], 41, "--out"),
    ],
)
def test_a_wrong_schedule_is_one_line_and_nothing_is_written(root, capsys, options, code, says):
    before = sorted(root.rglob("*"))
    assert exit_code(["schedule", *options]) == code
    assert says in one_line(capsys)
    assert sorted(root.rglob("*")) == before


@pytest.fixture
def two_areas(root, vintage, monkeypatch):
    """Deliveries of two areas, and a notebook that fails in the first of them."""

    def execute(job, target, *_):
        if job.parameters["area"] == "05334":
            raise NotebookFailure(f"Notebook '{job.name}' must run to its end. Nothing published.")
        path = target / f"{job.name}.ipynb"
        path.write_text('{"cells": []}')
        return Executed(job.name, path, 0.1, 0)

    def pages(stage, *_):
        (stage / "index.html").write_text("<p>x</p>")

    for code in ("05334", "05370"):
        (root / "data" / "sample" / code / "2025-01-15").mkdir(parents=True)
    monkeypatch.setattr(execution, "execute", execute)
    monkeypatch.setattr(steps, "write_pages", pages)
    return root


def test_a_run_over_all_has_a_code_of_its_own_for_areas_that_failed(two_areas, capsys):
    assert exit_code(ALL) == 42
    out, err = capsys.readouterr()
    assert out == "published 1, failed 1, no delivery 52\noutputs/2024Q3/index.html\n"
    assert "[1/2] StädteRegion Aachen (ohne Stadt Aachen) (05334): failed: Notebook" in err
    assert "[2/2] Kreis Heinsberg (05370): published v1" in err
    assert err.splitlines()[-1].startswith("kimeval: Each area with a delivery must be published")
    assert "1 of 2 failed: 05334. See outputs/2024Q3/summary.txt" in err


def test_status_shows_every_area_and_why_one_failed(two_areas, capsys):
    exit_code(ALL)
    capsys.readouterr()
    assert exit_code(["status", "--quarter", "3/2024"]) == 0
    out = capsys.readouterr().out
    assert out == (two_areas / "outputs" / "2024Q3" / "summary.txt").read_text()
    rows = [line.split() for line in out.splitlines()]
    assert [row[-3:-1] for row in rows if row[:1] == ["05370"]] == [["published", "v1"]]
    assert [row[-3:-1] for row in rows if row[:1] == ["05334"]] == [["failed", "-"]]
    assert "StädteRegion Aachen (ohne Stadt Aachen) (05334): NotebookFailure, code 40." in out


def test_status_without_a_run_names_the_way_out(root, capsys):
    assert exit_code(["status", "--quarter", "2024Q3"]) == 20
    assert "kimeval run --quarter 2024Q3 --all" in one_line(capsys)


@pytest.fixture
def sampled(monkeypatch):
    """The double of the generator; holds what it was called with."""
    calls = []

    def write_sample(target, areas, as_of, seed=2024, scale=1.0, progress=None):
        calls.append((target, [place.code for place in areas], as_of, seed, scale))
        return [target / "one.csv"]

    monkeypatch.setattr("kimeval.data.sample.write_sample", write_sample)
    return calls


def test_sample_writes_all_areas_into_the_project(root, sampled, capsys):
    assert exit_code(["sample"]) == 0
    target, codes, as_of, seed, scale = sampled[0]
    assert (target.name, len(codes), as_of, seed, scale) == (
        "sample",
        54,
        dt.date(2025, 1, 15),
        2024,
        1.0,
    )
    assert "synthetic" in capsys.readouterr().out


def test_sample_takes_areas_day_seed_scale_and_folder(root, sampled):
    options = ["--as-of", "2024-10-15", "--seed", "7", "--scale", "0.5", "--out", "here"]
    assert exit_code(["sample", "--areas", "05370, 05334002", *options]) == 0
    target, *rest = sampled[0]
    assert target.name == "here"
    assert rest == [["05370", "05334002"], dt.date(2024, 10, 15), 7, 0.5]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--areas", "5370"], 12),
        (["--as-of", "31.12.2024"], 2),
        (["--seed", "-1"], 2),
        (["--scale", "0"], 2),
    ],
)
def test_sample_refuses_wrong_options(root, sampled, capsys, options, code):
    assert exit_code(["sample", *options]) == code
    one_line(capsys)
    assert sampled == []


def test_exit_codes_of_errors_are_not_those_of_the_shell():
    kinds = KimevalError.__subclasses__()
    assert all(3 <= kind.exit_code < 126 for kind in kinds)
