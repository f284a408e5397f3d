"""How often 95 % intervals hold a known truth: 2,000 draws each, fixed seed.

Limits: 2,000 draws err by at most 0.015 (three standard errors of 0.0049). To that
comes what the method itself misses, since counts are whole numbers: Wilson swings by up
to 0.025 around 0.95 for up to 100 persons and by less than 0.005 from 1,000; Byar and
the median hold at least 0.95 and up to 0.98 at size 10.
"""

import numpy as np
import pytest

from kimeval.core.intervals import byar_interval, median_interval, wilson_interval

DRAWS = 2_000
CHANCE = 0.015
SIZES = [10, 30, 100, 1_000, 10_000]


def coverage(bounds: np.ndarray, truth: float) -> float:
    return float(np.mean((bounds[:, 0] <= truth) & (truth <= bounds[:, 1])))


def wilson_limits(size: int) -> tuple[float, float]:
    swing = 0.025 if size <= 100 else 0.005
    return 0.95 - swing - CHANCE, 0.95 + swing + CHANCE


def hits(size: int, share: float) -> np.ndarray:
    return np.random.default_rng([1, size, int(share * 100)]).binomial(size, share, DRAWS)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.5, 0.9])
def test_wilson_holds_a_known_share(size, share):
    bounds = wilson_interval(hits(size, share), np.full(DRAWS, size))
    least, most = wilson_limits(size)
    assert least <= coverage(bounds, share) <= most


def test_the_textbook_interval_would_not_pass_at_size_10():
    share = hits(10, 0.1) / 10
    reach = 1.96 * np.sqrt(share * (1 - share) / 10)
    assert coverage(np.stack([share - reach, share + reach], axis=-1), 0.1) < 0.7


@pytest.mark.parametrize("expected", SIZES)
def test_byar_holds_a_known_expected_count(expected):
    counts = np.random.default_rng([2, expected]).poisson(expected, DRAWS)
    assert 0.95 - CHANCE <= coverage(byar_interval(counts), expected) <= 0.98 + CHANCE


@pytest.mark.parametrize("size", SIZES)
def test_the_interval_of_a_median_holds_that_of_a_skewed_distribution(size):
    days = np.random.default_rng([3, size]).lognormal(3, 1, (DRAWS, size))
    bounds = np.array([median_interval(row) for row in days])
    assert 0.95 - CHANCE <= coverage(bounds, np.exp(3)) <= 0.98 + CHANCE


@pytest.mark.parametrize("size", [1_000, 10_000])
def test_both_ends_miss_about_as_often(size):
    bounds = wilson_interval(hits(size, 0.3), np.full(DRAWS, size))
    assert abs(np.mean(bounds[:, 0] > 0.3) - np.mean(bounds[:, 1] < 0.3)) < 0.02
