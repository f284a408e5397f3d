"""Rows with the numbers that are published in place of the true ones (Veränderung).

Whatever else a row tells is made from published numbers alone, so that it tells no
more than they do: a share from its published numerator and denominator, its bounds
from all counts that they can stand for, and whether a duration rests on enough
persons from the fewest that can stand behind it.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.core.intervals import wilson_interval
from kimeval.protect.primary import COUNTED, single_bounds

RATIOS = ("cases per fte",)
COUNTABLE = (*COUNTED, "count")
ESTIMATED = ("ratio", "probability", "mean days", "levels per year", "points", "index")
UNITS = (*COUNTABLE, "share", "days", *RATIOS)
NUMBERS = ("numerator", "denominator", "value")


class Method(Protocol):
    """A way to alter counts (Verfahren)."""

    @property
    def name(self) -> str:
        """Rounding or cellkey, as in the rules."""

    def published(self, counts: np.ndarray, cell_keys: np.ndarray) -> np.ndarray:
        """What is published in place of counts."""

    def possible(self, published: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and the largest count that each published number can stand for."""

    def cell_keys(self, frame: pd.DataFrame, count: str, key: str) -> np.ndarray:
        """Key of the set behind each count of a column."""


def altered(frame: pd.DataFrame, method: Method, threshold: int) -> pd.DataFrame:
    """Published numbers of rows that count persons.

    Parameters
    ----------
    frame : DataFrame, shape (rows, any)
        Columns of a result and of `KEYS`; none is refused.
    method : Method
        How counts are altered.
    threshold : int
        Least number of persons behind a share or a duration.

    Returns
    -------
    DataFrame, shape (rows, 7)
        numerator, denominator, value, lower, upper, contributors (NaN where a number
        does not apply), and `few`: a share or duration that rests on too few persons
        and is hidden whole. Shares have bounds that hold for every count behind the
        published ones; those of a duration are left out where they may be the
        value of one of few persons; counts have none.

    Raises
    ------
    ProtectionError
        For a count that is negative or not whole, or for an unknown unit.
    """
    _check(frame)
    unit = frame["unit"]
    share, days, counted = unit == "share", unit == "days", unit.isin(COUNTABLE)
    told = pd.DataFrame(index=frame.index)
    other = counted & (frame["numerator"] != frame["value"])  # the key is that of the value
    hits = frame.assign(record_key=frame["record_key"].where(~other))
    told["numerator"] = _published(hits, "numerator", "record_key", method)
    told["denominator"] = frame["denominator"].where(unit.isin(RATIOS))
    persons = _published(frame, "denominator", "base_key", method)
    persons = persons.where(share | days).fillna(
        _published(frame, "contributors", "base_key", method).where(days)
    )
    told["denominator"] = told["denominator"].fillna(persons.where(frame["denominator"].notna()))
    quotient = (told["numerator"] / told["denominator"]).where(told["denominator"] > 0)
    told["value"] = quotient.clip(upper=1.0).where(share, quotient)
    told["value"] = told["value"].where(~days, frame["value"])
    values = _published(frame[counted], "value", "record_key", method)
    told["value"] = values.reindex(frame.index).where(counted, told["value"])
    told = told.assign(lower=np.nan, upper=np.nan, contributors=np.nan, few=False)
    least, _ = _possible(persons, method)
    told["few"] = (share | days) & (least < threshold)
    _bound_shares(told, frame, share & ~told["few"], method)
    _bound_days(told, frame, days & ~told["few"], least, threshold)
    told.loc[told["few"], [*NUMBERS, "lower", "upper"]] = np.nan
    return told


def _check(frame: pd.DataFrame) -> None:
    if unknown := sorted(set(frame["unit"]) - set(UNITS)):
        raise ProtectionError(
            f"Rounding and the cell-key method know counts, shares and durations of persons, got "
            f"{', '.join(unknown)}. Use method='suppression'."
        )
    persons = frame[frame["unit"].isin(("share", "days"))]["denominator"]
    counts = pd.concat([frame["numerator"], frame["contributors"], persons]).dropna()
    if ((counts < 0) | (counts % 1 != 0)).any():
        raise ProtectionError(
            "Only whole counts that are not negative are rounded or overlaid, found others. "
            "Measure them as counts of persons, cases or households."
        )


def _published(frame: pd.DataFrame, count: str, key: str, method: Method) -> pd.Series:
    known = frame[frame[count].notna()]
    keys = method.cell_keys(known, count, key)
    made = method.published(known[count].to_numpy(), keys)
    return pd.Series(made, index=known.index, dtype=float).reindex(frame.index)


def _possible(published: pd.Series, method: Method) -> tuple[pd.Series, pd.Series]:
    known = published.dropna()
    ends = method.possible(known.to_numpy())
    low, high = (pd.Series(end, index=known.index, dtype=float) for end in ends)
    return low.reindex(published.index), high.reindex(published.index)


def _bound_shares(told: pd.DataFrame, frame: pd.DataFrame, rows: pd.Series, method: Method) -> None:
    """Wilson's bounds at the counts that make them widest."""
    shares = told[rows & frame["lower"].notna()]
    hits, base = _possible(shares["numerator"], method), _possible(shares["denominator"], method)
    for level, part in frame.loc[shares.index].groupby("confidence"):
        at = part.index
        most = np.maximum(base[1][at], hits[0][at])
        lower = wilson_interval(hits[0][at], most, float(str(level)))[:, 0]
        least = np.maximum(base[0][at], 1.0)
        upper = wilson_interval(np.minimum(hits[1][at], least), least, float(str(level)))[:, 1]
        told.loc[at, "lower"], told.loc[at, "upper"] = lower, upper


def _bound_days(
    told: pd.DataFrame, frame: pd.DataFrame, rows: pd.Series, least: pd.Series, threshold: int
) -> None:
    """Bounds of a duration that are no single person's value, whoever was counted."""
    fewest = frame.assign(contributors=least)
    kept = rows & ~single_bounds(fewest, threshold)
    told.loc[kept, ["lower", "upper"]] = frame.loc[kept, ["lower", "upper"]]
