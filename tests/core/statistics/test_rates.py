import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson_2indep

from kimeval.core.errors import DataError
from kimeval.core.statistics.estimate import FEW_EVENTS, NO_BASE, NO_REFERENCE
from kimeval.core.statistics.exact import exact_count_interval, exact_share_interval
from kimeval.core.statistics.rates import crude_rate, rate_ratio, share


def test_a_share_of_8_in_10_has_wilsons_interval_worked_by_hand():
    # z = 1.96: centre (0.8 + 0.19208) / 1.38416, reach 1.96 sqrt(0.016 + 0.009604) / 1.38416
    found = share([8], [10])
    assert found.value == pytest.approx([0.8])
    assert [found.lower[0], found.upper[0]] == pytest.approx([0.490162, 0.943318], abs=5e-6)


@pytest.mark.parametrize("total", [0, np.nan])
def test_a_share_of_nobody_is_refused_and_never_zero(total):
    found = share([0, 3], [total, 4])
    assert found.refusal.tolist() == [NO_BASE, ""]
    assert np.isnan([found.value[0], found.lower[0], found.upper[0]]).all()
    assert found.value[1] == 0.75
    assert found.reasons() == ["der Nenner ist null oder fehlt", ""]


@pytest.mark.parametrize("measure", [share, crude_rate])
def test_a_numerator_above_its_denominator_names_both_sources_and_no_value(measure):
    with pytest.raises(DataError, match=r"1 of 2 rows where clients counts more than the census"):
        measure([17, 1], [12, 5], sources=("clients", "the census"))
    with pytest.raises(DataError) as caught:
        measure([17], [12])
    assert "17" not in str(caught.value) and "12" not in str(caught.value)


def test_one_person_where_nobody_lives_is_an_error_too():
    with pytest.raises(DataError, match="1 of 1 rows"):
        share([1], [0])


def test_no_rows_give_no_shares_and_no_rates():
    assert len(share([], [])) == len(crude_rate([], [])) == 0


@pytest.mark.parametrize("wrong", [-1, np.inf])
def test_a_count_below_zero_or_without_end_is_refused(wrong):
    with pytest.raises(DataError, match="got 1 below zero or without end"):
        crude_rate([wrong], [10])


def test_a_rate_on_9_events_is_refused_and_on_10_is_not():
    found = crude_rate([9, 10], [1_000, 1_000], per=1_000)
    assert found.refusal.tolist() == [FEW_EVENTS, ""]
    assert found.reasons()[0] == "weniger als 10 Ereignisse"
    # 10 (1 - 1/90 - 1.96/(3 sqrt 10))^3 and 11 (1 - 1/99 + 1.96/(3 sqrt 11))^3
    assert np.isnan(found.lower[0])
    found_bounds = [found.value[1], found.lower[1], found.upper[1]]
    assert found_bounds == pytest.approx([10, 4.787450, 18.391459], rel=1e-6)


def test_contacts_may_outnumber_persons_where_that_is_said():
    assert crude_rate([30], [12], repeats=True).value == pytest.approx([2.5])


def test_a_ratio_of_rates_agrees_with_the_score_interval_of_statsmodels():
    found = rate_ratio([15], [19_017], [41], [28_010])
    low, high = confint_poisson_2indep(15, 19_017, 41, 28_010, method="score", compare="ratio")
    assert found.value == pytest.approx([15 / 19_017 / (41 / 28_010)])
    # That one seeks its bounds numerically.
    assert [found.lower[0], found.upper[0]] == pytest.approx([low, high], rel=1e-6)


def test_a_ratio_of_equal_rates_is_one_and_its_bounds_are_reciprocal():
    found = rate_ratio([20], [400], [20], [400])
    assert found.value == pytest.approx([1])
    assert found.lower * found.upper == pytest.approx([1])


def test_a_ratio_without_events_in_the_reference_is_refused_and_without_own_is_zero():
    found = rate_ratio([5, 0, 0], [10, 10, 0], [0, 5, 5], [10, 10, 10])
    assert found.refusal.tolist() == [NO_REFERENCE, "", NO_BASE]
    assert (found.value[1], found.lower[1]) == (0, 0) and found.upper[1] > 0


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_the_exact_interval_of_a_share_agrees_with_statsmodels(level):
    hits, total = np.array([(h, n) for n in range(1, 21) for h in range(n + 1)]).T
    expected = proportion_confint(hits, total, alpha=1 - level, method="beta")
    np.testing.assert_allclose(exact_share_interval(hits, total, level).T, expected, atol=1e-9)


def test_the_exact_interval_of_a_share_agrees_with_scipy_for_whole_and_holds_for_broken_counts():
    exact = stats.binomtest(7, 50).proportion_ci(0.95, "exact")
    np.testing.assert_allclose(exact_share_interval(7, 50)[0], [exact.low, exact.high], rtol=1e-9)
    low, high = exact_share_interval([7, 7.5, 8], [50, 50, 50]).T
    assert (np.diff(low) > 0).all() and (np.diff(high) > 0).all()
    assert np.isnan(exact_share_interval(0, 0)).all()


def test_the_exact_interval_of_a_count_is_garwoods():
    # 0 events: up to -ln 0.025 = 3.689; 10 events: 4.795 to 18.390 (Garwood's table).
    np.testing.assert_allclose(exact_count_interval([0])[0], [0, 3.6889], atol=1e-4)
    np.testing.assert_allclose(exact_count_interval([10])[0], [4.7954, 18.3904], atol=1e-4)
    count = np.arange(1, 50)
    expected = [stats.chi2.ppf(0.025, 2 * count) / 2, stats.chi2.ppf(0.975, 2 * count + 2) / 2]
    np.testing.assert_allclose(exact_count_interval(count).T, expected, rtol=1e-10)
