import datetime as dt

import pytest

from kimeval.core.area import area
from kimeval.core.errors import FormatError, KeyFileError, MissingFileError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter, today_in_berlin
from kimeval.data.deliveries import (
    delivery_digest,
    inputs_digest,
    newest_delivery,
    read_delivery,
)
from kimeval.data.pseudonyms import VARIABLE, new_key

HEINSBERG = area("05370")
SHEET = 'area = "05370"\nas_of = 2024-10-15\nprofiles = ["klein"]\nsynthetic = true\n'


@pytest.fixture
def project(tmp_path):
    for name in ("notebooks", "profiles", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "profiles" / "klein.toml").write_text("# klein", encoding="utf-8")
    return Project(tmp_path)


def deliver(place, name="2024-10-15", sheet=SHEET, **files):
    folder = place / "05370" / name
    folder.mkdir(parents=True)
    if sheet is not None:
        (folder / "delivery.toml").write_text(sheet, encoding="utf-8")
    for stem, text in files.items():
        (folder / f"{stem}.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_sheet_names_area_day_and_profiles(project):
    delivery = read_delivery(deliver(project.raw, faelle="a", kontakte="b"))
    assert (delivery.area, delivery.as_of) == ("05370", dt.date(2024, 10, 15))
    assert (delivery.profiles, delivery.synthetic) == (("klein",), True)
    assert [path.name for path in delivery.files] == ["faelle.csv", "kontakte.csv"]


def test_data_are_real_unless_the_sheet_says_synthetic(project):
    sheet = SHEET.replace("synthetic = true\n", "")
    assert read_delivery(deliver(project.raw, sheet=sheet)).synthetic is False


def test_hidden_files_and_folders_are_no_delivered_files(project):
    folder = deliver(project.raw, faelle="a")
    (folder / ".ki.csv.part").write_text("x")
    (folder / "alt").mkdir()
    assert [path.name for path in read_delivery(folder).files] == ["faelle.csv"]


def test_decisions_and_frozen_queries_are_no_delivered_files(project):
    folder = deliver(project.raw, faelle="a")
    for name in ("review.csv", "faelle.sql", "faelle.sql.parquet"):
        (folder / name).write_text("x")
    assert [path.name for path in read_delivery(folder).files] == ["faelle.csv", "faelle.sql"]


def test_a_missing_sheet_says_what_to_write(project):
    with pytest.raises(MissingFileError, match=r"'2024-10-15' needs a delivery\.toml") as error:
        read_delivery(deliver(project.raw, sheet=None))
    assert 'profiles = ["ki"]' in str(error.value)


@pytest.mark.parametrize(
    ("found", "changed", "field"),
    [
        ('area = "05370"\n', "", "area as str"),
        ('area = "05370"', "area = 5370", "area as str"),
        ("as_of = 2024-10-15\n", "", "as_of as date"),
        ("2024-10-15", '"2024-10-15"', "as_of as date"),
        ("2024-10-15", "2024-10-15T08:00:00", "as_of as date"),
        ('["klein"]', '"klein"', "profiles as list"),
        ('["klein"]', "[1]", "profiles as list of text"),
        ("= true", '= "ja"', "synthetic as bool"),
    ],
)
def test_a_field_of_another_type_is_named(project, found, changed, field):
    folder = deliver(project.raw, sheet=SHEET.replace(found, changed))
    with pytest.raises(FormatError, match=f"'2024-10-15' needs {field}") as error:
        read_delivery(folder)
    assert error.value.exit_code == 21


def test_an_unknown_field_is_refused(project):
    folder = deliver(project.raw, sheet=SHEET + 'profile = "klein"\n')
    with pytest.raises(FormatError, match="has unknown fields profile"):
        read_delivery(folder)


def test_a_sheet_that_is_not_toml_is_refused(project):
    with pytest.raises(FormatError, match="is not TOML"):
        read_delivery(deliver(project.raw, sheet="area: 05370"))


def test_the_newest_day_wins_and_not_the_name_of_the_folder(project):
    deliver(project.raw, "a-neu", SHEET.replace("2024-10-15", "2025-01-15"))
    deliver(project.raw, "z-alt")
    assert newest_delivery(project, HEINSBERG).folder.name == "a-neu"


def test_of_two_deliveries_of_one_day_the_later_name_wins(project):
    deliver(project.raw, "2024-10-15")
    deliver(project.raw, "2024-10-15b")
    assert newest_delivery(project, HEINSBERG).folder.name == "2024-10-15b"


def test_real_data_go_before_a_newer_sample(project):
    deliver(project.sample, "neu", SHEET.replace("2024-10-15", "2025-01-15"))
    assert newest_delivery(project, HEINSBERG).folder.name == "neu"
    deliver(project.raw, "alt")
    assert newest_delivery(project, HEINSBERG).folder.name == "alt"


def test_hidden_folders_are_no_deliveries(project):
    deliver(project.raw, ".2025-01-15.part", SHEET.replace("2024", "2025"))
    deliver(project.raw)
    assert newest_delivery(project, HEINSBERG).folder.name == "2024-10-15"


def test_no_delivery_says_where_to_put_one(project):
    with pytest.raises(MissingFileError) as error:
        newest_delivery(project, HEINSBERG)
    assert str(error.value) == (
        "There is no delivery for Kreis Heinsberg (05370). Put one into data/raw/05370/<date>/, "
        "or make synthetic data: kimeval sample --areas 05370."
    )


def test_a_delivery_of_another_area_is_refused(project):
    deliver(project.raw, sheet=SHEET.replace("05370", "05334"))
    with pytest.raises(FormatError, match="lies under 05370 and says area '05334'"):
        newest_delivery(project, HEINSBERG)


def digest(project):
    return delivery_digest(project, HEINSBERG, Quarter(2024, 3))


def test_the_digest_stays_where_nothing_changes(project):
    deliver(project.raw, faelle="a")
    assert digest(project) == digest(project)


CHANGES = ["content", "name", "more", "sheet", "profile", "no profile", "decided", "frozen"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_digest_follows_every_input(project, change):
    folder = deliver(project.raw, faelle="a")
    before = digest(project)
    profile = project.profiles / "klein.toml"
    changes = {
        "content": lambda: (folder / "faelle.csv").write_text("b"),
        "name": lambda: (folder / "faelle.csv").rename(folder / "faelle2.csv"),
        "more": lambda: (folder / "kontakte.csv").write_text(""),
        "sheet": lambda: (folder / "delivery.toml").write_text(SHEET + "# geprüft", "utf-8"),
        "profile": lambda: profile.write_text("# anders"),
        "no profile": profile.unlink,
        "decided": lambda: (folder / "review.csv").write_text("x"),
        "frozen": lambda: (folder / "faelle.sql.parquet").write_text("x"),
    }
    changes[change]()
    assert digest(project) != before


def test_the_digest_follows_the_key(project, monkeypatch, tmp_path):
    deliver(project.raw, sheet=SHEET.replace("true", "false"), faelle="a")
    found = set()
    for name in ("a.key", "b.key"):
        new_key(tmp_path / name)
        monkeypatch.setenv(VARIABLE, str(tmp_path / name))
        found.add(digest(project))
    assert len(found) == 2


def test_real_data_without_a_key_are_refused_before_they_are_read(project, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    delivery = read_delivery(deliver(project.raw, sheet=SHEET.replace("true", "false")))
    with pytest.raises(KeyFileError):
        inputs_digest(project, delivery)


def test_a_delivery_of_tomorrow_is_refused(tmp_path):
    tomorrow = today_in_berlin() + dt.timedelta(days=1)
    sheet = f'area = "05370"\nas_of = {tomorrow}\nprofiles = ["ki"]\n'
    (tmp_path / "delivery.toml").write_text(sheet, encoding="utf-8")
    with pytest.raises(FormatError, match="must not lie in the future"):
        read_delivery(tmp_path)
