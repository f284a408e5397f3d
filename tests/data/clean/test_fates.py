import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.core import schema
from kimeval.data.clean import repeats
from kimeval.data.clean.columns import REASONS
from kimeval.data.clean.fates import KEPT, MERGED, SET_ASIDE, decide
from kimeval.data.clean.files import read_tables
from kimeval.data.profiles import FileSpec

from .exports import rows_of

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


def changed(**cells) -> list[str]:
    return [cells.get(name, text) for name, text in zip(HEADER, GOOD, strict=True)]


def fates_of(*rows, of=None, header=HEADER, plain=frozenset()):
    of = of or spec()
    held = rows_of(header, rows, plain)
    return decide(held, read_tables(held, of, LATEST), of)


def reasons(fates) -> list[str | None]:
    return [REASONS[place] or None for place in fates.reason]


def column_of(fates, row) -> str:
    table, column = fates.columns[fates.column[row]]
    return schema.table(table).column(column).german


def test_a_good_row_is_kept_and_feeds_both_tables():
    fates = fates_of(GOOD)
    assert fates.fate.tolist() == [KEPT]
    assert reasons(fates) == [None]
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
    assert (reasons(fates)[2], column_of(fates, 2)) == (reason, column)


def test_an_unreadable_required_cell_says_why_and_not_that_it_is_missing():
    assert reasons(fates_of(changed(Aufnahme="gestern"))) == ["date_invalid"]


def test_the_first_fault_of_a_row_is_the_one_that_counts():
    fates = fates_of(changed(Geschlecht="x", Aufnahme="x", Fall=""))
    assert (reasons(fates)[0], column_of(fates, 0)) == ("code_unknown", "Geschlecht")


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
    assert reasons(fates) == ["date_invalid", "date_invalid"]


def test_a_number_that_comes_again_with_other_contents_is_a_conflict():
    fates = fates_of(GOOD, changed(Ende="05.05.2024"))
    assert fates.fate.tolist() == [KEPT, SET_ASIDE]
    assert reasons(fates) == [None, "key_conflict"]


def test_a_row_set_aside_does_not_claim_its_number():
    fates = fates_of(changed(Aufnahme="x"), GOOD)
    assert fates.fate.tolist() == [SET_ASIDE, KEPT]


def test_a_conflict_repeated_is_two_conflicts_and_no_merged_row():
    other = changed(Ende="05.05.2024")
    fates = fates_of(GOOD, other, other, GOOD)
    assert fates.fate.tolist() == [KEPT, SET_ASIDE, SET_ASIDE, MERGED]
    assert reasons(fates) == [None, "key_conflict", "key_conflict", None]


def test_a_repeated_row_differs_in_an_ignored_column_only():
    rows = [GOOD, changed(Geschlecht="hat angerufen")]
    of = spec(CASES, ignore=["Geschlecht", "Notiz"])
    assert fates_of(*rows, of=of).fate.tolist() == [KEPT, MERGED]
    assert fates_of(*rows, of=spec(CASES)).fate.tolist() == [KEPT, SET_ASIDE]


def test_one_person_may_have_two_cases():
    assert fates_of(GOOD, changed(Fall="F2")).fate.tolist() == [KEPT, KEPT]


def test_the_named_table_identifies_a_row():
    fates = fates_of(GOOD, changed(Fall="F2"), of=spec(identity="clients"))
    assert reasons(fates) == [None, "key_conflict"]


OPTIONAL = {**CASES, "optional": True}


def test_a_row_without_anything_of_an_optional_table_does_not_feed_it():
    fates = fates_of(GOOD, ["P2", "m", "", "", ""], of=spec(CLIENTS, OPTIONAL, identity="clients"))
    assert fates.fate.tolist() == [KEPT, KEPT]
    assert fates.feeds["cases"].tolist() == [True, False]
    assert fates.feeds["clients"].tolist() == [True, True]


def test_a_row_with_half_of_an_optional_table_is_set_aside():
    row = ["P2", "m", "F2", "", ""]
    fates = fates_of(row, of=spec(CLIENTS, OPTIONAL, identity="clients"))
    assert (reasons(fates)[0], column_of(fates, 0)) == ("missing_required", "aufgenommen am")


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


def test_a_constant_date_is_compared_as_well():
    columns = {"case_id": "Fall", "closed_on": "Ende"}
    cases = {"name": "cases", "columns": columns, "constants": {"opened_on": "2024-04-03"}}
    rows = [GOOD, changed(Fall="F2", Ende="02.04.2024"), changed(Fall="F3", Ende="")]
    fates = fates_of(*rows, of=spec(cases))
    assert reasons(fates) == [None, "order_of_dates", None]
    assert column_of(fates, 1) == "beendet am"


EVENTS = {
    "name": "events",
    "columns": {"event_id": "Nr", "case_id": "Fall", "activity": "Was", "started_at": "Wann"},
}


def test_rows_without_a_number_do_not_contradict_each_other():
    rows = [
        ["", "F1", "a", "01.02.2024"],
        ["", "F1", "b", "01.02.2024"],
        ["", "F1", "a", "01.02.2024"],
    ]
    fates = fates_of(*rows, of=spec(EVENTS), header=["Nr", "Fall", "Was", "Wann"])
    assert fates.fate.tolist() == [KEPT, KEPT, MERGED]


