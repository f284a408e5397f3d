import datetime as dt
import json
from collections import Counter

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.cli.vintages import named_vintage, revision_lines, vintage_lines
from kimeval.core import schema
from kimeval.core.area import area
from kimeval.core.errors import DataError, LedgerError, MissingFileError
from kimeval.core.project import Project
from kimeval.data import row_matching
from kimeval.data.engine import connect
from kimeval.data.ledger import ACCOUNTS, Ledger, table_of
from kimeval.data.revisions import (
    CHANGES,
    COUNTS,
    REVISIONS,
    balanced,
    columns_changed,
    revisions,
    strangers,
)
from kimeval.data.vintages import Vintage

HEINSBERG = area("05370")
OLD, NEW = dt.date(2024, 7, 15), dt.date(2024, 10, 15)
MOVED = {"closed_on": "2024-08-01", "closing_reason": "moved"}


def case(number: int, **more) -> dict:
    base = {"case_id": f"F{number}", "opened_on": "2024-01-10", "provider": "ki", "source": "a.csv"}
    return base | more


def vintage(folder, as_of: dt.date, digest: str = "0" * 64, **tables) -> Vintage:
    """A vintage whose rows are given by table; a pyarrow table is written as it is."""
    home = folder / as_of.isoformat()
    home.mkdir(parents=True)
    for name, rows in tables.items():
        pq.write_table(as_table(name, rows), home / f"{name}.parquet")
    return Vintage(home, HEINSBERG, as_of, True, "", digest, tuple(tables))


def as_table(name: str, rows: list[dict] | pa.Table) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows
    frame = schema.conform(name, pd.DataFrame(rows))
    return pa.Table.from_pandas(frame, preserve_index=False)


@pytest.fixture
def between(tmp_path):
    """Revisions from one set of tables to another, as one record per table and provider."""

    def compare(old: dict, new: dict) -> list[dict]:
        pair = vintage(tmp_path, OLD, **old), vintage(tmp_path, NEW, **new)
        return revisions(*pair).to_dict("records")

    return compare


def counts(**given) -> dict:
    return dict.fromkeys(COUNTS, 0) | given


def test_each_fate_of_a_row_is_counted_once(between):
    old = [case(1), case(2), case(3), case(4)]
    new = [case(1), case(2), case(3, **MOVED), case(5), case(6, opened_on="2024-07-15")]
    new += [case(7, opened_on="2024-07-16")]
    assert between({"cases": old}, {"cases": new}) == [
        {"table": "cases", "provider": "ki", "by": "key"}
        | counts(rows_old=4, rows_new=6, same=2, changed=1, late=2, added=1, dropped=1)
    ]


def test_the_same_vintage_twice_has_no_revisions(tmp_path):
    held = vintage(tmp_path, OLD, cases=[case(1), case(2)])
    assert revisions(held, held)[COUNTS].to_dict("records") == [
        counts(rows_old=2, rows_new=2, same=2)
    ]
    assert columns_changed(held, held).empty


def test_types_are_those_declared(tmp_path):
    old, new = vintage(tmp_path, OLD), vintage(tmp_path, NEW)
    assert revisions(old, new).dtypes.astype(str).to_dict() == REVISIONS
    assert columns_changed(old, new).dtypes.astype(str).to_dict() == CHANGES


def test_the_file_a_row_came_from_is_no_content(between):
    (row,) = between({"cases": [case(1)]}, {"cases": [case(1, source="b.csv")]})
    assert (row["same"], row["changed"]) == (1, 0)


def test_a_person_recognised_anew_is_no_change_of_the_client(between):
    old = {"client_id": "P1", "person_id": "A", "household_id": "H", "provider": "ki"}
    (row,) = between({"clients": [old]}, {"clients": [old | {"person_id": "B"}]})
    assert (row["same"], row["changed"]) == (1, 0)


def test_another_household_is_a_change_of_the_client(between):
    old = {"client_id": "P1", "household_id": "H", "provider": "ki"}
    (row,) = between({"clients": [old]}, {"clients": [old | {"household_id": "J"}]})
    assert (row["same"], row["changed"]) == (0, 1)


def test_new_persons_are_added_since_their_row_has_no_date_of_its_own(between):
    new = {"client_id": "P1", "arrived_on": "2020-01-01", "provider": "ki"}
    (row,) = between({"clients": []}, {"clients": [new]})
    assert (row["late"], row["added"]) == (0, 1)


