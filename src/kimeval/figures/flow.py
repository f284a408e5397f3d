"""From where to where people are sent, as bands between two columns (Flussdiagramm)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.places import require_one
from kimeval.figures.theme import COLOURS, canvas, theme
from kimeval.figures.words import reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.referrals.network_results import OTHERS, WAYS
from kimeval.referrals.sent import ARROW, CROSS, OTHER_WAYS
from kimeval.tables.numbers import german

MOST = 30
FEW = "Kein Weg hat genügend Personen für eine eigene Angabe."
LABEL = 0.17
SIDES = (0.0, 1.0)
WIDTH = 0.022
SHADES = ("#0072B2", "#56A0CC", "#9CC7E2")
REST, OTHER = COLOURS["light"], "#B9C2C9"
BETWEEN = {"way": ARROW, WAYS: CROSS}


@dataclass(frozen=True)
class Band:
    """One way (Weg)."""

    source: str
    target: str
    number: float


def plot_flow(protected: Protected, title: str, most: int = MOST) -> Picture:
    """The most frequent ways, the rest together (Flussdiagramm).

    Parameters
    ----------
    protected : Protected
        Counts of one indicator with their total, by dimension `way` (`referrals.referrals`)
        or by both ends (`referrals.referrals_between`).
    title : str
        German.
    most : int
        Ways with a band of their own.

    Returns
    -------
    Picture
        Hidden ways lie in the rest, whose number is told only where it is published.
    """
    drawn = require_protected(protected, "A figure").only(dimension=["", *BETWEEN])
    require_one(frame := drawn.frame)
    ways = frame[frame["dimension"] != ""]
    named = ways[ways["group"].ne(OTHER_WAYS) & ways["value"].gt(0)]
    if named.empty:
        few = FEW if not ways.empty and ways["value"].notna().any() else why_empty(frame)
        return nothing(title, few, drawn)
    named = named.sort_values("value", ascending=False, kind="stable")
    bands = [_band(row) for row in named.head(most).to_dict("records")]
    total = frame.loc[frame["dimension"] == "", "value"]
    whole = float(total.iloc[0]) if len(total) else float("nan")
    rest = whole - sum(band.number for band in bands)
    with theme():
        nodes = max(len({b.source for b in bands}), len({b.target for b in bands}))
        height = 1.2 + 0.42 * (nodes + 1)
        figure, axes = canvas(height=height)
        _draw(axes, bands, rest if rest > 0 else 0.0, LABEL / height)
    return picture(
        figure,
        title,
        _say(title, bands, whole),
        f"{_note(bands, rest)} {reasons(ways)}".strip(),
        table=drawn,
    )


def _band(row: Mapping[str, Any]) -> Band:
    source, target = row["group"].split(BETWEEN[row["dimension"]])
    return Band(source, target, row["value"])


def _draw(axes: Axes, bands: list[Band], rest: float, label: float) -> None:
    axes.set_axis_off()
    axes.set_xlim(-0.62, 1.62)
    heights = [_heights(bands, side, rest) for side in ("source", "target")]
    scale = min(_scale(list(held.values()), label) for held in heights)
    tops = [_stack(held, scale, label) for held in heights]
    axes.set_ylim(-0.02, 1.02)
    for x, held, top, align in zip(SIDES, heights, tops, ("right", "left"), strict=True):
        for name, number in held.items():
            _node(axes, x, top[name], number * scale, name, number, align)
    at = [dict(top) for top in tops]
    order = {name: n for n, name in enumerate(heights[1])}
    named = [name for name in heights[0] if name != OTHERS]
    shade = {name: SHADES[n % len(SHADES)] for n, name in enumerate(named)} | {OTHERS: OTHER}
    for band in sorted(bands, key=lambda b: order[b.target]):
        left, right = at[0][band.source], at[1][band.target]
        thick = band.number * scale
        _ribbon(axes, left, right, thick, shade[band.source])
        at[0][band.source] -= thick
        at[1][band.target] -= thick
    if rest:
        _ribbon(axes, at[0][OTHER_WAYS], at[1][OTHER_WAYS], rest * scale, REST)


def _heights(bands: list[Band], side: str, rest: float) -> dict[str, float]:
    numbers = pd.Series([b.number for b in bands]).groupby([getattr(b, side) for b in bands]).sum()
    numbers = numbers.sort_values(ascending=False, kind="stable")
    held = dict(sorted(numbers.to_dict().items(), key=lambda item: item[0] == OTHERS))
    return {**held, OTHER_WAYS: rest} if rest else held


def _scale(numbers: list[float], label: float) -> float:
    """Height per referral at which all nodes, each with room for its label, fill the height."""
    free, kept = 1.0, sorted(numbers)
    for place, number in enumerate(kept):
        scale = free / sum(kept[place:])
        if number * scale >= label * 1.35:
            return scale * 0.96
        free -= label * 1.35
    return max(free, label) / kept[-1] * 0.96


def _stack(held: dict[str, float], scale: float, label: float) -> dict[str, float]:
    """Upper end of each node; small ones have the room that their label needs."""
    slots = {name: max(number * scale, label * 1.35) for name, number in held.items()}
    gap = (1 - sum(slots.values())) / max(len(held) - 1, 1)
    tops, top = {}, 1.0
    for name, slot in slots.items():
        tops[name] = top - (slot - held[name] * scale) / 2
        top -= slot + gap
    return tops


def _node(
    axes: Axes, x: float, top: float, height: float, name: str, number: float, align: str
) -> None:
    left = x - WIDTH if align == "right" else x
    colour = COLOURS["grey"] if name in (OTHER_WAYS, OTHERS) else COLOURS["ink"]
    axes.add_patch(Rectangle((left, top - height), WIDTH, height, color=colour, linewidth=0))
    text = f"{name}  {german(number, 0)}"
    beside = left - 0.02 if align == "right" else left + WIDTH + 0.02
    axes.text(beside, top - height / 2, text, ha=align, va="center", fontsize=8.5)


def _ribbon(axes: Axes, left: float, right: float, thick: float, colour: str) -> None:
    x0, x1 = SIDES
    middle = (x0 + x1) / 2
    points = [
        (x0, left), (middle, left), (middle, right), (x1, right),
        (x1, right - thick), (middle, right - thick), (middle, left - thick), (x0, left - thick),
        (x0, left),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(np.array(points), codes), facecolor=colour, alpha=0.85, lw=0))


def _say(title: str, bands: list[Band], whole: float) -> str:
    first = bands[0]
    share = f" von {german(whole, 0)}" if not np.isnan(whole) else ""
    said = f"{title}: am häufigsten von {first.source} an {first.target}"
    said += f" ({german(first.number, 0)}{share})"
    if len(bands) > 1:
        then = ", ".join(f"{b.source} an {b.target} ({german(b.number, 0)})" for b in bands[1:3])
        said += f", danach {then}"
    return f"{said}."


def _note(bands: list[Band], rest: float) -> str:
    shown = f"Die {len(bands)} häufigsten Wege" if len(bands) > 1 else "Der häufigste Weg"
    if np.isnan(rest):
        return f"{shown}; die Summe aller Wege ist gesperrt."
    if rest > 0:
        return (
            f"{shown}; hellgrau alle übrigen zusammen, auch solche mit gesperrten Zahlen. Neben "
            f"jeder Stelle die Summe ihrer gezeigten Wege."
        )
    return f"Alle {len(bands)} Wege." if len(bands) > 1 else "Es gibt nur diesen Weg."
