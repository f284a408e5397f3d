"""The parent of kernels and workers: imports the stack, then forks when asked (Elternprozess).

Runs as a process of its own with a single thread; a lock that another thread holds
would stay locked for ever in the child. Knows no data, and waits without polling.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kimeval.run.warm.child import Birth, Post, become
from kimeval.run.warm.stack import import_stack

READY, THREADS = b"ready", b"threads"
LARGEST = 1 << 20


@dataclass(frozen=True)
class Kernel:
    """A kernel that was forked: its process, what tells its end, and the line to the run."""

    pid: int
    ended: int
    line: socket.socket


class Parent:
    """Forks kernels, passes signals on and tells how each ended.

    Parameters
    ----------
    control : socket
        Brings requests; when it closes, the run is over. Each worker has one more.
    folder : str
        For the sockets of kernels.
    """

    def __init__(self, control: socket.socket, folder: str) -> None:
        self.control = control
        self.folder = folder
        self.posts: list[socket.socket] = []
        self.kernels: list[Kernel] = []
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ, lambda: self._asked(control))

    def serve(self) -> Birth | None:
        """Wait for requests.

        Returns
        -------
        Birth or None
            In a child, what it shall become; in the parent None, when the run is over.
        """
        while True:
            for key, _ in self.selector.select()[:1]:  # it may close what others watch
                act: Callable[[], Birth | bool] = key.data
                if (said := act()) is True:
                    self._end()
                    return None
                if said:
                    return said

    def _asked(self, control: socket.socket) -> Birth | bool:
        told, files, _, _ = socket.recv_fds(control, LARGEST, 4)
        if not told:
            return control is self.control or self._left(control)
        line, out, err = socket.socket(fileno=files[0]), files[1], files[2]
        channel = socket.socket(fileno=files[3]) if len(files) > 3 else None
        theirs = self._new_post() if channel else None
        pid = os.fork()
        if not pid:
            self._forget()
            post = (
                Post(channel, theirs, f"{self.folder}/{os.getpid()}-")
                if channel and theirs
                else None
            )
            return Birth(line=line, out=out, err=err, post=post, **json.loads(told))
        for held in filter(None, (channel, theirs)):
            held.close()
        os.close(out)
        os.close(err)
        kernel = Kernel(pid, os.pidfd_open(pid), line)
        self.kernels.append(kernel)
        self.selector.register(kernel.ended, selectors.EVENT_READ, lambda: self._ended(kernel))
        self.selector.register(line, selectors.EVENT_READ, lambda: self._signalled(kernel))
        _tell(line, f"pid {pid}")
        return False

    def _new_post(self) -> socket.socket:
        """The other end of one more line that brings requests."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.posts.append(ours)
        self.selector.register(ours, selectors.EVENT_READ, lambda: self._asked(ours))
        return theirs

    def _left(self, post: socket.socket) -> bool:
        """A worker has ended; its kernels are ended as their lines close."""
        self.selector.unregister(post)
        self.posts.remove(post)
        post.close()
        return False

    def _signalled(self, kernel: Kernel) -> bool:
        """One packet, one signal; a line that closes has nobody left who could end the kernel."""
        try:
            told = kernel.line.recv(64)
        except OSError:
            told = b""
        if not told:
            self.selector.unregister(kernel.line)
        _kill(kernel.pid, int(told) if told else signal.SIGKILL)
        return False

    def _ended(self, kernel: Kernel) -> bool:
        with contextlib.suppress(OSError):
            os.killpg(kernel.pid, signal.SIGKILL)  # what the notebook started and left behind
        _, status = os.waitpid(kernel.pid, 0)
        _tell(kernel.line, f"exit {os.waitstatus_to_exitcode(status)}")
        self._close(kernel)
        return False

    def _close(self, kernel: Kernel) -> None:
        for watched in (kernel.ended, kernel.line):
            with contextlib.suppress(KeyError):
                self.selector.unregister(watched)
        os.close(kernel.ended)
        kernel.line.close()
        self.kernels.remove(kernel)

    def _end(self) -> None:
        for kernel in self.kernels:
            _kill(kernel.pid, signal.SIGKILL)

    def _forget(self) -> None:
        self.selector.close()
        for control in (self.control, *self.posts):
            control.close()
        for kernel in self.kernels:
            os.close(kernel.ended)
            kernel.line.close()
        self.kernels = []


def threads() -> int:
    """Number of threads of this process, also of those that Python does not know."""
    return len(list(Path("/proc/self/task").iterdir()))


def _tell(line: socket.socket, text: str) -> None:
    with contextlib.suppress(OSError):
        line.send(text.encode())


def _kill(pid: int, number: int) -> None:
    """Signal a kernel and what it has started; not reaped yet, so the number is its own."""
    try:
        os.killpg(pid, number)
    except OSError:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


def leave() -> None:
    """End a child; to take its modules apart would copy all pages of the parent."""
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


def main() -> None:
    """Serve the run whose socket is the first argument.

    The second is the sockets' folder, the third says whether there will be workers.
    """
    control, parent = socket.socket(fileno=int(sys.argv[1])), os.getpid()
    control.set_inheritable(False)
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    before = dict(os.environ)
    import_stack(sys.argv[3] == "workers")
    added = {name: text for name, text in os.environ.items() if before.get(name) != text}
    if threads() > 1:
        control.send(THREADS)
        return
    control.send(READY)
    if birth := Parent(control, sys.argv[2]).serve():
        become(birth, added, parent)
        leave()
    else:
        shutil.rmtree(sys.argv[2], ignore_errors=True)  # a run that was killed cannot


if __name__ == "__main__":
    main()
