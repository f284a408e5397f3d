"""What the derived measures of reach have in common (abgeleitete Ergebnisse).

They are made from protected tables alone: the frame of a table, in which hidden numbers
are missing, goes in, and results go out that tell nothing new.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
from scipy import optimize

from kimeval.core.catalogue import indicator
from kimeval.core.dataset import OPEN_QUARTER
from kimeval.core.intervals import wilson_interval
from kimeval.core.results import TOTAL, Row, refused
from kimeval.core.statistics.estimate import Estimate

FEW_SHOWN = "weniger als drei Gruppen mit veröffentlichten Zahlen"
HIDDEN_TOTAL = "der Wert für alle ist nicht veröffentlicht"
MOST_EFFECT = 50.0


def total_of(frame: pd.DataFrame) -> pd.Series | None:
    """The row of everybody with its numbers; None where it is hidden or refused."""
    rows = frame[(frame["dimension"] == TOTAL) & frame["value"].notna()]
    return rows.iloc[0] if len(rows) else None


def shown_groups(frame: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Rows of a dimension whose numbers are published, in their order."""
    mine = frame[(frame["dimension"] == dimension) & frame["value"].notna()]
    return mine[mine["denominator"].isna() | (mine["denominator"] > 0)].reset_index(drop=True)


def family_effect_of(row: pd.Series) -> float:
    """By how much families widen a published interval of a share (Designeffekt).

    Read back from the upper bound, so that what is derived is as wide as what was
    published. 1 where the interval is plain Wilson's or there is none.
    """
    hits, total, level = row["numerator"], row["denominator"], row["confidence"]
    if math.isnan(row["upper"]) or not 0 < hits < total:
        return 1.0

    def beyond(effect: float) -> float:
        return float(wilson_interval(hits / effect, total / effect, level)[0, 1] - row["upper"])

    if beyond(1.0) >= 0 or beyond(MOST_EFFECT) <= 0:
        return 1.0
    return float(optimize.brentq(beyond, 1.0, MOST_EFFECT, xtol=1e-9))


def is_open(row: pd.Series) -> bool:
    """Whether a row stands for a quarter that had not ended."""
    return OPEN_QUARTER in str(row["reason"])


def row_of(
    name: str,
    sources: pd.DataFrame,
    found: Estimate,
    at: int = 0,
    dimension: str = TOTAL,
    group: str = TOTAL,
) -> Row:
    """One value of an estimate as a result, or the refusal with its reason.

    Parameters
    ----------
    name : str
        Indicator that counts as derived.
    sources : DataFrame, shape (rows, 18)
        Published rows that it is made of, whose reservations it takes over; the last one
        says period and area.
    found : Estimate
    at : int
        Which of its values.
    dimension, group : str
        What the result stands for.

    Returns
    -------
    Row
        A gap between shares is in percentage points where its indicator is.
    """
    last = sources.iloc[-1]
    if found.refusal[at] or math.isnan(found.value[at]):
        reason = found.reasons()[at] or "nicht bestimmbar"
        return no_row(name, last, reason, dimension, group)
    reason = reservations_of(sources)
    scale = 100 if indicator(name).unit == "points" else 1
    return Row(
        name,
        last["period"],
        last["area"],
        value=scale * float(found.value[at]),
        dimension=dimension,
        group=group,
        lower=scale * float(found.lower[at]),
        upper=scale * float(found.upper[at]),
        confidence=found.level,
        method=found.method,
        status="partial" if reason else "complete",
        reason=reason,
    )


def reservations_of(sources: pd.DataFrame) -> str:
    """Reasons of partial rows, each part once (Vorbehalte)."""
    partial = sources.loc[sources["status"] == "partial", "reason"]
    parts = [part for reason in partial for part in str(reason).split("; ") if part]
    return "; ".join(dict.fromkeys(parts))


def no_row(
    name: str, source: pd.Series, reason: str, dimension: str = TOTAL, group: str = TOTAL
) -> Row:
    """A derived result that the published numbers cannot carry."""
    row = refused(name, source["period"], source["area"], reason)
    return replace(row, dimension=dimension, group=group)
