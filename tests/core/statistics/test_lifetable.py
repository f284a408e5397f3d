"""The life table: by hand, and Kaplan-Meier and Aalen-Johansen where days are intervals."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from kimeval.core.errors import DataError
from kimeval.core.statistics.lifetable import life_table

KINDS = (1, 2, 3)


def by_hand():
    """100 referrals: 40 accepted and 10 rejected in 30 days, 10 still open, 20 and 10 later."""
    return life_table([0, 30, 90], [[40, 10], [20, 10]], [10, 10])


def test_by_hand():
    table = by_hand()
    assert table.at_risk.tolist() == [95, 35]
    assert table.waiting == pytest.approx([1, 45 / 95, 45 / 95 * 5 / 35])
    first, then = 40 / 95, 45 / 95 * 20 / 35
    assert table.ended[:, 0] == pytest.approx([0, first, first + then])
    assert table.ended.sum(axis=1) + table.waiting == pytest.approx([1, 1, 1])


def test_the_median_lies_on_the_line_between_two_edges():
    days, low, high = by_hand().time_until()
    assert days == pytest.approx(30 * 0.5 / (1 - 45 / 95))
    assert low < days < high


def test_a_median_that_is_not_reached_is_not_told():
    table = life_table([0, 30], [[10, 0]], [90])
    assert np.isnan(table.time_until()).all()


def test_who_comes_later_is_at_risk_from_then_on():
    """Of 100, 20 come in the first and 30 in the second interval, for half of it."""
    table = life_table([0, 30, 90], [[10], [10]], [0, 80], seen=1, entered=[20, 30])
    assert table.at_risk.tolist() == [100 - 30 - 10, 90 - 15]
    assert table.ended[:, 0] == pytest.approx([0, 1 / 6, 1 / 6 + 5 / 6 * 10 / 75])


def test_before_anyone_has_come_nobody_ends():
    table = life_table([0, 30, 90], [[0], [10]], [0, 90], seen=1, entered=[0, 0])
    late = life_table([0, 30, 60, 120], [[0], [0], [10]], [0, 0, 90], seen=1, entered=[0, 100, 0])
    assert late.at_risk.tolist() == [0, 50, 100]
    assert late.ended[-1, 0] == table.ended[-1, 0] == pytest.approx(0.1)


def test_more_endings_than_persons_at_risk_are_not_told():
    table = life_table([0, 30, 90], [[20], [0]], [0, 0], entered=[20, 0])
    assert np.isnan(table.ended[1:, 0]).all()


def test_families_widen_the_bounds():
    alone, families = (
        life_table([0, 30], [[40]], [60], seen=1, design=design) for design in (1, 4)
    )
    assert families.ended[1] == alone.ended[1]
    assert families.ended_upper[1] - families.ended_lower[1] == pytest.approx(
        2 * (alone.ended_upper[1] - alone.ended_lower[1]), rel=0.05
    )


def test_nobody_tells_nothing():
    table = life_table([0, 30, 60], [[0], [0]], [0, 0])
    assert np.isnan(table.waiting[1:]).all()
    assert np.isnan(table.time_until()).all()


@pytest.mark.parametrize(
    ("edges", "ended", "censored"),
    [([0, 1], [[1]], [1, 2]), ([0, 1, 2], [[1]], [1]), ([0, 1], [1], [1]), ([0, 1], [[-1]], [1])],
)
def test_what_does_not_fit_is_refused(edges, ended, censored):
    with pytest.raises(DataError):
        life_table(edges, ended, censored)


@pytest.fixture(scope="module")
def drawn():
    """Waiting times in whole days, three kinds of ending, and the day last seen."""
    draws = np.random.default_rng(2024)
    days = np.ceil(draws.lognormal(3, 0.8, 400))
    seen = np.ceil(draws.uniform(1, 120, 400))
    kind = np.where(seen < days, 0, draws.choice(KINDS, 400, p=[0.6, 0.25, 0.15]))
    return np.minimum(seen, days), kind


def daily(days, kind):
    edges = np.arange(0, int(days.max()) + 1)
    ended = [[np.sum((days == d) & (kind == k)) for k in KINDS] for d in edges[1:]]
    return life_table(edges, ended, [np.sum((days == d) & (kind == 0)) for d in edges[1:]], seen=1)


def test_with_days_as_intervals_it_is_kaplan_meier(drawn):
    table, oracle = daily(*drawn), SurvfuncRight(drawn[0], drawn[1] > 0)
    place = oracle.surv_times.astype(int)
    assert table.waiting[place] == pytest.approx(oracle.surv_prob)
    days, *_ = table.time_until()
    assert oracle.quantile(0.5) - 1 <= days <= oracle.quantile(0.5)


def test_with_days_as_intervals_it_is_aalen_johansen_with_its_spread(drawn):
    table, oracle = daily(*drawn), CumIncidenceRight(*drawn)
    place = oracle.times.astype(int)
    z = 1.959963984540054
    for kind in range(len(KINDS)):
        share, spread = oracle.cinc[kind], oracle.cinc_se[kind]
        assert table.ended[place, kind] == pytest.approx(share)
        known = (share > 0) & (share < 1)
        share, spread = share[known], spread[known]
        low = share ** np.exp(-z * spread / (share * np.log(share)))
        assert table.ended_lower[place, kind][known] == pytest.approx(low)


@pytest.mark.parametrize("size", [60, 300, 2000])
def test_bounds_cover_the_truth_though_only_intervals_are_known(size):
    draws = np.random.default_rng(7)
    edges = np.array([0, 7, 14, 21, 30, 60, 90, 180, 400])
    inside, reached, middle = 0, 0, 21.0
    truth = 0.6 * float(np.mean(draws.lognormal(np.log(21), 0.8, 400_000) <= 30))
    for _ in range(400):
        days = np.minimum(draws.lognormal(np.log(21), 0.8, size), 399)
        accepted = draws.random(size) < 0.6
        seen = draws.uniform(90, 400, size)
        shown = np.minimum(days, seen)
        place = np.searchsorted(edges, shown, side="left") - 1
        counts = np.zeros((len(edges) - 1, 3))
        np.add.at(counts, (place, np.where(seen < days, 2, np.where(accepted, 0, 1))), 1)
        table = life_table(edges, counts[:, :2], counts[:, 2])
        inside += table.ended_lower[4, 0] <= truth <= table.ended_upper[4, 0]
        _, low, high = table.time_until()
        reached += low <= middle <= high
    assert 0.92 <= inside / 400 <= 0.98
    assert 0.91 <= reached / 400 <= 0.99
