"""Estimators of outcomes hold a known truth, and claim no difference where there is none.

The short form draws each estimator some times in the two smallest regimes that count; the
long form (`make test-long`) draws all regimes often enough to see 92 to 98 percent.
"""

import importlib
from pathlib import Path

import pytest
from scipy import stats

ROOT = Path(__file__).resolve().parents[2]
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(ROOT / "benchmarks"))
    simulated, truths = map(importlib.import_module, ("simulated", "truths_outcomes"))

SHORT, LONG, SEED = 60, 400, 7
SMALL = [case for case in truths.CASES if case.regime.startswith("100 ")]
CHANCE = 1e-4


def within(found, draws):
    """Whether a figure may be in its bounds, given how often was drawn."""
    told = round(draws * (1 - found.refused))
    if found.coverage is not None:
        low, high = simulated.COVERED
        held = round(found.coverage * told)
        return (
            stats.binom.cdf(held, told, low) > CHANCE
            and stats.binom.sf(held - 1, told, high) > CHANCE
        )
    if found.false_positive is not None:
        most = simulated.MOST_FALSE_POSITIVE
        return stats.binom.sf(round(found.false_positive * told) - 1, told, most) > CHANCE
    return found.refused == 1


def named(case) -> str:
    return f"{case.estimator}, {case.regime}"


@pytest.mark.parametrize("case", SMALL, ids=named)
def test_a_hundred_persons_are_enough_to_hold_the_truth(case):
    found = case.run(SHORT, SEED)
    assert within(found, SHORT), found
    assert found.refused < 0.2


@pytest.mark.long
@pytest.mark.parametrize("case", truths.CASES, ids=named)
def test_every_regime_holds_the_truth(case):
    draws = LONG if "3.000" not in case.regime else 100
    assert within(case.run(draws, SEED), draws)


def test_every_estimator_is_drawn_in_all_sizes():
    for name, (_, regimes) in truths.ESTIMATORS.items():
        drawn = [case for case in truths.CASES if case.estimator == name]
        assert len(drawn) == len(truths.SIZES) * len(regimes)


def test_persons_taken_as_independent_would_fail():
    """Without families the same draws are held less often: the regime is hard enough."""
    import numpy as np

    from kimeval.core.statistics.survival import incidence, spells

    held = alone = 0
    truth = truths.reached(truths.HORIZON)
    for n in range(150):
        drawn = truths.persons(np.random.default_rng(n), 300, True, 1.0).held
        families = incidence(drawn, [truths.HORIZON])
        single = incidence(spells(drawn.exit, drawn.ending, drawn.entry), [truths.HORIZON])
        held += families.lower[0] <= truth <= families.upper[0]
        alone += single.lower[0] <= truth <= single.upper[0]
    assert alone < held


def test_the_same_seed_gives_the_same_draws():
    case = truths.CASES[0]
    assert case.run(20, 3) == case.run(20, 3)
    assert case.run(20, 3) != case.run(20, 4)
