"""Starts worker processes: forked from the parent of the kernels, or plainly (Starten)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Protocol

from kimeval.run.warm.forks import Unavailable, current
from kimeval.run.worker import serve_plainly

if TYPE_CHECKING:
    from kimeval.run.warm.forked import Forked


class Process(Protocol):
    """What is left to do with a worker."""

    def kill(self) -> None:
        """End it at once, and wait until it has."""


@dataclass(frozen=True)
class Fork:
    """A forked worker.

    Attributes
    ----------
    forked : Forked
        As the parent tells of it.
    """

    forked: Forked

    def kill(self) -> None:
        """End it at once, and wait until it has."""
        with suppress(ProcessLookupError):
            self.forked.kill()
        self.forked.wait()
        self.forked.close()


@dataclass(frozen=True)
class Plain:
    """A worker that was started as a process of its own.

    Attributes
    ----------
    process : BaseProcess
        Of multiprocessing.
    """

    process: BaseProcess

    def kill(self) -> None:
        """End it at once, and wait until it has."""
        self.process.kill()
        self.process.join()


Start = Callable[[], tuple[Connection, Process]]


def start_worker() -> tuple[Connection, Process]:
    """Start a worker, by a fork where that is possible."""
    if forks := current():
        ours, theirs = socket.socketpair()
        with theirs, open(os.devnull, "wb") as nothing:  # noqa: PTH123
            loud = os.environ.get("KIMEVAL_DEBUG") == "1"
            try:
                forked = forks.work(theirs.fileno(), 2 if loud else nothing.fileno())
            except Unavailable:
                ours.close()
            else:
                return Connection(ours.detach()), Fork(forked)
    return start_plainly()


def start_plainly() -> tuple[Connection, Process]:
    """Start a worker as a process of its own, which imports everything anew."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve_plainly, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    return ours, Plain(process)
