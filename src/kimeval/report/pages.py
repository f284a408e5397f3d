"""Pages of a run: each notebook without code, and an index (Seiten)."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from kimeval.core.area import Area
from kimeval.core.catalogue import indicator
from kimeval.core.quarter import Quarter
from kimeval.core.results import COLUMNS
from kimeval.core.units import unit_word
from kimeval.protect.gate import Rules
from kimeval.report.header import synthetic_words
from kimeval.report.notebooks import Chapter, chapter
from kimeval.tables.numbers import cell, interval
from kimeval.tables.protection import footer_words
from kimeval.tables.templates import render

PIECES = Path(__file__).with_name("pieces")
KEY_FIGURES = (
    "persons_reached",
    "persons_new",
    "cases_active",
    "coverage_newly_arrived",
    "days_to_first_contact",
    "cases_per_fte",
    "state_persons_reached",
    "state_persons_new",
    "state_cases_active",
    "state_coverage_newly_arrived",
    "state_not_reached",
    "state_cases_per_fte",
)


@dataclass(frozen=True)
class PageContext:
    """What every page of a run says (Angaben zum Lauf).

    Attributes
    ----------
    area, quarter : Area, Quarter
        What was evaluated.
    as_of : date
        Day of the data.
    synthetic : bool
        Whether the persons in the data are invented.
    vintage, version : str
        Of the data and of kimeval.
    made_on : date
        Day of the run.
    rules : Rules
        By which the numbers are protected.
    edition : str
        Name of the report's version (Fassung), such as `v2`; empty where it has none, and
        then the index leads to no page of versions.
    """

    area: Area
    quarter: Quarter
    as_of: dt.date
    synthetic: bool
    vintage: str
    version: str
    made_on: dt.date
    rules: Rules = field(default_factory=Rules)
    edition: str = ""

    @property
    def protection(self) -> str:
        """Protection in one sentence."""
        return footer_words(self.rules)


@dataclass(frozen=True)
class Tile:
    """A key figure on the index page (Kennzahl)."""

    name: str
    value: str
    unit: str
    interval: str
    note: str


def write_pages(stage: Path, executed: Sequence[Path], context: PageContext) -> None:
    """Write `<notebook>.html`, `index.html`, `results.csv` and `figures/*.svg`.

    Parameters
    ----------
    stage : Path
        Folder of the run.
    executed : sequence of Path
        Executed notebooks, in order.
    context : PageContext
        What every page says.

    Raises
    ------
    ProtectionError
        If a cell shows something that has not passed the gate.
    """
    chapters = [chapter(nbformat.read(path, as_version=4), path.stem) for path in executed]
    style = (PIECES / "style.css").read_text(encoding="utf-8")
    common = {"context": context, "style": style, "chapters": chapters}
    for number, part in enumerate(chapters):
        page = render(
            PIECES / "chapter.html.jinja",
            part=part,
            before=chapters[number - 1] if number else None,
            after=chapters[number + 1] if number + 1 < len(chapters) else None,
            warning=synthetic_words(context.area) if part.synthetic else "",
            **common,
        )
        _write(stage / f"{part.name}.html", page)
    shown = [row for part in chapters for row in part.results]
    own = [row for row in shown if row["area"] == context.area.code]
    tiles, notes = key_figures(own, str(context.quarter))
    warning = synthetic_words(context.area) if context.synthetic else ""
    index = render(PIECES / "index.html.jinja", tiles=tiles, notes=notes, warning=warning, **common)
    _write(stage / "index.html", index)
    _write_results(stage / "results.csv", chapters)
    for part in chapters:
        for name, svg in part.figures.items():
            (stage / "figures").mkdir(exist_ok=True)
            _write(stage / "figures" / f"{part.name}-{name}.svg", svg)


def key_figures(
    results: Iterable[dict[str, Any]], period: str
) -> tuple[list[Tile], dict[str, str]]:
    """Tiles for the key figures of a quarter, and the notes they point to (Kennzahlen).

    Parameters
    ----------
    results : iterable of dict
        Protected rows of all chapters.
    period : str
        The quarter.

    Returns
    -------
    tuple of list of Tile and dict of str to str
        In the order of `KEY_FIGURES`; notes by their mark.
    """
    totals = {
        row["indicator"]: {k: float("nan") if v is None else v for k, v in row.items()}
        for row in results
        if row["dimension"] == "" and row["period"] == period
    }
    rows = [totals[name] for name in KEY_FIGURES if name in totals]
    reasons = dict.fromkeys(str(row["reason"]) for row in rows if row["reason"])
    marks = {reason: str(number) for number, reason in enumerate(reasons, 1)}
    notes = {mark: reason for reason, mark in marks.items()}
    return [_tile(row, marks.get(str(row["reason"]), "")) for row in rows], notes


def _tile(row: dict[str, Any], note: str) -> Tile:
    declared = indicator(row["indicator"])
    unit = "" if row["unit"] == "share" else unit_word(row["unit"])
    return Tile(declared.name, cell(row), unit, interval(row), note)


def _write_results(path: Path, chapters: Sequence[Chapter]) -> None:
    """Every protected row that is shown, once; numbers with a point, UTF-8."""
    columns = [
        *(name for name in COLUMNS if name != "contributors"),
        "suppressed",
        "synthetic",
        "notebook",
    ]
    rows = [{**row, "notebook": part.name} for part in chapters for row in part.results]
    frame = pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:-1])
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for row in frame.itertuples(index=False):
            writer.writerow([_harmless(value) for value in row])


def _harmless(value: object) -> object:
    """Text that a spreadsheet does not run as a formula; missing is empty."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in tuple("=+-@\t\r") else value
    return "" if pd.isna(value) else value


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
