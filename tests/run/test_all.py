import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kimeval.core.area import areas
from kimeval.core.errors import (
    KimevalError,
    LockedError,
    MissingFileError,
    ParameterError,
    ProtectionError,
    PublishError,
    QuarterError,
)
from kimeval.core.quarter import Quarter
from kimeval.run import steps
from kimeval.run.area_progress import AreaProgress
from kimeval.run.area_task import Said
from kimeval.run.every import run_all
from kimeval.run.lock import only_run
from kimeval.run.plan import Request
from kimeval.run.run import run
from kimeval.run.summary import AreaResult, read_summary, summary_lines

CODES = ("05111", "05334", "05370")
REQUEST = Request("2024Q3", "")


@pytest.fixture
def delivered(project, below, executing):
    """A project with deliveries of three areas; names are those of their folders only."""
    for code in CODES:
        (project.sample / code / "2025-01-15").mkdir(parents=True)
    return project


@pytest.fixture
def failing(monkeypatch):
    """Lets areas fail before they are read, each with its error."""
    errors = {}

    def digest(_, area, __):
        if area.code in errors:
            raise errors[area.code]
        return "delivery 1"

    monkeypatch.setattr(steps, "delivery_digest", digest)
    return errors


def states(summary, *codes):
    found = {result.area: result.status for result in summary.areas}
    return [found[code] for code in codes or CODES]


def summary_of(project):
    return json.loads((project.outputs / "2024Q3" / "summary.json").read_text(encoding="utf-8"))


def test_every_area_with_a_delivery_is_published_in_the_order_of_its_code(delivered, progress):
    summary = run_all(delivered, REQUEST, progress)
    assert states(summary) == ["published"] * 3
    assert [result.area for result in summary.areas] == list(areas())
    assert summary.counts == {
        "published": 3,
        "unchanged": 0,
        "failed": 0,
        "no delivery": 51,
        "waiting": 0,
    }
    for code in CODES:
        held = json.loads((delivered.outputs / "2024Q3" / code / "manifest.json").read_text())
        assert held["area"] == code
    told = [line for line in progress.lines if re.match(r"\[\d/3\]", line)]
    assert [re.search(r"\((\d+)\):", line)[1] for line in told] == list(CODES)


def test_each_area_is_published_as_a_run_for_it_alone_would(delivered, progress):
    run_all(delivered, REQUEST, progress)
    assert run(delivered, Request("2024Q3", "05334"), progress).unchanged


def test_without_any_delivery_nothing_is_written(project, below, executing, progress):
    with pytest.raises(MissingFileError, match="kimeval sample"):
        run_all(project, REQUEST, progress)
    assert not project.outputs.exists()


def test_an_area_that_fails_does_not_stop_the_others(delivered, progress, failing):
    failing["05334"] = MissingFileError("A delivery needs a delivery.toml.")
    summary = run_all(delivered, REQUEST, progress)
    assert states(summary) == ["published", "failed", "published"]
    failed = summary.of("failed")[0]
    assert (failed.error, failed.exit_code) == ("MissingFileError", 20)
    assert failed.message == "A delivery needs a delivery.toml."
    assert not (delivered.outputs / "2024Q3" / "05334").exists()


def test_a_notebook_that_fails_leaves_the_last_good_version_and_says_which(
    delivered, progress, executing
):
    run_all(delivered, REQUEST, progress)
    executing.fail = "02_second"
    summary = run_all(delivered, Request("2024Q3", "", force=True), progress)
    assert states(summary) == ["failed"] * 3
    assert {result.version for result in summary.of("failed")} == {"v1"}
    assert {result.exit_code for result in summary.of("failed")} == {40}


def test_an_unexpected_error_is_told_by_class_and_place_only(delivered, progress, failing):
    failing["05111"] = ValueError("Mia Muster")
    summary = run_all(delivered, REQUEST, progress)
    assert states(summary) == ["failed", "published", "published"]
    assert "Unexpected ValueError at kimeval.run.run:" in summary.of("failed")[0].message
    written = [p for p in delivered.outputs.rglob("*") if p.is_file()]
    assert not any("Mia" in path.read_text(encoding="utf-8") for path in written)
    assert not any("Mia" in line for line in progress.lines)


def test_no_folder_of_the_machine_is_in_the_summary(delivered, progress, failing):
    failing["05111"] = KimevalError(f"Look into {delivered.root}/data.\nNow.")
    run_all(delivered, REQUEST, progress)
    for name in ("summary.json", "summary.txt", "index.html"):
        assert str(delivered.root) not in (delivered.outputs / "2024Q3" / name).read_text()
    told = [entry["message"] for entry in summary_of(delivered)["areas"] if entry["message"]]
    assert told == ["Look into ./data. Now."]


def test_a_delivery_from_before_the_quarter_is_no_delivery_and_no_failure(
    delivered, progress, failing
):
    failing["05370"] = QuarterError("The newest delivery is of 2024-06-30.")
    summary = run_all(delivered, REQUEST, progress)
    assert states(summary) == ["published", "published", "no delivery"]
    assert summary.areas[list(areas()).index("05370")].message.startswith("The newest delivery")


