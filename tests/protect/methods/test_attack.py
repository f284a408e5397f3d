"""The attack on altered numbers: what follows by hand, and weaknesses that it must find."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, Row
from kimeval.protect.facts import SHOWN
from kimeval.protect.methods import apply, audit, method_of
from kimeval.protect.methods.audit import require_safe
from kimeval.protect.rules import Rules

ROUNDING, CELLKEY = Rules(method="rounding"), Rules(method="cellkey")


@dataclass(frozen=True)
class Nothing:
    """A broken protector: it publishes what was counted."""

    name: str = "rounding"

    def published(self, counts, cell_keys):
        return np.asarray(counts, dtype=float)

    def possible(self, published):
        return published, published

    def cell_keys(self, frame, count, key):
        return np.zeros(len(frame))


def decided(results, rules=ROUNDING, **more):
    return apply(results.frame, rules, method_of(rules, b"secret" * 6), **more)


def shown(frame):
    named = zip(frame["group"], frame["value"], strict=True)
    return {group or "total": None if np.isnan(value) else value for group, value in named}


@pytest.mark.parametrize("rules", [ROUNDING, CELLKEY], ids=["rounding", "cellkey"])
def test_small_counts_stay_open_in_an_ordinary_table(made, rules):
    found = decided(made.table(40, 12, 7, 3), rules)[2]
    assert (found.attacked, found.recovered, found.narrowest) == (1, 0, 2)
    assert (found.altered, found.withheld, found.releases) == (5, 0, 0)


def test_rounded_numbers_stand_for_themselves(made):
    frame = decided(made.table(40, 12, 7, 3))[0]
    assert shown(frame) == {"total": 60, "Ort 0": 40, "Ort 1": 10, "Ort 2": 5, "Ort 3": 5}


def test_no_noise_is_found_out(made):
    _, rows, _ = decided(made.table(40, 12, 7, 3))
    rows["public_value"] = rows["value"]
    found = audit(rows[:0], rows, ROUNDING, Nothing())
    assert (found.attacked, found.recovered, found.narrowest) == (1, 1, 0)
    with pytest.raises(ProtectionError, match="narrowed 1 of 1 small counts"):
        require_safe(found)


def test_true_totals_beside_rounded_groups_are_found_out(made):
    # 3, 43 and 18 are published as 5, 45 and 20, at least 64 in all; with the true
    # total of 64 each is known exactly. Published as 65 it may be up to 67.
    _, rows, found = decided(made.table(3, 43, 18))
    assert found.recovered == 0
    rows.loc[rows["dimension"] == "", "state"] = SHOWN
    found = audit(rows[:0], rows, ROUNDING, method_of(ROUNDING))
    assert (found.attacked, found.recovered, found.narrowest) == (1, 1, 0)


@pytest.mark.parametrize(
    "counts",
    [(2, 2), (3, 4), (3, 3, 3, 3), (2, 2, 2, 2), (2, 7)],
    ids=str,
)
def test_a_breakdown_that_gives_its_groups_away_is_left_out_as_a_whole(made, counts):
    # 3, 3, 3 and 3 are published as 5 each, at least 12 in all; their total, published
    # as 10, is at most 12: so each would be exactly 3.
    frame, rows, found = decided(made.table(*counts))
    assert frame["group"].tolist() == ["", "alle Gruppen"]
    assert frame["suppressed"].tolist() == [False, True]
    assert found.recovered == 0
    rows.loc[rows["state"] == "withheld", "state"] = "rounding"
    rows["public_value"] = method_of(ROUNDING).published(rows["value"].to_numpy(), np.zeros(0))
    assert audit(rows[:0], rows, ROUNDING, method_of(ROUNDING)).recovered > 0


def test_a_group_published_as_0_is_not_listed_like_one_that_is_empty(made):
    frame = decided(made.table(2, 30, 20))[0]
    assert shown(frame) == {"total": 50, "Ort 1": 30, "Ort 2": 20}
    frame = decided(made.table(0, 30, 22))[0]
    assert shown(frame) == {"total": 50, "Ort 1": 30, "Ort 2": 20}


def test_a_total_published_as_0_stays(made):
    assert shown(decided(Results.of([made.count(2)]))[0]) == {"total": 0}


def test_a_later_table_cannot_give_an_earlier_one_away(made):
    # The towns alone, published as 5 each, are open; with their total they are not.
    towns = Results.of(list(made.table(3, 3, 3, 3))[1:])
    total = Results.of(list(made.table(3, 3, 3, 3))[:1])
    frame, rows, _ = decided(towns)
    assert shown(frame) == dict.fromkeys(["Ort 0", "Ort 1", "Ort 2", "Ort 3"], 5)
    frame, further, found = decided(total, before=rows)
    assert frame["suppressed"].tolist() == [True]
    assert further["state"].tolist() == ["withheld"]
    assert found.recovered == 0


def test_an_earlier_release_is_held_by_the_attacker(made):
    towns = Results.of(list(made.table(3, 3, 3, 3))[1:])
    total = Results.of(list(made.table(3, 3, 3, 3))[:1])
    rows = decided(towns)[1]
    frame, further, found = decided(total, history=rows)
    assert frame["suppressed"].tolist() == [True]
    assert further["release"].tolist() == [1]
    assert (found.releases, found.recovered) == (1, 0)


def test_a_row_that_comes_again_is_shown_as_before(made):
    results = made.table(30, 20, 11)
    frame, rows, _ = decided(results, CELLKEY)
    again, further, _ = decided(results, CELLKEY, before=rows)
    assert shown(again) == shown(frame)
    assert further.empty


def test_a_left_out_breakdown_stays_left_out_in_the_next_table(made):
    frame, rows, _ = decided(made.table(2, 2))
    again, _, _ = decided(made.table(2, 2), before=rows)
    assert shown(again) == shown(frame)


def test_two_numbers_for_one_count_are_refused(made):
    rows = decided(Results.of([made.count(4711)]))[1]
    with pytest.raises(ProtectionError, match="same number, 1 have two") as found:
        decided(Results.of([made.count(4712)]), before=rows)
    assert "471" not in str(found.value)


def test_rows_that_count_no_persons_are_not_altered(made):
    rows = [Row("rows_in", "2024Q3", "05370", value=v) for v in (3,)]
    frame, held, _ = decided(Results.of([*rows, made.count(33)]))
    assert frame["value"].tolist() == [3, 35]
    assert held["indicator"].tolist() == ["persons_reached"]


def test_what_is_kept_and_what_is_shown_hold_no_keys(made):
    frame, rows, _ = decided(made.table(30, 20, 11), CELLKEY)
    assert not {"record_key", "base_key"} & {*frame.columns, *rows.columns}


def test_the_method_stands_in_each_altered_row(made):
    assert set(decided(made.table(30, 20))[0]["method"]) == {
        "Auszählung; auf Vielfache von 5 gerundet"
    }


def test_a_report_holds_no_number_of_a_table(made):
    found = decided(made.table(4711, 333))[2]
    assert "4711" not in str(found) and "333" not in str(found)


tables = st.lists(st.integers(0, 14) | st.integers(0, 4), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from([3, 5, 8]), st.sampled_from(["rounding", "cellkey"]))
def test_no_random_table_gives_a_small_count_away(made, counts, threshold, method):
    frame, _, found = decided(made.table(*counts), Rules(threshold, method))
    assert found.recovered == 0
    values = frame["value"].dropna()
    if method == "rounding":
        assert (values % (5 if threshold <= 5 else 10) == 0).all()
    assert not pd.isna(frame.loc[frame["dimension"] == "", "value"]).any()


people = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from("wm"), st.booleans(), st.booleans()),
    max_size=30,
)


def two_breakdowns(made, crowd):
    """Persons by town, by gender and by both, in tables that are linked."""
    breakdowns = {
        "": lambda p: "",
        "ags": lambda p: f"Ort {p[1]}",
        "gender": lambda p: p[2],
        "ags × gender": lambda p: f"Ort {p[1]} × {p[2]}",
    }
    rows = []
    for dimension, group_of in breakdowns.items():
        groups = {"": []} if not dimension else {}
        for person in crowd:
            groups.setdefault(group_of(person), []).append(f"p{person[0]}")
        rows += [made.count(ids, name, dimension=dimension) for name, ids in groups.items()]
    return Results.of(rows)


@settings(max_examples=40, deadline=None)
@given(people, st.sampled_from(["rounding", "cellkey"]))
def test_linked_tables_and_a_revision_give_no_small_count_away(made, crowd, method):
    # Some come later to the first release's data, some are taken out of them.
    numbered = [(n, *person) for n, person in enumerate(crowd)]
    first = two_breakdowns(made, [p for p in numbered if not p[3]])
    second = two_breakdowns(made, [p for p in numbered if not p[4]])
    rules = Rules(method=method)
    _, rows, found = decided(first, rules)
    assert found.recovered == 0
    try:
        _, further, found = decided(second, rules, history=rows)
    except ProtectionError as refusal:
        assert "follow from earlier tables" in str(refusal)
        return
    assert found.recovered == 0
    assert audit(rows, further, rules, method_of(rules, b"secret" * 6)) == found


def test_of_a_cross_table_only_the_lines_that_give_groups_away_are_left_out(made):
    # Of town A 2 women and 7 men are published as 0 and 5, all 9 as 10, which is at
    # least 8. Town B is published as it is.
    crowd = [*(("A", "w"),) * 2, *(("A", "m"),) * 7, *(("B", "w"),) * 31, *(("B", "m"),) * 33]
    results = two_breakdowns(made, [(n, *person) for n, person in enumerate(crowd)])
    frame, _, found = decided(results)
    crossed = frame[frame["dimension"] == "ags × gender"]
    assert "weitere Gruppen" in crossed["group"].tolist()
    assert {"Ort B × m"} <= set(crossed["group"]) or {"Ort B × w"} <= set(crossed["group"])
    assert found.recovered == 0


@pytest.mark.parametrize("method", ["rounding", "cellkey"])
def test_empty_groups_stay_open_where_zeros_are_not_safe(made, method):
    rules = Rules(method=method, zeros="unsafe")
    found = decided(made.table(0, 30, 22), rules)[2]
    assert (found.attacked, found.recovered, found.narrowest) == (1, 0, 2)


def known_too_well(counts, method):
    """Groups of 1 to 4 of which all tables that fit leave fewer than three values."""
    published = method.published(np.array([sum(counts), *counts], dtype=float), np.zeros(9))
    low, high = method.possible(published)
    ranges = [np.arange(a, b + 1) for a, b in zip(low[1:], high[1:], strict=True)]
    tables = np.array(list(itertools.product(*ranges)))
    fitting = tables[(tables.sum(axis=1) >= low[0]) & (tables.sum(axis=1) <= high[0])]
    cells = np.column_stack([fitting.sum(axis=1), fitting])
    width = cells.max(axis=0) - cells.min(axis=0)
    small = np.array([0 < value < 5 for value in (sum(counts), *counts)])
    return int((small & (width < 2)).sum())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
@example([3, 3, 3, 3])
@example([2, 7])
def test_the_attack_finds_what_counting_all_tables_finds(made, counts):
    _, rows, _ = decided(made.table(*counts))
    method = method_of(ROUNDING)
    keys = np.zeros(len(rows))
    rows = rows[rows["group"] != "alle Gruppen"].assign(state="rounding")
    rows["public_value"] = method.published(rows["value"].to_numpy(), keys)
    assert audit(rows[:0], rows, ROUNDING, method).recovered == known_too_well(counts, method)


def test_hidden_shares_that_say_by_being_there_how_few_they_are_of_are_left_out(made):
    # Seven towns of one person each: a hidden share is of at least one person, the
    # hidden one of all of them of at most seven, so each would be of exactly one.
    towns = [made.share(1, 1, f"Ort {n}") for n in range(7)]
    frame, _, found = decided(Results.of([made.share(7, 7), *towns]))
    assert frame["group"].tolist() == ["", "alle Gruppen"]
    assert frame["suppressed"].all()
    assert found.recovered == 0
