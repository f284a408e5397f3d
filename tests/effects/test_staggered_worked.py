"""Staggered starts worked by hand, and what bounds and warnings are made of."""

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.effects import DesignRefused
from kimeval.effects.staggered import (
    NEVER,
    bands,
    bootstrapped,
    combined,
    event_study,
    group_time,
    overall,
    panel,
    pretrend,
    relative,
    smooth,
    spread,
    staggered,
    two_way,
    wald,
)

#          before      after
BY_HAND = [
    [10.0, 11.0, 15.0, 17.0],  # begins in the third period
    [12.0, 13.0, 19.0, 19.0],  # begins in the third period
    [10.0, 11.0, 12.0, 13.0],  # never
    [20.0, 21.0, 22.0, 23.0],  # never
]
HAND_STARTS = [2.0, 2.0, NEVER, NEVER]


def noise(seed=3, areas=24, periods=14, size=0.04):
    return np.random.default_rng(seed).normal(0, size, (areas, periods))


STARTS = np.repeat([5.0, 7.0, NEVER], 8)


def moved(effect=0.0, drift=0.0, seed=3):
    """Areas with an effect from the start on, and a divergence over time."""
    y = noise(seed)
    time = np.arange(14)
    y = y + effect * (time >= STARTS[:, None])
    return panel(y + drift * np.isfinite(STARTS)[:, None] * time, STARTS)


def test_the_effect_is_the_change_of_the_treated_less_that_of_the_others():
    found = group_time(panel(BY_HAND, HAND_STARTS), "never", base="universal")
    # 17 - 12 less 12 - 11 in mean; 18 - 12 less 13 - 11
    assert dict(zip(found.period.tolist(), found.value.tolist(), strict=True)) == pytest.approx(
        {0: 0.0, 2: 4.0, 3: 4.0}
    )


def test_the_spread_is_that_between_areas_of_one_start():
    y = np.array([[0, 0, v] for v in (1.0, 2, 3, 6)] + [[0, 0, v] for v in (0.0, 1, 0, 1)])
    found = overall(group_time(panel(y, [2.0] * 4 + [NEVER] * 4), "never"), "simple")
    seen = spread(found)
    # variances 14/3 and 1/3 over four areas each
    assert found.value[0] == pytest.approx(2.5)
    assert seen.error[0] ** 2 == pytest.approx((14 / 3 + 1 / 3) / 4)
    assert seen.df[0] == pytest.approx(6)


def test_weights_move_the_mean():
    weighted = panel(BY_HAND, HAND_STARTS, weights=[3.0, 1.0, 1.0, 1.0])
    found = group_time(weighted, "never", base="universal")
    assert found.value[list(found.period).index(2)] == pytest.approx(0.75 * 4 + 0.25 * 6 - 1)


def test_with_anticipation_the_base_lies_further_back():
    early = group_time(moved(), "never", base="universal", anticipation=1)
    assert not {3} & set(early.period[early.group == 5].tolist())
    assert {4} <= set(early.period[early.group == 5].tolist())
    assert early.before.sum() < group_time(moved(), "never", base="universal").before.sum()


def test_a_covariate_that_explains_the_divergence_takes_it_away():
    x = np.random.default_rng(5).normal(size=24) + np.isfinite(STARTS)
    y = noise(size=0.001) + 0.05 * x[:, None] * np.arange(14)
    plain = overall(group_time(panel(y, STARTS)), "simple").value[0]
    found = {
        method: overall(group_time(panel(y, STARTS, covariates=x), method=method), "simple").value[
            0
        ]
        for method in ("regression", "doubly_robust")
    }
    assert plain > 0.1
    assert max(abs(value) for value in found.values()) < 0.01


def test_covariates_that_tell_the_treated_apart_are_refused():
    x = np.isfinite(STARTS) * 1.0
    with pytest.raises(DesignRefused, match="Kein unbehandeltes Gebiet"):
        group_time(panel(noise(), STARTS, covariates=x), method="doubly_robust")


def test_a_band_is_wider_than_an_interval_and_as_wide_for_one_number():
    found = combined(group_time(moved()), "dynamic")
    made = bands(found, spread(found))
    assert np.all(made.band_upper > made.upper)
    one = overall(group_time(moved()), "simple")
    single = bands(one, spread(one))
    assert single.band_upper == pytest.approx(single.upper)


