"""A map of tiles: one square per area or municipality (Kachelkarte)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kimeval.core.area import STATE
from kimeval.core.catalogue import indicator
from kimeval.figures.boundaries import draw_boundaries, read_boundaries
from kimeval.figures.layout import Layout, Tile, layout_of
from kimeval.figures.map_marks import PAPER, legend_keys, look, starred_codes, value_text
from kimeval.figures.map_words import map_note, say_map
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.places import Places, places_of
from kimeval.figures.shades import Classes, classes
from kimeval.figures.theme import WIDTH, canvas, ink_on, theme
from kimeval.figures.words import why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import REFUSED, SIGN

SIDE = 0.92
LARGEST = 1.25
SIZES = {"short": 9.5, "value": 8.5, "sign": 11.0}
LETTER, DIGIT, LINE = 0.74, 0.64, 9


def plot_tiles(protected: Protected, title: str, boundaries: str | Path | None = None) -> Picture:
    """A value by place as shades of squares, or on a boundary file's map (Kachelkarte).

    Parameters
    ----------
    protected : Protected
        Rows of one indicator and period: municipalities of one area (dimension
        `ags`), or the areas of the state (see `places_of`).
    title : str
        German title.
    boundaries : str or Path, optional
        A file with polygons and a column AGS that is drawn instead of squares
        (GeoJSON, GeoPackage, ...); needs the extra `maps`.

    Returns
    -------
    Picture
        A hidden place is hatched and carries `.`, a refused one is cross-hatched
        with `x`, one without a row has a dotted edge. `*` marks a value that
        lacks what the others have; the note says what.

    Raises
    ------
    DataError
        If there is more than one indicator or period.
    MissingFileError, FormatError
        If boundaries are given and cannot be drawn; see `read_boundaries`.
    """
    table = require_protected(protected, "A figure")
    if not len(table):
        return nothing(title, why_empty(table.frame), table)
    places = places_of(table.frame)
    frame = places.frame
    if frame.empty or frame["value"].isna().all():
        return nothing(title, why_empty(frame), table)
    unit = frame["unit"].iloc[0]
    scale = classes(frame["value"].dropna().tolist(), unit)
    with theme():
        if boundaries is None:
            layout = layout_of(places.area)
            figure, about = _draw_tiles(places, layout, scale), layout.note
        else:
            shapes = read_boundaries(boundaries, places)
            figure, about = draw_boundaries(places, shapes, scale), ""
    note = map_note(places, about, scale)
    return picture(figure, title, say_map(places, title, boundaries is None), note, table=table)


def _draw_tiles(places: Places, layout: Layout, scale: Classes) -> Figure:
    size = min(LARGEST, (WIDTH - 0.2) / layout.columns)
    keys = legend_keys(places, scale)
    inside = places.area.code == STATE
    below = 0.0 if inside else 0.35 + 0.22 * -(-len(keys) // 3)
    figure, axes = canvas(height=size * layout.rows + below + 0.3)
    starred = starred_codes(places)
    for tile in layout.tiles:
        row = places.rows.get(tile.code)
        ground = look(row, scale)
        axes.add_patch(Rectangle((tile.column, tile.row), SIDE, SIDE, **ground))
        _write(axes, tile, value_text(row, tile.code in starred), ground, size * SIDE)
    axes.set_xlim(-0.05, max(layout.columns, WIDTH / size - 0.1))
    axes.set_ylim(layout.rows, -0.05)
    axes.set_aspect("equal", anchor="NW")
    axes.set_axis_off()
    name = indicator(next(iter(places.rows.values()))["indicator"]).name
    about: dict[str, Any] = {"handles": keys, "labelspacing": 0.3, "alignment": "left"}
    if inside:
        axes.legend(loc="lower right", title=textwrap.fill(name, 28), fontsize=9, **about)
    else:
        figure.legend(loc="outside lower left", title=name, ncols=3, **about)
    return figure


def _write(axes: Axes, tile: Tile, value: str, ground: Mapping[str, Any], inches: float) -> None:
    """Name and value on a square, in letters that fit."""
    lines = _broken(tile.short)
    room = 72 * inches
    fit = room / (LETTER * max(map(len, lines)))
    centre = tile.column + SIDE / 2
    style: dict[str, Any] = {
        "ha": "center",
        "color": ink_on(ground["facecolor"]),
        "in_layout": False,
    }
    if "hatch" in ground:
        style["bbox"] = PAPER
    sign = value in (SIGN, REFUSED)
    size = min(SIZES["short"], fit)
    name: dict[str, Any] = {"fontsize": size, "fontweight": "bold", "linespacing": 1.1}
    widest = room / (DIGIT * max(1, len(value)))
    number: dict[str, Any] = {"fontsize": SIZES["sign"] if sign else min(SIZES["value"], widest)}
    above, below = (0.47, 0.56) if value else (0.5, 0.56)
    text = "\n".join(lines)
    axes.text(centre, tile.row + above * SIDE, text, va="baseline", **name, **style)
    axes.text(centre, tile.row + below * SIDE, value, va="top", **number, **style)


def _broken(name: str) -> list[str]:
    """A name in lines, broken at blanks and after hyphens; a code stays whole."""
    if len(name) <= LINE:
        return [name]
    words = re.split(r"(?<=-)|\s+", name)
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) <= LINE and not lines[-1].endswith("-"):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
