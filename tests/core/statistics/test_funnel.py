import numpy as np
import pytest
from scipy import stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.dispersion import dispersion
from kimeval.core.statistics.funnel import funnel_lines, ratio_funnel, share_funnel
from kimeval.core.statistics.limits import flag_chances, ratio_limits, share_limits


def test_limits_of_10_persons_at_a_half_are_worked_by_hand():
    # Bin(10, 1/2): F(1) = 11/1024 < 0.025 <= F(2) = 56/1024, so the line lies between 1 and 2:
    # 2 - (56/1024 - 0.025) / (45/1024) = 1.324; the upper one mirrors it only after
    # interpolation on its own side: F(7) = 968/1024 < 0.975 <= F(8) = 1013/1024.
    low, high = share_limits(0.5, [10], [0.95])[0, 0]
    assert low == pytest.approx((2 - (56 / 1024 - 0.025) / (45 / 1024)) / 10)
    assert high == pytest.approx((8 - (1013 / 1024 - 0.975) / (45 / 1024)) / 10)


def test_limits_come_near_the_normal_ones_for_large_areas():
    low, high = share_limits(0.3, [1_000_000], [0.95])[0, 0]
    reach = 1.959964 * np.sqrt(0.3 * 0.7 / 1e6)
    assert [low, high] == pytest.approx([0.3 - reach, 0.3 + reach], abs=1e-6)
    low, high = ratio_limits([1_000_000], [0.95])[0, 0]
    assert [low, high] == pytest.approx([1 - 0.00196, 1 + 0.00196], abs=2e-6)


def test_limits_stay_within_what_a_share_or_ratio_can_be():
    bounds = share_limits(0.02, [1, 5, 20])
    assert (bounds >= 0).all() and (bounds <= 1).all()
    assert (ratio_limits([0.1, 1.0]) >= 0).all()
    assert np.isnan(share_limits(0.5, [0])).all() and np.isnan(ratio_limits([0])).all()


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_target_of_none_or_all_allows_nothing_else(target):
    assert (share_limits(target, [5, 500]) == target).all()
    assert share_funnel([50, 50], [50, 50]).flags.tolist() == [[0, 0], [0, 0]]


def test_limits_of_998_lie_outside_those_of_95_and_narrow_with_size():
    bounds = share_limits(0.2, [50, 500, 5_000])
    assert (bounds[:, 1, 0] <= bounds[:, 0, 0]).all() and (bounds[:, 1, 1] > bounds[:, 0, 1]).all()
    assert (np.diff(bounds[:, 0, 1]) < 0).all()


def test_an_area_is_flagged_by_its_exact_probability():
    # Bin(10, 1/2): P(0) + P(1) = 11/1024 on each side.
    hits = [0, 1, 2, 5, 8, 9, 10]
    found = share_funnel(hits, [10] * 7, target=0.5)
    assert found.flags[:, 0].tolist() == [-1, -1, 0, 0, 0, 1, 1]
    assert found.flags[:, 1].tolist() == [-1, 0, 0, 0, 0, 0, 1]
    assert found.p[1] == pytest.approx(22 / 1024)
    expected = [stats.binomtest(h, 10).pvalue for h in hits]
    np.testing.assert_allclose(found.p, expected)


def test_the_number_of_flags_by_chance_is_the_sum_of_exact_probabilities():
    found = share_funnel([5] * 7, [10] * 7, target=0.5)
    np.testing.assert_allclose(found.expected_flags, 7 * np.array([22, 2]) / 1024)
    assert (flag_chances(stats.poisson([0.5, 5, 500]))[:, 0] <= 0.05).all()


def test_the_pooled_share_is_the_target_by_default():
    assert share_funnel([10, 30], [100, 100]).target == pytest.approx(0.2)


def test_an_area_without_people_or_with_an_unknown_count_has_no_flag():
    found = share_funnel([5, 0, np.nan, 50], [50, 0, 50, 50])
    assert np.isnan(found.p).tolist() == [False, True, True, False]
    assert found.flags[1:3].tolist() == [[0, 0], [0, 0]]
    assert found.target == pytest.approx(0.55)


