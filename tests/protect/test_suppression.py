"""Companions: what an attacker with a pencil can subtract, by hand and for random tables."""

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kimeval.core.results import Results, Row, refused
from kimeval.protect import Rules, protect

NAMES = [f"Gemeinde {n:02}" for n in range(20)]


def count(value, group="", dimension="ags", name="persons_reached", **changed):
    fields = {"numerator": value, "contributors": value, **changed}
    place = {"dimension": dimension, "group": group} if group else {}
    return Row(name, "2024Q3", "05370", value=value, **place, **fields)


def share(hits, total, group=""):
    fields = {"numerator": hits, "denominator": total, "contributors": hits}
    place = {"dimension": "ags", "group": group} if group else {}
    return Row("coverage_newly_arrived", "2024Q3", "05370", value=hits / total, **place, **fields)


def table(values, total=None):
    return Results.of(
        [
            count(sum(values) if total is None else total),
            *(count(v, group) for v, group in zip(values, NAMES, strict=False)),
        ]
    )


def shown(results, threshold=5):
    """The cells a reader sees, None where hidden, without the total."""
    return visible(protect(results, Rules(threshold)).frame)


def visible(frame):
    cells = frame.loc[frame["dimension"] != "", "value"]
    return [None if math.isnan(v) else v for v in cells]


def test_nothing_joins_where_nothing_is_small():
    assert shown(table([5, 30, 0, 8])) == [5, 30, 0, 8]


def test_one_hidden_cell_never_stands_alone():
    # 48 - 40 - 5 would give 3; so the smallest visible cell, 5, joins.
    assert shown(table([3, 40, 5])) == [None, 40, None]


def test_two_ones_get_a_third():
    # 92 - 90 = 2 in two cells that are not zero: both are 1. The 40 joins.
    assert shown(table([1, 1, 40, 50])) == [None, None, None, 50]


def test_two_small_cells_that_reach_the_threshold_guard_each_other():
    # 46 - 40 = 6 in two cells: 2 and 4, 4 and 2, 3 and 3, or one of 5.
    assert shown(table([2, 4, 40])) == [None, None, 40]


def test_two_cells_that_are_both_as_large_as_hidden_ones_can_be_get_a_third():
    # 48 - 40 = 8 in two cells below 5: both are 4.
    assert shown(table([4, 4, 40, 60])) == [None, None, None, 60]


def test_as_many_persons_as_hidden_cells_get_a_further_cell():
    # 45 - 40 = 5 in five cells that are not zero: each is 1.
    assert shown(table([1, 1, 1, 1, 1, 40, 50])) == [None] * 6 + [50]


def test_zeros_are_shown_and_guard_no_one():
    assert shown(table([3, 0, 0, 40])) == [None, 0, 0, None]


def test_a_threshold_of_three_lets_three_stand():
    assert shown(table([2, 3, 40]), threshold=3) == [None, None, 40]
    assert shown(table([3, 3, 40]), threshold=3) == [3, 3, 40]


def test_few_persons_in_no_group_are_guarded_like_a_hidden_cell():
    # 52 persons, 50 of them in the three towns: 2 whose town is unknown.
    assert shown(table([10, 12, 28], total=52)) == [None, 12, 28]


def test_many_persons_in_no_group_need_no_guard():
    assert shown(table([10, 12, 28], total=60)) == [10, 12, 28]


def test_persons_with_two_providers_make_no_remainder():
    assert shown(table([10, 12, 28], total=45)) == [10, 12, 28]


def test_a_refused_group_is_guarded_by_what_the_total_leaves():
    # The total of 42 counts the 2 of the refused town; 42 - 40 would tell them.
    lacking = refused("persons_reached", "2024Q3", "05370", "fehlt")
    places = [{"dimension": "ags", "group": g} for g in NAMES[:3]]
    rows = [count(42), count(10, NAMES[0]), count(30, NAMES[1])]
    rows.append(Row(**{**vars(lacking), **places[2]}))
    frame = protect(Results.of(rows)).frame
    assert frame["suppressed"].tolist() == [False, True, False, False]


def test_all_groups_refused_beside_a_small_total_is_no_error():
    rows = [
        count(3),
        Row(
            **{
                **vars(count(math.nan, NAMES[0])),
                "value": math.nan,
                "contributors": math.nan,
                "status": "refused",
                "reason": "fehlt",
            }
        ),
    ]
    assert protect(Results.of(rows)).frame["suppressed"].tolist() == [True, False]


def test_other_breakdowns_quarters_and_indicators_stay_as_they_are():
    rows = [
        count(48),
        *(count(v, g) for v, g in zip([3, 40, 5], NAMES, strict=False)),
        *(count(v, g, "gender") for v, g in ((20, "weiblich"), (28, "männlich"))),
        count(48, name="persons_new"),
        *(count(v, g, name="persons_new") for v, g in zip([8, 40], NAMES, strict=False)),
    ]
    frame = protect(Results.of(rows)).frame
    assert frame["suppressed"].tolist() == [False, True, False, True] + [False] * 5


def test_hidden_shares_leave_neither_few_reached_nor_few_others():
    # 12 of 14 and 3 of 20: both hidden; together 15 of 34. Nothing joins.
    rows = [share(85, 234), share(12, 14, "a"), share(3, 20, "b"), share(70, 200, "c")]
    assert shown(Results.of(rows)) == [None, None, 0.35]
    # 9 of 10 and 10 of 11: 21 of 21 less 19 tells that all but two were reached; c joins.
    rows = [share(89, 221), share(9, 10, "a"), share(10, 11, "b"), share(70, 200, "c")]
    assert shown(Results.of(rows)) == [None, None, None]


def test_few_households_are_not_given_back_by_their_persons():
    # Persons 3 and 4 are 7, households 1 and 1 are 2: the third joins.
    rows = [
        count(42, name="households_active", contributors=67),
        count(1, "a", name="households_active", contributors=3),
        count(1, "b", name="households_active", contributors=4),
        count(40, "c", name="households_active", contributors=60),
    ]
    assert shown(Results.of(rows)) == [None, None, None]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, 12) | st.integers(0, 3), min_size=1, max_size=9),
    st.sampled_from([3, 5, 8]),
)
@example([1, 1], 5)
@example([4, 4, 5, 5], 5)
@example([1, 1, 1, 1, 1, 9], 5)
@example([1, 3], 3)
def test_total_minus_visible_cells_determines_no_hidden_one(values, threshold):
    protected = protect(table(values), Rules(threshold)).frame
    cells = visible(protected)
    assert all(cell is None for v, cell in zip(values, cells, strict=True) if 0 < v < threshold)
    secret = [v for v, cell in zip(values, cells, strict=True) if cell is None]
    assert all(secret), "a zero is never hidden"
    if secret and not protected["suppressed"].iloc[0]:
        rest = sum(values) - sum(cell for cell in cells if cell is not None)
        assert rest == sum(secret)
        assert len(secret) >= 2
        assert rest > len(secret), "each hidden cell would be 1"
