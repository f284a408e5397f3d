"""Open cases per filled post over all areas (Fälle je Stelle im Land)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kimeval.core.results import Results, Row
from kimeval.reach.state.coverage import QUARTILES
from kimeval.reach.state.frames import OfAreas, of_areas

BASE = "cases_per_fte"
LOAD, QUARTILE = f"state_{BASE}", "state_load_quartile"


def case_load(frame: pd.DataFrame) -> Results:
    """Open cases per filled full-time equivalent over areas (Fälle je Stelle).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.

    Returns
    -------
    Results
        Cases over posts of all areas that have both, and quartiles over areas. Without
        an interval: all cases and posts were counted.
    """
    found = of_areas(frame, BASE)
    if found.known.empty:
        return Results.of([found.refusal(LOAD)])
    cases, posts = (float(found.known[side].sum()) for side in ("numerator", "denominator"))
    value = cases / posts if posts else float("nan")
    whole = found.row(LOAD, value=value, numerator=cases, denominator=posts, method="Quotient")
    return Results.of([whole, *_quartiles(found)])


def _quartiles(found: OfAreas) -> Iterator[Row]:
    values = found.known["value"].to_numpy(dtype=float)
    for p, group in QUARTILES.items():
        value = float(np.quantile(values, p))
        yield found.row(QUARTILE, dimension="quartile", group=group, value=value, method="Quantil")
