import datetime as dt
from collections import defaultdict

import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.core import schema
from kimeval.core.codes import codes
from kimeval.core.errors import DataError
from kimeval.data.contradictions import (
    find_contradictions,
    only_active_providers,
    rules,
    title_ranks,
)
from kimeval.data.engine import connect
from kimeval.data.ledger import FINDINGS, rule_texts

AS_OF = dt.date(2024, 10, 15)
CASE = {"client_id": "P1", "case_id": "F1", "opened_on": "2024-01-10"}
CONTACT = {"client_id": "P1", "case_id": "F1", "contact_on": "2024-02-01"}
REFERRAL = {"client_id": "P1", "referred_on": "2024-02-01", "from_agency": "kim"}
REFERRAL |= {"to_agency": "jobcenter"}
PLACEMENT = {"client_id": "P1", "placement_type": "work", "started_on": "2024-02-01"}


def rows(name: str, *records: dict, base: dict | None = None) -> pa.Table:
    """A canonical table; provider is ki unless a record says otherwise."""
    filled = [{"provider": "ki", **(base or {}), **record} for record in records]
    return pa.Table.from_pandas(schema.conform(name, pd.DataFrame(filled)), preserve_index=False)


def cases(*records):
    return rows("cases", *records, base=CASE)


def contacts(*records):
    return rows("contacts", *records, base=CONTACT)


def placements(*records):
    return rows("placements", *records, base=PLACEMENT)


def spheres(*spells):
    named = [
        {"client_id": "P1", "sphere": "sgb2", "valid_from": a, "valid_to": b} for a, b in spells
    ]
    return rows("legal_spheres", *named)


def titles(*spells):
    names = ["client_id", "title", "valid_from", "valid_to"]
    return rows("residence", *[dict(zip(names, ("P1", *s), strict=False)) for s in spells])


def totals(*said):
    names = ["measure", "counted_on", "number"]
    return rows("totals", *[dict(zip(names, entry, strict=True)) for entry in said])


def found(**tables) -> dict[tuple[str, str], int]:
    """Rows by table and rule, over all providers."""
    findings = find_contradictions(tables, AS_OF)
    return findings.groupby(["table", "rule"])["rows"].sum().to_dict()


def broken(rule: str, **tables) -> int:
    return sum(number for (_, name), number in found(**tables).items() if name == rule)


def test_every_rule_has_a_german_text():
    assert {rule.id for rule in rules()} - set(rule_texts()["findings"]) == set()


def test_each_rule_counts_a_table_once():
    assert len({(rule.id, rule.table) for rule in rules()}) == len(rules())


def test_no_tables_no_findings():
    findings = find_contradictions({}, AS_OF)
    assert findings.empty
    assert findings.dtypes.astype(str).to_dict() == FINDINGS


def test_empty_tables_no_findings():
    empty = {name: rows(name).slice(0, 0) for name in schema.tables()}
    assert find_contradictions(empty, AS_OF).empty


def test_consistent_rows_give_no_findings():
    tables = {
        "clients": rows("clients", {"client_id": "P1", "birth_year": 1990}),
        "cases": cases({"closed_on": "2024-06-30", "closing_reason": "goal_reached"}),
        "members": rows("members", {"client_id": "P1", "case_id": "F1"}),
        "contacts": contacts({"contact_id": "K1"}),
        "referrals": rows("referrals", {"referral_id": "W1"}, base=REFERRAL),
        "placements": placements({"placement_id": "V1"}),
        "legal_spheres": spheres(("2024-01-01", "2024-03-31"), ("2024-04-01", None)),
        "residence": titles(("duldung", "2024-01-01", "2024-03-31"), ("erlaubnis", "2024-04-01")),
        "totals": totals(("cases_new", "2024-03-31", 1), ("cases_closed", "2024-06-30", 1)),
    }
    assert find_contradictions(tables, AS_OF).empty


def test_findings_are_counted_by_provider_and_sorted():
    told = find_contradictions(
        {
            "cases": cases({}, {"provider": "drk"}),
            "contacts": contacts(
                {"contact_on": "2024-01-09", "provider": "ki"},
                {"contact_on": "2024-01-09", "provider": "drk"},
                {"contact_on": "2023-01-09", "provider": "drk"},
            ),
        },
        AS_OF,
    )
    assert told.to_dict("records") == [
        {"provider": "drk", "table": "contacts", "rule": "contact_before_case", "rows": 2},
        {"provider": "ki", "table": "contacts", "rule": "contact_before_case", "rows": 1},
    ]


