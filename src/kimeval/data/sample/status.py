"""Histories of legal sphere and residence title (Rechtskreise, Aufenthalt)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.area import Area
from kimeval.data.sample.draws import Draws
from kimeval.data.sample.people import DAY
from kimeval.data.sample.programme import days, last_day, parameters

UKRAINE = "166"
CHANGE_FOR_UKRAINE = np.datetime64("2022-06-01", "D")
FAR = np.datetime64("2100-01-01", "D")
NO_END = np.datetime64("NaT", "D")


def make_histories(
    area: Area, seed: int, persons: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Legal spheres and residence titles of every person.

    Parameters
    ----------
    area, seed
        As for `people`.
    persons : DataFrame
        Its result.

    Returns
    -------
    two DataFrames with columns person, sphere or title, valid_from, valid_to (NaT
        while it holds), sorted by person and date
    """
    draws = Draws(seed, area.code, "status")
    union = persons["nationality"].isin(parameters()["legal_spheres"]["union_nationals"])
    ukraine = (persons["nationality"] == UKRAINE).to_numpy()
    spheres = _spheres(draws, persons, union.to_numpy(), ukraine)
    return spheres, _titles(draws, persons, union.to_numpy(), ukraine)


def gaps(spheres: pd.DataFrame) -> pd.Series:
    """Days without any legal sphere at each change, by person in order."""
    spheres = spheres.sort_values(["person", "valid_from"])
    before = spheres.groupby("person")["valid_to"].shift()
    return (spheres["valid_from"] - before).dt.days.sub(1)[before.notna()].astype("int64")


def gaps_by_direction(spheres: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """The same as `gaps`, for each pair of sphere before and after."""
    spheres = spheres.sort_values(["person", "valid_from"])
    before = spheres.groupby("person")["sphere"].shift()[lambda told: told.notna()]
    after = spheres["sphere"].loc[before.index]
    found = gaps(spheres)
    return {(str(a), str(b)): part for (a, b), part in found.groupby([before, after], sort=True)}


def _spheres(draws: Draws, persons: pd.DataFrame, union: NDArray, ukraine: NDArray) -> pd.DataFrame:
    declared = parameters()["legal_spheres"]
    total = len(persons)
    arrived = persons["arrived_on"].to_numpy().astype("datetime64[D]")
    wait = np.maximum(30, draws.days(total, days(declared["change_days"])))
    changed = arrived + wait * DAY
    changed = np.where(ukraine, np.maximum(CHANGE_FOR_UKRAINE, arrived + 30 * DAY), changed)
    gap = np.where(
        draws.chance(total, declared["no_gap"]),
        0,
        np.maximum(1, draws.days(total, days(declared["gap_days"]))),
    )
    second = changed + (gap + 1) * DAY
    leaves = draws.chance(total, declared["leaves_benefits"])
    third = second + np.maximum(60, draws.days(total, days(declared["leaves_days"]))) * DAY
    starts = np.column_stack([arrived, np.where(union, FAR, second), np.where(leaves, third, FAR)])
    starts[:, 2] = np.where(union, FAR, starts[:, 2])
    ends = np.column_stack([changed, third - DAY, np.full(total, FAR)])
    ends[:, 0] = np.where(union, FAR, ends[:, 0])
    ends[:, 1] = np.where(leaves, ends[:, 1], FAR)
    kinds = np.tile(np.array(["asylblg", "sgb2", "none"], dtype=object), (total, 1))
    kinds[:, 0] = np.where(union, "sgb2", "asylblg")
    return _history(persons, kinds, starts, ends, "sphere")


def _titles(draws: Draws, persons: pd.DataFrame, union: NDArray, ukraine: NDArray) -> pd.DataFrame:
    declared = parameters()["residence"]
    total = len(persons)
    arrived = persons["arrived_on"].to_numpy().astype("datetime64[D]")
    changed = arrived + np.maximum(30, draws.days(total, days(declared["change_days"]))) * DAY
    first = draws.choose(total, declared["first"])
    first = np.where(union, "eu", np.where(ukraine, "erlaubnis_24", first))
    settled = union | ukraine | (first == "erlaubnis")
    starts = np.column_stack([arrived, np.where(settled, FAR, changed)])
    ends = np.column_stack([np.where(settled, FAR, changed - DAY), np.full(total, FAR)])
    kinds = np.column_stack([first, draws.choose(total, declared["second"])])
    return _history(persons, kinds, starts, ends, "title")


def _history(
    persons: pd.DataFrame, kinds: NDArray, starts: NDArray, ends: NDArray, name: str
) -> pd.DataFrame:
    """Rows of the spells that begin within the window; ends behind it stay open."""
    row, turn = np.nonzero(starts <= last_day())
    end = ends[row, turn]
    return pd.DataFrame(
        {
            "person": persons["person"].to_numpy()[row],
            name: kinds[row, turn],
            "valid_from": starts[row, turn],
            "valid_to": np.where(end <= last_day(), end, NO_END),
        }
    )
