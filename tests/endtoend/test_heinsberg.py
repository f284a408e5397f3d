"""The main job on the committed sample, from its command to the page in a browser."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DELIVERY = ROOT / "data" / "sample" / "05370" / "2024-10-15"
CHAPTERS = ("01_data_quality", "02_reach", "10_published_figures")
ENCODINGS = {"ki": "cp1252", "diakonie": "utf-8-sig", "drk": "cp1252"}
PERSONAL = ("Name", "Vorname", "Nachname", "Vorname(n)", "nachname", "vorname")
BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]


def kimeval(project: Path, *words: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "KIMEVAL_HOME": str(project)}
    command = [sys.executable, "-m", "kimeval", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project with links to the notebooks, the profiles and the committed delivery."""
    home = tmp_path_factory.mktemp("project")
    delivery = DELIVERY.relative_to(ROOT)
    (home / delivery.parent).mkdir(parents=True)
    for name in ("notebooks", "profiles", delivery, "requirements.lock", "pyproject.toml"):
        (home / name).symlink_to(ROOT / name)
    return home


@pytest.fixture(scope="module")
def page(project) -> Path:
    done = kimeval(project, "run", "--quarter", "2024Q3", "--area", "05370")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().splitlines()[-1]).resolve()


@pytest.fixture(scope="module")
def rows(page) -> list[dict]:
    with (page.parent / "results.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((DELIVERY.parent / "truth-2024-10-15.json").read_text(encoding="utf-8"))


def total(rows: list[dict], indicator: str, column: str = "value") -> float:
    found = [
        row
        for row in rows
        if (row["indicator"], row["period"], row["dimension"]) == (indicator, "2024Q3", "")
    ]
    return float(found[0][column])


def published_text(page: Path) -> str:
    files = [path for path in sorted(page.parent.rglob("*")) if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_the_command_ends_with_the_path_of_the_page(page):
    assert page.name == "index.html"
    assert page.is_file()


@pytest.mark.parametrize(
    "indicator",
    ["persons_reached", "persons_new", "households_active", "cases_active", "cases_new"],
)
def test_counts_equal_what_the_truth_says_is_visible(rows, truth, indicator):
    assert total(rows, indicator) == truth["quarters"]["2024Q3"]["visible"][indicator]


def test_days_to_first_contact_equal_the_truth(rows, truth):
    visible = truth["quarters"]["2024Q3"]["visible"]
    assert total(rows, "days_to_first_contact") == visible["days_to_first_contact"]


def test_the_true_coverage_lies_in_the_interval(rows, truth):
    planted = truth["coverage"]["2024Q3"]
    assert total(rows, "coverage_newly_arrived", "numerator") == planted["visible"]["numerator"]
    assert total(rows, "coverage_newly_arrived", "denominator") == planted["world"]["denominator"]
    lower = total(rows, "coverage_newly_arrived", "lower")
    upper = total(rows, "coverage_newly_arrived", "upper")
    assert lower < planted["world"]["share"] < upper


def test_cases_per_post_use_the_filled_and_not_the_approved_posts(rows):
    assert total(rows, "cases_per_fte", "denominator") == 10.25


@pytest.mark.parametrize("fate", ["rows_kept", "rows_merged", "rows_set_aside"])
def test_the_ledger_finds_every_planted_error(rows, truth, fate):
    found = {
        row["group"]: float(row["value"])
        for row in rows
        if row["indicator"] == fate and row["dimension"] == "file"
    }
    assert found == {name: planted[fate] for name, planted in truth["files"].items()}


def test_no_small_count_of_persons_is_published(rows):
    counts = [
        float(row["value"])
        for row in rows
        if row["unit"] in ("persons", "households", "cases")
        and row["value"]
        and not row["indicator"].startswith("published_")
    ]
    assert len(counts) > 30
    assert not [count for count in counts if 0 < count < 5]


def test_a_suppressed_row_holds_no_number(rows):
    hidden = [row for row in rows if row["suppressed"] == "True"]
    assert hidden
    numbers = ("numerator", "denominator", "value", "lower", "upper")
    assert not [row for row in hidden for name in numbers if row[name]]


def test_no_identifier_name_or_birth_date_of_a_client_is_published(page):
    published = {word.strip(".-/") for word in re.split(r"[^\w./-]+", published_text(page))}
    personal = set()
    for provider, encoding in ENCODINGS.items():
        lines = (DELIVERY / f"{provider}_faelle.csv").read_text(encoding=encoding).splitlines()
        start = next(n for n, line in enumerate(lines) if line.count(";") > 5)
        for row in csv.DictReader(lines[start:], delimiter=";"):
            personal |= personal_values(row)
    assert len(personal) > 1500
    assert not personal & published


def personal_values(row: dict) -> set[str]:
    """Names long enough not to be a word of the page, dates of birth, case numbers."""
    names = {row[column] for column in PERSONAL if row.get(column) and len(row[column]) > 6}
    births = {row[c] for c in ("Geburtsdatum", "geb. am", "geb") if row.get(c)}
    cases = {row["Fall-Nr."]} if row.get("Fall-Nr.") else set()
    return {value for value in names | births | cases if len(value) > 6}


def test_no_pseudonym_of_the_vintage_is_published(page, project):
    import pandas as pd

    text = published_text(page)
    clients = pd.read_parquet(
        next((project / "data" / "vintages" / "05370").glob("*/clients.parquet"))
    )
    numbers = {*clients["client_id"], *clients["person_id"]}
    assert len(numbers) > 1000
    assert not numbers & set(re.findall(r"[0-9a-f]{20}", text))


@pytest.mark.parametrize("name", ["index", "01_data_quality", "02_reach"])
def test_every_page_of_sample_data_says_that_they_are_synthetic(page, name):
    html = (page.parent / f"{name}.html").read_text(encoding="utf-8")
    assert "Synthetische Daten: Alle Personen sind erfunden." in html


def test_the_page_of_real_published_figures_does_not_call_them_synthetic(page):
    html = (page.parent / "10_published_figures.html").read_text(encoding="utf-8")
    assert "Synthetische Daten" not in html
    assert "73,2\N{NO-BREAK SPACE}%" in html


def test_a_second_run_changes_no_file(page, project):
    before = {path: path.stat().st_mtime_ns for path in page.parent.rglob("*")}
    done = kimeval(project, "run", "--quarter", "2024Q3", "--area", "05370")
    assert done.returncode == 0
    assert "unchanged" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in page.parent.rglob("*")} == before


@pytest.fixture(scope="module")
def browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found and os.environ.get("CI") == "true":
        pytest.fail("CI must install chromium; .ci/run does.")
    if not found:
        pytest.skip("Chromium is not installed; the pages are not opened.")
    return found


@pytest.mark.parametrize("name", ["index", *CHAPTERS])
def test_a_page_opens_in_a_browser_and_is_not_empty(browser, page, tmp_path, name):
    from PIL import Image

    picture = tmp_path / "page.png"
    subprocess.run(
        [
            browser,
            *BROWSER,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1100,1400",
            f"--screenshot={picture}",
            (page.parent / f"{name}.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    with Image.open(picture) as image:
        colours = image.convert("RGB").getcolors(maxcolors=2**24)
    ink = sum(count for count, colour in colours if min(colour) < 200)
    assert image.size == (1100, 1400)
    assert ink > 0.02 * 1100 * 1400


def test_a_quarter_after_the_delivery_is_refused_before_anything_starts(project, page):
    done = kimeval(project, "run", "--quarter", "2025Q1", "--area", "05370")
    assert done.returncode == 11
    assert done.stderr == (
        "kimeval: The newest delivery of Kreis Heinsberg (05370) is of 2024-10-15 and holds "
        "nothing of 2025Q1. The newest possible is 2024Q4.\n"
    )
    assert [path.name for path in (project / "outputs").glob("[0-9]*")] == ["2024Q3"]
