"""HTML that a notebook shows (Anzeige), made by templates that escape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kimeval.core import mime
from kimeval.protect.gate import Protected

RESULTS_MIME = mime.RESULTS
GATE_MIME = mime.GATE
PASSED = {GATE_MIME: {"passed": True}}


@dataclass(frozen=True, repr=False)
class Html:
    """A piece of HTML with its plain text (Anzeige).

    Attributes
    ----------
    html : str
        Made by a template that escapes.
    text : str
        The same for a terminal.
    data : mapping of str to object
        Further representations by MIME type.
    """

    html: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        text = self.text or "(HTML)"
        return {"text/html": self.html, "text/plain": text, **PASSED, **self.data}

    def __repr__(self) -> str:
        return self.text or "Html()"


def results_data(protected: Protected) -> dict[str, list[dict[str, Any]]]:
    """Protected rows beside what is shown, for the files of a run; missing is null."""
    frame = protected.frame.drop(columns="contributors").assign(synthetic=protected.synthetic)
    frame = frame.astype(object)
    return {RESULTS_MIME: frame.where(frame.notna(), None).to_dict("records")}
