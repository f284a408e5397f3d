"""Ratios and differences with their intervals, one row each (Forest-Plot)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from kimeval.core.catalogue import indicator
from kimeval.core.units import unit_word
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import (
    COLOURS,
    canvas,
    guide_lines,
    one_per_label,
    theme,
    value_axis,
    wrapped,
)
from kimeval.figures.words import in_figure, parts, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import bare, german, interval
from kimeval.tables.reasons import WORDS

CROSS = " × "
NO_BOUNDS = "ohne Intervall"
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
ONE, NONE = "1 heißt kein Unterschied", "0 heißt kein Unterschied"


def plot_forest(protected: Protected, title: str) -> Picture:
    """Values with intervals beside the line of no difference (Forest-Plot).

    Parameters
    ----------
    protected : Protected
        Rows of one indicator: ratios are drawn on a logarithmic axis around 1, all else
        around 0. The group names the row.
    title : str
        German.

    Returns
    -------
    Picture
        Filled marks have an interval that excludes no difference. Rows without a value
        are listed with their sign.
    """
    frame = require_protected(protected, "A figure").frame
    if frame.empty or frame["value"].isna().all():
        return nothing(title, why_empty(frame), protected)
    frame = frame.reset_index(drop=True)
    ratio = frame["unit"].iloc[0] == "ratio"
    labels = ["\n".join(wrapped(group.split(CROSS))) for group in frame["group"]]
    with theme():
        figure, axes = canvas(height=one_per_label(labels))
        _marks(axes, frame, 1.0 if ratio else 0.0)
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        _scale(axes, frame, ratio)
        _written(axes, frame)
    known = indicator(frame["indicator"].iloc[0])
    line = ONE if ratio else NONE
    level = frame["confidence"].dropna()
    bars = f"Striche: {german(100 * level.iloc[0])}-%-Intervalle. " if len(level) else ""
    note = f"{bars}{line}. {known.caveat} {_reasons(frame)}".strip()
    return picture(figure, title, _say(frame, title), note, table=protected)


def _marks(axes: Axes, frame: pd.DataFrame, none: float) -> None:
    axes.axvline(none, color=COLOURS["grey"], linewidth=1)
    for at, row in enumerate(frame.to_dict("records")):
        if np.isnan(row["value"]):
            continue
        apart = row["lower"] > none or row["upper"] < none
        colour = COLOURS["accent"] if apart else COLOURS["main"]
        if not np.isnan(row["lower"]):
            axes.hlines(at, row["lower"], row["upper"], color=colour, linewidth=1.6)
        face = colour if apart else "white"
        axes.plot(row["value"], at, marker="s", color=colour, markerfacecolor=face, markersize=6)


def _scale(axes: Axes, frame: pd.DataFrame, ratio: bool) -> None:
    unit = indicator(frame["indicator"].iloc[0]).unit
    drawn = frame[["value", "lower", "upper"]].to_numpy(float)
    drawn = drawn[np.isfinite(drawn)]
    low, high = drawn.min(), drawn.max()
    if ratio:
        axes.set_xscale("log")
        low, high = min(low, 0.9) / 1.15, max(high, 1.1) * 1.15
        axes.set_xlim(low, high)
        ticks = [tick for tick in TICKS if low <= tick <= high]
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _plain(value)))
        axes.set_xlabel("Verhältnis (logarithmisch)")
    else:
        room = 0.08 * max(high - low, 1.0)
        axes.set_xlim(min(low, 0) - room, max(high, 0) + room)
        value_axis(axes.xaxis)
        axes.set_xlabel(unit_word(unit))
    guide_lines(axes, "x")


def _written(axes: Axes, frame: pd.DataFrame) -> None:
    """Value and interval beside the axes."""
    place = axes.get_yaxis_transform()
    for at, row in enumerate(frame.to_dict("records")):
        known = not np.isnan(row["value"])
        colour = COLOURS["ink"] if known else COLOURS["grey"]
        axes.text(1.02, at, _told(row) if known else in_figure(row), transform=place,
                  va="center", fontsize=9, color=colour)  # fmt: skip


def _told(row: dict) -> str:
    bounds = interval(row) or NO_BOUNDS
    return f"{bare(row['value'], row['unit'])} ({bounds})"


def _plain(value: float) -> str:
    return german(value, 0 if value >= 1 else (1 if value * 10 >= 0.999 else 2))


def _say(frame: pd.DataFrame, title: str) -> str:
    said = [
        f"{row['group']}: {_told(row) if not np.isnan(row['value']) else in_figure(row)}"
        for row in frame.to_dict("records")
    ]
    return f"{title}. {'; '.join(said)}."


def _reasons(frame: pd.DataFrame) -> str:
    """Reservations of the rows, each once however many share it."""
    said = []
    for status, rows in frame[frame["reason"] != ""].groupby("status", sort=False):
        each = dict.fromkeys(part for reason in rows["reason"] for part in parts(reason))
        word = WORDS[str(status)]
        said.append(f"{word[:1].upper()}{word[1:]}: {'; '.join(each)}.")
    return " ".join(said)
