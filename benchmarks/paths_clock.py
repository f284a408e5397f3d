"""One side of the benchmark of paths under the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def timed(find: Callable[[str], dict], path: str, tiny: str) -> dict:
    """Seconds, seconds of processors, peak memory and counts of a side.

    A tiny log goes first, so that all is imported.
    """
    find(tiny)
    started, busy = time.perf_counter(), time.process_time()
    counts = find(path)
    told = {"seconds": time.perf_counter() - started, "busy": time.process_time() - busy}
    return {**told, "peak_mib": _peak_mib(), "counts": counts}


def _peak_mib() -> int:
    """The process's high-water mark; that of `getrusage` would be its parent's as well."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024
