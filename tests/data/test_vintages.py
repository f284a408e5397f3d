import codecs
import csv
import datetime as dt
import json
import multiprocessing
import os
import time
from decimal import Decimal

import pandas as pd
import pytest

from kimeval.core import schema
from kimeval.core.area import area
from kimeval.core.errors import DataError, KimevalError, MissingFileError, PublishError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.data import vintages
from kimeval.data.deliveries import delivery_digest, newest_delivery
from kimeval.data.ingest import ingest
from kimeval.data.ledger import TABLES, rule_texts
from kimeval.data.vintages import ensure_vintage, open_vintage

HEINSBERG = area("05370")
PATIENCE = 60
PROFILE = """
[profile]
name = "klein"
title = "Kleiner Export"
provider = "ki"
provider_name = "Kreis"

[[file]]
pattern = "faelle*.csv"
title = "Fälle"
only_active = true
[[file.table]]
name = "cases"
[file.table.columns]
case_id = "Fall"
opened_on = "Aufnahme"
closed_on = "Ende"
persons = "Personen"

[[file]]
pattern = "mittel*.csv"
title = "Mittel"
[[file.table]]
name = "funds"
[file.table.columns]
programme = "Programm"
rule = "Tatbestand"
period_from = "von"
granted_eur = "bewilligt"

[[file]]
pattern = "stellen*.csv"
title = "Stellen"
[[file.table]]
name = "posts"
[file.table.columns]
baustein = "Baustein"
held_by = "Träger"
valid_from = "ab"
filled_fte = "besetzt"
"""
SHEET = 'area = "05370"\nas_of = 2024-10-15\nprofiles = ["klein"]\nsynthetic = true\n'
BAD = "F2;31.02.2024;;4"
FILES = {
    "faelle.csv": f"Fall;Aufnahme;Ende;Personen\nF1;01.02.2024;;4\n{BAD}\nF3;01.02.2024;;\n",
    "mittel.csv": "Programm;Tatbestand;von;bewilligt\nKIM;Stellen;01.01.2024;2.124,30\n",
    "stellen.csv": "Baustein;Träger;ab;besetzt\n2;Kreis;01.01.2024;10,25\n",
}


def write_project(root) -> Project:
    folder = root / "data" / "raw" / "05370" / "2024-10-15"
    for path in (folder, root / "notebooks", root / "profiles"):
        path.mkdir(parents=True)
    (root / "profiles" / "klein.toml").write_text(PROFILE, encoding="utf-8")
    for name, text in {**FILES, "delivery.toml": SHEET}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Project(root)


@pytest.fixture
def project(tmp_path):
    return write_project(tmp_path)


def change(project, name="mittel.csv", found="2.124,30", by="2.124,31"):
    path = project.raw / "05370" / "2024-10-15" / name
    text = path.read_text(encoding="utf-8")
    assert found in text
    path.write_text(text.replace(found, by), encoding="utf-8")


def made(project) -> list[str]:
    """Everything in the area's folder of vintages, hidden folders too."""
    home = project.vintages / "05370"
    return sorted(path.name for path in home.iterdir()) if home.exists() else []


def contents(folder) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_vintage_is_named_by_the_day_of_the_delivery(project):
    vintage = ensure_vintage(project, HEINSBERG)
    assert made(project) == ["2024-10-15"]
    assert (vintage.name, vintage.as_of) == ("2024-10-15", dt.date(2024, 10, 15))
    assert vintage.tables == ("cases", "posts", "funds")
    assert vintage.synthetic is True
    assert vintage.inputs == delivery_digest(project, HEINSBERG, Quarter(2024, 3))


def test_a_loaded_vintage_says_what_it_is(project):
    vintage = ensure_vintage(project, HEINSBERG)
    data = vintage.load()
    assert data.version == f"2024-10-15, {vintage.digest[:8]}"
    assert (data.as_of, data.synthetic, data.only_active) == (dt.date(2024, 10, 15), True, ("ki",))
    assert data.provider_name("ki") == "Kreis"
    assert "clients" in data.missing_tables


@pytest.mark.parametrize("name", ["cases", "posts", "funds"])
def test_every_type_survives_the_files(project, name):
    ingested = ingest(newest_delivery(project, HEINSBERG), project.profiles).frame(name)
    loaded = ensure_vintage(project, HEINSBERG).load().tables[name]
    assert loaded.dtypes.equals(schema.empty(name).dtypes)
    pd.testing.assert_frame_equal(loaded, ingested)


def test_values_survive_the_files(project):
    tables = ensure_vintage(project, HEINSBERG).load().tables
    assert tables["funds"]["granted_eur"].tolist() == [Decimal("2124.30")]
    assert tables["posts"]["filled_fte"].tolist() == [10.25]
    assert tables["cases"]["persons"].tolist() == [4, pd.NA]
    assert tables["cases"]["closed_on"].isna().all()


