"""How sample, ingestion and run grow with the number of people.

    python benchmarks/scale.py                         # three areas at scale 1, 3 and 10
    python benchmarks/scale.py --areas 05370 --scales 1 3 --folder scratch
    python benchmarks/scale.py --state 1 --write       # and docs/scale.md, benchmarks/scale.json
    python benchmarks/scale.py --page                  # docs/scale.md from benchmarks/scale.json

Each step of each area runs in a process of its own. A slope is that of the logarithm of
its seconds of processor over the logarithm of its rows, by least squares over all areas and
scales: 1 means that time grows with the rows. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from memory_tree import tree_kib
from scale_page import page_block

from kimeval.core.area import areas
from kimeval.core.project import Project
from kimeval.run.plan import fitting_notebooks

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "scale.md"
KEPT = ROOT / "benchmarks" / "scale.json"
AREAS = ("05916", "05370", "05382")
SCALES = (1.0, 3.0, 10.0)
QUARTER, DAY = "2024Q3", "2025-01-15"
STEPS = ("sample", "ingest", "run")
PAUSE = 0.5
LINKED = ("notebooks", "profiles", "requirements.lock")


@dataclass(frozen=True)
class Measured:
    """One step of one area at one scale (Messung).

    Attributes
    ----------
    area, step : str
        Code; one of `STEPS`.
    scale : float
        Factor on the number of people.
    rows : int
        Of all delivered files.
    seconds, busy : float
        By the clock; of all processors, kernels and other children included.
    peak_mib : float
        Of the process and all below it, looked at twice a second; shared pages count
        once.
    disk_mib : float
        What the step has written.
    """

    area: str
    step: str
    scale: float
    rows: int
    seconds: float
    busy: float
    peak_mib: float
    disk_mib: float


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write if that is asked for."""
    parser = argparse.ArgumentParser(description="Measure how kimeval grows with the people.")
    parser.add_argument("--areas", default=",".join(AREAS), help="codes with commas")
    parser.add_argument("--scales", type=float, nargs="+", default=list(SCALES))
    parser.add_argument("--folder", type=Path, help="where scratch projects are made and removed")
    parser.add_argument("--state", type=float, help="write the sample of all areas too, at a scale")
    parser.add_argument("--write", action="store_true", help="keep numbers, and write the page")
    parser.add_argument("--page", action="store_true", help="only write the page")
    asked = parser.parse_args(arguments)
    if asked.page:
        kept = read()
    else:
        kept = measured_all(asked.areas.split(","), asked.scales, asked.folder, asked.state)
    if asked.write:
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if asked.write or asked.page:
        PAGE.write_text(
            placed(PAGE.read_text(encoding="utf-8"), page_block(kept, slopes(kept["steps"]))),
            encoding="utf-8",
        )
    print(json.dumps(summary(kept)))


def read() -> dict:
    """Numbers that were kept."""
    return json.loads(KEPT.read_text(encoding="utf-8"))


def measured_all(
    codes: Sequence[str], scales: Sequence[float], folder: Path | None, state: float | None
) -> dict:
    """Measure every area at every scale, and the sample of the state at one."""
    found = []
    for scale in scales:
        home = Path(tempfile.mkdtemp(prefix="kimeval-", dir=folder))
        try:
            scratch(home)
            for code in codes:
                for one in measured_area(home, code, scale):
                    print(one, flush=True)
                    found.append(asdict(one))
        finally:
            shutil.rmtree(home, ignore_errors=True)
    notebooks = sorted(fitting_notebooks(Project(ROOT), areas()[codes[0]]))
    kept = {"processors": os.cpu_count(), "notebooks": notebooks, "steps": found}
    return kept | {"state": measured_state(state, folder)} if state else kept


def scratch(home: Path) -> None:
    """A project without data, with the repository's notebooks and profiles."""
    (home / "data").mkdir()
    for name in LINKED:
        (home / name).symlink_to(ROOT / name)