def test_an_instant_on_the_day_of_the_old_vintage_is_late(between):
    base = {"case_id": "F1", "activity": "a", "provider": "ki"}
    new = [
        base | {"event_id": day, "started_at": day} for day in ("2024-07-15T23:59", "2024-07-16")
    ]
    (row,) = between({"events": []}, {"events": new})
    assert (row["late"], row["added"]) == (1, 1)


def test_a_date_inside_the_key_tells_late_rows(between):
    base = {"client_id": "P1", "sphere": "sgb2", "provider": "ki"}
    new = [base | {"valid_from": day} for day in ("2024-07-15", "2024-07-16", "2024-08-16")]
    (row,) = between({"legal_spheres": []}, {"legal_spheres": new})
    assert (row["by"], row["late"], row["added"]) == ("key", 1, 2)


def test_the_same_number_of_two_providers_is_two_rows(between):
    old = [case(1), case(1, provider="drk")]
    new = [case(1), case(1, provider="drk", **MOVED)]
    told = between({"cases": old}, {"cases": new})
    assert [(r["provider"], r["same"], r["changed"]) for r in told] == [
        ("drk", 0, 1),
        ("ki", 1, 0),
    ]


def test_tables_and_providers_of_one_side_only_are_told(between):
    fund = {"programme": "KIM", "rule": "Stellen", "period_from": "2024-01-01", "provider": "ki"}
    told = between({"cases": [case(1)]}, {"cases": [case(1, provider="drk")], "funds": [fund]})
    assert [(r["table"], r["provider"], r["rows_old"], r["rows_new"]) for r in told] == [
        ("cases", "drk", 0, 1),
        ("cases", "ki", 1, 0),
        ("funds", "ki", 0, 1),
    ]
    assert [(r["added"], r["late"], r["dropped"]) for r in told] == [
        (0, 1, 0),
        (0, 0, 1),
        (0, 1, 0),
    ]


def test_rows_with_a_gap_in_the_key_are_compared_as_whole_rows(between):
    base = {"ags": "05370004", "measure": "population", "provider": "statistik"}
    base |= {"counted_on": "2024-06-30"}
    old = [base | {"persons": n} for n in (10, 10, 20)]
    new = [base | {"persons": n} for n in (10, 20, 20, 30)]
    assert between({"population": old}, {"population": new}) == [
        {"table": "population", "provider": "statistik", "by": "rows"}
        | counts(rows_old=3, rows_new=4, same=2, late=2, dropped=1)
    ]


def test_a_repeated_key_is_compared_as_whole_rows_for_that_provider_only(between):
    twice = [case(1), case(1, **MOVED)]
    old = [*twice, case(1, provider="drk")]
    new = [*twice, case(1, provider="drk", **MOVED)]
    told = between({"cases": old}, {"cases": new})
    assert [(r["provider"], r["by"], r["same"], r["changed"]) for r in told] == [
        ("drk", "key", 0, 1),
        ("ki", "rows", 2, 0),
    ]


def test_a_key_repeated_in_one_vintage_only_counts_as_no_key(between):
    (row,) = between({"cases": [case(1)]}, {"cases": [case(1), case(1, **MOVED)]})
    assert (row["by"], row["same"], row["late"]) == ("rows", 1, 1)


def test_rows_without_a_provider_are_compared_too(between):
    (row,) = between({"cases": [case(1, provider=None)]}, {"cases": [case(1, provider=None)]})
    assert (row["by"], row["same"]) == ("rows", 1)


def test_a_key_column_that_the_file_lacks_is_no_key(between):
    keyless = pa.table({"provider": ["ki"], "opened_on": [dt.datetime(2024, 1, 10)]})
    (row,) = between({"cases": keyless}, {"cases": keyless})
    assert (row["by"], row["same"]) == ("rows", 1)


def test_a_column_that_only_one_file_has_is_compared_with_nothing(between):
    columns = {"provider": ["ki"], "case_id": ["F1"], "opened_on": [dt.datetime(2024, 1, 10)]}
    lean = pa.table(columns)
    (row,) = between({"cases": lean}, {"cases": [case(1)]})
    assert (row["by"], row["same"]) == ("key", 1)


def test_amounts_in_eur_are_compared_exactly(tmp_path):
    fund = {"programme": "KIM", "rule": "Stellen", "period_from": "2024-01-01", "provider": "ki"}
    old = vintage(tmp_path, OLD, funds=[fund | {"granted_eur": "2124.30"}])
    new = vintage(tmp_path, NEW, funds=[fund | {"granted_eur": "2124.31"}])
    assert columns_changed(old, new).to_dict("records") == [
        {"table": "funds", "column": "bewilligt", "rows": 1}
    ]