MOVED = {"closed_on": "2024-03-31", "closing_reason": "moved"}


def test_a_placement_after_the_person_moved_away_is_found():
    started = [{"started_on": "2024-03-31"}, {"started_on": "2024-04-01"}]
    tables = {"cases": cases(MOVED), "placements": placements(*started)}
    assert found(**tables) == {("placements", "placement_after_departure"): 1}


@pytest.mark.parametrize(("reason", "expected"), [("returned", 1), ("goal_reached", 0), (None, 0)])
def test_only_moving_and_returning_are_departures(reason, expected):
    closed = cases(MOVED | {"closing_reason": reason})
    late = placements({"started_on": "2024-05-01"})
    assert broken("placement_after_departure", cases=closed, placements=late) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"opened_on": "2024-06-01"}, 0),
        ({"opened_on": "2023-01-01"}, 0),
        ({"opened_on": "2024-06-01", "closed_on": "2024-07-01", "closing_reason": "other"}, 0),
        ({"opened_on": "2023-01-01", "closed_on": "2023-07-01", "closing_reason": "other"}, 1),
        ({"opened_on": "2024-06-01", "provider": "drk"}, 1),
    ],
    ids=["open again", "still open", "closed again", "closed before", "other provider"],
)
def test_departure_is_read_from_the_last_case(second, expected):
    both = cases(MOVED, second | {"case_id": "F2"})
    late = placements({"started_on": "2024-05-01"})
    assert broken("placement_after_departure", cases=both, placements=late) == expected


def test_a_family_departs_with_the_case_it_belongs_to():
    members = rows("members", {"client_id": "P2", "case_id": "F1"})
    late = placements({"client_id": "P2", "started_on": "2024-05-01"})
    tables = {"cases": cases(MOVED), "placements": late, "members": members}
    assert broken("placement_after_departure", **tables) == 1


@pytest.mark.parametrize(
    ("second", "overlap", "gap"),
    [
        (("2024-03-30", None), 1, 0),
        (("2024-03-31", None), 0, 0),
        (("2024-04-01", None), 0, 0),
        (("2024-04-02", None), 0, 1),
        (("2024-01-01", "2024-01-05"), 1, 0),
    ],
    ids=["overlap", "same day", "next day", "gap of a day", "inside"],
)
def test_legal_spheres_follow_each_other_without_overlap_and_gap(second, overlap, gap):
    held = spheres(("2024-01-01", "2024-03-31"), second)
    assert broken("sphere_overlap", legal_spheres=held) == overlap
    assert broken("sphere_gap", legal_spheres=held) == gap


def test_a_sphere_without_end_overlaps_whatever_follows():
    held = spheres(("2024-01-01", None), ("2024-03-01", "2024-03-31"), ("2024-08-01", None))
    assert found(legal_spheres=held) == {("legal_spheres", "sphere_overlap"): 2}


def test_a_long_sphere_covers_the_gap_between_two_short_ones():
    held = spheres(
        ("2024-01-01", "2024-12-31"), ("2024-02-01", "2024-02-10"), ("2024-06-01", "2024-06-10")
    )
    assert found(legal_spheres=held) == {("legal_spheres", "sphere_overlap"): 2}


def test_spheres_of_two_persons_or_providers_do_not_meet():
    first = {"client_id": "P1", "sphere": "sgb2", "valid_from": "2024-01-01"}
    held = rows("legal_spheres", first, first | {"client_id": "P2"}, first | {"provider": "drk"})
    assert found(legal_spheres=held) == {}


def test_overlapping_titles_are_found():
    held = titles(("duldung", "2024-01-01", "2024-06-30"), ("erlaubnis", "2024-05-01", None))
    assert found(residence=held) == {("residence", "residence_overlap"): 1}


def test_a_gap_between_titles_is_no_finding():
    held = titles(("duldung", "2023-01-01", "2023-06-30"), ("erlaubnis", "2024-05-01", None))
    assert found(residence=held) == {}


