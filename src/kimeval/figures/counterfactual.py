"""A series beside what would have been expected without a break (Gegenüberstellung)."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from kimeval.core.quarter import Quarter
from kimeval.core.units import unit_word
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import COLOURS, canvas, guide_lines, quarter_ticks, theme, value_axis
from kimeval.figures.words import reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import bare, interval

OBSERVED, EXPECTED = "series_observed", "series_expected"
NOTE = "Fläche: 95-%-Intervall der Erwartung, ohne den Zufall des einzelnen Quartals."


def plot_counterfactual(protected: Protected, title: str, start: str = "") -> Picture:
    """What was observed, and what would have been without the break (Gegenüberstellung).

    Parameters
    ----------
    protected : Protected
        Rows of `series_observed` and `series_expected` by quarter.
    title : str
        German.
    start : str
        First quarter after the break; the expectation is drawn dashed from there on.

    Returns
    -------
    Picture
        Hidden quarters are gaps.
    """
    table = require_protected(protected, "A figure").only(indicator=[OBSERVED, EXPECTED])
    if table.frame.empty or not start:
        frame = require_protected(protected, "A figure").frame
        return nothing(title, why_empty(frame[frame["status"] == "refused"]), table)
    quarters = sorted({Quarter.parse(text) for text in table.frame["period"]})
    span = Quarter.span(quarters[0], quarters[-1])
    seen, expected = (_by_quarter(table, name, span) for name in (OBSERVED, EXPECTED))
    begin = Quarter.parse(start) - span[0]
    with theme():
        figure, axes = canvas(height=4.0)
        _draw(axes, seen, expected, begin)
        axes.set_xticks(*quarter_ticks(span))
        axes.set_ylabel(unit_word("share"))
        value_axis(axes.yaxis, share=True)
        guide_lines(axes, "y")
        figure.legend(handles=axes.get_legend_handles_labels()[0], loc="outside upper left")
    note = " ".join(filter(None, [NOTE, reasons(table.frame)]))
    return picture(figure, title, _say(table, start), note, table=table)


def _by_quarter(table: Protected, name: str, span: list[Quarter]) -> np.ndarray:
    """Value, lower and upper by quarter, shape (3, quarters)."""
    rows = table.frame[table.frame["indicator"] == name].set_index("period")
    wanted = rows.reindex([str(quarter) for quarter in span])
    return wanted[["value", "lower", "upper"]].to_numpy(float).T


def _draw(axes: Axes, seen: np.ndarray, expected: np.ndarray, begin: int) -> None:
    place = np.arange(seen.shape[1])
    later = place >= begin - 1
    value, lower, upper = expected
    known = np.isfinite(value)
    axes.fill_between(
        place[known & later],
        lower[known & later],
        upper[known & later],
        color=COLOURS["second"],
        alpha=0.2,
        linewidth=0,
    )
    axes.plot(place, seen[0], color=COLOURS["main"], marker="o", markersize=5, label="beobachtet")
    axes.plot(
        place[known & ~(place >= begin)],
        value[known & ~(place >= begin)],
        color=COLOURS["accent"],
        linewidth=1.5,
        label="Modell vor dem Beginn",
    )
    axes.plot(
        place[known & later],
        value[known & later],
        "--",
        color=COLOURS["accent"],
        linewidth=1.5,
        label="ohne den Beginn erwartet",
    )
    axes.axvline(begin - 0.5, color=COLOURS["grey"], linewidth=1)
    axes.annotate(
        "Beginn", (begin - 0.4, 0.98), xycoords=("data", "axes fraction"), va="top", fontsize=9
    )
    top = np.nanmax(np.concatenate([seen[0], upper[known & later]]))
    axes.set_ylim(0, min(1.0, 1.12 * top))
    axes.set_xlim(-0.6, len(place) - 0.4)


def _say(table: Protected, start: str) -> str:
    last = table.frame["period"].max()
    rows = table.frame[table.frame["period"] == last].set_index("indicator")
    seen, expected = (rows.loc[name].to_dict() for name in (OBSERVED, EXPECTED))
    return (
        f"Linien je Quartal, Beginn im {Quarter.parse(start).label}. Im "
        f"{Quarter.parse(last).label} beobachtet: {bare(seen['value'], 'share')}, ohne den Beginn "
        f"erwartet: {bare(expected['value'], 'share')} ({interval(expected)})."
    )
