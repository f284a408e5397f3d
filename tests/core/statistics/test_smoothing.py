import numpy as np
import pytest
from scipy import integrate, optimize, stats

from kimeval.core.statistics.estimate import ALIKE, FEW_EVENTS, FEW_GROUPS, NO_BASE
from kimeval.core.statistics.mixture import Grid, grid, mixture_quantile
from kimeval.core.statistics.priors import BetaBinomial, GammaPoisson
from kimeval.core.statistics.smoothing import marshall, smoothed_ratios, smoothed_shares

OBSERVED, EXPECTED = np.array([2, 9, 14, 30, 0, 11]), np.array([4.0, 6, 15, 20, 3, 12])


def test_marshalls_moments_are_worked_by_hand():
    # Ratios 0.5 and 2 of 10 expected each: mean 1.25, spread 0.5625, of which 0.125 is chance.
    found = marshall([5, 20], [10, 10])
    assert (found.mean, found.variance) == pytest.approx((1.25, 0.4375))
    # Own weight 0.4375 / 0.5625 = 7/9.
    assert found.value == pytest.approx([1.25 - 0.75 * 7 / 9, 1.25 + 0.75 * 7 / 9])


def test_areas_that_differ_less_than_chance_all_get_the_mean():
    found = marshall([10, 11, 9], [10, 10, 10])
    assert found.variance == 0 and found.value == pytest.approx([1, 1, 1])


def test_a_small_area_is_drawn_further_to_the_mean_than_a_large_one():
    found = smoothed_ratios([4, 400, 100, 60, 30], [2, 200, 100, 80, 50])
    small, large = found.estimate.value[:2]
    assert abs(small - found.mean) < abs(large - found.mean)
    assert found.own_weight[0] < found.own_weight[1] < 1
    assert "modellbasiert" in found.estimate.method and found.note.startswith("Modellbasiert")


def test_a_large_area_keeps_its_own_value_and_interval():
    found = smoothed_shares([300_000, 20, 35], [1_000_000, 100, 100]).estimate
    exact = stats.binomtest(300_000, 1_000_000).proportion_ci()
    assert found.value[0] == pytest.approx(0.3, abs=1e-4)
    assert [found.lower[0], found.upper[0]] == pytest.approx([exact.low, exact.high], abs=1e-5)


@pytest.mark.parametrize("smooth", [smoothed_ratios, smoothed_shares])
def test_an_area_without_a_base_is_refused_and_does_not_change_the_others(smooth):
    counts, sizes = [20, 30, 15, 40], [100, 90, 80, 120]
    alone = smooth(counts, sizes)
    found = smooth([*counts, 0], [*sizes, 0])
    assert found.estimate.refusal.tolist() == ["", "", "", "", NO_BASE]
    assert found.estimate.value[:4] == pytest.approx(alone.estimate.value)


def test_two_areas_or_few_events_are_refused():
    assert set(smoothed_ratios([20, 30], [10, 10]).estimate.refusal) == {FEW_GROUPS}
    found = smoothed_shares([1, 2, 3], [10, 10, 10])
    assert set(found.estimate.refusal) == {FEW_EVENTS} and np.isnan(found.mean)
    assert len(smoothed_ratios([], []).estimate) == 0


def test_the_likelihoods_are_those_of_scipy_up_to_a_constant():
    spread, mean = np.array([0.3, 0.6]), np.log([1.1, 0.8])
    shape, rate = 1 / spread**2, 1 / spread**2 / np.exp(mean)
    expected = [
        stats.nbinom(a, b / (b + EXPECTED)).logpmf(OBSERVED).sum()
        for a, b in zip(shape, rate, strict=True)
    ]
    found = GammaPoisson(OBSERVED, EXPECTED).likelihood(spread, mean)
    assert np.diff(found) == pytest.approx(np.diff(expected))
    hits, total = np.array([3, 10, 4]), np.array([12, 20, 40])
    whole, share = 1 / spread**2 - 1, np.exp(mean) / (1 + np.exp(mean))
    expected = [
        stats.betabinom(total, m * w, (1 - m) * w).logpmf(hits).sum()
        for m, w in zip(share, whole, strict=True)
    ]
    found = BetaBinomial(hits, total).likelihood(spread, mean)
    assert np.diff(found) == pytest.approx(np.diff(expected))


