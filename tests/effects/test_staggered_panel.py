"""A panel that does not carry a comparison of starts is refused with the reason."""

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.effects import DesignRefused
from kimeval.effects.staggered import NEVER, group_time, panel, staggered

Y = np.random.default_rng(1).normal(size=(16, 8))
STARTS = np.array([3, 3, 3, 3, 5, 5, 5, 5] + [NEVER] * 8)


def refusal(outcome, start) -> DesignRefused:
    with pytest.raises(DesignRefused) as caught:
        panel(outcome, start)
    return caught.value


def test_one_area_alone_is_refused():
    found = refusal(Y[:1], STARTS[:1])
    assert found.reason.startswith("Nur ein Gebiet")
    assert "ohne Programm" in found.needs


def test_everybody_treated_from_the_first_period_on_is_refused():
    assert "von Anfang an" in refusal(Y, np.zeros(16)).reason


def test_no_untreated_area_is_refused():
    assert "Kein unbehandeltes Gebiet" in refusal(Y, np.full(16, 4.0)).reason


def test_no_start_within_the_periods_is_refused():
    assert "In keinem Gebiet beginnt" in refusal(Y, np.full(16, NEVER)).reason
    assert "In keinem Gebiet beginnt" in refusal(Y, np.full(16, 8.0)).reason


def test_fewer_than_two_periods_before_every_start_are_refused():
    found = refusal(Y, np.where(np.isinf(STARTS), NEVER, 1.0))
    assert "weniger als zwei Zeitpunkte" in found.reason
    assert found.needs == "mindestens zwei Zeitpunkte vor dem Beginn."


def test_nothing_but_gaps_is_refused():
    assert "lückenlose Werte" in refusal(np.full((16, 8), np.nan), STARTS).reason


def test_an_unknown_start_is_not_taken_for_none():
    start = STARTS.copy()
    start[-1] = np.nan
    found = panel(Y, start)
    assert found.size == 15
    assert found.left_out == {"Beginn nicht bekannt": 1}


def test_an_area_with_a_gap_or_treated_from_the_start_is_left_out_and_counted():
    y, start = Y.copy(), STARTS.copy()
    y[0, 3], start[1] = np.nan, 0
    assert panel(y, start).left_out == {
        "Werte fehlen oder sind gesperrt": 1,
        "von Anfang an im Programm": 1,
    }


def test_shapes_that_do_not_fit_are_refused_without_a_value():
    with pytest.raises(DataError, match="one row per area"):
        panel(Y, STARTS[:3])
    with pytest.raises(DataError, match="a weight and a cluster per area"):
        panel(Y, STARTS, weights=[1.0])
    with pytest.raises(DataError, match="above zero, 1 are not"):
        panel(Y, STARTS, weights=[0.0] + [1.0] * 15)


def test_never_treated_controls_need_two_areas():
    start = np.where(np.isinf(STARTS), 6.0, STARTS)
    with pytest.raises(DesignRefused, match="Kein Gebiet bleibt ohne Programm"):
        group_time(panel(Y, start), "never")
    start[-1] = NEVER
    with pytest.raises(DesignRefused, match="Nur ein Gebiet bleibt ohne Programm"):
        group_time(panel(Y, start), "never")


def test_without_never_treated_the_last_start_is_compared_with_nobody():
    start = np.where(np.isinf(STARTS), 6.0, STARTS)
    found = group_time(panel(Y, start), "not_yet")
    assert set(found.group[found.after]) == {3, 5}
    assert found.period[found.after].max() == 5
    assert found.missing > 0


def test_fewer_than_twelve_areas_are_refused():
    with pytest.raises(DesignRefused, match="Nur 10 Gebiete"):
        staggered(panel(Y[:10], STARTS[:10]), "der Anteil", "share")


def test_a_start_of_its_own_in_every_area_shows_no_spread():
    y = np.random.default_rng(2).normal(size=(17, 20))
    start = np.array([*range(2, 17), NEVER, NEVER], dtype=float)
    with pytest.raises(DesignRefused, match="zu einem anderen Zeitpunkt"):
        staggered(panel(y, start), "der Anteil", "share")


def test_a_panel_shows_no_value():
    assert repr(panel(Y, STARTS)) == "Panel(16 areas, 8 periods; values are not shown)"