def backwards(*names: str) -> int:
    """Findings for titles held a year each, one after the other."""
    spells = [(name, f"{year}-01-01", f"{year}-12-31") for year, name in enumerate(names, 2015)]
    return broken("residence_backwards", residence=titles(*spells))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("gestattung", "duldung", "erlaubnis_25b", "niederlassung", "german"), 0),
        (("duldung", "gestattung"), 0),
        (("erlaubnis_25", "erlaubnis_24"), 0),
        (("erlaubnis_104c", "duldung"), 0),
        (("erlaubnis", "duldung"), 1),
        (("niederlassung", "erlaubnis_25a"), 1),
        (("german", "niederlassung"), 1),
        (("erlaubnis", "eu", "unknown"), 0),
        (("eu", "gestattung"), 0),
        (("erlaubnis", "unknown", "duldung"), 1),
        (("german", "duldung", "erlaubnis"), 2),
    ],
)
def test_a_title_falls_back_if_its_rank_is_below_an_earlier_one(names, expected):
    assert backwards(*names) == expected


def test_two_titles_from_the_same_day_do_not_fall_back():
    held = titles(("erlaubnis", "2024-01-01", None), ("duldung", "2024-01-01", "2024-01-02"))
    assert broken("residence_backwards", residence=held) == 0


def test_every_title_has_a_rank_but_two():
    assert set(codes("residence_title")) - set(title_ranks()) == {"eu", "unknown"}
    assert set(title_ranks()) <= set(codes("residence_title"))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-01-09", {("contacts", "contact_before_case"): 1}),
        ("2024-01-10", {}),
        ("2024-06-30", {}),
        ("2024-07-01", {("contacts", "contact_after_case"): 1}),
    ],
)
def test_a_contact_lies_within_its_case_both_days_allowed(day, expected):
    held = cases({"closed_on": "2024-06-30"})
    assert found(cases=held, contacts=contacts({"contact_on": day})) == expected


def test_an_open_case_takes_any_later_contact():
    assert found(cases=cases({}), contacts=contacts({"contact_on": "2024-10-15"})) == {}


@pytest.mark.parametrize("other", [{"case_id": None}, {"client_id": "P1", "case_id": "F9"}])
def test_a_contact_without_a_known_case_is_on_no_side_of_it(other):
    tables = {"cases": cases({}), "contacts": contacts({"contact_on": "2023-01-01"} | other)}
    assert broken("contact_before_case", **tables) == 0


