"""Synthetic exports: messy as declared, the same bytes each time."""

import csv
import datetime as dt
import io
import json
import tomllib
import unicodedata
from collections import Counter

import pytest

from kimeval.core.area import areas, state
from kimeval.core.errors import AreaError, ParameterError
from kimeval.core.reference import CHECKOUT
from kimeval.data.sample import make_world, write_sample
from kimeval.data.sample.faults import faults
from kimeval.data.sample.known import recorded
from kimeval.data.sample.programme import settings

COMMITTED = CHECKOUT.parent / "sample"
AS_OF = dt.date(2024, 10, 15)
FOLDER = COMMITTED / "05370" / "2024-10-15"
MARK = "Synthetische Daten, keine echten Personen"


@pytest.fixture(scope="module")
def truth():
    return json.loads((COMMITTED / "05370" / "truth-2024-10-15.json").read_text("utf-8"))


def text(name):
    return (FOLDER / name).read_bytes().decode("utf-8-sig" if "diakonie" in name else "cp1252")


def rows(name, first):
    """Header and rows of a committed file; the header begins with `first`."""
    lines = list(csv.reader(io.StringIO(text(name), newline=""), delimiter=";"))
    start = next(n for n, line in enumerate(lines) if line and line[0] == first)
    return lines[start], [line for line in lines[start + 1 :] if len(line) > 1]


def column(name, first, wanted):
    header, found = rows(name, first)
    return [row[header.index(wanted)] for row in found]


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_committed_files_are_what_the_generator_makes(tmp_path):
    write_sample(tmp_path, [areas()["05370"]], AS_OF)
    committed = contents(COMMITTED / "05370" / "2024-10-15")
    assert contents(tmp_path / "05370" / "2024-10-15") == committed
    for name in ("05370/truth-2024-10-15.json", "truth.json"):
        assert (tmp_path / name).read_bytes() == (COMMITTED / name).read_bytes()


def test_the_committed_sample_stays_small():
    whole = [FOLDER, COMMITTED / "05370" / "truth-2024-10-15.json", COMMITTED / "truth.json"]
    size = sum(p.stat().st_size for w in whole for p in ([w] if w.is_file() else w.iterdir()))
    assert size < 1_500_000


def test_an_area_is_the_same_alone_and_with_others(tmp_path):
    day, chosen = dt.date(2025, 1, 15), [areas()["05566"], areas()["05370"]]
    write_sample(tmp_path / "alone", chosen[1:], day, scale=0.1)
    write_sample(tmp_path / "both", chosen, day, scale=0.1)
    assert contents(tmp_path / "alone" / "05370") == contents(tmp_path / "both" / "05370")
    one, both = (tmp_path / folder / "truth.json" for folder in ("alone", "both"))
    assert one.read_bytes() == both.read_bytes()


def test_another_seed_makes_other_files(tmp_path):
    for seed in (1, 2):
        write_sample(tmp_path / str(seed), [areas()["05370"]], AS_OF, seed=seed, scale=0.05)
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert one["05370/2024-10-15/ki_faelle.csv"] != two["05370/2024-10-15/ki_faelle.csv"]


def test_every_file_says_that_it_is_synthetic():
    for path in sorted(FOLDER.iterdir()):
        assert MARK.encode("ascii") in path.read_bytes(), path.name
    assert MARK in (COMMITTED / "README.md").read_text("utf-8")
    assert json.loads((COMMITTED / "truth.json").read_text("utf-8"))["synthetic"] == MARK


def test_delivery_sheet_names_area_day_and_profiles():
    sheet = tomllib.loads((FOLDER / "delivery.toml").read_text("utf-8"))
    assert sheet == {
        "area": "05370",
        "as_of": AS_OF,
        "synthetic": True,
        "profiles": ["ki", "welfare-family", "welfare-active", "nrw-statistics", "posts"],
    }


def test_each_declared_fault_and_mendable_text_occurs_in_heinsberg(truth):
    found = Counter()
    for account in truth["files"].values():
        found.update(account["planted"])
        found.update(account["mended"])
    declared = {kind for system in faults().values() for file in system.values() for kind in file}
    mended = {"ags_zero", "spaces", "unicode"}
    assert {kind for kind, rows in found.items() if rows > 0} == declared - {"mended"} | mended


