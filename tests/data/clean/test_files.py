import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from kimeval.core import schema
from kimeval.core.tabular import check_table, to_frame
from kimeval.data.clean.files import latest_day, plain_columns
from kimeval.data.pseudonyms import pseudonym

from .exports import ANNA, CASES, CLIENTS, HEADER, KEY, OMAR, account, clean_files, repairs, spec


def table(cleaned, name):
    return to_frame(name, cleaned.tables[name])


def test_two_good_rows_give_two_persons_and_two_cases(clean):
    cleaned = clean([ANNA, OMAR])
    assert account(cleaned) == (2, 2, 0, 0)
    assert table(cleaned, "clients")["birth_year"].tolist() == [1990, 1985]
    assert table(cleaned, "clients")["gender"].tolist() == ["female", "male"]
    cases = table(cleaned, "cases")
    assert cases["opened_on"].tolist() == [pd.Timestamp(2024, 2, 1), pd.Timestamp(2024, 2, 2)]
    assert cases["closed_on"].isna().tolist() == [True, False]


@pytest.mark.parametrize("name", ["clients", "cases"])
def test_cleaned_tables_keep_the_declaration(clean, name):
    cleaned = clean([ANNA, OMAR])
    check_table(name, cleaned.tables[name])
    frame = schema.check(name, table(cleaned, name))
    assert frame.dtypes.equals(schema.empty(name).dtypes)


def test_a_header_alone_gives_empty_tables(clean):
    cleaned = clean([])
    assert account(cleaned) == (0, 0, 0, 0)
    for name in ("clients", "cases"):
        assert schema.check(name, table(cleaned, name)).empty


def test_constants_fill_every_row(clean):
    cases = table(clean([ANNA, OMAR]), "cases")
    assert cases["baustein"].tolist() == ["2", "2"]
    assert cases["persons"].tolist() == [1, 1]


def test_provider_and_source_stand_with_each_row(clean):
    cases = table(clean([ANNA], [OMAR], provider="drk"), "cases")
    assert cases["provider"].tolist() == ["drk", "drk"]
    assert cases["source"].tolist() == ["faelle1.csv", "faelle2.csv"]


@pytest.mark.parametrize("unit", ["person", "household"])
def test_cases_count_in_the_unit_of_their_file(clean, unit):
    cleaned = clean([ANNA], unit=unit)
    assert table(cleaned, "cases")["unit"].tolist() == [unit]
    assert cleaned.ledger.accounts["unit"].tolist() == [unit]


def test_a_row_repeated_in_a_second_file_is_merged_and_counted_there(clean):
    cleaned = clean([ANNA, OMAR], [ANNA, ANNA.replace("F1", "F3")])
    assert account(cleaned, 0) == (2, 2, 0, 0)
    assert account(cleaned, 1) == (2, 1, 1, 0)
    assert len(table(cleaned, "cases")) == 3
    assert len(table(cleaned, "clients")) == 2


def test_files_of_one_kind_may_order_their_columns_otherwise(tmp_path):
    of = spec(link=None)
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ANNA}\n", encoding="utf-8")
    turned = ";".join(reversed(HEADER.split(";")))
    row = ";".join(reversed(OMAR.split(";")))
    (tmp_path / "b.csv").write_text(f"{turned}\n{row}\n", encoding="utf-8")
    cleaned = clean_files([tmp_path / "a.csv", tmp_path / "b.csv"], of)
    assert table(cleaned, "clients")["gender"].tolist() == ["female", "male"]


def test_rows_set_aside_are_sent_back_in_the_order_of_their_own_file(tmp_path):
    of = spec(link=None)
    bad = ANNA.replace("01.02.2024", "31.02.2024")
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{bad}\n", encoding="utf-8")
    turned = ";".join(["Notiz", *reversed(HEADER.split(";"))])
    row = ";".join(["ruft an", *reversed(OMAR.replace("02.02.2024", "x").split(";"))])
    (tmp_path / "b.csv").write_text(f"{turned}\n{row}\n", encoding="utf-8")
    aside = clean_files([tmp_path / "a.csv", tmp_path / "b.csv"], of).set_aside
    assert aside["a.csv"]["text"].tolist() == [bad]
    assert aside["b.csv"]["text"].tolist() == [row]


