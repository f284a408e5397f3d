"""Columns, rows and routes of a graph: left to right, nothing on anything else."""

import itertools

import numpy as np
import pytest

from kimeval.figures.graph_labels import Label, label_box, placed
from kimeval.figures.graph_layout import lay_out
from kimeval.figures.graph_order import columns_of, crossings, flow_order, rows_of, slots_of
from kimeval.figures.labels import Box

CHAIN = {("a", "b"): 5, ("b", "c"): 4, ("c", "d"): 3}
CYCLE = {**CHAIN, ("d", "b"): 1, ("c", "c"): 2}


def columns(weights):
    return columns_of(weights, flow_order(weights))


def test_a_chain_goes_from_left_to_right():
    assert columns(CHAIN) == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_a_weak_way_back_does_not_turn_the_order():
    without_loop = {edge: n for edge, n in CYCLE.items() if edge[0] != edge[1]}
    assert columns(without_loop) == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_of_two_ways_the_heavier_one_leads():
    assert flow_order({("a", "b"): 2, ("b", "a"): 7}) == ["b", "a"]


def test_beginning_and_end_stand_alone():
    weights = {("Beginn", "a"): 1, ("Beginn", "c"): 1, **CHAIN, ("b", "Ende"): 9, ("d", "Ende"): 1}
    found = columns_of(weights, flow_order(weights), "Beginn", "Ende")
    assert [name for name, n in found.items() if n == 0] == ["Beginn"]
    assert [name for name, n in found.items() if n == max(found.values())] == ["Ende"]


def test_a_long_arrow_has_a_slot_in_each_column_between():
    found = slots_of([("a", "d")], {"a": 0, "d": 3})
    assert [slot[0] for slot in found["a", "d"]] == [0, 1, 2, 3]


def test_rows_uncross_arrows():
    ways = slots_of([("a", "y"), ("b", "x")], {"a": 0, "b": 0, "x": 1, "y": 1})
    near = {slot: [o for w in ways.values() if slot in w for o in w if o != slot]
            for w in ways.values() for slot in w}  # fmt: skip
    given = {0: [(0, "a", ""), (0, "b", "")], 1: [(1, "x", ""), (1, "y", "")]}
    assert crossings(given, near) == 1
    assert crossings(rows_of(ways), near) == 0


def random_weights(seed, nodes=9, edges=20):
    source = np.random.default_rng(seed)
    pairs = source.integers(0, nodes, (edges, 2))
    heavy = source.integers(1, 99, edges)
    return {(f"n{a}", f"n{b}"): int(n) for (a, b), n in zip(pairs, heavy, strict=True)}


@pytest.mark.parametrize("seed", range(12))
def test_no_node_lies_on_another_and_all_lie_inside(seed):
    laid = lay_out(random_weights(seed), 7.3)
    for one, other in itertools.combinations(laid.nodes.values(), 2):
        apart = np.abs(np.subtract(one, other))
        assert apart[0] >= laid.box[0] or apart[1] >= laid.box[1]
    for x, y in laid.nodes.values():
        assert laid.box[0] / 2 <= x <= laid.width - laid.box[0] / 2
        assert laid.box[1] / 2 <= y <= laid.height - laid.box[1] / 2
    for route in laid.routes.values():
        assert route[:, 1].min() >= 0 and route[:, 1].max() <= laid.height


@pytest.mark.parametrize("seed", range(6))
def test_each_arrow_runs_from_its_source_to_its_target(seed):
    laid = lay_out(random_weights(seed), 7.3)
    for (source, target), route in laid.routes.items():
        for name, end in ((source, route[0]), (target, route[-1])):
            off = np.abs(np.subtract(laid.nodes[name], end))
            assert off[0] <= laid.box[0] / 2 + 1e-9 and off[1] <= laid.box[1] / 2 + 1e-9


def test_loops_and_nodes_on_their_own_are_drawn():
    laid = lay_out({**CYCLE, ("z", "z"): 4}, 7.3)
    assert set(laid.nodes) == {"a", "b", "c", "d", "z"}
    assert laid.routes["z", "z"][:, 1].max() > laid.nodes["z"][1] + laid.box[1] / 2


def test_only_loops():
    assert set(lay_out({("a", "a"): 1}, 7.3).nodes) == {"a"}


@pytest.mark.parametrize("seed", range(6))
def test_labels_of_crowded_arrows_lie_on_nothing(seed):
    laid = lay_out(random_weights(seed), 7.3)
    labels = [Label(("1.234", "10 Tage"), route) for route in laid.routes.values()]
    places = placed(labels, laid)
    boxes = [
        label_box(*place, label)
        for label, place in zip(labels, places, strict=True)
        if place is not None
    ]
    assert len(boxes) >= 0.8 * len(labels)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    for box, (x, y) in itertools.product(boxes, laid.nodes.values()):
        wide, high = laid.box[0] / 2, laid.box[1] / 2
        assert not box.overlaps(Box(x - wide, y - high, x + wide, y + high))
