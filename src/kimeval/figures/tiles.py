"""A map of tiles: one square per area or municipality (Kachelkarte)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from kimeval.core.area import STATE
from kimeval.core.catalogue import indicator
from kimeval.figures.layout import Layout, Tile, layout_of
from kimeval.figures.map_words import map_note, say_map
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.places import Places, places_of
from kimeval.figures.shades import Classes, classes
from kimeval.figures.theme import WIDTH, canvas, ink_on, theme
from kimeval.figures.words import own_shortfalls, shared_reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import REFUSED, SIGN, bare

SIDE = 0.92
LARGEST = 1.25
HIDDEN: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8F8F8F", "hatch": "////", "lw": 0.8}
REFUSED_MARK: dict[str, Any] = {**HIDDEN, "hatch": "xxxx"}
ABSENT: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8F8F8F", "ls": ":", "lw": 0.8}
PAPER: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
SIZES = {"short": 9.5, "value": 8.5, "sign": 11.0}
LETTER, LINE = 0.74, 9
STAR = "*"


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
            from kimeval.figures.boundaries import draw_boundaries, read_boundaries

            shapes = read_boundaries(boundaries, places)
            figure, about = draw_boundaries(places, shapes, scale), ""
    note = map_note(places, about, scale)
    return picture(figure, title, say_map(places, title, boundaries is None), note, table=table)


def look(row: Mapping[str, Any] | None, scale: Classes) -> dict[str, Any]:
    """How the ground of a place is drawn: its shade, a hatch, or a dotted edge."""
    if row is None:
        return ABSENT
    if row["suppressed"]:
        return HIDDEN
    if pd.isna(row["value"]):
        return REFUSED_MARK
    return {"facecolor": scale.shade(row["value"]), "edgecolor": "white", "lw": 0.8}


def legend_keys(places: Places, scale: Classes) -> list[Patch]:
    """Patches of the classes and of what lacks a value."""
    rows = list(places.rows.values())
    known = [row for row in rows if pd.notna(row["value"])]
    keys = [
        Patch(label=label, facecolor=shade, edgecolor="#8F8F8F", lw=0.5)
        for label, shade in zip(scale.labels(), scale.shades, strict=True)
    ]
    lacking = {
        f"{SIGN} gesperrt": (any(row["suppressed"] for row in rows), HIDDEN),
        f"{REFUSED} nicht bestimmbar": (
            any(not row["suppressed"] and row not in known for row in rows),
            REFUSED_MARK,
        ),
        "keine Angabe": (len(rows) < len(places.names), ABSENT),
    }
    return keys + [Patch(label=text, **mark) for text, (held, mark) in lacking.items() if held]


def value_text(row: Mapping[str, Any] | None, starred: bool) -> str:
    """What stands below a place's name."""
    if row is None:
        return ""
    if row["suppressed"]:
        return SIGN
    return REFUSED if pd.isna(row["value"]) else bare(row["value"], row["unit"]) + STAR * starred


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
    if inside:
        axes.legend(
            handles=keys, loc="lower right", title=textwrap.fill(name, 28), alignment="left"
        )
    else:
        figure.legend(handles=keys, loc="outside lower left", ncols=3, title=name, alignment="left")
    return figure


def starred_codes(places: Places) -> set[str]:
    """Places whose value lacks what the others have."""
    frame = places.frame
    lacking = own_shortfalls(frame, shared_reasons(frame))
    return {code for code, text in zip(frame["code"], lacking, strict=True) if text}


def _write(axes: Axes, tile: Tile, value: str, ground: Mapping[str, Any], inches: float) -> None:
    """Name and value on a square, in letters that fit."""
    lines = _broken(tile.short)
    fit = 72 * inches / (LETTER * max(map(len, lines)))
    centre = tile.column + SIDE / 2
    style: dict[str, Any] = {"ha": "center", "color": ink_on(ground["facecolor"])}
    if "hatch" in ground:
        style["bbox"] = PAPER
    sign = value in (SIGN, REFUSED)
    name = {"fontsize": min(SIZES["short"], fit), "fontweight": "bold", "linespacing": 1.1}
    number = {"fontsize": SIZES["sign" if sign else "value"]}
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
