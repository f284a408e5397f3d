"""How many have been answered by when, with what is not known yet (Wartezeit)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from kimeval.core.catalogue import indicator
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import COLOURS, canvas, german_axis, guide_lines, theme
from kimeval.figures.words import reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.referrals.classes import CROSS
from kimeval.tables.numbers import percent

DAY = re.compile(r"bis (\d+) Tage")
STYLES = (
    {"color": COLOURS["main"], "marker": "o", "linestyle": "-"},
    {"color": COLOURS["accent"], "marker": "^", "linestyle": "--"},
    {"color": COLOURS["ink"], "marker": "s", "linestyle": ":"},
)
APART = 0.006
NEAR = 0.045


def plot_waiting(protected: Protected, title: str) -> Picture:
    """Shares reached by days as lines, with intervals where a class ends (Wartezeit).

    Parameters
    ----------
    protected : Protected
        Derived shares of one indicator whose group ends on `bis ... Tage`; what stands
        before it, joined by " × ", is a line of its own.
    title : str
        German.

    Returns
    -------
    Picture
        Between two ends of a class nothing is known but that the line rises.
    """
    frame = require_protected(protected, "A figure").frame
    lines = lines_by_day(frame)
    if not lines:
        return nothing(title, why_empty(frame), protected)
    with theme():
        figure, axes = canvas(height=3.4)
        last = max(int(rows["day"].max()) for rows in lines.values())
        for n, (name, rows) in enumerate(lines.items()):
            style = STYLES[n % len(STYLES)]
            day = rows["day"] + n * APART * last
            axes.plot([0, *day], [0, *rows["value"]], label=name, markevery=slice(1, None), **style)
            axes.vlines(day, rows["lower"], rows["upper"], color=style["color"], linewidth=1.2)
        axes.set_xlim(0, last * 1.04)
        axes.set_ylim(0, min(1.0, 1.15 * max(float(r["upper"].max()) for r in lines.values())))
        axes.set_xticks(_ticks({int(d) for rows in lines.values() for d in rows["day"]}))
        axes.set_xlabel("Tage")
        german_axis(axes.yaxis, share=True)
        guide_lines(axes, "y")
        if len(lines) > 1:
            axes.legend(loc="upper left")
    return picture(figure, title, say_lines(title, lines), note_lines(frame), table=protected)


def _ticks(days: set[int]) -> list[int]:
    """Days under the axis, from the last down, none so near to another that they would touch."""
    told: list[int] = []
    for day in [*sorted(days, reverse=True), 0]:
        if not told or told[-1] - day >= NEAR * max(days):
            told.append(day)
    return told[::-1]


def lines_by_day(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of each line with their day, those without a value left out (Linien)."""
    day = frame["group"].str.extract(DAY)[0]
    known = frame[frame["value"].notna() & day.notna()]
    known = known.assign(
        day=day[known.index].astype(int), line=[_line(group) for group in known["group"]]
    )
    return {
        name: rows.sort_values("day", kind="stable")
        for name, rows in known.groupby("line", sort=False)
    }


def _line(group: str) -> str:
    return CROSS.join(group.split(CROSS)[:-1])


def say_lines(title: str, lines: dict[str, pd.DataFrame]) -> str:
    """The last value of each line in words (Aussage)."""
    said = []
    for name, rows in lines.items():
        last = rows.iloc[-1]
        told = f"bis {last['day']} Tage {percent(last['value'], 1)}"
        if not np.isnan(last["lower"]):
            told += f" ({percent(last['lower'], 1)} bis {percent(last['upper'], 1)})"
        said.append(f"{name}: {told}" if name else told)
    return f"{title}: {'; '.join(said)}."


def note_lines(frame: pd.DataFrame) -> str:
    """Level of the bars, caveat and reasons of rows without a value (Anmerkung)."""
    level = frame["confidence"].dropna()
    told = [f"Striche: {100 * level.iloc[0]:.0f}-%-Intervalle." if len(level) else ""]
    told.append("Zwischen den Punkten ist nur bekannt, dass die Linie steigt.")
    told.append(f"{indicator(frame['indicator'].iloc[0]).caveat}")
    return " ".join(filter(None, [*told, reasons(frame)]))
