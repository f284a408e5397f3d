import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.core.intervals import byar_interval
from kimeval.core.statistics.estimate import FEW_EVENTS, NO_BASE
from kimeval.core.statistics.standard import (
    directly_standardised,
    expected_events,
    indirectly_standardised,
)


def test_a_standardised_rate_worked_by_hand():
    # Weights 0.75 and 0.25; rates 10/100 and 20/50: 0.075 + 0.1 = 0.175.
    # Variance 0.75^2 10/100^2 + 0.25^2 20/50^2 = 0.0005625 + 0.0005 = 0.0010625.
    found = directly_standardised([10, 20], [100, 50], [3, 1])
    low, high = byar_interval(30)[0]
    stretch = np.sqrt(0.0010625 / 30)
    assert found.value == pytest.approx([0.175])
    assert found.lower == pytest.approx([0.175 + stretch * (low - 30)])
    assert found.upper == pytest.approx([0.175 + stretch * (high - 30)])
    assert found.method == "Dobson"


def test_with_the_own_population_as_standard_it_is_the_crude_rate_with_byars_interval():
    found = directly_standardised([12, 18], [300, 200], [300, 200], per=1_000)
    assert found.value == pytest.approx([60])
    # Equal weights per person: the stretch is exactly 1 / persons.
    np.testing.assert_allclose([found.lower[0], found.upper[0]], byar_interval(30)[0] * 2)


def test_only_the_proportions_of_the_standard_matter():
    one = directly_standardised([10, 20], [100, 50], [3, 1])
    other = directly_standardised([10, 20], [100, 50], [3_000, 1_000])
    assert [one.value[0], one.lower[0]] == pytest.approx([other.value[0], other.lower[0]])


def test_the_mix_of_ages_is_taken_out():
    # Same rates 0.1 and 0.4, other mix: crude rates differ, standardised ones do not.
    found = directly_standardised([[10, 40], [50, 20]], [[100, 100], [500, 50]], [1, 1])
    assert found.value == pytest.approx([0.25, 0.25])


def test_a_stratum_without_people_is_refused_unless_the_standard_has_none_either():
    found = directly_standardised([[15, 0], [15, 0]], [[100, 0], [100, 50]], [1, 1])
    assert found.refusal.tolist() == [NO_BASE, ""]
    assert directly_standardised([15, 0], [100, 0], [1, 0]).value == pytest.approx([0.15])


def test_fewer_than_10_events_are_refused_and_no_event_still_has_an_upper_bound():
    assert directly_standardised([4, 5], [100, 50], [1, 1]).refusal.tolist() == [FEW_EVENTS]
    found = directly_standardised([0, 0], [100, 50], [1, 1], least=0)
    # All of up to 3.69 events may lie in the stratum that weighs most: 0.5 / 50.
    assert (found.value[0], found.lower[0]) == (0, 0)
    assert found.upper == pytest.approx([-np.log(0.025) * 0.01])


def test_repeated_events_of_the_same_persons_widen_the_interval():
    # 20 events: of 20 persons, or 2 each of 10 persons (sum of squares 40).
    alone = directly_standardised([20], [200], [1])
    twice = directly_standardised([20], [200], [1], squares=[40])
    assert twice.value == alone.value
    assert twice.upper - twice.value == pytest.approx((alone.upper - alone.value) * np.sqrt(2))


def test_events_above_the_population_are_refused_with_the_sources():
    with pytest.raises(DataError, match="cases counts more than population"):
        directly_standardised([5, 5], [4, 9], [1, 1], sources=("cases", "population"))


@pytest.mark.parametrize("standard", [[1], [1, 2, 3], [0, 0]])
def test_a_standard_of_other_strata_is_refused(standard):
    with pytest.raises(DataError, match="one number for each of 2 strata"):
        directly_standardised([5, 5], [40, 90], standard)


def test_expected_events_are_the_population_times_the_rates_of_the_reference():
    # Rates 0.1 and 0.02: 50 0.1 + 300 0.02 = 11.
    assert expected_events([[50, 300]], [100, 40], [1_000, 2_000]) == pytest.approx([11])


def test_expected_events_are_unknown_where_people_meet_an_empty_reference():
    found = expected_events([[50, 1], [50, 0]], [100, 0], [1_000, 0])
    assert np.isnan(found[0]) and found[1] == pytest.approx(5)


def test_a_standardised_ratio_is_observed_over_expected_with_exact_bounds_below_10():
    found = indirectly_standardised([5, 20, 0], [10, 10, 0])
    assert found.value[:2] == pytest.approx([0.5, 2])
    # Garwood: 1.6235 to 11.6683 for 5 events.
    assert [found.lower[0], found.upper[0]] == pytest.approx([0.16235, 1.16683], abs=1e-5)
    np.testing.assert_allclose([found.lower[1], found.upper[1]], byar_interval(20)[0] / 10)
    assert found.refusal.tolist() == ["", "", NO_BASE]


def test_the_whole_reference_has_a_ratio_of_one():
    expected = expected_events([1_000, 2_000], [100, 40], [1_000, 2_000])
    assert indirectly_standardised([140], expected).value == pytest.approx([1])
