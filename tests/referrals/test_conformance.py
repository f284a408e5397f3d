"""Cases beside the intended steps: by hand, and against trying every alignment."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.core.errors import DataError
from kimeval.referrals import event_log
from kimeval.referrals.conformance import STATUS, align, conformance, step_shares
from kimeval.referrals.target import Step, TargetPath

DAY = np.datetime64("2024-01-01", "D")


def path(letters="ABCD", **changed):
    """Steps named by letters; settings of a step by its letter."""
    steps = [
        Step(id=s, name=f"Schritt {s}", activities=(s,), **changed.get(s, {})) for s in letters
    ]
    return TargetPath(name="Weg", steps=tuple(steps))


def beside(way, *cases, until=1000):
    """Cases as lists of letter and day."""
    rows = [(f"case {n:02}", s, DAY + day) for n, case in enumerate(cases) for s, day in case]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time"])
    log = event_log(frame["case"], frame["activity"], frame["time"].to_numpy("datetime64[us]"))
    return conformance(log, way, DAY + until)


def words(made):
    return [[STATUS[code] for code in row] for row in made.status]


def test_the_whole_path_conforms():
    made = beside(path(), [("A", 0), ("B", 1), ("C", 2), ("D", 3)])
    assert words(made) == [["done"] * 4]
    assert made.conforms.tolist() == [True]
    assert made.fitness.tolist() == [1]


def test_a_step_left_out_and_one_added():
    """A, C, B, D: least cost 2; the earlier step B is done, C is passed over and added."""
    made = beside(path(), [("A", 0), ("C", 1), ("B", 2), ("D", 3)])
    assert words(made) == [["done", "done", "skipped", "done"]]
    assert made.added.tolist() == [[0, 0, 1, 0]]
    assert made.fitness.tolist() == [1 - 2 / 8]
    assert not made.conforms[0]


def test_what_may_still_come_is_open_and_no_deviation():
    made = beside(path(), [("A", 0), ("B", 1)])
    assert words(made) == [["done", "done", "open", "open"]]
    assert made.conforms[0]
    assert made.fitness[0] == 1


def test_late_in_time_and_overdue():
    limited = path("AB", B={"within_days": 30})
    cases = [("A", 0), ("B", 30)], [("A", 0), ("B", 31)], [("A", 0)]
    made = beside(limited, *cases, until=31)
    assert [row[1] for row in words(made)] == ["in_time", "late", "overdue"]
    assert made.days[:2, 1].tolist() == [30, 31]
    assert np.isnan(made.days[2, 1])
    assert words(beside(limited, [("A", 0)], until=30)) == [["done", "open"]]


def test_a_limit_counts_from_the_step_it_names():
    named = path("ABC", C={"within_days": 10, "after": "A"})
    assert words(beside(named, [("A", 0), ("B", 8), ("C", 12)]))[0][2] == "late"
    without = words(beside(named, [("B", 8), ("C", 12)]))[0]
    assert without == ["skipped", "done", "done"]


def test_a_step_that_is_not_required_is_not_missed():
    made = beside(path("ABC", B={"required": False}), [("A", 0), ("C", 1)])
    assert words(made) == [["done", "not_needed", "done"]]
    assert made.conforms[0]


def test_a_step_that_may_come_again_is_not_added():
    again = path("ABC", A={"again": True})
    ways = [("A", 0), ("B", 1), ("A", 2), ("C", 3)]
    assert beside(again, ways).added.sum() == 0
    assert beside(path("ABC"), ways).added.tolist() == [[1, 0, 0]]


def test_events_of_one_step_in_a_row_are_one_at_the_first_day():
    made = beside(path("AB", B={"within_days": 5}), [("A", 0), ("A", 3), ("B", 6)])
    assert made.added.sum() == 0
    assert words(made) == [["done", "late"]]


def test_on_the_same_day_the_earlier_step_comes_first():
    assert beside(path("AB"), [("B", 0), ("A", 0)]).conforms[0]


def test_activities_that_no_step_names_are_left_aside_and_the_case_is_kept():
    made = beside(path("AB"), [("X", 0)], [("A", 0), ("X", 1), ("B", 2)])
    assert words(made) == [["open", "open"], ["done", "done"]]
    assert np.isnan(made.fitness[0])


def test_no_case():
    made = beside(path())
    assert made.status.shape == (0, 4)
    assert step_shares(made)["judged"].tolist() == [0] * 4
    assert step_shares(made)["share"].isna().all()


def test_an_event_after_the_last_day_is_refused():
    with pytest.raises(DataError, match="1 events lie after"):
        beside(path("AB"), [("A", 0), ("B", 9)], until=8)


def test_shares_by_hand():
    limited = path("AB", B={"within_days": 10})
    cases = [[("A", 0), ("B", 5)]] * 6 + [[("A", 0), ("B", 20)]] * 2 + [[("A", 0)]] * 2
    found = step_shares(beside(limited, *cases, until=30)).set_index("step").loc["B"]
    assert found[["in_time", "late", "overdue", "open", "judged"]].tolist() == [6, 2, 2, 0, 10]
    assert (found["share"], found["timely"]) == (0.8, 0.6)
    # Wilson, 8 of 10
    assert (found["lower"], found["upper"]) == pytest.approx((0.4902, 0.9433), abs=5e-5)
    young = step_shares(beside(limited, *cases, [("A", 25)], until=30)).set_index("step").loc["B"]
    assert young[["open", "judged"]].tolist() == [1, 10]


def test_nothing_of_a_case_is_shown():
    made = beside(path("AB"), [("A", 0)])
    assert repr(made) == "Conformance(1 cases, 2 steps; not protected)"


def least(way, target):
    """Cost of the best choice of events that are steps in order, trying all."""
    steps, best = target.steps, np.inf
    for size in range(len(way) + 1):
        for chosen in combinations(range(len(way)), size):
            done = [way[at] for at in chosen]
            if done != sorted(set(done)):
                continue
            extra = sum(not steps[s].again for at, s in enumerate(way) if at not in chosen)
            best = min(best, extra + sum(s.required for n, s in enumerate(steps) if n not in done))
    return best


@settings(max_examples=80)
@given(
    st.lists(st.integers(0, 3), max_size=7),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_no_alignment_costs_less(way, required, again):
    settings_ = {
        s: {"required": r, "again": a} for s, r, a in zip("ABCD", required, again, strict=True)
    }
    target = path(**settings_)
    found, added = align(way, target)
    done = [at for at in found if at >= 0]
    assert done == sorted(done)
    assert all(way[at] == step for step, at in enumerate(found) if at >= 0)
    left_out = sum(s.required for s, at in zip(target.steps, found, strict=True) if at < 0)
    assert left_out + sum(added) == least(way, target)
