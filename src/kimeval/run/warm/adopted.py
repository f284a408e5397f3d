"""Kernels of a worker, forked by the parent that has forked it (Kernel eines Workers)."""

from __future__ import annotations

import socket

from kimeval.run.warm.forks import Forks


class Adopted(Forks):
    """Kernels of a worker, from the parent that has forked it.

    Parameters
    ----------
    control : socket
        Asks the parent for kernels.
    address : str
        Beginning of the paths of their sockets.
    parent : int
        Process number of the parent.
    """

    def __init__(self, control: socket.socket, address: str, parent: int) -> None:
        super().__init__()
        self._control, self._address, self._pid = control, address, parent
        self._failed = False

    @property
    def pid(self) -> int | None:
        """Process number of the parent."""
        return self._pid

    def start(self) -> bool:
        """The parent is there, or this worker would not be."""
        return True

    def address(self) -> str:
        """Beginning of the paths of a kernel's sockets; no other kernel has it."""
        self._number += 1
        return f"{self._address}{self._number}"
