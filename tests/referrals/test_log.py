"""Sorting events into a log: order, ties, ends, and what is refused."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import DataError
from kimeval.referrals import event_log
from kimeval.referrals.log import NEVER, Labels

from .making import log_of

DAYS = pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-02", "2024-01-01"])


def words(log):
    names = log.activity.names
    return [
        "".join(names[a] for a in log.activity.codes[low:high])
        for low, high in zip(log.starts[:-1], log.starts[1:], strict=True)
    ]


def test_events_lie_by_case_and_time():
    log = event_log(["x", "y", "x", "x"], list("CBBA"), DAYS)
    assert words(log) == ["ABC", "B"]
    assert log.order.tolist() == [3, 2, 0, 1]
    assert log.case.tolist() == [0, 0, 0, 1]
    assert log.follows.tolist() == [False, True, True, False]


def test_equal_times_follow_the_declared_order_then_the_rows():
    day = pd.to_datetime(["2024-01-01"] * 4)
    assert words(event_log(["x"] * 4, list("ABCD"), day)) == ["ABCD"]
    ranked = event_log(["x"] * 4, list("ABCD"), day, rank=np.array([2, 1, 1, 0]))
    assert words(ranked) == ["DBCA"]


def test_ranks_below_zero_and_far_apart_times_keep_their_order():
    far = np.array(["2024-01-01T00:00:00.000001", "1700-01-01", "1700-01-01"], "datetime64[us]")
    log = event_log(["x"] * 3, list("ABC"), far, rank=np.array([0, 2**40, -(2**40)]))
    assert words(log) == ["CBA"]


def test_an_end_before_the_beginning_is_the_beginning():
    ends = pd.to_datetime(["2024-01-05", "2023-01-01", None, "2024-01-01"])
    log = event_log(["x", "y", "x", "x"], list("CBBA"), DAYS, end=ends)
    held = log.end - log.time
    assert held[log.end != NEVER].tolist() == [0, 2 * 86_400_000_000, 0]
    assert (log.end == NEVER).tolist() == [False, True, False, False]


def test_codes_do_not_depend_on_the_order_of_rows():
    first, second = Labels.of(["b", None, "a"]), Labels.of(["a", "b", None])
    assert first.names == second.names == ("a", "b")
    assert first.codes.tolist() == [1, -1, 0]


@pytest.mark.parametrize(
    "column",
    [
        pa.chunked_array([["x", "y"], ["x"]]),
        pa.chunked_array([pa.array(part).dictionary_encode() for part in (["x"], ["y", "x"])]),
        pd.Series(["x", "y", "x"], dtype="str"),
        pd.Series(["x", "y", "x"]).astype("category"),
        ("x", "y", "x"),
    ],
)
def test_columns_of_every_kind(column):
    labels = Labels.of(column)
    assert labels.names == ("x", "y")
    assert labels.codes.tolist() == [0, 1, 0]


def test_no_events_are_a_log_without_cases():
    log = event_log(pa.chunked_array([], pa.string()), [], np.empty(0, "datetime64[us]"))
    assert (len(log), log.cases, len(log.case)) == (0, 0, 0)
    assert len(log.only(np.empty(0, bool))) == 0


def test_cases_without_a_kept_event_are_gone():
    made = log_of("AB", "BB", "A")
    kept = made.only(made.activity.codes == 0)
    assert words(kept) == ["A", "A"]
    assert kept.order.tolist() == [0, 4]


def test_a_path_over_agencies_leaves_out_events_without_one():
    log = event_log(["x"] * 3, list("ABC"), DAYS[:3], agency=["kim", None, "job"])
    assert [log.by_agency().activity.names[i] for i in log.by_agency().activity.codes] == [
        "job",
        "kim",
    ]
    with pytest.raises(DataError, match="has none"):
        event_log(["x"], ["A"], DAYS[:1]).by_agency()


@pytest.mark.parametrize(
    ("case", "activity", "time", "found"),
    [
        (["x"], ["A", "B"], DAYS[:2], "one length, got 1, 2 and 2"),
        (["x", None], ["A", "B"], DAYS[:2], "missing in 1, 0, 0 rows"),
        (["x", "x"], ["A", None], DAYS[:2], "missing in 0, 1, 0 rows"),
        (["x", "x"], ["A", "B"], pd.to_datetime(["2024-01-01", None]), "missing in 0, 0, 1 rows"),
    ],
)
def test_events_that_lack_something_are_refused(case, activity, time, found):
    with pytest.raises(DataError, match=found):
        event_log(case, activity, time)


EVENTS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("AB"), st.integers(0, 5), st.integers(-2, 2)),
    min_size=1,
    max_size=30,
)


@given(EVENTS)
def test_the_order_is_that_of_a_plain_sort(events):
    frame = pd.DataFrame(events, columns=["case", "what", "hour", "rank"])
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["hour"], "h")
    log = event_log(frame["case"], frame["what"], time, rank=frame["rank"].to_numpy())
    first = frame["case"].drop_duplicates().reset_index().set_index("case")["index"]
    plain = frame.assign(case=frame["case"].map(first))
    plain = plain.sort_values(["case", "hour", "rank"], kind="stable")
    assert log.order.tolist() == plain.index.tolist()