def test_the_grid_agrees_with_an_integral_over_all_means_and_spreads():
    model = GammaPoisson(OBSERVED, EXPECTED)

    def weight(mean, spread):
        return np.exp(model.likelihood(np.array([spread]), np.array([mean]))[0] - 60)

    def after(mean, spread):
        shape = 1 / spread**2
        return (shape + 9) / (shape / np.exp(mean) + 6)

    box = ((-2.0, 2.0), (0.001, 2.0))
    whole = integrate.dblquad(weight, *box[1], *box[0], epsrel=1e-5)[0]
    part = integrate.dblquad(
        lambda m, s: weight(m, s) * after(m, s), *box[1], *box[0], epsrel=1e-5
    )[0]
    assert smoothed_ratios(OBSERVED, EXPECTED).estimate.value[1] == pytest.approx(
        part / whole, rel=0.01
    )


def test_the_weights_of_a_grid_add_up_and_its_best_node_is_near_the_maximum():
    model = GammaPoisson(OBSERVED, EXPECTED)
    nodes = grid(model.likelihood, model.centre, model.most)
    assert nodes.weight.sum() == pytest.approx(1)
    best = optimize.minimize(
        lambda x: -model.likelihood(np.array([np.exp(x[0])]), np.array([x[1]]))[0], [-1.0, 0.0]
    )
    likelihood = model.likelihood(nodes.spread, nodes.mean)
    assert likelihood.max() == pytest.approx(-best.fun, abs=0.1)


def test_the_quantile_of_a_mixture_of_two_normals():
    nodes = Grid(np.ones(2), np.array([-1.0, 1.0]), np.array([0.5, 0.5]))

    def below(value):
        return nodes.weight @ stats.norm.cdf(value - nodes.mean[:, None])

    found = mixture_quantile(below, np.array([-5.0]), np.array([5.0]), 0.5)
    assert found == pytest.approx([0], abs=1e-6)
    assert below(mixture_quantile(below, np.array([-5.0]), np.array([5.0]), 0.9)) == pytest.approx(
        [0.9]
    )


def test_counts_in_thousands_scale_with_the_unit():
    one, thousand = (
        smoothed_ratios(OBSERVED, EXPECTED),
        smoothed_ratios(OBSERVED, EXPECTED, per=1_000),
    )
    assert thousand.estimate.upper == pytest.approx(1_000 * one.estimate.upper)
    assert thousand.spread == pytest.approx(1_000 * one.spread)


def test_areas_where_nearly_all_persons_have_the_trait_are_refused():
    assert set(smoothed_shares([10, 20, 30], [10, 20, 30]).estimate.refusal) == {ALIKE}
    found = smoothed_shares([10, 20, 30], [10, 20, 40]).estimate
    assert set(found.refusal) == {""}
    assert (found.lower < found.value).all() and (found.value < found.upper).all()


def test_areas_of_all_and_of_none_side_by_side_have_bounds_within_0_and_1():
    found = smoothed_shares([100, 0, 50], [100, 100, 100]).estimate
    assert (found.lower >= 0).all() and (found.upper <= 1).all()
    assert (found.lower < found.value).all() and (found.value < found.upper).all()


@pytest.mark.parametrize("spread", [0.05, 0.2, 0.5])
def test_the_grid_is_centred_where_a_mean_is_likeliest(spread):
    at = np.array([spread])
    for model in (
        GammaPoisson(np.array([2, 70, 14, 300, 0, 110]), EXPECTED * [1, 9, 1, 9, 1, 9]),
        BetaBinomial(np.array([3, 60, 4, 130]), np.array([12, 90, 40, 400])),
    ):
        middle, error = model.centre(at)
        found = optimize.minimize_scalar(
            lambda mean, model=model: -model.likelihood(at, np.array([mean]))[0],
            bounds=(-6, 6),
            method="bounded",
        )
        # Moments against the maximum: well within the nodes, which reach three errors out.
        assert abs(found.x - middle[0]) < 0.25 * error[0]
