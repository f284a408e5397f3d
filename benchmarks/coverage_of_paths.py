"""Whether intervals of paths hold what is true: of drawn ways, and of the sample's areas.

    python benchmarks/coverage_of_paths.py [--draws 2000] [--seeds 10] [--areas all] [--write]

Draws from the truths of paths_truths.py, and takes in the deliveries of the sample as
paths_areas.py says. Prints Markdown tables and, with `--write`, puts them into
docs/referral_paths.md. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coverage_of_truths import markdown_table, placed
from paths_areas import MEASURES, Found, chosen, found_in
from paths_truths import CASES, SIZES, Case

PAGE = Path(__file__).resolve().parents[1] / "docs" / "referral_paths.md"
DRAWS, SEEDS = 2_000, 10
LEAST, MOST = 0.92, 0.98
ERRORS = 2.0
HEINSBERG = "05370"


@dataclass(frozen=True)
class Coverage:
    """What one size of a case came to.

    Attributes
    ----------
    held, refused : float
        Share of the intervals that hold the truth, and of draws without one.
    draws : int
    """

    held: float
    refused: float
    draws: int


def cover(case: Case, size: int, draws: int = DRAWS) -> Coverage:
    """Coverage of a case at a size; the seed follows from its place and the size."""
    chance = np.random.default_rng([7, CASES.index(case), size])
    drawn = case.draw(chance, size, draws)
    given = ~np.isnan(drawn.lower) & ~np.isnan(drawn.upper)
    held = (drawn.lower <= drawn.truth) & (drawn.truth <= drawn.upper)
    share = float(held[given].mean()) if given.any() else float("nan")
    return Coverage(share, 1 - float(given.mean()), len(given))


def within(case: Case, size: int, found: Coverage) -> bool:
    """Whether a coverage lies where it should, allowing two errors of the simulation."""
    if np.isnan(found.held):
        return True
    given = max(found.draws * (1 - found.refused), 1)
    slack = ERRORS * float(np.sqrt(0.95 * 0.05 / given))
    most = case.wide.get(size, (MOST, ""))[0]
    return LEAST - slack <= found.held <= most + slack


def coverage_table(covered: dict[tuple[str, int], Coverage]) -> str:
    """Coverage by case and size; refused ones in brackets."""
    rows = []
    for case in CASES:
        cells = [_cell(covered[case.name, size]) for size in SIZES]
        note = "; ".join(f"{size}: {why}" for size, (_, why) in case.wide.items())
        rows.append((case.name, *cells, note))
    head = ("Kennzahl", *(f"{size:,}".replace(",", ".") for size in SIZES), "")
    return markdown_table(head, rows)


def summary_table(found: Sequence[Found]) -> str:
    """How many areas' intervals hold the planted value, by measure."""
    rows = []
    for name, title in MEASURES.items():
        told = [one for one in found if one.measure == name]
        given = [one for one in told if not np.isnan(one.lower)]
        held = sum(one.inside for one in given)
        share = f"{100 * held / len(given):.0f} %" if given else ""
        rows.append((title, str(len(given)), str(held), share, str(len(told) - len(given))))
    head = ("Kennzahl", "Intervalle", "mit Wahrheit darin", "Anteil", "verweigert")
    return markdown_table(head, rows)


def area_table(found: Sequence[Found]) -> str:
    """Planted and measured value of each area, with its interval, and whether it holds."""
    names = list(MEASURES)
    places = list(dict.fromkeys(one.place for one in found))
    by_place = {(one.place, one.measure): one for one in found}
    rows = [(p, *(_told(by_place.get((p, name))) for name in names)) for p in places]
    return markdown_table(("Gebiet", *MEASURES.values()), rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="further seeds for Heinsberg")
    parser.add_argument("--areas", default="all", help="all, or codes with commas")
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    given = parser.parse_args(arguments)
    covered = {(c.name, size): cover(c, size, given.draws) for size in SIZES for c in CASES}
    areas = [one for code in chosen(given.areas) for one in found_in(code)]
    again = [one for seed in range(1, given.seeds + 1) for one in found_in(HEINSBERG, seed)]
    tables = {
        "coverage": coverage_table(covered),
        "summary": summary_table([*areas, *again]),
        "areas": area_table([*areas, *again]),
    }
    for table in tables.values():
        print(table, end="\n\n")
    if given.write:
        text = PAGE.read_text(encoding="utf-8")
        for name, table in tables.items():
            text = placed(text, name, table)
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    print(json.dumps(_told_at_last(given, covered, [*areas, *again])))


def _told_at_last(
    given: argparse.Namespace, covered: dict[tuple[str, int], Coverage], found: Sequence[Found]
) -> dict[str, object]:
    cases = {case.name: case for case in CASES}
    outside = [key for key, one in covered.items() if not within(cases[key[0]], key[1], one)]
    intervals = [one for one in found if not np.isnan(one.lower)]
    return {
        "benchmark": "paths_truth",
        "draws": given.draws,
        "fields": len(covered),
        "fields_outside": len(outside),
        "lowest": round(min(one.held for one in covered.values() if one.held >= 0), 4),
        "highest": round(max(one.held for one in covered.values() if one.held >= 0), 4),
        "intervals": len(intervals),
        "inside": sum(one.inside for one in intervals),
        "refused": len(found) - len(intervals),
    }


def _cell(found: Coverage) -> str:
    if np.isnan(found.held):
        return "verweigert"
    held = f"{100 * found.held:.1f}".replace(".", ",")
    return held if found.refused < 0.005 else f"{held} ({100 * found.refused:.0f})"


def _told(one: Found | None) -> str:
    if one is None:
        return ""
    if np.isnan(one.value):
        return f"{_number(one.truth)}: verweigert"
    span = "" if np.isnan(one.lower) else f" ({_number(one.lower)} bis {_number(one.upper)})"
    mark = "" if one.inside or not span else " ✗"
    return f"{_number(one.truth)}: {_number(one.value)}{span}{mark}"


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


if __name__ == "__main__":
    main()
