"""One release after another: what is kept, hidden again, and told the same everywhere."""

import math

import pandas as pd
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, refused
from kimeval.protect import Release, Rules, protect, protect_together
from kimeval.protect.facts import HIDDEN, KEPT, OPEN, ROWS, SHOWN, no_rows

from .making import AREA, QUARTER, count, everything, hidden, line, publish, report, share

STANDING = "früher veröffentlichter Stand"


def value(protected, group=""):
    frame = protected.frame
    return frame.loc[frame["group"] == group, "value"].item()


# --- the first release ----------------------------------------------------------------------


def test_the_first_release_is_number_0_and_the_next_one_more():
    first, _ = publish([count(27)])
    second, _ = publish([count(27)], after=first)
    third, _ = publish([count(27)], after=second)
    assert [r.number for r in (first, second, third)] == [0, 1, 2]
    assert everything(third)["release"].tolist() == [0, 1, 2]


def test_a_release_keeps_the_numbers_of_hidden_rows_and_nothing_stays_open():
    release, _ = publish(line([3, 40, 5]))
    assert release.rows["value"].tolist() == [48, 3, 40, 5]
    assert release.rows["state"].tolist() == [SHOWN, HIDDEN, SHOWN, HIDDEN]
    assert OPEN not in set(release.rows["state"])
    assert list(release.rows.columns) == list(ROWS)


def test_a_release_shows_no_value_when_printed():
    release, _ = publish([count(4711)])
    assert "4711" not in repr(release)


def test_refused_rows_and_rows_without_persons_are_not_remembered():
    release, (protected,) = publish(
        [refused("persons_reached", QUARTER, AREA, "fehlt"), count(7, name="rows_in")]
    )
    assert release.rows.empty
    assert protected.frame["suppressed"].tolist() == [False, False]


def test_rows_come_back_in_the_order_in_which_they_went_in():
    rows = [
        count(5, "c"),
        refused("persons_new", QUARTER, AREA, "fehlt"),
        count(48),
        count(43, "a"),
    ]
    _, (protected,) = publish(rows)
    assert protected.frame["group"].tolist() == ["c", "", "", "a"]
    assert protected.frame["indicator"].tolist()[1] == "persons_new"


def test_several_results_come_back_one_by_one():
    _, parts = publish(line([3, 40, 5]), [count(9, name="persons_new")], [])
    assert [len(part) for part in parts] == [4, 1, 0]
    assert hidden(parts[0]) == ["a", "c"]


# --- one table after another ----------------------------------------------------------------


def test_a_later_table_hides_what_gives_an_earlier_one_back():
    release = Release(Rules())
    protect(Results.of([count(48), count(3, "a"), count(40, "b"), count(5, "c")]), release=release)
    later = protect(Results.of([count(5, "c"), count(40, "b")]), release=release)
    assert hidden(later) == ["c"]


def test_a_row_that_was_shown_stays_shown_in_a_later_table():
    release = Release(Rules())
    protect(Results.of([count(40, "b")]), release=release)
    rows = [count(43), count(40, "b"), count(3, "a")]
    later = protect(Results.of(rows), release=release)
    assert "b" not in hidden(later)
    assert report(release).recovered == 0


def test_tables_together_hide_no_more_than_one_after_the_other():
    tables = [line([3, 40, 5]), line([30, 18], dimension="gender")]
    together = sum(part.suppressed for part in publish(*tables)[1])
    release = Release(Rules())
    in_turn = sum(protect(Results.of(rows), release=release).suppressed for rows in tables)
    assert together <= in_turn


def test_a_row_in_two_tables_is_remembered_once():
    release, (first, second) = publish([count(27)], [count(27), count(27, "a")])
    assert len(release.rows) == 2
    assert value(first) == value(second) == 27


@pytest.mark.parametrize("together", [True, False])
def test_two_numbers_for_one_count_are_refused_without_naming_them(together):
    release = Release(Rules())
    parts = [Results.of([count(4711)]), Results.of([count(4713)])]
    with pytest.raises(ProtectionError, match="same number") as found:
        if together:
            protect_together(parts, release)
        else:
            for part in parts:
                protect(part, release=release)
    assert "471" not in str(found.value)


def test_a_cross_table_after_its_margins_gives_nothing_away():
    # A: 4 and 6, B: 8 and 0. With all margins out, the zero gives 8, and 12 - 8 gives 4.
    release = Release(Rules())
    rows = {"A × w": 4, "A × m": 6, "B × w": 8, "B × m": 0}
    tables = [
        [count(18), count(10, "A"), count(8, "B")],
        [count(12, "w", "gender"), count(6, "m", "gender")],
        [count(number, group, "ags × gender") for group, number in rows.items()],
    ]
    for table in tables:
        protect(Results.of(table), release=release)
    assert report(release).recovered == 0


# --- the next release -----------------------------------------------------------------------


