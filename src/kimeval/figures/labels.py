"""Names beside points, none on another (Beschriftung von Punkten)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from kimeval.figures.theme import COLOURS, SETTINGS

SIZE = 8.5
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
PAD = 1.5
MARK = 4.0
DISTANCES = (6.0, 12.0, 20.0, 30.0, 42.0)
DIRECTIONS = (0, 180, 35, -35, 145, -145, 90, -90, 65, -65, 115, -115)
POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Box:
    """A rectangle in points from the lower left corner of the axes (Rechteck)."""

    left: float
    low: float
    right: float
    high: float

    def overlaps(self, other: Box) -> bool:
        """Whether both share any area."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.high <= other.low or other.high <= self.low)

    def within(self, width: float, height: float) -> bool:
        """Whether it lies inside axes of that size."""
        inside = self.left >= 0 and self.right <= width
        return inside and self.low >= 0 and self.high <= height


def label_points(
    axes: Axes, points: np.ndarray, texts: Sequence[str], marks: np.ndarray
) -> list[bool]:
    """Write names beside points where there is room, the first ones first.

    Parameters
    ----------
    axes : Axes
        With everything else drawn and its limits set; the figure is laid out.
    points : ndarray of float, shape (n, 2)
        In data coordinates.
    texts : sequence of str, shape (n,)
        Names; a name that finds no room is left out.
    marks : ndarray of float, shape (m, 2)
        All points that no name may cover, in data coordinates.

    Returns
    -------
    list of bool, shape (n,)
        Whether each name was written.
    """
    figure = axes.figure
    figure.draw_without_rendering()  # type: ignore[union-attr]
    frame = axes.get_window_extent()
    scale = POINTS_PER_INCH / figure.dpi
    width, height = frame.width * scale, frame.height * scale
    taken = [_around(spot) for spot in _places(axes, marks, scale)]
    written = []
    for spot, text in zip(_places(axes, points, scale), texts, strict=True):
        size = text_size(text, SIZE)
        found = next(
            (
                (offset, box)
                for offset, box in _candidates(spot, size)
                if box.within(width, height) and not any(box.overlaps(t) for t in taken)
            ),
            None,
        )
        written.append(found is not None)
        if found is not None:
            taken.append(found[1])
            _write(axes, spot / (width, height), found, text)
    return written


def _places(axes: Axes, points: np.ndarray, scale: float) -> np.ndarray:
    """Points of the data in points from the corner of the axes."""
    frame = axes.get_window_extent()
    return (axes.transData.transform(points) - (frame.x0, frame.y0)) * scale


def _candidates(spot: np.ndarray, size: tuple[float, float]) -> list[tuple[np.ndarray, Box]]:
    """Places of a text around a point, the nearest first."""
    found = []
    for distance in DISTANCES:
        for degrees in DIRECTIONS:
            turn = math.radians(degrees)
            way = np.array([math.cos(turn), math.sin(turn)])
            middle = spot + way * (distance + np.abs(way) @ np.array(size) / 2)
            low, high = middle - np.array(size) / 2, middle + np.array(size) / 2
            box = Box(low[0] - PAD, low[1] - PAD, high[0] + PAD, high[1] + PAD)
            found.append((middle - spot, box))
    return found


def _write(axes: Axes, at: np.ndarray, found: tuple[np.ndarray, Box], text: str) -> None:
    offset, box = found
    far = math.hypot(*offset) - (box.right - box.left) / 2 > DISTANCES[1]
    line = {"arrowstyle": "-", "color": COLOURS["grey"], "lw": 0.6, "shrinkA": 0, "shrinkB": 3}
    axes.annotate(
        text,
        (at[0], at[1]),
        xycoords="axes fraction",
        xytext=(offset[0], offset[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=SIZE,
        bbox=PAPER,
        arrowprops=line if far or abs(offset[1]) > DISTANCES[2] else None,
        in_layout=False,
    )


def _around(spot: np.ndarray) -> Box:
    return Box(spot[0] - MARK, spot[1] - MARK, spot[0] + MARK, spot[1] + MARK)


@cache
def text_size(text: str, size: float) -> tuple[float, float]:
    """Width and height of a text in points (Maße eines Textes)."""
    font = FontProperties(family=str(SETTINGS["font.family"]), size=size)
    width = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
    return float(width), 1.2 * size
