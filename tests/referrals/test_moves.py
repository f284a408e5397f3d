"""Directed steps, and which of them send back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import DataError
from kimeval.referrals import moves_of_log, moves_of_referrals, returned

from .making import log_of

DAY = np.datetime64("2024-01-01", "D")


def moves(*steps, **columns):
    case, source, target, day = zip(*steps, strict=True)
    return moves_of_referrals(case, source, target, DAY + np.array(day), **columns)


def test_steps_lie_by_person_and_day_and_stay_in_place_is_none():
    made = moves(("x", "K", "J", 9), ("y", "K", "K", 0), ("x", "J", "K", 3))
    ends = [(made.places[s], made.places[t]) for s, t in zip(made.source, made.target, strict=True)]
    assert ends == [("J", "K"), ("K", "J")]
    assert made.order.tolist() == [2, 0]


def test_sent_back_within_the_window():
    assert returned(moves(("x", "K", "J", 0), ("x", "J", "K", 90))).tolist() == [False, True]
    assert returned(moves(("x", "K", "J", 0), ("x", "J", "K", 91))).tolist() == [False, False]
    assert returned(moves(("x", "K", "J", 0), ("y", "J", "K", 5))).tolist() == [False, False]


def test_two_steps_of_one_day_have_no_order_and_hide_no_earlier_one():
    same = moves(("x", "K", "J", 0), ("x", "J", "K", 0))
    assert not returned(same).any()
    later = moves(("x", "K", "J", 0), ("x", "K", "J", 7), ("x", "J", "K", 7))
    assert returned(later).tolist() == [False, False, True]


def test_other_steps_between_do_not_matter():
    made = moves(("x", "K", "J", 0), ("x", "K", "S", 5), ("x", "J", "K", 9))
    assert returned(made).sum() == 1


def test_a_log_of_places_gives_its_steps():
    made = moves_of_log(log_of("AABA", "B"))
    assert made.case.tolist() == [0, 0]
    assert returned(made).tolist() == [False, True]


def test_no_steps():
    assert len(returned(moves_of_log(log_of("A")))) == 0


def test_a_referral_without_its_origin_is_refused():
    with pytest.raises(DataError, match="1 lack the former"):
        moves(("x", None, "J", 0))


STEPS = st.lists(
    st.tuples(
        st.sampled_from("xy"), st.sampled_from("ABC"), st.sampled_from("ABC"), st.integers(0, 40)
    ).filter(lambda step: step[1] != step[2]),
    min_size=1,
    max_size=25,
)


@given(STEPS, st.integers(1, 20))
def test_as_a_plain_comparison_of_all_pairs(steps, window):
    made = moves(*steps)
    frame = pd.DataFrame(steps, columns=["case", "source", "target", "day"])
    for held, row in zip(returned(made, window), made.order, strict=True):
        mine = frame.iloc[row]
        apart = mine["day"] - frame["day"]
        away = (frame["source"] == mine["target"]) & (frame["target"] == mine["source"])
        assert held == bool(
            ((frame["case"] == mine["case"]) & away & apart.between(1, window)).any()
        )