UNKNOWN = {
    "contacts": CONTACT | {"case_id": None},
    "referrals": REFERRAL,
    "placements": PLACEMENT,
    "legal_spheres": {"sphere": "sgb2", "valid_from": "2024-01-01"},
    "residence": {"title": "duldung", "valid_from": "2024-01-01"},
    "assessments": {"assessed_on": "2024-01-01", "language_level": "A1"},
    "school_places": {"requested_on": "2024-01-01"},
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_person_in_no_list_of_the_provider_is_found(name):
    held = rows(name, {"client_id": "P1"}, {"client_id": "P2"}, base=UNKNOWN[name])
    assert found(cases=cases({}), **{name: held}) == {(name, "unknown_client"): 1}


@pytest.mark.parametrize("name", ["clients", "cases", "members"])
def test_each_list_makes_a_person_known(name):
    known = {"cases": CASE | {"client_id": "P9"}, "clients": {"client_id": "P9"}}
    known |= {"members": {"client_id": "P9", "case_id": "F1"}}
    held = {"cases": cases({}), "contacts": contacts({"client_id": "P9", "case_id": None})}
    assert broken("unknown_client", **held) == 1
    assert broken("unknown_client", **(held | {name: rows(name, known[name])})) == 0


def test_a_person_known_to_another_provider_is_not_known():
    tables = {"cases": cases({}, {"provider": "drk", "client_id": "P2"})}
    tables["contacts"] = contacts({"client_id": "P2", "case_id": None})
    assert broken("unknown_client", **tables) == 1


def test_without_any_list_of_the_provider_nobody_is_unknown():
    tables = {"cases": cases({"provider": "drk"}), "contacts": contacts({})}
    assert found(**tables) == {}


def test_a_missing_person_is_not_an_unknown_one():
    asked = rows("school_places", {"requested_on": "2024-01-01"})
    assert found(cases=cases({}), school_places=asked) == {}


UNKNOWN_CASES = {
    "contacts": contacts({}, {"case_id": "F9"}, {"case_id": None}),
    "referrals": rows("referrals", {"case_id": "F1"}, {"case_id": "F9"}, {}, base=REFERRAL),
    "members": rows("members", *[{"client_id": "P1", "case_id": case} for case in ("F1", "F9")]),
    "events": rows(
        "events",
        *[
            {"case_id": case, "activity": "a", "started_at": "2024-01-01T08:30"}
            for case in ("F1", "F9")
        ],
    ),
}


@pytest.mark.parametrize("name", UNKNOWN_CASES)
def test_a_case_in_no_list_of_the_provider_is_found(name):
    assert broken("unknown_case", cases=cases({}), **{name: UNKNOWN_CASES[name]}) == 1


def test_without_a_list_of_cases_no_case_is_unknown():
    assert broken("unknown_case", contacts=contacts({})) == 0


QUARTER = {
    "cases": cases(
        {"opened_on": "2023-12-31", "closed_on": "2024-03-31"},
        {"opened_on": "2024-01-01", "closed_on": "2024-04-01"},
        {"opened_on": "2024-03-31"},
        {"opened_on": "2024-04-01"},
        {"opened_on": "2023-01-01", "closed_on": "2023-06-30"},
        {"opened_on": "2024-02-01", "provider": "drk"},
    ),
    "contacts": contacts(
        *[{"contact_on": day} for day in ("2023-12-31", "2024-01-01", "2024-03-31", "2024-04-01")]
    ),
    "referrals": rows("referrals", {"referred_on": "2024-03-31"}, base=REFERRAL),
    "placements": placements(*[{"started_on": "2024-01-01"}] * 3),
}
TRUE_TOTALS = {"cases_new": 2, "cases_closed": 1, "cases_active": 2}
TRUE_TOTALS |= {"contacts": 2, "referrals": 1, "placements": 3}


@pytest.mark.parametrize("measure", codes("total_measure"))
def test_a_quarter_total_is_compared_with_the_providers_own_rows(measure):
    true = TRUE_TOTALS[measure]
    for number in (true, true + 4, 0):
        tables = QUARTER | {"totals": totals((measure, "2024-03-31", number))}
        assert broken("quarter_total_differs", **tables) == abs(number - true)


def test_differences_of_several_totals_add_up_under_the_table_counted():
    said = totals(("cases_new", "2024-03-31", 0), ("cases_active", "2024-03-31", 5))
    findings = found(**(QUARTER | {"totals": said}))
    assert findings["cases", "quarter_total_differs"] == 2 + 3


def test_a_total_of_a_provider_without_rows_differs_by_itself():
    said = rows(
        "totals",
        {"provider": "awo", "measure": "contacts", "number": 7},
        base={"counted_on": "2024-03-31"},
    )
    assert found(contacts=contacts({}), totals=said) == {("contacts", "quarter_total_differs"): 7}


def test_a_total_without_a_number_or_without_its_table_says_nothing():
    said = totals(("contacts", "2024-03-31", None), ("referrals", "2024-03-31", 9))
    assert found(contacts=contacts({}), totals=said) == {}


def opened(number: int, quarters: int, **more) -> list[dict]:
    """Cases opened evenly over quarters that follow each other."""
    starts = pd.date_range("2022-01-15", periods=quarters, freq="QS") + pd.Timedelta(days=14)
    return [
        {"case_id": f"F{n}", "client_id": f"P{n}", "opened_on": starts[n % quarters], **more}
        for n in range(number)
    ]


@pytest.mark.parametrize(
    ("number", "quarters", "expected"), [(20, 5, 20), (19, 5, 0), (20, 4, 0), (200, 9, 200)]
)
def test_twenty_cases_over_five_quarters_and_none_closed_look_like_active_only(
    number, quarters, expected
):
    assert broken("only_active_seen", cases=cases(*opened(number, quarters))) == expected


def test_one_closed_case_shows_that_closed_ones_are_delivered():
    one = {"case_id": "F0", "closed_on": "2024-10-15"}
    assert broken("only_active_seen", cases=cases(*opened(30, 8), one)) == 0


def test_an_end_after_the_delivery_is_a_plan_and_closes_nothing():
    planned = cases(*opened(30, 8, closed_on="2024-10-16"))
    assert broken("only_active_seen", cases=planned) == 30


def test_providers_with_only_active_cases_are_named():
    held = {"cases": cases(*opened(20, 5), *opened(20, 5, provider="drk"), MOVED)}
    assert only_active_providers(held, AS_OF) == ("drk",)
    assert only_active_providers({}, AS_OF) == ()


def test_an_event_after_the_day_of_the_delivery_is_found():
    days = [{"contact_on": day} for day in ("2024-10-15", "2024-10-16")]
    assert found(contacts=contacts(*days)) == {("contacts", "future_event"): 1}


def test_an_instant_on_the_day_of_the_delivery_is_not_in_the_future():
    times = [{"started_at": f"2024-10-{time}"} for time in ("15T23:59", "16T00:00")]
    held = rows("events", *times, base={"case_id": "F1", "activity": "a"})
    assert found(events=held) == {("events", "future_event"): 1}


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ({"birth_year": 2024, "arrived_on": "2024-01-01"}, 0),
        ({"birth_year": 2025, "arrived_on": "2024-01-01"}, 1),
        ({"birth_year": 2025}, 1),
        ({"birth_year": 2024}, 0),
        ({"arrived_on": "2024-01-01"}, 0),
    ],
)
def test_nobody_arrives_or_is_counselled_before_being_born(client, expected):
    tables = {"clients": rows("clients", client | {"client_id": "P1"}), "cases": cases({})}
    assert broken("born_after_event", **tables) == expected


