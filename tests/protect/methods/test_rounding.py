"""Rounding by hand: nearest multiple, zero stays, and which counts a number stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import ProtectionError
from kimeval.protect.methods.rounding import Rounding, base_for


def rounded(base, *counts):
    return Rounding(base).published(np.array(counts, dtype=float), np.zeros(len(counts))).tolist()


def test_counts_go_to_the_nearest_multiple_of_five():
    assert rounded(5, 0, 1, 2, 3, 4, 5, 7, 8, 12, 13) == [0, 0, 0, 5, 5, 5, 5, 10, 10, 15]


def test_half_way_is_rounded_up():
    assert rounded(10, 4, 5, 14, 15, 25) == [0, 10, 10, 20, 30]


def test_what_is_not_known_stays_so():
    assert np.isnan(rounded(5, np.nan)[0])


@pytest.mark.parametrize(
    ("base", "published", "low", "high"),
    [(5, 0, 0, 2), (5, 5, 3, 7), (5, 10, 8, 12), (10, 0, 0, 4), (10, 10, 5, 14), (3, 3, 2, 4)],
)
def test_a_number_stands_for_these_counts(base, published, low, high):
    found = Rounding(base).possible(np.array([published]))
    assert (found[0][0], found[1][0]) == (low, high)


@given(st.integers(0, 10_000), st.integers(3, 40))
def test_the_counts_behind_a_number_are_those_that_round_to_it(count, base):
    method = Rounding(base)
    published = method.published(np.array([float(count)]), np.zeros(1))
    (low,), (high,) = method.possible(published)
    assert low <= count <= high
    near = np.arange(max(low - 1, 0), high + 2)
    same = method.published(near, np.zeros(len(near))) == published[0]
    assert near[same].tolist() == np.arange(low, high + 1).tolist()


@pytest.mark.parametrize(("threshold", "base"), [(3, 5), (5, 5), (6, 10), (10, 10), (11, 15)])
def test_the_base_grows_with_the_threshold(threshold, base):
    assert base_for(threshold) == base


@pytest.mark.parametrize("threshold", range(3, 41))
def test_a_published_zero_leaves_as_many_counts_as_the_rule_wants(threshold):
    low, high = Rounding(base_for(threshold)).possible(np.array([0.0]))
    assert high[0] - low[0] >= (threshold - 1) // 2


@pytest.mark.parametrize("base", [2, 1, 0, -5, 5.0, True, None])
def test_a_base_that_protects_no_one_is_refused(base):
    with pytest.raises(ProtectionError, match="multiples of a whole number"):
        Rounding(base)
