"""Contradictions of the published figures, one after the other (Widersprüche)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kimeval.core.errors import DataError
from kimeval.published import Contradiction
from kimeval.tables.html import Html
from kimeval.tables.templates import render

TEMPLATE = Path(__file__).with_name("contradictions.html.jinja")


def contradiction_list(contradictions: Sequence[Contradiction]) -> Html:
    """Contradictions with what to do about each (Liste der Widersprüche).

    Parameters
    ----------
    contradictions : sequence of Contradiction
        From `kimeval.published.contradictions()`.

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
            f"This list shows contradictions of published figures only, got "
            f"{', '.join(sorted(strangers))}. Call kimeval.published.contradictions()."
        )
    text = "\n".join(f"{c.number}. {c.title}: {c.text} {c.advice}" for c in contradictions)
    return Html(render(TEMPLATE, contradictions=contradictions), text)
