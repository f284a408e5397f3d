"""Newly arrived persons and their course entries, as counts (Neuzugewanderte)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.core.area import Area
from kimeval.data.sample.draws import Draws
from kimeval.data.sample.programme import (
    Setting,
    entry_share,
    municipalities,
    parameters,
    window,
)


def newly_arrived(area: Area, setting: Setting, seed: int, scale: float) -> pd.DataFrame:
    """Counts by municipality and quarter.

    Parameters
    ----------
    area : Area
        Whose municipalities.
    setting : Setting
        The programme there, which moves the share that enters a course.
    seed : int
        Of the sample.
    scale : float
        Factor on the number of people.

    Returns
    -------
    DataFrame with columns ags, quarter (position in the window), newly_arrived,
    course_entry, sorted by quarter and ags
    """
    draws = Draws(seed, area.code, "arrivals")
    declared = parameters()["arrivals"]
    wave = np.array([declared["wave"].get(str(q), 1.0) for q in window()])
    people = np.array([town.population for town in area.municipalities], dtype=float)
    expected = np.outer(wave, people) * declared["per_1000"] / 1000 * scale
    counts = draws.counts(expected)
    share = np.array([entry_share(setting, q) for q in window()])
    enters = draws.uniform(int(counts.sum())) < np.repeat(share, counts.sum(axis=1))
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    ags = municipalities(area)
    return pd.DataFrame(
        {
            "ags": np.tile(np.array(ags, dtype=object), len(wave)),
            "quarter": np.repeat(np.arange(len(wave)), len(ags)),
            "newly_arrived": counts.ravel(),
            "course_entry": np.bincount(cell[enters], minlength=counts.size),
        }
    )
