"""What the machine has of cores and memory, and what a kernel may take (Speichergrenze)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

LEAST_MIB = 512
SHARE = 0.8
BURST, BURST_MIB = 1.25, 512
MIB = 1 << 20
CGROUP = Path("/sys/fs/cgroup/memory.max")


def usable_cores() -> int:
    """Number of processors that this process may use."""
    affinity: Any = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def default_limit(jobs: int) -> int:
    """Most memory for each of some kernels at once, in MiB: together four fifths of all.

    Parameters
    ----------
    jobs : int
        Kernels at once.

    Returns
    -------
    int
        At least 512; 0, which is no limit, where the system does not tell its memory.
    """
    found = _machine_mib()
    return max(LEAST_MIB, int(found * SHARE / max(1, jobs))) if found else 0


def anonymous_mib(pid: int) -> float:
    """Memory of a process that is in no file, in MiB; 0 if it is gone or cannot be looked at."""
    return _status_mib(pid, "RssAnon:")


def limit_bursts(pid: int, mib: int) -> None:
    """Refuse a kernel what it asks for at once far above its limit, before it has it.

    It then fails with a MemoryError. What grows slowly is ended by whoever watches.

    Parameters
    ----------
    pid : int
        Of the kernel.
    mib : int
        Its limit, beyond what it has now.
    """
    with suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        held = _status_mib(pid, "VmData:")
        most = int((held + mib * BURST + BURST_MIB) * MIB)
        resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))


def _machine_mib() -> int:
    found = []
    with suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):
        found.append(int(CGROUP.read_text(encoding="ascii")))
    return min(found, default=0) // MIB


def _status_mib(pid: int, name: str) -> float:
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    return 0.0