ASSESSMENTS = {
    "name": "assessments",
    "columns": {
        "client_id": "Person",
        "assessed_on": "Tag",
        "instrument": "Verfahren",
        "language_level": "Stand",
    },
}


def test_a_key_of_several_columns_may_lack_one_of_them():
    rows = [
        ["P1", "01.02.2024", "", "B1"],
        ["P1", "01.02.2024", "", "B2"],
        ["P1", "01.02.2024", "Test", "B2"],
        ["P2", "01.02.2024", "", "B1"],
    ]
    header = ["Person", "Tag", "Verfahren", "Stand"]
    fates = fates_of(*rows, of=spec(ASSESSMENTS), header=header)
    assert reasons(fates) == [None, "key_conflict", None, None]


def test_without_any_key_rows_are_told_apart_by_all_they_hold():
    events = {**EVENTS, "columns": {**EVENTS["columns"]}}
    del events["columns"]["event_id"]
    rows = [["1", "F1", "a", "01.02.2024"], ["2", "F1", "a", "01.02.2024"]]
    header = ["Nr", "Fall", "Was", "Wann"]
    assert fates_of(*rows, of=spec(events), header=header).fate.tolist() == [KEPT, KEPT]
    ignoring = spec(events, ignore=["Nr"])
    assert fates_of(*rows, of=ignoring, header=header).fate.tolist() == [KEPT, MERGED]


def test_persons_of_one_case_are_no_conflict_where_each_has_a_row():
    rows = [GOOD, changed(Person="P2"), changed(Person="P2", Geschlecht="m"), changed(Person="")]
    fates = fates_of(*rows, of=spec(CASES, family="rows"))
    assert reasons(fates) == [None, None, "key_conflict", "missing_required"]
    assert column_of(fates, 3) == "Personennummer"
    assert reasons(fates_of(*rows[:2], of=spec(CASES))) == [None, "key_conflict"]


def oracle(rows, of: FileSpec) -> list[tuple[int, str | None]]:
    """Fate and reason of each row, decided one by one with dictionaries."""
    optional = {entry.name for entry in of.table if entry.optional}
    identity = of.identifying.name
    kept, refused, keys, found = set(), set(), set(), []
    for row in rows:
        cells = dict(zip(HEADER, row, strict=True))
        day = {name: _day(cells[name]) for name in ("Aufnahme", "Ende")}
        feeds = "cases" not in optional or bool(cells["Fall"] or cells["Aufnahme"])
        reason = _first_fault(cells, day, feeds, [entry.name for entry in of.table])
        content = tuple(row)
        key = cells["Fall"] if identity == "cases" else cells["Person"]
        identified = feeds if identity == "cases" else True
        if reason:
            found.append((SET_ASIDE, reason))
        elif content in refused:
            found.append((SET_ASIDE, "key_conflict"))
        elif content in kept:
            found.append((MERGED, None))
        elif identified and key in keys:
            refused.add(content)
            found.append((SET_ASIDE, "key_conflict"))
        else:
            kept.add(content)
            if identified:
                keys.add(key)
            found.append((KEPT, None))
    return found


def _day(text: str) -> dt.date | str | None:
    try:
        return dt.datetime.strptime(text, "%d.%m.%Y").date() if text else None
    except ValueError:
        return "date_invalid"


def _first_fault(cells, day, feeds, tables) -> str | None:
    clients = "clients" in tables
    faults = [
        ("missing_required", clients and not cells["Person"]),
        ("code_unknown", clients and cells["Geschlecht"] not in ("", "w", "m")),
        ("missing_required", feeds and not cells["Fall"]),
        ("missing_required", feeds and day["Aufnahme"] is None),
        ("date_invalid", feeds and "date_invalid" in day.values()),
    ]
    for reason, found in faults:
        if found:
            return reason
    late = feeds and day["Ende"] and day["Ende"] < day["Aufnahme"]
    return "order_of_dates" if late else None


cell_forms = {
    "Person": ["P1", "P2", ""],
    "Geschlecht": ["w", "m", "?"],
    "Fall": ["F1", "F1", "F2", ""],
    "Aufnahme": ["01.02.2024", "02.02.2024", "", "31.02.2024"],
    "Ende": ["", "", "03.04.2024", "31.01.2024"],
}
any_row = st.tuples(*(st.sampled_from(cell_forms[name]) for name in HEADER)).map(list)
good_row = st.tuples(*(st.sampled_from(cell_forms[name][:2]) for name in HEADER)).map(list)
specs = st.sampled_from(
    [
        spec(),
        spec(CASES),
        spec(identity="clients"),
        spec(CLIENTS, {**CASES, "optional": True}),
        spec(CLIENTS, {**CASES, "optional": True}, identity="clients"),
    ]
)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.one_of(good_row, any_row), max_size=12),
    specs,
    st.booleans(),
    st.sets(st.sampled_from(HEADER)).map(frozenset),
)
def test_fates_are_those_of_going_through_the_rows_one_by_one(rows, of, collide, plain):
    with pytest.MonkeyPatch.context() as patch:
        if collide:
            patch.setattr(repeats, "hashes", lambda column, engine: np.zeros(len(rows), np.uint64))
        fates = fates_of(*rows, of=of, plain=plain)
    found = list(zip(fates.fate.tolist(), reasons(fates), strict=True))
    assert found == oracle(rows, of)
