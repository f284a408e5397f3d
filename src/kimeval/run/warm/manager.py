"""Starts and ends warm kernels for papermill, without polling (Kernelverwaltung).

Imports jupyter_client; import it only when a notebook is to be executed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from subprocess import DEVNULL
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type

from kimeval.run.quiet import QuietKernelManager
from kimeval.run.warm.forked import Forked
from kimeval.run.warm.forks import Forks, Unavailable, current

LAUNCHER = ["-m", "ipykernel_launcher"]
ENDS_WITHIN = 5.0


class WarmProvisioner(LocalProvisioner):
    """Has a kernel forked rather than started (Bereitstellung)."""

    forks: Forks

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork a kernel with the arguments a plain one would get; else start a plain one."""
        if cmd[0] != sys.executable or cmd[1:3] != LAUNCHER:
            return await super().launch_kernel(cmd, **options)
        try:
            forked = self._forked(cmd[3:], options)
        except Unavailable:
            return await super().launch_kernel(cmd, **options)
        await forked.listening()
        if not forked.listens:
            forked.close()
            return await super().launch_kernel(cmd, **options)
        self.process: Any = forked
        self.pid = forked.pid
        self.cwd = options.get("cwd")
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        forked = self.process
        if not isinstance(forked, Forked):
            return await super().wait()
        code = await forked.ended()
        forked.close()
        self.process = None
        return code

    def _forked(self, argv: list[str], options: dict[str, Any]) -> Forked:
        env = dict(options.get("env") or os.environ)
        cwd = str(options.get("cwd") or os.getcwd())  # noqa: PTH109
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            out, err = (
                nothing.fileno() if options.get(name) == DEVNULL else number
                for name, number in (("stdout", 1), ("stderr", 2))
            )
            return self.forks.fork(argv, cwd, env, out, err)


class WarmKernelClient(AsyncKernelClient):
    """Speaks with a kernel that listens already."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel's word on both channels, then for the end of that answer.

        Raises
        ------
        RuntimeError
            If the kernel died or is silent for that long.
        """
        try:
            await asyncio.wait_for(self._answered(), timeout)
        except TimeoutError as error:
            raise RuntimeError("The kernel must answer in time, and did not.") from error

    async def _answered(self) -> None:
        await self._heard("iopub_welcome")
        asked = self.kernel_info()
        while (reply := await self._message(self.get_shell_msg))["parent_header"][
            "msg_id"
        ] != asked:
            continue
        self._handle_kernel_info_reply(reply)
        await self._heard("status", asked)

    async def _heard(self, kind: str, asked: str = "") -> None:
        """Hear a message of a kind; with a question, the one that says its answer is over."""
        while True:
            told = await self._message(self.get_iopub_msg)
            over = told["content"].get("execution_state") == "idle"
            own = told["parent_header"].get("msg_id") == asked and over
            if told["msg_type"] == kind and (not asked or own):
                return

    async def _message(self, get: Any) -> Any:
        from queue import Empty

        while True:
            with contextlib.suppress(Empty):
                return await get(timeout=1)
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")


class WarmKernelManager(QuietKernelManager):
    """Starts a warm kernel over sockets of its own, and ends it without polling."""

    client_factory = Type(
        WarmKernelClient, klass=AsyncKernelClient
    )  # client_class alone does not count

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start a kernel by a fork; plainly where that is not possible."""
        forks = current()
        if forks is not None and self.kernel_spec is not None:
            self.transport = "ipc"
            self.ip = forks.address()
            self.kernel_id = self.kernel_id or os.urandom(16).hex()
            self.provisioner = WarmProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
            self.provisioner.forks = forks
        await super().start_kernel(**options)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """Ask a forked kernel to end, and wait just as long as that takes."""
        provisioner = self.provisioner
        forked = getattr(provisioner, "process", None)
        if (
            restart
            or not isinstance(forked, Forked)
            or not isinstance(provisioner, WarmProvisioner)
        ):
            await super().shutdown_kernel(now=now, restart=restart)
            return
        self.shutting_down = True
        self.stop_restarter()
        if now:
            forked.kill()
        else:
            await self._async_request_shutdown()
        try:
            await asyncio.wait_for(forked.ended(), ENDS_WITHIN)
        except TimeoutError:
            forked.kill()
        await provisioner.wait()
        await self._async_cleanup_resources()
