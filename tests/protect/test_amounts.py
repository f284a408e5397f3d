"""Tables of money: few contributors, dominance, p-percent, and what follows from margins."""

import numpy as np
import pandas as pd
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.protect import Rules
from kimeval.protect.amounts import link_amounts
from kimeval.protect.audit import View, attack
from kimeval.protect.cubes import Table
from kimeval.protect.solve import choose

LINE = [Table(("provider",))]


def paid(**amounts):
    """A payment each of several contributors to a provider."""
    rows = [
        (provider, f"{provider} {n}", amount)
        for provider, given in amounts.items()
        for n, amount in enumerate(given)
    ]
    return pd.DataFrame(rows, columns=["provider", "contributor", "amount"])


def small(contributions, rules=None):
    cells = link_amounts(contributions, LINE, rules).cells
    return cells.loc[cells["small"], "provider"].tolist()


def test_an_amount_of_few_contributors_is_hidden():
    assert small(paid(a=[100.0] * 4, b=[100.0] * 9)) == ["a"]


def test_two_contributors_that_make_most_of_an_amount_hide_it():
    # 500 + 400 of 1,000 is 90 percent; 450 + 390 is 84.
    assert small(paid(a=[500.0, 400.0] + [10.0] * 10, b=[100.0] * 20)) == ["a"]
    assert small(paid(a=[450.0, 390.0] + [16.0] * 10, b=[100.0] * 20)) == []


def test_the_second_largest_must_not_know_the_largest_to_ten_percent():
    # The others give 90: who gave 600 knows the 1,000 to within 90, or 9 percent.
    rules = Rules(dominance=(1, 99.0))
    assert small(paid(a=[1000.0, 600.0] + [15.0] * 6, b=[500.0] * 20), rules) == ["a"]
    assert small(paid(a=[1000.0, 600.0] + [17.0] * 6, b=[500.0] * 20), rules) == []


def test_who_pays_several_times_is_one_contributor():
    contributions = paid(a=[100.0] * 6, b=[100.0] * 9)
    contributions.loc[contributions["provider"] == "a", "contributor"] = "one and the same"
    assert small(contributions) == ["a"]


def test_a_single_hidden_amount_gets_a_second():
    linked = link_amounts(paid(a=[100.0] * 2, b=[100.0] * 9, c=[100.0] * 30), LINE)
    hidden = choose(linked.system).hidden
    assert linked.cells.loc[hidden, "provider"].tolist() == ["a", "b"]


def reached(linked, hidden):
    """How well each hidden amount is known, and how well it may be."""
    system = linked.system
    shown = np.where(hidden, np.nan, system.value)
    view = View(shown, system.sums, system.low, system.high, whole=False)
    target = system.need > 0
    return attack(view, target).width[target], system.need[target]


@pytest.mark.parametrize("seed", range(12))
def test_no_amount_is_known_better_than_the_rule_allows(seed):
    draw = np.random.default_rng(seed)
    many = 80
    contributions = pd.DataFrame(
        {
            "area": draw.choice([f"area {n}" for n in range(5)], many),
            "kind": draw.choice(["personnel", "material", "rooms"], many),
            "contributor": draw.integers(0, 60, many).astype(str),
            "amount": np.round(draw.lognormal(9, 1, many), 2),
        }
    )
    regions = {f"area {n}": f"region {n % 2}" for n in range(5)}
    tables = [Table(("area", "kind"), {"area": regions}), Table(("kind",))]
    linked = link_amounts(contributions, tables)
    assert linked.cells["small"].any()
    width, need = reached(linked, choose(linked.system, thumb=False).hidden)
    assert (width >= need * (1 - 1e-6)).all()


def test_hiding_only_what_is_hidden_for_itself_is_caught():
    linked = link_amounts(paid(a=[100.0] * 2, b=[100.0] * 9, c=[100.0] * 30), LINE)
    width, need = reached(linked, linked.system.forced)
    assert (width < need).any()


@pytest.mark.parametrize(
    ("contributions", "said"),
    [
        (paid(), "at least one amount"),
        (paid(a=[-7151.0]), "not negative"),
        (paid(a=[float("nan")]), "not negative"),
        (paid(a=[7151.0]).drop(columns="contributor"), "columns contributor"),
    ],
)
def test_amounts_that_cannot_be_protected_are_refused(contributions, said):
    with pytest.raises(ProtectionError, match=said) as refused:
        link_amounts(contributions, LINE)
    assert "7151" not in str(refused.value)
