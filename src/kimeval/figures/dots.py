"""Values of groups or places as dots with intervals (Punktdiagramm)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kimeval.core.catalogue import indicator
from kimeval.core.results import TOTAL
from kimeval.core.statistics import Ranks, ranked_rates, ranked_shares
from kimeval.figures.dot_words import note_dots, rank_texts, say_dots
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.places import first_total, places_of, require_one
from kimeval.figures.theme import COLOURS, canvas, guide_lines, theme, value_axis, wrapped
from kimeval.figures.words import (
    in_figure,
    own_shortfalls,
    shared_reasons,
    why_empty,
)
from kimeval.protect.gate import Protected, require_protected
from kimeval.reach.state.coverage import effective
from kimeval.tables.numbers import in_words

AREA = "area"
STAR = "*"
SIDES = {
    "same": {"marker": "o", "color": COLOURS["main"]},
    "above": {"marker": "^", "color": COLOURS["accent"]},
    "below": {"marker": "v", "color": COLOURS["accent"]},
}
WORDS = {
    "same": "Intervall enthält den Wert insgesamt",
    "above": "liegt ganz darüber",
    "below": "liegt ganz darunter",
}
STEPS = ((12, 0.32, 10.0), (30, 0.25, 9.0), (10_000, 0.175, 8.0))
LINE = 0.0175
Record = Mapping[str, Any]


def plot_dots(
    protected: Protected,
    dimension: str,
    title: str,
    ranked: bool = False,
    in_order: bool = False,
    whole: Protected | None = None,
) -> Picture:
    """One value by group with its interval, the whole as a line (Punktdiagramm).

    Parameters
    ----------
    protected : Protected
        Rows of one indicator and period.
    dimension : str
        Whose groups are the dots; `area` for the areas of the state (see
        `places_of`). The row of the whole, if there is one, is the line.
    title : str
        German title.
    ranked : bool
        Write each rank with its joint 95 % interval beside the name; for values
        with numerator and denominator.
    in_order : bool
        Keep the order of the rows, for groups that have one; else the highest
        value stands on top.
    whole : Protected, optional
        Whose first total is the line, where the rows hold none of their own.

    Returns
    -------
    Picture
        Triangles mark intervals that exclude the whole. Hidden and refused groups
        carry their sign; `*` marks a value that lacks what the others have.
    """
    table = require_protected(protected, "A figure").only(dimension=[dimension, TOTAL])
    require_one(table.frame)
    frame, line = _rows(table.frame, dimension)
    if whole is not None:
        line = first_total(require_protected(whole, "A figure").frame)
    if frame.empty or frame["value"].isna().all():
        return nothing(title, why_empty(table.frame if frame.empty else frame), table)
    if not in_order:
        frame = frame.sort_values("value", ascending=False, na_position="last", kind="stable")
    frame = frame.reset_index(drop=True)
    ranks = _ranks(frame) if ranked else None
    labels = wrapped(_labels(frame))
    step, size = _step(labels)
    with theme():
        figure, axes = canvas(height=1.5 + max(0.64, step * len(labels)))
        _draw(axes, frame, line, size)
        axes.set_yticks(range(len(labels)), labels, fontsize=size)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        _scale(axes, frame, line)
        _name_whole(axes, line)
        if ranks is not None:
            _write_ranks(axes, ranks, size)
        if keys := _keys(frame, line):
            figure.legend(handles=keys, loc="outside upper left", ncols=2)
    note = note_dots(frame, line, ranks)
    return picture(figure, title, say_dots(frame, line, title, ranks), note, table=table)


def _rows(frame: pd.DataFrame, dimension: str) -> tuple[pd.DataFrame, Record | None]:
    """Rows of the groups with their `name`, and the row of the whole."""
    if dimension == AREA:
        places = places_of(frame)
        if not places.rows:
            return frame.head(0).assign(name=""), places.whole
        held = places.frame.set_index("code", drop=False).loc[list(places.rows)]
        return held.assign(name=[places.short(code) for code in held["code"]]), places.whole
    groups = frame[frame["dimension"] == dimension]
    return groups.assign(name=groups["group"]), first_total(frame)


def _step(labels: list[str]) -> tuple[float, float]:
    """Height of a row in inches and size of its letters; the more rows, the smaller."""
    step, size = next((height, size) for most, height, size in STEPS if len(labels) <= most)
    lines = max(1 + label.count("\n") for label in labels)
    return max(step, LINE * size * (lines + 1) / 2), size


def side(row: Record, whole: Record | None) -> str:
    """Whether a row's interval lies `above` or `below` the whole, or is the `same`."""
    if whole is None or pd.isna(row["lower"]) or pd.isna(row["upper"]) or pd.isna(whole["value"]):
        return "same"
    if row["lower"] > whole["value"]:
        return "above"
    return "below" if row["upper"] < whole["value"] else "same"


