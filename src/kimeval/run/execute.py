"""Executes one notebook through papermill (Ausführen).

The executed notebook is written once, when it is whole, and without what differs
from machine to machine. When it fails, no value of the data reaches the message.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kimeval.core.errors import KimevalError, NotebookFailure
from kimeval.run.kernels import surroundings
from kimeval.run.outputs import cleaned, require_publishable, suppressed_rows
from kimeval.run.plan import Job
from kimeval.run.trust import require_same

if TYPE_CHECKING:
    from kimeval.run.quiet import QuietKernelManager
    from kimeval.run.watch import Watch

KERNEL = "python3"
SHORT = ("MemoryError", "_ArrayMemoryError", "ArrowMemoryError", "OutOfMemoryException")
LINE = re.compile(r"Zelle \d+, Zeile (\d+)")


@dataclass(frozen=True)
class Executed:
    """An executed notebook (ausgeführtes Notebook).

    Attributes
    ----------
    name : str
        Of the notebook.
    path : Path
        The executed notebook in the stage.
    seconds : float
        How long it took.
    suppressed : int
        Rows that protection hides in it.
    """

    name: str
    path: Path
    seconds: float
    suppressed: int


def execute(
    job: Job, target: Path, project: Path, scratch: Path, release: Path | None = None
) -> Executed:
    """Execute a notebook and write it to a folder.

    Parameters
    ----------
    job : Job
        Notebook and values.
    target : Path
        Folder for the executed notebook.
    project : Path
        Root of the project.
    scratch : Path
        Folder that is not published; the kernel's working directory.
    release : Path, optional
        Confidential file of what the notebooks of this run have protected.

    Raises
    ------
    NotebookFailure
        If a cell fails, or the kernel dies. The message holds the kernel's
        message only where that is an error of kimeval's own.
    """
    import nbformat

    started = time.monotonic()
    with surroundings(project, scratch, release):
        notebook = _through_papermill(job, scratch)
    require_publishable(notebook, job.name)
    path = target / f"{job.name}.ipynb"
    path.write_text(nbformat.writes(cleaned(notebook)) + "\n", encoding="utf-8", newline="\n")
    seconds = round(time.monotonic() - started, 2)
    return Executed(job.name, path, seconds, suppressed_rows(notebook))


def _through_papermill(job: Job, scratch: Path) -> Any:
    """Execute; a kernel that does not start is tried once more, a failed cell never."""
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from kimeval.run.watch import Watch

    for attempt in (1, 2):
        watch = Watch(job)
        try:
            with watch:
                return _watched(job, scratch, watch)
        except PapermillExecutionError as error:
            failure = watch.short_of_memory if error.ename in SHORT else _failure(job, error)
        except RuntimeError as error:
            if watch.cell and not watch.reason and not isinstance(error, DeadKernelError):
                raise
            failure = watch.failure
        if watch.cell or watch.reason or attempt == 2:
            break
    raise failure


def _watched(job: Job, scratch: Path, watch: Watch) -> Any:
    import nbformat
    import papermill

    text = job.path.read_text(encoding="utf-8")
    require_same(text, job.name, job.content)
    notebook = nbformat.reads(text, as_version=4)
    return papermill.execute_notebook(
        notebook,
        None,
        parameters=dict(job.parameters),
        kernel_name=KERNEL,
        language="python",
        progress_bar=False,
        cwd=scratch,
        kernel_manager_class=watch.manager(_kernels()),
        on_cell_start=watch.cell_starts,
    )


def _kernels() -> type[QuietKernelManager]:
    from kimeval.run.warm.forks import current

    if current() is None:
        from kimeval.run.quiet import QuietKernelManager

        return QuietKernelManager
    from kimeval.run.warm.manager import WarmKernelManager

    return WarmKernelManager


def _failure(job: Job, error: Any) -> NotebookFailure:
    kind = error.ename if error.ename.isidentifier() else "an error"
    cell = error.cell_index  # counted from 1 without the injected cell
    line = f" in line {told[1]}" if (told := LINE.fullmatch(error.evalue)) else ""
    place = f"Notebook '{job.name}' must run to its end; cell {cell} failed with {kind}{line}"
    if _is_own(error.ename, error.evalue, error.traceback):
        return NotebookFailure(f"{place}: {error.evalue} Nothing was published.")
    return NotebookFailure(
        f"{place}. Its message may hold data and is not shown; open the notebook in JupyterLab "
        f"to see it. Nothing was published."
    )


def _is_own(name: str, message: str, traceback: list[str]) -> bool:
    """Whether an error was one of kimeval's: known by name and shown in a single line.

    The line tells them from errors of the same name, such as pandas' DataError.
    """
    from kimeval.core import dataset  # noqa: F401  (declares errors of its own)

    known = {kind.__name__ for kind in _kinds(KimevalError)}
    return name in known and traceback == [f"{name}: {message}"]


def _kinds(kind: type[KimevalError]) -> list[type[KimevalError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _kinds(child))]
