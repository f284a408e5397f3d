import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.core.intervals import byar_interval, wilson_interval
from kimeval.core.statistics.change import count_change, count_ratio, share_change
from kimeval.core.statistics.estimate import NO_BASE, NO_REFERENCE
from kimeval.core.statistics.inequality import share_gap
from kimeval.core.statistics.mover import difference_bounds, ratio_bounds


def test_a_change_of_counts_is_worked_by_hand():
    # Score bounds of 100: 101.92 -+ 1.96 sqrt(100.96) = 82.22 and 121.61; of 120: 100.34, 143.50.
    found = count_change([100], [120])
    assert found.value.tolist() == [20]
    assert found.lower[0] == pytest.approx(20 - np.hypot(120 - 100.35, 121.63 - 100), abs=0.03)
    assert found.upper[0] == pytest.approx(20 + np.hypot(143.49 - 120, 100 - 82.23), abs=0.03)


def test_who_is_in_both_quarters_makes_no_change_unsure():
    apart, together = count_change([100], [120]), count_change([100], [120], both=[90])
    assert together.value == apart.value
    assert together.upper - together.lower < (apart.upper - apart.lower) / 2
    gone_and_come = count_change([10], [30])
    assert (together.lower, together.upper) == (gone_and_come.lower, gone_and_come.upper)


def test_nobody_in_either_quarter_is_no_change_with_bounds():
    found = count_change([0], [0])
    assert found.value[0] == 0 and found.lower[0] < 0 < found.upper[0]


def test_a_ratio_of_counts_is_refused_without_a_first_quarter_and_falls_with_overlap():
    found = count_ratio([0, 100, np.nan], [5, 120, 4])
    assert found.refusal.tolist() == [NO_REFERENCE, "", NO_BASE]
    assert found.value[1] == pytest.approx(1.2)
    narrow = count_ratio([100], [120], both=[90])
    assert found.lower[1] < narrow.lower[0] < 1.2 < narrow.upper[0] < found.upper[1]
    assert count_ratio([10], [0]).lower[0] == 0


def test_swapped_quarters_mirror_the_change():
    one, other = count_change([30], [50], both=[20]), count_change([50], [30], both=[20])
    assert one.lower == pytest.approx(-other.upper)
    one, other = count_ratio([30], [50], both=[20]), count_ratio([50], [30], both=[20])
    assert one.lower * other.upper == pytest.approx([1])


def test_shares_of_different_persons_change_by_newcombes_interval():
    found = share_change(([20], [60]), ([30], [50]))
    plain = share_gap([30], [50], [20], [60])
    assert (found.value, found.lower, found.upper) == (plain.value, plain.lower, plain.upper)


def test_the_same_persons_in_both_quarters_agree_with_newcombes_paired_example():
    # Newcombe (1998), Stat. Med. 17, 2635-2650, example 36 agree, 12 and 2 not, 0 neither:
    # 48 of 50 against 38 of 50, both 36. Method 10: 0.0569 to 0.3404.
    found = share_change(([38], [50]), ([48], [50]), both=([36], [50]))
    assert found.value == pytest.approx([0.2])
    assert [found.lower[0], found.upper[0]] == pytest.approx([0.0569, 0.3404], abs=1e-4)


def test_a_quarter_without_people_is_refused():
    assert share_change(([0], [0]), ([5], [9])).refusal.tolist() == [NO_BASE]


def test_more_in_both_than_in_one_is_refused():
    with pytest.raises(DataError, match="a part of each, got 1 of 1 rows"):
        count_change([3], [5], both=[4])
    with pytest.raises(DataError, match="a part of each"):
        share_change(([3], [10]), ([5], [10]), both=([2], [11]))


def test_a_full_correlation_leaves_only_the_difference_of_the_reaches():
    value, bounds = np.array([5.0]), np.array([[3.0, 8.0]])
    found = difference_bounds(value, bounds, value, bounds, 1.0)
    assert found[0] == pytest.approx([-1, 1])


def test_a_ratio_without_a_numerator_takes_the_worst_of_both_bounds():
    zero, other = byar_interval([0]), byar_interval([20])
    found = ratio_bounds(np.array([0.0]), zero, np.array([20.0]), other)
    assert found[0] == pytest.approx([0, zero[0, 1] / other[0, 0]])


def test_few_who_agree_in_both_quarters_count_less_than_their_plain_correlation():
    # 10 persons, 5 and 6 with the trait, 5 in both: 5 - 10 0.5 0.6 = 2, less 0.5 is 1.5,
    # over 10 sqrt(0.25 0.24): a correlation of 0.612 in place of 0.816.
    found = share_change(([5], [10]), ([6], [10]), both=([5], [10]))
    old, new = wilson_interval([5], [10])[0], wilson_interval([6], [10])[0]
    correlation = 1.5 / (10 * np.sqrt(0.25 * 0.24))
    down, other = 0.6 - new[0], old[1] - 0.5
    reach = np.sqrt(down**2 + other**2 - 2 * correlation * down * other)
    assert found.lower == pytest.approx([0.1 - reach])
