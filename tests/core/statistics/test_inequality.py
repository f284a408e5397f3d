import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from kimeval.core.errors import DataError
from kimeval.core.statistics.estimate import NO_BASE, NO_REFERENCE
from kimeval.core.statistics.inequality import share_gap, share_ratio


@pytest.mark.parametrize("counts", [(161, 400, 120, 350), (5, 20, 1, 30), (0, 10, 3, 9)])
def test_a_gap_agrees_with_newcombes_interval_of_statsmodels(counts):
    found = share_gap(*([n] for n in counts))
    expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert (found.lower[0], found.upper[0]) == pytest.approx(expected, abs=1e-12)


def test_swapped_groups_have_the_mirrored_gap_and_the_reciprocal_ratio():
    one, other = (12, 40, 30, 50), (30, 50, 12, 40)
    gaps = [share_gap(*([n] for n in counts)) for counts in (one, other)]
    assert gaps[0].value == pytest.approx(-gaps[1].value)
    assert gaps[0].lower == pytest.approx(-gaps[1].upper)
    ratios = [share_ratio(*([n] for n in counts)) for counts in (one, other)]
    assert ratios[0].value * ratios[1].value == pytest.approx([1])
    assert ratios[0].lower * ratios[1].upper == pytest.approx([1])


@pytest.mark.parametrize("counts", [(161, 400, 120, 350), (30, 100, 60, 100)])
def test_a_ratio_lies_near_the_score_interval_of_statsmodels(counts):
    found = share_ratio(*([n] for n in counts))
    expected = confint_proportions_2indep(*counts, method="score", compare="ratio")
    # Another method: both are asymptotic, and differ by about a hundredth at this size.
    assert (found.lower[0], found.upper[0]) == pytest.approx(expected, rel=0.015)


def test_a_group_of_nobody_is_refused_and_a_reference_of_zero_too():
    found = share_ratio([3, 3, 0], [9, 9, 9], [0, 0, 4], [0, 9, 9])
    assert found.refusal.tolist() == [NO_BASE, NO_REFERENCE, ""]
    assert (found.value[2], found.lower[2]) == (0, 0)
    assert np.isfinite(found.upper[2])
    assert share_gap([3], [9], [0], [9]).refusal.tolist() == [""]


def test_a_numerator_above_its_denominator_names_its_sources_in_either_group():
    with pytest.raises(DataError, match="clients counts more than the register"):
        share_gap([1], [2], [3], [2], sources=("clients", "the register"))


def test_the_input_is_not_changed():
    totals = np.array([0.0, 5.0])
    share_gap([0, 1], totals, [1, 1], [4, 4])
    assert totals.tolist() == [0, 5]
