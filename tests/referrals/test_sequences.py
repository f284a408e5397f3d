"""Sequences of states: distributions, entropies and transitions."""

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.referrals.sequences import (
    Sequences,
    distinct,
    entropy,
    state_distribution,
    transition_counts,
    transition_rates,
)

from .sequence_words import sequences_of


def test_each_month_sums_to_all_persons():
    table = state_distribution(sequences_of("AAB", "AB.", ".BB"))
    assert table.index.tolist() == ["2023-01", "2023-02", "2023-03"]
    assert table.values.tolist() == [[2, 0, 1], [1, 2, 0], [0, 2, 1]]
    assert table.columns.tolist() == ["A", "B", "missing"]


def test_entropy_by_hand():
    assert entropy(np.array([[4, 0], [2, 2]])).tolist() == [0.0, 1.0]
    quarter = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    assert entropy(np.array([[1, 3]]), normalised=False) == pytest.approx([quarter])
    assert entropy(np.array([[1, 3]])) == pytest.approx([quarter / np.log(2)])
    assert np.isnan(entropy(np.array([[0, 0]]))).all()
    assert entropy(np.array([[7]])).tolist() == [0.0]


def test_entropies_of_printed_distributions():
    """Gabadinho et al. (2011), section 6.2: mvad, September and December 1993."""
    shares = np.array(
        [[0.034, 0.223, 0, 0.048, 0.472, 0.223], [0.051, 0.215, 0, 0.050, 0.461, 0.223]]
    )
    assert np.round(entropy(shares), 2).tolist() == [0.72, 0.74]


def test_transitions_skip_what_is_not_known():
    made = sequences_of("AAB", "A.B", "BBA")
    assert transition_counts(made).tolist() == [[1, 1], [1, 1]]


def test_rates_sum_to_one_where_a_state_is_left_or_stays():
    rates = transition_rates(sequences_of("AABC", "ABBC"))
    assert rates.tolist() == [[1 / 3, 2 / 3, 0], [0, 1 / 3, 2 / 3], [0, 0, 0]]


def test_each_sequence_once_with_its_persons():
    one = distinct(sequences_of("AB", "BA", "AB", "A.", ".A", ".."))
    assert one.counts[one.number].tolist() == [2, 1, 2, 2, 2, 1]
    assert one.lengths[one.number].tolist() == [2, 2, 2, 1, 1, 0]


def test_nobody_and_no_month():
    nobody = sequences_of()
    assert len(distinct(nobody)) == 0
    assert transition_rates(nobody).shape == (0, 0)
    assert state_distribution(nobody).shape == (0, 1)


def test_a_table_of_another_shape_is_refused():
    with pytest.raises(DataError, match="a row per person"):
        Sequences(np.zeros((2, 3), np.int16), ("A",), np.arange(3).astype("datetime64[M]"), ("x",))


def test_neither_a_person_nor_a_sequence_is_shown():
    made = sequences_of("AB", "BA")
    assert repr(made) == "Sequences(2 persons, 2 months, 2 states; not protected)"
    assert repr(distinct(made)) == "Distinct(2 sequences of 2 persons; not shown)"
