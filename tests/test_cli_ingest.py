import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console

from kimeval.cli import account
from kimeval.cli.account import Section, account_lines
from kimeval.cli.guard import exit_code
from kimeval.cli.progress import Terminal
from kimeval.cli.units import Provided, Units, count_units
from kimeval.core.area import area
from kimeval.data.ledger import ACCOUNTS, FINDINGS, LINKED, REASONS, REPAIRS, Ledger, table_of

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample" / "05370" / "2024-10-15"
INGEST = ["ingest", "exports", "--area", "05370"]
PROFILE = """
[profile]
name = "klein"
title = "Kleiner Export"
provider = "ki"

[[file]]
pattern = "faelle*.csv"
title = "Fälle"
[[file.table]]
name = "cases"
[file.table.columns]
case_id = "Fall"
opened_on = "Aufnahme"
"""
CASES = "Fall;Aufnahme\nF1;01.02.2024\nF1;01.02.2024\nGEHEIM7;31.02.2024\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project in the current folder, and a folder of exports."""
    for folder in ("notebooks", "profiles", "data/raw", "exports"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "profiles" / "klein.toml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "exports" / "faelle.csv").write_text(CASES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("KIMEVAL_HOME", "KIMEVAL_DEBUG", "KIMEVAL_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """What is printed for the sample's delivery, taken over from a folder."""
    home = tmp_path_factory.mktemp("home")
    for folder in ("notebooks", "data/raw"):
        (home / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "profiles", home / "profiles")
    shutil.copytree(SAMPLE, home / "exports")
    (home / "exports" / "delivery.toml").unlink()
    call = [*INGEST, "--as-of", "15.10.2024", "--synthetic"]
    script = f"from kimeval.cli.guard import main\nmain({call!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=home, capture_output=True, text=True, check=True
    )
    return home, done.stdout.splitlines(), done.stderr.splitlines()


def one_line(capsys):
    """The only line on stderr."""
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_the_account_of_the_sample_is_one_page_of_80_columns(page):
    _, lines, _ = page
    assert len(lines) <= 54
    assert max(map(len, lines)) <= 80


def test_every_file_has_a_line_that_adds_up(page):
    _, lines, _ = page
    counts = [
        [int(number.replace(",", "")) for number in line.split()[-4:]] for line in lines[2:22]
    ]
    names = [line.split()[0] for line in lines[2:21]]
    assert sorted(names) == sorted(path.name for path in SAMPLE.glob("*.csv"))
    assert all(came == kept + merged + aside for came, kept, merged, aside in counts)
    assert [sum(column) for column in zip(*counts[:-1], strict=True)] == counts[-1]


def test_the_account_says_what_was_mended_merged_set_aside_and_contradicts(page):
    text = "\n".join(page[1])
    for said in (
        r"mended cells +18,496 ausgeschriebene Bezeichnung in Schlüssel übersetzt",
        r"merged rows +114 ",
        r"rows set aside +52 Datum gibt es nicht",
        r"contradictions +304 zwischen zwei Rechtskreisen",
    ):
        assert re.search(said, text), said


def test_units_are_kept_apart_by_provider(page):
    home, lines, _ = page
    frozen = home / "data" / "vintages" / "05370" / "2024-10-15"
    cases = pd.read_parquet(frozen / "cases.parquet")
    ki = cases[cases["provider"] == "ki"]
    line = next(line for line in lines if re.match(r"\(Einheiten\) +ki", line))
    assert line.split()[2:4] == [f"{len(ki):,}", f"{ki['household_id'].nunique():,}"]
    clients = pd.read_parquet(frozen / "clients.parquet")
    assert f"{clients['person_id'].nunique():,} in {len(clients):,} records" in str(lines)


def test_an_export_of_active_cases_only_is_flagged_with_what_follows(page):
    assert any(
        line.startswith("only active") and "drk: no closed cases" in line and "biased" in line
        for line in page[1]
    )