def test_unchanged_areas_are_passed_over_and_force_runs_them(delivered, progress, below):
    run_all(delivered, REQUEST, progress)
    below.clear()
    summary = run_all(delivered, REQUEST, progress)
    assert states(summary) == ["unchanged"] * 3
    assert below == []
    forced = run_all(delivered, Request("2024Q3", "", force=True), progress)
    assert states(forced) == ["published"] * 3
    assert {result.version for result in forced.of("published")} == {"v2"}


def test_a_run_that_is_ended_goes_on_where_it_stopped(delivered, progress, monkeypatch, below):
    real = steps.ensure_vintage

    def killed(project, area, *told):
        if area.code == "05334":
            raise KeyboardInterrupt
        return real(project, area, *told)

    monkeypatch.setattr(steps, "ensure_vintage", killed)
    with pytest.raises(KeyboardInterrupt):
        run_all(delivered, REQUEST, progress)
    stopped = read_summary(delivered.outputs, Quarter(2024, 3))
    assert states(stopped) == ["published", "waiting", "waiting"]
    assert stopped.finished is None
    assert "not finished" in next(summary_lines(stopped))
    monkeypatch.setattr(steps, "ensure_vintage", real)
    below.clear()
    summary = run_all(delivered, REQUEST, progress)
    assert states(summary) == ["unchanged", "published", "published"]
    assert below.count("vintage") == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Needs signals as on Unix.")
def test_a_run_killed_within_an_area_is_completed_by_the_next_start(delivered, progress):
    runner = Path(__file__).with_name("doubled_run.py")
    command = [sys.executable, str(runner), str(delivered.root), "05334"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()[-500:]
    stopped = read_summary(delivered.outputs, Quarter(2024, 3))
    assert states(stopped) == ["published", "waiting", "waiting"]
    assert any((delivered.outputs / ".stage").iterdir())
    summary = run_all(delivered, REQUEST, progress)
    assert states(summary) == ["unchanged", "published", "published"]
    assert list((delivered.outputs / ".stage").iterdir()) == []
    assert list((delivered.outputs / "2024Q3").glob(".*")) == []


def test_a_second_start_is_refused_and_changes_nothing(delivered, progress, below):
    run_all(delivered, REQUEST, progress)
    held, _ = (delivered.outputs / "2024Q3" / "summary.json").read_bytes(), below.clear()
    with only_run(delivered.outputs), pytest.raises(LockedError):
        run_all(delivered, REQUEST, progress)
    assert (delivered.outputs / "2024Q3" / "summary.json").read_bytes() == held
    assert below == []


def test_the_lock_is_held_from_the_first_area_to_the_last(delivered, progress, monkeypatch):
    real, refused = steps.ensure_vintage, []

    def trying(*given):
        try:
            with only_run(delivered.outputs):
                pass
        except LockedError:
            refused.append(given[1].code)
        return real(*given)

    monkeypatch.setattr(steps, "ensure_vintage", trying)
    run_all(delivered, REQUEST, progress)
    assert refused == list(CODES)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (Request("2150Q1", ""), QuarterError),
        (Request("2024Q3", "", parameters=("nothing=1",)), ParameterError),
        (Request("2024Q3", "", parameters=("threshold=1",)), ProtectionError),
    ],
)
def test_a_wrong_request_is_no_failure_of_areas_and_writes_nothing(
    delivered, progress, request_, error
):
    with pytest.raises(error):
        run_all(delivered, request_, progress)
    assert not delivered.outputs.exists()


def test_the_summary_is_there_after_each_area(delivered, progress, monkeypatch):
    real, seen = steps.ensure_vintage, []

    def looking(*given):
        seen.append(summary_of(delivered)["counts"]["published"])
        return real(*given)

    monkeypatch.setattr(steps, "ensure_vintage", looking)
    run_all(delivered, REQUEST, progress)
    assert seen == [0, 1, 2]
    assert summary_of(delivered)["finished"] is not None


def test_the_summary_says_of_each_area_what_monitoring_needs(delivered, progress, failing):
    failing["05111"] = MissingFileError("A delivery needs a delivery.toml.")
    run_all(delivered, REQUEST, progress)
    held = summary_of(delivered)
    assert (held["format"], held["quarter"], len(held["areas"])) == (1, "2024Q3", 54)
    entry = {one["area"]: one for one in held["areas"]}
    assert entry["05111"]["exit_code"] == 20
    assert entry["05370"]["version"] == "v1"
    assert entry["05370"]["message"] is None
    assert entry["05112"]["status"] == "no delivery"
    assert entry["05370"]["seconds"] >= 0


def test_a_disk_that_is_full_is_one_sentence(delivered, progress, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PublishError, match=r"summary\.json, which failed \(No space left"):
        run_all(delivered, REQUEST, progress)


