"""Cases of the synthetic world and the persons in them (Fälle)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.area import Area
from kimeval.data.sample.draws import Draws
from kimeval.data.sample.people import DAY, working_day
from kimeval.data.sample.programme import Setting, days, last_day, parameters

FAMILY_SYSTEM = "diakonie"
OPEN = np.datetime64("NaT", "D")


def make_cases(area: Area, setting: Setting, seed: int, persons: pd.DataFrame) -> pd.DataFrame:
    """Every case of an area: first ones, reopened ones, and second ones elsewhere.

    Parameters
    ----------
    area, setting, seed
        As for `people`.
    persons : DataFrame
        Its result.

    Returns
    -------
    DataFrame, one row per case, in the order in which they are recorded; columns
        case, provider, household, person (it is kept under), persons, opened_on,
        closed_on (NaT while open), closing_reason, spelling (own, normalisation
        or typo), recorded_on
    """
    draws = Draws(seed, area.code, "cases")
    first = _first_cases(draws, persons)
    first["closed_on"] = _closing(draws, first["opened_on"].to_numpy())
    later = [_reopened(draws, first), _known_twice(draws, setting, first)]
    cases = pd.concat([first, *later], ignore_index=True)
    cases = cases[cases["opened_on"] <= last_day()].reset_index(drop=True)
    cases["closed_on"] = cases["closed_on"].where(cases["closed_on"] <= last_day())
    cases["closing_reason"] = draws.choose(len(cases), parameters()["cases"]["closing_reason"])
    cases["recorded_on"] = _recorded(draws, cases["opened_on"].to_numpy())
    cases = cases.sort_values("recorded_on", kind="stable", ignore_index=True)
    return cases.assign(case=np.arange(len(cases)))


def members(cases: pd.DataFrame, persons: pd.DataFrame) -> pd.DataFrame:
    """Persons in each case: columns case, person, seat (0, 1, ... within the case)."""
    case = np.repeat(cases["case"].to_numpy(), cases["persons"].to_numpy())
    seat = np.arange(len(case)) - np.searchsorted(case, case)
    reference = np.repeat(cases["person"].to_numpy(), cases["persons"].to_numpy())
    return pd.DataFrame({"case": case, "person": reference + seat, "seat": seat})


def _first_cases(draws: Draws, persons: pd.DataFrame) -> pd.DataFrame:
    size = persons.groupby("household")["person"].transform("size")
    family = persons["provider"] == FAMILY_SYSTEM
    delay = np.where(persons["position"] == 0, 0, draws.whole(len(persons), 0, 20))
    opened = working_day(persons["first_on"].to_numpy().astype("datetime64[D]") + delay * DAY)
    cases = persons[["provider", "household", "person"]].assign(
        persons=np.where(family, size, 1), opened_on=opened, spelling="own"
    )
    return cases[~family | (persons["position"] == 0)].reset_index(drop=True)


def _closing(draws: Draws, opened: NDArray) -> NDArray:
    declared = parameters()["cases"]
    length = np.maximum(1, draws.days(len(opened), days(declared["length_days"])))
    closed = working_day(opened.astype("datetime64[D]") + length * DAY)
    return np.where(draws.chance(len(opened), declared["stays_open"]), OPEN, closed)


def _reopened(draws: Draws, first: pd.DataFrame) -> pd.DataFrame:
    """A later case of the same person in a system that counts persons."""
    declared = parameters()["cases"]
    again = draws.chance(len(first), declared["reopened"])
    pause = draws.whole(len(first), *declared["reopened_days"])
    opened = working_day(first["closed_on"].to_numpy().astype("datetime64[D]") + pause * DAY)
    chosen = again & first["closed_on"].notna() & (first["provider"] != FAMILY_SYSTEM)
    cases = first.assign(opened_on=opened)[chosen]
    return cases.assign(closed_on=_closing(draws, cases["opened_on"].to_numpy()))


def _known_twice(draws: Draws, setting: Setting, first: pd.DataFrame) -> pd.DataFrame:
    """A case of a person with a second provider, under another spelling."""
    declared = parameters()["cases"]
    twice = draws.chance(len(first), declared["known_twice"])
    typed_wrong = draws.chance(len(first), declared["typed_wrong"])
    step = draws.whole(len(first), 1, max(1, len(setting.providers) - 1))
    opened = first["opened_on"].to_numpy().astype("datetime64[D]")
    later = working_day(opened + draws.whole(len(first), 10, 200) * DAY)
    if len(setting.providers) < 2:
        return first.iloc[:0]
    place = first["provider"].map(setting.providers.index).to_numpy() + step
    others = np.array(setting.providers, dtype=object)[place % len(setting.providers)]
    cases = first.assign(
        provider=others,
        persons=1,
        opened_on=later,
        spelling=np.where(typed_wrong, "typo", "normalisation"),
    )[twice]
    return cases.assign(closed_on=_closing(draws, cases["opened_on"].to_numpy()))


def _recorded(draws: Draws, opened: NDArray) -> NDArray:
    declared = parameters()["cases"]
    soon = draws.whole(len(opened), 0, 3)
    late = draws.whole(len(opened), *declared["backdated_days"])
    backdated = draws.chance(len(opened), declared["backdated"])
    return opened.astype("datetime64[D]") + np.where(backdated, late, soon) * DAY