def test_files_to_send_back_review_and_vintage_are_named_from_here(page):
    home, lines, _ = page
    text = "\n".join(lines)
    for name in ("set_aside", "review.csv", ""):
        place = f"data/vintages/05370/2024-10-15/{name}".rstrip("/")
        assert place in text
        assert (home / place).exists()
    digest = re.search(r"sha256 ([0-9a-f]{16})$", text, re.MULTILINE)[1]
    about = (home / "data/vintages/05370/2024-10-15/vintage.json").read_text()
    assert json.loads(about)["digest"].startswith(digest)
    assert lines[-1] == "The files were copied to data/raw/05370/2024-10-15."


def test_no_line_holds_a_name_or_a_number_of_a_person(page):
    home, lines, told = page
    with (home / "exports" / "ki_faelle.csv").open(encoding="cp1252", newline="") as content:
        rows = list(csv.reader((line for line in content if ";" in line), delimiter=";"))
    at = {name: rows[0].index(name) for name in ("Name", "Klient-Nr.", "Fall-Nr.")}
    values = {
        row[place] for row in rows[1:] for place in at.values() if len(row) > max(at.values())
    }
    assert len(values) > 1000
    words = set(re.findall(r"[\w/]+", "\n".join([*lines, *told])))
    assert words & {value for value in values if len(value) > 2} == set()


def test_outside_a_terminal_progress_is_one_plain_line_per_text(page):
    _, _, told = page
    assert told[:2] == [
        "copying to data/raw/05370/2024-10-15",
        "Fälle des Kommunalen Integrationszentrums (ki)",
    ]
    assert len(told) == len(set(told)) == 19 + 3


def test_the_same_files_again_are_recognised_and_that_is_said(root, capsys):
    assert exit_code([*INGEST, "--as-of", "2024-10-15", "--synthetic"]) == 0
    first = capsys.readouterr().out.splitlines()
    assert first[2].split() == ["faelle.csv", "3", "1", "1", "1"]
    assert exit_code(INGEST) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[:-2] == first[:-1]
    assert out.splitlines()[-2:] == [
        "The files lie in data/raw/05370/2024-10-15; nothing was copied,",
        "and the vintage 2024-10-15 made from them is used.",
    ]
    assert err == ""


def test_without_a_folder_the_newest_delivery_is_taken(root, capsys):
    assert exit_code([*INGEST, "--as-of", "2024-10-15", "--synthetic"]) == 0
    first = capsys.readouterr().out.splitlines()
    assert exit_code(["ingest", "--area", "05370"]) == 0
    assert capsys.readouterr().out.splitlines()[:-2] == first[:-1]


def test_an_older_delivery_says_which_one_a_run_uses(root, capsys):
    assert exit_code([*INGEST, "--as-of", "2024-10-15", "--synthetic"]) == 0
    (root / "exports" / "faelle.csv").write_text("Fall;Aufnahme\nF1;01.02.2024\n")
    assert exit_code([*INGEST, "--as-of", "2024-07-15", "--synthetic"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "`kimeval run` goes on using the newer delivery data/raw/05370/2024-10-15."


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ([], 10, "add --as-of"),
        (["--as-of", "gestern"], 2, "--as-of"),
        (["--as-of", "2999-01-01"], 10, "must not lie in the future"),
        (["--as-of", "2024-10-15"], 24, "kimeval key new FILE"),
        (["--as-of", "2024-10-15", "--profiles", "klien"], 20, "Did you mean 'klein'?"),
    ],
)
def test_a_wrong_call_is_one_line_and_writes_nothing(
    root, capsys, monkeypatch, options, code, says
):
    monkeypatch.delenv("KIMEVAL_KEY_FILE", raising=False)
    before = sorted(root.rglob("*"))
    assert exit_code([*INGEST, *options]) == code
    assert says in one_line(capsys)
    assert sorted(root.rglob("*")) == before


def test_an_unknown_area_is_refused(root, capsys):
    assert exit_code(["ingest", "exports", "--area", "5370"]) == 12
    assert "Did it lose a zero?" in one_line(capsys)


