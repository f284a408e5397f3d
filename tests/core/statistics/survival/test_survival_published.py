"""Times until an ending: values of papers, by hand, and of outside software."""

import sys

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from kimeval.core.statistics.survival import (
    cox,
    fine_gray,
    gray_test,
    incidence,
    proportional,
    spells,
    time_until,
)

MANY = np.random.default_rng(3)
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
# fmt: off
DAYS = [23, 13, 5, 4, 8, 14, 1, 1, 25, 7, 1, 9, 6, 3, 3, 3, 6, 2, 2, 2, 1, 2, 6, 5, 4, 14, 3, 23,
        12, 7, 7, 3, 15, 3, 1, 8, 7, 4, 19, 5, 4, 6, 2, 6, 1, 5, 1, 4, 11, 8, 2, 1, 4, 13, 8, 5, 3,
        1, 5, 2]
ENDS = [1, 1, 1, 2, 2, 2, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 2, 0, 0, 1, 2, 1, 0, 1, 0,
        1, 1, 0, 1, 1, 1, 1, 1, 0, 2, 1, 1, 1, 0, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 0, 1, 1, 1, 1, 1]
SCORE = [-.8, 2.1, .4, .8, -.6, -.1, -.1, .8, -1.2, 1.7, .9, -1.6, -1, 1.3, .4, .8, -.1, .7, -.4,
         .9, -.1, 1.5, -.9, -1, 1.5, .5, .7, -1.2, 1.2, -.1, -.3, -.6, -.1, -.1, .5, -.7, 1, -.3,
         .1, -.7, 2.2, 1, -1.4, 1.6, .4, -.3, -1.5, 2, 1.9, .3, 1.7, -.4, -.6, .1, .1, -.3, -.4, 1,
         -2.4, -.3]
# fmt: on
GROUP = np.repeat([0, 1], 30)


@pytest.fixture
def few_events(monkeypatch):
    """The smallest published examples have fewer events than an evaluation may use."""
    monkeypatch.setattr(sys.modules[cox.__module__], "EVENTS_PER_COEFFICIENT", 1)


@pytest.mark.parametrize(
    ("ties", "beta", "start", "end"),
    [
        ("breslow", 1.475285, -4.564348, -3.824750),
        ("efron", 1.676857, -4.276666, -3.358975),
    ],
)
def test_values_derived_by_hand(few_events, ties, beta, start, end):
    """Therneau, A package for survival analysis in R, validation, test data 1."""
    held = spells([9, 1, 1, 6, 6, 8], [1, 1, 0, 1, 1, 0])
    found = cox(held, [0, 1, 1, 1, 0, 0], ties=ties)
    assert found.beta == pytest.approx([beta], abs=5e-7)
    assert found.loglikelihood == pytest.approx((start, end), abs=2e-6)


@pytest.mark.parametrize(
    ("ties", "beta", "error"), [("breslow", 1.509, 0.410), ("efron", 1.572, 0.412)]
)
def test_remission_of_leukaemia(ties, beta, error):
    """Freireich et al. (1963), Blood 21, 699; coefficients as in Kleinbaum and Klein."""
    held = spells(PLACEBO + TREATED, [1] * 21 + RELAPSED)
    found = cox(held, [1] * 21 + [0] * 21, ties=ties)
    assert found.beta == pytest.approx([beta], abs=5e-4)
    assert np.sqrt(found.model_covariance[0, 0]) == pytest.approx(error, abs=5e-4)


def test_remission_lasts_eight_and_twenty_three_weeks():
    assert time_until(spells(PLACEBO, [1] * 21))[0] == 8
    assert time_until(spells(TREATED, RELAPSED))[0] == 23


def test_remission_by_kaplan_meier_with_greenwood():
    """Treated: 0.857 after 6, 0.807 after 7 and 0.448 after 23 weeks."""
    found = incidence(spells(TREATED, RELAPSED), [7, 10, 23])
    assert 1 - found.share[1:] == pytest.approx([0.753, 0.448], abs=5e-4)
    assert found.error[1:] == pytest.approx([0.0963, 0.1346], abs=6e-3)
    assert found.reached.tolist() == [4, 5, 9]


def test_incidence_equals_that_of_statsmodels():
    held = spells(DAYS, ENDS)
    theirs = CumIncidenceRight(np.array(DAYS, float), np.array(ENDS))
    days = np.array([3, 6, 12, 13])
    place = np.searchsorted(theirs.times, days, side="right") - 1
    for kind in (1, 2):
        found = incidence(held, days, kind)
        held_by_us = ~np.isnan(found.share)
        assert found.share[held_by_us] == pytest.approx(theirs.cinc[kind - 1][place][held_by_us])


