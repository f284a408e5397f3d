import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from kimeval.core.errors import FormatError, MissingFileError, ParameterError
from kimeval.core.quarter import today_in_berlin
from kimeval.data.drafting.look import MOST_COLUMNS, look_at
from kimeval.data.drafting.trial import try_profile

HEADER = ["Fallnummer", "Klient-Nr.", "Aufnahme", "Abschluss"]


@pytest.mark.parametrize(
    ("encoding", "called"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_encodings_are_told_apart(table, cases, encoding, called):
    path = table([*HEADER, "Träger"], [[*row, "Süd"] for row in cases()], encoding=encoding)
    look = look_at(path)
    assert look.settings["encoding"] == called
    assert look.header == (*HEADER, "Träger")
    assert len(look.rows) == 40


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_are_told_apart(table, cases, separator):
    rows = [[*row, "1,5; oder 2"] for row in cases()]
    look = look_at(table([*HEADER, "Anmerkung"], rows, separator=separator))
    assert look.settings["separator"] == separator
    assert len(look.header) == 5


def test_lines_before_the_header_and_comments_are_no_rows(table, cases):
    path = table(HEADER, cases(), before=["# Export", "# Synthetische Daten"])
    path.write_text(path.read_text() + "# Ende (40 Datensätze)\n")
    look = look_at(path)
    assert (look.settings["comment"], len(look.rows)) == ("#", 40)
    assert look.settings["rows_said"] == r"(\d[\d. ]*) Datensätze"


def test_an_error_sign_of_a_workbook_begins_no_comment(table, cases):
    rows = cases()
    rows[3] = ["#WERT!", "K0003", "", ""]
    look = look_at(table(HEADER, rows))
    assert "comment" not in look.settings
    assert len(look.rows) == 40


def test_a_title_of_several_lines_is_skipped_and_told(table, cases):
    look = look_at(table(HEADER, cases(), before=["Fallverwaltung", "Stand: 15.10.2024", ""]))
    assert look.header == tuple(HEADER)
    assert look.remarks == ("Zeilen vor dem Kopf: 2; sie werden übersprungen",)


def test_totals_inside_the_table_are_recognised(table, cases):
    rows = [*cases(20), ["Summe", "20", "", ""], *cases(20), ["Summe", "20", "", ""]]
    look = look_at(table(HEADER, rows))
    assert look.settings["totals"] == ["Summe"]
    assert len(look.rows) == 40


def test_a_column_that_stands_twice_is_not_mapped_and_told(drafted, table, cases):
    rows = [[*row, "Jobcenter"] for row in cases()]
    made, profile = drafted(table([*HEADER, "Fallnummer"], rows))
    assert made.files[0].remarks[0].endswith("nicht zuzuordnen: Fallnummer")
    assert "Fallnummer" not in profile.file[0].needed


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"ein Satz ohne Tabelle\nund noch einer\n", "must hold cells separated"),
        (b"a;b\0;c\n1;2;3\n", "NUL bytes"),
        (b"Fallnummer;Klient-Nr.;Aufnahme\n", "needs a header"),
        (b"PK\x03\x04 no workbook", "cannot be opened as a workbook"),
        (b"PAR1 no parquet", "cannot be read as Parquet"),
    ],
)
def test_what_is_no_table_is_one_clear_error(tmp_path, content, says):
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=says):
        look_at(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"'nichts\.csv' is missing"):
        look_at(tmp_path / "nichts.csv")


def test_more_columns_than_any_export_of_cases_has_are_refused(table):
    header = [f"Feld {i}" for i in range(MOST_COLUMNS + 1)]
    rows = [[f"0{1 + k}.01.2024" for _ in header] for k in range(5)]
    with pytest.raises(FormatError, match="no more than 300 columns"):
        look_at(table(header, rows))


