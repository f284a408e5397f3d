import codecs
import csv

import pandas as pd
import pytest

from kimeval.data.set_aside import in_german, names_back, write_set_aside

HEAD = ["Zeile", "Grund", "Spalte", "Hinweis", "Inhalt"]


def rows(*texts, hint="", column="Dauer"):
    return pd.DataFrame(
        {
            "line": range(2, len(texts) + 2),
            "reason": "number_invalid",
            "column": column,
            "hint": hint,
            "text": list(texts),
        }
    ).astype({"column": "str", "hint": "str", "text": "str"})


def read_back(path):
    with path.open(encoding="utf-8-sig", newline="") as content:
        return list(csv.reader(content, delimiter=";"))


def test_a_file_opens_in_a_spreadsheet_with_line_reason_column_hint_and_content(tmp_path):
    write_set_aside(tmp_path / "back", {"ki.csv": rows("7;Öl", hint="Erstberatung")})
    content = (tmp_path / "back" / "ki.csv").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    assert read_back(tmp_path / "back" / "ki.csv") == [
        HEAD,
        ["2", "Zahl ist nicht lesbar", "Dauer", "Erstberatung", "7;Öl"],
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_like_a_formula(tmp_path, sign):
    cell = f"{sign}cmd|' /C calc'!A1"
    write_set_aside(tmp_path / "back", {"ki.csv": rows(cell, hint=cell, column=cell)})
    held = read_back(tmp_path / "back" / "ki.csv")[1]
    assert held[2:] == ["'" + cell] * 3


def test_only_the_first_sign_of_a_cell_is_looked_at():
    assert in_german(rows("a=1", "", " =1"))["Inhalt"].tolist() == ["a=1", "", " =1"]


def test_quotes_separators_and_line_ends_survive(tmp_path):
    texts = ['"a";"b;c"', "eins\nzwei", "eins\r\nzwei", "eins\rzwei", "'=1", "Ä\u2028\u00a0ö"]
    write_set_aside(tmp_path / "back", {"ki.csv": rows(*texts)})
    assert [row[4] for row in read_back(tmp_path / "back" / "ki.csv")[1:]] == texts


def test_the_table_given_is_not_changed():
    given = rows("=1")
    in_german(given)
    assert given["text"].tolist() == ["=1"]


@pytest.mark.parametrize(
    ("delivered", "back"),
    [
        ("ki_faelle.csv", "ki_faelle.csv"),
        ("KI.CSV", "KI.CSV"),
        ("ki.xlsx", "ki.xlsx.csv"),
        ("verlauf.xes.gz", "verlauf.xes.gz.csv"),
        ("ohne", "ohne.csv"),
    ],
)
def test_the_file_to_send_back_is_named_after_the_delivered_one(delivered, back):
    assert names_back([delivered]) == {delivered: back}


def test_two_delivered_files_never_share_one_file():
    names = names_back(["ki.xlsx", "ki.xlsx.csv", "KI.xlsx"])
    assert names["ki.xlsx.csv"] == "ki.xlsx.csv"
    assert len({name.casefold() for name in names.values()}) == 3


def test_without_rows_nothing_is_made(tmp_path):
    write_set_aside(tmp_path / "back", {})
    assert list(tmp_path.iterdir()) == []
