"""How fast a run over areas is: against papermill, and against what the cells alone cost.

All sides start from the same vintages and run the same notebooks, each side as a process
of its own from its start to its end. The last line is JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from suite_kernels import kernel_memory
from suite_sides import QUARTER

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.data.sample import write_sample
from kimeval.data.vintages import ensure_vintage

ROOT = Path(__file__).resolve().parents[1]
AREAS = "05111,05112,05113,05334,05334002,05358,05366,05370"
NOTEBOOKS = "01_data_quality,02_reach,10_published_figures"
SIDES = ("suite", "floor", "loop", "pool2", "whole", "unchanged")
KERNELS = 8
DAY = dt.date(2024, 10, 15)


@dataclass(frozen=True)
class Timed:
    """One run of a side (Messwert).

    Attributes
    ----------
    seconds : float
        By the clock.
    busy : float
        Of all processors, by the processes that the side has started and waited for.
    """

    seconds: float
    busy: float


def main() -> None:
    """Prepare a project, run all sides in turn, print medians and ratios."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="suite-") as folder:
        project = prepare(Path(folder) / "project", given.areas.split(","), given.scale)
        times: dict[str, list[Timed]] = {side: [] for side in given.sides.split(",")}
        for round_ in range(given.rounds):
            for side, measured in times.items():
                measured.append(timed(side, project, Path(folder) / "out", given))
                last = measured[-1]
                print(f"round {round_ + 1} {side:<10} {last.seconds:7.1f} s {last.busy:7.1f} busy")
    executions = len(given.areas.split(",")) * len(given.notebooks.split(","))
    report(times, executions, given.rounds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", default=AREAS, help="codes with commas")
    parser.add_argument("--notebooks", default=NOTEBOOKS, help="names with commas")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the sample")
    parser.add_argument("--rounds", type=int, default=3, help="of all sides in turn")
    parser.add_argument("--sides", default=",".join(SIDES), help="with commas")
    return parser.parse_args()


def prepare(root: Path, codes: list[str], scale: float) -> Project:
    """A project with links to notebooks and profiles, and ready vintages."""
    root.mkdir()
    for name in ("notebooks", "profiles", "requirements.lock", "pyproject.toml"):
        (root / name).symlink_to(ROOT / name)
    project = Project(root)
    chosen = [area(code) for code in codes]
    write_sample(project.sample, chosen, DAY, 2024, scale, lambda _: None)
    for one in chosen:
        ensure_vintage(project, one)
    return project


def timed(side: str, project: Project, out: Path, given: argparse.Namespace) -> Timed:
    """Run a side; what it writes is removed, but for what `unchanged` needs."""
    if side != "unchanged":
        for place in (project.outputs, project.register, out):
            shutil.rmtree(place, ignore_errors=True)
    environment = {
        **os.environ,
        "KIMEVAL_HOME": str(project.root),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)]),
    }
    if side in ("whole", "unchanged"):
        command = ["-m", "kimeval", "run", "--quarter", QUARTER, "--all"]
        command += ["--notebooks", given.notebooks]
    else:
        sides = Path(__file__).with_name("suite_sides.py")
        command = [str(sides), side, str(project.root), str(out), given.notebooks, given.areas]
    before, started = busy(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{side} ended with {done.returncode}: {done.stderr[-2000:]}")
    return Timed(time.perf_counter() - started, busy() - before)


def busy() -> float:
    """Seconds of the processor that ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(times: dict[str, list[Timed]], executions: int, rounds: int) -> None:
    """Print medians, then ratios as JSON; a ratio is the median of those of single rounds."""
    for side, measured in times.items():
        print(f"median {side:<10} {statistics.median(one.seconds for one in measured):7.1f} s")

    def ratio(side: str, other: str, of: str = "seconds") -> float | None:
        if not (times.get(side) and times.get(other)):
            return None
        pairs = zip(times[side], times[other], strict=True)
        ratios = [getattr(a, of) / getattr(b, of) for a, b in pairs]
        return round(statistics.median(ratios), 3)

    found = {
        "benchmark": "suite",
        "vs_loop": ratio("loop", "suite"),
        "vs_pool2": ratio("pool2", "suite"),
        "vs_floor": ratio("suite", "floor"),
        "unchanged_share": ratio("unchanged", "whole"),
        "whole_vs_loop": ratio("loop", "whole"),
        "whole_vs_pool2": ratio("pool2", "whole"),
        "whole_vs_floor": ratio("whole", "floor"),
        "busy_vs_loop": ratio("loop", "suite", "busy"),
        "busy_vs_floor": ratio("suite", "floor", "busy"),
        "executions": executions,
        "rounds": rounds,
        **kernel_memory(KERNELS),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