def test_rows_longer_than_the_header_are_as_many_as_planted(truth):
    header, found = rows("ki_kontakte.csv", "Kontakt-Nr.")
    longer = sum(len(row) > len(header) for row in found)
    assert longer == truth["files"]["ki_kontakte.csv"]["planted"]["row_too_long"] > 0


@pytest.mark.parametrize(
    ("name", "first"), [("ki_faelle.csv", "Fall-Nr."), ("diakonie_kontakte.csv", "lfd. Nr.")]
)
def test_repeated_rows_are_as_many_as_planted(truth, name, first):
    _, found = rows(name, first)
    repeated = len(found) - len({tuple(row) for row in found})
    assert repeated == truth["files"][name]["planted"]["exact_duplicate"] > 0


def test_dates_that_do_not_exist_are_as_many_as_planted(truth):
    wrong = 0
    for day in column("ki_kontakte.csv", "Kontakt-Nr.", "Datum"):
        try:
            dt.datetime.strptime(day, "%d.%m.%Y")
        except ValueError:
            wrong += 1
    assert wrong == truth["files"]["ki_kontakte.csv"]["planted"]["date_invalid"] > 0


def test_cases_closed_before_they_opened_are_as_many_as_planted(truth):
    opened = column("diakonie_faelle.csv", "Fallnummer", "Beginn")
    closed = column("diakonie_faelle.csv", "Fallnummer", "Ende")
    pairs = [(a.split(".")[::-1], b.split(".")[::-1]) for a, b in zip(opened, closed, strict=True)]
    planted = truth["files"]["diakonie_faelle.csv"]["planted"]
    impossible = ["2023", "06", "31"]
    wrong = sum(b != [""] and b < a for a, b in pairs if a != impossible)
    assert wrong == planted["order_of_dates"] > 0


def test_misspelt_codes_and_municipalities_that_do_not_exist_are_there(truth):
    spheres = column("ki_rechtskreise.csv", "Klient-Nr.", "Rechtskreis")
    near = spheres.count("SBG II") + spheres.count("AsylblG/SGB II")
    assert near == truth["files"]["ki_rechtskreise.csv"]["planted"]["code_unknown"] > 0
    ags = column("ki_faelle.csv", "Fall-Nr.", "AGS Wohnort")
    nowhere = ags.count("05370099") + ags.count("05999004")
    assert nowhere == truth["files"]["ki_faelle.csv"]["planted"]["ags_invalid"] > 0


def test_an_ags_lost_its_zero_everywhere_in_one_system_and_now_and_then_in_another(truth):
    assert {len(ags) for ags in column("drk_faelle.csv", "fall_id", "ags")} == {7}
    short = [ags for ags in column("ki_faelle.csv", "Fall-Nr.", "AGS Wohnort") if len(ags) == 7]
    assert set(short) <= {town.ags[1:] for town in areas()["05370"].municipalities}
    # Repeated rows copy no mended text.
    assert len(short) == truth["files"]["ki_faelle.csv"]["mended"]["ags_zero"] > 0


def test_names_and_numbers_that_mislead_are_there():
    families = column("ki_faelle.csv", "Fall-Nr.", "Name")
    assert "NA" in families
    assert any("ß" in name for name in families)
    assert any("-" in name for name in families)
    assert any(
        number.startswith("00") for number in column("drk_faelle.csv", "fall_id", "person_id")
    )
    taken_apart = column("diakonie_faelle.csv", "Fallnummer", "Nachname")
    assert any(name != unicodedata.normalize("NFC", name) for name in taken_apart)
    assert any("\u00a0" in name for name in column("ki_faelle.csv", "Fall-Nr.", "Vorname"))


