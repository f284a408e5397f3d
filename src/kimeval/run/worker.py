"""A worker: runs one area after another, as it is told (Arbeitsprozess)."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait

SAID, DONE = "said", "done"


def serve(channel: Connection) -> None:
    """Do tasks until there are no more.

    Parameters
    ----------
    channel : Connection
        Brings an act, such as `run_area_task`, with its arguments but `tell`. Takes
        `(SAID, event)` for what is told meanwhile and `(DONE, result)` at the end of each.
    """
    with suppress(EOFError, OSError):
        while True:
            act, root, request, before = channel.recv()
            result = act(root, request, lambda told: channel.send((SAID, told)), before)
            channel.send((DONE, result))


def serve_plainly(channel: Connection) -> None:
    """As `serve`, in a process that was started and not forked; ends with the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    serve(channel)


def _end_with_parent() -> None:
    if parent := parent_process():
        wait([parent.sentinel])
        os._exit(1)
