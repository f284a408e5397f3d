"""Start and end of an activity become one event, by hand and whatever the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.data.read.lifecycle import Event, joined

TRANSITIONS = ("start", "complete", "suspend", "schedule", "", "Closed", "COMPLETE")


def events(*told):
    """From (activity, transition, hour)."""
    return [
        Event(
            number,
            {
                "concept:name": what,
                "lifecycle:transition": transition,
                "time:timestamp": f"2024-01-01T{hour:02}:00:00",
            },
        )
        for number, (what, transition, hour) in enumerate(told, 1)
    ]


def spans(found):
    """Number, first and last hour of each event."""
    return [
        (number, int(cells["time:timestamp"][11:13]), cells.get("time:complete", "")[11:13])
        for number, cells in found
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("A", "start", 1), ("A", "complete", 3)], [(1, 1, "03")]),
        ([("A", "START", 1), ("A", "Complete", 3)], [(1, 1, "03")]),
        ([("A", "start", 1), ("A", "ate_abort", 3)], [(1, 1, "03")]),
        ([("A", "start", 1), ("B", "complete", 3)], [(1, 1, ""), (2, 3, "")]),
        ([("A", "complete", 1), ("A", "complete", 3)], [(1, 1, ""), (2, 3, "")]),
        ([("A", "complete", 3), ("A", "start", 1)], [(2, 1, "03")]),
        ([("A", "complete", 2), ("A", "start", 2)], [(2, 2, "02")]),
        (
            [("A", "start", 1), ("A", "start", 2), ("A", "complete", 3), ("A", "complete", 5)],
            [(1, 1, "03"), (2, 2, "05")],
        ),
        (
            [("A", "schedule", 0), ("A", "start", 1), ("A", "suspend", 2), ("A", "complete", 3)],
            [(2, 1, "03")],
        ),
        ([("A", "schedule", 0), ("B", "start", 1)], [(1, 0, ""), (2, 1, "")]),
        ([("A", "start", 1), ("A", "Closed", 3)], [(1, 1, ""), (2, 3, "")]),
    ],
)
def test_by_hand(told, expected):
    assert spans(joined(events(*told))) == expected


def test_instances_of_one_activity_are_told_apart():
    told = events(("A", "start", 1), ("A", "start", 2), ("A", "complete", 3), ("A", "complete", 4))
    for event, instance in zip(told, "1221", strict=True):
        event.cells["concept:instance"] = instance
    assert spans(joined(told)) == [(1, 1, "04"), (2, 2, "03")]


def test_attributes_are_those_of_the_start_and_then_of_the_end():
    first, last = events(("A", "start", 1), ("A", "complete", 3))
    first.cells.update({"org:group": "KIM", "outcome": ""})
    last.cells.update({"org:group": "Jobcenter", "outcome": "ja", "cost:total": "5"})
    ((_, cells),) = joined([first, last])
    assert (cells["org:group"], cells["outcome"], cells["cost:total"]) == ("KIM", "ja", "5")
    assert cells["lifecycle:transition"] == "complete"
    assert "time:complete" not in first.cells


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from(TRANSITIONS), st.integers(0, 9)),
        max_size=20,
    )
)
def test_no_end_comes_before_its_start_and_no_event_twice(told):
    found = joined(events(*told))
    numbers = [number for number, _ in found]
    assert numbers == sorted(set(numbers))
    assert all(not end or int(end) >= start for _, start, end in spans(found))
    ended = sum(bool(end) for *_, end in spans(found))
    assert ended <= sum(transition == "start" for _, transition, _ in told)
    assert sum(t == "Closed" for _, t, _ in told) <= len(found)