def test_the_ledger_survives_the_files(project):
    ledger = ensure_vintage(project, HEINSBERG).ledger
    ingested = ingest(newest_delivery(project, HEINSBERG), project.profiles).ledger
    assert ledger.balanced().accounts["rows_set_aside"].tolist() == [1, 0, 0]
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(ledger, name), getattr(ingested, name))


def test_set_aside_rows_lie_inside_the_vintage_with_line_reason_and_text(project):
    vintage = ensure_vintage(project, HEINSBERG)
    assert [path.name for path in (vintage.path / "set_aside").iterdir()] == ["faelle.csv"]
    content = (vintage.path / "set_aside" / "faelle.csv").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    text = content.decode("utf-8-sig")
    assert list(csv.reader(text.splitlines(), delimiter=";")) == [
        ["Zeile", "Grund", "Spalte", "Hinweis", "Inhalt"],
        ["3", rule_texts()["reasons"]["date_invalid"], "aufgenommen am", "", BAD],
    ]


def test_set_aside_rows_stand_nowhere_else(project):
    folder = ensure_vintage(project, HEINSBERG).path
    holding = [name for name, content in contents(folder).items() if b"31.02.2024" in content]
    assert holding == ["set_aside/faelle.csv"]


def test_without_rows_to_send_back_there_is_no_such_folder(project):
    change(project, "faelle.csv", BAD, "F2;03.02.2024;;4")
    assert not (ensure_vintage(project, HEINSBERG).path / "set_aside").exists()


def test_a_second_call_reads_no_file_again(project, monkeypatch):
    first = ensure_vintage(project, HEINSBERG)
    before = contents(first.path)
    monkeypatch.setattr(vintages, "ingest", None)
    assert ensure_vintage(project, HEINSBERG) == first
    assert (made(project), contents(first.path)) == (["2024-10-15"], before)


def test_a_changed_input_makes_a_second_vintage_and_leaves_the_first_untouched(project):
    first = ensure_vintage(project, HEINSBERG)
    before = contents(first.path)
    change(project)
    second = ensure_vintage(project, HEINSBERG)
    assert made(project) == ["2024-10-15", "2024-10-15.2"]
    assert second.name == "2024-10-15.2"
    assert contents(first.path) == before
    assert second.digest != first.digest
    assert first.load().tables["funds"]["granted_eur"].tolist() == [Decimal("2124.30")]


def test_an_input_changed_back_opens_the_first_vintage_again(project):
    first = ensure_vintage(project, HEINSBERG)
    change(project)
    ensure_vintage(project, HEINSBERG)
    change(project, found="2.124,31", by="2.124,30")
    assert ensure_vintage(project, HEINSBERG) == first
    assert len(made(project)) == 2


def test_a_later_delivery_makes_a_vintage_of_its_own_day(project):
    ensure_vintage(project, HEINSBERG)
    change(project, "delivery.toml", "2024-10-15", "2025-01-15")
    assert ensure_vintage(project, HEINSBERG).name == "2025-01-15"
    assert made(project) == ["2024-10-15", "2025-01-15"]


@pytest.mark.parametrize("name", ["funds.parquet", "ledger.json"])
def test_a_changed_file_is_noticed(project, name):
    vintage = ensure_vintage(project, HEINSBERG)
    other = write_project(project.root / "other")
    change(other)
    change(other, "stellen.csv", "2;Kreis", "2;Kreis;;")
    (vintage.path / name).write_bytes((ensure_vintage(other, HEINSBERG).path / name).read_bytes())
    with pytest.raises(DataError, match="2024-10-15 of 05370 was changed after it was frozen"):
        vintage.load()


@pytest.mark.parametrize("name", ["funds.parquet", "ledger.json"])
def test_a_missing_file_is_noticed(project, name):
    vintage = ensure_vintage(project, HEINSBERG)
    (vintage.path / name).unlink()
    with pytest.raises(DataError, match="Remove its folder"):
        vintage.load()


