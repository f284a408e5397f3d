"""Groups by quarter as a grid of shades with numbers (Raster)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from kimeval.core.catalogue import indicator
from kimeval.core.quarter import Quarter
from kimeval.figures.lines import Line, lines_by_group, span_of
from kimeval.figures.map_marks import ABSENT, HIDDEN, REFUSED_MARK, STAR, look, value_text
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.shades import Classes, classes
from kimeval.figures.theme import canvas, ink_on, quarter_ticks, theme, wrapped
from kimeval.figures.words import enumeration, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import REFUSED, SIGN, percent

SIDE = 0.94
STEP = 0.42
SIGN_SIZE = 11.0
SIZES = ((9, 8.5), (13, 7.0))
PAPER: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def plot_heat(protected: Protected, dimension: str, title: str) -> Picture:
    """One value by group and quarter as shades, with its number where it fits (Raster).

    Shares of groups that overlap, such as modes of contact, do not add up and must
    not be stacked; here each has a row of its own.

    Parameters
    ----------
    protected : Protected
        Rows of one indicator and area over quarters.
    dimension : str
        Whose groups are the rows, in the order of the results.
    title : str
        German title.

    Returns
    -------
    Picture
        Hidden cells are hatched and carry `.`, refused ones are cross-hatched with
        `x`, those without a row have a dotted edge; `*` marks a quarter that lacks
        what the others have.
    """
    table = require_protected(protected, "A figure").only(dimension=dimension)
    frame = table.frame
    if frame["value"].isna().all():
        return nothing(title, why_empty(frame), table)
    quarters = span_of(frame)
    lines = lines_by_group(frame, quarters)
    scale = classes(frame["value"].dropna().tolist(), lines[0].unit)
    labels = wrapped([line.name for line in lines], 26)
    with theme():
        figure, axes = canvas(height=1.5 + STEP * len(lines))
        for place, line in enumerate(lines):
            _draw(axes, line, place, scale)
        axes.set_xlim(-0.5, len(quarters) - 0.5)
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.set_xticks(*quarter_ticks(quarters))
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        about: dict[str, Any] = {"labelspacing": 0.3, "alignment": "left", "ncols": 3}
        name = indicator(frame["indicator"].iloc[0]).name
        figure.legend(handles=_keys(lines, scale), loc="outside lower left", title=name, **about)
    return picture(
        figure, title, say_heat(lines, quarters, title), _note(lines, frame), table=table
    )


def _draw(axes: Axes, line: Line, place: int, scale: Classes) -> None:
    """One row of cells."""
    size = next((size for most, size in SIZES if len(line.rows) <= most), 0.0)
    for column, row in enumerate(line.rows):
        ground = look(row, scale)
        corner = column - SIDE / 2, place - SIDE / 2
        axes.add_patch(Rectangle(corner, SIDE, SIDE, **ground))
        starred = bool(line.incomplete[column])
        text = value_text(row, starred)
        if size < SIZES[0][1] and row and row["unit"] == "share" and pd.notna(row["value"]):
            text = percent(row["value"], 0) + STAR * starred
        if not size and text not in (SIGN, REFUSED):
            text = STAR * starred
        style: dict[str, Any] = {"ha": "center", "va": "center", "in_layout": False}
        if "hatch" in ground:
            style["bbox"] = PAPER
        letters = SIGN_SIZE if text in (SIGN, REFUSED) else size or SIZES[-1][1]
        axes.text(column, place, text, color=ink_on(ground["facecolor"]), fontsize=letters, **style)


def _keys(lines: list[Line], scale: Classes) -> list[Patch]:
    """The classes, and what lacks a value where it occurs."""
    rows = [row for line in lines for row in line.rows]
    keys = [
        Patch(label=label, facecolor=shade, edgecolor="#8F8F8F", lw=0.5)
        for label, shade in zip(scale.labels(), scale.shades, strict=True)
    ]
    marks = [look(row, scale) for row in rows]
    for label, mark in (
        (f"{SIGN} gesperrt", HIDDEN),
        (f"{REFUSED} nicht bestimmbar", REFUSED_MARK),
        ("keine Angabe", ABSENT),
    ):
        keys += [Patch(label=label, **mark)] if mark in marks else []
    return keys


def _note(lines: list[Line], frame: pd.DataFrame) -> str:
    starred = any(line.incomplete.any() for line in lines)
    held = reasons(frame)
    return f"{STAR} {held}" if starred and held else held


def say_heat(lines: list[Line], quarters: list[Quarter], title: str) -> str:
    """The newest value of each group beside the year before, as German sentences."""
    said = " ".join(line.sentence() for line in lines)
    starred = sorted({p for line in lines for p in np.flatnonzero(line.incomplete)})
    if starred:
        names = enumeration([quarters[place].label for place in starred])
        said += f" Unvollständig und nicht vergleichbar: {names}."
    return f"Raster: {title}, ab {quarters[0].label}. {said}"
