"""The order of events is that of a plain sort, whatever way it takes there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.referrals.sorting import sorted_rows

NOTHING = np.empty(0, np.int64)
FAR = 2**40
EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(-3, 3), st.integers(-2, 2)), min_size=1, max_size=40
)


def arrays(events, apart=1, ranks_apart=1):
    case, time, rank = np.array(events).T
    return case.astype(np.int32), time * apart, rank * ranks_apart


def plain(case, time, rank):
    return np.lexsort((rank, time, case)).tolist()


@given(EVENTS)
def test_ranks_decide_between_equal_times(events):
    given_ = arrays(events)
    assert sorted_rows(*given_).tolist() == plain(*given_)


@given(EVENTS)
def test_without_ranks_the_rows_do(events):
    case, time, rank = arrays(events)
    assert sorted_rows(case, time).tolist() == plain(case, time, 0 * rank)


@pytest.mark.parametrize(("apart", "ranks_apart"), [(10**15, 1), (10**15, FAR), (10**15 + 1, FAR)])
def test_times_and_ranks_far_apart_keep_their_order(apart, ranks_apart):
    draws = np.random.default_rng(7)
    events = np.stack([draws.integers(0, 5, 60), *draws.integers(-3, 4, (2, 60))], axis=1)
    given_ = arrays(events, apart, ranks_apart)
    assert sorted_rows(*given_).tolist() == plain(*given_)


@given(EVENTS)
def test_what_is_in_order_stays(events):
    case, time, rank = arrays(sorted(events))
    assert sorted_rows(case, time, rank).tolist() == list(range(len(events)))


def test_no_rows_have_an_order_too():
    assert sorted_rows(NOTHING.astype(np.int32), NOTHING, NOTHING).tolist() == []
