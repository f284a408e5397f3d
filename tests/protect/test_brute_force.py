"""The attacker and the solver against every table there is: small ones, enumerated."""

import itertools

import numpy as np
import pandas as pd
import pytest

from kimeval.protect import Rules
from kimeval.protect.audit import View, attack
from kimeval.protect.cubes import Table, link
from kimeval.protect.solve import choose
from kimeval.protect.solve.pairs import with_pairs

from .making import Grid

MOST = 8


def tables_that_fit(sums, shown, low, high):
    """Every table of whole numbers with the shown values that keeps all sums.

    Cell by cell, each value within its bounds after which every sum can still be met.
    """
    hidden = np.flatnonzero(np.isnan(shown))
    low = np.where(np.isnan(shown), low, shown)
    high = np.where(np.isnan(shown), high, shown)
    rises, falls = np.maximum(sums, 0), np.minimum(sums, 0)

    def rest(place, low, high):
        least = rises @ low + falls @ high
        most = rises @ high + falls @ low
        if (least > 0).any() or (most < 0).any():
            return
        if place == len(hidden):
            yield low.copy()
            return
        cell = hidden[place]
        for value in range(int(low[cell]), int(high[cell]) + 1):
            fixed_low, fixed_high = low.copy(), high.copy()
            fixed_low[cell] = fixed_high[cell] = value
            yield from rest(place + 1, fixed_low, fixed_high)

    yield from rest(0, low.astype(float), high.astype(float))


def random_view(seed):
    """A small random table with margins, some cells hidden, and what a reader knows of them."""
    draw = np.random.default_rng(seed)
    rows, columns = draw.integers(1, 4), draw.integers(2, 4)
    inner = draw.integers(0, 5, (rows, columns))
    rules = Rules(int(draw.integers(3, 6)), zeros=str(draw.choice(["safe", "unsafe"])))
    grid = Grid(inner, "wxy"[:rows], "abc"[:columns], rules)
    value = grid.value
    hidden = (draw.random(len(value)) < draw.uniform(0.2, 0.7)) & (value >= rules.least)
    hidden[-1] = False
    hidden[np.flatnonzero(hidden)[MOST:]] = False
    low = np.full(len(value), float(rules.least))
    high = np.full(len(value), np.inf)
    if draw.random() < 0.4:
        small = value < rules.threshold
        low, high = (
            np.where(small, low, rules.threshold),
            np.where(small, rules.threshold - 1, high),
        )
    return grid.sums, np.where(hidden, np.nan, value), np.minimum(low, value), high


def ends_of_all(sums, shown, low, high):
    """Smallest and largest value of each cell over every table that fits."""
    most = np.minimum(high, np.nanmax(shown))
    found = list(tables_that_fit(sums.toarray(), shown, low, most))
    return np.min(found, axis=0), np.max(found, axis=0)


def test_the_enumeration_finds_the_tables_that_a_hand_finds():
    # Two counts of at least 1 that sum to 4: 1 and 3, 2 and 2, 3 and 1.
    sums, shown = np.array([[1, 1, -1]]), np.array([np.nan, np.nan, 4])
    found = tables_that_fit(sums, shown, np.ones(3), np.full(3, 9))
    assert [table.tolist() for table in found] == [[1, 3, 4], [2, 2, 4], [3, 1, 4]]


def test_the_attacker_finds_the_same_bounds_as_trying_every_table():
    hidden_cells = 0
    for seed in range(300):
        sums, shown, low, high = random_view(seed)
        lowest, highest = ends_of_all(sums, shown, low, high)
        found = attack(View(shown, sums, low, high))
        assert found.lowest.tolist() == lowest.tolist(), seed
        assert found.highest.tolist() == highest.tolist(), seed
        assert found.exact.all(), seed
        hidden_cells += np.isnan(shown).sum()
    assert hidden_cells > 400