def test_a_ratio_above_what_is_expected_is_flagged():
    found = ratio_funnel([3, 10, 25], [10, 10, 10])
    assert found.flags[:, 0].tolist() == [-1, 0, 1]
    assert found.p[2] == pytest.approx(2 * stats.poisson.sf(24, 10))


def test_areas_that_differ_much_have_a_phi_near_their_true_spread():
    chance = np.random.default_rng(3)
    total = np.full(500, 1_000)
    hits = chance.binomial(total, np.clip(chance.normal(0.3, 0.05, 500), 0, 1))
    # Variance 0.3 0.7 / 1000 + 0.05^2 against 0.3 0.7 / 1000: a phi of 12.9.
    found = share_funnel(hits, total, spread="additive").dispersion
    assert found.phi == pytest.approx(12.9, rel=0.1)
    # On the scale of arcsin(sqrt(p)) one step is worth 1 / (2 sqrt(p (1 - p))).
    assert found.tau == pytest.approx(0.05 / (2 * np.sqrt(0.21)), rel=0.1)


@pytest.mark.parametrize("spread", ["additive", "multiplicative"])
def test_a_spread_takes_flags_away_and_widens_the_limits_only_where_there_is_one(spread):
    total = np.full(54, 400)
    hits = np.round(400 * np.linspace(0.2, 0.4, 54))
    plain, wide = share_funnel(hits, total), share_funnel(hits, total, spread=spread)
    assert np.abs(plain.flags[:, 0]).sum() > 20
    assert np.abs(wide.flags[:, 0]).sum() == 0
    np.testing.assert_allclose(wide.expected_flags, [54 * 0.05, 54 * 0.002])
    assert (wide.p >= plain.p).all()
    assert (wide.limits[:, 0, 1] > plain.limits[:, 0, 1]).all()
    same = share_funnel(np.full(54, 120), total, spread=spread)
    np.testing.assert_array_equal(same.limits, share_funnel(np.full(54, 120), total).limits)


def test_one_far_area_hardly_moves_the_spread():
    z = stats.norm.ppf((np.arange(54) + 0.5) / 54)
    far = z.copy()
    far[-1] = 40.0
    even = dispersion(z, np.ones(54)).phi
    assert even == pytest.approx(1, abs=0.1)
    assert dispersion(far, np.ones(54)).phi == pytest.approx(even)
    assert dispersion(far, np.ones(54), trim=0).phi > 30


def test_fewer_than_ten_areas_tell_no_spread():
    found = share_funnel([1, 50, 99] * 3, [100] * 9, spread="additive")
    assert np.isnan(found.dispersion.phi) and not found.dispersion.found
    np.testing.assert_array_equal(found.limits, share_funnel([1, 50, 99] * 3, [100] * 9).limits)


def test_bad_input_is_refused():
    with pytest.raises(DataError, match="Did you mean 'additive'"):
        share_funnel([1], [2], spread="aditive")
    with pytest.raises(DataError, match="in percent"):
        share_funnel([1], [2], target=20)
    with pytest.raises(DataError, match="needs an area with people"):
        share_funnel([0], [0])
    with pytest.raises(DataError, match="A counts more than B"):
        share_funnel([3], [2], sources=("A", "B"))
    with pytest.raises(DataError, match="lies above 0 and has an end"):
        ratio_funnel([3], [2], target=0)


@pytest.mark.parametrize("spread", ["none", "additive", "multiplicative"])
def test_lines_pass_through_the_limits_of_the_areas_whatever_the_spread(spread):
    total = np.linspace(50, 900, 20).round()
    shares = share_funnel(np.round(total * np.linspace(0.1, 0.5, 20)), total, spread=spread)
    np.testing.assert_array_equal(funnel_lines(shares, total), shares.limits)
    ratios = ratio_funnel(np.round(total * np.linspace(0.5, 1.5, 20)), total, spread=spread)
    np.testing.assert_array_equal(funnel_lines(ratios, total[:3]), ratios.limits[:3])
    assert funnel_lines(ratios, [0, 10]).shape == (2, 2, 2)
