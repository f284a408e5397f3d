"""A break in a series: certified regression, worked cases, and what is refused."""

import numpy as np
import pytest
from statsmodels.datasets import longley

from kimeval.core.errors import DataError
from kimeval.effects import DesignRefused
from kimeval.effects.interrupted import (
    design,
    interrupted,
    least_squares,
    mixed,
    persistent,
    robust,
)

CERTIFIED = [
    (-3482258.63459582, 890420.383607373),
    (15.0618722713733, 84.9149257747669),
    (-0.0358191792925910, 0.0334910077722432),
    (-2.02022980381683, 0.488399681651699),
    (-1.03322686717359, 0.214274163161675),
    (-0.0511041056535807, 0.226073200069370),
    (1829.15146461355, 455.478499142212),
]
RESIDUAL = 304.854073561965
SEASON = np.array([0.0, 1.0, -2.0, 1.0])


def test_the_regression_is_the_certified_one_of_longley():
    data = longley.load_pandas()
    x = np.column_stack([np.ones(16), data.exog.to_numpy()])
    found = least_squares(x, data.endog.to_numpy(dtype=float))
    values, errors = zip(*CERTIFIED, strict=True)
    assert found.value == pytest.approx(values, rel=1e-9)
    assert found.error == pytest.approx(errors, rel=1e-9)
    assert np.sqrt(found.variance) == pytest.approx(RESIDUAL, rel=1e-9)
    assert found.df == 9


def test_a_column_that_follows_from_others_is_refused():
    x = np.column_stack([np.ones(8), np.arange(8.0), 2 * np.arange(8.0)])
    with pytest.raises(DataError, match="follows from the others"):
        least_squares(x, np.ones(8))


def series(length=24, break_at=12, level=5.0, slope=0.5, noise=0.01, seed=1):
    time = np.arange(length)
    after = time >= break_at
    y = 20 + 0.3 * time + SEASON[time % 4] + after * (level + slope * (time - break_at))
    return y + noise * np.random.default_rng(seed).standard_normal(length)


def test_jump_and_slope_are_those_that_were_put_in():
    found = interrupted(series(), 12, "die Zahl der Kontakte", "contacts")
    assert found.level.value == pytest.approx(5.0, abs=0.05)
    assert found.slope.value == pytest.approx(0.5, abs=0.01)
    assert found.level.lower < 5.0 < found.level.upper


def test_the_level_is_the_jump_at_the_break_and_not_at_the_first_quarter():
    given = design(series(), 12)
    assert given.time[given.x[:, given.names.index("level")] > 0][0] == 0
    assert given.x[given.time == 0, given.names.index("slope")] == 0
    assert given.x[given.time == 3, given.names.index("slope")] == 3


def test_the_expected_series_goes_on_as_before():
    found = interrupted(series(noise=0.001), 12, "die Zahl", "contacts")
    time = found.place
    without = 20 + 0.3 * time + SEASON[time % 4]
    assert found.expected == pytest.approx(without, abs=0.05)
    assert found.fitted == pytest.approx(found.observed, abs=0.05)
    wide = found.upper - found.lower
    assert wide[-1] > wide[12] > wide[6]


def test_season_is_taken_off_by_the_quarter_of_the_first_value():
    shifted = interrupted(series()[1:], 11, "die Zahl", "contacts", first_season=2)
    assert shifted.level.value == pytest.approx(5.0, abs=0.05)


def test_quarters_of_phase_in_belong_to_neither_side():
    y = series()
    y[12:14] = 1_000.0
    found = interrupted(y, 12, "die Zahl", "contacts", phase_in=2)
    assert found.level.value == pytest.approx(5.0 + 2 * 0.5, abs=0.05)
    assert not {12, 13} & set(found.place.tolist())


def test_a_hidden_quarter_is_left_out_and_not_taken_for_zero():
    y = series()
    y[[3, 15]] = np.nan
    found = interrupted(y, 12, "die Zahl", "contacts")
    assert len(found.place) == 22
    assert found.level.value == pytest.approx(5.0, abs=0.05)


def test_what_also_moves_the_control_series_is_taken_off():
    shock = np.where(np.arange(24) >= 12, 3.0, 0.0)
    control = 7 + SEASON[np.arange(24) % 4] + shock
    alone = interrupted(series() + shock, 12, "die Zahl", "contacts")
    beside = interrupted(series() + shock, 12, "die Zahl", "contacts", control=control)
    assert alone.level.value == pytest.approx(8.0, abs=0.05)
    assert beside.level.value == pytest.approx(5.0, abs=0.05)
    assert beside.expected[-1] == pytest.approx(20 + 0.3 * 23 + SEASON[3] + 3.0, abs=0.1)
    assert beside.level.design.startswith("unterbrochene Zeitreihe mit Vergleichsreihe")