def test_options_of_a_folder_need_a_folder(root, capsys):
    assert exit_code(["ingest", "--area", "05370", "--synthetic"]) == 10
    assert "none is named" in one_line(capsys)


def test_a_failing_ingest_tells_no_value(root, capsys):
    (root / "exports" / "faelle.csv").write_text("Fall;Beginn\nGEHEIM7;01.02.2024\n")
    assert exit_code([*INGEST, "--as-of", "2024-10-15", "--synthetic"]) == 21
    out, err = capsys.readouterr()
    assert "GEHEIM7" not in out + err
    assert list((root / "data").rglob("*.csv")) == []


def test_vintages_are_listed_and_compared(root, capsys):
    call = [*INGEST, "--synthetic", "--as-of"]
    assert exit_code([*call, "2024-07-15"]) == 0
    (root / "exports" / "faelle.csv").write_text(f"{CASES}F2;03.02.2024\n", encoding="utf-8")
    assert exit_code([*call, "2024-10-15"]) == 0
    capsys.readouterr()
    assert exit_code(["vintages", "--area", "05370"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()[2:]] == ["2024-07-15", "2024-10-15"]
    names = ["--from", "2024-07-15", "--to", "2024-10-15"]
    assert exit_code(["vintages", "--area", "05370", *names]) == 0
    assert "2024-07-15 -> 2024-10-15" in capsys.readouterr().out
    assert exit_code(["vintages", "--area", "05370", "--from", "2024-07-15"]) == 10
    assert "Give --from and --to" in one_line(capsys)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """An account from a few tables: call with those that matter."""

    def lines(accounts=(), repairs=(), reasons=(), findings=(), linked=(), units=None, files=()):
        blank = {name: "" if kind == "str" else 0 for name, kind in ACCOUNTS.items()}
        rows = [blank | row for row in accounts]
        ledger = Ledger(
            table_of(rows, ACCOUNTS),
            _table(repairs, REPAIRS),
            _table(reasons, REASONS),
            _table(findings, FINDINGS),
            _table(linked, LINKED),
        )
        monkeypatch.setattr(account, "count_units", lambda _: units or Units((), 0, 0))
        return list(account_lines(Frozen(tmp_path, ledger, list(files))))

    return lines


class Frozen:
    """The double of a vintage."""

    name, as_of, synthetic, digest, review = "2024-10-15", "2024-10-15", False, "d" * 64, None

    def __init__(self, path, ledger, set_aside):
        self.path, self.ledger, self.set_aside = path, ledger, set_aside
        self.area = area("05370")


def _table(rows, columns):
    return table_of([dict(zip(columns, row, strict=True)) for row in rows], columns)


def test_rules_are_ranked_over_all_files_and_the_rest_is_summed(small):
    repairs = [
        (f, "Art", r, n) for f in "ab" for r, n in zip("vwxyz", (1, 2, 3, 4, 5), strict=True)
    ]
    lines = small(repairs=repairs)
    at = next(place for place, line in enumerate(lines) if line.startswith("mended"))
    shown = [line[17:].split(" ", 2) for line in lines[at : at + 4]]
    assert [" ".join(part).split()[:2] for part in shown] == [
        ["10", "z"], ["8", "y"], ["6", "x"], ["6", "by"],
    ]  # fmt: skip


def test_one_rule_beyond_the_limit_is_shown_rather_than_counted(small):
    lines = small(repairs=[("a", "Art", rule, 1) for rule in "wxyz"])
    assert not any("more rules" in line for line in lines)


def test_nothing_is_said_as_zero(small):
    lines = small()
    for name in ("mended cells", "merged rows", "rows set aside", "contradictions"):
        assert any(re.fullmatch(rf"{name} +0", line) for line in lines)
    assert not any(line.startswith(("send back", "only active", "persons")) for line in lines)


def test_an_export_that_only_seems_active_is_flagged_with_the_way_out(small):
    lines = small(findings=[("drk", "cases", "only_active_seen", 69)])
    assert any("only_active = true" in line for line in lines)
    assert any(re.fullmatch(r"contradictions +0", line) for line in lines)


def test_a_long_file_name_is_cut_in_its_middle_and_cannot_steer_the_terminal(small):
    name = "x" * 50 + "\x1b[2J_2024.csv"
    lines = small(accounts=[{"file": name, "only_active": False}])
    assert len(lines[2]) == 80
    assert "…" in lines[2] and "_2024.csv" in lines[2] and "\x1b" not in lines[2]


def test_one_file_to_send_back_is_named_itself(small, tmp_path):
    lines = small(files=[tmp_path / "set_aside" / "a.csv"])
    assert any(line.endswith("a.csv") for line in lines)


def test_units_are_counted_each_in_its_own_way(tmp_path):
    cases = {
        "provider": ["ki", "ki", "ki", "drk"],
        "household_id": ["h1", "h1", None, None],
        "persons": [4, None, 2, None],
    }
    clients = {"provider": ["ki", "ki", "drk", "dia"], "person_id": ["p1", "p1", "p1", "p2"]}
    pd.DataFrame(cases).to_parquet(tmp_path / "cases.parquet")
    pd.DataFrame(clients).to_parquet(tmp_path / "clients.parquet")
    units = count_units(SimpleNamespace(path=tmp_path, tables=("cases", "clients")))
    assert units == Units(
        (
            Provided("ki", 3, households=1, persons=6, silent=1, recorded=2),
            Provided("drk", 1, households=None, persons=None, silent=1, recorded=1),
            Provided("dia", 0, households=None, persons=None, silent=0, recorded=1),
        ),
        persons=2,
        shared=1,
    )


def test_a_vintage_without_cases_and_persons_has_no_units(tmp_path):
    units = count_units(SimpleNamespace(path=tmp_path, tables=("posts",)))
    assert (units, list(units.lines())) == (Units((), 0, 0), [])


def test_households_and_persons_that_nobody_counted_are_no_zero():
    provided = (Provided("drk", 69, None, None, 69, 0), Provided("dia", 4, 3, 9, 1, 5))
    lines = list(Units(provided, 5, 0).lines())
    assert lines[1].split() == ["drk", "69", "-", "-", "0"]
    assert lines[2].split() == ["dia", "4", "3", "9+", "5"]
    assert "ohne Personenzahl" in lines[3]


def test_a_section_without_lines_is_left_out():
    assert list(Section("send back", "zurück", []).laid_out()) == []


def terminal(width=80):
    return Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)


