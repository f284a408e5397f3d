import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from kimeval.core import schema
from kimeval.data.clean import clean_files
from kimeval.data.profiles import FileSpec, Profile
from kimeval.data.pseudonyms import pseudonym
from kimeval.data.read import read_file

AS_OF = dt.date(2024, 10, 15)
KEY = b"k" * 32
HEADER = "Person;Haushalt;Nachname;Vorname;geboren;Geschlecht;Fall;Aufnahme;Ende"
ANNA = "P1;H1;Müller;Anna;24.12.1990;weiblich;F1;01.02.2024;"
OMAR = "P2;H1;Al-Hassan;Omar;01.01.1985;männlich;F2;02.02.2024;03.03.2024"
CLIENTS = {
    "name": "clients",
    "columns": {
        "client_id": "Person",
        "household_id": "Haushalt",
        "birth_year": {"column": "geboren", "take": "year"},
        "gender": "Geschlecht",
    },
}
CASES = {
    "name": "cases",
    "columns": {
        "case_id": "Fall",
        "client_id": "Person",
        "opened_on": "Aufnahme",
        "closed_on": "Ende",
    },
    "constants": {"baustein": "2", "persons": "1"},
}
LINK = {"names": ["Nachname", "Vorname"], "birth_date": "geboren"}


def spec(**settings) -> FileSpec:
    fields = {"pattern": "*.csv", "title": "Fälle", "table": [CLIENTS, CASES], "link": LINK}
    return FileSpec(**{**fields, **settings})


@pytest.fixture
def clean(tmp_path):
    """Write files of one kind, read and clean them."""

    def write_and_clean(*files, header=HEADER, provider="ki", key=KEY, **settings):
        of = spec(**settings)
        raws = []
        for number, rows in enumerate(files, 1):
            path = tmp_path / f"faelle{number}.csv"
            path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
            raws.append(read_file(path, of))
        profile = Profile(name="klein", title="Klein", provider=provider, file=[of])
        return clean_files(raws, of, profile, key, AS_OF)

    return write_and_clean


def account(cleaned, file=0) -> tuple[int, ...]:
    """Rows in, kept, merged and set aside."""
    row = cleaned.ledger.accounts.iloc[file]
    return tuple(int(row[f"rows_{what}"]) for what in ("in", "kept", "merged", "set_aside"))


def repairs(cleaned) -> dict[tuple[str, str], int]:
    made = cleaned.ledger.repairs
    return dict(zip(zip(made["column"], made["rule"], strict=True), made["cells"], strict=True))


def test_two_good_rows_give_two_persons_and_two_cases(clean):
    cleaned = clean([ANNA, OMAR])
    assert account(cleaned) == (2, 2, 0, 0)
    assert cleaned.tables["clients"]["birth_year"].tolist() == [1990, 1985]
    assert cleaned.tables["clients"]["gender"].tolist() == ["female", "male"]
    cases = cleaned.tables["cases"]
    assert cases["opened_on"].tolist() == [pd.Timestamp(2024, 2, 1), pd.Timestamp(2024, 2, 2)]
    assert cases["closed_on"].isna().tolist() == [True, False]


@pytest.mark.parametrize("name", ["clients", "cases"])
def test_cleaned_tables_keep_the_declaration(clean, name):
    table = clean([ANNA, OMAR]).tables[name]
    schema.check(name, table)
    assert table.dtypes.equals(schema.empty(name).dtypes)


def test_a_header_alone_gives_empty_tables(clean):
    cleaned = clean([])
    assert account(cleaned) == (0, 0, 0, 0)
    for name in ("clients", "cases"):
        assert schema.check(name, cleaned.tables[name]).empty


def test_constants_fill_every_row(clean):
    cases = clean([ANNA, OMAR]).tables["cases"]
    assert cases["baustein"].tolist() == ["2", "2"]
    assert cases["persons"].tolist() == [1, 1]


def test_provider_and_source_stand_with_each_row(clean):
    cases = clean([ANNA], [OMAR], provider="drk").tables["cases"]
    assert cases["provider"].tolist() == ["drk", "drk"]
    assert cases["source"].tolist() == ["faelle1.csv", "faelle2.csv"]


@pytest.mark.parametrize("unit", ["person", "household"])
def test_cases_count_in_the_unit_of_their_file(clean, unit):
    cleaned = clean([ANNA], unit=unit)
    assert cleaned.tables["cases"]["unit"].tolist() == [unit]
    assert cleaned.ledger.accounts["unit"].tolist() == [unit]


def test_a_row_repeated_in_a_second_file_is_merged_and_counted_there(clean):
    cleaned = clean([ANNA, OMAR], [ANNA, ANNA.replace("F1", "F3")])
    assert account(cleaned, 0) == (2, 2, 0, 0)
    assert account(cleaned, 1) == (2, 1, 1, 0)
    assert len(cleaned.tables["cases"]) == 3
    assert len(cleaned.tables["clients"]) == 2


