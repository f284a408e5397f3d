"""What is true of offers and waiting lists, and what can be seen of it (Angebote)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from kimeval.core.quarter import Quarter
from kimeval.data.sample.faults import Spoiled
from kimeval.data.sample.offers import NUMBERS
from kimeval.data.sample.programme import parameters
from kimeval.data.sample.statistics import complete_quarters
from kimeval.data.sample.world import World

DAYS = ["topic", "ags", "valid_from", "valid_to", *NUMBERS]
WHOLE_AREA = "area"


def offers_truth(
    world: World, known: pd.DataFrame, files: Sequence[Spoiled], as_of: dt.date
) -> dict[str, Any]:
    """Offers, places and waiting persons at the end of each quarter (Angebote).

    Parameters
    ----------
    world : World
        Of the area.
    known : DataFrame
        Offers of `recorded`.
    files : sequence of Spoiled
        Every file of every provider.
    as_of : date
        Day of the delivery.
    """
    real = world.offers.loc[known.index, DAYS]
    seen = [f.sheet.frame.loc[f.usable, DAYS] for f in files if f.sheet.kind == "angebote"]
    views = {"world": real, "visible": pd.concat(seen) if seen else real.iloc[:0]}
    return {
        "planted": {
            topic: {"per_1000": given["per_1000"], "waiting_per_place": given["pressure"]}
            for topic, given in parameters()["offers"]["topic"].items()
        },
        "quarters": {
            str(quarter): {view: _counted(rows, quarter) for view, rows in views.items()}
            for quarter in complete_quarters(as_of)
            if world.setting.start and quarter >= world.setting.start
        },
    }


def _counted(rows: pd.DataFrame, quarter: Quarter) -> dict[str, Any]:
    day = pd.Timestamp(quarter.end)
    rows = rows[(rows["valid_from"] <= day) & ~(rows["valid_to"] < day)]
    rows = rows.assign(ags=rows["ags"].fillna(WHOLE_AREA))
    sums = {name: rows.groupby(name)[list(NUMBERS)].sum() for name in ("topic", "ags")}
    return {
        "offers": len(rows),
        **{name: int(rows[name].sum()) for name in NUMBERS},
        **{f"{name}_untold": int(rows[name].isna().sum()) for name in NUMBERS},
        **{
            f"{name}_by_{group}": {str(key): int(n) for key, n in table[name].items()}
            for group, table in sums.items()
            for name in NUMBERS
        },
        "short": [str(t) for t, n in sums["topic"].iterrows() if n["waiting"] > n["places"]],
    }
