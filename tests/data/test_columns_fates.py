import datetime as dt

import pandas as pd
import pytest

from kimeval.core import schema
from kimeval.data.columns import read_column
from kimeval.data.fates import KEPT, MERGED, SET_ASIDE, decide
from kimeval.data.profiles import FileSpec

LATEST = dt.date(2029, 10, 15)
CLIENTS = {
    "name": "clients",
    "columns": {"client_id": "Person", "gender": "Geschlecht"},
    "codes": {"gender": {"w": "female", "m": "male"}},
}
CASES = {
    "name": "cases",
    "columns": {
        "case_id": "Fall",
        "client_id": "Person",
        "opened_on": "Aufnahme",
        "closed_on": "Ende",
    },
}
HEADER = ["Person", "Geschlecht", "Fall", "Aufnahme", "Ende"]
GOOD = ["P1", "w", "F1", "01.02.2024", "03.04.2024"]


def spec(*tables, **settings) -> FileSpec:
    fed = list(tables) or [CLIENTS, CASES]
    return FileSpec(pattern="*.csv", title="Fälle", table=fed, **settings)


def table_of(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=HEADER, dtype="str")


def changed(**cells) -> list[str]:
    return [cells.get(name, text) for name, text in zip(HEADER, GOOD, strict=True)]


def fates_of(*rows, of=None):
    of = of or spec()
    cells = table_of(rows)
    read = {
        fed.name: {c: read_column(cells, c, fed, of, LATEST) for c in fed.columns}
        for fed in of.table
    }
    typed = {
        name: pd.DataFrame(
            {c: r.cells.astype(schema.table(name).column(c).dtype) for c, r in columns.items()},
            index=range(len(cells)),
        )
        for name, columns in read.items()
    }
    return decide(cells, read, typed, of)


def test_a_column_reads_each_distinct_text_once():
    cells = table_of([changed(Geschlecht=g) for g in ("w", "m", "w", "x", "w")])
    column = read_column(cells, "gender", spec().table[0], spec(), LATEST)
    assert column.cells.tolist() == ["female", "male", "female", None, "female"]
    assert column.reasons.tolist() == [None, None, None, "code_unknown", None]
    assert column.codes.tolist() == [0, 1, 0, 2, 0]
    assert column.rules == [("code_mapped",), ("code_mapped",), ()]


def test_a_column_without_rows_is_read():
    column = read_column(table_of([]), "gender", spec().table[0], spec(), LATEST)
    assert (len(column.cells), len(column.reasons), column.rules) == (0, 0, [])


def test_an_empty_cell_is_missing_even_where_the_profile_forgets_it():
    of = spec(missing=["-"])
    cells = table_of([changed(Geschlecht=""), changed(Geschlecht="-")])
    column = read_column(cells, "gender", of.table[0], of, LATEST)
    assert column.cells.isna().tolist() == [True, True]
    assert column.reasons.tolist() == [None, None]


def test_a_good_row_is_kept_and_feeds_both_tables():
    fates = fates_of(GOOD)
    assert fates.fate.tolist() == [KEPT]
    assert fates.reason.tolist() == [None]
    assert {name: feeds.tolist() for name, feeds in fates.feeds.items()} == {
        "clients": [True],
        "cases": [True],
    }


@pytest.mark.parametrize(
    ("cells", "reason", "column"),
    [
        ({"Fall": ""}, "missing_required", "Fallnummer"),
        ({"Person": " "}, "missing_required", "Personennummer beim Träger"),
        ({"Aufnahme": "31.02.2023"}, "date_invalid", "aufgenommen am"),
        ({"Ende": "01.01.2035"}, "date_out_of_range", "beendet am"),
        ({"Geschlecht": "weibl."}, "code_unknown", "Geschlecht"),
        ({"Ende": "31.01.2024"}, "order_of_dates", "beendet am"),
    ],
)
def test_a_row_is_set_aside_with_reason_and_german_column(cells, reason, column):
    fates = fates_of(GOOD, changed(Fall="F2") if "Fall" not in cells else GOOD, changed(**cells))
    assert fates.fate[2] == SET_ASIDE
    assert (fates.reason[2], fates.column[2]) == (reason, column)


def test_an_unreadable_required_cell_says_why_and_not_that_it_is_missing():
    assert fates_of(changed(Aufnahme="gestern")).reason.tolist() == ["date_invalid"]


