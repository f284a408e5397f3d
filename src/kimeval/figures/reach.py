"""Figures on who is reached (Abbildungen zur Reichweite)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from kimeval.core.catalogue import indicator
from kimeval.core.quarter import Quarter
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
    quarter_ticks,
    theme,
    wrapped,
)
from kimeval.protect.gate import SIGN, Protected, require_protected
from kimeval.tables.numbers import in_words, interval, percent
from kimeval.tables.reasons import in_sentences

PANDEMIC = (Quarter(2020, 2), Quarter(2021, 2))
SERIES = {
    "persons_reached": {"color": COLOURS["main"], "marker": "o"},
    "persons_new": {"color": COLOURS["second"], "marker": "s"},
}


def plot_trend(protected: Protected) -> Picture:
    """Persons reached and persons new by quarter, the pandemic shaded (Verlauf).

    Parameters
    ----------
    protected : Protected
        From `reach_by_quarter`.

    Returns
    -------
    Picture
        A quarter without a value is a gap in the line.
    """
    table = require_protected(protected, "A figure").only(dimension=TOTAL)
    frame, title = table.frame, "Erreichte und neu aufgenommene Personen je Quartal"
    if frame["value"].isna().all():
        return nothing(title, _why(frame), table)
    quarters = sorted({Quarter.parse(p) for p in frame["period"]})
    with theme():
        figure, axes = canvas(height=3.8)
        for name, style in SERIES.items():
            _draw_series(axes, frame[frame["indicator"] == name], quarters, name, style)
        _shade_pandemic(axes, quarters)
        axes.set_xticks(*quarter_ticks(quarters))
        axes.set_xlim(-0.6, len(quarters) - 0.4)
        axes.set_ylim(0, max(1.0, 1.05 * frame["value"].max()))
        axes.set_ylabel("Personen")
        count_axis(axes.yaxis)
        guide_lines(axes, "y")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return picture(figure, title, _say_trend(frame, quarters), _reasons(frame), table=table)


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
        return nothing(title, _why(frame), table)
    labels = wrapped(frame["group"])
    with theme():
        figure, axes = canvas(height=one_per_label(labels))
        places = range(len(frame))
        axes.barh(places, frame["value"].fillna(0), color=COLOURS["main"], height=0.7)
        for place, row in enumerate(frame.to_dict("records")):
            at = 0 if pd.isna(row["value"]) else row["value"]
            _note(axes, at, place, _in_figure(row))
        label_rows(axes, labels)
        axes.set_xlabel(indicator(frame["indicator"].iloc[0]).name)
        axes.set_xlim(0, max(1.0, 1.12 * frame["value"].max()))
        count_axis(axes.xaxis)
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
    if table.frame["value"].isna().all():
        return nothing(title, _why(table.frame), table)
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
    return picture(figure, title, said, _reasons(table.frame), table=table)


def _draw_series(
    axes: Axes, rows: pd.DataFrame, quarters: list[Quarter], name: str, style: dict[str, str]
) -> None:
    records = {row["period"]: row for row in rows.to_dict("records")}
    values = [records[str(q)]["value"] if str(q) in records else float("nan") for q in quarters]
    now = records.get(str(quarters[-1]))
    last = f" (zuletzt {in_words(now)})" if now else ""
    label = f"{indicator(name).name}{last}"
    axes.plot(
        range(len(quarters)),
        values,
        color=style["color"],
        marker=style["marker"],
        markersize=5,
        linewidth=1.8,
        label=label,
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
        _note(axes, 0, place, _in_figure(row))
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


def _in_figure(row: dict) -> str:
    return f"{SIGN} gesperrt" if row["suppressed"] else in_words(row)


def _reasons(frame: pd.DataFrame) -> str:
    lacking = frame.loc[frame["reason"] != "", ["status", "reason"]]
    return in_sentences(lacking.itertuples(index=False, name=None))


def _why(frame: pd.DataFrame) -> str:
    """Why no row has a value; empty where all are suppressed."""
    if frame.empty:
        return "Für diese Aufgliederung liegen keine Angaben vor."
    return _reasons(frame)


def _say_trend(frame: pd.DataFrame, quarters: list[Quarter]) -> str:
    last, said = quarters[-1], []
    for name in SERIES:
        rows = frame[frame["indicator"] == name].to_dict("records")
        words = {row["period"]: in_words(row) for row in rows}
        before = words.get(str(last - 1))
        then = "" if before is None else f", im Vorquartal {before}"
        now = words.get(str(last), "nicht bestimmbar")
        said.append(f"{indicator(name).name} im {last.label}: {now}{then}.")
    return f"Linien je Quartal ab {quarters[0].label}. {' '.join(said)}"


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
