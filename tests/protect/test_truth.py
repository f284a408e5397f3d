"""Cases worked by hand: what a reader with a pencil finds out, and what protects from it."""

import numpy as np
import pytest

from kimeval.core import catalogue
from kimeval.core.results import Results
from kimeval.protect import Rules
from kimeval.protect.audit.releases import audit
from kimeval.protect.facts import no_rows
from kimeval.protect.primary import concentrated
from kimeval.protect.solve import choose

from .making import Grid, as_shown, count, hidden, line, publish, report, share

FOUR = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
SECRET = ["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"]


@pytest.fixture
def four():
    return Grid(FOUR, "wxyz", "abcd")


# --- one table ----------------------------------------------------------------------------


def test_every_line_of_the_four_by_four_table_has_two_hidden_cells_or_none(four):
    for place in "wxyzabcd":
        assert len([cell for cell in SECRET if place in cell]) >= 2


def test_the_attacker_finds_wb_to_be_47_though_every_line_hides_two(four):
    # Lines w and x less columns a and c: wb = (30+47+64) + (90+5) - (30+90) - (64+5) = 47.
    found = four.attack(SECRET)
    assert found["wb"] == (47, 47)
    assert [cell for cell in SECRET if found[cell][0] == found[cell][1]] == ["wb"]


def test_the_other_hidden_cells_of_the_four_by_four_table_stay_wide(four):
    # wa moves with wc, xa, xc round a square: down by 64 and 5, up by 30 and 90.
    assert four.attack(SECRET)["wa"] == (30 - 5, 30 + 64)
    assert four.attack(SECRET, least=1)["wa"] == (30 - 4, 30 + 63)


def test_one_more_hidden_cell_repairs_the_four_by_four_table(four):
    tried = {cell: four.attack([*SECRET, cell])["wb"] for cell in set(four.names) - set(SECRET)}
    # No margin helps: each of the other seven cells does.
    repairs = {cell for cell, (low, high) in tried.items() if low < high}
    assert repairs == {"wd", "xb", "xd", "ya", "yc", "za", "zc"}


def test_the_solver_adds_a_cell_to_the_four_by_four_table_and_nothing_is_recovered(four):
    # Nine cells are hidden in any case, and 47 is as sensitive as a small count.
    system = four.system(SECRET)
    need = np.zeros(len(four.value))
    need[four.at(SECRET)] = 2
    pattern = choose(system.with_need(need), 5.0)
    chosen = {name for name, secret in zip(four.names, pattern.hidden, strict=True) if secret}
    assert chosen > set(SECRET)
    found = four.attack(chosen)
    assert min(found[cell][1] - found[cell][0] for cell in SECRET) >= 2
    # One cell is enough: the loss is that of a single one of those that repair it.
    assert len(chosen - set(SECRET)) == 1


def test_two_cells_of_one_to_four_that_sum_to_two_are_both_one():
    pair = Grid([[1, 1, 40, 50]], "w", "abcd")
    assert pair.attack(["wa", "wb", "ta", "tb"], least=1, most=4)["wa"] == (1, 1)
    # Only the zero would leave room; who shows zeros cannot hide behind them.
    assert pair.attack(["wa", "wb", "ta", "tb"], least=0, most=4)["wa"] == (0, 2)


def test_two_ones_get_a_third_hidden_cell():
    release, (protected,) = publish(line([1, 1, 40, 50]))
    assert hidden(protected) == ["a", "b", "c"]
    assert report(release).recovered == 0


def test_hiding_three_alone_is_no_protection_where_totals_are_true():
    # A = (3, 40), B = (50, 60): 43 - 40 gives 3, and so does 53 - 50.
    table = Grid([[3, 40], [50, 60]], "AB", "xy")
    assert table.attack(["Ax"])["Ax"] == (3, 3)
    assert table.attack(["Ax", "Ay"])["Ax"] == (3, 3)
    assert table.attack(["Ax", "Ay", "Bx", "By"], least=1)["Ax"] == (1, 42)
    chosen = table.chosen()
    assert "Ax" in chosen
    low, high = table.attack(chosen, least=1)["Ax"]
    assert high - low >= 2


def test_a_total_that_is_hidden_with_its_only_small_group_protects_it():
    release, (protected,) = publish([count(3), count(3, "a"), count(0, "b")])
    assert hidden(protected) == ["", "a"]
    assert report(release).recovered == 0


# --- time ---------------------------------------------------------------------------------


