"""What is true of the ways people take: returns, waiting, days without sphere (Wege)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kimeval.core.quarter import Quarter
from kimeval.data.sample.faults import Spoiled
from kimeval.data.sample.known import Frames
from kimeval.data.sample.programme import days, parameters
from kimeval.data.sample.referrals import expected_returns, returns
from kimeval.data.sample.statistics import complete_quarters
from kimeval.data.sample.status import gaps, gaps_by_direction
from kimeval.data.sample.views import visible_referrals

LIMITS = (14, 30, 60, 90, 180)
HALF = 0.5


def ping_pong_truth(frames: Frames, files: Sequence[Spoiled], as_of: dt.date) -> dict[str, Any]:
    """Planted, expected and real share of referrals that send back (Ämter-Pingpong).

    Parameters
    ----------
    frames : dict of DataFrame
        Result of `recorded`.
    files : sequence of Spoiled
        Every file of every provider.
    as_of : date
        Day of the delivery.
    """
    declared = parameters()["referrals"]
    seen = visible_referrals(files)
    counted = {
        "world": (returns(frames["referrals"]), len(frames["referrals"])),
        "visible": (returns(seen, "own"), len(seen)),
    }
    quarters = complete_quarters(as_of)
    years = [q.year for q in quarters if q.number == 4]
    spans = {str(q): (q, q) for q in quarters}
    spans |= {str(year): (Quarter(year, 1), Quarter(year, 4)) for year in years}
    return {
        "planted_share": declared["ping_pong"],
        "window_days": declared["ping_pong_window"],
        "expected_per_100": {
            name: _expected(frames["referrals"], first, last)
            for name, (first, last) in spans.items()
        },
        **{
            view: {"returns": found, "referrals": total, "per_100": _per_100(found, total)}
            for view, (found, total) in counted.items()
        },
    }


def waiting_truth(referrals: pd.DataFrame) -> dict[str, Any]:
    """Planted days until an answer, and what was decided (Wartezeit).

    Parameters
    ----------
    referrals : DataFrame
        As recorded.
    """
    declared = parameters()["referrals"]
    waited = (referrals["decided_on"] - referrals["referred_on"]).dt.days
    outcomes: dict[str, Any] = {}
    for outcome, share in declared["outcome"].items():
        decided = waited[referrals["outcome"] == outcome]
        outcomes[outcome] = {
            "planted": {"share": share, **declared["decision_days"][outcome]},
            "world": {
                "number": len(decided),
                "median": float(decided.median()) if len(decided) else None,
            },
        }
    accepted = days(declared["decision_days"]["accepted"])
    return {
        "outcomes": outcomes,
        "open": int((referrals["outcome"] == "open").sum()),
        "accepted_within_days": {
            str(limit): round(declared["outcome"]["accepted"] * accepted.share_within(limit), 6)
            for limit in LIMITS
        },
        "answered_within_days": {str(limit): round(_answered(limit), 6) for limit in LIMITS},
        "median_until_answer": round(_median_until_answer(), 4),
    }


def gaps_truth(spheres: pd.DataFrame) -> dict[str, Any]:
    """Days without any legal sphere at a change, in all and by direction (Rechtskreise).

    Parameters
    ----------
    spheres : DataFrame
        As recorded.
    """
    declared = parameters()["legal_spheres"]
    directions = gaps_by_direction(spheres)
    return {
        "planted": {"no_gap": declared["no_gap"], **declared["gap_days"]},
        **_gaps(gaps(spheres)),
        "by_direction": {
            f"{before} → {after}": {
                "planted_no_gap": 1.0 if after == "none" else declared["no_gap"],
                **_gaps(found),
            }
            for (before, after), found in directions.items()
        },
    }


def _expected(referrals: pd.DataFrame, first: Quarter, last: Quarter) -> float | None:
    """Returns among 100 referrals of a span that the generator makes on average."""
    inside = referrals["referred_on"].between(pd.Timestamp(first.start), pd.Timestamp(last.end))
    back = expected_returns(referrals, first.start, last.end)
    outward = int((inside & ~referrals["back"]).sum())
    return _per_100(back, outward + back)


def _per_100(found: float, total: float) -> float | None:
    return round(100 * found / total, 4) if total else None


def _answered(limit: int) -> float:
    """Planted share of referrals with an answer of any kind within so many days."""
    declared = parameters()["referrals"]
    within = [
        share * days(declared["decision_days"][outcome]).share_within(limit)
        for outcome, share in declared["outcome"].items()
    ]
    return float(np.sum(within)) / sum(declared["outcome"].values())


def _median_until_answer() -> float:
    """Days by which half are answered, on straight lines between the ends of days."""
    day = next(day for day in range(1, 1000) if _answered(day) >= HALF)
    before, after = _answered(day - 1), _answered(day)
    return day - 1 + (HALF - before) / (after - before)


def _gaps(found: pd.Series) -> dict[str, Any]:
    positive = found[found > 0]
    return {
        "changes": len(found),
        "with_gap": len(positive),
        "median_gap": float(positive.median()) if len(positive) else None,
    }