def test_a_pulse_ends():
    time = np.arange(24)
    y = 20 + SEASON[time % 4] - 4.0 * ((time >= 8) & (time < 14))
    y = y + 0.01 * np.random.default_rng(1).standard_normal(24)
    found = interrupted(y, 8, "die Zahl", "contacts", shape="pulse", until=14)
    assert found.level.value == pytest.approx(-4.0, abs=0.05)
    assert found.slope is None
    assert found.expected[-1] == pytest.approx(found.fitted[-1], rel=1e-3)


def test_two_quarters_before_the_break_are_refused():
    with pytest.raises(DesignRefused) as caught:
        interrupted(series(), 2, "die Zahl", "contacts")
    assert caught.value.reason.startswith("Vor dem Bruch liegen 2 Quartale mit Werten")
    assert "mindestens 4 Quartale davor" in caught.value.needs


def test_too_few_quarters_after_the_break_are_refused():
    with pytest.raises(DesignRefused, match="Nach dem Bruch liegt ein Quartal"):
        interrupted(series(), 23, "die Zahl", "contacts")


def test_a_short_series_does_not_carry_seasons():
    with pytest.raises(DesignRefused, match="ohne Jahreszeiten"):
        interrupted(series(11, 5), 5, "die Zahl", "contacts")
    found = interrupted(series(11, 5), 5, "die Zahl", "contacts", season=False)
    assert any("Nur 5 Quartale vor dem Bruch" in text for text in found.level.warnings)


def test_hidden_quarters_count_as_missing_before_the_break():
    y = series()
    y[:9] = np.nan
    with pytest.raises(DesignRefused, match="Vor dem Bruch liegen 3 Quartale"):
        interrupted(y, 12, "die Zahl", "contacts")


def test_a_control_series_of_another_length_is_refused():
    with pytest.raises(DataError, match="a value per quarter, got 3 for 24"):
        interrupted(series(), 12, "die Zahl", "contacts", control=np.ones(3))
    with pytest.raises(DesignRefused, match="keinen Wert"):
        interrupted(series(), 12, "die Zahl", "contacts", control=np.full(24, np.nan))


def test_a_level_alone_has_no_change_of_slope():
    given = design(series(), 12, shape="level")
    with pytest.raises(DataError, match="no change of slope"):
        given.line(slope=1.0)
    with pytest.raises(DataError, match="Did you mean 'pulse'"):
        design(series(), 12, shape="puls")


def test_without_a_control_series_a_jump_is_at_most_suggestive():
    found = interrupted(series(), 12, "die Zahl", "contacts").level
    assert found.verdict == "suggestive"
    assert "doubtful" in [one.result for one in found.assumptions]


def test_an_earlier_jump_casts_doubt():
    y = series() + 6.0 * (np.arange(24) >= 6)
    found = interrupted(y, 12, "die Zahl", "contacts").level
    assert found.assumptions[0].result == "doubtful"


def autoregressive(rho, length=20, seed=2):
    noise = np.random.default_rng(seed).standard_normal(length)
    for t in range(1, length):
        noise[t] = rho * noise[t - 1] + noise[t] * np.sqrt(1 - rho**2)
    return noise


def test_strong_persistence_widens_the_interval_and_warns():
    weak, strong = (
        interrupted(20 + autoregressive(rho), 10, "die Zahl", "contacts") for rho in (0.0, 0.95)
    )
    assert strong.persistence > 0.5 > weak.persistence
    assert any("hängen stark zusammen" in text for text in strong.level.warnings)


def test_given_independence_the_interval_is_near_that_of_least_squares():
    x = np.column_stack([np.ones(60), np.arange(60.0)])
    y = x @ [1.0, 0.2] + np.random.default_rng(4).standard_normal(60)
    found = mixed(persistent(x, y, np.arange(60.0)), np.array([0.0, 1.0]))
    plain = least_squares(x, y)
    assert found.value == pytest.approx(plain.value[1], rel=0.02)
    assert found.upper - found.lower == pytest.approx(2 * 2.0017 * plain.error[1], rel=0.35)


def test_persistence_of_long_series_is_found():
    x = np.column_stack([np.ones(150), np.arange(150.0)])
    found = [
        persistent(x, x @ [1.0, 0.05] + autoregressive(0.6, 150, seed), np.arange(150.0))
        for seed in range(6)
    ]
    assert np.mean([one.persistence for one in found]) == pytest.approx(0.6, abs=0.08)


def test_the_customary_interval_says_how_rarely_it_holds():
    given = design(20 + autoregressive(0.3), 10)
    found = robust(given, given.line(level=1.0), 0.3)
    assert found.lower < found.value < found.upper
    assert 0.5 < found.covered < 0.9
