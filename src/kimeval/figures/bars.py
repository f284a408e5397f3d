"""One count by group as bars (Balkendiagramm)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from kimeval.core.catalogue import indicator
from kimeval.core.results import TOTAL
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import (
    COLOURS,
    canvas,
    count_axis,
    label_rows,
    one_per_label,
    theme,
    wrapped,
)
from kimeval.figures.words import in_figure, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import in_words


def plot_groups(
    protected: Protected, dimension: str, title: str, largest_first: bool = False
) -> Picture:
    """One count by group as bars, suppressed groups as `.` (Aufgliederung).

    Parameters
    ----------
    protected : Protected
        Rows of one indicator and period.
    dimension : str
        Whose groups are the bars, in the order of the rows.
    title : str
        German title.
    largest_first : bool
        Sort by value, for groups without an order of their own; hidden groups
        come last.

    Returns
    -------
    Picture
    """
    table = require_protected(protected, "A figure").only(dimension=dimension)
    frame = table.frame
    if frame.empty:
        said = reasons(protected.only(dimension=TOTAL).frame) or why_empty(frame)
        return nothing(title, said, table)
    if largest_first:
        frame = frame.sort_values("value", ascending=False, na_position="last", kind="stable")
    if frame["value"].isna().all():
        return nothing(title, why_empty(frame), table)
    labels = wrapped(frame["group"])
    with theme():
        figure, axes = canvas(height=one_per_label(labels))
        places = range(len(frame))
        axes.barh(places, frame["value"].fillna(0), color=COLOURS["main"], height=0.7)
        for place, row in enumerate(frame.to_dict("records")):
            at = 0 if pd.isna(row["value"]) else row["value"]
            _note(axes, at, place, in_figure(row))
        label_rows(axes, labels)
        axes.set_xlabel(indicator(frame["indicator"].iloc[0]).name)
        axes.set_xlim(0, max(1.0, 1.12 * frame["value"].max()))
        count_axis(axes.xaxis)
    return picture(figure, title, _say_groups(frame, title), reasons(frame), table=table)


def _note(axes: Axes, value: float, place: int, text: str) -> None:
    axes.annotate(text, (value, place), xytext=(4, 0), textcoords="offset points", va="center")


def _say_groups(frame: pd.DataFrame, title: str) -> str:
    values = [f"{row['group']} {in_words(row)}" for row in frame.to_dict("records")]
    return f"Balken: {title}. {', '.join(values)}."
