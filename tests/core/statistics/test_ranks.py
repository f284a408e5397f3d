import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.core.statistics.ranks import (
    joint_level,
    joint_ranks,
    marginal_ranks,
    ranked_rates,
    ranked_shares,
    rate_samples,
    share_samples,
)


def test_each_of_54_independent_intervals_needs_999_per_mille_for_95_percent_together():
    assert joint_level(0.95, 54) == pytest.approx(0.99905, abs=1e-5)
    assert joint_level(0.95, 1) == pytest.approx(0.95)


def test_a_rank_is_bounded_by_the_areas_that_certainly_lie_above_and_below():
    # A lies above all; B, C and D overlap with one another but for B above D.
    value = [0.9, 0.5, 0.4, 0.3]
    bounds = [[0.8, 1.0], [0.40, 0.6], [0.3, 0.5], [0.2, 0.35]]
    found = joint_ranks(value, bounds)
    assert found.rank.tolist() == [1, 2, 3, 4]
    assert found.lower.tolist() == [1, 2, 2, 3]
    assert found.upper.tolist() == [1, 3, 4, 4]
    assert found.kind == "joint"


def test_areas_that_all_overlap_may_have_any_rank():
    found = ranked_shares([3, 4, 5], [10, 10, 10])
    assert found.lower.tolist() == [1, 1, 1] and found.upper.tolist() == [3, 3, 3]


def test_large_areas_far_apart_have_sharp_ranks_and_ties_share_their_place():
    found = ranked_shares([100, 500, 900], [1_000] * 3)
    assert found.lower.tolist() == found.upper.tolist() == [3, 2, 1]
    assert ranked_shares([5, 5, 9], [10] * 3).rank.tolist() == [2.5, 2.5, 1]


def test_an_area_without_people_has_no_rank_and_takes_none():
    found = ranked_shares([100, 0, 900], [1_000, 0, 1_000])
    assert found.rank[[0, 2]].tolist() == [2, 1] and np.isnan(found.rank[1])
    assert found.upper[0] == 2
    rates = ranked_rates([500, 3, 90], [10, 0, 10])
    assert np.isnan(rates.lower[1]) and rates.rank[0] == 1


def test_no_areas_and_one_area():
    assert ranked_shares([], []).rank.shape == (0,)
    one = ranked_rates([5], [10])
    assert (one.rank[0], one.lower[0], one.upper[0]) == (1, 1, 1)


def test_simulated_ranks_say_that_they_stand_alone_and_come_from_the_seed():
    samples = share_samples([10, 50, 90, 0], [100, 100, 100, 0], seed=3)
    found = marginal_ranks(samples)
    assert found.kind == "marginal"
    assert found.rank[:3].tolist() == [3, 2, 1] and np.isnan(found.rank[3])
    again = share_samples([10, 50, 90, 0], [100, 100, 100, 0], seed=3)
    np.testing.assert_array_equal(samples, again)


def test_equal_areas_have_simulated_ranks_all_over_the_place():
    found = marginal_ranks(rate_samples([20] * 5, [10.0] * 5, seed=1))
    assert found.lower.tolist() == [1] * 5 and found.upper.tolist() == [5] * 5
    assert (found.rank == 3).all()


def test_samples_lie_around_what_was_counted():
    shares = share_samples([30], [100], draws=20_000)
    assert shares.mean() == pytest.approx(30.5 / 101, abs=0.002)
    rates = rate_samples([30, 1], [10, 0], draws=20_000)
    assert rates[:, 0].mean() == pytest.approx(3.05, abs=0.02)
    assert np.isnan(rates[:, 1]).all()


def test_bounds_of_another_shape_are_refused():
    with pytest.raises(DataError, match="a lower and an upper bound"):
        joint_ranks([1, 2], [1, 2])