def test_incidence_and_variance_equal_those_of_outside_software():
    """comprisk 0.8, which follows cuminc of cmprsk; variances differ by their formula."""
    found = incidence(spells(DAYS, ENDS), [5, 13])
    assert found.share == pytest.approx([0.46666667, 0.70878264], abs=1e-8)
    assert found.error**2 == pytest.approx([0.00419416, 0.00399705], rel=0.02)


def test_gray_s_test_equals_that_of_outside_software():
    """comprisk 0.8 as cmprsk: score -4.36319089, chi squared 2.182391, p 0.139597."""
    found = gray_test(spells(DAYS, ENDS), GROUP)
    assert found.score[0] == pytest.approx(-4.36319089, abs=1e-8)
    assert found.statistic == pytest.approx(2.182391261, abs=1e-8)
    assert found.p_value == pytest.approx(0.139597417, abs=1e-8)


def test_gray_s_variance_is_near_that_of_influences():
    """Pairs of unlike persons as families: the variance is another, and of the same size."""
    alone = gray_test(spells(DAYS, ENDS), GROUP)
    paired = gray_test(spells(DAYS, ENDS, cluster=np.tile(np.arange(30), 2)), GROUP)
    assert paired.score == pytest.approx(alone.score)
    assert paired.statistic == pytest.approx(alone.statistic, rel=0.4)
    assert paired.statistic != alone.statistic


def test_gray_s_score_without_competition_is_that_of_the_log_rank_test():
    held = spells(PLACEBO + TREATED, [1] * 21 + RELAPSED)
    found = gray_test(held, [1] * 21 + [0] * 21)
    assert found.score == pytest.approx([-10.251, 10.251], abs=5e-4)


def test_fine_and_gray_equal_those_of_outside_software():
    """Comprisk 0.8 with robust errors, which lack 60/59; times moved apart, without ties."""
    held = spells(np.array(DAYS) + np.arange(60) / 100, ENDS)
    found = fine_gray(held, np.column_stack([GROUP, SCORE]))
    assert found.beta == pytest.approx([0.39624396, 0.23469745], abs=1e-7)
    assert found.error * np.sqrt(59 / 60) == pytest.approx([0.30842055, 0.11743674], abs=1e-7)
    assert np.sqrt(np.diag(found.model_covariance)) == pytest.approx(
        [0.31968503, 0.14872165], abs=1e-7
    )


def test_fine_and_gray_without_competition_is_cox():
    held = spells(DAYS, [1 if one == 1 else 0 for one in ENDS])
    assert fine_gray(held, GROUP).beta == pytest.approx(cox(held, GROUP, ties="breslow").beta)


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_cox_with_delayed_entry_equals_statsmodels_a_hair_later(ties):
    """PHReg takes who enters as an event happens as at risk; entries are shifted for it."""
    x = MANY.normal(size=(200, 2))
    until = np.ceil(MANY.exponential(20 * np.exp(-x @ [0.5, -0.3])))
    end = np.minimum(until, np.ceil(MANY.exponential(30, 200)))
    entry = np.floor(MANY.uniform(0, 8, 200))
    seen = end > entry
    x, end, entry, event = x[seen], end[seen], entry[seen], (until == end)[seen].astype(int)
    found = cox(spells(end, event, entry), x, ties=ties)
    theirs = PHReg(end, x, event, entry=entry + 1e-6, ties=ties).fit()
    assert found.beta == pytest.approx(theirs.params, abs=1e-8)
    assert np.sqrt(np.diag(found.model_covariance)) == pytest.approx(theirs.bse, abs=1e-8)
    unshifted = PHReg(end, x, event, entry=entry, ties=ties).fit().params
    assert np.abs(found.beta - unshifted).max() > 1e-4


def test_incidence_with_delayed_entry_equals_statsmodels():
    end, entry = np.array([5, 6, 7, 9, 9, 12, 12.0] * 4), np.array([0, 0, 1, 2, 3, 0, 0.0] * 4)
    event = np.array([1, 0, 1, 1, 0, 1, 1] * 4)
    theirs = SurvfuncRight(end, event, entry=entry + 1e-9)
    found = incidence(spells(end, event, entry), [7, 12])
    assert 1 - found.share == pytest.approx(theirs.surv_prob[[1, 3]])


def test_the_check_of_proportionality_sees_ratios_that_turn():
    """One group has all its events early, the other late and early: ratios fall with time."""
    first, second = np.arange(1, 41) * 0.5, np.r_[np.arange(1, 11) * 0.3, np.arange(25, 55)]
    held = spells(np.r_[first, second], np.ones(80))
    found = proportional(cox(held, np.repeat([1, 0], 40)))
    assert found.p_value[0] < 0.05
    alike = spells(np.r_[first, first + 0.1], np.ones(80))
    assert proportional(cox(alike, np.repeat([1, 0], 40))).p_value[0] > 0.2