def test_changed_columns_are_counted_most_rows_first(tmp_path):
    old = vintage(tmp_path, OLD, cases=[case(n) for n in range(4)])
    changed = [case(0, **MOVED), case(1, **MOVED), case(2, closing_reason="other"), case(9)]
    new = vintage(tmp_path, NEW, cases=changed)
    assert columns_changed(old, new).to_dict("records") == [
        {"table": "cases", "column": "Grund der Beendigung", "rows": 3},
        {"table": "cases", "column": "beendet am", "rows": 2},
    ]


def test_a_table_that_is_all_key_has_no_columns_to_change(tmp_path):
    member = {"case_id": "F1", "client_id": "P1", "provider": "ki"}
    pair = vintage(tmp_path, OLD, members=[member]), vintage(tmp_path, NEW, members=[member])
    assert columns_changed(*pair).empty
    assert revisions(*pair)["same"].tolist() == [1]


def persons(number: int, start: int = 0, provider: str = "ki") -> list[dict]:
    return [{"client_id": f"P{n}", "provider": provider} for n in range(start, start + number)]


def test_vintages_without_a_common_number_were_made_with_different_keys(between):
    fund = {"programme": "KIM", "rule": "Stellen", "period_from": "2024-01-01", "provider": "ki"}
    with pytest.raises(DataError, match="different keys for pseudonyms"):
        between(
            {"clients": persons(21), "funds": [fund]},
            {"clients": persons(21, start=100), "funds": [fund]},
        )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"clients": persons(20)}, {"clients": persons(300, start=100)}),
        ({"clients": persons(21)}, {"clients": persons(21, start=20)}),
        ({"clients": persons(21), "cases": [case(1)]}, {
            "clients": persons(21, start=100), "cases": [case(1)]
        }),
        ({"clients": persons(21), "cases": [case(1, provider="drk")]}, {
            "clients": persons(21, start=100), "cases": [case(1, provider="drk")]
        }),
    ],
    ids=["few rows", "one stayed", "one stayed in another table", "one stayed elsewhere"],
)  # fmt: skip
def test_few_rows_or_one_common_number_are_no_sign_of_another_key(between, old, new):
    assert between(old, new)


def test_a_provider_whose_numbers_all_changed_is_named(tmp_path):
    old = persons(30) + persons(30, provider="drk")
    new = persons(30) + persons(30, start=100, provider="drk")
    pair = vintage(tmp_path, OLD, clients=old), vintage(tmp_path, NEW, clients=new)
    assert strangers(revisions(*pair)) == ["drk"]


def test_new_periods_of_a_table_without_numbers_are_no_sign_of_another_key(between):
    def said(year):
        days = pd.date_range(f"{year}-01-01", periods=30).strftime("%Y-%m-%d")
        return [{"measure": "contacts", "counted_on": d, "provider": "ki"} for d in days]

    (row,) = between({"totals": said(2023)}, {"totals": said(2024)})
    assert (row["dropped"], row["late"]) == (30, 30)


def test_vintages_of_two_areas_are_not_compared(tmp_path):
    old, new = vintage(tmp_path, OLD), vintage(tmp_path, NEW)
    other = Vintage(new.path, area("05334"), NEW, True, "", "", ())
    with pytest.raises(DataError, match="one area are compared, got 05370 and 05334"):
        revisions(old, other)


@pytest.mark.parametrize("compare", [revisions, columns_changed])
def test_the_older_vintage_comes_first(tmp_path, compare):
    old, new = vintage(tmp_path, OLD), vintage(tmp_path, NEW)
    with pytest.raises(DataError, match="got 2024-10-15 before 2024-07-15"):
        compare(new, old)


@pytest.mark.parametrize("content", [None, b"PAR1 Mia Muster"])
def test_a_damaged_vintage_is_an_error_without_its_content(tmp_path, content):
    old, new = vintage(tmp_path, OLD, cases=[case(1)]), vintage(tmp_path, NEW, cases=[case(1)])
    (new.path / "cases.parquet").unlink()
    if content:
        (new.path / "cases.parquet").write_bytes(content)
    with pytest.raises(DataError, match="vintage 2024-10-15 cannot be read") as error:
        revisions(old, new)
    assert "Mia" not in str(error.value)
    assert (error.value.__cause__, error.value.__suppress_context__) == (None, True)


def test_a_column_of_another_type_is_an_error_without_its_content(tmp_path):
    odd = pa.table({"provider": ["ki"], "case_id": ["F1"], "opened_on": ["Mia Muster"]})
    old, new = vintage(tmp_path, OLD, cases=odd), vintage(tmp_path, NEW, cases=[case(1)])
    with pytest.raises(DataError, match="Comparing two vintages") as error:
        revisions(old, new)
    assert "Mia" not in str(error.value)


