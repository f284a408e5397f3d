"""Record keys: the same set has the same key, whatever its order, table or machine."""

import math

import numpy as np
import pandas as pd
import pytest

from kimeval.core.recordkeys import BITS, digits, key_of

WRITTEN = 0.027929894830259983


def test_the_order_of_the_members_makes_no_difference():
    members = [f"person {n}" for n in range(5000)]
    assert key_of("person_id", members) == key_of("person_id", members[::-1])


def test_who_repeats_counts_once_and_who_is_missing_not_at_all():
    given = pd.Series(["a", "b", "a", None], dtype="str")
    assert key_of("person_id", given) == key_of("person_id", ["b", "a"])


def test_the_key_of_two_groups_is_the_sum_of_their_keys_without_the_whole_part():
    one, two = (key_of("person_id", group) for group in (["a", "b"], ["c"]))
    assert key_of("person_id", ["a", "b", "c"]) == (one + two) % 1


def test_a_key_is_a_fraction_of_16_digits():
    key = key_of("person_id", ["a"])
    assert 0 <= key < 1
    assert math.ldexp(digits(key), -BITS) == key


def test_one_person_more_is_another_key():
    members = [f"person {n}" for n in range(300)]
    keys = {key_of("person_id", members[:n]) for n in range(300)}
    assert len(keys) == 300


def test_persons_and_cases_of_the_same_numbers_have_unrelated_keys():
    assert key_of("person_id", ["a", "b"]) != key_of("case_id", ["a", "b"])


def test_nobody_has_the_key_0():
    assert key_of("person_id", []) == 0.0


def test_a_key_does_not_change_from_machine_to_machine():
    # SipHash-2-4 of the text, keyed by the kind; written down once.
    assert key_of("person_id", ["a", "b"]) == WRITTEN


@pytest.mark.parametrize("bins", [10, 64])
def test_keys_are_spread_evenly(bins):
    keys = [key_of("person_id", [f"person {n}"]) for n in range(6400)]
    found = np.histogram(keys, bins, (0, 1))[0]
    expected = 6400 / bins
    # Chi-squared with bins - 1 degrees of freedom, five standard deviations wide.
    assert ((found - expected) ** 2 / expected).sum() < bins - 1 + 5 * math.sqrt(2 * (bins - 1))


def test_a_column_of_text_has_the_key_of_its_list():
    numbers = ["p3", None, "p1", "p3"]
    for kind in ("str", "string", object, "category"):
        assert key_of("person_id", pd.Series(numbers, dtype=kind)) == key_of("person_id", numbers)
