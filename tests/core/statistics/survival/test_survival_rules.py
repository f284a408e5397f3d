"""Times until an ending: what is refused, families, and time before treatment."""

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.core.statistics.survival import (
    at_risk,
    cox,
    fine_gray,
    gray_test,
    incidence,
    proportional,
    spells,
    split_at_treatment,
    time_difference,
    time_reached,
    time_until,
)

DRAWN = np.random.default_rng(11)


def drawn(n=80, entry=False):
    first, other = DRAWN.exponential(10, n), DRAWN.exponential(25, n)
    end = np.ceil(np.minimum(first, other))
    late = np.floor(DRAWN.uniform(0, 3, n)) if entry else np.zeros(n)
    seen = end > late
    return spells(end[seen], np.where(first < other, 1, 2)[seen], late[seen])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"exit": [5, 2], "entry": [0, 3]}, "1 of 2 with a negative duration"),
        ({"exit": [5, 3], "entry": [0, 3]}, "1 of 2 who leave as they enter"),
        ({"exit": [5, np.nan]}, "1 of 2 lack one"),
        ({"exit": [5, 2], "entry": [0, -3]}, "1 of 2 enter before"),
        ({"exit": [5, 2], "ending": [1, 0.5]}, "An ending is 0"),
    ],
)
def test_impossible_times_are_refused_by_number_alone(given, told):
    with pytest.raises(DataError, match=told):
        spells(**{"ending": [1, 1], **given})


def test_who_enters_as_an_event_happens_is_not_at_risk():
    held = spells([3, 5, 5], [1, 1, 0], [0, 3, 0])
    assert at_risk(held, [3, 5]).tolist() == [2, 2]
    assert at_risk(held, [0]).tolist() == [2]


def test_without_censoring_the_error_is_that_of_a_share():
    held = spells(np.repeat([1, 2, 3, 4], 10), np.repeat([1, 2, 1, 2], 10))
    found = incidence(held, [3])
    assert found.share == pytest.approx([0.5])
    assert found.error**2 == pytest.approx([0.25 / 40 * 40 / 39])
    assert found.effective == pytest.approx([39])


def test_families_that_end_together_count_once():
    alone = spells([1, 2, 3, 4] * 10, [1, 1, 0, 0] * 10)
    twice = spells([1, 2, 3, 4] * 20, [1, 1, 0, 0] * 20, cluster=list(range(40)) * 2)
    assert incidence(twice, [2]).error == pytest.approx(incidence(alone, [2]).error)
    x = np.tile([0, 1, 1, 0, 0, 1, 0, 1], 5)
    two = cox(twice, np.tile(x, 2), ties="breslow")
    assert two.error == pytest.approx(cox(alone, x, ties="breslow").error, rel=1e-6)
    assert two.beta == pytest.approx(cox(alone, x, ties="breslow").beta)
    half = cox(alone, x, ties="breslow").model_covariance / 2
    assert two.model_covariance == pytest.approx(half)


@pytest.mark.parametrize("model", [cox, fine_gray])
def test_errors_are_near_those_of_leaving_each_person_out(model):
    held = drawn(90, entry=True)
    x, everyone = DRAWN.integers(0, 2, len(held)), np.arange(len(held))
    found = model(held, x)
    left = [model(held.only(everyone != one), x[everyone != one]).beta[0] for one in everyone]
    jackknife = np.sqrt(np.sum((np.array(left) - found.beta[0]) ** 2))
    assert found.error[0] == pytest.approx(jackknife, rel=0.15)


def test_the_error_of_time_reached_is_near_that_of_leaving_each_person_out():
    held = drawn(60, entry=True)
    everyone = np.arange(len(held))
    found = time_reached(held, 12)
    left = [time_reached(held.only(everyone != one), 12).value for one in everyone]
    jackknife = np.sqrt(np.sum((np.array(left) - found.value) ** 2))
    assert found.error == pytest.approx(jackknife, rel=0.1)


def test_time_reached_is_the_area_below_the_incidence():
    held = spells(np.repeat([2, 4, 10], 10), np.repeat([1, 2, 0], 10))
    assert time_reached(held, 8).value == pytest.approx((8 - 2) / 3)
    both = spells(np.r_[held.exit, held.exit + 1], np.r_[held.ending, held.ending])
    found = time_difference(both, np.repeat([False, True], 30), 8)
    assert found.value == pytest.approx(-1 / 3)
    assert found.lower < -1 / 3 < found.upper


def test_nobody_s_outcome_is_zero_with_wilson_s_upper_bound():
    found = incidence(spells([10] * 30, [0] * 30), [5])
    assert (found.share[0], found.lower[0]) == (0, 0)
    assert found.upper[0] == pytest.approx(1.959964**2 / (30 + 1.959964**2), abs=1e-6)


