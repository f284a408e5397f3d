"""A finished figure with title, alternative text and source (Abbildung)."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from kimeval.core import mime
from kimeval.core.errors import ProtectionError
from kimeval.core.text import slug
from kimeval.figures.theme import COLOURS, SETTINGS, canvas, theme
from kimeval.protect.facts import counts_persons
from kimeval.protect.gate import Protected
from kimeval.tables.html import PASSED, results_data
from kimeval.tables.protection import method_note, why_hidden
from kimeval.tables.templates import render

MIME = mime.PICTURE
TEMPLATE = Path(__file__).with_name("picture.html.jinja")


@dataclass(frozen=True, repr=False)
class Picture:
    """A figure ready to be shown (Abbildung).

    Attributes
    ----------
    name : str
        Name of its file, without ending.
    title : str
        What it shows, in German.
    alt : str
        The finding in words, for those who do not see it; never empty.
    svg : str
        The drawing; the same bytes for the same data.
    source : str
        Source, date and caveats, shown below.
    data : mapping
        The protected rows that were drawn, by MIME type.
    """

    name: str
    title: str
    alt: str
    svg: str = field(repr=False)
    source: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        data = base64.b64encode(self.svg.encode()).decode()
        html = render(TEMPLATE, title=self.title, alt=self.alt, data=data, source=self.source)
        about = {"name": self.name, "title": self.title, "alt": self.alt}
        text = f"{self.title}. {self.alt}"
        return {"text/html": html, "text/plain": text, MIME: about, **PASSED, **self.data}

    def __repr__(self) -> str:
        return f"Picture({self.name})"


def picture(
    figure: Figure,
    title: str,
    alt: str,
    source: str = "",
    name: str = "",
    table: Protected | None = None,
) -> Picture:
    """Finish a figure.

    Parameters
    ----------
    figure : Figure
        Drawn inside `theme()`.
    title, alt, source : str
        German texts; the alternative text says the finding.
    name : str, optional
        File name; made from the title by default.
    table : Protected, optional
        What was drawn; its suppressed rows are named below the figure.

    Returns
    -------
    Picture

    Raises
    ------
    ProtectionError
        If the alternative text is empty.
    """
    if not alt.strip():
        raise ProtectionError("A figure needs an alternative text that says its finding.")
    if table is not None and table.synthetic:
        figure.supxlabel("Synthetische Daten", x=1, ha="right", fontsize=8, color=COLOURS["grey"])
    data = results_data(table) if table is not None else {}
    notes = _protection(table) if table is not None else []
    text = " ".join(part for part in (source, *notes) if part)
    return Picture(name or slug(title), title, alt, _svg(figure), text, data)


def nothing(title: str, why: str, table: Protected | None = None) -> Picture:
    """A picture that says why there is nothing to draw (leere Abbildung).

    Parameters
    ----------
    title, why : str
        German texts; no reason where the rows are suppressed.
    table : Protected, optional
        The rows without a value.

    Returns
    -------
    Picture
    """
    with theme():
        figure, axes = canvas(height=0.7)
        axes.set_axis_off()
        axes.text(0, 0.5, "Keine Werte", color=COLOURS["grey"], va="center")
    said = why or "Alle Werte sind gesperrt."
    return picture(figure, title, f"{title}: keine Werte. {said}", why, table=table)


def _protection(table: Protected) -> list[str]:
    """How the counts were altered, and how many are hidden."""
    altered = counts_persons(table.frame).any()
    return [method_note(table.rules) if altered else "", _suppressed(table)]


def _suppressed(table: Protected) -> str:
    if not table.suppressed:
        return ""
    many = f"{table.suppressed} Werte sind" if table.suppressed > 1 else "Ein Wert ist"
    return f"{many} gesperrt ({why_hidden(table.rules)})."


def _svg(figure: Figure) -> str:
    written = io.StringIO()
    with mpl.rc_context(SETTINGS):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": "kimeval"})
    return re.sub(r"\s*<\?xml[^>]*\?>\s*<!DOCTYPE[^>]*>\s*", "", written.getvalue(), count=1)
