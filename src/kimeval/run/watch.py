"""Ends a notebook that takes too much time or memory or shows too much (Aufsicht)."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import Any

from kimeval.core.errors import NotebookFailure
from kimeval.run.machine import anonymous_mib, limit_bursts
from kimeval.run.outputs import INJECTED
from kimeval.run.plan import Job
from kimeval.run.quiet import QuietKernelManager

TIME, MEMORY, FLOOD = "time", "memory", "flood"
EVERY = 0.2


class Watch:
    """Watches one execution of a notebook; use it in a `with` statement.

    Parameters
    ----------
    job : Job
        Says how many seconds the notebook may take, and how much memory.

    Attributes
    ----------
    reason : str
        Why the kernel was ended: `TIME`, `MEMORY`, `FLOOD`; empty if it was not.
    cell : int
        The cell at work, counted from 1 without the injected one; 0 before the first.
    """

    def __init__(self, job: Job):
        self._job = job
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._kernel: Any = None
        self._first_mib = 0.0
        self.reason = ""
        self.cell = 0

    def manager(self, kind: type[QuietKernelManager]) -> type[QuietKernelManager]:
        """A kind of kernel manager that tells the watch which kernel it started."""
        from kimeval.run.bounded import bounded_channel

        channel = bounded_channel(lambda: self._end(FLOOD))

        class Watched(kind):  # type: ignore[misc, valid-type]
            async def start_kernel(self, **options: Any) -> None:
                await super().start_kernel(**options)
                started(self)

            def client(self, **options: Any) -> Any:
                client = super().client(**options)
                client.iopub_channel_class = channel
                return client

        def started(kernel: QuietKernelManager) -> None:
            self._kernel = kernel
            if self.reason:
                self._end(self.reason)
            elif self._job.memory_mib and self._pid:
                self._first_mib = anonymous_mib(self._pid)
                limit_bursts(self._pid, self._job.memory_mib)

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
        if self.reason == TIME:
            return NotebookFailure(
                f"Notebook '{name}' must run to its end within {seconds}; {place} was still at "
                f"work and was ended. Nothing was published. Allow more with --timeout, or open "
                f"it in JupyterLab to see what it waits for."
            )
        if self.reason == MEMORY:
            return self.short_of_memory
        if self.reason == FLOOD:
            from kimeval.run.bounded import LARGEST_MIB

            return NotebookFailure(
                f"Notebook '{name}' may show {LARGEST_MIB} MiB at most; {place} printed or showed "
                f"more and was ended. Nothing was published. Have it show less."
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

    @property
    def short_of_memory(self) -> NotebookFailure:
        """What is said of a notebook that needs more memory than it may have."""
        limit = f"{self._job.memory_mib:,} MiB" if self._job.memory_mib else "the machine's"
        return NotebookFailure(
            f"Notebook '{self._job.name}' must run within {limit} of memory; cell {self.cell} "
            f"needed more and was ended. Nothing was published. Allow more with --memory-limit, "
            f"or run fewer areas at once with --jobs."
        )

    def _look(self) -> None:
        """Look now and then whether the time is up, or the memory."""
        until = time.monotonic() + self._job.timeout
        while not self._over.wait(min(EVERY, max(0.0, until - time.monotonic()))):
            if time.monotonic() >= until:
                self._end(TIME)
                return
            if self._job.memory_mib and self._pid and self._first_mib:
                grown = anonymous_mib(self._pid) - self._first_mib
                if grown > self._job.memory_mib:
                    self._end(MEMORY)
                    return

    @property
    def _pid(self) -> int | None:
        return getattr(getattr(self._kernel, "provisioner", None), "pid", None)

    def _end(self, reason: str) -> None:
        """Kill the kernel and its children; nbclient then finds it dead."""
        self.reason = reason
        if not (pid := self._pid):
            return
        with suppress(OSError):
            if hasattr(os, "killpg") and os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
