"""Figures on who is reached (Abbildungen zur Reichweite)."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kimeval.core.catalogue import indicator
from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL
from kimeval.figures.picture import Picture, picture
from kimeval.figures.theme import (
    COLOURS,
    canvas,
    german_axis,
    guide_lines,
    one_per_step,
    theme,
)
from kimeval.protect.gate import SIGN, Protected, require_protected
from kimeval.tables.numbers import german, interval, percent

PANDEMIC = (Quarter(2020, 2), Quarter(2021, 2))
SERIES = {"persons_reached": "main", "persons_new": "second"}


def plot_trend(protected: Protected) -> Picture:
    """Persons reached and persons new by quarter, the pandemic shaded (Verlauf).

    Parameters
    ----------
    protected : Protected
        From `reach_by_quarter`.

    Returns
    -------
    Picture
    """
    table = require_protected(protected, "A figure").only(dimension=TOTAL)
    frame = table.frame
    quarters = [Quarter.parse(p) for p in sorted(frame["period"].unique())]
    with theme():
        figure, axes = canvas(height=3.6)
        for name, colour in SERIES.items():
            _draw_series(axes, frame[frame["indicator"] == name], quarters, name, COLOURS[colour])
        _shade_pandemic(axes, quarters)
        axes.set_xticks(range(len(quarters)), [f"Q{q.number}\n{q.year}" for q in quarters])
        axes.set_ylim(bottom=0)
        axes.margins(x=0.02)
        axes.set_ylabel("Personen")
        german_axis(axes.yaxis)
        guide_lines(axes, "y")
    return picture(
        figure,
        "Erreichte und neu aufgenommene Personen je Quartal",
        _say_trend(frame, quarters),
        _reasons(frame),
        table=table,
    )


def plot_groups(protected: Protected, dimension: str, title: str) -> Picture:
    """One count by group as bars, suppressed groups as `.` (Aufgliederung).

    Parameters
    ----------
    protected : Protected
        Rows of one indicator and period.
    dimension : str
        Whose groups are the bars, in the order of the rows.
    title : str
        German title.

    Returns
    -------
    Picture
    """
    table = require_protected(protected, "A figure").only(dimension=dimension)
    frame = table.frame
    with theme():
        figure, axes = canvas(height=one_per_step(len(frame)))
        sns.barplot(frame, x="value", y="group", color=COLOURS["main"], ax=axes, width=0.7)
        for place, row in enumerate(frame.to_dict("records")):
            text = SIGN if row["suppressed"] else german(row["value"])
            at = 0 if pd.isna(row["value"]) else row["value"]
            axes.annotate(text, (at, place), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set(xlabel=indicator(frame["indicator"].iloc[0]).name, ylabel="")
        axes.margins(x=0.1)
        axes.tick_params(axis="y", length=0)
        german_axis(axes.xaxis)
        guide_lines(axes, "x")
    return picture(figure, title, _say_groups(frame, title), _reasons(frame), table=table)


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
    total = table.only(dimension=TOTAL).frame.iloc[0]
    frame = table.only(dimension=dimension).frame.sort_values("value", na_position="first")
    with theme():
        figure, axes = canvas(height=one_per_step(len(frame)) + 0.2)
        for place, row in enumerate(frame.to_dict("records")):
            _draw_dot(axes, place, row)
        axes.axvline(total["value"], color=COLOURS["accent"], linewidth=1.4, zorder=1)
        axes.annotate(
            f"insgesamt {percent(total['value'])}",
            (total["value"], len(frame) - 0.35),
            xytext=(4, 0),
            textcoords="offset points",
            color=COLOURS["accent"],
            va="bottom",
        )
        axes.set_yticks(range(len(frame)), frame["group"])
        axes.set(xlabel=indicator(total["indicator"]).name, ylim=(-0.6, len(frame) + 0.1))
        axes.set_xlim(left=0)
        axes.tick_params(axis="y", length=0)
        german_axis(axes.xaxis, share=True)
        guide_lines(axes, "x")
    return picture(
        figure, title, _say_shares(frame, total, title), _reasons(table.frame), table=table
    )


def _draw_series(
    axes: Axes, rows: pd.DataFrame, quarters: list[Quarter], name: str, colour: str
) -> None:
    values = rows.set_index("period")["value"].reindex([str(q) for q in quarters])
    places = range(len(quarters))
    sns.lineplot(x=places, y=values.to_numpy(), color=colour, marker="o", ax=axes)
    if values.notna().any():
        last = int(values.notna().to_numpy().nonzero()[0][-1])
        axes.annotate(
            f"{indicator(name).name}: {german(values.iloc[last])}",
            (last, values.iloc[last]),
            xytext=(0, 8),
            textcoords="offset points",
            ha="right",
            color=colour,
            fontweight="bold",
        )


def _shade_pandemic(axes: Axes, quarters: list[Quarter]) -> None:
    inside = [n for n, q in enumerate(quarters) if PANDEMIC[0] <= q <= PANDEMIC[1]]
    if inside:
        axes.axvspan(inside[0] - 0.5, inside[-1] + 0.5, color=COLOURS["light"], zorder=0)
        axes.annotate(
            "Pandemie", (inside[0] - 0.4, 0.97), xycoords=("data", "axes fraction"), va="top"
        )


def _draw_dot(axes: Axes, place: int, row: dict) -> None:
    if pd.isna(row["value"]):
        sign = SIGN if row["suppressed"] else "nicht bestimmbar"
        axes.annotate(sign, (0, place), xytext=(4, 0), textcoords="offset points", va="center")
        return
    axes.plot([row["lower"], row["upper"]], [place, place], color=COLOURS["main"], linewidth=1.6)
    axes.plot(row["value"], place, "o", color=COLOURS["main"], markersize=6)


def _reasons(frame: pd.DataFrame) -> str:
    partial = frame.loc[frame["status"] == "partial", "reason"].drop_duplicates()
    return " ".join(f"Unvollständig: {reason}." for reason in partial)


def _say_trend(frame: pd.DataFrame, quarters: list[Quarter]) -> str:
    last, said = quarters[-1], []
    for name in SERIES:
        values = frame[frame["indicator"] == name].set_index("period")["value"]
        now, before = values.get(str(last)), values.get(str(last - 1))
        then = "" if before is None else f", im Vorquartal {german(before)}"
        said.append(f"{indicator(name).name} im {last.label}: {german(now)}{then}.")
    return f"Linien je Quartal ab {quarters[0].label}. {' '.join(said)}"


def _say_groups(frame: pd.DataFrame, title: str) -> str:
    values = [
        f"{row.group} {SIGN if row.suppressed else german(row.value)}" for row in frame.itertuples()
    ]
    return f"Balken: {title}. {', '.join(values)}."


def _say_shares(frame: pd.DataFrame, total: pd.Series, title: str) -> str:
    known = frame.dropna(subset=["value"])
    if known.empty:
        return f"Punkte mit Intervallen: {title}. Kein Wert ist bestimmbar."
    high, low = known.iloc[-1].to_dict(), known.iloc[0].to_dict()
    return (
        f"Punkte mit Intervallen: {title}. Insgesamt {percent(total['value'])}; am höchsten in "
        f"{high['group']} mit {percent(high['value'])} ({interval(high)}), am niedrigsten in "
        f"{low['group']} mit {percent(low['value'])} ({interval(low)})."
    )
