"""A forked kernel as the run sees it (abgespaltener Kernel)."""

from __future__ import annotations

import asyncio
import select
import signal
import socket


class Forked:
    """A forked kernel, as `subprocess.Popen` would give it (abgespaltener Kernel).

    Parameters
    ----------
    line : socket
        Tells number and end of the process, takes signals.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.pid = 0
        self.listens = False
        self.returncode: int | None = None
        self._one_hears = asyncio.Lock()

    async def listening(self) -> None:
        """Wait until the kernel listens, or has ended."""
        while not self.listens and self.returncode is None:
            await self._next()

    async def ended(self) -> int:
        """Wait for the end; gives the exit code, negative for a signal."""
        async with self._one_hears:
            while self.returncode is None:
                await self._next()
        return self.returncode

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        while self.returncode is None:
            try:
                self._hear(self.line.recv(64))
            except BlockingIOError:
                break
            except ConnectionResetError:  # the parent let go of it with a signal unread
                self._hear(b"")
        return self.returncode

    def wait(self) -> int:
        """Exit code; waits for the end."""
        while self.returncode is None:
            select.select([self.line], [], [])
            self.poll()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and what it has started."""
        if self.poll() is None:
            try:
                self.line.send(str(int(number)).encode())
            except OSError as error:
                raise ProcessLookupError from error

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Let go of the kernel; one that still runs is ended."""
        self.line.close()

    async def _next(self) -> None:
        try:
            self._hear(await asyncio.get_running_loop().sock_recv(self.line, 64))
        except ConnectionResetError:
            self._hear(b"")

    def _hear(self, told: bytes) -> None:
        word, _, number = told.decode().partition(" ")
        if word == "pid":
            self.pid = int(number)
        elif word == "ready":
            self.listens = True
        elif word == "exit":
            self.returncode = int(number)
        elif self.returncode is None:
            self.returncode = -signal.SIGKILL  # the parent died, and with it its children