def test_a_divergence_before_the_start_is_found():
    still = pretrend(group_time(moved(), base="universal"), 4)
    apart = pretrend(group_time(moved(drift=0.05), base="universal"), 4)
    assert still.p > 0.05 > apart.p
    assert still.slope[0.5] < still.slope[0.8]
    assert still.bias[0.8] == pytest.approx(2.5 * still.slope[0.8])


def test_the_wald_test_is_refused_with_few_areas():
    with pytest.raises(DesignRefused, match="braucht viele Gebiete"):
        wald(group_time(moved()))


def test_the_bootstrap_and_the_spread_for_many_are_refused_with_few_areas():
    found = overall(group_time(moved()), "simple")
    with pytest.raises(DesignRefused, match="zu enge Intervalle"):
        bootstrapped(found)
    with pytest.raises(DesignRefused, match="nur für viele"):
        spread(found, "large")


@pytest.mark.parametrize("method", ["weighting", "doubly_robust"])
def test_weighting_by_covariates_is_refused_an_interval_with_few_areas(method):
    x = np.random.default_rng(5).normal(size=24)
    found = group_time(panel(noise(), STARTS, covariates=x), method=method)
    with pytest.raises(DesignRefused, match="braucht viele Gebiete"):
        spread(overall(found, "simple"))


def study_of(given, lags=4, leads=3):
    parts = combined(group_time(given, "never", base="universal"), "dynamic")
    return event_study(parts, lags, leads), np.full(lags, 1 / lags)


def test_without_divergence_the_bound_is_the_ordinary_interval():
    given = moved(0.1)
    study, weights = study_of(given)
    parts = combined(group_time(given, "never", base="universal"), "dynamic")
    parts = parts.only((parts.key >= 0) & (parts.key < 4)).mixed(weights[None])
    plain = bands(parts, spread(parts))
    found = relative(study, 0.0, weights)
    assert (found.lower, found.upper) == pytest.approx((plain.lower[0], plain.upper[0]))


def test_bounds_widen_with_what_is_allowed():
    study, weights = study_of(moved(0.1))
    wide = [relative(study, most, weights) for most in (0.0, 0.5, 1.0)]
    assert wide[0].lower > wide[1].lower > wide[2].lower
    bent = [smooth(study, most, weights) for most in (0.0, 0.01, 0.05)]
    widths = [bound.upper - bound.lower for bound in bent]
    assert widths[0] < widths[1] < widths[2]


def test_a_straight_divergence_is_taken_off_by_the_smooth_bound():
    study, weights = study_of(moved(0.0, drift=0.2))
    found = smooth(study, 0.0, weights)
    assert found.lower < 0 < found.upper
    assert relative(study, 0.0, weights).lower > 0.3


def test_event_times_that_are_not_there_are_refused():
    with pytest.raises(DesignRefused, match="fehlen Zeitpunkte"):
        study_of(moved(), lags=40)


def test_growing_effects_turn_the_plain_regression_against_itself():
    time = np.arange(14)
    start = np.repeat([2.0, 8.0], 12)
    since = np.maximum(time - start[:, None] + 1, 0)
    found = two_way(panel(0.05 * since, start))
    assert found.misleading > 0.2
    assert found.negative > 0 and found.negative_sum < 0
    assert found.value < 0.05 < overall(group_time(panel(0.05 * since, start)), "simple").value[0]


def test_an_effect_is_found_with_everything_that_speaks_against_it():
    found = staggered(moved(0.3), "der Anteil mit Kurseintritt", "share")
    assert found.effect.lower < 0.3 < found.effect.upper
    assert found.effect.verdict == "supported"
    assert found.breakdown >= 1
    assert [one.result for one in found.effect.assumptions] == [
        "held",
        "held",
        "held",
        "untestable",
    ]
    assert found.bounds[0].lower == pytest.approx(found.effect.lower)


def test_a_divergence_takes_the_effect_away():
    found = staggered(moved(0.3, drift=0.1), "der Anteil", "share")
    assert found.effect.assumptions[0].result == "broken"
    assert found.effect.verdict == "not identified"


def test_an_unknown_choice_names_the_nearest():
    given = moved()
    for call in (
        lambda: group_time(given, "nevr"),
        lambda: group_time(given, base="univrsal"),
        lambda: group_time(given, method="regresion"),
        lambda: combined(group_time(given), "simpel"),
    ):
        with pytest.raises(DataError, match="Did you mean"):
            call()