@pytest.fixture
def cumulative(monkeypatch):
    """A count that each quarter holds together with all quarters before it."""
    before = catalogue.catalogue()
    whole = catalogue.Indicator(
        **{**vars(before["persons_reached"]), "id": "persons_ever", "cumulative": True}
    )
    monkeypatch.setattr(catalogue, "catalogue", lambda: {**before, "persons_ever": whole})
    return lambda value, period, **more: count(value, name="persons_ever", period=period, **more)


def test_cumulative_27_then_29_discloses_2(cumulative):
    first, then = cumulative(27, "2024Q1"), cumulative(29, "2024Q2")
    found = audit(as_shown([first]), as_shown([then], release=1), Rules())
    assert (found.recovered, found.narrowest) == (1, 0)


def test_of_cumulative_27_then_29_the_second_is_not_published(cumulative):
    first, _ = publish([cumulative(27, "2024Q1")])
    second, (protected,) = publish([cumulative(29, "2024Q2")], after=first)
    assert hidden(protected) == [""]
    assert report(second).recovered == 0


def test_cumulative_27_then_32_is_published(cumulative):
    first, _ = publish([cumulative(27, "2024Q1")])
    _, (protected,) = publish([cumulative(32, "2024Q2")], after=first)
    assert hidden(protected) == []


def test_cumulative_counts_three_quarters_apart_are_tied_by_the_hidden_one_between(cumulative):
    # 27, hidden 29, then 33: 6 persons in two quarters, 2 and 4 stay unknown.
    first, _ = publish([cumulative(27, "2024Q1")])
    second, _ = publish([cumulative(29, "2024Q2")], after=first)
    third, (protected,) = publish([cumulative(33, "2024Q3")], after=second)
    assert report(third).recovered == 0
    assert report(third).inside == 0
    assert protected.suppressed in (0, 1)


def test_a_stock_the_flows_and_the_stock_before_do_not_give_a_small_flow_away():
    # 50 + 12 - 3 = 59: with both stocks and what came in, 3 that left are known.
    first, _ = publish([count(50, name="cases_active", period="2024Q2")])
    now = [
        count(59, name="cases_active"),
        count(12, name="cases_new"),
        count(3, name="cases_closed"),
    ]
    naive = audit(
        as_shown([count(50, name="cases_active", period="2024Q2")]),
        as_shown(now, now[2:], release=1),
        Rules(),
    )
    assert naive.recovered == 1
    second, (protected,) = publish(now, after=first)
    assert protected.suppressed >= 2
    assert report(second).recovered == 0


def test_a_revision_by_two_persons_keeps_the_number_published_before():
    first, _ = publish([count(27)])
    second, (protected,) = publish([count(29)], after=first)
    row = protected.frame.iloc[0]
    assert (row["value"], row["status"]) == (27, "partial")
    assert "früher veröffentlichter Stand" in row["reason"]
    assert report(second).recovered == 0


def test_a_revision_by_two_persons_that_is_shown_is_recovered():
    found = audit(as_shown([count(27)]), as_shown([count(29)], release=1), Rules())
    assert found.recovered == 1


def test_a_revision_by_thirteen_persons_is_published():
    first, _ = publish([count(27)])
    second, (protected,) = publish([count(40)], after=first)
    assert protected.frame["value"].tolist() == [40]
    assert report(second).recovered == 0


def test_what_was_published_for_the_state_is_not_given_back_by_the_last_area():
    # 100 in the state, 55 and 42 in two of three areas: the third has 3.
    parts = [count(55, area="05370"), count(42, area="05374"), count(3, area="05378")]
    release, (protected,) = publish([count(100, area="05"), *parts])
    assert protected.suppressed == 2
    assert report(release).recovered == 0
    naive = audit(no_rows(), as_shown([count(100, area="05"), *parts], parts[2:]), Rules())
    assert naive.recovered == 1


# --- rates, groups, contributors ----------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "base", "secret"), [(4, 40, 1), (36, 40, 1), (3, 4, 1), (5, 40, 0), (35, 40, 0)]
)
def test_a_rate_follows_its_numerator_and_its_complement(hits, base, secret):
    _, (protected,) = publish([share(hits, base)])
    assert protected.suppressed == secret


def test_a_rate_hidden_for_its_complement_is_not_given_back_by_the_other_rates():
    # 60 of 100 less the 22 of 60 in b are the 38 of 40 in a: 2 were not reached.
    rows = [share(60, 100), share(38, 40, "a"), share(22, 60, "b")]
    naive = audit(no_rows(), as_shown(rows, rows[1:2]), Rules())
    assert naive.recovered == 3, "numerator, complement and denominator"
    release, (protected,) = publish(rows)
    assert hidden(protected) == ["a", "b"]
    assert report(release).recovered == 0


