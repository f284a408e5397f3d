"""Shares before and after a day, with intervals (vorher und nachher)."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from kimeval.core.catalogue import indicator
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.places import require_one
from kimeval.figures.theme import COLOURS, canvas, german_axis, guide_lines, theme
from kimeval.figures.waiting import STYLES
from kimeval.figures.words import enumeration, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.referrals.classes import CROSS
from kimeval.tables.numbers import in_words, interval

DAYS = re.compile(r"(?:(\d+) bis )?(\d+) Tage? (davor|danach)$")
APART = 1.6


def plot_around(protected: Protected, title: str, what: str = "Wechsel") -> Picture:
    """Shares by days before and after a day as lines with intervals (vorher und nachher).

    Parameters
    ----------
    protected : Protected
        Shares of one indicator whose group ends on `... Tage davor` or `danach`; what stands
        before it, joined by " × ", is a line of its own.
    title : str
        German.
    what : str
        What happened on that day.

    Returns
    -------
    Picture
        A stretch of days is drawn at its middle; a line breaks where a share is hidden.
    """
    table = require_protected(protected, "A figure")
    frame = table.frame
    require_one(frame)
    lines = _lines(frame)
    if not any(rows["value"].notna().any() for rows in lines.values()):
        return nothing(title, why_empty(frame), table)
    with theme():
        figure, axes = canvas(height=3.4)
        for n, (name, rows) in enumerate(lines.items()):
            style: dict[str, Any] = {**STYLES[n % len(STYLES)]}
            day = rows["day"] + n * APART
            axes.plot(day, rows["value"], label=name or None, **style)
            axes.vlines(day, rows["lower"], rows["upper"], color=style["color"], linewidth=1.2)
        ends = np.concatenate([[0.0], *(rows["day"] for rows in lines.values())])
        room = 0.06 * (ends.max() - ends.min())
        axes.set_xlim(ends.min() - room, ends.max() + room)
        top = float(np.nanmax([rows["upper"].max() for rows in lines.values()]))
        axes.set_ylim(0, min(1.02, 1.15 * top))
        axes.axvline(0, color=COLOURS["ink"], linewidth=1.0, linestyle="--", zorder=1)
        about = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points"}
        side = "center" if ends.max() > 0 else "right"
        axes.annotate(what, (0, 1), (0, 3), ha=side, va="bottom", **about)
        axes.set_xticks(*_ticks(lines, ends.max() > 0))
        axes.set_xlabel("Tage davor und danach" if ends.max() > 0 else "Tage davor")
        german_axis(axes.yaxis, share=True)
        guide_lines(axes, "y")
        if len(lines) > 1:
            figure.legend(loc="outside upper left", ncols=len(lines))
    return picture(figure, title, _say(title, lines), _note(frame), table=table)


def _lines(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    told = frame[[bool(DAYS.search(group)) for group in frame["group"]]]
    day = [_middle(group) for group in told["group"]]
    name = [CROSS.join(group.split(CROSS)[:-1]) for group in told["group"]]
    rows = told.assign(day=day, line=name)
    return {
        line: part.sort_values("day", kind="stable")
        for line, part in rows.groupby("line", sort=False)
    }


def _middle(group: str) -> float:
    """Day of a share: of a stretch its middle, negative before."""
    first, last, side = DAYS.search(group).groups()  # type: ignore[union-attr]
    middle = (float(first or last) + float(last)) / 2
    return -middle if side == "davor" else middle


def _ticks(lines: dict[str, pd.DataFrame], both: bool) -> tuple[list[float], list[str]]:
    """The day of each share under the axis, a stretch by its first and last."""
    found = {}
    for rows in lines.values():
        for day, group in zip(rows["day"], rows["group"], strict=True):
            first, last, side = DAYS.search(group).groups()  # type: ignore[union-attr]
            told = f"{first} bis {last}" if first else last
            found[day] = f"{told}\n{side}" if both else told
    return list(found), list(found.values())


def _say(title: str, lines: dict[str, pd.DataFrame]) -> str:
    said = []
    for name, rows in lines.items():
        shares = [
            f"{row['group'].split(CROSS)[-1]} {in_words(row)}"
            + (f" ({interval(row)})" if interval(row) else "")
            for row in rows.to_dict("records")
        ]
        said.append(f"{name}: {', '.join(shares)}" if name else ", ".join(shares))
    told = "; ".join(said)
    return f"{title}. {told[:1].upper()}{told[1:]}."


def _note(frame: pd.DataFrame) -> str:
    level = frame["confidence"].dropna()
    hidden = [group.replace(CROSS, ", ") for group in frame.loc[frame["suppressed"], "group"]]
    told = [f"Striche: {100 * level.iloc[0]:.0f}-%-Intervalle." if len(level) else ""]
    told.append(f"Gesperrt: {enumeration(hidden)}." if hidden else "")
    told.append(indicator(str(frame["indicator"].iloc[0])).caveat)
    return " ".join(filter(None, [*told, reasons(frame)]))
