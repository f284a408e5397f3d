"""One side in a process of its own: seconds and peak memory (Messung).

Before the clock starts, the side takes in a tiny delivery, so that nothing is left
to be imported. Peak memory is the process's own high-water
mark (VmHWM, imports included) plus the most that its child processes held
together, looked at twenty times a second. A child that has not yet begun its own
program lies in its parent's memory, which is not counted twice.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from deliveries import write_delivery

PAUSE = 0.05


@dataclass(frozen=True)
class Measured:
    """One run (Messwert).

    Attributes
    ----------
    seconds : float
        From the first byte read to the last one written.
    busy : float
        Seconds of all processors, child processes included; other work on the
        machine blurs them less.
    peak_mib : float
        Of the process and its children.
    """

    seconds: float
    busy: float
    peak_mib: float


def measure(side: str, folder: Path) -> Measured:
    """Run a side on a delivery; what it writes is removed.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="out-") as out:
        command = [sys.executable, __file__, side, str(folder), out]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            children = 0
            while process.poll() is None:
                children = max(children, sum(map(_resident_kib, _descendants(process.pid))))
                time.sleep(PAUSE)
            answer = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"The side {side} ended with code {process.returncode}.")
    own = json.loads(answer.splitlines()[-1])
    return Measured(own["seconds"], own["busy"], (own["peak_kib"] + children) / 1024)


def _descendants(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    found = [int(child) for child in text.split() if _program(child) != _program(pid)]
    return found + [below for child in found for below in _descendants(child)]


def _program(pid: int | str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident_kib(pid: int) -> int:
    return _status(pid, "VmRSS")


def _status(pid: int | str, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


def _busy() -> float:
    return sum(os.times()[:4])


def run(side: str, folder: Path, out: Path) -> None:
    """Work of the process: one side, then seconds and peak as JSON."""
    module = importlib.import_module(side)
    with tempfile.TemporaryDirectory() as warm:
        write_delivery(Path(warm) / "tiny", 100)
        (Path(warm) / "out").mkdir()
        module.ingest(Path(warm) / "tiny", Path(warm) / "out")
    started, busy = time.perf_counter(), _busy()
    module.ingest(folder, out)
    seconds, busy = time.perf_counter() - started, _busy() - busy
    peak = _status("self", "VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "busy": busy, "peak_kib": peak}))


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
