"""Change between quarters: intervals by persons, and when it is refused."""

import numpy as np
import pytest
from scipy import sparse, stats

from kimeval.core.errors import ParameterError
from kimeval.core.quarter import Quarter
from kimeval.referrals import moves_of_referrals
from kimeval.referrals.network_change import network_change
from kimeval.referrals.refusals import TooFew
from kimeval.referrals.resampling import person_bootstrap

BEFORE, AFTER = Quarter(2024, 1), Quarter(2024, 2)
DAYS = {BEFORE: "2024-02-01", AFTER: "2024-05-01"}


def moves(*steps):
    """Steps as person, two letters and quarter."""
    case, source, target, quarter = zip(*steps, strict=True)
    days = np.array([DAYS[q] for q in quarter], "datetime64[D]")
    return moves_of_referrals([str(c) for c in case], source, target, days)


def some(persons=40, back=10):
    """Each person goes from K to J in both quarters; some go back in the second."""
    ways = [(p, "K", "J", q) for p in range(persons) for q in DAYS]
    return [*ways, *((p, "J", "K", AFTER) for p in range(back))]


def test_values_before_and_after_by_hand():
    found = network_change(moves(*some()), BEFORE, AFTER, draws=200)
    rows = found.set_index(["measure", "source", "target"])
    assert rows.loc[("reciprocity", "", ""), ["before", "after"]].tolist() == [0, 20 / 50]
    assert rows.loc[("share", "J", "K"), "change"] == 10 / 50
    assert rows.loc[("herfindahl", "", "J"), ["before", "after", "change"]].tolist() == [1, 1, 0]
    assert ("herfindahl", "", "K") not in rows.index  # without inflow before
    inside = found["change"].between(found["lower"] - 1e-12, found["upper"] + 1e-12)
    assert inside.all()


def test_the_same_seed_gives_the_same_intervals():
    steps = drawn(np.random.default_rng(1), 40)
    one, same, other = (
        network_change(steps, BEFORE, AFTER, draws=200, seed=seed) for seed in (1, 1, 2)
    )
    assert one.equals(same)
    assert not one.equals(other)


def test_steps_of_other_quarters_do_not_count():
    late = moves(*some())
    assert network_change(late, BEFORE, AFTER, draws=200)["before"].iloc[0] == 0
    with pytest.raises(TooFew):
        network_change(late, AFTER, Quarter(2024, 3))


def test_too_few_persons_are_refused():
    with pytest.raises(TooFew, match="30 persons with a referral in each"):
        network_change(moves(*some(29)), BEFORE, AFTER)


def test_settings_that_are_refused():
    for settings in ({"draws": 10}, {"level": 1.0}, {"method": "normal"}):
        with pytest.raises(ParameterError, match="at least 200 draws"):
            network_change(moves(*some()), BEFORE, AFTER, **settings)


def mean(sums):
    return sums[:, :1] / sums[:, 1:]


@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_intervals_as_of_scipy(method):
    """The mean of persons: scipy draws by another stream, so bounds agree roughly."""
    values = np.random.default_rng(3).exponential(size=80)
    counts = sparse.csr_array(np.column_stack([values, np.ones(80)]))
    found = person_bootstrap(counts, mean, draws=20_000, method=method)
    other = {"bca": "BCa", "percentile": "percentile"}[method]
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method=other, rng=np.random.default_rng(1)
    ).confidence_interval
    # 20,000 draws put a bound within some hundredths of a standard error
    apart = 0.06 * values.std() / np.sqrt(80)
    assert found.lower[0] == pytest.approx(expected.low, abs=apart)
    assert found.upper[0] == pytest.approx(expected.high, abs=apart)


def test_a_value_that_most_draws_lack_has_no_interval():
    counts = sparse.csr_array(np.array([[1.0, 1.0]] + [[0.0, 0.0]] * 40))
    found = person_bootstrap(counts, lambda s: s[:, :1] / np.where(s[:, 1:] > 0, s[:, 1:], np.nan))
    assert found.value[0] == 1
    assert np.isnan([found.lower[0], found.upper[0]]).all()


def drawn(source, persons):
    """Persons with one to four steps each, all of a person alike: steps are not independent."""
    ways = [("K", "J"), ("J", "K"), ("K", "S"), ("S", "K")]
    steps = []
    for quarter, chances in ((BEFORE, [0.5, 0.2, 0.2, 0.1]), (AFTER, [0.42, 0.28, 0.2, 0.1])):
        for person in range(persons):
            way = ways[source.choice(4, p=chances)]
            steps += [(person, *way, quarter)] * source.integers(1, 5)
    return moves(*steps)


def test_intervals_hold_the_true_change_as_often_as_they_say():
    """K to J falls from .5 to .42 of all steps; both ways rise from 2 (.2 + .1) to 2 (.28 + .1)."""
    source = np.random.default_rng(8)
    held = []
    for _ in range(120):
        found = network_change(drawn(source, 100), BEFORE, AFTER, draws=250)
        rows = found.set_index(["measure", "source", "target"])
        share, both = rows.loc[("share", "K", "J")], rows.loc[("reciprocity", "", "")]
        held.append(
            (share["lower"] <= -0.08 <= share["upper"], both["lower"] <= 0.16 <= both["upper"])
        )
    share, both = np.mean(held, axis=0)
    assert share >= 0.88
    assert both >= 0.85