def test_a_folder_with_quotes_and_wildcards_in_its_name_is_read(tmp_path):
    home = tmp_path / "Kreis 'H' [*]"
    pair = vintage(home, OLD, cases=[case(1)]), vintage(home, NEW, cases=[case(1)])
    assert revisions(*pair)["same"].tolist() == [1]


@pytest.mark.parametrize("wrong", ["same", "late", "added", "changed", "dropped", "rows_new"])
def test_an_imbalance_is_a_defect(wrong):
    row = counts(rows_old=3, rows_new=4, same=1, changed=1, dropped=1, late=1, added=1)
    row |= {"table": "cases", "provider": "ki", "by": "key"}
    assert len(balanced(table_of([row], REVISIONS))) == 1
    with pytest.raises(LedgerError, match="not in cases"):
        balanced(table_of([row | {wrong: row[wrong] + 1}], REVISIONS))


@pytest.mark.parametrize("keyed", [True, False])
def test_a_comparison_in_several_passes_gives_the_same_counts(tmp_path, monkeypatch, keyed):
    double = [] if keyed else [case(0)]
    old = vintage(tmp_path, OLD, cases=double + [case(n) for n in range(40)])
    new = vintage(tmp_path, NEW, cases=double + [case(n, **MOVED) for n in range(20, 50)])
    once, columns = revisions(old, new), columns_changed(old, new)
    assert once["by"].tolist() == ["key" if keyed else "rows"]
    monkeypatch.setattr(row_matching, "ROWS_AT_ONCE", 7)
    pd.testing.assert_frame_equal(revisions(old, new), once)
    pd.testing.assert_frame_equal(columns_changed(old, new), columns)


def test_rows_that_the_comparison_lost_are_noticed(tmp_path, monkeypatch):
    held = vintage(tmp_path, OLD, cases=[case(1), case(1, **MOVED)])
    monkeypatch.setattr("kimeval.data.revisions.by_rows", lambda *_: {})
    with pytest.raises(LedgerError, match="not in cases"):
        revisions(held, held)


def test_a_given_engine_is_left_as_it_was(tmp_path):
    engine = connect()
    pair = vintage(tmp_path, OLD, cases=[case(1)]), vintage(tmp_path, NEW, cases=[case(1)])
    assert len(revisions(*pair, engine)) == 1
    assert engine.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]


DAYS = ["2024-07-01", "2024-07-15", "2024-07-16", "2024-09-01"]
ROW = st.tuples(
    st.sampled_from(["ki", "drk"]),
    st.integers(0, 5),
    st.sampled_from(DAYS),
    st.sampled_from([None, "moved", "other"]),
)


def expected(old: list[tuple], new: list[tuple]) -> dict[str, dict]:
    """The same counts by plain comparison of lists."""
    told = {}
    for provider in {row[0] for row in old + new}:
        before, after = ([r for r in rows if r[0] == provider] for rows in (old, new))
        keyed = all(len({r[1] for r in rows}) == len(rows) for rows in (before, after))
        held, now = {r[1]: r for r in before}, {r[1]: r for r in after}
        if keyed:
            met = [now[key] == held[key] for key in held if key in now]
            come = [now[key] for key in now if key not in held]
            same, changed = met.count(True), met.count(False)
        else:
            same, changed = (Counter(before) & Counter(after)).total(), 0
            come = list((Counter(after) - Counter(before)).elements())
        late = sum(row[2] <= "2024-07-15" for row in come)
        told[provider] = {
            "by": "key" if keyed else "rows", "rows_old": len(before), "rows_new": len(after),
            "same": same, "changed": changed, "late": late, "added": len(come) - late,
            "dropped": len(before) - same - changed,
        }  # fmt: skip
    return told


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=8), st.lists(ROW, max_size=8))
def test_revisions_are_those_of_a_plain_comparison(tmp_path_factory, old, new):
    def cases(rows):
        names = ["provider", "case_id", "opened_on", "closing_reason"]
        return [dict(zip(names, (p, f"F{n}", *rest), strict=True)) for p, n, *rest in rows]

    home = tmp_path_factory.mktemp("pair")
    pair = (vintage(home, day, cases=cases(r)) for day, r in ((OLD, old), (NEW, new)))
    told = revisions(*pair).drop(columns="table").set_index("provider").to_dict("index")
    assert told == expected(old, new)


