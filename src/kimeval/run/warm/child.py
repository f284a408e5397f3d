"""A forked child becomes a kernel of IPython's own (Kindprozess)."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INLINE = "matplotlib_inline.backend_inline"


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
    """

    argv: list[str]
    cwd: str
    env: dict[str, str]
    line: socket.socket
    out: int
    err: int


def become(birth: Birth, added: Mapping[str, str]) -> None:
    """Become a kernel, and return when it is shut down.

    Parameters
    ----------
    birth : Birth
        As the run wants it.
    added : mapping
        What imports have added to the parent's environment; a plain kernel's do so too.
    """
    os.setsid()
    _streams(birth.out, birth.err)
    os.chdir(birth.cwd)
    os.environ.clear()
    os.environ.update({**added, **birth.env}, JPY_PARENT_PID=str(os.getppid()))
    time.tzset()
    _reseed()
    _choose_backend()
    _kernel(birth.argv, birth.line)


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
