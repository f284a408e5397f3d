"""Memory of warm kernels that have imported what notebooks need, shared pages shared out (PSS)."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from kimeval.run.kernels import surroundings
from kimeval.run.warm.forks import warm_kernels

IMPORTS = "import kimeval, pandas, matplotlib.pyplot, seaborn"


def kernel_memory(number: int) -> dict[str, float]:
    """PSS and own memory of some idle kernels at once, in MiB each.

    Returns
    -------
    dict of str to float
        `kernel_mib` is PSS, `kernel_own_mib` what no other process shares, `parent_mib` the
        PSS of their parent; `kernels` how many there were.
    """
    with tempfile.TemporaryDirectory() as folder, warm_kernels() as forks:
        assert forks.start()
        place = Path(folder)
        with surroundings(place, place):
            found = asyncio.run(_measured(number, folder, forks.pid or 0))
    return found


async def _measured(number: int, folder: str, parent: int) -> dict[str, float]:
    from kimeval.run.warm.manager import WarmKernelManager

    managers = [WarmKernelManager(kernel_name="python3") for _ in range(number)]
    for manager in managers:
        await manager.start_kernel(cwd=folder)
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        await client.execute_interactive(IMPORTS, timeout=60, output_hook=lambda _: None)
        client.stop_channels()
    pids = [manager.provisioner.pid for manager in managers]
    pss = sum(_mib(pid, "Pss:") for pid in pids)
    own = sum(_mib(pid, "Private_Clean:") + _mib(pid, "Private_Dirty:") for pid in pids)
    shared = _mib(parent, "Pss:")
    for manager in managers:
        await manager.shutdown_kernel(now=True)
    return {
        "kernel_mib": round(pss / number, 1),
        "kernel_own_mib": round(own / number, 1),
        "parent_mib": round(shared, 1),
        "kernels": number,
    }


def _mib(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
