"""How fast paths are found in a large event log, beside pandas and beside pm4py.

Run: python benchmarks/paths.py [--events 10000000] [--oracle 1000000] [--rounds 3]
     [--pm4py PYTHON]      an interpreter that has pm4py; without, an environment is made

pm4py is AGPL and no part of kimeval: it gets an environment of its own, removed again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa

from kimeval.core.tabular import shaped
from kimeval.data.stores import write_table

HERE = Path(__file__).parent
PLACES = {
    "kim": 0.4,
    "jobcenter": 0.15,
    "school_office": 0.1,
    "foreigners_office": 0.1,
    "language_school": 0.1,
    "employer": 0.05,
    "health": 0.04,
    "youth_office": 0.03,
    "other": 0.03,
}
A_CASE = 6
YEARS = 5
SECONDS = 86_400
PM4PY = "pm4py==2.7.23.11"
SHARED = ("pandas", "numpy", "pyarrow")


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        large, small = Path(name) / "large", Path(name) / "small"
        pm4py = options.pm4py or oracle_python(Path(name) / "pm4py")
        write_events(large, options.events)
        write_events(small, options.oracle)
        write_events(Path(name) / "tiny", 100)
        told: dict[tuple[str, str], list[dict]] = {}
        # The short ones first: memory that a long one has given back is slow to come again.
        for folder, other in ((small, "oracle"), (large, "plain")):
            sides = ("kimeval", other) if other == "plain" or pm4py else ("kimeval",)
            for turn in range(options.rounds):
                for side in sides:
                    done = _run(side, folder, pm4py)
                    told.setdefault((folder.name, side), []).append(done)
                    line = f"{folder.name} {side} {turn + 1}: {done['seconds']:.1f} s"
                    print(f"{line}, busy {done['busy']:.1f} s, {done['peak_mib']} MiB", flush=True)
    print(json.dumps(_figures(told, options)))


def _figures(told: dict[tuple[str, str], list[dict]], options: argparse.Namespace) -> dict:
    def ratio(size: str, side: str, unit: str = "seconds") -> float:
        mine, other = (
            statistics.median(done[unit] for done in told[size, which])
            for which in ("kimeval", side)
        )
        return round(other / mine, 2)

    counts = {key: done[0]["counts"] for key, done in told.items()}
    same = counts["large", "kimeval"] == counts["large", "plain"]
    compared = ("small", "oracle") in told
    if compared:
        mine = {k: counts["small", "kimeval"][k] for k in counts["small", "oracle"]}
        same &= mine == counts["small", "oracle"]
    large, small = (
        statistics.median(done["busy"] for done in told[size, "kimeval"])
        for size in ("large", "small")
    )
    return {
        "benchmark": "paths",
        "events": options.events,
        "speedup": ratio("large", "plain"),
        "busy_speedup": ratio("large", "plain", "busy"),
        "speedup_pm4py": ratio("small", "oracle") if compared else None,
        "busy_speedup_pm4py": ratio("small", "oracle", "busy") if compared else None,
        "peak_mib": max(done["peak_mib"] for done in told["large", "kimeval"]),
        "slope": round(large / small * options.oracle / options.events, 2),
        "same_as_oracle": same,
    }


def oracle_python(folder: Path) -> str:
    """An interpreter with pm4py in a new environment; empty, and why, where it cannot be made.

    It has this environment's pandas, numpy and pyarrow, so that only pm4py differs.
    """
    python = str(folder / "bin" / "python")
    wanted = [PM4PY, *(f"{name}=={version(name)}" for name in SHARED)]
    uv = [sys.executable, "-m", "uv"]
    steps = {
        "make an environment": [*uv, "venv", "--python", sys.executable, str(folder)],
        f"install {PM4PY}": [*uv, "pip", "install", "--python", python, *wanted],
        "import pm4py": [python, "-c", "import pm4py"],
    }
    for what, step in steps.items():
        if subprocess.run(step, capture_output=True, check=False).returncode:
            print(f"Could not {what}: speedup_pm4py is null. Give --pm4py PYTHON.", flush=True)
            return ""
    return python


def write_events(folder: Path, number: int) -> None:
    """A table `events` as a vintage holds it; all of it is drawn, no one stands behind it."""
    folder.mkdir()
    draws = np.random.default_rng(2024)
    case = draws.integers(0, max(number // A_CASE, 1), number)
    begin = np.datetime64("2020-01-01", "s").astype(np.int64)
    time = begin + draws.integers(0, YEARS * 365 * SECONDS, number)
    place = draws.choice(len(PLACES), number, p=list(PLACES.values()))
    cases = pa.array(np.char.mod("c%019d", np.arange(max(number // A_CASE, 1))))
    columns = {
        "case_id": _coded(case, cases),
        "activity": _coded(place, pa.array(list(PLACES))),
        "started_at": pa.array(time.astype("datetime64[s]").astype("datetime64[us]")),
    }
    write_table("events", shaped("events", columns, number), folder / "events.parquet")


def _coded(codes: np.ndarray, words: pa.Array) -> pa.DictionaryArray:
    """As ingestion hands it over: each word once, in the order of its first row."""
    return words.take(pa.array(codes)).dictionary_encode()


def _run(side: str, folder: Path, pm4py: str) -> dict:
    python = pm4py if side == "oracle" else sys.executable
    logs = [str(log / "events.parquet") for log in (folder, folder.with_name("tiny"))]
    command = [python, str(HERE / f"paths_{side}.py"), *logs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"The side {side} ended with code {done.returncode}.")
    return json.loads(done.stdout.splitlines()[-1])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--oracle", type=int, default=1_000_000, help="events beside pm4py")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="for the event logs, removed again")
    parser.add_argument("--pm4py", default="", help="interpreter that has pm4py; made by default")
    return parser.parse_args()


if __name__ == "__main__":
    main()