@pytest.mark.parametrize("change", [-4, -1, 1, 4])
def test_a_revision_of_fewer_persons_than_the_threshold_is_not_published(change):
    first, _ = publish([count(27)])
    second, (protected,) = publish([count(27 + change)], after=first)
    row = protected.frame.iloc[0]
    assert (row["value"], row["numerator"], row["contributors"]) == (27, 27, 27)
    assert row["status"] == "partial" and STANDING in row["reason"]
    assert second.rows["value"].tolist() == [27 + change], "later releases are protected with it"
    assert second.rows["state"].tolist() == [KEPT]


@pytest.mark.parametrize("change", [-5, 5, 100])
def test_a_revision_of_as_many_persons_as_the_threshold_is_published(change):
    first, _ = publish([count(27)])
    _, (protected,) = publish([count(27 + change)], after=first)
    assert value(protected) == 27 + change
    assert protected.frame["status"].tolist() == ["complete"]


def test_small_revisions_do_not_add_up_to_a_published_small_one():
    # 27, 29, 31, 33: each is compared with what was published, 27, not with the one before.
    release, _ = publish([count(27)])
    seen = []
    for number in (29, 31, 33):
        release, (protected,) = publish([count(number)], after=release)
        seen.append(value(protected))
        assert report(release).recovered == 0
    assert seen == [27, 27, 33]


def test_a_revision_keeps_bounds_and_method_beside_the_number():
    first, _ = publish([share(20, 60, lower=0.2, upper=0.5, confidence=0.95, method="Wilson")])
    late = share(21, 61, lower=0.3, upper=0.6, confidence=0.9, method="anders")
    _, (protected,) = publish([late], after=first)
    row = protected.frame.iloc[0]
    assert (row["lower"], row["upper"], row["confidence"], row["method"]) == (
        0.2,
        0.5,
        0.95,
        "Wilson",
    )
    assert row["value"] == pytest.approx(20 / 60)


def test_a_share_is_published_anew_once_its_base_changed_enough():
    first, _ = publish([share(20, 60)])
    _, (protected,) = publish([share(20, 65)], after=first)
    assert value(protected) == pytest.approx(20 / 65)


def test_a_kept_number_keeps_the_reason_why_it_was_partial_already():
    first, _ = publish([count(27)])
    late = count(28, status="partial", reason="zwei Träger fehlen")
    _, (protected,) = publish([late], after=first)
    assert protected.frame["reason"].str.startswith(f"zwei Träger fehlen; {STANDING}").tolist() == [
        True
    ]


def test_a_number_that_did_not_change_is_not_called_kept():
    first, _ = publish([count(27)])
    second, (protected,) = publish([count(27)], after=first)
    assert protected.frame["status"].tolist() == ["complete"]
    assert second.rows["state"].tolist() == [SHOWN]


def test_a_hidden_number_is_hidden_again_and_its_revision_as_well():
    first, _ = publish(line([3, 40, 5]))
    second, (protected,) = publish(line([4, 40, 5]), after=first)
    assert "a" in hidden(protected)
    assert math.isnan(value(protected, "a"))
    assert report(second).recovered == 0


def test_a_refused_row_after_a_published_one_stays_refused():
    first, _ = publish([count(27)])
    lacking = refused("persons_reached", QUARTER, AREA, "fehlt")
    _, (protected,) = publish([lacking], after=first)
    assert protected.frame["status"].tolist() == ["refused"]


def test_the_rows_of_an_earlier_release_are_left_as_they_were():
    first, _ = publish(line([3, 40, 5]))
    before = everything(first).copy()
    publish(line([9, 40, 50]), after=first)
    pd.testing.assert_frame_equal(everything(first), before)


def test_kept_numbers_beside_new_ones_that_add_up_by_chance_do_not_stop_a_release():
    # 20 = 3 + 7 + 9 and 1 of no town. Then 4 for 3, and the kept 20 looks like 4 + 7 + 9.
    first, _ = publish([count(20), count(3, "a"), count(7, "b"), count(9, "c")])
    second, _ = publish([count(21), count(4, "a"), count(7, "b"), count(9, "c")], after=first)
    assert report(second).recovered == 0


def test_a_stricter_rule_does_not_take_back_what_is_out():
    first, _ = publish([count(4)], rules=Rules(3))
    _, (protected,) = publish([count(4)], after=first, rules=Rules(5))
    assert value(protected) == 4


def test_no_tables_are_no_error():
    release = Release(Rules())
    assert release.decide([]) == []
    assert protect_together([], release) == []
    assert release.rows.empty and no_rows().empty


def test_a_cross_table_without_its_margins_is_tied_to_the_total():
    # 68 - 20 - 17 - 30 would tell the 1.
    pairs = [("a × x", 20), ("a × y", 17), ("b × x", 30), ("b × y", 1)]
    release, (out,) = publish([count(68), *(count(n, words, "ags × age") for words, n in pairs)])
    assert "b × y" in hidden(out)
    assert len(hidden(out)) >= 2
    assert report(release).safe
