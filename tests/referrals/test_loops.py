"""Returns, circles and chains: the cases of the definition by hand, and a plain walk."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.referrals import event_log, ping_pong, returns, visits
from kimeval.referrals.loops import chains, circles, handover_days

from .making import log_of

WORDS = st.lists(st.text("ABC", min_size=1, max_size=8), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("AABA", 1),
        ("AA", 0),
        ("ABAB", 2),
        ("A", 0),
        ("AB", 0),
        ("ABCA", 0),
        ("ABBA", 1),
        ("ABACA", 2),
        ("ABCBA", 1),
    ],
)
def test_returns_of_one_case(word, number):
    assert len(returns(visits(log_of(word)))) == number


def test_a_return_does_not_reach_over_cases():
    assert len(returns(visits(log_of("AB", "A")))) == 0


def test_the_window_counts_from_the_last_event_of_the_first_stay():
    made = visits(log_of("AABA", apart=30))
    assert len(returns(made, window=60)) == 1
    assert len(returns(made, window=59.9)) == 0


def test_no_events_hold_nothing():
    stays = visits(event_log([], [], np.empty(0, "datetime64[us]")))
    assert len(returns(stays)) == len(handover_days(stays)) == len(circles(stays)) == 0
    assert len(ping_pong(stays.log)) == 0


def test_pairs_with_their_chances():
    frame = ping_pong(log_of("ABA", "ABAB", "AB", "BAB"))
    told = {(r.place, r.between): (r.count, r.cases, r.handovers) for r in frame.itertuples()}
    assert told == {("A", "B"): (2, 2, 5), ("B", "A"): (2, 2, 3)}
    assert set(frame["median_days"]) == {20}


def test_days_of_hand_overs_start_when_the_stay_ends():
    assert handover_days(visits(log_of("AAB", "BA"))).tolist() == [10, 10]
    ends = pd.to_datetime(["2024-01-04", "2024-03-01", None])
    day = pd.to_datetime(["2024-01-01", "2024-01-11", "2024-01-21"])
    held = visits(event_log(["x"] * 3, list("ABC"), day, end=ends))
    assert handover_days(held).tolist() == [7, 0]


def test_long_chains_and_places_seen_before():
    stays = visits(log_of("ABCA", "AAAA", "ABC"))
    assert chains(stays, 3).tolist() == [0]
    assert circles(stays).tolist() == [False, False, False, True, False, False, False, False]


@given(WORDS, st.integers(10, 60))
def test_returns_are_those_of_a_plain_walk(words, window):
    expected = 0
    for word in words:
        stays = [(w, i) for i, w in enumerate(word) if i == 0 or word[i - 1] != w]
        last = [
            max(j for j in range(i, len(word)) if set(word[i : j + 1]) == {w}) for w, i in stays
        ]
        expected += sum(
            stays[k][0] == stays[k - 2][0] and 10 * (stays[k][1] - last[k - 2]) <= window
            for k in range(2, len(stays))
        )
    assert len(returns(visits(log_of(*words)), window)) == expected
