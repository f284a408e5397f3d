"""How fast and how lean ingestion is: kimeval against plain and tuned pandas.

    python benchmarks/ingest.py [--events 10000000] [--rounds 3] [--folder FOLDER]
    python benchmarks/ingest.py --spilled 100000000 [--folder FOLDER]

The last line is JSON. What the sides do is said in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from statistics import median

from deliveries import write_delivery
from measure import Measured, measure

SIDES = {"kimeval": "library", "plain": "plain", "tuned": "tuned"}
Runs = dict[tuple[str, int], list[Measured]]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    asked = _parser().parse_args(arguments)
    home = Path(tempfile.mkdtemp(prefix="kimeval-", dir=asked.folder))
    try:
        if asked.spilled:
            summary = _spilled(home, asked.spilled)
        else:
            summary = _compared(home, asked.events, asked.rounds, asked.sides)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps({"benchmark": "ingest"} | summary))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure ingestion.")
    parser.add_argument(
        "--events", type=int, default=10_000_000, help="contacts of the larger size"
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side and size")
    parser.add_argument("--folder", type=Path, help="where deliveries are written and removed")
    parser.add_argument("--spilled", type=int, help="kimeval alone, with so many contacts")
    parser.add_argument(
        "--sides", nargs="+", choices=SIDES, default=list(SIDES), help="all sides by default"
    )
    return parser


def _compared(home: Path, events: int, rounds: int, sides: list[str]) -> dict[str, object]:
    """All sides in turn, on both sizes."""
    sizes = (events // 10, events)
    runs: Runs = {}
    for size in sizes:
        _generate(home / str(size), size)
        for number in range(rounds):
            for side in sides:
                done = measure(SIDES[side], home / str(size))
                runs.setdefault((side, size), []).append(done)
                print(f"{size:>12,} events  round {number + 1}  {_line(side, done)}", flush=True)
        shutil.rmtree(home / str(size))
    for (side, size), held in runs.items():
        print(f"{size:>12,} events  median   {_line(side, _median(held))}")
    middle = {key: _median(held) for key, held in runs.items()}
    return _summary(middle, *sizes) if "kimeval" in sides else {}


def _summary(middle: dict[tuple[str, int], Measured], few: int, many: int) -> dict[str, object]:
    own = middle["kimeval", many]
    ratios: dict[str, object] = {
        name: round(middle[side, many].seconds / own.seconds, 2)
        for name, side in (("speedup", "plain"), ("speedup_tuned", "tuned"))
        if (side, many) in middle
    }
    slope = (own.seconds / many) / (middle["kimeval", few].seconds / few)
    return ratios | {"peak_mib": round(own.peak_mib), "slope": round(slope, 2)}


def _spilled(home: Path, events: int) -> dict[str, object]:
    """kimeval alone on a delivery beyond memory."""
    _generate(home / "spilled", events)
    done = measure(SIDES["kimeval"], home / "spilled")
    print(f"{events:>12,} events  {_line('kimeval', done)}")
    return {"events": events, "seconds": round(done.seconds), "peak_mib": round(done.peak_mib)}


def _generate(folder: Path, events: int) -> None:
    write_delivery(folder, events)
    size = sum(path.stat().st_size for path in (folder / "delivery").iterdir())
    print(f"{events:>12,} events  {size / 1e6:,.0f} MB generated", flush=True)


def _median(held: list[Measured]) -> Measured:
    return Measured(
        median(run.seconds for run in held),
        median(run.busy for run in held),
        max(run.peak_mib for run in held),
    )


def _line(side: str, done: Measured) -> str:
    return (
        f"{side:<8} {done.seconds:8.1f} s  busy {done.busy:8.1f} s  peak {done.peak_mib:8,.0f} MiB"
    )


if __name__ == "__main__":
    main()