def test_a_rate_of_all_of_a_group_is_hidden_since_it_tells_of_each():
    _, (protected,) = publish([share(40, 40)])
    assert protected.suppressed == 1
    _, (protected,) = publish([share(0, 40)])
    assert protected.suppressed == 0


def test_a_person_with_twelve_cases_is_one_contributor():
    _, (protected,) = publish([count(12, name="cases_active", contributors=1)])
    assert protected.suppressed == 1
    _, (protected,) = publish([count(12, name="cases_active", contributors=5)])
    assert protected.suppressed == 0


def test_many_cases_of_few_persons_do_not_follow_from_the_other_groups():
    rows = [
        count(52, name="cases_active", contributors=30),
        count(12, "a", name="cases_active", contributors=2),
        count(40, "b", name="cases_active", contributors=28),
    ]
    naive = audit(no_rows(), as_shown(rows, rows[1:2]), Rules())
    assert naive.recovered == 1
    release, (protected,) = publish(rows)
    assert len(hidden(protected)) == 2
    assert report(release).recovered == 0


# --- money --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "largest", "second", "rules", "secret"),
    [
        # Two make 86 of 100, the rule allows 85.
        (100, 60, 26, Rules(), True),
        (100, 60, 25, Rules(), False),
        # One makes 86 of 100.
        (100, 86, 4, Rules(dominance=(1, 85.0)), True),
        # 7 EUR of others: the second takes 13 and 80 at most 87, within 10 percent of 80.
        (100, 80, 13, Rules(dominance=(1, 85.0)), True),
        # 8 EUR of others are 10 percent of 80, not less.
        (101, 80, 13, Rules(dominance=(1, 85.0)), False),
        (100, 80, 13, Rules(dominance=(1, 85.0), p_percent=8.0), False),
        # A single contributor, and none.
        (50, 50, 0, Rules(), True),
        (0, 0, 0, Rules(), False),
    ],
)
def test_amounts_that_few_make_up_are_concentrated(total, largest, second, rules, secret):
    amounts = (np.array([float(n)]) for n in (total, largest, second))
    assert concentrated(*amounts, rules).tolist() == [secret]


def test_amounts_are_judged_one_by_one_and_none_is_no_error():
    amounts = np.array([[100.0, 100.0], [60.0, 30.0], [26.0, 20.0]])
    assert concentrated(*amounts, Rules()).tolist() == [True, False]
    assert concentrated(*np.zeros((3, 0)), Rules()).tolist() == []


def test_a_result_of_no_rows_is_published_as_it_is():
    release, (protected,) = publish([])
    assert len(protected) == 0
    assert len(Results.of([])) == report(release).attacked == 0


# --- who is in the table ------------------------------------------------------------------


def test_who_is_the_only_one_of_a_cell_reads_the_other_hidden_cell_off():
    # 1 and 3 make 4: the one who is alone in wa subtracts the own 1.
    table = Grid([[1, 3, 40, 50]], "w", "abcd")
    companions = ["wa", "wb", "ta", "tb"]
    assert table.attack(companions, least=1)["wb"] == (1, 3)
    assert table.attack(companions, least=1, known=["wa", "ta"])["wb"] == (3, 3)


@pytest.mark.parametrize("values", [[1, 3, 40, 50], [1, 4, 40, 50], [2, 1, 40, 50]])
def test_who_is_the_only_one_of_a_cell_finds_no_other_small_count(values):
    _, (protected,) = publish(line(values))
    secret = [f"w{group}" for group in hidden(protected)]
    table = Grid([values], "w", "abcd")
    margins = [cell.replace("w", "t") for cell in secret]
    low, high = table.attack([*secret, *margins], least=1, known=["wa", "ta"])["wb"]
    assert low < high


def test_a_line_of_a_cross_table_with_one_filled_cell_tells_of_each_and_is_hidden():
    # All 12 persons in A are w; whoever knows one of them knows that.
    towns = [count(52), count(12, "A"), count(40, "B")]
    crossed = {"A × w": 12, "A × m": 0, "B × w": 25, "B × m": 15}
    cells = [count(n, group, "ags × gender") for group, n in crossed.items()]
    _, (_, protected) = publish(towns, cells)
    assert "A × w" in hidden(protected)
