"""A quarter beside the same quarter of the year before (Vorjahresvergleich)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL, Results, Row
from kimeval.core.statistics.change import count_change, count_ratio, share_change
from kimeval.core.statistics.estimate import Estimate
from kimeval.reach.derived import family_effect_of, is_open, no_row, row_of

YEAR = 4
CHANGES = {
    "persons_reached": ("persons_reached_change", "persons_reached_ratio"),
    "persons_new": ("persons_new_change", "persons_new_ratio"),
}


def year_on_year(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Change of counts since the same quarter of the year before (Veränderung zum Vorjahr).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Series by quarter, protected; its last quarter is compared.
    level : float
        Coverage of the intervals, for two counts taken as independent: who is counted
        in both quarters makes them narrower in truth, never wider.

    Returns
    -------
    Results
        Difference and ratio of each count. Refused where a quarter had not ended, is
        hidden, or lies before the data.
    """
    rows = []
    for name, made in CHANGES.items():
        mine = frame[(frame["indicator"] == name) & (frame["dimension"] == TOTAL)]
        if mine.empty:
            continue
        for target, method in zip(made, (count_change, count_ratio), strict=True):
            now, then, why = _pair(mine)
            if why or then is None:
                rows.append(no_row(target, now, why))
                continue
            found = method(then["value"], now["value"], level=level)
            rows.append(row_of(target, pd.DataFrame([then, now]), found))
    return Results.of(rows)


def share_year_on_year(frame: pd.DataFrame, name: str, level: float = 0.95) -> Results:
    """Change of a share since the same quarter of the year before, by group.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Series of a share by quarter, protected.
    name : str
        Indicator whose series it is; the result is `<name>_change`.
    level : float
        Coverage of the interval, as wide for families as the published ones.

    Returns
    -------
    Results
        One row per group of the last quarter.
    """
    mine = frame[frame["indicator"] == name]
    rows: list[Row] = []
    for (dimension, group), series in mine.groupby(["dimension", "group"], sort=False):
        now, then, why = _pair(series)
        place = (str(dimension), str(group))
        if why or then is None:
            rows.append(no_row(f"{name}_change", now, why, *place))
            continue
        sides = [_independent(one) for one in (then, now)]
        found: Estimate = share_change(*sides, level=level)
        sources = pd.DataFrame([then, now])
        rows.append(row_of(f"{name}_change", sources, found, 0, *place))
    return Results.of(rows)


def _independent(one: pd.Series) -> tuple[float, float]:
    """Hits and base as so many independent persons as the published interval stands on."""
    effect = family_effect_of(one)
    return one["numerator"] / effect, one["denominator"] / effect


def _pair(series: pd.DataFrame) -> tuple[pd.Series, pd.Series | None, str]:
    """The last quarter, that of a year before, and why they cannot be compared."""
    by_period = {row["period"]: row for _, row in series.iterrows()}
    last = max(Quarter.parse(period) for period in by_period)
    now, then = by_period[str(last)], by_period.get(str(last - YEAR))
    if then is None:
        return now, None, f"keine Daten aus dem {(last - YEAR).label}"
    for one in (now, then):
        label = Quarter.parse(one["period"]).label
        if is_open(one):
            return now, then, f"das {label} war bei der Lieferung nicht zu Ende"
        if pd.isna(one["value"]):
            return now, then, f"die Zahl aus dem {label} ist nicht veröffentlicht"
    return now, then, ""
