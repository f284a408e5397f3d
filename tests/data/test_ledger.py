import datetime as dt
import json
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.core.errors import KimevalError, LedgerError
from kimeval.core.tabular import to_frame
from kimeval.data.clean import files as cleaning
from kimeval.data.clean.files import clean_rows, plain_columns
from kimeval.data.clean.rows import gather
from kimeval.data.ledger import ACCOUNTS, REASONS, TABLES, Ledger, rule_texts, table_of
from kimeval.data.profiles import FileSpec, Profile
from kimeval.data.read.text import read_text

ROW = {
    "file": "faelle.csv",
    "title": "Fälle",
    "provider": "ki",
    "unit": "person",
    "only_active": False,
    "lines": 10,
    "comment": 1,
    "header": 1,
    "blank": 1,
    "footer": 0,
    "total": 0,
    "hidden": 0,
    "rows_in": 7,
    "rows_kept": 4,
    "rows_merged": 1,
    "rows_set_aside": 2,
}
REASON = {"file": "faelle.csv", "column": "beendet am", "reason": "order_of_dates", "rows": 2}


def ledger(*reasons, **changes) -> Ledger:
    reasons = reasons or (REASON,)
    return Ledger(table_of([ROW | changes], ACCOUNTS), reasons=table_of(reasons, REASONS))


def test_seven_rows_are_four_kept_one_merged_and_two_set_aside():
    whole = ledger()
    assert whole.balanced() is whole


def test_an_empty_ledger_balances():
    assert Ledger().balanced().accounts.empty


@pytest.mark.parametrize(
    "name", ["rows_kept", "rows_merged", "rows_in", "lines", "blank", "total", "hidden"]
)
@pytest.mark.parametrize("by", [-1, 1])
def test_one_row_more_or_less_is_a_defect(name, by):
    with pytest.raises(LedgerError, match=r"they do not in faelle\.csv") as error:
        ledger(**{name: ROW[name] + by}).balanced()
    assert error.value.exit_code == 70


def test_two_faults_that_cancel_out_in_rows_are_found_by_the_reasons():
    with pytest.raises(LedgerError):
        ledger(rows_kept=5, rows_set_aside=1).balanced()


def test_a_row_set_aside_without_a_reason_is_a_defect():
    with pytest.raises(LedgerError):
        ledger({**REASON, "rows": 1}).balanced()
    with pytest.raises(LedgerError):
        ledger({**REASON, "file": "kontakte.csv"}).balanced()


def test_only_the_file_that_does_not_balance_is_named():
    other = ledger({**REASON, "file": "kontakte.csv"}, file="kontakte.csv", rows_kept=3)
    with pytest.raises(LedgerError, match=r"do not in kontakte\.csv\."):
        Ledger.together([ledger(), other]).balanced()


def test_ledgers_add_up_to_one():
    other = ledger({**REASON, "file": "kontakte.csv"}, file="kontakte.csv")
    together = Ledger.together([ledger(), Ledger(), other])
    assert together.balanced().accounts["file"].tolist() == ["faelle.csv", "kontakte.csv"]
    assert together.reasons["rows"].tolist() == [2, 2]


def test_a_ledger_takes_findings_and_keeps_the_rest():
    finding = {"provider": "ki", "table": "cases", "rule": "rows_said_differ", "rows": 3}
    whole = ledger()
    more = whole.extended(findings=table_of([finding], TABLES["findings"]))
    assert more.balanced().findings["rows"].tolist() == [3]
    assert more.accounts is whole.accounts
    assert whole.findings.empty


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_its_columns_and_types(name):
    assert getattr(Ledger(), name).dtypes.astype(str).to_dict() == TABLES[name]


def test_every_reason_and_finding_has_a_german_text():
    for kind in ("repairs", "reasons", "findings"):
        assert all(text and text == text.strip() for text in rule_texts()[kind].values())


@pytest.mark.parametrize("whole", [ledger(), Ledger()], ids=["filled", "empty"])
def test_a_ledger_survives_json(whole):
    again = Ledger.from_records(json.loads(json.dumps(whole.records())))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(whole, name))


