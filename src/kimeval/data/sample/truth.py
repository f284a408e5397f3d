"""The written truth of a delivery (Wahrheitsdatei).

Later tests compare measures with it: what was planted, what happened, and what
an evaluator can see of it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from kimeval.core.area import areas
from kimeval.core.quarter import Quarter
from kimeval.data.sample.faults import Spoiled
from kimeval.data.sample.known import Frames
from kimeval.data.sample.programme import FOLDER, entry_share, parameters, settings, window
from kimeval.data.sample.statistics import (
    FOLLOW_UP,
    SECRET_BELOW,
    complete_quarters,
    posts_rows,
    statistics_rows,
)
from kimeval.data.sample.truth_offers import offers_truth
from kimeval.data.sample.truth_paths import gaps_truth, ping_pong_truth, waiting_truth
from kimeval.data.sample.views import visible_view, world_view
from kimeval.data.sample.world import World

SYNTHETIC = "Synthetische Daten, keine echten Personen"


@cache
def definitions() -> dict[str, str]:
    """What each number of a truth file means."""
    return tomllib.loads((FOLDER / "definitions.toml").read_text(encoding="utf-8"))


def area_truth(
    world: World, frames: Frames, files: Sequence[Spoiled], as_of: dt.date, scale: float
) -> dict[str, Any]:
    """The truth of one area and delivery.

    Parameters
    ----------
    world : World
        Of the area.
    frames : dict of DataFrame
        Result of `recorded`.
    files : sequence of Spoiled
        Every file of every provider.
    as_of : date
        Day of the delivery.
    scale : float
        As given to `make_world`.
    """
    views = {"world": world_view(world, frames), "visible": visible_view(files)}
    quarters = complete_quarters(as_of)
    by_quarter: dict[str, dict[str, Any]] = {
        str(q): {n: v.reach(q) for n, v in views.items()} for q in quarters
    }
    for quarter, number in _unrecorded(world, as_of).items():
        by_quarter[quarter]["cases_not_yet_recorded"] = number
    arrivals = _arrivals(world, as_of)
    return {
        "synthetic": SYNTHETIC,
        "definitions": definitions(),
        "area": world.area.code,
        "name": world.area.name,
        "population": world.area.population,
        "as_of": as_of.isoformat(),
        "seed": world.seed,
        "scale": scale,
        "start": str(world.setting.start) if world.setting.start else None,
        "providers": list(world.setting.providers),
        "quarters": by_quarter,
        "arrivals": arrivals,
        "coverage": {
            str(q): {n: _share(v.covered(q), arrivals, q, n) for n, v in views.items()}
            for q in quarters[3:]
        },
        "ping_pong": ping_pong_truth(frames, files, as_of),
        "waiting_days": waiting_truth(frames["referrals"]),
        "legal_sphere_gaps": gaps_truth(frames["spheres"]),
        "offers": offers_truth(world, frames["offers"], files, as_of),
        "duplicates": _duplicates(frames["cases"], files),
        "files": {f.sheet.name: f.account for f in files} | _other_accounts(world, as_of),
    }


def state_truth(seed: int) -> dict[str, Any]:
    """What is planted in the whole state, the same whichever areas are written."""
    known = settings(seed)
    return {
        "synthetic": SYNTHETIC,
        "definitions": definitions(),
        "seed": seed,
        "areas": len(known),
        "starts": {code: str(s.start) if s.start else None for code, s in known.items()},
        "never_treated": [code for code, s in known.items() if s.start is None],
        "providers": {code: list(s.providers) for code, s in known.items()},
        "population": {code: area.population for code, area in areas().items()},
        "course_entry": dict(parameters()["course_entry"]),
        "course_entry_share": {
            code: {str(q): round(entry_share(s, q), 4) for q in window()}
            for code, s in known.items()
        },
        "contacts_dip": dict(parameters()["contacts"]["dip"]),
        "arrivals": dict(parameters()["arrivals"]),
        "coverage": dict(parameters()["coverage"]),
        "first_contact_days": dict(parameters()["first_contact_days"]),
    }


def _unrecorded(world: World, as_of: dt.date) -> dict[str, int]:
    late = world.cases[world.cases["recorded_on"] > pd.Timestamp(as_of)]
    return {
        str(q): int(late["opened_on"].between(pd.Timestamp(q.start), pd.Timestamp(q.end)).sum())
        for q in complete_quarters(as_of)
    }


def _arrivals(world: World, as_of: dt.date) -> dict[str, Any]:
    """Counts of the quarters that ended; None where a later delivery brings them."""
    table: dict[str, Any] = {}
    for position, quarter in enumerate(complete_quarters(as_of)):
        cells = world.arrivals[world.arrivals["quarter"] == position]
        known = (quarter + FOLLOW_UP).is_complete(as_of)
        shown = {
            name: int(cells[name].where(cells[name] >= SECRET_BELOW, 0).sum())
            for name in ("newly_arrived", "course_entry")
        }
        table[str(quarter)] = {
            "newly_arrived": int(cells["newly_arrived"].sum()),
            "newly_arrived_visible": shown["newly_arrived"],
            "course_entry": int(cells["course_entry"].sum()) if known else None,
            "course_entry_visible": shown["course_entry"] if known else None,
        }
    return table


def _share(
    covered: int, arrivals: Mapping[str, Any], quarter: Quarter, view: str
) -> dict[str, Any]:
    column = "newly_arrived" if view == "world" else "newly_arrived_visible"
    four = Quarter.span(quarter - 3, quarter)
    newly = sum(arrivals[str(q)][column] for q in four)
    return {
        "numerator": covered,
        "denominator": newly,
        "share": round(covered / newly, 6) if newly else None,
    }


def _duplicates(cases: pd.DataFrame, files: Sequence[Spoiled]) -> dict[str, Any]:
    faelle = [f for f in files if f.sheet.kind == "faelle"]
    usable = [f.sheet.frame.loc[f.usable, ["provider", "person", "spelling"]] for f in faelle]
    seen = pd.concat(usable) if usable else cases[["provider", "person", "spelling"]]
    own = set(seen.loc[seen["spelling"] == "own", "person"])
    return {
        kind: {
            "world": int(cases.loc[cases["spelling"] == kind, "person"].nunique()),
            "visible": len(own & set(seen.loc[seen["spelling"] == kind, "person"])),
        }
        for kind in ("normalisation", "typo")
    }


def _other_accounts(world: World, as_of: dt.date) -> dict[str, Any]:
    """Statistics and posts; the only fault is a total among the municipalities."""
    rows = statistics_rows(world, as_of)
    accounts = {"statistik_zuzug.csv": _account(len(rows), sum(len(row[0]) != 8 for row in rows))}
    if world.setting.providers:
        accounts["stellen.csv"] = _account(len(posts_rows(world, as_of)), 0)
    return accounts


def _account(rows: int, totals: int) -> dict[str, Any]:
    return {
        "rows": rows,
        "rows_kept": rows - totals,
        "rows_merged": 0,
        "rows_set_aside": totals,
        "planted": {"ags_invalid": totals} if totals else {},
        "mended": {},
    }
