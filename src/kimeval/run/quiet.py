"""Kernels whose own output goes nowhere: it may hold data (stille Kernel).

Imports jupyter_client; import it only when a notebook is to be executed.
"""

from __future__ import annotations

import os
from subprocess import DEVNULL
from typing import Any

from jupyter_client.manager import AsyncKernelManager


class QuietKernelManager(AsyncKernelManager):
    """Starts kernels without a terminal, unless KIMEVAL_DEBUG=1 asks for one."""

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start the kernel; what it prints beside its messages is dropped."""
        if os.environ.get("KIMEVAL_DEBUG") != "1":
            options |= {"stdout": DEVNULL, "stderr": DEVNULL}
        await super().start_kernel(**options)
