"""Eight quarters released one after the other, two of them again after a revision.

    python benchmarks/eight_quarters.py [--folder FOLDER] [--write]

Each release goes through `kimeval run` in a scratch copy of the project and is
attacked together with all earlier ones. `--write` puts the table into
docs/protection.md. The last line is JSON.
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
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.protect.facts import HIDDEN, KEPT
from kimeval.protect.primary import small_rows
from kimeval.protect.register import entries
from kimeval.protect.rules import Rules

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "protection.md"
AREA = "05370"
SAMPLE = Path("data", "sample", AREA, "2024-10-15")
LINKED = ("notebooks", "profiles", "requirements.lock", "pyproject.toml")
LAST, COUNT = Quarter(2024, 3), 8
CONTACTS, CLIENT, DAY = "ki_kontakte.csv", 1, 3
DATE = re.compile(r"(\d\d)\.(0[1-9]|1[0-2])\.(20\d\d)")
SHARED = ["indicator", "period", "area", "dimension", "group"]
NUMBERS = ["numerator", "denominator", "value", "lower", "upper"]
HEAD = (
    "Veröffentlichung",
    "Zeilen",
    "für sich gesperrt",
    "daneben gesperrt",
    "früherer Stand",
    "angegriffen",
    "ermittelt",
    "kleinste Spanne",
    "Sekunden",
)


@dataclass(frozen=True)
class Line:
    """One release and what the attack on it came to (Zeile der Tafel).

    Attributes
    ----------
    name : str
        Quarter, and whether it was released again.
    rows : int
        Rows that count persons.
    own, beside : int
        Rows hidden for themselves, and so that those do not follow.
    kept : int
        Rows whose earlier numbers stand, since they changed by few persons.
    attacked, recovered : int
        Counts that are not published, and those that the attacker found out.
    narrowest : int or None
        Least distance of the possible values of a small count.
    seconds : float
        From the command to the published page.
    """

    name: str
    rows: int
    own: int
    beside: int
    kept: int
    attacked: int
    recovered: int
    narrowest: int | None
    seconds: float = 0.0

    @property
    def cells(self) -> tuple[str, ...]:
        """Texts of the table's columns."""
        hidden = (self.rows, self.own, self.beside, self.kept)
        numbers = (*hidden, self.attacked, self.recovered, self.narrowest)
        return (self.name, *("" if n is None else str(n) for n in numbers), f"{self.seconds:.0f}")


@dataclass(frozen=True)
class Revision:
    """A quarter released again after few persons changed (Revision).

    Attributes
    ----------
    name : str
        Quarter.
    with_register, without : int
        Rows whose numbers both versions show and that differ: as released, and as
        they would have been without knowing the first version.
    """

    name: str
    with_register: int
    without: int


def main(arguments: list[str] | None = None) -> None:
    """Release, attack and print."""
    parser = argparse.ArgumentParser(description="Release eight quarters one after the other.")
    parser.add_argument("--folder", type=Path, help="where the scratch project is made and removed")
    parser.add_argument("--write", action="store_true", help="put the table into the documentation")
    asked = parser.parse_args(arguments)
    home = Path(tempfile.mkdtemp(prefix="kimeval-", dir=asked.folder))
    try:
        lines, revisions = _all(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    block = f"{table(lines)}\n\n{sentences(lines, revisions)}"
    print(block)
    if asked.write:
        PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), block), encoding="utf-8")
    print(json.dumps({"benchmark": "eight_quarters"} | summary(lines, revisions)))


def quarters() -> list[Quarter]:
    """The eight quarters that the sample holds whole and last."""
    return [LAST - back for back in range(COUNT - 1, -1, -1)]


def plan() -> list[tuple[str, Quarter]]:
    """What is done in turn: `run`, or `fewer` and `more` persons before a second run.

    The second quarter is released again without one person, the sixth with one
    more: that delivery is the first one again.
    """
    steps = []
    for number, quarter in enumerate(quarters()):
        steps.append(("run", quarter))
        if number in (1, 5):
            steps.append(("fewer" if number == 1 else "more", quarter))
    return steps


def name_of(quarter: Quarter, what: str) -> str:
    """How a release is called in the table."""
    return str(quarter) if what == "run" else f"{quarter}, zweite Fassung"


def scratch(home: Path) -> Project:
    """A project with nothing released and the sample's delivery."""
    (home / SAMPLE.parent).mkdir(parents=True)
    for name in (*LINKED, SAMPLE):
        (home / name).symlink_to(ROOT / name)
    return Project(home)


def deliver(project: Project, without: Sequence[Quarter] = ()) -> None:
    """Hand in the sample again, in some quarters without the contacts of one person each.

    Parameters
    ----------
    project : Project
        Gets a delivery of the same day in data/raw.
    without : sequence of Quarter
        In which a person is missing; who it is, is the same in each project.
    """
    place = project.raw / AREA
    place.mkdir(parents=True, exist_ok=True)
    folder = place / f"{SAMPLE.name}.{len(list(place.iterdir())) + 2}"
    shutil.copytree(ROOT / SAMPLE, folder)
    path = folder / CONTACTS
    lines = path.read_bytes().split(b"\r\n")
    for quarter in without:
        lines = _without_one(lines, quarter)
    path.write_bytes(b"\r\n".join(lines))


