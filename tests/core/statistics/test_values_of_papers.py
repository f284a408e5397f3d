"""Numbers printed in the papers and manuals of the methods, computed anew."""

import numpy as np
import pytest

from kimeval.core.intervals import byar_interval
from kimeval.core.statistics import (
    concentration_index,
    directly_standardised,
    exact_count_interval,
    share_change,
    share_gap,
)

# Down syndrome by age of the mother, first births (Fleiss 1981, p. 249), and the mean
# number of births of five birth orders as standard: Fay and Feuer (1997), Stat. Med. 16,
# 791-801, Table 1: 92.3 per 100,000, variance 0.003919 per million.
EVENTS = [107, 141, 60, 40, 39, 25]
BIRTHS = [230_061, 329_449, 114_920, 39_487, 14_208, 3_052]
STANDARD = [63_986.6, 186_263.6, 157_302.2, 97_647.0, 47_572.6, 12_262.6]


def test_fay_and_feuers_rate_and_its_variance():
    found = directly_standardised(EVENTS, BIRTHS, STANDARD)
    assert found.value == pytest.approx([0.00092305], abs=5e-9)
    total = sum(EVENTS)
    low, high = byar_interval(total)[0]
    error = (found.upper - found.value) / (high - total) * np.sqrt(total)
    assert error**2 * 1e6 == pytest.approx([0.003919], abs=5e-7)
    assert (found.value - found.lower) / (total - low) * np.sqrt(total) == pytest.approx(error)


# Workers at Oak Ridge by age, standard of the United States in 1970: rates 19.3490 and
# 7.4032 with standard errors 6.2478 and 2.1692 (Frome, notes on directly adjusted rates).
WEIGHTS = [146_881, 110_905, 118_580, 103_720, 42_403]
YEARS = [0.0830, 0.5232, 0.4477, 0.3489, 0.0947]


@pytest.mark.parametrize(
    ("events", "rate", "error"),
    [([3, 9, 7, 2, 1], 19.3490, 6.2478), ([0, 0, 0, 10, 2], 7.4032, 2.1692)],
)
def test_fromes_two_adjusted_rates_and_their_errors(events, rate, error):
    # Rates above 1 per unit of time: events may outnumber it, so the squares are given.
    found = directly_standardised(events, YEARS, WEIGHTS, squares=events)
    # Person-years are printed with four places: 3 / 0.083 is only good to 1 in 1000.
    assert found.value == pytest.approx([rate], rel=1e-3)
    total = sum(events)
    stretch = (found.upper - found.value) / (byar_interval(total)[0, 1] - total)
    assert stretch * np.sqrt(total) == pytest.approx([error], rel=1e-3)


@pytest.mark.parametrize(
    ("counts", "bounds"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0000)),
        ((10, 10, 0, 10), (0.6075, 1.0000)),
    ],
)
def test_newcombes_eight_differences(counts, bounds):
    """Newcombe (1998), Stat. Med. 17, 873-890, Table II, method 10."""
    found = share_gap(*([n] for n in counts))
    assert (found.lower[0], found.upper[0]) == pytest.approx(bounds, abs=6e-5)


def test_newcombes_paired_difference():
    """Newcombe (1998), Stat. Med. 17, 2635-2650: cells 36, 12, 2, 0 of 50, method 10."""
    found = share_change(([38], [50]), ([48], [50]), both=([36], [50]))
    assert [found.lower[0], found.upper[0]] == pytest.approx([0.0569, 0.3404], abs=6e-5)


def test_the_concentration_of_deaths_among_the_poor_in_india():
    """World Bank, Technical Note 7: under-five deaths by wealth fifth, index -0.1694."""
    births = np.array([29_939, 28_776, 26_528, 24_689, 19_739])
    per_thousand = np.array([154.7, 152.9, 119.5, 86.9, 54.3])
    found = concentration_index(births * per_thousand / 1_000, births)
    assert found.value == pytest.approx([-0.1694], abs=6e-5)


def test_garwoods_table():
    """Garwood (1936), Biometrika 28, 437-442: limits of 95 percent."""
    printed = {0: (0, 3.69), 1: (0.0253, 5.57), 5: (1.62, 11.67), 20: (12.22, 30.89)}
    for count, bounds in printed.items():
        assert exact_count_interval([count])[0] == pytest.approx(bounds, abs=6e-3)
