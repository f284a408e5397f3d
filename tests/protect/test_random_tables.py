"""Random tables: an attacker recovers nothing; and of a broken protector, what it gives away."""

import time
from functools import cache

import pytest

from .random_tables import (
    attacked,
    each_table_alone,
    everything,
    one_cell_less,
    primary_only,
    proved,
    random_case,
    rule_of_thumb,
    threshold_one_too_small,
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
    return case, proved(case)


def test_the_attacker_recovers_nothing_in_150_random_tables():
    results = {
        seed: attacked(case.linked, hidden, case.rules)
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
        result = attacked(case.linked, proved(case), case.rules)
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
        linked = case.linked
        result = attacked(linked, hidden, case.rules, knowing=True)
        if result.inside:
            assert result == attacked(linked, everything(case), case.rules, knowing=True), seed


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_broken_protector_is_caught_by_the_attacker(fault):
    cases = (case for seed in SHORT if len((case := random_case(seed)).tables) > 1)
    results = (attacked(case.linked, FAULTS[fault](case), case.rules) for case in cases)
    assert any(result.recovered for result in results)


def test_random_tables_are_of_every_kind():
    cases = [kept(seed)[0] for seed in SHORT]
    assert {case.rules.threshold for case in cases} == {3, 4, 5, 6, 7}
    assert {case.rules.zeros for case in cases} == {"safe", "unsafe"}
    assert {len(case.tables) for case in cases} == {1, 2, 3}
    assert {len(case.tables[0].dimensions) for case in cases} == {2, 3}
    assert any(case.tables[0].hierarchies for case in cases)
