"""A forked child becomes a kernel of IPython's own, or a worker (Kindprozess)."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INLINE = "matplotlib_inline.backend_inline"
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Post:
    """What makes a child a worker (Arbeitsplatz).

    Attributes
    ----------
    channel : socket
        Brings tasks and takes results.
    control : socket
        Asks the parent for kernels.
    address : str
        Beginning of the paths of their sockets.
    """

    channel: socket.socket
    control: socket.socket
    address: str


@dataclass(frozen=True)
class Birth:
    """What a child shall become.

    Attributes
    ----------
    argv : list of str
        Arguments of the kernel: its connection file and what else is set.
    cwd : str
        Working directory.
    env : dict
        The whole environment.
    line : socket
        Takes the word that the kernel listens.
    out, err : int
        Open files for what the kernel prints beside its messages.
    post : Post or None
        None for a kernel.
    """

    argv: list[str]
    cwd: str
    env: dict[str, str]
    line: socket.socket
    out: int
    err: int
    post: Post | None = None


def become(birth: Birth, added: Mapping[str, str], parent: int) -> None:
    """Become a kernel or a worker, and return when it is shut down.

    Parameters
    ----------
    birth : Birth
        As the run wants it.
    added : mapping
        What imports have added to the parent's environment; a plain kernel's do so too.
    parent : int
        Process number of the parent; its death is the child's.
    """
    os.setsid()
    _end_with(parent)
    _streams(birth.out, birth.err)
    os.chdir(birth.cwd)
    os.environ.clear()
    os.environ.update({**added, **birth.env})
    time.tzset()
    _reseed()
    if birth.post is not None:
        _work(birth.post, parent)
        return
    os.environ["JPY_PARENT_PID"] = str(parent)
    _choose_backend()
    _kernel(birth.argv, birth.line)


def _end_with(parent: int) -> None:
    """Have the system end this process when the parent ends, however that dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _work(post: Post, parent: int) -> None:
    from multiprocessing.connection import Connection

    from kimeval.run.warm.adopted import Adopted
    from kimeval.run.warm.forks import use
    from kimeval.run.worker import serve

    use(Adopted(post.control, post.address, parent))
    serve(Connection(post.channel.detach()))


def _streams(out: int, err: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, given in enumerate((nothing, out, err)):
        os.dup2(given, number)
        os.close(given)


def _reseed() -> None:
    """Numpy's global generator would be the same in all children; Python's reseeds itself."""
    import numpy as np

    np.random.seed()  # noqa: NPY002


def _choose_backend() -> None:
    """Matplotlib reads the environment at import, which was the parent's."""
    import matplotlib as mpl

    if named := os.environ.get("MPLBACKEND"):
        mpl.rcParams["backend"] = named


def _kernel(argv: list[str], line: socket.socket) -> None:
    from importlib.util import find_spec

    from ipykernel.kernelapp import IPKernelApp

    launcher = find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin) if launcher else "", *argv]
    app = IPKernelApp.instance(parent_handle=os.getppid())  # read at import, so it is the parent's
    app.initialize(argv)
    _show_figures(app.shell)
    line.send(b"ready")
    line.close()
    app.start()


def _show_figures(shell: Any) -> None:
    """Take matplotlib into the shell if its backend was loaded before there was one.

    A backend that finds no shell at import registers nothing, and figures go missing.
    """
    backend, name = sys.modules.get(INLINE), f"module://{INLINE}"
    if backend is not None and os.environ.get("MPLBACKEND") == name:
        from IPython.core.pylabtools import activate_matplotlib

        activate_matplotlib(name)
        backend.configure_inline_support(shell, name)
