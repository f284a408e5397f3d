import numpy as np
import pytest

from kimeval.core.statistics.stable import stable_ratio, stable_share

DRAWS = 20_000


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("size", [30, 300])
def test_distances_of_shares_are_standard_by_their_error(share, size):
    hits = np.random.default_rng([1, size]).binomial(size, share, DRAWS).astype(float)
    found = stable_share(hits, np.full(DRAWS, float(size)), share)
    z = found.distance / found.error
    assert z.mean() == pytest.approx(0, abs=0.05) and z.std() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("target", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("expected", [8, 200])
def test_distances_of_ratios_are_standard_by_their_error(target, expected):
    observed = np.random.default_rng([2, expected]).poisson(expected * target, DRAWS).astype(float)
    found = stable_ratio(observed, np.full(DRAWS, float(expected)), target)
    z = found.distance / found.error
    assert z.mean() == pytest.approx(0, abs=0.05) and z.std() == pytest.approx(1, abs=0.04)


def test_the_way_back_from_a_distance_gives_the_counted_value():
    hits, total = np.array([0.0, 3, 40, 50]), np.full(4, 50.0)
    shares = stable_share(hits, total, 0.3)
    np.testing.assert_allclose(
        shares.back(shares.distance[:, None])[:, 0], hits / total, atol=1e-12
    )
    ratios = stable_ratio(hits, total, 1.2)
    np.testing.assert_allclose(
        ratios.back(ratios.distance[:, None])[:, 0], hits / total, atol=1e-12
    )


def test_an_area_without_a_size_has_no_distance():
    assert np.isnan(stable_share(np.zeros(1), np.zeros(1), 0.3).distance).all()
    assert np.isnan(stable_ratio(np.zeros(1), np.zeros(1), 1.0).distance).all()
