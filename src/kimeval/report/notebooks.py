"""An executed notebook as a chapter: text and results, no code (Kapitel)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from kimeval.core.errors import ProtectionError
from kimeval.figures.picture import MIME as PICTURE_MIME
from kimeval.tables.html import GATE_MIME, RESULTS_MIME

SVG = re.compile(r'src="data:image/svg\+xml;base64,([^"]+)"')
TITLE = re.compile(r"\A\s*#\s+(.+?)\s*(?:\n|\Z)")


@dataclass(frozen=True)
class Chapter:
    """A notebook to be read (Kapitel).

    Attributes
    ----------
    name : str
        Of the notebook, without ending.
    title, lead : str
        First heading, and the first paragraph behind it.
    body : Markup
        HTML of text and results.
    results : list of dict
        Protected rows that are shown.
    figures : dict of str to str
        SVG by name.
    synthetic : bool
        Whether it was made from invented persons.
    """

    name: str
    title: str
    lead: str
    body: Markup = field(repr=False)
    results: list[dict[str, Any]] = field(repr=False)
    figures: dict[str, str] = field(repr=False)
    synthetic: bool = False


def chapter(notebook: Any, name: str) -> Chapter:
    """Turn an executed notebook into a chapter.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, version 4.
    name : str
        Without ending.

    Returns
    -------
    Chapter

    Raises
    ------
    ProtectionError
        If an output did not come through the gate.
    """
    title, lead = _title(notebook)
    parts, results, figures, synthetic = [], [], {}, False
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            parts.append(_html(TITLE.sub("", cell.source)))
        for data in _shown(cell, number, name):
            parts.append(Markup(data["text/html"]))
            rows = data.get(RESULTS_MIME, [])
            results += rows
            synthetic |= bool(data[GATE_MIME].get("synthetic"))
            synthetic |= any(row.get("synthetic") for row in rows)
            if PICTURE_MIME in data:
                figures[data[PICTURE_MIME]["name"]] = _svg(data["text/html"])
    return Chapter(name, title, lead, Markup("\n").join(parts), results, figures, synthetic)


def _title(notebook: Any) -> tuple[str, str]:
    first = next((c.source for c in notebook.cells if c.cell_type == "markdown"), "")
    match = TITLE.match(first)
    rest = first[match.end() :] if match else first
    paragraph = rest.strip().split("\n\n")[0].replace("\n", " ")
    return (match[1] if match else "Ohne Titel"), re.sub(r"[*_`]", "", paragraph)


def _shown(cell: Any, number: int, name: str) -> Iterator[dict[str, Any]]:
    """Outputs of a cell that are results; printed text is no result."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            continue
        data = output.get("data", {})
        if GATE_MIME not in data:
            raise ProtectionError(
                f"A notebook shows protected results only; cell {number} of '{name}' shows "
                f"something else. Pass it through evaluation.protect() and show it with "
                f"kimeval.tables or kimeval.figures."
            )
        yield data


def _html(markdown: str) -> Markup:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return Markup(MarkdownWithMath(renderer=renderer).render(markdown))


def _svg(html: str) -> str:
    match = SVG.search(html)
    return base64.b64decode(match[1]).decode() if match else ""