def test_the_first_fault_of_a_row_is_the_one_that_counts():
    fates = fates_of(changed(Geschlecht="x", Aufnahme="x", Fall=""))
    assert (fates.reason[0], fates.column[0]) == ("code_unknown", "Geschlecht")


def test_an_end_on_the_day_of_the_beginning_is_in_order():
    assert fates_of(changed(Ende="01.02.2024")).fate.tolist() == [KEPT]


def test_a_missing_end_is_in_order():
    assert fates_of(changed(Ende="")).fate.tolist() == [KEPT]


def test_a_repeated_row_is_merged_into_the_first():
    assert fates_of(GOOD, changed(Fall="F2"), GOOD, GOOD).fate.tolist() == [
        KEPT,
        KEPT,
        MERGED,
        MERGED,
    ]


def test_a_bad_row_repeated_is_set_aside_twice_and_not_merged():
    bad = changed(Aufnahme="31.02.2023")
    fates = fates_of(bad, bad)
    assert fates.fate.tolist() == [SET_ASIDE, SET_ASIDE]
    assert fates.reason.tolist() == ["date_invalid", "date_invalid"]


def test_a_number_that_comes_again_with_other_contents_is_a_conflict():
    fates = fates_of(GOOD, changed(Ende="05.05.2024"))
    assert fates.fate.tolist() == [KEPT, SET_ASIDE]
    assert fates.reason.tolist() == [None, "key_conflict"]


def test_a_row_set_aside_does_not_claim_its_number():
    fates = fates_of(changed(Aufnahme="x"), GOOD)
    assert fates.fate.tolist() == [SET_ASIDE, KEPT]


def test_a_conflict_repeated_is_two_conflicts_and_no_merged_row():
    other = changed(Ende="05.05.2024")
    fates = fates_of(GOOD, other, other, GOOD)
    assert fates.fate.tolist() == [KEPT, SET_ASIDE, SET_ASIDE, MERGED]
    assert fates.reason.tolist() == [None, "key_conflict", "key_conflict", None]


def test_a_repeated_row_differs_in_an_ignored_column_only():
    rows = [GOOD, changed(Geschlecht="hat angerufen")]
    of = spec(CASES, ignore=["Geschlecht", "Notiz"])
    assert fates_of(*rows, of=of).fate.tolist() == [KEPT, MERGED]
    assert fates_of(*rows, of=spec(CASES)).fate.tolist() == [KEPT, SET_ASIDE]


def test_one_person_may_have_two_cases():
    assert fates_of(GOOD, changed(Fall="F2")).fate.tolist() == [KEPT, KEPT]


def test_the_named_table_identifies_a_row():
    fates = fates_of(GOOD, changed(Fall="F2"), of=spec(identity="clients"))
    assert fates.reason.tolist() == [None, "key_conflict"]


OPTIONAL = {**CASES, "optional": True}


def test_a_row_without_anything_of_an_optional_table_does_not_feed_it():
    fates = fates_of(GOOD, ["P2", "m", "", "", ""], of=spec(CLIENTS, OPTIONAL, identity="clients"))
    assert fates.fate.tolist() == [KEPT, KEPT]
    assert fates.feeds["cases"].tolist() == [True, False]
    assert fates.feeds["clients"].tolist() == [True, True]


def test_a_row_with_half_of_an_optional_table_is_set_aside():
    row = ["P2", "m", "F2", "", ""]
    fates = fates_of(row, of=spec(CLIENTS, OPTIONAL, identity="clients"))
    assert (fates.reason[0], fates.column[0]) == ("missing_required", "aufgenommen am")


def test_an_unreadable_cell_of_an_optional_table_counts_as_something():
    row = ["P2", "m", "", "31.02.2023", ""]
    fates = fates_of(row, of=spec(CLIENTS, OPTIONAL, identity="clients"))
    assert fates.fate.tolist() == [SET_ASIDE]


def test_rows_that_do_not_feed_an_optional_identity_do_not_conflict():
    rows = [GOOD, ["P2", "m", "", "", ""], ["P3", "m", "", "", ""]]
    fates = fates_of(*rows, of=spec(CLIENTS, OPTIONAL))
    assert fates.fate.tolist() == [KEPT, KEPT, KEPT]
    assert fates.feeds["cases"].tolist() == [True, False, False]


def test_no_rows_have_no_fate():
    fates = fates_of()
    assert len(fates.fate) == 0
    assert fates.kept.tolist() == []
