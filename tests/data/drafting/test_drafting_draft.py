import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kimeval.core.errors import FormatError, KimevalError, ParameterError
from kimeval.core.quarter import today_in_berlin
from kimeval.data.drafting import draft_profile
from kimeval.data.drafting.mapping import PLACEHOLDER
from kimeval.data.drafting.trial import try_profile
from kimeval.data.profiles import load_profile

CASES = ["Fallnummer", "Klient-Nr.", "Aufnahme", "Abschluss"]


def kept(profile, *paths):
    accounts = try_profile(profile, list(paths), today_in_berlin()).ledger.accounts
    return dict(zip(accounts["file"], accounts["rows_kept"], strict=True))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("ki_faelle.csv", "ki_faelle*.csv"),
        ("ki_faelle_2024-10-15.csv", "ki_faelle*.csv"),
        ("Export 20241015.CSV", "Export*.CSV"),
        ("Fälle[1].csv", "Fälle[[]1]*.csv"),
    ],
)
def test_the_pattern_of_a_file_leaves_its_date_out(drafted, table, cases, name, pattern):
    path = table(CASES, cases(), name=name)
    _, profile = drafted(path)
    assert profile.file[0].pattern == pattern
    assert profile.spec_for(path.name) is profile.file[0]


def test_files_of_one_kind_are_one_entry(drafted, table, cases):
    one = table(CASES, cases(), name="faelle_2024-01.csv")
    two = table(CASES, cases(), name="faelle_2024-04.csv")
    made, profile = drafted(one, two)
    assert [spec.pattern for spec in profile.file] == ["faelle*.csv"]
    assert len(made.files[0].look.rows) == 80


def test_files_that_differ_in_columns_never_share_a_pattern(drafted, table, cases):
    one = table(CASES, cases(), name="export_2024-01.csv")
    two = table(CASES[:3], [row[:3] for row in cases()], name="export_2024-04.csv")
    _, profile = drafted(one, two)
    assert [spec.pattern for spec in profile.file] == ["export_2024-01.csv", "export_2024-04.csv"]
    assert kept(profile, one, two) == {"export_2024-01.csv": 40, "export_2024-04.csv": 40}


def test_a_name_that_another_file_begins_with_is_no_pattern(drafted, table, cases):
    one = table(CASES, cases(), name="faelle.csv")
    two = table(["Gruppe", *CASES], [["G1", *row] for row in cases()], name="faelle_alt.csv")
    _, profile = drafted(one, two)
    assert profile.spec_for("faelle_alt.csv") is profile.file[1]


def test_the_name_comes_from_the_files_or_is_checked(table, cases):
    assert draft_profile([table(CASES, cases(), name="Träger_2024.csv")]).name == "traeger"
    with pytest.raises(ParameterError, match="small letters"):
        draft_profile([table(CASES, cases())], name="../ki")


def test_an_export_without_closed_cases_is_only_active(drafted, table, cases):
    contacts = [[f"{i}", f"K{i:04}", "01.05.2023"] for i in range(30)]
    one = table(CASES, [[*row[:3], ""] for row in cases()], name="faelle.csv")
    two = table(["Kontakt-Nr.", "Klient-Nr.", "Datum"], contacts, name="kontakte.csv")
    made, profile = drafted(one, two)
    assert [spec.only_active for spec in profile.file] == [True, True]
    assert any("only_active" in remark for remark in made.files[0].remarks)


def test_several_persons_of_one_case_number_are_a_family_in_rows(drafted, table):
    rows = [[f"F-{i // 3:03}", f"K{i:04}", "weiblich", "01.03.2023", ""] for i in range(60)]
    header = ["Fallnummer", "Klient-Nr.", "Geschlecht", "Aufnahme", "Abschluss"]
    path = table(header, rows)
    _, profile = drafted(path)
    assert (profile.file[0].family, profile.file[0].unit) == ("rows", "household")
    trial = try_profile(profile, [path], today_in_berlin())
    assert trial.tables == {"clients": 60, "cases": 20, "members": 60}


def test_a_number_of_persons_makes_the_case_a_household(drafted, table, cases):
    rows = [[*row, 1 + i % 5] for i, row in enumerate(cases())]
    _, profile = drafted(table([*CASES, "Anzahl Personen"], rows))
    spec = profile.file[0]
    assert (spec.unit, spec.table[-1].columns["persons"]) == ("household", "Anzahl Personen")
    assert spec.table[-1].constants == {}


def test_where_a_case_has_no_person_its_number_stands_in_and_is_marked(drafted, table):
    rows = [[f"F{i}", "weiblich", "475", f"0{1 + i % 9}.03.2023"] for i in range(40)]
    made, profile = drafted(table(["Fallnummer", "Geschlecht", "Nationalität", "Aufnahme"], rows))
    clients = made.files[0].tables["clients"]
    line = next(line for line in clients if line.canonical == "client_id")
    assert (line.source, line.level) == ("Fallnummer", "unsicher")
    assert profile.file[0].table[0].columns["client_id"] == "Fallnummer"


def test_a_required_column_that_is_missing_holds_a_placeholder(drafted, table):
    rows = [[f"N{i}", f"0{1 + i % 9}.03.2023", "telefonisch"] for i in range(40)]
    path = table(["Kontakt-Nr.", "Kontaktdatum", "Kontaktart"], rows)
    made, profile = drafted(path)
    assert profile.file[0].table[0].columns["client_id"] == PLACEHOLDER
    assert f'client_id = "{PLACEHOLDER}"  # fehlt:' in made.text
    with pytest.raises(FormatError, match=f"lacks the column {PLACEHOLDER}"):
        kept(profile, path)


