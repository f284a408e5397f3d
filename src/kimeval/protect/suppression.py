"""Which cells are hidden: small ones, and companions that guard them (Zellsperrung)."""

from __future__ import annotations

import numpy as np
import pandas as pd

TABLE = ["indicator", "period", "area", "dimension"]


def small_cells(frame: pd.DataFrame, threshold: int) -> pd.Series:
    """Rows that rest on too few persons (primäre Sperrung).

    A row is small if 1 to threshold - 1 persons stand behind it, or behind the
    numerator or the denominator of its share, or behind the rest of the
    denominator: nearly everyone says as much about a person as nearly no one.

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
    share = frame["unit"] == "share"
    rest = (frame["denominator"] - frame["numerator"]).where(share)
    base = frame["denominator"].where(share)
    counts = pd.concat([frame["contributors"], frame["numerator"].where(share), base, rest], axis=1)
    return ((counts > 0) & (counts < threshold)).any(axis=1)


def companions(frame: pd.DataFrame, hidden: pd.Series, threshold: int) -> pd.Series:
    """Further rows to hide so that a total gives no hidden row back (Gegensperrung).

    Within one breakdown the hidden rows must be two or more and stand for at
    least `threshold` persons together; the smallest visible ones join them
    until they do.

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
    groups = frame[frame["dimension"] != ""]
    for _, part in groups.groupby(TABLE, sort=False):
        secret = hidden[part.index]
        if not secret.any():
            continue
        persons = part["contributors"].fillna(0)
        visible = persons[~secret & (persons > 0)].sort_values(kind="stable")
        together = np.concatenate([[0], visible.cumsum().to_numpy()]) + persons[secret].sum()
        number = np.arange(len(together)) + secret.sum()
        enough = (number >= 2) & (together >= threshold)
        needed = int(enough.argmax()) if enough.any() else len(visible)
        joining[visible.index[:needed]] = True
    return joining