def test_a_person_whose_details_differ_takes_the_last_row_and_is_counted(clean):
    cleaned = clean([ANNA, ANNA.replace("weiblich", "divers").replace("F1", "F3")])
    assert table(cleaned, "clients")["gender"].tolist() == ["diverse"]
    assert repairs(cleaned)["Personen", "attributes_differ"] == 1


def test_the_last_row_holds_even_where_it_returns_to_the_first(clean):
    second = ANNA.replace("weiblich", "divers").replace("F1", "F3")
    cleaned = clean([ANNA, second, ANNA.replace("F1", "F4")])
    assert table(cleaned, "clients")["gender"].tolist() == ["female"]
    assert repairs(cleaned)["Personen", "attributes_differ"] == 1


def test_a_person_of_two_equal_rows_is_no_repair(clean):
    cleaned = clean([ANNA, ANNA.replace("F1", "F3")])
    assert ("Personen", "attributes_differ") not in repairs(cleaned)
    assert len(table(cleaned, "clients")) == 1


def test_a_person_known_from_a_set_aside_row_only_is_not_kept(clean):
    cleaned = clean([ANNA, OMAR.replace("02.02.2024", "31.02.2024")])
    assert len(table(cleaned, "clients")) == 1


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
        {"line": 3, "reason": "row_too_short", "column": "", "hint": "", "text": "P9;x"},
        {"line": 4, "reason": "date_invalid", "column": "aufgenommen am", "hint": "", "text": bad},
    ]


def test_reasons_add_up_to_the_rows_set_aside(clean):
    bad = OMAR.replace("02.02.2024", "31.02.2024")
    reasons = clean([bad, bad.replace("F2", "F3"), "P9;x"]).ledger.reasons
    assert reasons[["column", "reason", "rows"]].to_numpy().tolist() == [
        ["aufgenommen am", "date_invalid", 2],
        ["", "row_too_short", 1],
    ]


def test_identifiers_become_pseudonyms_that_join_tables(clean):
    cleaned = clean([ANNA, OMAR])
    clients = table(cleaned, "clients")
    expected = [pseudonym(KEY, "ki", "client_id", number) for number in ("P1", "P2")]
    assert clients["client_id"].tolist() == expected
    assert table(cleaned, "cases")["client_id"].tolist() == expected
    assert len(set(clients["household_id"])) == 1


def test_equal_numbers_of_two_providers_are_two_pseudonyms(clean):
    numbers = [table(clean([ANNA], provider=p), "cases")["client_id"][0] for p in ("ki", "drk")]
    assert numbers[0] != numbers[1]


def test_a_missing_identifier_stays_missing(clean):
    rows = [ANNA.replace("H1", ""), OMAR.replace("H1", "")]
    assert table(clean(rows), "clients")["household_id"].isna().tolist() == [True, True]


def test_nothing_of_names_birth_dates_and_numbers_is_in_the_tables(clean):
    rows = [
        "GEHEIM-P1;GEHEIM-H1;Geheimrat;Geheime;24.12.1990;weiblich;GEHEIM-F1;01.02.2024;",
        "GEHEIM-P2;GEHEIM-H1;GEHEIM;Ge\u0302heim;01.01.1985;divers;GEHEIM-F2;02.02.2024;",
    ]
    cleaned = clean(rows)
    tables = [table(cleaned, name) for name in cleaned.tables]
    frames = [*tables, cleaned.ledger.accounts, cleaned.ledger.repairs]
    held = "\n".join(str(cell) for frame in frames for cell in frame.to_numpy().ravel())
    assert "geheim" not in held.casefold()
    assert "12.1990" not in held
    assert "1990-12-24" not in held
    assert "female" in held


