"""Ends a notebook that takes too long, and knows where it was (Zeitüberschreitung)."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import Any

from kimeval.core.errors import NotebookFailure
from kimeval.run.outputs import INJECTED
from kimeval.run.plan import Job
from kimeval.run.quiet import QuietKernelManager


class Watch:
    """Watches one execution of a notebook; use it in a `with` statement.

    Parameters
    ----------
    job : Job
        Says how many seconds the notebook may take.

    Attributes
    ----------
    expired : bool
        Whether the time was up and the kernel was ended.
    cell : int
        The cell at work, counted from 1 without the injected one; 0 before the first.
    """

    def __init__(self, job: Job):
        self._job = job
        self._timer = threading.Timer(job.timeout, self._end)
        self._timer.daemon = True
        self._kernel: Any = None
        self.expired = False
        self.cell = 0

    def manager(self, kind: type[QuietKernelManager]) -> type[QuietKernelManager]:
        """A kind of kernel manager that tells the watch which kernel it started."""

        def started(kernel: QuietKernelManager) -> None:
            self._kernel = kernel
            if self.expired:
                self._end()

        class Watched(kind):  # type: ignore[misc, valid-type]
            async def start_kernel(self, **options: Any) -> None:
                await super().start_kernel(**options)
                started(self)

        return Watched

    def cell_starts(self, cell: Any, cell_index: int) -> None:
        """A hook of nbclient: this cell is next."""
        if INJECTED not in cell.metadata.get("tags", []):
            self.cell += 1

    @property
    def failure(self) -> NotebookFailure:
        """What is said of a notebook that was ended, or whose kernel died."""
        name, seconds = self._job.name, f"{self._job.timeout:g} s"
        place = f"cell {self.cell}" if self.cell else "the start of its kernel"
        if self.expired:
            return NotebookFailure(
                f"Notebook '{name}' must run to its end within {seconds}; {place} was still at "
                f"work and was ended. Nothing was published. Allow more with --timeout, or open "
                f"it in JupyterLab to see what it waits for."
            )
        if not self.cell:
            return NotebookFailure(
                f"Notebook '{name}' needs a kernel, none started in two attempts. Nothing was "
                f"published. See whether memory or disk are full."
            )
        return NotebookFailure(
            f"Notebook '{name}' must run to its end; its kernel died in {place}, perhaps for lack "
            f"of memory. Nothing was published. Open it in JupyterLab to see where."
        )

    def _end(self) -> None:
        """Kill the kernel and its children; nbclient then finds it dead."""
        self.expired = True
        pid = getattr(getattr(self._kernel, "provisioner", None), "pid", None)
        if not pid:
            return
        with suppress(OSError):
            if hasattr(os, "killpg") and os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