def test_contacts_without_a_number_get_one_of_their_content(drafted, table):
    rows = [[f"K{i % 9}", f"0{1 + i % 9}.03.2023", "telefonisch"] for i in range(40)]
    path = table(["Klient-Nr.", "Kontaktdatum", "Kontaktart"], rows)
    made, profile = drafted(path)
    assert profile.file[0].table[0].columns["contact_id"].take == "row"
    assert 'contact_id = { take = "row" }  # unsicher:' in made.text
    assert list(kept(profile, path).values()) == [9]


def test_a_file_that_fits_nothing_is_a_comment_beside_one_that_does(drafted, table, cases):
    foreign = [[f"Wort{'abc'[i % 3]}", f"{'xyz'[i % 3]}", "etwas"] for i in range(30)]
    one = table(CASES, cases(), name="faelle.csv")
    two = table(["Telefon", "Notiz", "Hinweis"], foreign, name="anderes.csv")
    made, profile = drafted(one, two)
    assert len(profile.file) == 1
    assert '# pattern = "anderes*.csv"' in made.text
    with pytest.raises(FormatError, match=r"No canonical table fits anderes\.csv"):
        draft_profile([two])


def test_columns_that_are_known_elsewhere_say_what_that_table_needs(drafted, table, cases):
    rows = [[*row, "SGB II"] for row in cases()]
    made, _ = drafted(table([*CASES, "Rechtskreis"], rows))
    hint = made.files[0].unmapped["Rechtskreis"]
    assert hint == "würde zu legal_spheres.sphere passen; dafür fehlt valid_from"


def test_names_of_municipalities_are_told_from_their_keys(drafted, table, cases):
    towns = ["Erkelenz", "Gangelt", "Wegberg", "Hückelhoven"]
    rows = [[*row, towns[i % 4]] for i, row in enumerate(cases())]
    made, _ = drafted(table([*CASES, "Gemeinde"], rows))
    assert "Namen von Gemeinden" in made.files[0].unmapped["Gemeinde"]


def test_signs_formats_and_decimals_are_written_as_found(drafted, table):
    header = ["Baustein", "Anstellungsträger", "gültig ab", "gültig bis", "bewilligt", "besetzt"]
    rows = [["2", "Kreis", "2024-01-01", "-", "1.234,50", "9,5"] for _ in range(9)]
    _, profile = drafted(table(header, rows))
    spec = profile.file[0]
    assert (spec.dates, spec.decimal, spec.missing) == (["%Y-%m-%d"], ",", ["", "-"])


def test_signs_of_official_tables_are_recognised_in_numbers_only(drafted, table):
    rows = [["05370004", "Bevölkerung", "31.12.2023", n] for n in ("12 849", ".", "...", "-") * 5]
    _, profile = drafted(table(["AGS", "Merkmal", "Stichtag", "Anzahl"], rows))
    assert (profile.file[0].signs, profile.file[0].missing) == ("official", [""])


def test_days_that_may_be_months_are_told(drafted, table):
    rows = [[f"F{i}", f"K{i}", f"0{1 + i % 9}/0{1 + i % 7}/2024"] for i in range(40)]
    made, profile = drafted(table(["Fallnummer", "Klient-Nr.", "Aufnahme"], rows))
    assert profile.file[0].dates == ["%d/%m/%Y"]
    assert "Tag und Monat sind nicht zu unterscheiden: Aufnahme; bitte prüfen" in made.text


def test_unsure_lines_ask_to_be_checked(drafted, table):
    rows = [[f"F{i}", f"K{i}", f"0{1 + i % 9}.03.2024"] for i in range(40)]
    made, _ = drafted(table(["Feld 1", "Feld 2", "Feld 3"], rows))
    lines = [line for line in made.text.splitlines() if ' = "Feld ' in line]
    assert len(lines) >= 3
    assert all("# unsicher: Name sagt nichts" in line and "bitte prüfen" in line for line in lines)


CELLS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8))
def test_any_text_gives_a_draft_that_loads_or_one_clear_error(tmp_path, rows):
    path = tmp_path / "irgendwas.csv"
    path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    try:
        made = draft_profile([path], name="probe")
    except KimevalError as error:
        assert error.__cause__ is None
        return
    (tmp_path / "probe.toml").write_text(made.text, encoding="utf-8")
    assert load_profile(tmp_path, "probe").name == "probe"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(CELLS, min_size=3, max_size=3, unique_by=str.casefold))
def test_any_name_of_a_column_can_be_written_and_read_again(tmp_path, names):
    header = [*CASES, *(name.replace("\r", "").replace(";", "").replace('"', "") for name in names)]
    rows = [[f"F{i}", f"K{i}", f"0{1 + i % 9}.03.2023", "", "a", "b", "c"] for i in range(20)]
    path = tmp_path / "faelle.csv"
    path.write_text("\n".join(";".join(row) for row in [header, *rows]), encoding="utf-8")
    try:
        made = draft_profile([path], name="probe")
    except KimevalError:
        return
    (tmp_path / "probe.toml").write_text(made.text, encoding="utf-8")
    assert load_profile(tmp_path, "probe").file[0].table[-1].name == "cases"
