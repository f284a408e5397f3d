"""Curves of arrows between the nodes of a graph (Pfeile)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kimeval.figures.graph_order import Edge, Slot

Points = NDArray[np.float64]
Place = tuple[float, float]
Box = tuple[float, float]
CURVE = 24
BULGE = 0.4
PORTS = 0.8
LOOP_HIGH, LOOP_WIDE = 0.24, 0.22


def routed(
    ways: Mapping[Edge, list[Slot]], places: Mapping[Slot, Place], box: Box
) -> dict[Edge, Points]:
    """Points along each arrow, from the border of its source to that of its target.

    Parameters
    ----------
    ways : mapping of (source, target) to list of Slot
        From the column on the left to that on the right.
    places : mapping of Slot to (x, y)
        Middle of each slot in inches.
    box : tuple of float
        Width and height of a node.

    Returns
    -------
    mapping of (source, target) to ndarray of float, shape (points, 2)
    """
    ports = _ports(ways, places, box)
    found = {}
    for edge, way in ways.items():
        left, right = ports[edge, 0], ports[edge, 1]
        if way[0][0] == way[-1][0]:
            line = _bulging(left, right)
        else:
            corners = [left]
            for slot in way[1:-1]:
                x, y = places[slot]
                corners += [(x - box[0] / 2, y), (x + box[0] / 2, y)]
            line = _curve([*corners, right])
        found[edge] = line if way[0][1] == edge[0] else line[::-1]
    return found


def loop_at(place: Place, box: Box) -> Points:
    """An arc above a node, from its left to its right."""
    x, y = place
    angle = np.linspace(np.pi, 0, CURVE)
    high = y + box[1] / 2 + LOOP_HIGH * np.sin(angle)
    return np.column_stack([x + LOOP_WIDE * np.cos(angle), high])


def _ports(
    ways: Mapping[Edge, list[Slot]], places: Mapping[Slot, Place], box: Box
) -> dict[tuple[Edge, int], Place]:
    """Where each arrow leaves the node on its left (0) and its right (1) end."""
    sides: dict[tuple[Slot, int], list[tuple[float, Edge, int]]] = defaultdict(list)
    for edge, way in ways.items():
        same = way[0][0] == way[-1][0]
        sides[way[0], 1].append((places[way[1]][1], edge, 0))
        sides[way[-1], 1 if same else -1].append((places[way[-2]][1], edge, 1))
    found = {}
    for (slot, side), ends in sides.items():
        x, y = places[slot]
        room = PORTS * box[1]
        for n, (_, edge, end) in enumerate(sorted(ends, key=lambda e: (-e[0], e[1]))):
            high = y + room * (0.5 - (n + 0.5) / len(ends))
            found[edge, end] = (x + side * box[0] / 2, high)
    return found


def _curve(corners: list[Place]) -> Points:
    """Through all corners, level at each."""
    parts = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        middle = (x0 + x1) / 2
        parts.append(_bezier([(x0, y0), (middle, y0), (middle, y1), (x1, y1)]))
    return np.concatenate(parts)


def _bulging(one: Place, other: Place) -> Points:
    return _bezier([one, (one[0] + BULGE, one[1]), (other[0] + BULGE, other[1]), other])


def _bezier(points: list[Place]) -> Points:
    t = np.linspace(0, 1, CURVE)[:, None]
    a, b, c, d = np.array(points)
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
