"""What may leave with an executed notebook (Prüfung der Ausgaben)."""

from __future__ import annotations

import copy
from typing import Any

from kimeval.core import mime
from kimeval.core.errors import NotebookFailure

TRACEBACK = "Traceback (most recent call last)"
INJECTED = "injected-parameters"


def require_publishable(notebook: Any, name: str) -> None:
    """Check that a notebook ran to its end without an error.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.
    name : str
        For the message.

    Raises
    ------
    NotebookFailure
        If a code cell was not executed, or shows an error or a traceback.
    """
    cells = [c for c in notebook.cells if INJECTED not in c.metadata.get("tags", [])]
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None:
            raise NotebookFailure(
                f"Notebook '{name}' must run to its end, it stopped before cell {number}. "
                f"Nothing was published."
            )
        if any(
            output.output_type == "error" or _names(TRACEBACK, output) for output in cell.outputs
        ):
            raise NotebookFailure(
                f"Notebook '{name}' must run without errors, cell {number} shows one. "
                f"Nothing was published."
            )


def cleaned(notebook: Any) -> Any:
    """A copy without times, paths and printed text.

    Printed text has not passed the gate, and warnings name paths of the machine.
    """
    fresh = copy.deepcopy(notebook)
    kept = ("kernelspec", "language_info", "title")
    fresh.metadata = {key: fresh.metadata[key] for key in kept if key in fresh.metadata}
    for cell in fresh.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if INJECTED in tags:
            cell["id"] = INJECTED
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.output_type != "stream"]
    return fresh


def suppressed_rows(notebook: Any) -> int:
    """Number of protected rows that are hidden in what a notebook shows."""
    return sum(
        bool(row.get("suppressed"))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for row in output.get("data", {}).get(mime.RESULTS, [])
    )


def _names(text: str, output: Any) -> bool:
    parts = [output.get("text", ""), *output.get("data", {}).values()]
    return any(text in part for part in parts if isinstance(part, str))