def test_names_are_held_for_linkage_only_and_shown_nowhere(clean):
    cleaned = clean([ANNA])
    assert cleaned.people[["family", "given"]].to_numpy().tolist() == [["Müller", "Anna"]]
    assert "people" not in repr(cleaned)
    assert clean([ANNA], link=None).people.empty


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
    granted = table(cleaned, "funds")["granted_eur"]
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
    assert schema.check("cases", table(cleaned, "cases"))["persons"].tolist() == [4]


def test_text_that_looks_like_a_value_stays_text(clean):
    rows = ["2;007;01.01.2024", "2;NA;01.01.2024", "2;nan;01.01.2024"]
    columns = {"baustein": "Baustein", "held_by": "Träger", "valid_from": "ab"}
    posts = {"name": "posts", "columns": columns}
    cleaned = clean(rows, header="Baustein;Träger;ab", table=[posts], link=None)
    assert table(cleaned, "posts")["held_by"].tolist() == ["007", "NA", "nan"]


def test_a_date_up_to_five_years_behind_the_delivery_is_possible(clean):
    cleaned = clean([ANNA + "15.10.2029", OMAR.replace("03.03.2024", "16.10.2029")])
    assert account(cleaned) == (2, 1, 0, 1)
    assert cleaned.ledger.reasons["reason"].tolist() == ["date_out_of_range"]


@pytest.mark.parametrize(
    ("day", "latest"),
    [(dt.date(2024, 10, 15), dt.date(2029, 10, 15)), (dt.date(2024, 2, 29), dt.date(2029, 2, 28))],
)
def test_the_latest_possible_day_exists(day, latest):
    assert latest_day(day) == latest


def test_numbers_of_single_rows_and_ignored_texts_are_not_told_apart():
    assert plain_columns(spec(ignore=["Notiz"])) == {"Fall", "Notiz"}
    assert plain_columns(spec(identity="clients")) == {"Person"}
    columns = {"client_id": "Person", "valid_from": "ab", "sphere": "Kreis"}
    spheres = {"name": "legal_spheres", "columns": columns}
    assert plain_columns(spec(table=[CLIENTS, spheres])) == frozenset()


def test_a_column_feeds_two_identifiers_with_a_pseudonym_each(clean):
    clients = {"name": "clients", "columns": {"client_id": "Person", "household_id": "Person"}}
    held = table(clean([ANNA], table=[clients, CASES]), "clients").iloc[0]
    assert held["client_id"] == pseudonym(KEY, "ki", "client_id", "P1")
    assert held["household_id"] == pseudonym(KEY, "ki", "household_id", "P1")


def test_a_constant_identifier_is_a_pseudonym_too(clean):
    cases = {**CASES, "constants": {"household_id": "Heim 4"}}
    held = table(clean([ANNA], table=[cases]), "cases")["household_id"]
    assert held.tolist() == [pseudonym(KEY, "ki", "household_id", "Heim 4")]


def test_constants_take_the_type_of_their_column(clean):
    columns = {"programme": "Programm", "rule": "Tatbestand"}
    constants = {"period_from": "2024-01-01", "granted_eur": "55000.50"}
    funds = {"name": "funds", "columns": columns, "constants": constants}
    cleaned = clean(["KIM;Stellen"], header="Programm;Tatbestand", table=[funds], link=None)
    held = table(cleaned, "funds").iloc[0]
    assert held["period_from"] == pd.Timestamp(2024, 1, 1)
    assert held["granted_eur"] == Decimal("55000.50")


def test_a_file_that_says_another_number_of_rows_is_a_finding(clean):
    said = {"comment": "#", "rows_said": "Datensätze: ([0-9.]+)"}
    assert clean([ANNA, "# Datensätze: 1"], **said).said.empty
    found = clean([ANNA, "# Datensätze: 1.204"], **said).said
    assert found.to_dict("records") == [
        {"provider": "ki", "table": "cases", "rule": "rows_said_differ", "rows": 1203}
    ]