def numbers_of(rows: pd.DataFrame) -> dict[str, int]:
    """Rows of a release, and how many are hidden for themselves, beside them, or kept."""
    small = small_rows(rows, Rules())
    hidden = rows["state"] == HIDDEN
    return {
        "rows": len(rows),
        "own": int((hidden & small).sum()),
        "beside": int((hidden & ~small).sum()),
        "kept": int((rows["state"] == KEPT).sum()),
    }


def differing(before: Path, after: Path) -> int:
    """Rows of two `results.csv` that show other numbers for the same thing."""
    frames = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in (before, after)]
    shown = [frame[frame["suppressed"] != "True"].drop_duplicates(SHARED) for frame in frames]
    both = shown[0].merge(shown[1], on=SHARED, suffixes=("_before", "_after"))
    counted = both["indicator"].isin(_personal())
    unequal = [both[f"{name}_before"] != both[f"{name}_after"] for name in NUMBERS]
    return int((pd.concat(unequal, axis=1).any(axis=1) & counted).sum())


def table(lines: Iterable[Line]) -> str:
    """The lines as a table in Markdown."""
    rows = [HEAD, ("---", *["--:"] * (len(HEAD) - 1)), *(line.cells for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def sentences(lines: Sequence[Line], revisions: Sequence[Revision]) -> str:
    """What the table says, in German."""
    recovered = sum(line.recovered for line in lines)
    found = "keine" if not recovered else str(recovered)
    told = [f"Von allen angegriffenen Zahlen hat der Angriff {found} ermittelt."]
    told += [
        f"Zur zweiten Fassung von {one.name} war die Lieferung um eine Person anders: "
        f"{one.without} Zeilen hätten sich dadurch geändert, geändert veröffentlicht "
        f"{'wurde' if one.with_register == 1 else 'wurden'} {one.with_register or 'keine'}."
        for one in revisions
    ]
    return " ".join(told)


def summary(lines: Sequence[Line], revisions: Sequence[Revision]) -> dict[str, object]:
    """What the JSON line says."""
    widths = [line.narrowest for line in lines if line.narrowest is not None]
    return {
        "releases": len(lines),
        "attacked": sum(line.attacked for line in lines),
        "recovered": sum(line.recovered for line in lines),
        "narrowest": min(widths, default=None),
        "revisions_shown": sum(one.with_register for one in revisions),
        "revisions_without_register": sum(one.without for one in revisions),
        "seconds": round(sum(line.seconds for line in lines), 1),
    }


def block_of(page: str) -> str:
    """What stands on the page between the marks."""
    return _marks().search(page)[2].strip()


def placed(page: str, block: str) -> str:
    """The page with another block between the marks."""
    return _marks().sub(lambda found: f"{found[1]}\n\n{block}\n\n{found[3]}", page, count=1)


def _all(home: Path) -> tuple[list[Line], list[Revision]]:
    project, lines, revisions = scratch(home / "project"), [], []
    again = {what: quarter for what, quarter in plan() if what != "run"}
    for what, quarter in plan():
        first = project.outputs / str(quarter) / "versions" / AREA / "v1" / "results.csv"
        if what != "run":
            deliver(project, list(again.values()) if what == "fewer" else [])
        lines.append(_released(project, quarter, what))
        print(" ".join(lines[-1].cells), flush=True)
        if what != "run":
            control = scratch(home / what)
            deliver(control, list(again.values()) if what == "fewer" else [])
            _run(control, quarter)
            second, other = (_results(place, quarter) for place in (project, control))
            revisions.append(
                Revision(str(quarter), differing(first, second), differing(first, other))
            )
    return lines, revisions


def _released(project: Project, quarter: Quarter, what: str) -> Line:
    started = time.monotonic()
    _run(project, quarter)
    seconds = time.monotonic() - started
    path = _results(project, quarter).with_name("manifest.json")
    attacked = json.loads(path.read_text(encoding="utf-8"))["protection"]["attack"]
    told = {name: attacked[name] for name in ("attacked", "recovered", "narrowest")}
    return Line(
        name_of(quarter, what),
        **numbers_of(entries(project, AREA)[-1].rows),
        **told,
        seconds=seconds,
    )


def _run(project: Project, quarter: Quarter) -> None:
    command = [sys.executable, "-m", "kimeval", "run", "--quarter", str(quarter), "--area", AREA]
    environment = {**os.environ, "KIMEVAL_HOME": str(project.root)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)


def _results(project: Project, quarter: Quarter) -> Path:
    return project.outputs / str(quarter) / AREA / "results.csv"


def _without_one(lines: list[bytes], quarter: Quarter) -> list[bytes]:
    """Lines without what the first person with a contact in a quarter did in it."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        cells = line.decode("cp1252").split(";")
        if (day := DATE.fullmatch(cells[DAY] if len(cells) > DAY else "")) and quarter == Quarter(
            int(day[3]), (int(day[2]) + 2) // 3
        ):
            found.setdefault(cells[CLIENT], set()).add(number)
    gone = next(iter(found.values()))
    return [line for number, line in enumerate(lines) if number not in gone]


def _personal() -> set[str]:
    from kimeval.core.catalogue import catalogue

    return {name for name, one in catalogue().items() if one.counts == "persons"}


def _marks() -> re.Pattern[str]:
    return re.compile(r"(<!-- eight_quarters[^>]*-->)(.*?)(<!-- /eight_quarters -->)", re.DOTALL)


if __name__ == "__main__":
    main()
