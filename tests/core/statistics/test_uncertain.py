import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.core.intervals import byar_interval, wilson_interval
from kimeval.core.statistics.estimate import NO_BASE
from kimeval.core.statistics.uncertain import (
    KINDS,
    about,
    at_least,
    exact,
    of_another_day,
    rate_over,
    share_over,
)


def test_over_a_known_denominator_it_is_wilsons_interval_without_a_note():
    found = share_over([8, 0], exact([10, 0]))
    expected = wilson_interval([8], [10])[0]
    assert [found.lower[0], found.upper[0]] == pytest.approx(expected)
    assert found.method == "Wilson" and exact([10]).note == ""
    assert found.refusal.tolist() == ["", NO_BASE]


def test_161_of_more_than_400_is_at_most_a_share_and_has_no_value():
    # The published case: 161 of a target group of more than 400.
    base = at_least([400])
    found = share_over([161], base)
    assert np.isnan(found.value[0]) and found.refusal.tolist() == [""]
    assert found.lower[0] == 0
    assert found.upper[0] == pytest.approx(wilson_interval([161], [400])[0, 1])
    assert "Untergrenze" in base.note and "höchstens" in base.note


def test_an_approximation_takes_each_bound_from_its_worst_end():
    found = share_over([161], about([400], relative=0.1))
    assert found.value == pytest.approx([161 / 400])
    assert found.lower == pytest.approx([wilson_interval([161], [440])[0, 0]])
    assert found.upper == pytest.approx([wilson_interval([161], [360])[0, 1]])
    same = share_over([161], about([400], absolute=40))
    assert (same.lower, same.upper) == (found.lower, found.upper)
    assert found.method == "Wilson, Spanne des Nenners"


def test_another_day_widens_by_the_change_and_says_so():
    base = of_another_day([1_000], change=0.05)
    found = rate_over([50], base, per=100)
    bounds = byar_interval([50])[0]
    assert found.value == pytest.approx([5])
    assert [found.lower[0], found.upper[0]] == pytest.approx(
        [100 * bounds[0] / 1_050, 100 * bounds[1] / 950]
    )
    assert "anderen Tag" in base.note


def test_a_range_that_dips_below_the_numerator_stops_there():
    found = share_over([95], about([100], relative=0.2))
    assert found.upper == pytest.approx([1]) and found.value == pytest.approx([0.95])
    more = share_over([105], about([100], relative=0.2))
    assert more.value == pytest.approx([1])


def test_a_numerator_above_the_whole_range_names_both_sources():
    with pytest.raises(DataError, match="clients counts more than the estimate can hold"):
        share_over([130], about([100], relative=0.2), sources=("clients", "the estimate"))
    assert share_over([130], at_least([100])).upper[0] == 1


def test_a_rate_over_a_lower_bound_has_only_an_upper_bound():
    found = rate_over([20], at_least([100]))
    assert np.isnan(found.value[0]) and found.lower[0] == 0
    assert found.upper == pytest.approx(byar_interval([20])[:, 1] / 100)


def test_nobody_over_a_lower_bound_of_zero_is_anything_up_to_one():
    found = share_over([0], at_least([0]))
    assert (found.lower[0], found.upper[0]) == (0, 1)


def test_a_range_must_be_stated_and_not_negative():
    with pytest.raises(DataError, match="How far off"):
        about([100])
    with pytest.raises(DataError, match="How far off"):
        about([100], relative=0.1, absolute=5)
    with pytest.raises(DataError, match="must not be negative"):
        of_another_day([100], change=-0.1)


def test_each_kind_but_the_exact_one_has_a_sentence_for_the_footnote():
    assert all(note.endswith(".") for kind, note in KINDS.items() if kind != "exact")