@pytest.fixture
def project(tmp_path):
    """Three vintages of one area: two days, of which one was cleaned again ten times."""
    made = Project(tmp_path)
    for name, digest in (("2024-10-15.10", "b" * 64), ("2024-10-15.2", "c" * 64)):
        write(made, name, NEW, digest)
    write(made, "2024-07-15", OLD, "a" * 64)
    return made


def write(project: Project, name: str, as_of: dt.date, digest: str) -> None:
    folder = project.vintages / "05370" / name
    held = vintage(folder, as_of, cases=[case(1)])
    (held.path / "cases.parquet").rename(folder / "cases.parquet")
    held.path.rmdir()
    about = {"area": "05370", "as_of": as_of.isoformat(), "synthetic": True, "inputs": ""}
    about |= {"digest": digest, "providers": {}, "tables": {"cases": 1}}
    accounts = dict.fromkeys(ACCOUNTS, 0) | {"file": "f", "title": "t", "provider": "ki"}
    accounts |= {"unit": "person", "only_active": False, "rows_kept": 1200, "rows_in": 1200}
    ledger = Ledger(accounts=table_of([accounts, accounts | {"file": "g"}], ACCOUNTS))
    (folder / "vintage.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "ledger.json").write_text(json.dumps(ledger.records()), encoding="utf-8")


def test_vintages_are_listed_by_day_and_number(project):
    assert list(vintage_lines(project, HEINSBERG)) == [
        "Kreis Heinsberg (05370)",
        "name           as of      files   rows kept  sha256  ",
        "2024-07-15     2024-07-15     2       2,400  aaaaaaaa  synthetic",
        "2024-10-15.2   2024-10-15     2       2,400  cccccccc  synthetic",
        "2024-10-15.10  2024-10-15     2       2,400  bbbbbbbb  synthetic",
    ]


def test_a_damaged_vintage_does_not_hide_the_others(project):
    home = project.vintages / "05370"
    (home / "2024-07-15" / "vintage.json").write_text("{", encoding="utf-8")
    (home / "2024-10-15.2" / "ledger.json").write_text("{", encoding="utf-8")
    lines = list(vintage_lines(project, HEINSBERG))[2:]
    assert "cannot be read" in lines[0]
    assert lines[1].split()[2:4] == ["-", "-"]
    assert lines[2].split()[2:4] == ["2", "2,400"]


def test_without_vintages_the_way_to_one_is_told(tmp_path):
    with pytest.raises(MissingFileError, match="kimeval ingest --area 05370"):
        list(vintage_lines(Project(tmp_path), HEINSBERG))


def test_a_vintage_is_found_by_its_name(project):
    assert named_vintage(project, HEINSBERG, "2024-10-15.2").digest == "c" * 64
    with pytest.raises(MissingFileError, match=r"Did you mean '2024-10-15.2'\?"):
        named_vintage(project, HEINSBERG, "2024-10-15.3")


def test_revisions_are_printed_with_what_a_reader_must_know(tmp_path):
    base = {"ags": "05370004", "measure": "population", "counted_on": "2024-06-30"}
    base |= {"provider": "statistik"}
    numbers = {"clients": persons(30, provider="drk"), "population": [base]}
    others = numbers | {"clients": persons(30, start=100, provider="drk")}
    old = vintage(tmp_path, OLD, cases=[case(n) for n in range(30)], **numbers)
    new = vintage(tmp_path, NEW, cases=[case(n, **MOVED) for n in range(31)], **others)
    lines = list(revision_lines(old, new))
    assert lines[0] == "Kreis Heinsberg (05370), 2024-07-15 -> 2024-10-15, synthetic"
    assert lines[1].split() == ["table", "provider", "old", "new", *COUNTS[2:]]
    assert [line.split() for line in lines[2:5]] == [
        ["clients", "drk", "30", "30", "0", "0", "30", "0", "30"],
        ["cases", "ki", "30", "31", "0", "1", "0", "30", "0"],
        ["population", "statistik", "1", "1", "1", "0", "0", "0", "0"],
    ]
    assert lines[5:8] == [
        "late: new, though dated on or before 2024-07-15",
        "without a unique key, compared as whole rows: population of statistik",
        "no number stayed, another key or system: drk",
    ]
    assert [line.split() for line in lines[8:]] == [
        ["columns", "changed:"],
        ["cases", "beendet", "am", "30"],
        ["cases", "Grund", "der", "Beendigung", "30"],
    ]


def test_two_equal_vintages_print_rows_and_nothing_else(tmp_path):
    held = vintage(tmp_path, OLD, cases=[case(1)])
    assert len(list(revision_lines(held, held))) == 3
