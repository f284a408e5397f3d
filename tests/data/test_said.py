import pandas as pd
import pytest

from kimeval.data.ledger import ACCOUNTS, FINDINGS, table_of
from kimeval.data.profiles import FileSpec
from kimeval.data.said import rows_said

TABLE = {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "Aufnahme"}}
NUMBER = "Datensätze: ([0-9. ]+)"


def said(notes, rows=3, pattern=NUMBER) -> pd.DataFrame:
    spec = FileSpec(pattern="*", title="Fälle", table=[TABLE], rows_said=pattern)
    records = [{"file": "a.csv", "provider": "ki", "rows_in": rows}]
    numbers = dict.fromkeys([name for name, kind in ACCOUNTS.items() if kind == "int64"], 0)
    texts = {"title": "Fälle", "unit": "person", "only_active": False}
    accounts = table_of([numbers | texts | record for record in records], ACCOUNTS)
    return rows_said({"a.csv": notes}, accounts, spec)


@pytest.mark.parametrize(
    "notes",
    [[], ["Quelle: KI"], ["Datensätze: 3"], ["Datensätze: 9", "Stand", "Datensätze: 3"]],
)
def test_a_file_that_says_nothing_else_is_no_finding(notes):
    assert said(notes).equals(table_of([], FINDINGS))


@pytest.mark.parametrize(("text", "rows"), [("5", 2), ("1", 2), ("1.204", 1201), ("85 980", 85977)])
def test_another_number_is_a_finding_of_the_difference(text, rows):
    found = said([f"Export KI; Datensätze: {text} (Stand 15.10.)"])
    assert found.to_dict("records") == [
        {"provider": "ki", "table": "cases", "rule": "rows_said_differ", "rows": rows}
    ]


def test_without_a_pattern_nothing_is_looked_for():
    assert said(["Datensätze: 5"], pattern="").empty


@pytest.mark.parametrize("pattern", ["Datensätze: ([0-9]+)?", "Datensätze: ([a-z]*)"])
def test_a_pattern_without_a_number_finds_nothing(pattern):
    assert said(["Datensätze: keine"], pattern=pattern).empty
