"""Contradictions of the published figures as a table (Widersprüche)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kimeval.core.errors import DataError
from kimeval.published import Contradiction
from kimeval.tables.html import Html
from kimeval.tables.overview import Line
from kimeval.tables.templates import render

TEMPLATE = Path(__file__).with_name("prose.html.jinja")
HEAD = ("Widerspruch", "Was die Dokumente sagen", "Was beim Auswerten zu tun ist", "Quellen")


def contradiction_table(
    contradictions: Sequence[Contradiction],
    caption: str = "Widersprüche in den veröffentlichten Angaben",
) -> Html:
    """Contradictions with what to do about each (Tabelle der Widersprüche).

    Parameters
    ----------
    contradictions : sequence of Contradiction
        From `kimeval.published.contradictions()`.
    caption : str
        German title.

    Returns
    -------
    Html

    Raises
    ------
    DataError
        If anything but contradictions of published figures is handed in.
    """
    if strangers := {type(c).__name__ for c in contradictions if not isinstance(c, Contradiction)}:
        raise DataError(
            f"This table shows contradictions of published figures only, got "
            f"{', '.join(sorted(strangers))}. Call kimeval.published.contradictions()."
        )
    body = [
        Line(f"{c.number}. {c.title}", (c.text, c.advice, "; ".join(c.documents)))
        for c in contradictions
    ]
    text = "\n".join([caption, *(f"{line.label}: {' | '.join(line.cells)}" for line in body)])
    return Html(render(TEMPLATE, caption=caption, head=HEAD, body=body), text)
