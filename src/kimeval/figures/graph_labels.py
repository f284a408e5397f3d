"""Numbers on the arrows of a graph, none on another (Beschriftung der Pfeile)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kimeval.figures.graph_layout import GraphLayout
from kimeval.figures.labels import POINTS_PER_INCH, Box, text_size

SIZE = 6.8
LETTERS = (7.5, 7.0, 6.5, 6.0, 5.5)
INSIDE = 0.03
SPOTS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86)
ASIDE = (0.0, 0.1, -0.1, 0.18, -0.18)
PAD = 0.02
SLACK = 1.08  # axes are drawn a little smaller than planned


@dataclass(frozen=True)
class Label:
    """What stands on an arrow (Beschriftung).

    Attributes
    ----------
    lines : tuple of str
        One under the other.
    route : ndarray of float, shape (points, 2)
        Of the arrow, in inches.
    size : float
        Of the letters in points.
    """

    lines: tuple[str, ...]
    route: NDArray[np.float64] = field(repr=False)
    size: float = SIZE


def placed(labels: Sequence[Label], laid: GraphLayout) -> list[tuple[float, float] | None]:
    """A place on its arrow for each label, the first ones first.

    Parameters
    ----------
    labels : sequence of Label
    laid : GraphLayout
        Whose nodes no label may cover.

    Returns
    -------
    list of (x, y), or None where there is no room
        In inches.
    """
    wide, high = laid.box[0] / 2 + PAD, laid.box[1] / 2 + PAD
    taken = [Box(x - wide, y - high, x + wide, y + high) for x, y in laid.nodes.values()]
    found: list[tuple[float, float] | None] = []
    for label in labels:
        spots = ((x, y, label_box(x, y, label)) for x, y in _spots(label.route))
        free = (
            (x, y, box)
            for x, y, box in spots
            if box.within(laid.width, laid.height) and not any(box.overlaps(t) for t in taken)
        )
        place = next(free, None)
        found.append(None if place is None else place[:2])
        if place is not None:
            taken.append(place[2])
    return found


def fitted(name: str, box: tuple[float, float]) -> tuple[str, float]:
    """A name in lines that fit into a node, and the size of its letters.

    A word that is too long even in the smallest letters is broken.
    """
    inner = (box[0] - 2 * INSIDE) * POINTS_PER_INCH, (box[1] - 2 * INSIDE) * POINTS_PER_INCH
    for size in LETTERS:
        for width in range(len(name), 3, -1):
            lines = textwrap.wrap(name, width, break_long_words=False)
            sizes = [text_size(line, size) for line in lines]
            if max(w for w, _ in sizes) <= inner[0] and sum(h for _, h in sizes) <= inner[1]:
                return "\n".join(lines), size
    letters = max(int(inner[0] / (0.6 * LETTERS[-1])), 4)
    return textwrap.fill(name, letters, max_lines=3, placeholder=" …"), LETTERS[-1]


def _spots(route: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Points along a route and beside it, the best first."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(route, axis=0).T))])
    along = [
        tuple(np.interp(spot * lengths[-1], lengths, axis) for axis in route.T) for spot in SPOTS
    ]
    return [(float(x), float(y) + aside) for aside in ASIDE for x, y in along]


def label_box(x: float, y: float, label: Label) -> Box:
    """The room of a label around its middle, in inches."""
    sizes = [text_size(line, label.size) for line in label.lines]
    wide = SLACK * max(width for width, _ in sizes) / POINTS_PER_INCH / 2 + PAD
    high = SLACK * sum(height for _, height in sizes) / POINTS_PER_INCH / 2
    return Box(x - wide, y - high, x + wide, y + high)
