"""The attack on a release and all before it: what it counts, and which broken gates it catches."""

import pytest

from kimeval.core.errors import ProtectionError
from kimeval.protect import Rules
from kimeval.protect.audit.releases import Report, audit, require_safe
from kimeval.protect.facts import no_rows, stacked

from .making import as_shown, count, line, publish, report, share


def attacked(rows, secret=(), before=None, rules=None):
    """The attack on rows that went out as they are, with these hidden."""
    history = no_rows() if before is None else before
    number = 0 if before is None else int(before["release"].max()) + 1
    return audit(history, as_shown(rows, secret, number), rules or Rules())


def group(rows, *names):
    return [row for row in rows if row.group in names]


# --- what a report says ---------------------------------------------------------------------


def test_a_report_counts_cells_hidden_rows_and_earlier_releases():
    first, _ = publish(line([3, 40, 5]))
    second, _ = publish(line([3, 40, 5]), after=first)
    assert report(first).releases == 0
    found = report(second)
    assert (found.cells, found.hidden, found.attacked, found.releases) == (4, 2, 2, 1)
    assert (found.recovered, found.inside, found.safe) == (0, 0, True)


def test_the_narrowest_interval_is_looked_for_up_to_what_the_rules_ask():
    rows = line([3, 40, 5])
    assert attacked(rows, group(rows, "a", "c")).narrowest == 2
    assert attacked(rows, group(rows, "a", "c"), rules=Rules(3)).narrowest is None


def test_where_nothing_is_small_nothing_is_narrow():
    found = attacked(line([30, 40]))
    assert (found.attacked, found.narrowest, found.safe) == (0, None, True)


def test_the_attack_on_nothing_finds_nothing():
    found = audit(no_rows(), no_rows(), Rules())
    assert (found.cells, found.hidden, found.attacked, found.safe) == (0, 0, 0, True)


def test_a_count_known_within_two_of_four_values_lies_inside_its_interval():
    # 3 hidden cells of at least 1 make 4: each is 1 or 2, which is too well.
    rows = line([1, 1, 2, 50])
    found = attacked(rows, group(rows, "a", "b", "c"))
    assert (found.recovered, found.inside, found.narrowest, found.safe) == (0, 3, 1, False)


# --- broken gates, each caught --------------------------------------------------------------


def test_hiding_small_counts_alone_is_caught():
    rows = line([3, 40, 5])
    assert attacked(rows, group(rows, "a")).recovered == 1


def test_a_companion_in_each_line_without_proof_is_caught():
    # Two hidden cells in each line, and both small ones are 1.
    rows = line([1, 1, 40, 50])
    assert attacked(rows, group(rows, "a", "b")).recovered == 2


def test_ignoring_a_linked_table_is_caught():
    # By town a and c are hidden; another table shows who lives in c, by age.
    towns = line([3, 40, 15])
    ages = [count(6, "c × jung", "ags × age"), count(9, "c × alt", "ags × age")]
    assert attacked(towns, group(towns, "a", "c")).safe
    assert attacked([*towns, *ages], group(towns, "a", "c")).recovered == 1


def test_ignoring_an_earlier_release_is_caught():
    # First b and c are hidden with a, then c alone is; both times the total is 48.
    rows = line([3, 40, 5])
    first = as_shown(rows, group(rows, "a", "b"))
    assert attacked(rows, group(rows, "a", "b")).safe
    assert attacked(rows, group(rows, "a", "c")).safe
    assert attacked(rows, group(rows, "a", "c"), before=first).recovered == 1


def test_ignoring_that_a_number_was_published_before_is_caught():
    rows = line([3, 40, 5])
    out = as_shown([count(3, "a")])
    assert attacked(rows, group(rows, "a", "c"), before=out, rules=Rules(3)).safe
    first = as_shown([count(40, "b"), count(5, "c")])
    assert attacked(rows, group(rows, "a", "c"), before=first).recovered == 1


def test_ignoring_the_complement_of_a_rate_is_caught():
    # b is hidden with its 3 others of 40; a and the total tell 37 of 40.
    rows = [share(57, 100), share(20, 60, "a"), share(37, 40, "b")]
    assert attacked(rows, group(rows, "b")).recovered == 3


@pytest.mark.parametrize("row", [count(4), share(38, 40), share(4, 40)])
def test_a_threshold_smaller_by_one_is_caught(row):
    assert attacked([row]).recovered >= 1


def test_a_threshold_smaller_by_one_is_caught_where_a_hidden_count_stands_beside():
    # By a rule of 4 the counts 3 and 4 need no third; by the rule of 5, 4 and 4 do.
    rows = line([4, 4, 40])
    found = attacked(rows, group(rows, "a", "b"))
    assert found.safe, "1 to 7 are possible for who does not know which counts are small"
    rows = line([2, 1, 40])
    assert not attacked(rows, group(rows, "a", "b")).safe


def test_ignoring_the_revision_between_two_releases_is_caught():
    first = as_shown([count(27)])
    assert attacked([count(29)], before=first).recovered == 1
    assert attacked([count(27)], before=first).safe
    assert attacked([count(32)], before=first).safe


def test_ignoring_persons_without_a_group_is_caught():
    rows = [count(52), count(10, "a"), count(12, "b"), count(28, "c")]
    assert attacked(rows).recovered == 1
    assert attacked(rows, group(rows, "a")).safe


def test_what_contradicts_itself_is_refused_and_not_called_safe():
    # Hidden counts are at least 1; three of them cannot make 2.
    first = as_shown(line([1, 1, 1]), line([1, 1, 1])[1:])
    broken = first.assign(value=first["value"].where(first["group"] != "", 2.0))
    found = audit(no_rows(), broken, Rules())
    assert not found.safe or found.attacked > 0


def test_a_cross_table_without_its_margin_may_hold_a_line_of_zeros():
    rows = [count(9, "c × jung", "ags × age"), count(0, "c × alt", "ags × age")]
    assert attacked([*line([3, 40, 9]), *rows], line([3, 40, 9])[1:2]).attacked > 0


def test_history_and_release_may_hold_the_same_rows():
    rows = as_shown(line([3, 40, 5]), group(line([3, 40, 5]), "a", "c"))
    found = audit(rows, stacked(rows.assign(release=1)), Rules())
    assert found.safe and found.releases == 1


# --- the refusal ----------------------------------------------------------------------------


def made(recovered, inside):
    return Report(71, 13, 40, recovered, inside, 0, 2)


def test_a_safe_report_is_let_through():
    require_safe(made(0, 0))


@pytest.mark.parametrize(("recovered", "inside"), [(1, 1), (0, 3)])
def test_an_unsafe_report_is_refused_with_rule_numbers_and_way_out(recovered, inside):
    with pytest.raises(ProtectionError) as found:
        require_safe(made(recovered, inside))
    said = str(found.value)
    assert said.startswith("No published number may give a small count away")
    assert f"recovered {recovered} and narrowed {inside} of 40 hidden counts" in said
    assert "Nothing was published. Evaluate fewer breakdowns, or coarser groups." in said
    assert "\n" not in said


def test_a_report_holds_numbers_only():
    assert {type(value) for value in vars(made(0, 0)).values()} == {int}
