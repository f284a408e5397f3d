"""Which step follows which, as a graph from left to right (Folgegraph)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from kimeval.figures.graph_labels import Label, fitted, placed
from kimeval.figures.graph_layout import GraphLayout, lay_out
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import COLOURS, canvas, theme
from kimeval.figures.words import reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.referrals.sent import ARROW
from kimeval.referrals.steps import FIRST, LAST, OTHER_ACTIVITIES, OTHER_STEPS, WAY
from kimeval.tables.numbers import german

MOST = 18
BEGIN, END = "Beginn", "Ende"
FEW = "Kein Schritt hat genügend Personen für eine eigene Angabe."
DRAWN = 7.3
LINES = (0.8, 3.2)


@dataclass(frozen=True)
class Step:
    """One arrow (Schritt).

    Attributes
    ----------
    source, target : str
        Stations.
    number : float
        How often; of `BEGIN` and `END` cases.
    days : float
        Median of the days between; NaN where it is not told.
    """

    source: str
    target: str
    number: float
    days: float = float("nan")


def plot_graph(protected: Protected, title: str, most: int = MOST) -> Picture:
    """The most frequent steps as arrows with count and median days (Folgegraph).

    Parameters
    ----------
    protected : Protected
        Steps by dimension `way` with their total, and median days of them: results of
        `referrals.stations` or `referrals.log_overview`.
    title : str
        German.
    most : int
        Steps with an arrow of their own.

    Returns
    -------
    Picture
        Hidden steps lie in the rest. Where it is known with what cases begin and end, there
        are arrows from and to a beginning and an end.
    """
    table = require_protected(protected, "A figure").only(dimension=["", WAY, FIRST, LAST])
    frame = table.frame
    counts = frame[frame["unit"] == "steps"]
    steps = _steps(counts, frame[frame["unit"] == "days"])
    if not steps:
        ways = counts[counts["dimension"] == WAY]
        few = FEW if not ways.empty and ways["value"].notna().any() else why_empty(counts)
        return nothing(title, few, table)
    shown = steps[:most]
    total = counts.loc[counts["dimension"] == "", "value"]
    whole = float(total.iloc[0]) if len(total) else float("nan")
    ends = _ends(frame, {name for step in shown for name in (step.source, step.target)})
    arrows = [*shown, *ends]
    weights = {(step.source, step.target): step.number for step in arrows}
    laid = lay_out(weights, DRAWN, BEGIN, END)
    with theme():
        figure, axes = canvas(height=laid.height + 0.25)
        axes.set_axis_off()
        axes.set(xlim=(0, laid.width), ylim=(0, laid.height), aspect="equal")
        _draw(axes, arrows, laid)
    said = _say(title, shown, ends, whole)
    note = f"{_note(shown, whole)} {reasons(counts)}".strip()
    return picture(figure, title, said, note, table=table)


def _steps(counts: pd.DataFrame, days: pd.DataFrame) -> list[Step]:
    """Steps with a published number, the most frequent first."""
    named = counts[(counts["dimension"] == WAY) & (counts["group"] != OTHER_STEPS)]
    named = named[named["value"] > 0].sort_values("value", ascending=False, kind="stable")
    medians = dict(zip(days["group"], days["value"], strict=True))
    found = []
    for group, value in zip(named["group"], named["value"], strict=True):
        ends = group.split(ARROW)
        if len(ends) == 2:  # an activity may have an arrow in its name; such a step is in the rest
            days_between = float(medians.get(group, np.nan))
            found.append(Step(ends[0], ends[1], float(value), days_between))
    return found


def _ends(frame: pd.DataFrame, names: set[str]) -> list[Step]:
    """Arrows from the beginning and to the end, of activities that are drawn."""
    found = []
    known = frame[frame["value"].gt(0) & frame["group"].isin(names - {OTHER_ACTIVITIES})]
    for row in known.to_dict("records"):
        if row["dimension"] == FIRST:
            found.append(Step(BEGIN, row["group"], row["value"]))
        elif row["dimension"] == LAST:
            found.append(Step(row["group"], END, row["value"]))
    return found


def _draw(axes: Axes, arrows: Sequence[Step], laid: GraphLayout) -> None:
    most = max(step.number for step in arrows)
    for step in arrows:
        line = laid.routes[step.source, step.target]
        thick = LINES[0] + (LINES[1] - LINES[0]) * np.sqrt(step.number / most)
        grey = BEGIN in (step.source, step.target) or END in (step.source, step.target)
        colour = COLOURS["grey"] if grey else COLOURS["main"]
        axes.add_patch(
            FancyArrowPatch(
                path=Path(line),
                arrowstyle="-|>",
                mutation_scale=5 + 1.4 * thick,
                linewidth=thick,
                color=colour,
                alpha=0.75,
                shrinkA=0,
                shrinkB=0,
                capstyle="butt",
                joinstyle="miter",
                zorder=1,
            )
        )
    for name, (x, y) in laid.nodes.items():
        _node(axes, name, x, y, laid.box)
    asked = [Label(_lines(step), laid.routes[step.source, step.target]) for step in arrows]
    for label, place in zip(asked, placed(asked, laid), strict=True):
        if place is not None:
            _write(axes, label, place)


def _node(axes: Axes, name: str, x: float, y: float, box: tuple[float, float]) -> None:
    end = name in (BEGIN, END)
    corner = x - box[0] / 2 + 0.05, y - box[1] / 2 + 0.05
    axes.add_patch(
        FancyBboxPatch(
            corner,
            box[0] - 0.1,
            box[1] - 0.1,
            boxstyle=f"round,pad=0.05,rounding_size={0.18 if end else 0.06}",
            facecolor=COLOURS["light"] if end else "white",
            edgecolor=COLOURS["grey"] if end else COLOURS["ink"],
            linewidth=0.9,
            zorder=3,
        )
    )
    text, letters = fitted(name, box)
    axes.text(x, y, text, ha="center", va="center", fontsize=letters, zorder=4, linespacing=1.0)


def _write(axes: Axes, label: Label, place: tuple[float, float]) -> None:
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85}
    text = "\n".join(label.lines)
    axes.text(*place, text, ha="center", va="center", fontsize=label.size, zorder=5,
              linespacing=1.0, bbox=paper)  # fmt: skip


def _lines(step: Step) -> tuple[str, ...]:
    number = german(step.number)
    if np.isnan(step.days):
        return (number,)
    days = german(step.days)
    return number, f"{days} {'Tag' if days == '1' else 'Tage'}"


def _say(title: str, shown: list[Step], ends: list[Step], whole: float) -> str:
    told = [_words(step) for step in shown[:3]]
    share = f" von {german(whole)} Schritten" if not np.isnan(whole) else ""
    said = f"{title}: am häufigsten {told[0]}{share}"
    said += f"; danach {' und '.join(told[1:])}" if told[1:] else ""
    for words, picked in (("Beginn meist mit", BEGIN), ("Ende meist mit", END)):
        cases = [replace(s, days=np.nan) for s in ends if picked in (s.source, s.target)]
        if cases:
            most = max(cases, key=lambda s: s.number)
            name = most.target if picked == BEGIN else most.source
            said += f". {words} {name} ({german(most.number)})"
    return f"{said}."


def _words(step: Step) -> str:
    days = "" if np.isnan(step.days) else f", im Median {_lines(step)[1]}"
    return f"{step.source} → {step.target} ({german(step.number)}{days})"


def _note(shown: list[Step], whole: float) -> str:
    drawn = f"Die {len(shown)} häufigsten Schritte" if len(shown) > 1 else "Der häufigste Schritt"
    said = f"{drawn}; an den Pfeilen ihre Zahl, darunter der Median der Tage."
    if np.isnan(whole):
        return f"{said} Die Summe aller Schritte ist gesperrt."
    rest = whole - sum(step.number for step in shown)
    if rest > 0:
        said += f" Alle übrigen zusammen: {german(rest)}, auch solche mit gesperrten Zahlen."
    return said
