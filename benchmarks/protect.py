"""Protection: a release of the state, and how much is lost against the best and a rule of thumb.

Run: python benchmarks/protect.py [--areas 54] [--tables 60] [--thumb-areas 2]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.data.vintages import ensure_vintage
from kimeval.protect.audit import View, attack
from kimeval.protect.cubes import Linked, Table, link
from kimeval.protect.rules import Rules
from kimeval.protect.solve import choose
from kimeval.reach import (
    cases_active,
    cases_new,
    persons_new,
    persons_reached,
    reach_by_quarter,
    reach_overview,
)
from state import persons, released

SAMPLE, QUARTER = "05370", "2024Q3"
SECONDS = 5.0
Made = TypeVar("Made")


def main() -> None:
    options = _options()
    told = {"benchmark": "protect"} | _state(options.areas) | _small(options.tables)
    told |= _against_thumb(options.thumb_areas)
    print(json.dumps(told))


def _state(areas: int) -> dict[str, float]:
    """A release of all areas, protected and attacked, beside the time of measuring it."""
    rules = Rules()
    measuring, _ = timed(lambda: _measured(areas))
    linking, linked = timed(lambda: released(areas, rules=rules))
    choosing, pattern = timed(lambda: choose(linked.system, thumb=False))
    attacking, found = timed(lambda: attacked(linked, pattern.hidden, rules))
    protecting = linking + choosing + attacking
    hidden = pattern.hidden
    print(f"state: {len(persons(areas)):,} persons, {len(linked.cells):,} cells, 6 linked tables")
    print(f"  measured in {measuring:.1f} s, linked in {linking:.1f} s")
    print(f"  small {int(linked.system.forced.sum()):,}, hidden in all {int(hidden.sum()):,}, "
          f"chosen in {choosing:.1f} s")  # fmt: skip
    print(f"  attacked {found['attacked']:,}, recovered {found['recovered']}, "
          f"inside their interval {found['inside']}, in {attacking:.1f} s")  # fmt: skip
    return {
        "cells": len(linked.cells),
        "tables": 6,
        "attacked": found["attacked"],
        "recovered": found["recovered"] + found["inside"],
        "seconds_measuring": round(measuring, 1),
        "seconds_protecting": round(protecting, 1),
        "share_of_measuring": round(protecting / measuring, 2),
    }


def _measured(areas: int) -> int:
    """What the notebook on reach measures, for so many areas of the size of the sample."""
    vintage = ensure_vintage(Project.find(), area(SAMPLE))
    quarter, rows = Quarter.parse(QUARTER), 0
    for _ in range(areas):
        data = vintage.load()
        results = [reach_overview(data, quarter), reach_by_quarter(data, quarter)]
        for measure in (persons_reached, persons_new, cases_active, cases_new):
            results.append(measure(data, quarter, by=("ags", "provider")))
        rows += sum(len(result.frame) for result in results)
    released(areas)
    return rows


def _small(tables: int) -> dict[str, float]:
    """Loss in small tables beside the least that is possible, and the rule of thumb."""
    losses, bounds, thumbs, worse, exact = [], [], [], 0, 0
    cells = {"chosen": 0, "thumb": 0}
    for seed in range(tables):
        linked = _small_table(seed)
        plain = choose(linked.system, SECONDS, thumb=False)
        other = choose(linked.system, SECONDS, thumb=True)
        if not linked.system.forced.any() or np.isnan(other.thumb) or not other.thumb:
            continue
        losses.append(plain.loss)
        bounds.append(max(plain.bound, other.bound))
        thumbs.append(other.thumb)
        worse += plain.loss > other.thumb + 1e-6
        exact += plain.loss <= bounds[-1] + 1e-6
        extra = plain.hidden & ~linked.system.forced
        cells["chosen"] += int(extra.sum())
    print(f"small tables: {len(losses)} of {tables} need further cells; the least possible loss "
          f"in {exact}, worse than the rule of thumb in {worse}")  # fmt: skip
    ratios = [loss / bound for loss, bound in zip(losses, bounds, strict=True) if bound > 0]
    print(f"  loss against the bound: median {statistics.median(ratios):.3f}, "
          f"largest {max(ratios):.3f}; further cells {cells['chosen']}")  # fmt: skip
    return {
        "small_tables": len(losses),
        "least_possible": exact,
        "worse_than_heuristic": worse,
        "loss_vs_optimum": round(sum(losses) / sum(bounds), 3),
        "loss_vs_heuristic": round(sum(losses) / sum(thumbs), 3),
    }


def _against_thumb(areas: int) -> dict[str, float]:
    """Loss of a few areas by the search and by the rule of thumb, if that can be made safe."""
    linked = released(areas)
    plain = choose(linked.system, thumb=False)
    other = choose(linked.system, thumb=True)
    forced = linked.system.forced
    print(f"{areas} areas: {len(linked.cells):,} cells, further cells "
          f"{int((plain.hidden & ~forced).sum())}, loss {plain.loss:.0f}, by the rule of thumb "
          f"{other.thumb:.0f}")  # fmt: skip
    if np.isnan(other.thumb):
        return {}
    return {"loss_vs_heuristic_large": round(plain.loss / other.thumb, 3)}


def _small_table(seed: int) -> Linked:
    draw = np.random.default_rng(seed)
    people = persons(3, seed)
    people = people.sample(int(draw.integers(60, 200)), random_state=seed)
    people["age"] = people["age"].map(lambda code: f"age {int(code[-2:]) // 3}")
    people = people[people["nationality"] <= "nationality 03"]
    counts = people.groupby(["area", "age", "gender", "nationality"], as_index=False).size()
    counts = counts.rename(columns={"size": "count"})
    shapes = [
        [Table(("area", "age", "gender"))],
        [Table(("area", "nationality")), Table(("area", "gender")), Table(("age", "nationality"))],
        [Table(("area", "age"), {"age": {"age 0": "young", "age 1": "young", "age 2": "old"}})],
        [Table(("area", "nationality")), Table(("area", "age", "gender"))],
    ]
    return link(counts, shapes[seed % len(shapes)])


def attacked(linked: Linked, hidden: np.ndarray, rules: Rules) -> dict[str, int]:
    """What a reader finds out who sees all but the hidden cells.

    Parameters
    ----------
    linked : Linked
        Cells and sums.
    hidden : ndarray of bool, shape (units,)
        What is not shown.
    rules : Rules
        The reader knows them.

    Returns
    -------
    dict of str to int
        attacked, recovered, inside: known better than the rules allow.
    """
    system = linked.system
    value = system.value
    ordinary = (value < rules.least) | (value >= rules.threshold)
    nothing = linked.cells["small"].to_numpy() & ordinary
    low = np.where(nothing, 0.0, float(rules.least))
    shown = np.where(system.hidden_cells(hidden), np.nan, value)
    view = View(shown, system.sums, low, np.full(len(value), np.inf), block=system.block)
    target = system.need > 0
    width = attack(view, target, float(rules.spread), known=value).width[target]
    return {
        "attacked": int(target.sum()),
        "recovered": int((width < 1e-6).sum()),
        "inside": int(((width >= 1e-6) & (width < system.need[target] - 1e-6)).sum()),
    }


def timed(make: Callable[[], Made]) -> tuple[float, Made]:
    """Processor seconds that something takes, and what it makes."""
    begun = time.process_time()
    made = make()
    return time.process_time() - begun, made


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=54)
    parser.add_argument("--tables", type=int, default=60)
    parser.add_argument("--thumb-areas", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
