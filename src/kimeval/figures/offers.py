"""Places of offers beside those who wait for them, by group (Plätze und Wartende)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kimeval.core.results import TOTAL
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import (
    COLOURS,
    canvas,
    count_axis,
    label_rows,
    theme,
    wrapped,
)
from kimeval.figures.words import in_figure, reasons, reasons_by_name, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import in_words

PLACES, WAITING = "offer_places", "offer_waiting"
LOOKS: dict[str, dict[str, Any]] = {
    PLACES: {"label": "Plätze", "color": COLOURS["light"], "edgecolor": COLOURS["grey"]},
    WAITING: {"label": "Wartende", "color": COLOURS["main"], "edgecolor": COLOURS["main"]},
}
THICK = 0.36


def plot_places(protected: Protected, dimension: str, title: str) -> Picture:
    """Places and waiting persons of each group as bars, the longest list first.

    Parameters
    ----------
    protected : Protected
        Results of `referrals.offers_and_waiting`.
    dimension : str
        Whose groups are the rows.
    title : str
        German.

    Returns
    -------
    Picture
        Groups with a hidden or unknown list come last.
    """
    given = require_protected(protected, "A figure").only(indicator=[PLACES, WAITING])
    table = given.only(dimension=dimension)
    frame = table.frame
    if frame["value"].isna().all():
        told = frame if len(frame) else given.only(dimension=TOTAL).frame
        return nothing(title, reasons(told) or why_empty(told), table)
    rows = {(r["indicator"], r["group"]): r for r in frame.to_dict("records")}
    waiting = frame[frame["indicator"] == WAITING].sort_values(
        "value", ascending=False, na_position="last", kind="stable"
    )
    names = list(dict.fromkeys([*waiting["group"], *frame["group"]]))
    with theme():
        figure, axes = canvas(height=1.5 + 0.42 * max(len(names), 2))
        most = 1.12 * max(1.0, float(frame["value"].max()))
        for side, (kind, look) in enumerate(LOOKS.items()):
            held = [rows.get((kind, name)) for name in names]
            values = [0.0 if row is None or pd.isna(row["value"]) else row["value"] for row in held]
            at = [place + (side - 0.5) * THICK for place in range(len(names))]
            axes.barh(at, values, THICK, linewidth=0.8, **look)
            for y, value, row in zip(at, values, held, strict=True):
                text = in_figure(row) if row is not None else ""
                about: dict[str, Any] = {"textcoords": "offset points", "va": "center"}
                axes.annotate(text, (value, y), (4, 0), fontsize=8, in_layout=False, **about)
        label_rows(axes, wrapped(names))
        axes.set_xlim(0, most)
        count_axis(axes.xaxis)
        figure.legend(loc="outside upper left", ncols=2)
    kinds = frame["indicator"].map({kind: look["label"] for kind, look in LOOKS.items()})
    note = reasons_by_name(frame, [f"{k} {g}" for k, g in zip(kinds, frame["group"], strict=True)])
    return picture(figure, title, _say(title, names, rows), note, table=table)


def _say(title: str, names: list[str], rows: Mapping[tuple[str, str], Mapping[str, Any]]) -> str:
    told = []
    for name in names:
        words = [
            f"{in_words(rows[kind, name])} {LOOKS[kind]['label']}"
            for kind in (WAITING, PLACES)
            if (kind, name) in rows
        ]
        told.append(f"{name} {' auf '.join(words)}")
    return f"Balken: {title}. {', '.join(told)}."
