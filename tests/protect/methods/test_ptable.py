"""The perturbation table: what each row must hold to, by hand, and against another solver."""

import numpy as np
import pytest
from scipy import optimize

from kimeval.core.errors import ProtectionError
from kimeval.protect.methods.ptable import Design, design_for, ptable

DESIGNS = [Design(5, 3, 2), Design(2, 1, 0), Design(5, 2, 1), *map(design_for, (3, 4, 7, 10, 15))]


def steps(design):
    return np.arange(-design.deviation, design.deviation + 1)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_each_row_is_a_distribution(design):
    moves = ptable(design).moves
    assert (moves >= 0).all()
    assert moves.sum(axis=1) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_each_row_is_unbiased(design):
    assert ptable(design).moves @ steps(design) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_each_row_but_that_of_0_has_the_variance(design):
    found = ptable(design).moves[1:] @ steps(design) ** 2
    assert found == pytest.approx(design.variance, abs=1e-9)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_nothing_negative_and_no_forbidden_number_is_published(design):
    moves = ptable(design).moves
    for count, row in enumerate(moves):
        published = count + steps(design)
        wrong = (published < 0) | ((published > 0) & (published <= design.forbidden))
        assert (row[wrong] == 0).all()


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_zero_stays_zero(design):
    assert ptable(design).moves[0, design.deviation] == 1


def test_large_counts_move_evenly_in_both_directions():
    last = ptable(Design(5, 3, 2)).moves[-1]
    assert last == pytest.approx(last[::-1], abs=1e-12)
    assert last.argmax() == 5


def test_the_row_of_1_by_hand():
    # 1 becomes 0, 3 or 4 with 0.7, 0.2 and 0.1: -0.7 + 0.4 + 0.3 = 0, and the variance
    # is 0.7 + 4 * 0.2 + 9 * 0.1 = 2.4.
    row = ptable(Design(3, 2.4, 2)).moves[1]
    assert row == pytest.approx([0, 0, 0.7, 0, 0, 0.2, 0.1], abs=1e-9)


def test_a_row_with_three_numbers_by_hand():
    # Of -1, 0 and 1 with variance 0.5 each end has 1/4.
    assert ptable(Design(1, 0.5, 0)).moves[-1] == pytest.approx([0.25, 0.5, 0.25], abs=1e-9)


def entropy_by_another_solver(able, variance):
    """The same programme as in the R package ptable: entropy maximised over probabilities."""
    rules = [
        {"type": "eq", "fun": lambda p: p.sum() - 1},
        {"type": "eq", "fun": lambda p: p @ able},
        {"type": "eq", "fun": lambda p: p @ able**2 - variance},
    ]
    solved = optimize.minimize(
        lambda p: p @ np.log(p),
        np.full(len(able), 1 / len(able)),
        jac=lambda p: np.log(p) + 1,
        bounds=[(1e-12, 1)] * len(able),
        constraints=rules,
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-14},
    )
    assert solved.success
    return solved.x


@pytest.mark.parametrize("count", range(1, 8))
def test_each_row_is_the_one_of_largest_entropy(count):
    design = Design(5, 3, 2)
    row = ptable(design).moves[count]
    published = count + steps(design)
    able = (published == 0) | (published > 2)
    # SLSQP stops where the objective no longer moves by 1e-14, which leaves about 1e-6.
    expected = entropy_by_another_solver(steps(design)[able].astype(float), 3)
    assert row[able] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "given", [(0, 3, 2), (5, 0, 2), (5, 25, 2), (5, -1, 0), (5, 3, -1), (5, 3, 10)]
)
def test_a_design_out_of_range_is_refused(given):
    with pytest.raises(ProtectionError, match="perturbation table needs"):
        Design(*given)


def test_a_variance_too_small_for_the_forbidden_numbers_is_refused():
    # 1 becomes 0 or at least 3; without bias the variance is at least 2.
    with pytest.raises(ProtectionError, match="unbiased with the wanted variance"):
        ptable(Design(5, 1, 2))


def test_a_small_count_that_cannot_become_0_is_refused():
    # With a deviation of 2 a 3 becomes 3, 4 or 5, which is more on average.
    with pytest.raises(ProtectionError, match="unbiased with the wanted variance"):
        ptable(Design(2, 2, 2))


def test_the_common_design_is_that_of_a_threshold_of_five():
    assert design_for(5) == Design(5, 3, 2)


def test_a_published_0_stands_for_0_to_5_and_a_3_for_1_to_8():
    low, high = ptable(Design(5, 3, 2)).possible(np.array([0, 3, 40]))
    assert (low.tolist(), high.tolist()) == ([0, 1, 35], [5, 8, 45])


def test_a_number_that_the_table_never_gives_is_refused():
    with pytest.raises(ProtectionError, match="must be one that"):
        ptable(Design(5, 3, 2)).possible(np.array([2.0]))


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 8, 40])
def test_over_all_keys_the_numbers_come_as_often_as_the_table_says(count):
    table = ptable(Design(5, 3, 2))
    keys = (np.arange(100_000) + 0.5) / 100_000
    moved = table.published(np.full(len(keys), count), keys) - count
    found = np.bincount(moved.astype(int) + 5, minlength=11) / len(keys)
    assert found == pytest.approx(table.moves[min(count, 8)], abs=2e-5)


def test_the_smallest_and_the_largest_key_give_numbers_of_the_table():
    table = ptable(Design(5, 3, 2))
    assert table.published(np.array([40.0, 40.0]), np.array([0.0, 1 - 2**-53])).tolist() == [35, 45]


def test_what_is_not_known_stays_so():
    assert np.isnan(ptable(Design(5, 3, 2)).published(np.array([np.nan]), np.array([0.3]))).all()
