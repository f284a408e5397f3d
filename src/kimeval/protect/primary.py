"""Which rows are hidden for themselves (primäre Sperrung)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kimeval.protect.rules import Rules

COUNTED = ("persons", "households", "cases", "referrals", "events", "steps")


def small_rows(frame: pd.DataFrame, rules: Rules) -> pd.Series:
    """Rows that rest on too few persons, or tell something of all of a group.

    A row is small if 1 to threshold - 1 persons stand behind it, if it counts
    as few households or cases, or if as few are the numerator or the
    denominator of its share, or the rest of the denominator: nearly everyone
    says as much about a person as nearly no one. Who contributes to several
    cells or events is one contributor.

    Parameters
    ----------
    frame : DataFrame, shape (rows, any)
        Columns of a result.
    rules : Rules
        Threshold, zeros, groups.

    Returns
    -------
    Series of bool, shape (rows,)
    """
    counts = numbers(frame)
    small = ((counts >= rules.least) & (counts < rules.threshold)).drop(columns="rest").any(axis=1)
    rest = counts["rest"]
    few_others = (rest > 0) & (rest < rules.threshold)
    everyone = (rest == 0) & (counts["hits"] > 0)
    return small | few_others | (everyone if rules.groups else False)


def single_bounds(frame: pd.DataFrame, threshold: int) -> pd.Series:
    """Rows whose bounds are the value of one of few persons (Extremwerte).

    The interval of a median is made of two observed values; among few persons
    these are the smallest and the largest.

    Parameters
    ----------
    frame : DataFrame, shape (rows, any)
        Columns of a result.
    threshold : int
        Least number of persons at or beyond a bound.

    Returns
    -------
    Series of bool, shape (rows,)
    """
    tail = (1 - frame["confidence"]) / 2
    rank = stats.binom.ppf(tail, frame["contributors"].fillna(0), 0.5)
    return (frame["unit"] == "days") & frame["lower"].notna() & (rank < threshold)


def numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Every number of persons, households or cases that a row tells; NaN where none."""
    share = frame["unit"] == "share"
    return pd.DataFrame(
        {
            "persons": frame["contributors"],
            "counted": frame["value"].where(frame["unit"].isin(COUNTED)),
            "numerator": frame["numerator"].where(frame["unit"].isin(COUNTED)),
            "hits": frame["numerator"].where(share),
            "base": frame["denominator"].where(share),
            "rest": (frame["denominator"] - frame["numerator"]).where(share),
        }
    )


def concentrated(
    total: np.ndarray, largest: np.ndarray, second: np.ndarray, rules: Rules
) -> np.ndarray:
    """Amounts that a few contributors dominate (Dominanz- und p-Prozent-Regel).

    Parameters
    ----------
    total, largest, second : ndarray of float, shape (n,)
        Each amount with its two largest contributions, in EUR.
    rules : Rules
        `dominance` and `p_percent`.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where the largest one or two make more than the allowed percentage,
        or where the second largest, who knows the own amount, can tell the
        largest by p percent or better. An amount of 0 is not concentrated.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, chapter 4.
    """
    count, percent = rules.dominance
    top = largest + (second if count == 2 else 0)
    others = total - largest - second
    dominated = top > percent / 100 * total
    return (total > 0) & (dominated | (others < rules.p_percent / 100 * largest))
