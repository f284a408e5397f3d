import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from kimeval.core.errors import DataError
from kimeval.core.intervals import byar_interval, median_interval, wilson_interval


def test_wilson_of_8_out_of_10_agrees_with_the_formula_worked_by_hand():
    # z = 1.96: centre (0.8 + 0.19208) / 1.38416, reach 1.96 sqrt(0.016 + 0.009604) / 1.38416
    np.testing.assert_allclose(wilson_interval([8], [10]), [[0.490162, 0.943318]], atol=5e-6)


def test_wilson_of_161_out_of_400_agrees_with_statsmodels():
    lower, upper = proportion_confint(161, 400, alpha=0.05, method="wilson")
    np.testing.assert_allclose(wilson_interval([161], [400]), [[lower, upper]], rtol=1e-12)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_wilson_agrees_with_statsmodels_over_all_counts_up_to_30(level):
    hits, total = np.array([(h, n) for n in range(1, 31) for h in range(n + 1)]).T
    expected = proportion_confint(hits, total, alpha=1 - level, method="wilson")
    # Bounds at 0 hits are exactly 0 here and 1e-17 there.
    np.testing.assert_allclose(wilson_interval(hits, total, level).T, expected, atol=1e-12)


def test_wilson_touches_0_and_1_exactly():
    bounds = wilson_interval([0, 10], [10, 10])
    assert (bounds[0, 0], bounds[1, 1]) == (0.0, 1.0)
    assert bounds[0, 1] == pytest.approx(1 - bounds[1, 0])


def test_wilson_of_nobody_is_unknown_and_not_zero():
    assert np.isnan(wilson_interval([0], [0])).all()


def test_wilson_takes_one_total_for_several_counts():
    np.testing.assert_array_equal(wilson_interval([1, 2], 10), wilson_interval([1, 2], [10, 10]))


def test_no_counts_give_no_intervals():
    assert wilson_interval([], []).shape == (0, 2)
    assert byar_interval([]).shape == (0, 2)


def test_more_hits_than_total_are_refused_with_their_number():
    with pytest.raises(DataError, match="more hits in 2 rows"):
        wilson_interval([3, 1, 5], [2, 1, 4])


@pytest.mark.parametrize(
    "interval", [lambda: wilson_interval([-1], [4]), lambda: byar_interval([-1])]
)
def test_a_negative_count_is_refused(interval):
    with pytest.raises(DataError, match="must not be negative, got 1 below zero"):
        interval()


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_outside_0_and_1_is_refused_in_each_interval(level):
    for interval in (
        lambda: wilson_interval([1], [2], level),
        lambda: byar_interval([1], level),
        lambda: median_interval(range(10), level),
    ):
        with pytest.raises(DataError, match=r"Write 0\.95"):
            interval()


def test_byar_below_10_events_is_the_exact_poisson_interval():
    count = np.arange(1, 10)
    exact = np.stack([stats.gamma.ppf(0.025, count), stats.gamma.ppf(0.975, count + 1)], axis=-1)
    np.testing.assert_allclose(byar_interval(count), exact, rtol=1e-10)


def test_no_events_have_an_upper_bound_of_minus_log_of_the_tail():
    np.testing.assert_allclose(byar_interval([0]), [[0.0, -np.log(0.025)]], rtol=1e-12)


def test_byar_of_10_events_agrees_with_the_formula_worked_by_hand():
    # 10 (1 - 1/90 - 1.96/(3 sqrt 10))^3 and 11 (1 - 1/99 + 1.96/(3 sqrt 11))^3
    np.testing.assert_allclose(byar_interval([10]), [[4.787450, 18.391459]], rtol=1e-6)


def test_byar_and_the_exact_interval_meet_at_10_events_within_half_a_percent():
    exact = [stats.gamma.ppf(0.025, 10), stats.gamma.ppf(0.975, 11)]
    np.testing.assert_allclose(byar_interval([10])[0], exact, rtol=0.005)


def test_the_median_of_10_values_lies_between_the_2nd_and_the_9th():
    # P(X <= 1) = 11/1024 = 0.0107 <= 0.025 < P(X <= 2) = 56/1024 for X ~ Bin(10, 1/2)
    values = [70, 10, 90, 30, 50, 20, 100, 40, 60, 80]
    np.testing.assert_array_equal(median_interval(values), [20, 90])


def test_the_median_of_6_values_spans_them_all_and_of_5_is_unknown():
    np.testing.assert_array_equal(median_interval([6, 5, 4, 3, 2, 1]), [1, 6])
    assert np.isnan(median_interval([5, 4, 3, 2, 1])).all()


def test_the_median_of_100_values_lies_between_the_40th_and_the_61st():
    # The table of order statistics for n = 100: ranks 40 and 61 cover 0.9648.
    np.testing.assert_array_equal(median_interval(np.arange(1, 101)), [40, 61])


@pytest.mark.parametrize("values", [[], [3.0]])
def test_no_value_or_one_value_has_no_interval(values):
    assert np.isnan(median_interval(values)).all()


def test_a_missing_value_is_refused():
    with pytest.raises(DataError, match="without missing ones"):
        median_interval([1.0, np.nan, 2.0])


def test_the_order_of_values_does_not_matter_and_stays():
    values = np.array([3.0, 1.0, 2.0, 6.0, 5.0, 4.0, 7.0])
    np.testing.assert_array_equal(median_interval(values), median_interval(values[::-1]))
    assert values.tolist() == [3.0, 1.0, 2.0, 6.0, 5.0, 4.0, 7.0]