@pytest.fixture
def workbook(tmp_path, cases):
    """A cover, and a sheet with a title, a header of two rows, totals and a hidden row."""
    book = openpyxl.Workbook()
    book.active.title = "Deckblatt"
    book.active["A1"] = "Synthetische Daten"
    sheet = book.create_sheet("Liste")
    sheet.append(["Fallliste, synthetische Daten"])
    sheet.append(["Nummern", None, "Beratung", None])
    sheet.append(["Fall", "Person", "Beginn", "Ende"])
    sheet.merge_cells("A2:B2")
    sheet.merge_cells("C2:D2")
    for number, row in enumerate(cases(), 1):
        sheet.append(row)
        if number % 20 == 0:
            sheet.append(["Summe", 20])
    sheet.row_dimensions[10].hidden = True
    book.save(tmp_path / "liste.xlsx")
    return tmp_path / "liste.xlsx"


def test_a_workbook_is_read_from_the_sheet_with_the_table(workbook):
    look = look_at(workbook)
    assert look.settings == {"sheet": "Liste", "header_rows": 2, "totals": ["Summe"]}
    assert look.header == ("Nummern Fall", "Nummern Person", "Beratung Beginn", "Beratung Ende")
    assert len(look.rows) == 40
    assert look.remarks == (
        "weitere Blätter, nicht in diesem Entwurf: Deckblatt",
        "ausgeblendete Zeilen: 1; sie werden mitgelesen (hidden)",
        "Kopf aus zwei Zeilen; Namen sind mit Leerzeichen verbunden",
    )


def test_the_draft_of_a_workbook_reads_every_row_of_it(drafted, workbook):
    _, profile = drafted(workbook)
    trial = try_profile(profile, [workbook], today_in_berlin())
    account = trial.ledger.accounts.iloc[0]
    assert (account["rows_in"], account["rows_kept"], account["total"]) == (40, 40, 2)
    assert trial.tables == {"cases": 40}


def test_a_row_of_data_below_merged_cells_is_no_second_row_of_a_header(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Fallnummer", "Name", None, "Aufnahme"])
    book.active.merge_cells("B1:C1")
    for i in range(30):
        book.active.append(
            [f"F{i}", f"Kanarienvogel{'abc'[i % 3]}", "Emre", f"0{1 + i % 9}.01.2024"]
        )
    book.save(tmp_path / "liste.xlsx")
    look = look_at(tmp_path / "liste.xlsx")
    assert look.header == ("Fallnummer", "Name", "", "Aufnahme")


def test_a_parquet_file_brings_its_columns(tmp_path, cases, drafted):
    columns = dict(zip(HEADER, zip(*cases(), strict=True), strict=True))
    pq.write_table(pa.table({n: list(c) for n, c in columns.items()}), tmp_path / "cases.parquet")
    _, profile = drafted(tmp_path / "cases.parquet")
    assert profile.file[0].format == "parquet"
    trial = try_profile(profile, [tmp_path / "cases.parquet"], today_in_berlin())
    assert trial.tables["cases"] == 40


def test_an_event_log_feeds_events(tmp_path, drafted):
    events = "".join(
        f'<trace><string key="concept:name" value="{i}"/>'
        f'<event><string key="concept:name" value="Aufnahme"/>'
        f'<date key="time:timestamp" value="2024-01-0{1 + i}T09:3{i}:00.000+00:00"/>'
        "</event></trace>"
        for i in range(9)
    )
    path = tmp_path / "log.xes"
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?><log>{events}</log>')
    made, profile = drafted(path)
    assert list(made.files[0].tables) == ["events"]
    trial = try_profile(profile, [path], today_in_berlin())
    assert trial.tables == {"events": 9}


def test_a_query_is_drafted_from_its_database(tmp_path, cases, drafted, monkeypatch):
    address = f"sqlite:///{tmp_path / 'cases.db'}"
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(sa.text("create table f (fall_id, person_id, beginn_dat, ende_dat)"))
        insert = sa.text("insert into f values (:a, :b, :c, :d)")
        connection.execute(insert, [dict(zip("abcd", row, strict=True)) for row in cases()])
    engine.dispose()
    monkeypatch.setenv("KIM_DATABASE", address)
    query = tmp_path / "cases.sql"
    query.write_text("select * from f")
    _, profile = drafted(query, database="KIM_DATABASE")
    spec = profile.file[0]
    assert (spec.format, spec.database) == ("sql", "KIM_DATABASE")
    assert spec.needed == ["fall_id", "person_id", "beginn_dat", "ende_dat"]
    with pytest.raises(ParameterError, match="--database NAME"):
        look_at(query)