def test_files_of_one_kind_may_order_their_columns_otherwise(tmp_path):
    of = spec(link=None)
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ANNA}\n", encoding="utf-8")
    turned = ";".join(reversed(HEADER.split(";")))
    row = ";".join(reversed(OMAR.replace("02.02.2024", "31.02.2024").split(";")))
    (tmp_path / "b.csv").write_text(f"{turned}\n{row}\n", encoding="utf-8")
    raws = [read_file(tmp_path / name, of) for name in ("a.csv", "b.csv")]
    profile = Profile(name="klein", title="Klein", provider="ki", file=[of])
    cleaned = clean_files(raws, of, profile, KEY, AS_OF)
    assert cleaned.set_aside["b.csv"]["text"].tolist() == [row]


def test_a_person_whose_details_differ_takes_the_last_row_and_is_counted(clean):
    cleaned = clean([ANNA, ANNA.replace("weiblich", "divers").replace("F1", "F3")])
    assert cleaned.tables["clients"]["gender"].tolist() == ["diverse"]
    assert repairs(cleaned)["Personen", "attributes_differ"] == 1


def test_the_last_row_holds_even_where_it_returns_to_the_first(clean):
    second = ANNA.replace("weiblich", "divers").replace("F1", "F3")
    cleaned = clean([ANNA, second, ANNA.replace("F1", "F4")])
    assert cleaned.tables["clients"]["gender"].tolist() == ["female"]
    assert repairs(cleaned)["Personen", "attributes_differ"] == 1


def test_a_person_of_two_equal_rows_is_no_repair(clean):
    cleaned = clean([ANNA, ANNA.replace("F1", "F3")])
    assert ("Personen", "attributes_differ") not in repairs(cleaned)
    assert len(cleaned.tables["clients"]) == 1


def test_a_person_known_from_a_set_aside_row_only_is_not_kept(clean):
    cleaned = clean([ANNA, OMAR.replace("02.02.2024", "31.02.2024")])
    assert len(cleaned.tables["clients"]) == 1


def test_a_repair_of_a_column_that_feeds_two_tables_is_counted_once(clean):
    cleaned = clean([ANNA.replace("P1", "P1\u00a0")])
    made = cleaned.ledger.repairs
    assert made.loc[made["rule"] == "spaces", "cells"].tolist() == [1]


def test_repairs_are_counted_by_file_column_and_rule(clean):
    third = OMAR.replace("F2", "F3").replace("männlich", "male")
    assert clean([ANNA, OMAR], [third]).ledger.repairs.to_numpy().tolist() == [
        ["faelle1.csv", "Geburtsjahr", "year_of_date", 2],
        ["faelle2.csv", "Geburtsjahr", "year_of_date", 1],
        ["faelle1.csv", "Geschlecht", "code_label", 2],
    ]


def test_set_aside_rows_hold_line_reason_column_and_text(clean):
    bad = OMAR.replace("02.02.2024", "31.02.2024")
    aside = clean([ANNA, "P9;x", bad]).set_aside["faelle1.csv"]
    assert aside.to_dict("records") == [
        {"line": 3, "reason": "row_too_short", "column": "", "text": "P9;x"},
        {"line": 4, "reason": "date_invalid", "column": "aufgenommen am", "text": bad},
    ]


def test_reasons_add_up_to_the_rows_set_aside(clean):
    bad = OMAR.replace("02.02.2024", "31.02.2024")
    reasons = clean([bad, bad.replace("F2", "F3"), "P9;x"]).ledger.reasons
    assert reasons[["column", "reason", "rows"]].to_numpy().tolist() == [
        ["aufgenommen am", "date_invalid", 2],
        ["", "row_too_short", 1],
    ]


def test_identifiers_become_pseudonyms_that_join_tables(clean):
    tables = clean([ANNA, OMAR]).tables
    expected = [pseudonym(KEY, "ki", "client_id", number) for number in ("P1", "P2")]
    assert tables["clients"]["client_id"].tolist() == expected
    assert tables["cases"]["client_id"].tolist() == expected
    assert len(set(tables["clients"]["household_id"])) == 1


def test_equal_numbers_of_two_providers_are_two_pseudonyms(clean):
    numbers = [clean([ANNA], provider=p).tables["cases"]["client_id"][0] for p in ("ki", "drk")]
    assert numbers[0] != numbers[1]


def test_a_missing_identifier_stays_missing(clean):
    rows = [ANNA.replace("H1", ""), OMAR.replace("H1", "")]
    assert clean(rows).tables["clients"]["household_id"].isna().tolist() == [True, True]


def person(cleaned) -> str:
    return cleaned.tables["clients"]["person_id"][0]


def test_one_person_is_recognised_across_providers_and_spellings(clean):
    here = person(clean([ANNA]))
    there = "K77;;MUELLER;anna;24.12.1990;weiblich;D5;01.03.2024;"
    assert person(clean([there], provider="drk")) == here
    assert person(clean([there.replace("MUELLER", "MULLER")], provider="drk")) != here
    assert person(clean([there.replace("24.12", "25.12")], provider="drk")) != here
    assert person(clean([there], provider="drk", key=b"m" * 32)) != here


