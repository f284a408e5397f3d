import numpy as np
import pytest
import statsmodels.api as sm

from kimeval.core.statistics.estimate import FEW_EVENTS, FEW_GROUPS, NO_LINE
from kimeval.core.statistics.gradient import concentration_index, relative_index, slope_index

HITS, TOTAL = [10, 24, 33, 60], [100, 120, 110, 150]


def ridits(total):
    parts = np.asarray(total) / np.sum(total)
    return np.cumsum(parts) - parts / 2


def test_three_equal_groups_on_a_line_have_the_slope_worked_by_hand():
    # Shares 0.1, 0.2, 0.3 at ridits 1/6, 1/2, 5/6: slope 0.1 / (1/3) = 0.3.
    found = slope_index([10, 20, 30], [100, 100, 100])
    assert found.value == pytest.approx([0.3])
    # At the ends 0.05 and 0.35: seven times as many.
    assert relative_index([10, 20, 30], [100] * 3).value == pytest.approx([7])
    # 2/(3 * 0.2) (0.1/6 + 0.2/2 + 0.3 5/6) - 1 = 2/9.
    assert concentration_index([10, 20, 30], [100] * 3).value == pytest.approx([2 / 9])
    assert concentration_index([10, 20, 30], [100] * 3, corrected=True).value == pytest.approx(
        [4 * 0.2 * 2 / 9]
    )


def test_the_slope_is_that_of_a_regression_weighted_by_people():
    line = sm.WLS(
        np.divide(HITS, TOTAL), sm.add_constant(ridits(TOTAL)), weights=np.array(TOTAL, float)
    ).fit()
    assert slope_index(HITS, TOTAL).value == pytest.approx([line.params[1]])
    ends = line.predict([[1, 1.0], [1, 0.0]])
    assert relative_index(HITS, TOTAL).value == pytest.approx([ends[0] / ends[1]])


def test_the_concentration_index_is_twice_the_covariance_with_the_rank_over_the_mean():
    share, part = np.divide(HITS, TOTAL), np.array(TOTAL) / sum(TOTAL)
    mean = part @ share
    covariance = part @ ((share - mean) * (ridits(TOTAL) - 0.5))
    assert concentration_index(HITS, TOTAL).value == pytest.approx([2 * covariance / mean])


def test_the_reversed_order_has_the_opposite_sign_and_mirrored_bounds():
    up, down = slope_index(HITS, TOTAL), slope_index(HITS[::-1], TOTAL[::-1])
    assert up.value == pytest.approx(-down.value) and up.lower == pytest.approx(-down.upper)
    up = concentration_index(HITS, TOTAL)
    down = concentration_index(HITS[::-1], TOTAL[::-1])
    assert up.value == pytest.approx(-down.value) and up.lower == pytest.approx(-down.upper)


def test_equal_shares_have_no_gradient_and_bounds_around_none():
    assert slope_index([20, 40, 60], [100, 200, 300]).value == pytest.approx([0])
    assert relative_index([20, 40, 60], [100, 200, 300]).value == pytest.approx([1])
    found = concentration_index([20, 40, 60], [100, 200, 300])
    assert found.value == pytest.approx([0]) and found.lower[0] < 0 < found.upper[0]


def test_the_slopes_error_is_that_of_price_and_bonett_worked_by_hand():
    # Weights -1.5, 0, 1.5; with 4/3 persons and 2/3 hits more per group.
    size = 100 + 4 / 3
    share = np.array([10, 20, 30]) + 2 / 3
    share = share / size
    error = np.sqrt(2.25 * (share[0] * (1 - share[0]) + share[2] * (1 - share[2])) / size)
    centre = 1.5 * (share[2] - share[0])
    found = slope_index([10, 20, 30], [100] * 3)
    assert found.upper == pytest.approx([centre + 1.959964 * error])


def test_a_group_without_people_changes_nothing():
    with_gap = slope_index([10, 24, 0, 33, 60], [100, 120, 0, 110, 150])
    plain = slope_index(HITS, TOTAL)
    assert with_gap.value == pytest.approx(plain.value)
    assert with_gap.upper == pytest.approx(plain.upper)


def test_ranks_from_a_sample_make_the_index_less_sure():
    known, sampled = (
        concentration_index(HITS, TOTAL),
        concentration_index(HITS, TOTAL, sampled=True),
    )
    assert sampled.upper - sampled.lower > known.upper - known.lower
    assert sampled.value == known.value


def test_several_areas_at_once_are_as_one_by_one():
    both = relative_index([HITS, HITS[::-1]], [TOTAL, TOTAL[::-1]])
    assert both.upper[1] == pytest.approx(relative_index(HITS[::-1], TOTAL[::-1]).upper[0])


@pytest.mark.parametrize("index", [slope_index, relative_index, concentration_index])
def test_two_groups_or_few_persons_with_the_trait_are_refused(index):
    assert index([10, 20, 0], [100, 100, 0]).refusal.tolist() == [FEW_GROUPS]
    assert index([1, 2, 3], [100, 100, 100]).refusal.tolist() == [FEW_EVENTS]
    assert np.isnan(index([0, 0, 0], [0, 0, 0]).value).all()


def test_a_line_that_falls_to_zero_has_no_ratio():
    found = relative_index([0, 5, 60], [100, 100, 100])
    assert found.refusal.tolist() == [NO_LINE]
    assert slope_index([0, 5, 60], [100, 100, 100]).refusal.tolist() == [""]


@pytest.mark.parametrize("index", [slope_index, relative_index, concentration_index])
def test_the_bounds_hold_the_value_even_with_two_persons_a_group(index):
    chance = np.random.default_rng(4)
    total = chance.integers(1, 8, (2_000, 5))
    found = index(chance.binomial(total, 0.5), total)
    given = found.refusal == ""
    assert given.sum() > 200
    value = found.value[given]
    assert ((found.lower[given] <= value) & (value <= found.upper[given])).all()
