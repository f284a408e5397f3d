"""How often intervals hold a known truth, and how many flags chance gives.

    python benchmarks/coverage_of_truths.py [--draws 2000] [--areas 2000] [--write]

Draws from the truths of truths.py and areas.py with fixed seeds, prints two Markdown
tables and, with `--write`, puts them into docs/reach_statistics.md. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from areas import CASES as AREA_CASES
from areas import AreaCase
from truths import CASES, SIZES, Case

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reach_statistics.md"
DRAWS = 2_000
LEAST, MOST = 0.93, 0.97
ERRORS = 3.0
GIVEN = 0.01
LARGE, BLOCKS = 10_000, 20


@dataclass(frozen=True)
class Coverage:
    """What one size of a case came to.

    Attributes
    ----------
    held, below, above, refused : float
        Shares of the intervals that were given: holding the truth, lying below it,
        lying above it; and of draws without an interval.
    """

    held: float
    below: float
    above: float
    refused: float


@dataclass(frozen=True)
class Kept:
    """What a promise about 54 areas came to.

    Attributes
    ----------
    found, error, promised : float
        Mean over the simulated states, its standard error, and the mean promise.
    """

    found: float
    error: float
    promised: float


def cover(case: Case, size: int, draws: int = DRAWS) -> Coverage:
    """Coverage of a case at a size; the seed follows from its place and the size.

    Where less than one percent of the draws gives an interval, there is none.
    """
    seed = [6, CASES.index(case), size]
    blocks = BLOCKS if case.rows and size >= LARGE else 1
    given, below, above = [], [], []
    for block in range(blocks):
        chance = np.random.default_rng([*seed, block] if block else seed)
        found, truth = case.draw(chance, size, draws // blocks)
        given.append(found.refusal == "")
        above.append(found.lower > truth)
        below.append(found.upper < truth)
    kept = np.concatenate(given)
    if kept.mean() < GIVEN:
        return Coverage(np.nan, np.nan, np.nan, 1.0)
    missed = [float(np.concatenate(side)[kept].mean()) for side in (below, above)]
    return Coverage(1 - sum(missed), *missed, refused=1 - float(kept.mean()))


def keep(case: AreaCase, most: int = DRAWS) -> Kept:
    """Mean of a promise over simulated states, each with its own seed; at most so many."""
    place, states = AREA_CASES.index(case), min(case.states, most)
    draws = (case.draw(np.random.default_rng([54, place, state])) for state in range(states))
    found, promised = np.array([(each.found, each.promised) for each in draws]).T
    stated = case.promised if np.isnan(promised).all() else float(np.mean(promised))
    return Kept(float(found.mean()), float(found.std() / np.sqrt(states)), stated)


def within(case: Case, size: int, found: Coverage) -> bool:
    """Whether a coverage lies where the case says."""
    if np.isnan(found.held):
        return True
    if case.kind == "at least":
        return found.held >= 0.95 - ERRORS * np.sqrt(0.95 * 0.05 / DRAWS)
    return LEAST <= found.held <= case.wide.get(size, (MOST, ""))[0]


def fulfilled(case: AreaCase, found: Kept) -> bool:
    """Whether a promise was kept, allowing three standard errors of the simulation."""
    slack = ERRORS * found.error
    if case.promise == "within":
        return abs(found.found - found.promised) <= max(0.02, slack)
    if case.promise == "at most":
        return found.found <= found.promised + slack
    return found.found >= found.promised - slack


def interval_table(draws: int = DRAWS) -> str:
    """Coverage by case and size; refused ones in brackets."""
    rows = []
    for case in CASES:
        cells = [_cell(cover(case, size, draws)) if size in case.sizes else "" for size in SIZES]
        note = "; ".join(f"{size}: {why}" for size, (_, why) in case.wide.items())
        note = "mindestens 95, mit Absicht weit" if case.kind == "at least" else note
        rows.append((case.name, case.unit, *cells, note))
    head = ("Verfahren", "Größe zählt", *(f"{size:,}".replace(",", ".") for size in SIZES), "")
    return markdown_table(head, rows)


def area_table(most: int = DRAWS) -> str:
    """What was found over simulated states beside what was promised."""
    words = {"at most": "höchstens", "at least": "mindestens", "within": "etwa"}
    rows = []
    for case in AREA_CASES:
        found = keep(case, most)
        said = f"{words[case.promise]} {_number(found.promised)}"
        rows.append((case.name, _number(found.found), _number(found.error), said))
    return markdown_table(("54 Gebiete", "gefunden", "Fehler der Simulation", "versprochen"), rows)


def placed(text: str, name: str, part: str) -> str:
    """A page with another part between the marks of a name."""
    marks = re.compile(rf"(<!-- {name}\b[^>]*-->)(.*?)(<!-- /{name} -->)", re.DOTALL)
    return marks.sub(lambda found: f"{found[1]}\n\n{part}\n\n{found[3]}", text, count=1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--areas", type=int, default=DRAWS)
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    given = parser.parse_args(arguments)
    tables = {"coverage": interval_table(given.draws), "areas": area_table(given.areas)}
    for table in tables.values():
        print(table, end="\n\n")
    if given.write:
        text = PAGE.read_text(encoding="utf-8")
        for name, table in tables.items():
            text = placed(text, name, table)
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    print(json.dumps({"benchmark": "coverage", "draws": given.draws, "areas": given.areas}))


def _cell(found: Coverage) -> str:
    if np.isnan(found.held):
        return "verweigert"
    held = f"{100 * found.held:.1f}".replace(".", ",")
    return held if found.refused < 0.005 else f"{held} ({100 * found.refused:.0f})"


def _number(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as Markdown; rows have as many cells as the head."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
