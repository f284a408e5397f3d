"""The directly-follows graph: by hand, and against a plain walk over every case."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kimeval.referrals import directly_follows, event_log

from .making import log_of

WORDS = st.lists(st.text("ABC", min_size=1, max_size=8), min_size=1, max_size=12)


def edges(log):
    frame = directly_follows(log).edges
    return {(r.source, r.target): (r.count, r.cases) for r in frame.itertuples(index=False)}


def test_by_hand():
    made = log_of("ABAB", "AB", "BB")
    assert edges(made) == {("A", "B"): (3, 2), ("B", "A"): (1, 1), ("B", "B"): (1, 1)}
    graph = directly_follows(made)
    assert graph.starts.to_dict() == {"A": 2, "B": 1}
    assert graph.ends.to_dict() == {"B": 3}
    assert graph.edges["median_days"].tolist() == [10, 10, 10]


def test_the_most_frequent_comes_first():
    assert directly_follows(log_of("ABAB", "AB")).edges["count"].tolist() == [3, 1]


def test_one_event_and_none_have_no_edge():
    assert edges(log_of("A", "B")) == {}
    nothing = event_log([], [], np.empty(0, "datetime64[us]"))
    graph = directly_follows(nothing)
    assert (len(graph.edges), len(graph.starts), len(graph.ends)) == (0, 0, 0)


def test_a_wait_runs_from_the_end_and_is_never_negative():
    day = pd.to_datetime(["2024-01-01", "2024-01-11", "2024-01-21"])
    ends = pd.to_datetime(["2024-01-04", "2024-02-01", None])
    graph = directly_follows(event_log(["x"] * 3, list("ABC"), day, end=ends))
    waits = graph.edges.set_index("source")["median_days"].to_dict()
    assert waits == {"A": 7, "B": 0}


def test_nothing_of_a_case_is_shown():
    assert repr(directly_follows(log_of("AB"))) == "Graph(1 edges, 1 cases; not protected)"


@given(WORDS)
def test_counts_are_those_of_a_plain_walk(words):
    rows = [(n, a, 10 * i) for n, word in enumerate(words) for i, a in enumerate(word)]
    frame = pd.DataFrame(rows, columns=["case", "what", "day"])
    shuffled = frame.sample(frac=1, random_state=len(rows))
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(shuffled["day"], "D")
    made = event_log(shuffled["case"].astype(str), shuffled["what"], time)
    count = Counter(pair for word in words for pair in pairwise(word))
    cases = Counter(pair for word in words for pair in set(pairwise(word)))
    assert edges(made) == {pair: (n, cases[pair]) for pair, n in count.items()}
