"""Needles come from the columns that hold something of a person, and from no others."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.data.deliveries import newest_delivery
from kimeval.data.profiles import FileSpec
from kimeval.data.read.part import Part
from kimeval.data.vintages import ensure_vintage
from kimeval.protect.canary.gather import Found, _from_part, gather, roles

SHEET = 'area = "05370"\nas_of = 2024-10-15\nsynthetic = true\nprofiles = ["ki"]\n'
HEADER = (
    "Fall-Nr.;Klient-Nr.;Haushalt-Nr.;Name;Vorname;Geburtsdatum;Geschlecht;Staatsang.;Einreise;"
    "AGS Wohnort;Sprachstand;Förderprogramm;Aufnahme;Abschluss;Abschlussgrund;Bemerkung;Telefon;"
    "Straße;Nr.;Verfahren"
)
ROWS = [
    "2023/00001;000001;H00001;Öztürk;Ayşe;01.02.1990;weiblich;163;03.04.2021;05370004;A2;keine;"
    "05.01.2023;;;Wirkt sehr erschöpft und bat um Hilfe;02431 5551234;Am Kirchplatz;12a;"
    "Gespräch im Beisein der Tante",
    "2023/00002;000002;H00002;Klein;Al;01.02.1991;männlich;163;03.04.2021;05370004;A2;keine;"
    "05.01.2023;;;siehe Akte;;Am Kirchplatz;12a;Einstufung der Volkshochschule",
    "2023/00003;000003;H00003;Zuviel;Zellina;01.02.1991;männlich;163;03.04.2021;05370004;A2;keine;"
    "05.01.2023;;;zu viel gesagt;und noch mehr;;;;x",
    *(
        f"2023/1000{n};00100{n};H0100{n};Stein;Eva;0{n}.02.1991;weiblich;163;03.04.2021;05370004;"
        "A2;keine;05.01.2023;;;;;;;Einstufung der Volkshochschule"
        for n in range(1, 7)
    ),
]

BIRTH = 'birth_date = "Geburtsdatum"\n'
ASSESSED = """
[[file.table]]
name = "assessments"
[file.table.columns]
client_id = "Klient-Nr."
assessed_on = "Aufnahme"
instrument = "Verfahren"
language_level = "Sprachstand"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory, root):
    home = tmp_path_factory.mktemp("project")
    (home / "notebooks").mkdir()
    (home / "profiles").mkdir()
    whole = (root / "profiles" / "ki.toml").read_text(encoding="utf-8")
    first = "[[file]]".join(whole.split("[[file]]")[:2])
    more = 'also = { street = "Straße", house_number = "Nr." }\n[[file.table]]\n'
    first = first.replace('birth_date = "Geburtsdatum"\n[[file.table]]\n', f"{BIRTH}{more}", 1)
    (home / "profiles" / "ki.toml").write_text(first + ASSESSED, encoding="utf-8")
    delivery = home / "data" / "raw" / "05370" / "2024-10-15"
    delivery.mkdir(parents=True)
    (delivery / "delivery.toml").write_text(SHEET, encoding="utf-8")
    lines = "\r\n".join([HEADER, *ROWS, ""]).replace("ş", "s")
    (delivery / "ki_faelle.csv").write_text(lines, encoding="cp1252", newline="")
    return Project(home)


@pytest.fixture(scope="module")
def needles(project):
    place = area("05370")
    return gather(project, ensure_vintage(project, place), newest_delivery(project, place))


def test_numbers_are_needles_as_delivered(needles):
    held = set(needles.identifiers.to_pylist())
    assert {"2023-00001", "000001", "h00001", "2023-00003", "02431 5551234"} <= held
    assert not {"163", "05370004", "a2", "2023"} & held


def test_names_are_needles(needles):
    assert {"oeztuerk", "ayse", "ayse oeztuerk", "klein al", "zuviel", "zellina"} <= needles.names
    assert "klein" in needles.ordinary.words or "klein" in needles.names


def test_remarks_are_needles_and_no_other_text(needles):
    said = {" ".join(text) for text in needles.texts}
    assert "wirkt sehr erschoepft und bat um hilfe" in said
    assert "siehe akte" in said
    assert not any(text.startswith(("weiblich", "keine")) for text in said)


def test_addresses_are_needles(needles):
    assert ("am", "kirchplatz", "12a") in needles.texts


def test_a_label_is_a_needle_where_few_rows_say_it(needles):
    said = {" ".join(text) for text in needles.texts}
    assert "gespraech im beisein der tante" in said
    assert "einstufung der volkshochschule" not in said


def test_rows_that_do_not_fit_the_header_are_needles(needles):
    assert any("zu viel gesagt" in " ".join(text) for text in needles.texts)
    assert {"2023-00003", "h00003"} <= set(needles.identifiers.to_pylist())
    assert "zellina zuviel" in needles.names


def test_pseudonyms_of_the_vintage_are_needles(project, needles):
    held = ensure_vintage(project, area("05370")).load().tables
    ids = {*held["clients"]["client_id"], *held["clients"]["person_id"], *held["cases"]["case_id"]}
    assert len(ids) >= 6
    assert ids <= set(needles.pseudonyms.to_pylist())


@pytest.fixture
def spec():
    return FileSpec(
        pattern="*.csv",
        title="x",
        ignore=["Notiz"],
        link={
            "names": ["Name"],
            "birth_date": "geb.",
            "also": {"street": "Straße", "house_number": "Nr.", "number": "AZR"},
        },
        table=[
            {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "ab", "ags": "Ort"}},
            {"name": "events", "columns": {"case_id": "Fall", "activity": "Was"}},
            {"name": "posts", "columns": {"held_by": "Träger"}},
        ],
    )


def test_each_column_has_its_role(spec):
    columns = ["Fall", "ab", "Ort", "Was", "Träger", "Name", "geb.", "AZR", "Straße", "Nr."]
    held = roles(spec, [*columns, "Notiz", "Vorname der Mutter", "Programmname", "Mail"])
    assert held.identifiers == ["Fall", "AZR"]
    assert held.names == ["Name", "Vorname der Mutter"]
    assert held.address == ["Straße", "Nr."]
    assert held.labels == ["Was"]
    assert held.texts == ["Notiz", "Programmname", "Mail"]


def test_a_second_column_of_labels_holds_no_remarks():
    """A log names its activities twice; the profile reads one of the columns."""
    spec = FileSpec(
        pattern="*.csv",
        title="x",
        table=[{"name": "events", "columns": {"case_id": "Fall", "activity": "Was"}}],
    )
    told = ["Unterlagen in Ruhe prüfen"] * 5 + ["Anruf wegen der Nichte"] * 4
    columns = {
        "Fall": [f"F-{n}-2024" for n in range(9)],
        "Was": told,
        "Activity": told,
        "Notiz": ["Unterlagen in Ruhe prüfen", *["wartet auf Bescheid von Amt"] * 8],
    }
    part = Part(pa.table(columns), np.arange(9), pd.DataFrame({"text": []}))
    found = Found()
    _from_part(part, spec, found)
    assert set(found.texts) == {"Anruf wegen der Nichte", "wartet auf Bescheid von Amt"}