def test_progress_tells_areas_done_failed_and_time_left(delivered, progress, failing):
    failing["05111"] = MissingFileError("A delivery needs a delivery.toml.")
    run_all(delivered, REQUEST, progress)
    heads = [line.partition(":")[0] for line in progress.lines if " areas" in line]
    assert list(dict.fromkeys(heads)) == [
        "0/3 areas, 0/6 notebooks | Stadt Düsseldorf",
        "1/3 areas, 2/6 notebooks, 1 failed | StädteRegion Aachen (ohne Stadt Aachen)",
        "1/3 areas, 3/6 notebooks, 1 failed | StädteRegion Aachen (ohne Stadt Aachen)",
        "1/3 areas, 4/6 notebooks, 1 failed | StädteRegion Aachen (ohne Stadt Aachen)",
        "2/3 areas, 4/6 notebooks, 1 failed, 0 s left | Kreis Heinsberg",
        "2/3 areas, 5/6 notebooks, 1 failed, 0 s left | Kreis Heinsberg",
        "2/3 areas, 6/6 notebooks, 1 failed, 0 s left | Kreis Heinsberg",
    ]


@pytest.mark.parametrize(("seconds", "left"), [(20.0, "60 s left"), (130.0, "6 min left")])
def test_the_time_left_is_that_of_published_areas_times_those_to_come(progress, seconds, left):
    shown = AreaProgress(progress, dict.fromkeys([*list(areas())[:4], "05370"], 2))
    shown.end(AreaResult("05111", "A", "failed", seconds=999.0, message="No."))
    shown.end(AreaResult("05112", "B", "published", "v1", seconds=seconds))
    shown.begin(areas()["05370"])
    assert progress.lines[-1].startswith(
        f"2/5 areas, 4/10 notebooks, 1 failed, {left} | Kreis Heinsberg: "
    )


def test_the_index_links_reports_and_names_states(delivered, progress, failing, executing):
    run_all(delivered, REQUEST, progress)
    failing["05334"] = MissingFileError("A delivery needs a delivery.toml.")
    failing["05370"] = MissingFileError("<b>")
    (delivered.sample / "05112" / "2025-01-15").mkdir(parents=True)
    failing["05112"] = MissingFileError("x")
    run_all(delivered, REQUEST, progress)
    page = (delivered.outputs / "2024Q3" / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr class=.*?</tr>", page, re.DOTALL)
    missing = re.findall(r"<li><span.*?</li>", page, re.DOTALL)
    assert (len(rows), len(missing)) == (4, 50)
    row = {re.search(r"ke-code\">(\d+)<", text)[1]: text for text in rows}
    assert "unverändert gültig" in row["05111"]
    assert 'href="05334/index.html">StädteRegion Aachen (ohne' in row["05334"]
    assert "fehlgeschlagen; der Bericht ist der eines früheren Laufs" in row["05334"]
    assert "href" not in row["05112"]
    assert any("05113</span> Stadt Essen" in text for text in missing)
    for target in re.findall(r'href="([^#"]+)"', page):
        assert (delivered.outputs / "2024Q3" / target).is_file()
    assert "Alle Berichte beruhen auf erfundenen Personen" in page
    assert not re.search(r"https?://|<script", page)
    assert "delivery.toml" not in page


def test_a_run_over_unchanged_areas_imports_neither_papermill_nor_pandas(delivered, progress):
    run_all(delivered, REQUEST, progress)
    script = (
        "import sys\nfrom kimeval.run import steps, trust\n"
        "trust.require_trusted = lambda *_: ()\n"
        "steps.delivery_digest = lambda *_: 'delivery 1'\n"
        "from kimeval.cli.guard import exit_code\n"
        "code = exit_code(['run', '--quarter', '2024Q3', '--all'])\n"
        "print(code, 'papermill' in sys.modules, 'pandas' in sys.modules)"
    )
    environment = os.environ | {"KIMEVAL_HOME": str(delivered.root)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "0 False False"


def test_the_time_left_is_shared_by_areas_side_by_side(progress):
    shown = AreaProgress(progress, dict.fromkeys(list(areas())[:5], 2), jobs=2)
    shown.end(AreaResult("05111", "A", "published", "v1", seconds=20.0))
    shown.begin(areas()["05113"])
    shown.begin(areas()["05114"])
    shown.told("05113", Said("[2/2] 02_second", notebooks=1))
    head, _, now = progress.lines[-1].partition(" | ")
    assert head == "1/5 areas, 3/10 notebooks, 40 s left"
    assert now == "Stadt Essen: [2/2] 02_second; Stadt Krefeld: looking at its delivery"


def test_of_many_areas_at_work_some_are_named_and_the_others_counted(progress):
    shown = AreaProgress(progress, dict.fromkeys(areas(), 3), jobs=6)
    for one in list(areas().values())[:6]:
        shown.begin(one)
    assert progress.lines[-1].endswith("; 3 more")
