"""How many have reached an outcome by when, with numbers at risk below (Inzidenz)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import COLOURS, canvas, guide_lines, theme, value_axis, wrapped
from kimeval.figures.waiting import lines_by_day, note_lines, say_lines
from kimeval.figures.words import why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.referrals.classes import CROSS
from kimeval.tables.numbers import german

AT_RISK = re.compile(r"nach (\d+) Tagen")
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": COLOURS["main"], "marker": "o", "linestyle": "-"},
    {"color": COLOURS["accent"], "marker": "^", "linestyle": "--"},
    {"color": COLOURS["third"], "marker": "s", "linestyle": "-."},
    {"color": COLOURS["ink"], "marker": "D", "linestyle": ":"},
)
APART, ROOM, NAME = 0.006, 0.075, 26
RISK_NOTE = (
    "Darunter: Personen, die es an diesem Tag noch nicht erreicht haben und beobachtet sind."
)


def plot_incidence(protected: Protected, title: str, lines: Sequence[str] = ()) -> Picture:
    """Shares reached by days, and how many are still at risk (Inzidenz mit Zahlen darunter).

    Parameters
    ----------
    protected : Protected
        Derived shares whose group ends on `bis ... Tage`, and numbers at risk whose group
        ends on `nach ... Tagen`; what stands before, joined by " × ", is a line.
    title : str
        German.
    lines : sequence of str
        Lines to draw, at most four; all by default.

    Returns
    -------
    Picture
        A line ends where no class of days could be published any more. Lines that were
        asked for and have no value are named below with the reason.
    """
    frame = require_protected(protected, "A figure").frame
    named = frame["group"].str.split(CROSS).str[0]
    wanted = frame[named.isin(lines)] if lines else frame
    share = wanted[wanted["unit"] == "share"]
    known = lines_by_day(share)
    drawn = {name: known[name] for name in list(lines or known)[: len(LOOKS)] if name in known}
    if not drawn:
        return nothing(title, why_empty(share), protected)
    risk = _at_risk(wanted, list(drawn))
    last = max(int(rows["day"].max()) for rows in drawn.values())
    with theme():
        below = 0.3 + 0.24 * len(drawn)
        figure, both = canvas(height=3.2 + below, nrows=2, sharex=True, height_ratios=[3.0, below])
        _curves(both[0], drawn, last)
        _numbers(both[1], risk, last)
        if len(drawn) > 1:
            figure.legend(handles=both[0].get_lines(), loc="outside upper left", ncols=2)
    note = f"{note_lines(share)} {RISK_NOTE}" if any(risk.values()) else note_lines(share)
    said = say_lines(title, drawn)
    return picture(figure, title, said, note, table=protected.only(group=list(wanted["group"])))


def _at_risk(frame: pd.DataFrame, names: list[str]) -> dict[str, dict[int, float]]:
    """Number at risk of each line by day."""
    day = frame["group"].str.extract(AT_RISK)[0]
    known = frame[day.notna() & frame["value"].notna()]
    found: dict[str, dict[int, float]] = {name: {} for name in names}
    for group, value in zip(known["group"], known["value"], strict=True):
        name = CROSS.join(group.split(CROSS)[:-1])
        if name in found:
            match = AT_RISK.search(group)
            found[name][int(match.group(1)) if match else 0] = float(value)
    return found


def _curves(axes: Axes, drawn: dict[str, pd.DataFrame], last: int) -> None:
    for n, (name, rows) in enumerate(drawn.items()):
        look = LOOKS[n]
        day = rows["day"] + n * APART * last
        axes.plot([0, *day], [0, *rows["value"]], label=name, markevery=slice(1, None), **look)
        axes.vlines(day, rows["lower"], rows["upper"], color=look["color"], linewidth=1.2)
    top = max(float(np.nanmax(rows[["value", "upper"]])) for rows in drawn.values())
    axes.set_xlim(-0.05 * last, last * 1.05)
    axes.set_ylim(0, min(1.0, 1.1 * top) if top > 0 else 0.1)
    axes.set_xticks(_ticks(drawn, last))
    axes.tick_params(axis="x", labelbottom=True)
    axes.set_xlabel("Tage")
    value_axis(axes.yaxis, share=True)
    guide_lines(axes, "y")


def _ticks(drawn: dict[str, pd.DataFrame], last: int) -> list[int]:
    """Days that end a class, those left out that stand too close to another."""
    days = sorted({int(day) for rows in drawn.values() for day in rows["day"]}, reverse=True)
    kept: list[int] = []
    for day in days:
        if day >= ROOM * last and all(abs(day - other) >= ROOM * last for other in kept):
            kept.append(day)
    return [0, *sorted(kept)]


def _numbers(axes: Axes, risk: dict[str, dict[int, float]], last: int) -> None:
    """One row of numbers for each line, in its colour."""
    names = list(risk)
    axes.set_yticks(range(len(names)), wrapped(names, NAME), fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="both", length=0)
    axes.tick_params(axis="x", labelbottom=False)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_title("Noch unter Beobachtung", fontsize=8, fontweight="normal", loc="left")
    for row, name in enumerate(names):
        colour = LOOKS[row]["color"]
        axes.get_yticklabels()[row].set_color(colour)
        before = -np.inf
        for day, number in sorted(risk[name].items()):
            if day - before >= ROOM * last and day <= last:
                axes.text(day, row, german(number), ha="center", va="center", fontsize=8,
                          color=colour)  # fmt: skip
                before = day