def frames(console):
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())
    return [frame for part in text.split("\r") for frame in part.splitlines() if frame.strip()]


def test_in_a_terminal_a_bar_has_text_percent_and_time_left():
    console = terminal()
    with Terminal(console) as progress:
        progress.busy("looking")
        progress.read("Fälle (ki)", 0.25)
        progress.read("Kontakte " * 9, 0.5)
    last = frames(console)[-1]
    assert len(last) == 80
    assert re.search(r"^Kontakte .*… ━+.* 50% [-\d:]+$", last)


def test_work_without_a_known_end_shows_no_percent_in_the_same_place():
    console = terminal()
    with Terminal(console) as progress:
        progress.read("Fälle (ki)", 1.0 - 1e-9)
        progress.read("contradictions", 1.0)
    last = frames(console)[-1]
    assert len(last) == 80
    assert last.startswith("contradictions")
    assert "%" not in last


def test_a_smaller_share_begins_a_new_bar():
    console = terminal()
    with Terminal(console) as progress:
        progress.read("copying", 1.0)
        progress.read("Fälle (ki)", 0.0)
    assert " 0% " in frames(console)[-1]


def test_elsewhere_a_text_is_one_line_and_busy_is_silent():
    console = Console(file=io.StringIO(), width=40)
    with Terminal(console) as progress:
        progress.busy("looking")
        for share in (0.0, 0.5, 1.0):
            progress.read("Fälle " * 10, share)
        progress.read("Kontakte", 1.0)
    assert console.file.getvalue() == "Fälle " * 10 + "\nKontakte\n"
