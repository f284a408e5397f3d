"""Counts what a kernel sends for its notebook, and reads no more than it may send (Ausgabegrenze).

Imports jupyter_client; import it only when a notebook is to be executed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jupyter_client.channels import AsyncZMQSocketChannel

LARGEST_MIB = 64


def bounded_channel(flooded: Callable[[], None]) -> type[AsyncZMQSocketChannel]:
    """A kind of channel for one kernel's outputs.

    Parameters
    ----------
    flooded : callable
        Called once they are more than `LARGEST_MIB`; it ends the kernel. Nothing is
        read from then on: not even a single message that is larger by itself.
    """

    class Bounded(AsyncZMQSocketChannel):
        received = 0

        async def _recv(self, **options: Any) -> dict[str, Any]:  # type: ignore[override]
            parts = await self.socket.recv_multipart(**options)
            self.received += sum(map(len, parts))
            if self.received > LARGEST_MIB << 20:
                flooded()
                await asyncio.Event().wait()
            return self.session.deserialize(self.session.feed_identities(parts)[1])

    return Bounded
