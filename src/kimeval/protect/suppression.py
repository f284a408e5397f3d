"""Which cells are hidden: small ones, and companions that guard them (Zellsperrung)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

KEY = ["indicator", "period", "area"]
COUNTED = ("persons", "households", "cases")


def small_cells(frame: pd.DataFrame, threshold: int) -> pd.Series:
    """Rows that rest on too few persons (primäre Sperrung).

    A row is small if 1 to threshold - 1 persons stand behind it, if it counts
    as few households or cases, or if as few are the numerator or the
    denominator of its share, or the rest of the denominator: nearly everyone
    says as much about a person as nearly no one.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 17)
        Columns of a result.
    threshold : int
        Least number of persons.

    Returns
    -------
    Series of bool, shape (rows,)
    """
    base = frame["denominator"].where(frame["unit"] == "share")
    counts = _counts(frame).assign(base=base)
    return ((counts > 0) & (counts < threshold)).any(axis=1)


def single_bounds(frame: pd.DataFrame, threshold: int) -> pd.Series:
    """Rows whose bounds are the value of one of few persons (Extremwerte).

    The interval of a median is made of two observed values; among few persons
    these are the smallest and the largest.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 17)
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


def companions(frame: pd.DataFrame, hidden: pd.Series, threshold: int) -> pd.Series:
    """Further rows to hide so that a total gives no hidden row back (Gegensperrung).

    Within one breakdown the hidden rows must stand for at least `threshold`
    persons together, so they are two or more; for more persons than they are
    rows; and not each for the largest number that is small. The smallest
    visible rows join them until they do. Few persons of the total who
    are in no row of the breakdown are guarded as if they were one.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 17)
        Columns of a result.
    hidden : Series of bool, shape (rows,)
        Rows hidden already.
    threshold : int
        Least number of persons.

    Returns
    -------
    Series of bool, shape (rows,)
        The rows that join; none of `hidden`.
    """
    joining = pd.Series(False, index=frame.index)
    counts = _counts(frame)
    for _, table in frame.groupby(KEY, sort=False):
        total = counts.loc[table.index[table["dimension"] == ""]]
        for _, part in table[table["dimension"] != ""].groupby("dimension", sort=False):
            cells = counts.loc[part.index]
            unlisted = _unlisted(total, cells, threshold)
            joining[_guards(cells, hidden[part.index], unlisted, threshold)] = True
    return joining


def _counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Every number of persons, households or cases that a row tells; NaN where none."""
    share = frame["unit"] == "share"
    return pd.DataFrame(
        {
            "persons": frame["contributors"],
            "counted": frame["value"].where(frame["unit"].isin(COUNTED)),
            "hits": frame["numerator"].where(share),
            "rest": (frame["denominator"] - frame["numerator"]).where(share),
        }
    )


def _unlisted(total: pd.DataFrame, cells: pd.DataFrame, threshold: int) -> pd.Series | None:
    """Counts of the total that no row of the breakdown holds, where they are small."""
    if total.empty:
        return None
    left = (total.iloc[0] - cells.fillna(0).sum()).clip(lower=0)
    return left if 0 < left["persons"] < threshold else None


def _guards(
    cells: pd.DataFrame, secret: pd.Series, unlisted: pd.Series | None, threshold: int
) -> pd.Index:
    """Rows of one breakdown that must join its hidden ones."""
    number = int(secret.sum()) + (unlisted is not None)
    if not number:
        return cells.index[:0]
    visible = cells[~secret & (cells["persons"] > 0)].sort_values("persons", kind="stable")
    used = [name for name in cells if name == "persons" or cells[name].notna().any()]
    held = cells.loc[secret, used].fillna(0).sum()
    if unlisted is not None:
        held = held + unlisted[used].fillna(0)
    steps = np.vstack([np.zeros(len(used)), visible[used].fillna(0).cumsum().to_numpy()])
    together = steps + held.to_numpy()
    rows = number + np.arange(len(together))
    enough = (together >= threshold).all(axis=1) & (together > rows[:, None]).all(axis=1)
    enough[0] &= together[0, 0] != number * (threshold - 1)
    return visible.index[: int(enough.argmax()) if enough.any() else len(visible)]
