"""Marks and words shared by the figures of published figures (Zeichenelemente)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from kimeval.figures.theme import COLOURS, german_axis, guide_lines
from kimeval.published import document
from kimeval.published.periods import Period
from kimeval.tables.published import amount_text, value_text

Record = Mapping[str, Any]
HATCH = "////"
HEIGHT = 0.62
LABEL_WIDTH = 30
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1}
UNPUBLISHED = "nicht veröffentlicht"


def source(*keys: str) -> str:
    """German line naming the documents."""
    names = "; ".join(document(key).full for key in keys)
    return f"Quelle: {names}. Verhältnisse eigene Berechnung."


def origin(row: Record) -> str:
    """veröffentlicht, laut Dokument or errechnet."""
    return str(row["method"]).partition(":")[0]


def short(row: Record) -> str:
    """A row's title without its programme."""
    return str(row["group"]).partition(": ")[2]


def part_text(row: Record, unit: str) -> str:
    """Numerator out of denominator with the share: `10,25 von 12,0 (85,4 %)`."""
    part, whole = (amount_text(row, name, unit) for name in ("numerator", "denominator"))
    return f"{part} von {whole} ({value_text(row)})"


def sentence(labels: Sequence[str], texts: Sequence[str]) -> str:
    """Labels and texts one after the other, for an alternative text."""
    pairs = zip(labels, texts, strict=True)
    return "; ".join(f"{label.replace(chr(10), ' ')}: {text}" for label, text in pairs) + "."


def draw_parts(axes: Axes, rows: Sequence[Record], unit: str) -> None:
    """Bars of numerators inside bars of denominators; part of a year is hatched."""
    for place, row in enumerate(rows):
        whole, part = row["denominator"], row["numerator"]
        hatch = HATCH if row["status"] == "partial" else ""
        axes.barh(place, whole, HEIGHT, color=COLOURS["light"])
        axes.barh(place, part, HEIGHT, color=COLOURS["main"], hatch=hatch, edgecolor="white", lw=0)
        beside(axes, max(whole, part), place, part_text(row, unit))


def draw_bound(axes: Axes, place: int, row: Record) -> None:
    """An upper bound: a line at it, and shaded what lies below."""
    axes.barh(place, row["upper"], HEIGHT, color=COLOURS["light"], hatch=HATCH, edgecolor="white")
    reach = HEIGHT / 2
    axes.vlines(row["upper"], place - reach, place + reach, color=COLOURS["main"], linewidth=3)
    beside(axes, row["upper"], place, value_text(row))


def draw_year(axes: Axes, place: int, row: Record, cost: Record | None) -> str:
    """One year's bar with its cost below the number, or an open gap; says it in words."""
    year = row["period"][:4]
    if pd.isna(row["value"]):
        _draw_gap(axes, place)
        return f"{year} {row['reason']}"
    partial = row["status"] == "partial"
    axes.bar(
        place,
        row["value"],
        HEIGHT,
        color=COLOURS["main"],
        hatch=HATCH if partial else "",
        edgecolor="white",
        linewidth=0,
    )
    texts = [
        amount_text(row, "value", "assignments"),
        *([value_text(cost)] if cost is not None else []),
    ]
    axes.annotate(
        "\n".join(texts).replace(" je ", "\nje "),
        (place, row["value"]),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        bbox=PAPER,
    )
    words = ", ".join([value_text(row), *texts[1:], *([row["reason"]] if partial else [])])
    return f"{year} {words}"


def _draw_gap(axes: Axes, place: int) -> None:
    sides = (place - HEIGHT / 2, place + HEIGHT / 2)
    axes.axvspan(*sides, facecolor="none", edgecolor=COLOURS["light"], hatch=HATCH, linewidth=0)
    across = axes.get_xaxis_transform()
    centred: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "rotation": 90,
        "bbox": PAPER,
        "transform": across,
    }
    axes.text(place, 0.5, UNPUBLISHED, **centred)


def year_label(row: Record) -> str:
    """A year, with the last day of a partial one."""
    last = Period.parse(row["period"]).end
    return (
        f"{row['period'][:4]}\nbis {last:%d.%m.}" if row["status"] == "partial" else row["period"]
    )


def rows_axis(
    axes: Axes, labels: Sequence[str], xlabel: str, room: float, share: bool = False
) -> None:
    """Labelled rows from top to bottom and a German axis below.

    Parameters
    ----------
    axes : Axes
        With its marks drawn.
    labels : sequence of str
        Wrapped where they are long.
    xlabel : str
        Unit.
    room : float
        Width for the texts beside the marks, in widths of the longest bar.
    share : bool
        Whether the axis is in percent.
    """
    axes.set_yticks(range(len(labels)), [_wrapped(label) for label in labels])
    longest = max(bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle))
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, longest)
    axes.set_xticks([tick for tick in ticks if tick <= longest])
    axes.set_xlim(0, longest * (1 + room))
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(xlabel)
    german_axis(axes.xaxis, share=share)
    guide_lines(axes, "x")


def legend(axes: Axes, colours: Mapping[str, str], hatched: str = "") -> None:
    """Names of the colours, above the data."""
    keys = [Patch(facecolor=colour, label=name) for name, colour in colours.items()]
    if hatched:
        keys.append(
            Patch(facecolor=COLOURS["main"], hatch=HATCH, edgecolor="white", lw=0, label=hatched)
        )
    axes.legend(handles=keys, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(keys))


def beside(axes: Axes, x: float, y: float, text: str) -> None:
    """A text right of a mark."""
    axes.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", va="center", bbox=PAPER)


def _wrapped(label: str) -> str:
    return "\n".join(fill(line, LABEL_WIDTH) for line in label.split("\n"))
