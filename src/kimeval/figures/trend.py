"""Series by quarter, with what keeps a quarter from being compared (Verlauf)."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL
from kimeval.core.units import places, unit_word
from kimeval.figures.lines import HATCH, Line, lines_of, span_of
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import (
    COLOURS,
    canvas,
    count_axis,
    guide_lines,
    quarter_ticks,
    theme,
    value_axis,
)
from kimeval.figures.words import enumeration, in_figure, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected

PANDEMIC = (Quarter(2020, 2), Quarter(2021, 2))
STYLES = (
    {"color": COLOURS["main"], "marker": "o"},
    {"color": COLOURS["second"], "marker": "s"},
    {"color": COLOURS["accent"], "marker": "^"},
    {"color": COLOURS["third"], "marker": "D"},
)
SIGNS = ("●", "■", "▲", "◆")
TITLE = "Erreichte und neu aufgenommene Personen je Quartal"
HEADROOM = 1.16
INCOMPLETE = "unvollständig, nicht vergleichbar"


def plot_trend(protected: Protected, title: str = TITLE) -> Picture:
    """Totals by quarter as lines with intervals, one per indicator (Verlauf).

    Parameters
    ----------
    protected : Protected
        Rows of one to four indicators of one unit, such as from
        `reach_by_quarter`; only their totals are drawn.
    title : str
        German title.

    Returns
    -------
    Picture
        A quarter without a value is a gap with its sign. One that lacks what
        the others have (an open quarter, a source that did not deliver) is
        hollow on a hatched ground and not joined to the line. The newest
        complete quarter is tied to the same quarter of the year before. The
        pandemic is shaded.
    """
    table = require_protected(protected, "A figure").only(dimension=TOTAL)
    frame = table.frame
    if frame["value"].isna().all():
        return nothing(title, why_empty(frame), table)
    quarters = span_of(frame)
    lines = lines_of(frame, quarters)
    with theme():
        figure, axes = canvas(height=3.6 + 0.22 * len(lines))
        _shade_pandemic(axes, quarters)
        for line, style in zip(lines, STYLES, strict=False):
            _draw(axes, line, style)
        _hatch(axes, lines)
        _limits(axes, lines, len(quarters))
        _note_missing(axes, lines)
        axes.set_xticks(*quarter_ticks(quarters))
        unit = frame["unit"].iloc[0]
        axes.set_ylabel(unit_word(unit))
        if places(unit):
            value_axis(axes.yaxis, share=unit == "share")
        else:
            count_axis(axes.yaxis)
        guide_lines(axes, "y")
        handles = [*axes.get_legend_handles_labels()[0], *_further_keys(lines)]
        figure.legend(handles=handles, loc="outside upper left", ncols=1)
    note = " ".join(filter(None, [_year_note(lines), reasons(frame)]))
    return picture(figure, title, _say(lines, quarters), note, table=table)


def _draw(axes: Axes, line: Line, style: dict[str, str]) -> None:
    """The line of complete quarters, its ribbon, hollow marks and the year before."""
    places, colour = np.arange(len(line.values)), style["color"]
    joined = np.where(line.incomplete, np.nan, line.values)
    if np.isfinite(line.lower).any():
        lower, upper = (np.where(line.incomplete, np.nan, b) for b in (line.lower, line.upper))
        axes.fill_between(places, lower, upper, color=colour, alpha=0.2, linewidth=0)
    label = f"{line.name}: {line.last_words()}"
    axes.plot(places, joined, markersize=5, linewidth=1.8, label=label, **style)  # type: ignore[arg-type]
    hollow = line.incomplete & np.isfinite(line.values)
    for place in places[hollow]:
        axes.plot([place] * 2, [line.lower[place], line.upper[place]], color=colour, linewidth=1)
    open_marks = {**style, "markerfacecolor": "white", "linestyle": "", "markeredgewidth": 1.5}
    if hollow.any():
        axes.plot(places[hollow], line.values[hollow], markersize=7, **open_marks)  # type: ignore[arg-type]
    if (before := line.year_before) is not None and (now := line.newest_complete) is not None:
        level = line.values[before]
        axes.plot([before, now], [level, level], ":", color=colour, linewidth=1.2, zorder=1)
        axes.plot(before, level, markersize=10, **open_marks, zorder=1.5)  # type: ignore[arg-type]


def _shade_pandemic(axes: Axes, quarters: list[Quarter]) -> None:
    inside = [n for n, q in enumerate(quarters) if PANDEMIC[0] <= q <= PANDEMIC[1]]
    if inside:
        axes.axvspan(inside[0] - 0.5, inside[-1] + 0.5, color=COLOURS["light"], zorder=0)
        axes.annotate(
            "Pandemie", (inside[0] - 0.4, 0.97), xycoords=("data", "axes fraction"), va="top"
        )


def _hatch(axes: Axes, lines: list[Line]) -> None:
    shown = np.any([line.incomplete & np.isfinite(line.values) for line in lines], axis=0)
    half = 0.5 if len(shown) > 1 else 0.1
    for place in np.flatnonzero(shown):
        axes.axvspan(place - half, place + half, zorder=0, **HATCH)


def _limits(axes: Axes, lines: list[Line], count: int) -> None:
    bounds = np.concatenate([[line.values, line.upper] for line in lines], axis=None)
    least = 0.01 if lines[0].unit == "share" else 1.0
    axes.set_xlim(-0.6, count - 0.4)
    axes.set_ylim(0, max(least, HEADROOM * np.nanmax(bounds)))


def _note_missing(axes: Axes, lines: list[Line]) -> None:
    """Signs of hidden and refused quarters, upright where no other value stands."""
    top = axes.get_ylim()[1]
    for place in range(len(lines[0].values)):
        lacking: dict[str, str] = {}
        for line, sign in zip(lines, SIGNS, strict=False):
            row = line.rows[place]
            if row is not None and np.isnan(line.values[place]):
                lacking[in_figure(row)] = lacking.get(in_figure(row), "") + sign
        if not lacking:
            continue
        held = [line.values[place] for line in lines if np.isfinite(line.values[place])]
        high = bool(held) and max(held) < top / 2
        texts = [f"{who} {what}" if len(lines) > 1 else what for what, who in lacking.items()]
        axes.annotate(
            "\n".join(texts),
            (place, 0.97 if high else 0.03),
            xycoords=("data", "axes fraction"),
            rotation=90,
            ha="center",
            va="top" if high else "bottom",
            fontsize=8,
            zorder=1,
        )


def _further_keys(lines: list[Line]) -> list[Patch]:
    shown = any((line.incomplete & np.isfinite(line.values)).any() for line in lines)
    return [Patch(label=INCOMPLETE, **HATCH)] if shown else []


def _year_note(lines: list[Line]) -> str:
    tied = any(line.year_before is not None for line in lines)
    return "Gepunktet: Stand des gleichen Quartals im Vorjahr." if tied else ""


def _say(lines: list[Line], quarters: list[Quarter]) -> str:
    said = [line.sentence() for line in lines]
    hatched = sorted({p for line in lines for p in np.flatnonzero(line.incomplete)})
    if hatched:
        names = enumeration([quarters[place].label for place in hatched])
        said.append(f"Unvollständig und nicht vergleichbar: {names}.")
    return f"Linien je Quartal ab {quarters[0].label}. {' '.join(said)}"
