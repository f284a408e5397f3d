"""Entropy, complexity and turbulence: printed examples, by hand, and by listing everything."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.referrals.complexity import complexity, stays
from kimeval.referrals.sequences import distinct

from .sequence_words import sequences_of, stretched

# Figure 9 of Gabadinho et al. (2011); the vignette of TraMineR states its nine sequences.
FIGURE_9 = [
    "AAAAAAAAAAAA",
    "AAAAAAAAAAAB",
    "AAAAAABBBBBB",
    "AAAABBBBAAAA",
    "ABABABABABAB",
    "AAAAAAAAABCD",
    "AAABBBCCCDDD",
    "AAAABCDAAAAA",
    "ABCDABCDABCD",
]


def test_what_the_paper_says_of_its_nine_sequences():
    found = complexity(sequences_of(*FIGURE_9))
    assert found["transitions"].tolist() == [0, 1, 1, 2, 11, 3, 3, 4, 11]
    assert found["entropy"][[0, 6, 8]].tolist() == pytest.approx([0, 1, 1])
    assert found["complexity"][[0, 8]].tolist() == pytest.approx([0, 1])
    assert found["subsequences"].idxmax() == 8
    assert found["turbulence"].idxmax() == 8
    even, complex_ = found["turbulence"] / found["turbulence"].max(), found["complexity"]
    assert (even[[2, 3, 4, 6]] > complex_[[2, 3, 4, 6]]).all()


def test_figure_9_by_hand():
    found = complexity(sequences_of(*FIGURE_9))
    half = np.log(2) / np.log(4)
    assert found["complexity"][2] == pytest.approx(np.sqrt(1 / 11 * half))
    assert found["complexity"][4] == pytest.approx(np.sqrt(half))
    assert found["turbulence"][0] == 1
    assert found["turbulence"][2] == pytest.approx(np.log2(4 * 26))
    assert found["turbulence"][6] == pytest.approx(np.log2(16 * (3 * 4 + 1)))


def test_equal_time_in_each_state_is_the_same_entropy_in_any_order():
    """The three sequences of TraMineR's user guide, section on the entropy of a sequence."""
    found = complexity(sequences_of("AAABBBCCCDDD", "ADABCBCBCDAD", "ABABABCDCDCD"))
    assert found["entropy"].tolist() == pytest.approx([1, 1, 1])
    assert found["transitions"].tolist() == [3, 11, 11]


def test_turbulence_of_two_family_histories_by_hand():
    """Sequences of Aassve et al. (2007), printed in TraMineR's user guide."""
    first = stretched(("000", 12), ("0W0", 9), ("0WU", 5), ("1WU", 2))
    second = stretched(("000", 12), ("0W0", 14), ("1WU", 2))
    found = complexity(sequences_of(first, second))
    assert found["subsequences"].tolist() == [16, 8]
    variance = ((12 - 28 / 3) ** 2 + (14 - 28 / 3) ** 2 + (2 - 28 / 3) ** 2) / 3
    second_by_hand = np.log2(8 * (2 * (28 / 3 - 1) ** 2 + 1) / (variance + 1))
    assert found["turbulence"].tolist() == pytest.approx([np.log2(16 * 109 / 15.5), second_by_hand])


def test_time_in_each_state_of_printed_sequences():
    """Section 7.1 of the paper: 68 months of work and 2 of training."""
    work = stretched(("EM", 4), ("TR", 2), ("EM", 64))
    found = complexity(sequences_of(work, states=("EM", "FE", "HE", "JL", "SC", "TR")))
    share = np.array([68, 2]) / 70
    assert found["entropy"][0] == pytest.approx(-(share * np.log(share)).sum() / np.log(6))
    assert found["subsequences"][0] == 7


def test_stays_of_the_manuals_example():
    """seqST of TraMineR: A-A-*-*-*-B-B-C-C-D has durations 2-3-2-2-1 if * is a state."""
    held = stays(distinct(sequences_of("AA***BBCCD")))
    assert held.months.tolist() == [[2, 3, 2, 2, 1]]
    assert stays(distinct(sequences_of("AA...BBCCD"))).months.tolist() == [[2, 2, 2, 1]]


def test_nothing_known_is_not_zero():
    found = complexity(sequences_of("AB", ".."))
    assert found.loc[1, "months"] == 0
    assert found.loc[1].drop("months").isna().all()


def test_one_month_and_one_state():
    found = complexity(sequences_of("A"))
    assert found.values.tolist() == [[1, 0, 2, 0, 0, 1]]


def test_nobody():
    assert len(complexity(sequences_of())) == 0


def listed(word):
    """All distinct subsequences of the stays, by listing."""
    word = "".join(s for n, s in enumerate(word) if not n or word[n - 1] != s)
    return len({s for size in range(len(word) + 1) for s in combinations(word, size)})


WORDS = st.lists(st.text("ABC", min_size=1, max_size=9), min_size=1, max_size=6)


@given(WORDS)
def test_subsequences_as_listed(words):
    found = complexity(sequences_of(*words, states="ABC"))
    assert found["subsequences"].tolist() == [listed(word) for word in words]


@given(WORDS)
def test_indices_keep_their_bounds(words):
    found = complexity(sequences_of(*words, states="ABC"))
    assert found["complexity"].between(0, 1 + 1e-12).all()
    assert found["entropy"].between(0, 1 + 1e-12).all()
    assert (found["turbulence"] >= 1 - 1e-12).all()