SECRET = "GEHEIM123"
HEADER = "Person;Name;geboren;Geschlecht;AGS;Fall;Aufnahme;Ende;Personen"
GOOD = [SECRET, SECRET, "24.12.1990", "weiblich", "5370016", SECRET, "01.02.2024", "", "1"]
FORMS = {
    0: ["", "-", " ", "P1", "P2"],
    1: ["", "Geheimrat", '"mit ""Zitat"""', '"a\nb"'],
    2: ["", "31.02.1990", "1990", "32000", "24.12.1890", SECRET],
    3: ["w", "x", SECRET, ""],
    4: ["05370016", "5370999", "05370016.0", "8111000", SECRET],
    5: ["", "F1", "F2", f"{SECRET}\u00a0"],
    6: ["45000", "29.02.2023", "2024-02-01T00:00", SECRET, ""],
    7: ["31.01.2024", "01.02.2024", "01.01.2044", "60000", SECRET],
    8: ["0", "99", "1,5", "1.000", "-", "9" * 30, SECRET],
}
OTHERS = ["", ";" * 8, "# " + SECRET, "Quelle: " + SECRET, HEADER, SECRET, f'"{SECRET}']
broken = st.integers(0, 8).flatmap(
    lambda at: st.sampled_from(FORMS[at]).map(lambda form: [*GOOD[:at], form, *GOOD[at + 1 :]])
)
uneven = st.sampled_from([[*GOOD, ""], [*GOOD, SECRET], GOOD[:5], GOOD[:1]])
rows = st.one_of(st.just(GOOD), broken, broken, uneven).map(";".join)
files = st.lists(st.one_of(rows, rows, rows, st.sampled_from(OTHERS)), max_size=15)
SPEC = FileSpec(
    pattern="*.csv",
    title="Fälle",
    comment="#",
    dates=["%d.%m.%Y", "excel"],
    zero=["-"],
    link={"names": ["Name"], "birth_date": "geboren"},
    table=[
        {
            "name": "clients",
            "columns": {
                "client_id": "Person",
                "birth_year": {"column": "geboren", "take": "year"},
                "gender": "Geschlecht",
                "ags": "AGS",
            },
        },
        {
            "name": "cases",
            "columns": {
                "case_id": "Fall",
                "client_id": "Person",
                "opened_on": "Aufnahme",
                "closed_on": "Ende",
                "persons": "Personen",
            },
        },
    ],
)
PROFILE = Profile(name="klein", title="Klein", provider="ki", file=[SPEC])


def cleaned_files(paths):
    rows = gather([(path.name, read_text(path, SPEC)) for path in paths], plain_columns(SPEC))
    return rows, clean_rows(rows, SPEC, PROFILE, b"k" * 32, dt.date(2024, 10, 15))


@settings(deadline=None, max_examples=60)
@given(st.lists(files, min_size=1, max_size=2), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
def test_every_row_of_any_file_is_kept_merged_or_set_aside(tmp_path_factory, contents, encoding):
    folder = tmp_path_factory.getbasetemp()
    paths = [folder / f"faelle{number}.csv" for number in range(len(contents))]
    for path, lines in zip(paths, contents, strict=True):
        path.write_bytes("\r\n".join([HEADER, *lines, ""]).encode(encoding))
    try:
        rows, cleaned = cleaned_files(paths)
    except KimevalError as error:
        assert error.exit_code != LedgerError.exit_code
        assert SECRET not in str(error)
        assert "Geheimrat" not in str(error)
        return
    accounts = cleaned.ledger.accounts
    fates = accounts[["rows_kept", "rows_merged", "rows_set_aside"]].sum(axis=1)
    delivered = [file.rows + len(file.uneven) for file in rows.files]
    assert fates.tolist() == accounts["rows_in"].tolist() == delivered
    assert accounts["rows_kept"].sum() == len(cleaned.tables["cases"])
    assert accounts["rows_set_aside"].tolist() == [len(a) for a in cleaned.set_aside.values()]
    told = json.dumps(cleaned.ledger.records(), ensure_ascii=False)
    held = "".join(to_frame(name, table).to_csv() for name, table in cleaned.tables.items())
    assert SECRET not in told + held + repr(cleaned)
    assert "Geheimrat" not in told + held + repr(cleaned)


def test_cleaning_stops_where_a_line_of_the_file_is_not_accounted_for(tmp_path):
    path = tmp_path / "faelle.csv"
    path.write_text("\n".join([HEADER, ";".join(GOOD)]), encoding="utf-8")
    rows, cleaned = cleaned_files([path])
    assert cleaned.ledger.accounts["rows_kept"].tolist() == [1]
    more = replace(rows, files=[replace(rows.files[0], records=3)])
    with pytest.raises(LedgerError):
        clean_rows(more, SPEC, PROFILE, b"k" * 32, dt.date(2024, 10, 15))


def test_cleaning_stops_where_a_row_is_lost(tmp_path, monkeypatch):
    path = tmp_path / "faelle.csv"
    path.write_text("\n".join([HEADER, ";".join(GOOD), "P1;x", ""]), encoding="utf-8")
    aside = cleaning.rows_set_aside
    monkeypatch.setattr(
        cleaning, "rows_set_aside", lambda *a: {f: rows[:0] for f, rows in aside(*a).items()}
    )
    with pytest.raises(LedgerError, match=r"they do not in faelle\.csv"):
        cleaned_files([path])
