"""Figures on what the data can carry (Abbildungen zur Datenqualität)."""

from __future__ import annotations

import pandas as pd

from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import (
    COLOURS,
    canvas,
    german_axis,
    label_rows,
    one_per_label,
    theme,
    wrapped,
)
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.delivery import FATES
from kimeval.tables.numbers import german, percent

LOST = {"rows_merged": "second", "rows_set_aside": "accent"}


def plot_fates(protected: Protected) -> Picture:
    """Share of each file's rows that were not kept, beside the number delivered.

    Parameters
    ----------
    protected : Protected
        From `rows_by_file`.

    Returns
    -------
    Picture
    """
    table = require_protected(protected, "A figure").only(dimension="file")
    title = "Nicht übernommene Zeilen je Datei"
    if not len(table):
        return nothing(title, "Es liegt keine Datei vor.", table)
    wide = table.frame.pivot_table("value", "group", "indicator", aggfunc="sum", sort=False)
    share = 100 * wide[list(LOST)].div(wide["rows_in"], axis=0).fillna(0)
    places, labels = range(len(wide)), wrapped(wide.index)
    with theme():
        figure, axes = canvas(height=one_per_label(labels) + 0.3)
        left = pd.Series(0.0, index=wide.index)
        for name, colour in LOST.items():
            label = FATES[name]
            axes.barh(
                places, share[name], left=left, color=COLOURS[colour], label=label, height=0.6
            )
            left = left + share[name]
        for place, (_, row), end in zip(places, wide.iterrows(), left, strict=True):
            lost = german(row["rows_merged"] + row["rows_set_aside"])
            text = f"{lost} von {german(row['rows_in'])}"
            axes.annotate(text, (end, place), (5, 0), textcoords="offset points", va="center")
        label_rows(axes, labels)
        axes.set_xlabel("Anteil der gelieferten Zeilen in Prozent")
        axes.set_xlim(0, max(1.0, 1.3 * left.max()))
        german_axis(axes.xaxis, 1)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return picture(figure, title, _say(wide), table=table)


def plot_missing(protected: Protected, title: str) -> Picture:
    """Share of rows without a value, by column (fehlende Angaben).

    Parameters
    ----------
    protected : Protected
        From `completeness`.
    title : str
        German title.

    Returns
    -------
    Picture
    """
    table = require_protected(protected, "A figure").only(dimension="column")
    if not len(table):
        return nothing(title, "Die Tabelle liegt nicht vor oder ist leer.", table)
    frame = table.frame.sort_values("value", ascending=False, kind="stable")
    labels = wrapped(frame["group"])
    with theme():
        figure, axes = canvas(height=one_per_label(labels))
        axes.barh(range(len(frame)), frame["value"], color=COLOURS["main"], height=0.7)
        for place, share in enumerate(frame["value"]):
            axes.annotate(
                percent(share), (share, place), (5, 0), textcoords="offset points", va="center"
            )
        label_rows(axes, labels)
        axes.set(xlabel="Anteil der Zeilen ohne Angabe", xlim=(0, 1.12))
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        german_axis(axes.xaxis, share=True)
    shares = ", ".join(f"{row.group} {percent(row.value)}" for row in frame.itertuples())
    return picture(figure, title, f"Balken: {title}. {shares}.", table=table)


def _say(wide: pd.DataFrame) -> str:
    total = wide.sum()
    said = (
        f"Balken je Datei. Von {german(total['rows_in'])} gelieferten Zeilen wurden "
        f"{german(total['rows_kept'])} übernommen, {german(total['rows_merged'])} zusammengeführt "
        f"und {german(total['rows_set_aside'])} zurückgestellt"
    )
    if not total["rows_set_aside"]:
        return f"{said}."
    worst = (wide["rows_set_aside"] / wide["rows_in"]).idxmax()
    return f"{said}, anteilig am meisten in {worst}."