def test_a_reason_to_close_needs_an_end():
    reasons = [{"closing_reason": "moved"}, MOVED, {}]
    assert found(cases=cases(*[r | {"client_id": str(n)} for n, r in enumerate(reasons)])) == {
        ("cases", "reason_without_end"): 1
    }


def test_a_decided_referral_is_not_open():
    decided = {"outcome": "open", "decided_on": "2024-03-01"}
    held = rows(
        "referrals", decided, decided | {"outcome": "accepted"}, {"outcome": "open"}, base=REFERRAL
    )
    assert found(referrals=held) == {("referrals", "decided_yet_open"): 1}


@pytest.mark.parametrize(("persons", "expected"), [(2, 0), (3, 1), (None, 0)])
def test_the_number_of_persons_is_that_of_the_members(persons, expected):
    members = rows("members", *[{"client_id": p, "case_id": "F1"} for p in ("P1", "P2")])
    assert broken("persons_differ", cases=cases({"persons": persons}), members=members) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"opened_on": "2024-02-01"}, 1),
        ({"opened_on": "2024-03-31"}, 0),
        ({"opened_on": "2024-02-01", "baustein": "3"}, 0),
        ({"opened_on": "2024-02-01", "client_id": "P2"}, 0),
    ],
)
def test_one_person_has_one_case_at_a_time_in_a_baustein(second, expected):
    first = {"closed_on": "2024-03-31", "baustein": "2"}
    both = cases(first, {"baustein": "2"} | second)
    assert broken("case_twice", cases=both) == expected


def test_cases_without_a_person_are_not_the_same_person():
    assert found(cases=cases({"client_id": None}, {"client_id": None})) == {}


def broken_tables() -> dict[str, pa.Table]:
    return {
        "cases": cases(MOVED, {"case_id": "F2", "closing_reason": "moved"}),
        "contacts": contacts({"contact_on": "2023-01-01"}, {"client_id": "P9", "case_id": "F9"}),
        "residence": titles(("german", "2020-01-01", None), ("duldung", "2021-01-01", None)),
        "totals": totals(("contacts", "2024-03-31", 9)),
    }


def encoded(table: pa.Table) -> pa.Table:
    text = [n for n, kind in enumerate(table.schema.types) if pa.types.is_large_string(kind)]
    assert text
    for n in text:
        column = table.column(n).cast(pa.string()).dictionary_encode()
        table = table.set_column(n, table.schema.names[n], column)
    return table


def test_dictionary_columns_give_the_same_findings():
    plain = find_contradictions(broken_tables(), AS_OF)
    assert len(plain) == 8
    coded = {name: encoded(table) for name, table in broken_tables().items()}
    pd.testing.assert_frame_equal(find_contradictions(coded, AS_OF), plain)


def test_files_give_the_same_findings(tmp_path):
    held = {}
    for name, table in broken_tables().items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
        held[name] = pyarrow.dataset.dataset(tmp_path / f"{name}.parquet")
    expected = find_contradictions(broken_tables(), AS_OF)
    pd.testing.assert_frame_equal(find_contradictions(held, AS_OF), expected)


def test_a_column_that_was_not_delivered_counts_as_empty():
    kept = ["provider", "contact_id", "client_id", "contact_on"]
    assert found(cases=cases({}), contacts=contacts({}).select(kept)) == {}


