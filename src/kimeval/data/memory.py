"""Memory that is free goes back to the system (freier Speicher).

Arrow and the C library keep what was freed for later; between two steps with other
needs that only adds up.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import cast


def release() -> None:
    """Give free memory back, as far as the system's library can."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if trim := _trim():
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """`malloc_trim` of the GNU C library; other libraries give memory back themselves."""
    with suppress(OSError, AttributeError):
        return cast(Callable[[int], int], ctypes.CDLL(None).malloc_trim)
    return None
