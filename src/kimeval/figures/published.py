"""Figures of what the documents say and imply (Abbildungen veröffentlichter Angaben).

Each takes the protected rows of `kimeval.published.results()` and
picks the indicator it draws.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kimeval.figures import published_marks as marks
from kimeval.figures.picture import Picture, picture
from kimeval.figures.theme import COLOURS, canvas, german_axis, guide_lines, one_per_step, theme
from kimeval.protect.gate import Protected, require_protected
from kimeval.published.periods import Period
from kimeval.tables.published import value_text


def plot_fill_rates(protected: Protected) -> Picture:
    """Posts filled out of those approved or possible (Besetzungsquote).

    Parameters
    ----------
    protected : Protected
        Rows of `published_fill_rate` are drawn.

    Returns
    -------
    Picture
    """
    table, rows = _chosen(protected, "published_fill_rate")
    labels = [row["group"].partition(":")[0] for row in rows]
    with theme():
        figure, axes = canvas(height=one_per_step(len(rows)) + 0.4)
        marks.draw_parts(axes, rows, "fte")
        marks.rows_axis(axes, labels, "Stellen (Vollzeitäquivalente)", room=0.45)
        marks.legend(axes, {"besetzt": COLOURS["main"], "bewilligt oder möglich": COLOURS["light"]})
    return picture(
        figure,
        f"Besetzte und bewilligte Stellen am {Period.parse(rows[0]['period']).label}",
        marks.sentence(labels, [marks.part_text(row, "fte") for row in rows]),
        marks.source("heinsberg-2024"),
        "published-fill-rates",
        table,
    )


def plot_assignments(protected: Protected) -> Picture:
    """Interpreting assignments by year, gaps left open (Einsätze der Sprachmittlung).

    Parameters
    ----------
    protected : Protected
        Rows of `published_assignments` and `published_cost_per_assignment`
        are drawn.

    Returns
    -------
    Picture
        Unpublished years are hatched and named, never zero; a partial year is
        hatched and says where it ends.
    """
    table, _ = _chosen(protected, "published_assignments", "published_cost_per_assignment")
    years = _records(table.only(indicator="published_assignments").frame.sort_values("period"))
    costs = _records(table.only(indicator="published_cost_per_assignment").frame)
    by_period = {cost["period"]: cost for cost in costs}
    with theme():
        figure, axes = canvas(height=3.8)
        said = [
            marks.draw_year(axes, place, row, by_period.get(row["period"]))
            for place, row in enumerate(years)
        ]
        axes.set_xticks(range(len(years)), [marks.year_label(row) for row in years])
        axes.set(ylabel="Einsätze", xlim=(-0.5, len(years) - 0.5))
        axes.margins(y=0.25)
        german_axis(axes.yaxis)
        guide_lines(axes, "y")
    return picture(
        figure,
        "Einsätze der Sprachmittlung und Aufwandsentschädigung je Einsatz",
        f"{'; '.join(said)}.",
        marks.source("heinsberg-2021", "heinsberg-2024"),
        "published-assignments",
        table,
    )


def plot_coverage_bounds(protected: Protected) -> Picture:
    """What the documents allow the coverage to be (Obergrenzen der Reichweite).

    Parameters
    ----------
    protected : Protected
        Rows of `published_coverage` are drawn.

    Returns
    -------
    Picture
    """
    table, rows = _chosen(protected, "published_coverage")
    labels = [f"{Period.parse(row['period']).label}\n({marks.origin(row)})" for row in rows]
    with theme():
        figure, axes = canvas(height=2.3)
        for place, row in enumerate(rows):
            marks.draw_bound(axes, place, row)
        marks.rows_axis(axes, labels, "Anteil der Zielgruppe", room=0.5, share=True)
    note = "Der Strich ist die Obergrenze; schraffiert, was darunter möglich ist."
    return picture(
        figure,
        "Teilhabemanagement: Was über die Reichweite bekannt ist",
        marks.sentence(labels, [value_text(row) for row in rows]),
        f"{marks.source('heinsberg-2021', 'heinsberg-2024')} {note} Die Dokumente beschreiben "
        f"verschiedene Zielgruppen.",
        "published-coverage",
        table,
    )


def plot_own_contribution(protected: Protected, area: str = "05334") -> Picture:
    """The own share of one area as requested, implied and fundable (Eigenanteil).

    Parameters
    ----------
    protected : Protected
        Rows of `published_own_contribution` are drawn.
    area : str
        AGS whose rows are drawn.

    Returns
    -------
    Picture
    """
    table, rows = _chosen(protected.only(area=area), "published_own_contribution")
    rows = sorted(rows, key=_stated, reverse=True)
    ends = [_stated(row) for row in rows]
    labels = [f"{marks.short(row)}\n({marks.origin(row)})" for row in rows]
    colours = [COLOURS["main" if pd.notna(row["value"]) else "second"] for row in rows]
    with theme():
        figure, axes = canvas(height=2.9)
        axes.barh(range(len(rows)), ends, marks.HEIGHT, color=colours)
        for place, (row, end) in enumerate(zip(rows, ends, strict=True)):
            marks.beside(axes, end, place, value_text(row))
        marks.rows_axis(axes, labels, "EUR im Jahr", room=0.5)
        marks.legend(
            axes, {"genau bekannt": COLOURS["main"], "nur als Grenze bekannt": COLOURS["second"]}
        )
    return picture(
        figure,
        "Drei Beträge für einen Eigenanteil (StädteRegion Aachen)",
        marks.sentence(labels, [value_text(row) for row in rows]),
        marks.source("aachen-2020"),
        "published-own-contribution",
        table,
    )


def plot_drawn_shares(protected: Protected) -> Picture:
    """KOMM-AN funds drawn out of those granted (abgerufene und bewilligte Mittel).

    Parameters
    ----------
    protected : Protected
        Rows of `published_drawn_share` are drawn.

    Returns
    -------
    Picture
    """
    table, rows = _chosen(protected, "published_drawn_share")
    labels = [f"{row['group']}\n{Period.parse(row['period']).label}" for row in rows]
    with theme():
        figure, axes = canvas(height=1.4 + 0.6 * len(rows))
        marks.draw_parts(axes, rows, "EUR")
        marks.rows_axis(axes, labels, "EUR", room=0.7)
        colours = {"abgerufen": COLOURS["main"], "bewilligt": COLOURS["light"]}
        marks.legend(axes, colours, hatched="abgerufen, kein volles Jahr")
    return picture(
        figure,
        "KOMM-AN: abgerufene und bewilligte Mittel",
        marks.sentence(labels, [marks.part_text(row, "EUR") for row in rows]),
        f"{marks.source('heinsberg-2024')} Der größte Teil wird am Jahresende abgerufen.",
        "published-drawn-shares",
        table,
    )


def _chosen(protected: Protected, *indicators: str) -> tuple[Protected, list[dict[str, Any]]]:
    table = require_protected(protected, "A figure").only(indicator=list(indicators))
    return table, _records(table.frame)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _stated(row: dict[str, Any]) -> float:
    return next(row[name] for name in ("value", "lower", "upper") if pd.notna(row[name]))