def test_a_given_engine_keeps_its_own_tables_and_gets_no_new_ones():
    engine = connect()
    engine.execute("CREATE TABLE cases AS SELECT 42 AS answer")
    for _ in range(2):
        assert len(find_contradictions(broken_tables(), AS_OF, engine)) == 8
    assert engine.execute("SELECT answer FROM cases").fetchall() == [(42,)]
    assert engine.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == [
        (0,)
    ]


def test_the_tables_are_not_changed():
    tables = broken_tables()
    find_contradictions(tables, AS_OF)
    assert all(tables[name].equals(table) for name, table in broken_tables().items())


def test_an_uncleaned_table_is_an_error_without_its_cells():
    raw = pa.table({"provider": ["ki"], "client_id": ["P1"], "valid_from": ["Mia Muster"]})
    with pytest.raises(DataError, match="needs canonical tables") as error:
        find_contradictions({"legal_spheres": raw}, AS_OF)
    assert "Mia" not in str(error.value)
    assert (error.value.__cause__, error.value.__suppress_context__) == (None, True)


def test_too_little_memory_is_an_error_with_a_way_out():
    many = 300_000
    held = pa.table(
        {
            "provider": ["ki"] * many,
            "client_id": [f"P{n}" for n in range(many)],
            "valid_from": pa.array([dt.datetime(2024, 1, 1)] * many, pa.timestamp("us")),
        }
    )
    with pytest.raises(DataError, match="KIMEVAL_MEMORY=4GiB"):
        find_contradictions({"legal_spheres": held}, AS_OF, connect(memory="8MiB"))


DAY = st.integers(0, 40).map(lambda n: dt.datetime(2024, 1, 1) + dt.timedelta(days=n))
SPELL = st.tuples(
    st.sampled_from(["ki", "drk"]),
    st.sampled_from(["P1", "P2"]),
    st.sampled_from(list(codes("residence_title"))),
    DAY,
    st.none() | st.integers(0, 20),
)


def ended(spell) -> dt.datetime:
    return dt.datetime.max if spell[4] is None else spell[3] + dt.timedelta(days=spell[4])


def by_person(spells) -> list[list]:
    held = defaultdict(list)
    for spell in sorted(spells, key=lambda s: (s[3], ended(s))):
        held[spell[:2]].append(spell)
    return list(held.values())


def pairs(spells) -> list[tuple]:
    """Each spell with those of the same person that come before it."""
    return [(s, person[:n]) for person in by_person(spells) for n, s in enumerate(person) if n]


def expected_counts(spells) -> dict[str, int]:
    rank = title_ranks()
    day = dt.timedelta(days=1)
    return {
        "overlap": sum(any(ended(b) > s[3] for b in before) for s, before in pairs(spells)),
        "gap": sum(
            all(ended(b) < dt.datetime.max and ended(b) + day < s[3] for b in before)
            for s, before in pairs(spells)
        ),
        "backwards": sum(
            any(b[3] < s[3] and rank.get(b[2], 0) > rank.get(s[2], 9) for b in before)
            for s, before in pairs(spells)
        ),
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(SPELL, max_size=12))
def test_spells_are_counted_as_a_plain_reading_counts_them(spells):
    names = ["provider", "client_id", "title", "valid_from"]
    records = [
        dict(zip(names, s, strict=False)) | {"valid_to": None if s[4] is None else ended(s)}
        for s in spells
    ]
    ends = {"valid_to": pd.Series([r["valid_to"] for r in records], dtype="datetime64[us]")}
    frame = pd.DataFrame(records, columns=[*names, "valid_to"]).assign(**ends)
    residence = pa.Table.from_pandas(schema.conform("residence", frame), preserve_index=False)
    held = frame.drop(columns="title").assign(sphere="sgb2")
    legal = pa.Table.from_pandas(schema.conform("legal_spheres", held), preserve_index=False)
    counts = defaultdict(int, found(residence=residence, legal_spheres=legal))
    expected = expected_counts(spells)
    assert counts["legal_spheres", "sphere_overlap"] == expected["overlap"]
    assert counts["legal_spheres", "sphere_gap"] == expected["gap"]
    assert counts["residence", "residence_overlap"] == expected["overlap"]
    assert counts["residence", "residence_backwards"] == expected["backwards"]