def test_an_attack_that_ends_early_has_seen_two_values_that_are_both_possible():
    for seed in range(60):
        sums, shown, low, high = random_view(seed)
        lowest, highest = ends_of_all(sums, shown, low, high)
        found = attack(View(shown, sums, low, high), enough=2.0)
        assert (found.lowest >= lowest).all() and (found.highest <= highest).all(), seed
        wide = np.minimum(highest - lowest, 2)
        assert (np.minimum(found.width, 2) == wide).all(), seed


def random_hierarchy(seed):
    """Four to six municipalities in two districts by gender, or one line of ages in bands."""
    draw = np.random.default_rng(seed)
    rules = Rules(int(draw.integers(3, 6)))
    towns = [f"m{n}" for n in range(draw.integers(3, 5))]
    districts = {town: f"district {n % 2}" for n, town in enumerate(towns)}
    rows = [(town, sex, int(draw.integers(0, 5))) for town in towns for sex in "wm"]
    frame = pd.DataFrame(rows, columns=["ags", "gender", "count"])
    tables = [Table(("ags",), {"ags": districts}), Table(("gender",))]
    return link(frame, tables, rules), rules


def test_every_small_count_has_enough_possible_values_when_all_tables_are_tried():
    checked = 0
    for seed in range(60):
        linked, rules = random_hierarchy(seed)
        system = linked.system
        hidden = choose(system, 0.5, thumb=False).hidden
        shown = np.where(hidden, np.nan, system.value)
        most = np.full(len(shown), system.value.max() + 3 * rules.threshold)
        low = np.full(len(shown), float(rules.least))
        seen = {cell: set() for cell in np.flatnonzero(system.need)}
        for table in tables_that_fit(system.sums.toarray(), shown, low, most):
            for cell, values in seen.items():
                values.add(table[cell])
            if all(max(v) - min(v) >= rules.spread for v in seen.values()):
                break
        for values in seen.values():
            assert max(values) - min(values) >= rules.spread, seed
        checked += len(seen)
    assert checked > 100


def least_loss(system):
    """Loss of the best safe choice, by trying every choice from the least loss on."""
    free = np.flatnonzero(~system.forced & (system.value[: system.units] > 0))
    choices = [c for n in range(len(free) + 1) for c in itertools.combinations(free, n)]
    losses = [system.weight[list(c)].sum() for c in choices]
    for place in np.argsort(losses, kind="stable"):
        hidden = system.forced.copy()
        hidden[list(choices[place])] = True
        shown = np.where(system.hidden_cells(hidden), np.nan, system.value)
        found = attack(View(shown, system.sums, system.low, system.high), system.need > 0)
        if (found.width >= system.need - 1e-6)[system.need > 0].all():
            return losses[place]
    return None


@pytest.mark.parametrize("seed", range(12))
def test_the_solver_loses_no_more_than_the_best_of_all_choices(seed):
    draw = np.random.default_rng(seed)
    inner = draw.integers(1, 30, (2, 3))
    inner.flat[draw.integers(6)] = draw.integers(1, 5)
    system = with_pairs(Grid(inner, "wx", "abc").system())
    pattern = choose(system, 20.0)
    best = least_loss(system)
    assert best is not None
    assert pattern.loss == pytest.approx(best, abs=1e-9)
    assert pattern.bound <= best + 1e-6


# --- published examples ---------------------------------------------------------------------


def test_the_example_of_fischetti_and_salazar_is_known_as_well_as_they_say():
    """Investment by activity and region; hidden are II C and three companions.

    Fischetti and Salazar (2001), Management Science 47, 1008-1027, table 1: who
    sees the rest knows 22 to lie between 5 and 30.
    """
    table = Grid([[20, 50, 10], [8, 19, 22], [17, 32, 12]], "123", "ABC")
    found = table.attack(["2A", "2C", "3A", "3C"])
    assert found["2C"] == (5, 30)
    assert found["2A"] == (0, 25)
    assert table.attack(["2C"])["2C"] == (22, 22)
    assert table.attack(["2A", "2C"])["2C"] == (22, 22)