def measured_area(home: Path, code: str, scale: float) -> Iterable[Measured]:
    """One area through all steps."""
    commands = {
        "sample": ["sample", "--areas", code, "--as-of", DAY, "--scale", f"{scale:g}"],
        "ingest": ["ingest", "--area", code],
        "run": ["run", "--quarter", QUARTER, "--area", code],
    }
    places = {"sample": "data/sample", "ingest": "data/vintages", "run": "outputs"}
    rows = 0
    for step, command in commands.items():
        before = size(home / places[step])
        seconds, busy, peak = timed(home, command)
        rows = rows or delivered_rows(home / "data" / "sample" / code)
        written = (size(home / places[step]) - before) / 2**20
        numbers = (round(seconds, 2), round(busy, 2), round(peak, 1), round(written, 2))
        yield Measured(code, step, scale, rows, *numbers)


def measured_state(scale: float, folder: Path | None) -> dict:
    """The sample of all areas: time, memory, disk, and rows by area."""
    home = Path(tempfile.mkdtemp(prefix="kimeval-", dir=folder))
    try:
        scratch(home)
        command = ["sample", "--areas", "54", "--as-of", DAY, "--scale", f"{scale:g}"]
        seconds, busy, peak = timed(home, command)
        rows = {code: delivered_rows(home / "data" / "sample" / code) for code in areas()}
        written = size(home / "data" / "sample") / 2**20
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return {
        "scale": scale,
        "seconds": round(seconds, 1),
        "busy": round(busy, 1),
        "peak_mib": round(peak, 1),
        "disk_mib": round(written, 1),
        "rows": rows,
    }


def timed(home: Path, command: Sequence[str]) -> tuple[float, float, float]:
    """Run a command of kimeval: seconds, seconds of all processors, peak in MiB.

    Raises
    ------
    SystemExit
        If it fails.
    """
    environment = {**os.environ, "KIMEVAL_HOME": str(home)}
    started, before = time.perf_counter(), os.times()
    whole = [sys.executable, "-m", "kimeval", *command]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(whole, env=environment, stdout=said, stderr=said)
        peak = 0
        while process.poll() is None:
            peak = max(peak, tree_kib(process.pid))
            time.sleep(PAUSE)
        said.seek(0)
        if process.returncode:
            raise SystemExit(said.read().decode(errors="replace"))
    after = os.times()
    busy = sum(after[2:4]) - sum(before[2:4])
    return time.perf_counter() - started, busy, peak / 1024


def delivered_rows(folder: Path) -> int:
    """Lines of all delivered files."""
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*/*.csv"))


def size(folder: Path) -> int:
    """Bytes of all files below a folder, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def slope(rows: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of the logarithm of seconds over that of rows, by least squares."""
    return float(np.polyfit(np.log(rows), np.log(seconds), 1)[0])


def slopes(steps: Sequence[dict]) -> dict[str, float]:
    """Slope of each step, and of all three together."""
    found = {}
    for name in STEPS:
        ones = [one for one in steps if one["step"] == name]
        found[name] = slope([one["rows"] for one in ones], [one["busy"] for one in ones])
    together: dict[tuple, list[float]] = {}
    for one in steps:
        both = together.setdefault((one["area"], one["scale"]), [one["rows"], 0.0])
        both[1] += one["busy"]
    found["all"] = slope(*zip(*together.values(), strict=True))
    return {name: round(value, 2) for name, value in found.items()}


def summary(kept: dict) -> dict:
    """What the JSON line says."""
    steps = kept["steps"]
    each = slopes(steps)
    return {
        "benchmark": "scale",
        "slope": each.pop("all"),
        **{f"slope_{name}": value for name, value in each.items()},
        "rows": max(one["rows"] for one in steps),
        "peak_mib": max(one["peak_mib"] for one in steps),
    }


def placed(page: str, text: str) -> str:
    """The page with another block between its marks."""
    return marks().sub(lambda found: f"{found[1]}\n\n{text}\n\n{found[3]}", page, count=1)


def marks() -> re.Pattern[str]:
    """The marks of the generated part."""
    return re.compile(r"(<!-- scale[^>]*-->)(.*?)(<!-- /scale -->)", re.DOTALL)


if __name__ == "__main__":
    main()
