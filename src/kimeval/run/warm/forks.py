"""Starts the parent and asks it for kernels (Kernel anfordern)."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kimeval.run.kernels import ONE_THREAD

if TYPE_CHECKING:
    from kimeval.run.warm.forked import Forked

SWITCH = "KIMEVAL_KERNELS"
READY = b"ready"
STARTS_WITHIN = 120
LONGEST = 90  # a socket's path may have 107 bytes
ALONE = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "PYTHONHASHSEED": "0", **ONE_THREAD}
_open: list[Forks] = []


class Unavailable(Exception):
    """A kernel cannot be forked; it starts plainly instead."""


class Forks:
    """Kernels of one run, from one parent that starts with the first (Kernelvorrat).

    Parameters
    ----------
    workers : bool
        Whether the parent shall fork workers as well, and import what they need.
    """

    def __init__(self, workers: bool = False) -> None:
        self._workers = workers
        self._parent: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._number = 0
        self._ready = False
        self._failed = not possible()

    @property
    def pid(self) -> int | None:
        """Process number of the parent."""
        return self._parent.pid if self._parent else None

    def begin(self) -> None:
        """Start the parent unless it runs, and do not wait for it."""
        if not self._failed and self._parent is None:
            self._failed = not self._launched()

    def start(self) -> bool:
        """Start the parent unless it runs; whether kernels can be forked.

        A parent that has ended, or could not start, is not tried again.
        """
        self.begin()
        if not self._failed and not self._ready:
            self._failed = not self._said_ready()
        elif self._parent is not None and self._parent.poll() is not None:
            self._failed = True
        if self._failed:
            self.close()
        return not self._failed

    def address(self) -> str:
        """Beginning of the paths of a kernel's sockets; no other kernel has it."""
        if self._folder is None:
            raise Unavailable
        self._number += 1
        return str(Path(self._folder.name) / str(self._number))

    def fork(
        self, argv: Sequence[str], cwd: str, env: Mapping[str, str], out: int, err: int
    ) -> Forked:
        """Fork a kernel.

        Parameters
        ----------
        argv : sequence of str
            Arguments of the kernel.
        cwd : str
            Working directory.
        env : mapping
            Whole environment.
        out, err : int
            Open files for what it prints beside its messages.

        Raises
        ------
        Unavailable
            If the parent does not take the request.
        """
        return self._asked({"argv": list(argv), "cwd": cwd, "env": dict(env)}, [out, err])

    def work(self, channel: int, out: int) -> Forked:
        """Fork a worker.

        Parameters
        ----------
        channel : int
            Its end of a socket that brings tasks and takes results.
        out : int
            Open file for what it prints.

        Raises
        ------
        Unavailable
            If the parent does not take the request.
        """
        asked = {"argv": [], "cwd": os.getcwd(), "env": dict(os.environ)}  # noqa: PTH109
        return self._asked(asked, [out, out, channel])

    def _asked(self, asked: Mapping[str, Any], files: Sequence[int]) -> Forked:
        from kimeval.run.warm.forked import Forked

        if self._control is None:
            raise Unavailable
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                told = json.dumps(asked).encode()
                socket.send_fds(self._control, [told], [theirs.fileno(), *files])
            except OSError as error:
                ours.close()
                raise Unavailable from error
        ours.setblocking(False)
        return Forked(ours)

    def close(self) -> None:
        """End the parent, and with it what is left of its kernels."""
        if self._control is not None:
            self._control.close()
        if self._parent is not None:
            try:
                self._parent.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._parent.kill()
                self._parent.wait()
        if self._folder is not None:
            self._folder.cleanup()
        self._parent = self._control = self._folder = None

    def _launched(self) -> bool:
        self._folder = tempfile.TemporaryDirectory(prefix="kim", ignore_cleanup_errors=True)
        if len(os.fsencode(self._folder.name)) > LONGEST:
            return False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            loud = None if os.environ.get("KIMEVAL_DEBUG") == "1" else subprocess.DEVNULL
            command = [sys.executable, "-m", "kimeval.run.warm.parent", str(number)]
            command += [self._folder.name, "workers" if self._workers else "kernels"]
            try:
                self._parent = subprocess.Popen(
                    command,
                    env=os.environ | ALONE,
                    cwd=Path(sys.executable).anchor,
                    pass_fds=[number],
                    stdin=subprocess.DEVNULL,
                    stdout=loud,
                    stderr=loud,
                    start_new_session=True,
                )
            except OSError:
                return False
        return True

    def _said_ready(self) -> bool:
        assert self._control
        self._control.settimeout(STARTS_WITHIN)
        try:
            self._ready = self._control.recv(64) == READY
        except OSError:
            return False
        return self._ready


@contextmanager
def warm_kernels(workers: bool = False) -> Iterator[Forks]:
    """Let notebooks executed inside run in warm kernels (warme Kernel für einen Lauf).

    Parameters
    ----------
    workers : bool
        Whether the parent shall fork workers as well.

    The parent starts with the first notebook. Inside another `warm_kernels`, its
    parent is used. Where fork is missing, the parent cannot start, or the
    environment says KIMEVAL_KERNELS=plain, kernels start plainly.
    """
    if _open:
        yield _open[-1]
        return
    forks = Forks(workers)
    _open.append(forks)
    try:
        yield forks
    finally:
        _open.remove(forks)
        forks.close()


def use(forks: Forks) -> None:
    """Let all notebooks that this process will execute run in these kernels."""
    _open.append(forks)


def stay_warm() -> None:
    """Let all notebooks that this process will execute run in kernels of one parent."""
    if not _open:
        use(forks := Forks())
        atexit.register(forks.close)


def current() -> Forks | None:
    """The kernels of the run in progress, if they can be forked."""
    return _open[-1] if _open and _open[-1].start() else None


def possible() -> bool:
    """Whether this system can fork kernels, and nobody wants plain ones."""
    needed: list[Any] = [getattr(os, name, None) for name in ("fork", "pidfd_open")]
    return all(needed) and sys.platform == "linux" and os.environ.get(SWITCH) != "plain"
