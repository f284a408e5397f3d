"""Figures on who is reached (Abbildungen zur Reichweite)."""

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
    german_axis,
    guide_lines,
    label_rows,
    one_per_label,
    theme,
    wrapped,
)
from kimeval.figures.words import in_figure, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import in_words, interval, percent


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


def plot_shares(protected: Protected, dimension: str, title: str) -> Picture:
    """Shares by group as dots with intervals, the total as a line (Punktdiagramm).

    Parameters
    ----------
    protected : Protected
        Rows of one share and period, the total among them.
    dimension : str
        Whose groups are the dots.
    title : str
        German title.

    Returns
    -------
    Picture
    """
    table = require_protected(protected, "A figure").only(dimension=[dimension, TOTAL])
    if table.frame["value"].isna().all():
        return nothing(title, why_empty(table.frame), table)
    total = table.only(dimension=TOTAL).frame.iloc[0]
    frame = table.only(dimension=dimension).frame
    frame = frame.sort_values("value", na_position="first", kind="stable")
    labels = wrapped(frame["group"])
    with theme():
        figure, axes = canvas(height=one_per_label(labels) + 0.2)
        for place, row in enumerate(frame.to_dict("records")):
            _draw_dot(axes, place, row)
        axes.set_yticks(range(len(frame)), labels)
        axes.set_xlabel(indicator(total["indicator"]).name)
        axes.set_ylim(-0.6, len(frame) - 0.4)
        axes.set_xlim(0, min(1.02, 1.05 * table.frame[["value", "upper"]].max(axis=None)))
        _draw_total(axes, total)
        axes.tick_params(axis="y", length=0)
        german_axis(axes.xaxis, share=True)
        guide_lines(axes, "x")
    said = _say_shares(frame, total, title)
    return picture(figure, title, said, reasons(table.frame), table=table)


def _draw_dot(axes: Axes, place: int, row: dict) -> None:
    if pd.isna(row["value"]):
        _note(axes, 0, place, in_figure(row))
        return
    axes.plot([row["lower"], row["upper"]], [place, place], color=COLOURS["main"], linewidth=1.6)
    axes.plot(row["value"], place, "o", color=COLOURS["main"], markersize=6)


def _draw_total(axes: Axes, total: pd.Series) -> None:
    if pd.isna(total["value"]):
        return
    axes.axvline(total["value"], color=COLOURS["accent"], linewidth=1.4, zorder=1)
    place = total["value"] / axes.get_xlim()[1]
    axes.annotate(
        f"insgesamt {percent(total['value'])}",
        (total["value"], 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, 4),
        textcoords="offset points",
        ha="left" if place < 0.15 else "right" if place > 0.85 else "center",
        color=COLOURS["accent"],
    )


def _note(axes: Axes, value: float, place: int, text: str) -> None:
    axes.annotate(text, (value, place), xytext=(4, 0), textcoords="offset points", va="center")


def _say_groups(frame: pd.DataFrame, title: str) -> str:
    values = [f"{row['group']} {in_words(row)}" for row in frame.to_dict("records")]
    return f"Balken: {title}. {', '.join(values)}."


def _say_shares(frame: pd.DataFrame, total: pd.Series, title: str) -> str:
    said = f"Punkte mit Intervallen: {title}. Insgesamt {in_words(total.to_dict())}"
    known = frame.dropna(subset=["value"])
    if known.empty:
        return f"{said}; kein Wert einer Gruppe ist bestimmbar oder frei."
    high, low = known.iloc[-1].to_dict(), known.iloc[0].to_dict()
    return (
        f"{said}; am höchsten in {high['group']} mit {percent(high['value'])} ({interval(high)}), "
        f"am niedrigsten in {low['group']} mit {percent(low['value'])} ({interval(low)})."
    )
