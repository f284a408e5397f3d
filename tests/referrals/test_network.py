"""The network of agencies: flows, both ways, brokers and dependence."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.referrals import moves_of_referrals
from kimeval.referrals.network import brokers, dependence, edges, flows, reciprocity

DAY = np.datetime64("2024-01-01", "D")


def net(*steps):
    """Steps as person and two letters; a number multiplies."""
    case, source, target = zip(*steps, strict=True) if steps else ((), (), ())
    return flows(moves_of_referrals(case, source, target, DAY + np.arange(len(case))))


def column(frame, name, place):
    return frame.set_index("place").loc[place, name]


def test_steps_and_persons_are_two_counts():
    found = edges(net(("x", "K", "J"), ("x", "K", "J"), ("y", "K", "J"), ("y", "J", "S")))
    assert found.to_numpy().tolist() == [["K", "J", 3, 2, 0, 0.75], ["J", "S", 1, 1, 0, 0.25]]


def test_a_person_on_several_ways_is_one_in_the_network():
    assert net(("x", "K", "J"), ("x", "J", "S"), ("y", "K", "J")).everyone == 2


def test_reciprocity_by_hand():
    """K to J three times, J to K once, K to S twice: 2 of 3 connections, 2 of 6 steps."""
    found = reciprocity(net(*[("x", "K", "J")] * 3, ("x", "J", "K"), *[("x", "K", "S")] * 2))
    assert (found.edges, found.steps) == pytest.approx((2 / 3, 2 / 6))


def test_no_steps_have_no_reciprocity():
    nothing = net()
    assert np.isnan(reciprocity(nothing).steps)
    assert np.isnan(reciprocity(nothing).edges)
    assert [len(made(nothing)) for made in (edges, dependence, brokers)] == [0, 0, 0]


def test_dependence_by_hand():
    found = dependence(net(*[("x", "K", "J")] * 3, ("x", "S", "J"), ("x", "J", "S")))
    assert found["place"].tolist() == ["S", "J"]
    assert column(found, "largest_source", "J") == "K"
    assert column(found, "largest_share", "J") == 0.75
    assert column(found, "herfindahl", "J") == pytest.approx(0.75**2 + 0.25**2)
    assert column(found, "herfindahl", "S") == 1
    assert column(found, "sources", "J") == 2


def test_the_middle_of_a_line_lies_between():
    """A to B to C: the one way over B, of the two ordered pairs of other places."""
    found = brokers(net(("x", "A", "B"), ("x", "B", "C")))
    assert found["place"].tolist() == ["B", "A", "C"]
    assert found["betweenness"].tolist() == [0.5, 0, 0]


def test_constraint_by_hand():
    """B shares its ties evenly over two that know no other: 1/4 + 1/4; A has B alone: 1."""
    found = brokers(net(("x", "A", "B"), ("x", "B", "C")))
    assert found["constraint"].tolist() == pytest.approx([0.5, 1, 1])


def test_a_closed_triangle_constrains_by_hand():
    """Each: (1/2 + 1/2 · 1/2)² for both others."""
    found = brokers(net(("x", "A", "B"), ("x", "B", "C"), ("x", "C", "A")))
    assert found["constraint"].tolist() == pytest.approx([2 * 0.75**2] * 3)


def test_nothing_of_a_person_is_shown():
    assert repr(net(("x", "K", "J"))) == "Flows(2 places; not protected)"


STEPS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("ABCD"), st.sampled_from("ABCD")).filter(
        lambda step: step[1] != step[2]
    ),
    min_size=1,
    max_size=30,
)


@given(STEPS)
def test_as_counted_one_by_one(steps):
    made = net(*steps)
    frame = pd.DataFrame(steps, columns=["person", "source", "target"])
    for source, target in {step[1:] for step in steps}:
        rows = frame[(frame["source"] == source) & (frame["target"] == target)]
        at = made.places.index(source), made.places.index(target)
        assert made.steps[at] == len(rows)
        assert made.persons[at] == rows["person"].nunique()
    assert made.steps.sum() == len(steps)
    assert made.everyone == frame["person"].nunique()
    pairs = {step[1:] for step in steps}
    back = sum((t, s) in pairs for s, t in pairs) / len(pairs)
    assert reciprocity(made).edges == pytest.approx(back)