def _ranks(frame: pd.DataFrame) -> Ranks:
    """Ranks of the rows with a value, in their order; NaN for the others.

    Persons of one family do not count as single ones.
    """
    known = frame["value"].notna().to_numpy()
    rows = frame[known]
    if (rows["unit"] == "share").all():
        hits, total = effective(rows)
        made = ranked_shares(np.minimum(hits, total), total)
    else:
        made = ranked_rates(rows["numerator"], rows["denominator"])
    found = np.full((3, len(frame)), np.nan)
    found[:, known] = made.rank, made.lower, made.upper
    return replace(made, rank=found[0], lower=found[1], upper=found[2])


def _labels(frame: pd.DataFrame) -> list[str]:
    lacking = own_shortfalls(frame, shared_reasons(frame))
    return [f"{name}{STAR * bool(text)}" for name, text in zip(frame["name"], lacking, strict=True)]


def _draw(axes: Axes, frame: pd.DataFrame, whole: Record | None, size: float) -> None:
    """Intervals as lines, values as marks, signs where there is no value."""
    for place, row in enumerate(frame.to_dict("records")):
        if pd.isna(row["value"]):
            about: dict[str, Any] = {"textcoords": "offset points", "va": "center"}
            axes.annotate(in_figure(row), (0, place), (4, 0), fontsize=size, **about)
            continue
        style = SIDES[side(row, whole)]
        axes.plot([row["lower"], row["upper"]], [place] * 2, color=style["color"], lw=1.6)
        axes.plot(row["value"], place, markersize=0.6 * size, **style)  # type: ignore[arg-type]


def _scale(axes: Axes, frame: pd.DataFrame, whole: Record | None) -> None:
    unit = frame["unit"].iloc[0]
    ends = [*frame["value"], *frame["upper"], np.nan if whole is None else whole["value"]]
    most = float(np.nanmax(ends)) or 1.0
    axes.set_xlim(0, min(1.02, 1.05 * most) if unit == "share" else 1.05 * most)
    axes.set_xlabel(indicator(frame["indicator"].iloc[0]).name)
    value_axis(axes.xaxis, share=unit == "share")
    guide_lines(axes, "x")


def _name_whole(axes: Axes, whole: Record | None) -> None:
    """The line of the whole with its value above."""
    if whole is None or pd.isna(whole["value"]):
        return
    axes.axvline(whole["value"], color=COLOURS["ink"], linewidth=1.2, linestyle="--", zorder=1)
    place = whole["value"] / axes.get_xlim()[1]
    axes.annotate(
        f"insgesamt {in_words(whole)}",
        (whole["value"], 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, 4),
        textcoords="offset points",
        ha="left" if place < 0.15 else "right" if place > 0.85 else "center",
    )


def _write_ranks(axes: Axes, ranks: Ranks, size: float) -> None:
    """Each rank with its interval in a column on the right."""
    across = axes.get_yaxis_transform()
    axes.annotate("Rang", (1.02, -0.6), xycoords=across, va="bottom", fontsize=size)
    for place, text in enumerate(rank_texts(ranks)):
        axes.annotate(text, (1.02, place), xycoords=across, va="center", fontsize=size)


def _keys(frame: pd.DataFrame, whole: Record | None) -> list[Line2D]:
    """What triangles say, where there are any."""
    found = {side(row, whole) for row in frame.to_dict("records")}
    return [
        Line2D([], [], linestyle="", markersize=6, label=words, **SIDES[name])  # type: ignore[arg-type]
        for name, words in WORDS.items()
        if name in found and found != {"same"}
    ]
