"""Where nodes and arrows of a graph lie, in inches (Anordnung eines Graphen)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kimeval.figures.graph_order import (
    Edge,
    Slot,
    Weights,
    columns_of,
    flow_order,
    rows_of,
    slots_of,
)
from kimeval.figures.graph_routes import loop_at, routed

BOX = (0.84, 0.5)
ROW, PASSING, LOOP = 0.86, 0.5, 0.34
MARGIN = 0.12
RELAX = 30
NARROW = 1.6
Points = NDArray[np.float64]
Block = tuple[list[Slot], list[float]]


@dataclass(frozen=True)
class GraphLayout:
    """A graph laid out from left to right (Anordnung).

    Attributes
    ----------
    width, height : float
        Inches.
    box : tuple of float
        Width and height of a node.
    nodes : mapping of str to (x, y)
        Middle of each node.
    routes : mapping of (source, target) to ndarray, shape (points, 2)
        From the edge of the source to that of the target; of a loop from above its node.
    """

    width: float
    height: float
    box: tuple[float, float]
    nodes: Mapping[str, tuple[float, float]] = field(repr=False)
    routes: Mapping[Edge, Points] = field(repr=False)


def lay_out(weights: Weights, width: float, first: str = "", last: str = "") -> GraphLayout:
    """Put nodes into columns from left to right and route the arrows between.

    Parameters
    ----------
    weights : mapping of (source, target) to float
        How heavy each arrow is; those from a node to itself are loops above it.
    width : float
        Of the drawing in inches.
    first, last : str
        Nodes that stand alone in the first and the last column, if they occur.

    Returns
    -------
    GraphLayout
    """
    loops = {a for a, b in weights if a == b}
    between = {edge: n for edge, n in weights.items() if edge[0] != edge[1]}
    alone = [name for name in loops if all(name not in edge for edge in between)]
    columns = columns_of(between, flow_order(between), first, last)
    columns |= dict.fromkeys(sorted(alone), 0)
    ways = slots_of(list(between), columns)
    rows = rows_of({**ways, **{(name, name): [(0, name, "")] for name in sorted(alone)}})
    needs = {s: _need(s, loops) for held in rows.values() for s in held}
    middles = _middles(rows, ways, needs)
    low = min(y - needs[slot] / 2 for slot, y in middles.items()) - MARGIN
    height = max(y + needs[slot] / 2 for slot, y in middles.items()) + MARGIN - low
    last_column = max(columns.values())
    box = (min(BOX[0], (width - 2 * MARGIN) / (NARROW * (last_column + 1))), BOX[1])
    pitch = (width - 2 * MARGIN - box[0]) / max(last_column, 1)
    places = {
        slot: (MARGIN + box[0] / 2 + slot[0] * pitch, y - low - _loop(slot, loops) / 2)
        for slot, y in middles.items()
    }
    nodes = {slot[1]: place for slot, place in places.items() if not slot[2]}
    routes = routed(ways, places, box) | {(n, n): loop_at(nodes[n], box) for n in sorted(loops)}
    return GraphLayout(width, height, box, nodes, routes)


def _loop(slot: Slot, loops: set[str]) -> float:
    return LOOP if not slot[2] and slot[1] in loops else 0.0


def _need(slot: Slot, loops: set[str]) -> float:
    return PASSING if slot[2] else ROW + _loop(slot, loops)


def _middles(
    rows: Mapping[int, Sequence[Slot]], ways: Mapping[Edge, list[Slot]], needs: Mapping[Slot, float]
) -> dict[Slot, float]:
    """Middle of each slot, near those it is tied to, none nearer to the next than it needs."""
    found: dict[Slot, float] = {}
    for held in rows.values():
        tops = np.cumsum([0.0, *(needs[s] for s in held)])
        for slot, top in zip(held, tops, strict=False):
            found[slot] = tops[-1] / 2 - top - needs[slot] / 2
    near: dict[Slot, list[Slot]] = defaultdict(list)
    for way in ways.values():
        for one, other in pairwise(way):
            near[one].append(other)
            near[other].append(one)
    for _ in range(RELAX):
        for held in rows.values():
            wanted = [float(np.mean([found[o] for o in near[s]] or [found[s]])) for s in held]
            _spread(held, wanted, needs, found)
    return found


def _spread(
    held: Sequence[Slot],
    wanted: Sequence[float],
    needs: Mapping[Slot, float],
    found: dict[Slot, float],
) -> None:
    """Places as near to the wanted ones as the room between neighbours lets them be."""
    blocks: list[Block] = []
    for slot, want in zip(held, wanted, strict=True):
        blocks.append(([slot], [float(want)]))
        while len(blocks) > 1 and _low(blocks[-2], needs) < _high(blocks[-1], needs):
            slots, wants = blocks.pop()
            blocks[-1][0].extend(slots)
            blocks[-1][1].extend(wants)
    for block in blocks:
        top = _high(block, needs)
        for slot in block[0]:
            found[slot] = top - needs[slot] / 2
            top -= needs[slot]


def _high(block: Block, needs: Mapping[Slot, float]) -> float:
    """Upper end of slots under each other, their middles as near as can be to the wanted."""
    slots, wants = block
    before = np.cumsum([0.0, *(needs[s] for s in slots)])[:-1]
    tops = [w + b + needs[s] / 2 for s, w, b in zip(slots, wants, before, strict=True)]
    return float(np.mean(tops))


def _low(block: Block, needs: Mapping[Slot, float]) -> float:
    return _high(block, needs) - sum(needs[s] for s in block[0])