def test_the_arcsine_scale_is_symmetric_there():
    held = spells(np.repeat([1, 2], 50), np.repeat([1, 0], 50))
    found = incidence(held, [1], scale="arcsine")
    low, middle, high = (np.arcsin(np.sqrt(v[0])) for v in (found.lower, found.share, found.upper))
    assert middle - low == pytest.approx(high - middle)
    assert found.lower[0] != incidence(held, [1]).lower[0]


def test_a_share_beyond_the_observation_is_refused():
    found = incidence(spells([1, 2, 3, 4] * 10, [1, 0, 1, 0] * 10), [3, 9])
    assert np.isnan(found.share[1])
    assert found.reason == ("", "niemand so lange beobachtet")


def test_a_median_is_told_only_where_half_reach_it():
    held = spells(list(range(1, 41)), [1] * 15 + [0] * 25)
    assert np.isnan(time_until(held)[0])
    assert time_until(held, 0.25)[0] == 10
    with pytest.raises(DataError, match="between 0 and 1"):
        time_until(held, 1)


def test_few_at_risk_before_others_enter_is_refused():
    early, late = spells([1, 2], [1, 1]), spells([60] * 40, [1] * 40, [30] * 40)
    held = spells(
        np.r_[early.exit, late.exit], np.r_[early.ending, late.ending], np.r_[0, 0, late.entry]
    )
    assert incidence(held, [60]).reason == ("zu Beginn zu wenige unter Beobachtung",)


def test_a_group_without_outcome_has_no_ratio():
    held = spells(list(range(1, 41)), [1] * 20 + [0] * 20)
    found = cox(held, [0] * 20 + [1] * 20)
    assert np.isnan(found.ratio[0])
    assert "kein Ende" in found.reason
    assert proportional(found).reason == found.reason


def test_few_events_refuse_and_some_warn():
    x = np.tile([0, 1], 20)
    none = cox(spells(range(1, 41), [1] * 4 + [0] * 36), x)
    assert none.reason == "weniger als 5 Ereignisse für 1 Merkmal"
    some = cox(spells(range(1, 41), [1] * 8 + [0] * 32), x)
    assert some.reason == ""
    assert some.warning == "weniger als 10 Ereignisse für 1 Merkmal"
    constant = cox(spells(range(1, 41), [1] * 40), np.ones(40))
    assert "bei allen gleich" in constant.reason


def test_a_missing_covariate_is_refused():
    with pytest.raises(DataError, match="1 of 2 lack one"):
        cox(spells([1, 2], [1, 1]), [np.nan, 1])


def test_gray_s_test_takes_two_groups_with_events():
    held = drawn(40)
    assert gray_test(held, np.zeros(40)).reason == "es gibt nur eine Gruppe"
    assert gray_test(held, np.arange(40) == 0).reason.startswith("eine Gruppe hat weniger")


def test_gray_s_test_of_three_groups_does_not_depend_on_their_order():
    held = drawn(90, entry=True)
    group = np.arange(len(held)) % 3
    found = [gray_test(held, labels).statistic for labels in (group, 2 - group, (group + 1) % 3)]
    assert found == pytest.approx([found[0]] * 3)


def test_time_before_treatment_counts_as_untreated():
    """Treatment on day 6 of 10: 6 days untreated, 4 treated; the outcome is of the latter."""
    held = spells([10.0] * 10 + [10.0] * 10, [1] * 10 + [0] * 10)
    split = split_at_treatment(held, [6.0] * 10 + [np.nan] * 10)
    assert len(split.rows) == 30
    assert (split.rows.exit - split.rows.entry)[~split.treated].sum() == 10 * 6 + 10 * 10
    assert split.rows.ending[~split.treated].sum() == 0
    assert split.rows.ending[split.treated].tolist() == [1] * 10
    assert split.rows.cluster[split.treated].tolist() == split.rows.cluster[:10].tolist()


def test_immortal_time_would_have_made_a_treatment_of_no_use_look_useful():
    until = DRAWN.exponential(10, 600)
    begins = DRAWN.uniform(0, 20, 600)
    treated = begins < until
    held = spells(until, np.ones(600))
    naive = cox(held, treated).beta[0]
    split = split_at_treatment(held, np.where(treated, begins, np.nan))
    honest = cox(split.rows, split.treated)
    assert naive < -0.5
    assert abs(honest.beta[0]) < 3 * honest.error[0]


def test_treatment_that_cannot_be_compared_is_refused():
    held = spells([10.0] * 20, [1] * 20)
    with pytest.raises(DataError, match="20 of 20 treated after it"):
        split_at_treatment(held, [12.0] * 20)
    with pytest.raises(DataError, match="treated from the first day on"):
        split_at_treatment(held, [0.0] * 20)
    with pytest.raises(DataError, match="got 0 and 20"):
        split_at_treatment(held, [12.0] * 20, after_outcome="untreated")
