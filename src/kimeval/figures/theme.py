"""One look for every figure (Gestaltung): colours, type, German numbers.

The colours are those of Okabe and Ito (2008), which people with colour-vision
deficiency can tell apart; their lightness differs so that grey prints read too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kimeval.core.quarter import Quarter
from kimeval.tables.numbers import german, percent

COLOURS = {
    "main": "#0072B2",
    "second": "#E69F00",
    "third": "#009E73",
    "accent": "#D55E00",
    "grey": "#767676",
    "light": "#E3E3E3",
    "ink": "#222222",
}
WIDTH = 7.6
LABEL = 38
FEW_QUARTERS, MANY_QUARTERS = 8, 24
NO_YEAR = "\n "
SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.labelcolor": COLOURS["ink"],
    "axes.edgecolor": COLOURS["grey"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": COLOURS["light"],
    "text.color": COLOURS["ink"],
    "text.parse_math": False,
    "xtick.color": COLOURS["ink"],
    "ytick.color": COLOURS["ink"],
    "legend.frameon": False,
    "svg.hashsalt": "kimeval",
    "svg.fonttype": "path",
    "figure.dpi": 100,
}


@contextmanager
def theme() -> Iterator[None]:
    """The house style while a figure is drawn; nothing is changed for good."""
    with mpl.rc_context({**sns.axes_style("white"), **SETTINGS}):
        yield


def canvas(height: float = 3.4, width: float = WIDTH, **grid: Any) -> tuple[Figure, Any]:
    """A figure that no window system knows, with its axes.

    Parameters
    ----------
    height, width : float
        Inches.
    **grid
        For `Figure.subplots`, such as `ncols=2`.

    Returns
    -------
    tuple of Figure and Axes (or an array of Axes)
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**grid)


def german_axis(axis: Axis, places: int = 0, share: bool = False) -> None:
    """German numbers (or percent) at the ticks of an axis."""
    write = percent if share else german
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value, places)))


def guide_lines(axes: Axes, which: str) -> None:
    """Thin lines behind the data along one axis, `x` or `y`."""
    axes.grid(True, axis=which, linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def count_axis(axis: Axis) -> None:
    """German whole numbers at the ticks of an axis that begins at zero."""
    whole = MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
    axis.set_major_locator(whole)
    german_axis(axis)


def wrapped(labels: Iterable[str], width: int = LABEL) -> list[str]:
    """Labels in lines short enough to leave room for the data."""
    return [textwrap.fill(label, width) for label in labels]


def label_rows(axes: Axes, labels: list[str]) -> None:
    """Name the rows of a figure of bars, the first on top, with guide lines across."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(*row_limits(len(labels)))
    axes.tick_params(axis="y", length=0)
    guide_lines(axes, "x")


def row_limits(count: int) -> tuple[float, float]:
    """Bounds of an axis with one row per category, the first on top; one row stands alone."""
    room = 0.5 if count > 1 else 1.0
    return count - 1 + room, -room


def value_axis(axis: Axis, share: bool = False) -> None:
    """German ticks with as many decimals as they need, none rounded."""
    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    write, scale = (percent, 100) if share else (german, 1)

    def written(value: float, _: int | None) -> str:
        ticks = scale * axis.get_majorticklocs()
        exact = (n for n in range(4) if np.allclose(ticks, np.round(ticks, n), atol=1e-9))
        return write(value, next(exact, 4))

    axis.set_major_formatter(FuncFormatter(written))


def one_per_label(labels: Iterable[str]) -> float:
    """Height in inches of a figure with one row per wrapped label."""
    rows = [max(0.32, 0.19 * (1 + label.count("\n"))) for label in labels]
    return 1.3 + max(0.64, sum(rows))


def one_per_step(count: int) -> float:
    """Height in inches of a figure with one row per category."""
    return 1.3 + 0.32 * max(count, 2)


def quarter_ticks(quarters: list[Quarter]) -> tuple[list[int], list[str]]:
    """Places and labels; the year once where there are many."""
    places = list(range(len(quarters)))
    if len(quarters) <= FEW_QUARTERS:
        return places, [f"Q{q.number}\n{q.year}" for q in quarters]
    if len(quarters) > MANY_QUARTERS:
        first = [n for n in places if quarters[n].number == 1]
        return first, [str(quarters[n].year) for n in first]
    labelled = [q.number == 1 or (n == 0 and q.number < 4) for n, q in enumerate(quarters)]
    years = [f"\n{q.year}" if told else NO_YEAR for q, told in zip(quarters, labelled, strict=True)]
    return places, [f"Q{q.number}{year}" for q, year in zip(quarters, years, strict=True)]


def luminance(rgb: Sequence[float]) -> float:
    """Relative luminance of a colour: 0 is black, 1 is white (WCAG 2.2).

    Parameters
    ----------
    rgb : sequence of float, shape (3,)
        Red, green, blue of sRGB, each from 0 to 1.
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2); text needs 4.5."""
    high, low = sorted((luminance(to_rgb(c)) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str) -> str:
    """The colour of text on a ground: dark or white, whichever reads better."""
    return max((COLOURS["ink"], "#FFFFFF"), key=lambda ink: contrast(ink, ground))
