"""Optimal matching: printed values, by hand, and the plain table of each pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.core.errors import DataError, ParameterError
from kimeval.referrals import distances
from kimeval.referrals.distances import constant_costs, optimal_matching, transition_costs
from kimeval.referrals.sequences import distinct, transition_rates

from .sequence_words import sequences_of, stretched


def between(made, costs, indel=1.0):
    """Distances of all persons, not only of distinct sequences."""
    one = distinct(made)
    return optimal_matching(one, costs, indel)[np.ix_(one.number, one.number)]


def test_with_two_for_a_substitution_it_counts_what_is_not_common():
    """Gabadinho et al. (2011), section 8.1: common subsequences of 12 and 59 months."""
    first = stretched(("EM", 4), ("TR", 2), ("EM", 64))
    second = stretched(("FE", 36), ("HE", 34))
    third = stretched(("TR", 24), ("FE", 34), ("EM", 10), ("JL", 2))
    fifth = stretched(("FE", 25), ("HE", 45))
    apart = between(sequences_of(first, second, third, fifth), constant_costs(5))
    assert apart[0, 2] == 140 - 2 * 12
    assert apart[1, 3] == 140 - 2 * 59


def test_elzingas_family_histories():
    """TraMineR's help of seqLLCS after Elzinga (2008): longest common 2 and 4."""
    x, y, z = "S-U-S-M-S-U", "U-S-SC-MC", "S-U-M-S-SC-UC-MC"
    made = sequences_of(*(word.split("-") for word in (x, y, z)))
    apart = between(made, constant_costs(len(made.states)))
    assert apart[0, 1] == 6 + 4 - 2 * 2
    assert apart[0, 2] == 6 + 7 - 2 * 4


def test_a_shift_by_one_costs_two_indels_or_four_substitutions():
    """Section 8 of the paper: ABAB and BABA are near if one may be shifted."""
    made = sequences_of("ABAB", "BABA")
    assert between(made, constant_costs(2), 1.0)[0, 1] == 2
    assert between(made, constant_costs(2), 9.0)[0, 1] == 8
    assert between(made, constant_costs(2, 1.0), 9.0)[0, 1] == 4


def test_costs_from_transitions_by_hand():
    made = sequences_of("AABC", "ABBC")
    rates = transition_rates(made)
    costs = transition_costs(made)
    assert costs[0, 1] == pytest.approx(2 - rates[0, 1] - rates[1, 0]) == pytest.approx(4 / 3)
    assert costs[0, 2] == 2
    assert not np.diag(costs).any()


def test_a_sequence_without_a_month_is_as_far_as_the_other_is_long():
    assert between(sequences_of("..", "AB", "A."), constant_costs(2), 1.5)[0].tolist() == [
        0,
        3,
        1.5,
    ]


def test_nobody_and_one():
    assert between(sequences_of(), constant_costs(0)).shape == (0, 0)
    assert between(sequences_of("AB"), constant_costs(2)).tolist() == [[0]]


def test_costs_that_are_refused():
    one = distinct(sequences_of("AB"))
    for costs, indel in [
        (np.array([[0.0, 1], [2, 0]]), 1),
        (np.array([[1.0, 2], [2, 0]]), 1),
        (np.array([[0.0, -1], [-1, 0]]), 1),
        (constant_costs(2), 0),
    ]:
        with pytest.raises(ParameterError, match="not negative"):
            optimal_matching(one, costs, indel)


def test_too_many_sequences_are_refused(monkeypatch):
    monkeypatch.setattr(distances, "MOST", 1)
    with pytest.raises(DataError, match="up to 1 different sequences, got 2"):
        between(sequences_of("AB", "BA"), constant_costs(2))


def plain(left, right, costs, indel):
    """The table of Needleman and Wunsch, cell by cell."""
    table = np.zeros((len(left) + 1, len(right) + 1))
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            options = [table[i - 1, j] + indel] if i else []
            options += [table[i, j - 1] + indel] if j else []
            if i and j:
                options.append(
                    table[i - 1, j - 1] + costs["ABC".index(left[i - 1]), "ABC".index(right[j - 1])]
                )
            table[i, j] = min(options, default=0.0)
    return table[-1, -1]


@settings(max_examples=40)
@given(
    st.lists(st.text("ABC", max_size=7), min_size=2, max_size=6),
    st.lists(st.integers(0, 5), min_size=3, max_size=3),
    st.sampled_from([0.5, 1.0, 2.5]),
)
def test_as_the_plain_table(words, prices, indel):
    costs = np.zeros((3, 3))
    costs[np.triu_indices(3, 1)] = prices
    costs += costs.T
    apart = between(sequences_of(*words, states="ABC"), costs, indel)
    expected = [[plain(a, b, costs, indel) for b in words] for a in words]
    assert apart == pytest.approx(np.array(expected))
