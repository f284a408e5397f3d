import pandas as pd
import pytest

from kimeval.data.clean import accounts
from kimeval.data.ledger import ACCOUNTS

from .exports import ANNA, OMAR, account, repairs


def aside(cleaned, file="faelle1.csv") -> pd.DataFrame:
    return cleaned.set_aside[file]


def test_every_line_of_a_file_is_in_its_account(clean):
    rows = ["# Stand", ANNA, "", OMAR, "P9;x", "Summe;2", "Quelle: KI"]
    cleaned = clean(rows, comment="#", totals=["Summe"])
    row = cleaned.ledger.accounts.iloc[0].to_dict()
    assert row == {
        "file": "faelle1.csv",
        "title": "Fälle",
        "provider": "ki",
        "unit": "person",
        "only_active": False,
        "lines": 8,
        "comment": 1,
        "header": 1,
        "blank": 1,
        "footer": 1,
        "total": 1,
        "hidden": 0,
        "rows_in": 3,
        "rows_kept": 2,
        "rows_merged": 0,
        "rows_set_aside": 1,
    }
    assert list(row) == list(ACCOUNTS)


def test_an_export_of_active_cases_says_so_in_its_account(clean):
    assert clean([ANNA], only_active=True).ledger.accounts["only_active"].tolist() == [True]


def test_cells_behind_the_last_column_are_counted_by_row(clean):
    assert repairs(clean([f"{ANNA};;", OMAR]))["", "trailing_cells"] == 1


def test_a_repair_is_counted_in_every_row_and_file_that_holds_its_text(clean):
    rows = [ANNA, ANNA.replace("F1", "F3"), OMAR]
    made = clean(rows, [ANNA.replace("F1", "F4")]).ledger.repairs
    labels = made[made["rule"] == "code_label"]
    assert dict(zip(labels["file"], labels["cells"], strict=True)) == {
        "faelle1.csv": 3,
        "faelle2.csv": 1,
    }


def test_repairs_of_a_column_of_numbers_of_rows_are_counted_by_file(clean):
    """Numbers of rows are kept as they come, one text per row."""
    made = clean([ANNA.replace("F1", "F1 ")], [OMAR.replace("F2", " F2"), ANNA]).ledger.repairs
    spaces = made[(made["rule"] == "spaces") & (made["column"] == "Fallnummer")]
    assert spaces[["file", "cells"]].to_numpy().tolist() == [["faelle1.csv", 1], ["faelle2.csv", 1]]


@pytest.mark.parametrize(
    ("found", "hint"),
    [("weiblch", "weiblich"), ("Weiblisch", "weiblich"), ("mänlich", "männlich"), ("?", "")],
)
def test_an_unknown_code_comes_with_the_nearest_label(clean, found, hint):
    held = aside(clean([ANNA, OMAR.replace("männlich", found)]))
    assert held[["reason", "hint"]].to_numpy().tolist() == [["code_unknown", hint]]


def test_each_unknown_text_is_compared_once(clean, monkeypatch):
    seen = []
    nearest = accounts.nearest_code
    monkeypatch.setattr(
        accounts, "nearest_code", lambda text, how: seen.append(text) or nearest(text, how)
    )
    rows = [ANNA.replace("weiblich", "weiblch").replace("F1", f"F{n}") for n in range(50)]
    held = aside(clean([*rows, OMAR.replace("männlich", "mänlich")]))
    assert sorted(seen) == ["mänlich", "weiblch"]
    assert held["hint"].tolist() == ["weiblich"] * 50 + ["männlich"]


def test_hints_of_two_columns_are_not_mixed_up(clean):
    columns = {"client_id": "P", "gender": "G", "language_level": "S"}
    clients = {"name": "clients", "columns": columns}
    held = aside(
        clean(["P1;weiblih;", "P2;;B1.", "P3;weiblih;"], header="P;G;S", table=[clients], link=None)
    )
    assert held[["column", "hint"]].to_numpy().tolist() == [
        ["Geschlecht", "weiblich"],
        ["Sprachstand bei Aufnahme", "B1"],
        ["Geschlecht", "weiblich"],
    ]


def test_other_reasons_have_no_hint(clean):
    bad = [ANNA.replace("01.02.2024", "x"), "P9;weiblich"]
    assert aside(clean(bad))["hint"].tolist() == ["", ""]


def test_rows_set_aside_stand_in_the_order_of_the_lines(clean):
    rows = ["P8", ANNA.replace("01.02.2024", "x"), "P9", OMAR.replace("02.02.2024", "x")]
    held = aside(clean(rows))
    assert held["line"].tolist() == [2, 3, 4, 5]
    assert account(clean(rows)) == (4, 0, 0, 4)


def test_a_conflict_names_no_column(clean):
    held = aside(clean([ANNA, ANNA.replace("01.02.2024", "02.02.2024")]))
    assert held[["reason", "column"]].to_numpy().tolist() == [["key_conflict", ""]]
