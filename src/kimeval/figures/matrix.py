"""Referrals from each office to each other as a grid of shades (Matrix der Stellen)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from kimeval.core.catalogue import indicator
from kimeval.figures.map_marks import HIDDEN, PAPER, look, value_text
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.places import require_one
from kimeval.figures.shades import Classes, classes
from kimeval.figures.theme import COLOURS, canvas, ink_on, theme, wrapped
from kimeval.figures.words import reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.referrals.network_results import FROM, OTHERS, TO, WAYS
from kimeval.referrals.sent import CROSS
from kimeval.tables.numbers import SIGN, german

SIDE = 0.94
ROW, HEAD = 0.34, 1.75
NONE = "–"
ALL = "insgesamt"
LEVEL = 3
SIZES = ((8, 9.0), (14, 8.0), (99, 6.5))
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Matrix:
    """Rows of results by both ends (Matrix).

    Attributes
    ----------
    senders, receivers : list of str
        The busiest first, the others last.
    cells : mapping of (sender, receiver) to row
        Of those between whom someone was referred.
    sums : mapping of (end, name) to row
        By sending and by receiving office, and `("", "")` of all.
    """

    senders: list[str]
    receivers: list[str]
    cells: Mapping[tuple[str, str], Record] = field(repr=False)
    sums: Mapping[tuple[str, str], Record] = field(repr=False)


def plot_between(protected: Protected, title: str) -> Picture:
    """From which office to which, as shades with numbers and sums (Matrix der Stellen).

    Parameters
    ----------
    protected : Protected
        One indicator of `referrals.referrals_between`.
    title : str
        German.

    Returns
    -------
    Picture
        Receiving offices are the rows, sending ones the columns. Hidden cells are hatched and
        carry `.`; a dash says that nobody was referred that way.
    """
    table = require_protected(protected, "A figure").only(dimension=["", FROM, TO, WAYS])
    frame = table.frame
    require_one(frame)
    ways = frame[frame["dimension"] == WAYS]
    if ways["value"].isna().all():
        return nothing(title, why_empty(frame if ways.empty else ways), table)
    held = _matrix(frame)
    scale = classes(ways["value"].dropna().tolist(), str(ways["unit"].iloc[0]))
    with theme():
        figure, axes = canvas(height=_height(held))
        _draw(axes, held, scale)
        name = indicator(str(ways["indicator"].iloc[0])).name
        keys = _keys(held, scale)
        figure.legend(
            handles=keys, loc="outside lower left", title=name, ncols=3, alignment="left",
            labelspacing=0.3,
        )  # fmt: skip
    return picture(figure, title, _say(held, title), reasons(ways), table=table)


def _matrix(frame: pd.DataFrame) -> Matrix:
    rows = frame.to_dict("records")
    cells = {tuple(r["group"].split(CROSS)): r for r in rows if r["dimension"] == WAYS}
    sums = {(r["dimension"], r["group"]): r for r in rows if r["dimension"] != WAYS}
    ends = [list(dict.fromkeys(names)) for names in zip(*cells, strict=True)]

    def busiest(end: str, names: list[str]) -> list[str]:
        def key(name: str) -> tuple[bool, float, str]:
            value = sums.get((end, name), {}).get("value", 0.0)
            return name == OTHERS, 0.0 if pd.isna(value) else -float(value), name

        return sorted(names, key=key)

    return Matrix(busiest(FROM, ends[0]), busiest(TO, ends[1]), cells, sums)


def _height(held: Matrix) -> float:
    """Inches: rows, key and names of the columns, which stand upright where there are many."""
    columns = len(held.senders)
    steep = 1.5 if columns > SIZES[1][0] else 0.8 if columns > LEVEL else 0.0
    return HEAD + steep + ROW * (len(held.receivers) + 1)


def _draw(axes: Axes, held: Matrix, scale: Classes) -> None:
    columns, rows = len(held.senders), len(held.receivers)
    size = next(size for most, size in SIZES if columns <= most)
    for y, receiver in enumerate(held.receivers):
        for x, sender in enumerate(held.senders):
            _cell(axes, x, y, held.cells.get((sender, receiver)), scale, size)
        _sum(axes, columns, y, held.sums.get((TO, receiver)), size)
    for x, sender in enumerate(held.senders):
        _sum(axes, x, rows, held.sums.get((FROM, sender)), size)
    _sum(axes, columns, rows, held.sums.get(("", "")), size)
    axes.axhline(rows - 0.5, color=COLOURS["grey"], lw=0.8)
    axes.axvline(columns - 0.5, color=COLOURS["grey"], lw=0.8)
    axes.set_xlim(-0.5, columns + 0.5)
    axes.set_ylim(rows + 0.5, -0.5)
    axes.xaxis.tick_top()
    heads = [*held.senders, ALL] if columns > LEVEL else wrapped([*held.senders, ALL], 20)
    axes.set_xticks(range(columns + 1), heads, fontsize=9)
    if columns > LEVEL:
        steep = columns > SIZES[1][0]
        axes.tick_params(axis="x", labelrotation=90 if steep else 40)
        for label in axes.get_xticklabels():
            label.set(ha="center" if steep else "left")
            label.set_rotation_mode("default" if steep else "anchor")
    axes.set_yticks(range(rows + 1), wrapped([*held.receivers, ALL], 26), fontsize=9)
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("von", loc="left")
    axes.set_ylabel("an", loc="top", rotation=0)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _cell(axes: Axes, x: int, y: int, row: Record | None, scale: Classes, size: float) -> None:
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size, "in_layout": False}
    if row is None:
        axes.text(x, y, NONE, color=COLOURS["grey"], **style)
        return
    ground = look(row, scale)
    axes.add_patch(Rectangle((x - SIDE / 2, y - SIDE / 2), SIDE, SIDE, **ground))
    if "hatch" in ground:
        style |= {"bbox": PAPER}
    axes.text(x, y, value_text(row, False), color=ink_on(ground["facecolor"]), **style)


def _sum(axes: Axes, x: int, y: int, row: Record | None, size: float) -> None:
    text = "" if row is None else value_text(row, False)
    weight = "bold" if size > SIZES[-1][1] else "normal"
    axes.text(x, y, text, ha="center", va="center", fontsize=size, in_layout=False, weight=weight)


def _keys(held: Matrix, scale: Classes) -> list[Patch]:
    keys = [
        Patch(label=label, facecolor=shade, edgecolor="#8F8F8F", lw=0.5)
        for label, shade in zip(scale.labels(), scale.shades, strict=True)
    ]
    if any(row["suppressed"] for row in held.cells.values()):
        keys.append(Patch(label=f"{SIGN} gesperrt", **HIDDEN))
    if len(held.cells) < len(held.senders) * len(held.receivers):
        keys.append(Patch(label=f"{NONE} keine", facecolor="white", edgecolor="white"))
    return keys


def _say(held: Matrix, title: str) -> str:
    known = [(ends, row) for ends, row in held.cells.items() if pd.notna(row["value"])]
    known.sort(key=lambda item: -item[1]["value"])
    most = [f"{a} an {b} ({german(row['value'])})" for (a, b), row in known[:3]]
    hidden = sum(bool(row["suppressed"]) for row in held.cells.values())
    said = f"Raster: {title}, {len(held.senders)} abgebende und {len(held.receivers)} aufnehmende"
    said += f" Stellen. Am häufigsten {', '.join(most)}."
    return said + (f" Gesperrt: {hidden} von {len(held.cells)} Wegen." if hidden else "")