@pytest.mark.parametrize("text", ["", "{", "{}", '{"as_of": "gestern"}', "[]"])
def test_a_damaged_sheet_of_a_vintage_is_an_error_with_a_way_out(project, text):
    vintage = ensure_vintage(project, HEINSBERG)
    (vintage.path / "vintage.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="of the vintage 2024-10-15 cannot be read"):
        ensure_vintage(project, HEINSBERG)


def test_a_vintage_removed_is_made_again_equal(project):
    first = ensure_vintage(project, HEINSBERG)
    before = contents(first.path)
    first.path.rename(project.root / "gone")
    assert ensure_vintage(project, HEINSBERG).digest == first.digest
    assert contents(first.path) == before


def test_a_failing_ingest_leaves_no_folder(project):
    change(project, "stellen.csv", "Baustein", "Bauteil")
    with pytest.raises(KimevalError):
        ensure_vintage(project, HEINSBERG)
    assert made(project) == []
    assert not project.vintages.exists()


def test_a_failing_write_leaves_no_folder(project, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vintages, "_dump", full)
    with pytest.raises(PublishError, match="could not: No space left"):
        ensure_vintage(project, HEINSBERG)
    assert made(project) == []


def test_no_delivery_leaves_no_folder(tmp_path):
    with pytest.raises(MissingFileError):
        ensure_vintage(Project(tmp_path), HEINSBERG)
    assert made(Project(tmp_path)) == []


def test_progress_tells_every_kind_of_file(project):
    told = []
    ensure_vintage(project, HEINSBERG, lambda text, share: told.append(text))
    assert list(dict.fromkeys(told))[:3] == ["Fälle (ki)", "Mittel (ki)", "Stellen (ki)"]


def test_what_killed_processes_left_is_removed_after_a_day(project):
    home = project.vintages / "05370"
    for name, days in ((".2024-07-15-7.part", 2), (".2024-10-15-8.part", 0)):
        (home / name / "set_aside").mkdir(parents=True)
        then = time.time() - days * 24 * 3600
        os.utime(home / name, (then, then))
    ensure_vintage(project, HEINSBERG)
    assert made(project) == [".2024-10-15-8.part", "2024-10-15"]


SPAWN = multiprocessing.get_context("spawn")


def write_slowly(root, reached):
    dump = vintages._dump

    def slow(path, content):
        dump(path, content)
        if path.name == "vintage.json":
            reached.set()
            time.sleep(PATIENCE)

    vintages._dump = slow
    ensure_vintage(Project(root), HEINSBERG)


def test_a_kill_while_writing_leaves_no_vintage_that_opens(project):
    reached = SPAWN.Event()
    writer = SPAWN.Process(target=write_slowly, args=(project.root, reached))
    writer.start()
    assert reached.wait(PATIENCE)
    writer.kill()
    writer.join(PATIENCE)
    left = made(project)
    assert len(left) == 1
    assert left[0].startswith(".2024-10-15-") and left[0].endswith(f"-{writer.pid}.part")
    vintage = ensure_vintage(project, HEINSBERG)
    assert made(project) == [*left, "2024-10-15"]
    assert len(vintage.load().tables["cases"]) == 2


def freeze_together(root, ready, names):
    def ingest_and_wait(*arguments):
        done = ingest(*arguments)
        ready.wait(PATIENCE)
        return done

    vintages.ingest = ingest_and_wait
    names.put(ensure_vintage(Project(root), HEINSBERG).name)


def test_two_processes_at_once_end_with_one_vintage(project):
    ready, names = SPAWN.Barrier(2), SPAWN.Queue()
    both = [
        SPAWN.Process(target=freeze_together, args=(project.root, ready, names)) for _ in range(2)
    ]
    for process in both:
        process.start()
    assert [names.get(timeout=PATIENCE) for _ in both] == ["2024-10-15", "2024-10-15"]
    for process in both:
        process.join(PATIENCE)
    assert made(project) == ["2024-10-15"]
    assert len(ensure_vintage(project, HEINSBERG).load().tables["cases"]) == 2


def test_a_vintage_opens_by_its_folder(project):
    vintage = ensure_vintage(project, HEINSBERG)
    assert open_vintage(vintage.path, HEINSBERG) == vintage
    about = json.loads((vintage.path / "vintage.json").read_text(encoding="utf-8"))
    assert about["tables"] == {"cases": 2, "posts": 1, "funds": 1}


FAMILY = {
    'title = "Fälle"': 'title = "Fälle"\nfamily = "rows"',
    'persons = "Personen"': 'client_id = "Personen"',
}


def test_members_of_families_survive_the_files(project):
    path = project.profiles / "klein.toml"
    text = path.read_text(encoding="utf-8")
    for found, by in FAMILY.items():
        text = text.replace(found, by)
    path.write_text(text, encoding="utf-8")
    change(project, "faelle.csv", "F3;01.02.2024;;", "F1;01.02.2024;;5")
    tables = ensure_vintage(project, HEINSBERG).load().tables
    assert tables["cases"]["persons"].tolist() == [2]
    members = tables["members"]
    assert members["case_id"].tolist() == [tables["cases"]["case_id"][0]] * 2
    assert len(set(members["client_id"])) == 2
