"""How long the last look at a release takes: files against needles of synthetic persons.

Run: python benchmarks/search.py [--files 300] [--needles 100000] [--release outputs/2024Q3/05370]
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import tempfile
import time
from pathlib import Path

from kimeval.core.project import Project
from kimeval.protect.canary import Needles, needles_of, require_clean
from kimeval.protect.canary.ordinary import ordinary

SYLLABLES = ["ka", "mo", "ri", "ta", "shu", "el", "dar", "vin", "zo", "pe", "lu", "ben", "gar"]
WORDS = [
    "am",
    "Montag",
    "beim",
    "Jugendamt",
    "und",
    "die",
    "der",
    "Beratung",
    "Kreis",
    "Termin",
    "hat",
    "war",
    "nicht",
    "im",
    "Quartal",
]


def main() -> None:
    options = _options()
    project = Project.find()
    drawn = random.Random(2024)
    with tempfile.TemporaryDirectory() as name:
        stage = Path(name)
        size = _fill(stage, project.root / options.release, options.files)
        begun = time.process_time()
        needles = _needles(options.needles, drawn, project)
        made = time.process_time()
        searched = require_clean(stage, needles)
        done = time.process_time()
    told = {
        "files": searched.files,
        "megabytes": round(size / 1e6, 1),
        "needles": sum(searched.needles.values()),
        "seconds_needles": round(made - begun, 1),
        "seconds_search": round(done - made, 1),
    }
    print(json.dumps(told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--needles", type=int, default=100_000, help="of most kinds")
    parser.add_argument("--release", default="outputs/2024Q3/05370", help="whose files are copied")
    return parser.parse_args()


def _fill(stage: Path, release: Path, files: int) -> int:
    """Copies of a release's files; each differs, so that none is read for another."""
    held = [path for path in sorted(release.resolve().rglob("*")) if path.is_file()]
    if not held:
        raise SystemExit(f"{release.name} holds no files. Run `make quarter` first.")
    size = 0
    for number in range(files):
        source = held[number % len(held)]
        content = source.read_bytes().replace(b"2024", f"2{number:03d}".encode())
        (stage / f"{number:03d}{source.suffix}").write_bytes(content)
        size += len(content)
    return size


def _needles(many: int, drawn: random.Random, project: Project) -> Needles:
    def name() -> str:
        return "".join(drawn.choices(SYLLABLES, k=drawn.randint(2, 4))).title()

    vocabulary = WORDS + [name() for _ in range(3000)]
    numbers = [f"2023/{n:06d}" for n in range(many)] + [f"{n:06d}" for n in range(many)]
    remarks = [" ".join(drawn.choices(vocabulary, k=drawn.randint(3, 20))) for _ in range(many)]
    pseudonyms = [secrets.token_hex(10) for _ in range(5 * many)]
    persons = {(name(), name()) for _ in range(many)}
    return needles_of(numbers, persons, remarks, pseudonyms, ordinary(project))


if __name__ == "__main__":
    main()