def test_files_differ_in_encoding_and_dates():
    assert (FOLDER / "diakonie_faelle.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        (FOLDER / "ki_faelle.csv").read_bytes().decode("utf-8")
    for path in FOLDER.glob("*.csv"):
        assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")
    assert column("drk_faelle.csv", "fall_id", "beginn_dat")[0] == "2022-07-28T00:00"
    assert column("drk_kontakte.csv", "kontakt_id", "datum")[0] == "44770"  # 28.07.2022


def test_one_system_exports_open_cases_only(truth):
    known = recorded(make_world(areas()["05370"]), AS_OF)["cases"]
    own = known[known["provider"] == "drk"]
    account = truth["files"]["drk_faelle.csv"]
    once = account["rows"] - account["planted"].get("exact_duplicate", 0)
    assert once == own["closed_on"].isna().sum() < len(own)


def test_one_system_writes_a_family_as_one_row(truth):
    known = recorded(make_world(areas()["05370"]), AS_OF)["cases"]
    families = known[(known["provider"] == "diakonie") & (known["persons"] > 1)]
    persons = column("diakonie_faelle.csv", "Fallnummer", "Anzahl Personen")
    assert max(int(number) for number in persons if number not in ("0", "99")) >= 4
    assert 0 < len(families) <= truth["files"]["diakonie_faelle.csv"]["rows"]


def test_numbers_and_faults_stay_the_same_in_the_next_delivery(tmp_path):
    write_sample(tmp_path, [areas()["05370"]], dt.date(2025, 1, 15))
    later = (tmp_path / "05370" / "2025-01-15" / "ki_kontakte.csv").read_bytes().decode("cp1252")
    lines = text("ki_kontakte.csv").splitlines()
    rows_of_both = set(lines[5:-1]) & set(later.splitlines())
    assert len(rows_of_both) == len(set(lines[5:-1])) > 3000


def test_statistics_use_official_signs_and_two_thousands_separators():
    table = (FOLDER / "statistik_zuzug.csv").read_bytes().decode("utf-8")
    lines = list(csv.reader(io.StringIO(table, newline=""), delimiter=";"))
    numbers = [line[4] for line in lines if len(line) == 5 and line[0].startswith("05370")]
    assert {"-", ".", "..."} <= set(numbers)
    assert "44.216" in numbers
    assert "12\u202f849" in numbers
    later = [line[3] for line in lines if len(line) == 5 and line[4] == "..."]
    assert set(later) == {"30.06.2024", "30.09.2024"}


def test_posts_of_heinsberg_add_up_to_the_published_ones():
    def number(cell):
        return float(cell.replace(",", "."))

    _, posts = rows("stellen.csv", "Baustein")
    now = [post for post in posts if post[3] == "01.01.2024" and post[4] == ""]
    assert [post[1] for post in now] == ["KI", "Diakonie", "DRK"]
    assert sum(number(post[5]) for post in now) == 12.0
    assert [number(post[6]) for post in now] == [7.25, 1.5, 1.5]  # 10.25 together
    assert sum(int(post[7]) for post in now) == 12


def test_posts_of_a_later_year_are_not_in_an_earlier_delivery(tmp_path):
    (folder,) = write_sample(tmp_path, [areas()["05370"]], dt.date(2023, 4, 15), scale=0.02)
    lines = (folder / "stellen.csv").read_bytes().decode("cp1252").splitlines()[2:]
    assert [line.split(";")[3:5] for line in lines] == [["01.07.2022", ""]] * 3


def test_a_delivery_is_replaced_as_a_whole(tmp_path):
    never = next(code for code, setting in settings(2024).items() if setting.start is None)
    for _ in range(2):
        (folder,) = write_sample(tmp_path, [areas()[never]], AS_OF, scale=0.1)
        assert sorted(p.name for p in folder.iterdir()) == ["delivery.toml", "statistik_zuzug.csv"]
        (folder / "left over.csv").write_text("x")
    write_sample(tmp_path, [areas()[never]], AS_OF, scale=0.1)
    assert not (folder / "left over.csv").exists()
    assert [p.name for p in folder.parent.glob(".*")] == []


def test_progress_names_each_area(tmp_path):
    told = []
    write_sample(tmp_path, [areas()["05558"]], AS_OF, scale=0.02, progress=told.append)
    assert told == ["Kreis Coesfeld (05558)"]


def test_a_day_before_the_window_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(ParameterError, match="must lie behind 2020-01-01, got 2019-12-31"):
        write_sample(tmp_path / "new", [areas()["05370"]], dt.date(2019, 12, 31))
    assert not (tmp_path / "new").exists()


def test_an_empty_world_or_the_whole_state_as_an_area_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="scale above 0"):
        write_sample(tmp_path, [areas()["05370"]], AS_OF, scale=0)
    with pytest.raises(AreaError, match="one of the 54 KIM areas, got '05'"):
        write_sample(tmp_path, [state()], AS_OF)


@pytest.mark.parametrize("day", [dt.date(2020, 1, 2), dt.date(2021, 2, 20), dt.date(2026, 1, 1)])
def test_any_day_from_the_window_on_gives_a_delivery(tmp_path, day):
    (folder,) = write_sample(tmp_path, [areas()["05370"]], day, scale=0.05)
    assert (folder / "ki_faelle.csv").is_file()
