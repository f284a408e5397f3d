"""Random tables: an attacker recovers nothing; and of a broken protector, what it gives away."""

import itertools
import time
from functools import cache

import pytest

from .random_tables import (
    added_up,
    attacked,
    each_table_alone,
    one_cell_less,
    primary_only,
    proved,
    random_case,
    rule_of_thumb,
    system_added_up,
    threshold_one_too_small,
    whole_groups,
)

SHORT, PARTS, PART = range(150), range(10), 1000
FAULTS = {
    "primary rules only": primary_only,
    "a rule of thumb without proof": rule_of_thumb,
    "linked tables ignored": each_table_alone,
    "a threshold smaller by one": threshold_one_too_small,
    "one companion too few": one_cell_less,
}


@cache
def kept(seed):
    """A random case with what the program hides in it."""
    case = random_case(seed)
    return case, proved(case.system)


def test_the_attacker_recovers_nothing_in_150_random_tables():
    results = {
        seed: attacked(case.system, hidden, case.rules)
        for seed in SHORT
        for case, hidden in [kept(seed)]
    }
    assert {seed: r for seed, r in results.items() if r.recovered or r.inside} == {}
    assert sum(result.attacked for result in results.values()) > 2000


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS)
def test_the_attacker_recovers_nothing_in_10_000_random_tables(say, part):
    began, many, broken = time.monotonic(), 0, {}
    for seed in range(part * PART, (part + 1) * PART):
        case = random_case(seed)
        system = system_added_up(case)
        result = attacked(system, proved(system), case.rules)
        many += result.attacked
        if result.recovered or result.inside:
            broken[seed] = result
            say(f"seed {seed}: {result}")
    recovered = sum(result.recovered for result in broken.values())
    seconds = time.monotonic() - began
    say(f"tables {PART}, attacked {many}, recovered {recovered}, seconds {seconds:.0f}")
    assert broken == {}


def test_who_knows_which_counts_are_small_finds_out_what_nothing_could_hide():
    # Three counts that are 1 in a total that is small: who knows that has them, hidden or not.
    for seed in SHORT:
        case, hidden = kept(seed)
        system = case.system
        result = attacked(system, hidden, case.rules, knowing=True)
        if result.inside:
            everything = hidden | (system.value >= case.rules.least)
            assert result == attacked(system, everything, case.rules, knowing=True), seed


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_broken_protector_is_caught_by_the_attacker(fault):
    cases = (case for seed in SHORT if len((case := random_case(seed)).tables) > 1)
    results = (attacked(case.system, FAULTS[fault](case), case.rules) for case in cases)
    assert any(result.recovered for result in results)


def test_random_tables_are_of_every_kind():
    cases = [kept(seed)[0] for seed in SHORT]
    assert {case.rules.threshold for case in cases} == {3, 4, 5, 6, 7}
    assert {case.rules.zeros for case in cases} == {"safe", "unsafe"}
    assert {len(case.tables) for case in cases} == {1, 2, 3}
    assert {len(case.tables[0].dimensions) for case in cases} == {2, 3}
    assert any(case.tables[0].hierarchies for case in cases)


def test_linking_makes_the_cells_and_sums_that_adding_up_row_by_row_makes():
    for seed in SHORT:
        case = kept(seed)[0]
        cells, sums = added_up(case)
        table = case.linked.cells
        keys = list(table.drop(columns=["count", "small"]).itertuples(index=False, name=None))
        assert dict(zip(keys, table["count"], strict=True)) == cells, seed
        lines = case.system.sums
        made = set()
        for start, end in itertools.pairwise(lines.indptr):
            terms = dict(zip(lines.indices[start:end], lines.data[start:end], strict=True))
            (total,) = (keys[cell] for cell, factor in terms.items() if factor == -1)
            made.add((total, frozenset(keys[cell] for cell, f in terms.items() if f == 1)))
        assert made == sums, seed
        small = {key for key, few in zip(keys, table["small"], strict=True) if few}
        few = {c for c, n in cells.items() if case.rules.least <= n < case.rules.threshold}
        assert small == few | whole_groups(case, cells, sums), seed