@pytest.mark.parametrize("birth", ["33231", "1990-12-24", "1990-12-24T00:00"])
def test_a_birth_date_is_the_same_in_every_form(clean, birth):
    dates = ["%d.%m.%Y", "%Y-%m-%d", "excel"]
    there = clean([ANNA.replace("24.12.1990", birth)], provider="drk", dates=dates)
    assert person(there) == person(clean([ANNA]))


@pytest.mark.parametrize(
    ("found", "changed"),
    [("24.12.1990", ""), ("24.12.1990", "-"), ("24.12.1990", "1990"), ("Müller;Anna", "k. A.;-")],
)
def test_without_name_or_birth_date_a_person_is_the_providers_own(clean, found, changed):
    row = ANNA.replace(found, changed)
    cleaned = clean([row, row.replace("P1", "P7").replace("F1", "F7")], missing=["-", "k. A."])
    clients = cleaned.tables["clients"]
    assert clients["person_id"].tolist() == clients["client_id"].tolist()
    assert clients["person_id"].nunique() == 2


def test_without_a_link_a_person_is_the_providers_own(clean):
    clients = clean([ANNA], link=None).tables["clients"]
    assert clients["person_id"].tolist() == clients["client_id"].tolist()


def test_nothing_of_names_birth_dates_and_numbers_is_in_the_tables(clean):
    rows = [
        "GEHEIM-P1;GEHEIM-H1;Geheimrat;Geheime;24.12.1990;weiblich;GEHEIM-F1;01.02.2024;",
        "GEHEIM-P2;GEHEIM-H1;GEHEIM;Ge\u0302heim;01.01.1985;divers;GEHEIM-F2;02.02.2024;",
    ]
    cleaned = clean(rows)
    frames = [*cleaned.tables.values(), cleaned.ledger.accounts, cleaned.ledger.repairs]
    held = "\n".join(str(cell) for frame in frames for cell in frame.to_numpy().ravel())
    assert "geheim" not in held.casefold()
    assert "12.1990" not in held
    assert "1990-12-24" not in held
    assert "female" in held


def test_a_cleaned_kind_shows_no_row(clean):
    cleaned = clean([ANNA, "P9;Geheimrat"])
    assert "Geheimrat" not in repr(cleaned)
    assert "Müller" not in repr(cleaned)


FUNDS = {
    "name": "funds",
    "columns": {
        "programme": "Programm",
        "rule": "Tatbestand",
        "period_from": "von",
        "granted_eur": "bewilligt",
    },
}


def test_euros_are_exact_to_the_cent_and_odd_ones_set_aside(clean):
    rows = [
        "KIM;Stellen;01.01.2024;2.124,30",
        "KIM;Sachkosten;01.01.2024;85\u2009980",
        "KIM;Reise;01.01.2024;1,005",
        "KIM;Gäste;01.01.2024;9.999.999.999.999",
        "KIM;Rest;01.01.2024;",
    ]
    cleaned = clean(rows, header="Programm;Tatbestand;von;bewilligt", table=[FUNDS], link=None)
    granted = cleaned.tables["funds"]["granted_eur"]
    assert granted.tolist()[:2] == [Decimal("2124.30"), Decimal("85980.00")]
    assert granted.isna().tolist() == [False, False, True]
    assert account(cleaned) == (5, 3, 0, 2)
    assert set(cleaned.ledger.reasons["reason"]) == {"number_invalid", "number_out_of_range"}


def test_a_sign_of_nothing_below_the_least_value_sets_the_row_aside(clean):
    columns = {"case_id": "Fall", "opened_on": "Aufnahme", "persons": "Personen"}
    cleaned = clean(
        ["F1;01.02.2024;-", "F2;01.02.2024;4"],
        header="Fall;Aufnahme;Personen",
        table=[{"name": "cases", "columns": columns}],
        link=None,
        zero=["-"],
    )
    assert account(cleaned) == (2, 1, 0, 1)
    assert schema.check("cases", cleaned.tables["cases"])["persons"].tolist() == [4]


def test_text_that_looks_like_a_value_stays_text(clean):
    rows = ["2;007;01.01.2024", "2;NA;01.01.2024", "2;nan;01.01.2024"]
    columns = {"baustein": "Baustein", "held_by": "Träger", "valid_from": "ab"}
    table = [{"name": "posts", "columns": columns}]
    cleaned = clean(rows, header="Baustein;Träger;ab", table=table, link=None)
    assert cleaned.tables["posts"]["held_by"].tolist() == ["007", "NA", "nan"]


def test_a_date_up_to_five_years_behind_the_delivery_is_possible(clean):
    cleaned = clean([ANNA + "15.10.2029", OMAR.replace("03.03.2024", "16.10.2029")])
    assert account(cleaned) == (2, 1, 0, 1)
    assert cleaned.ledger.reasons["reason"].tolist() == ["date_out_of_range"]
