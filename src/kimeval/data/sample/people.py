"""Households and persons who come to case management (Haushalte und Personen)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.area import Area
from kimeval.data.pseudonyms import plain_name
from kimeval.data.sample.draws import Draws
from kimeval.data.sample.programme import (
    Setting,
    days,
    last_day,
    municipalities,
    names,
    parameters,
    window,
)

DAY = np.timedelta64(1, "D")
NEVER = 10_000
WAVE_YEAR = 2022


def people(
    area: Area, setting: Setting, seed: int, scale: float, arrivals: pd.DataFrame
) -> pd.DataFrame:
    """Persons of an area who come to case management within the window.

    Parameters
    ----------
    area, setting, seed, scale
        As for `newly_arrived`.
    arrivals : DataFrame
        Its result.

    Returns
    -------
    DataFrame, one row per person, in the order in which they come; columns
        person, household, position (0 is the person the case is kept under), ags,
        arrived_on, first_on, route, provider, family, given, born, gender,
        nationality, language_level, partner_programme
    """
    draws = Draws(seed, area.code, "people")
    households = pd.concat(
        [
            _arrived_households(draws, area, setting, arrivals),
            _resident_households(draws, area, setting, scale),
        ],
        ignore_index=True,
    )
    households = households[households["first_on"] <= last_day()]
    households = households.sort_values("first_on", kind="stable", ignore_index=True)
    households["household"] = np.arange(len(households))
    households["provider"] = draws.choose(len(households), _provider_weights(setting))
    households["nationality"] = _nationalities(draws, households)
    households["family"] = draws.choose(len(households), names()["family"])
    return _members(draws, households)


def working_day(day: NDArray) -> NDArray:
    """The day itself, or the Monday after a weekend."""
    weekday = (day.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return day + np.where(weekday >= 5, 7 - weekday, 0) * DAY


def quarter_days(draws: Draws, quarters: NDArray[np.int64]) -> NDArray:
    """A day at random in each of the given quarters of the window."""
    starts = np.array([q.start for q in window()], dtype="datetime64[D]")
    lengths = np.array([(q.end - q.start).days + 1 for q in window()])
    offset = (draws.uniform(len(quarters)) * lengths[quarters]).astype(np.int64)
    return starts[quarters] + offset * DAY


def _arrived_households(
    draws: Draws, area: Area, setting: Setting, arrivals: pd.DataFrame
) -> pd.DataFrame:
    counts = arrivals["newly_arrived"].to_numpy()
    cell, size = _households(draws, counts)
    quarter = arrivals["quarter"].to_numpy()[cell]
    arrived = quarter_days(draws, quarter)
    since = quarter - (window().index(setting.start) if setting.start else NEVER)
    reached = draws.chance(len(cell), _coverage(since, setting))
    waiting = parameters()["first_contact_days"]
    soon = arrived + draws.days(len(cell), days(waiting["after_start"])) * DAY
    late = _programme_day(setting) + draws.days(len(cell), days(waiting["before_start"])) * DAY
    households = pd.DataFrame(
        {
            "ags": arrivals["ags"].to_numpy()[cell],
            "size": size,
            "arrived_on": arrived,
            "first_on": working_day(np.where(since >= 0, soon, np.maximum(late, arrived))),
            "route": np.where(since >= 0, "newly", "before"),
        }
    )
    return households[reached]


def _households(draws: Draws, counts: NDArray) -> tuple[NDArray, NDArray]:
    """Cut the persons of each cell into households: cell and size of each."""
    total = int(counts.sum())
    cell = np.repeat(np.arange(len(counts)), counts)
    ends = np.cumsum(draws.numbers(total, parameters()["arrivals"]["households"]))
    drawn = np.searchsorted(ends, np.arange(total), side="right")
    _, first, size = np.unique(cell * (total + 1) + drawn, return_index=True, return_counts=True)
    return cell[first], size


def _coverage(since: NDArray[np.int64], setting: Setting) -> NDArray[np.float64]:
    declared = parameters()["coverage"]
    shares = np.array(declared["since_start"])
    after = shares[np.clip(since, 0, len(shares) - 1)]
    covered = np.where(since >= 0, after, declared["before_start"])
    return covered if setting.start else np.zeros(len(since))


def _programme_day(setting: Setting) -> np.datetime64:
    return np.datetime64(setting.start.start if setting.start else "2100-01-01", "D")


def _resident_households(draws: Draws, area: Area, setting: Setting, scale: float) -> pd.DataFrame:
    ags = municipalities(area)
    quarters = [n for n, q in enumerate(window()) if setting.start and q >= setting.start]
    rate = parameters()["coverage"]["residents_per_1000"] / 1000 * scale
    people = np.array([town.population for town in area.municipalities], dtype=float)
    counts = draws.counts(np.outer(np.ones(len(quarters)), people * rate)).ravel()
    cell = np.repeat(np.arange(len(counts)), counts)
    came = np.datetime64("2005-01-01", "D")
    return pd.DataFrame(
        {
            "ags": np.array(ags, dtype=object)[cell % len(ags)],
            "size": np.ones(len(cell), dtype=np.int64),
            "arrived_on": came + draws.whole(len(cell), 0, 5400) * DAY,
            "first_on": working_day(
                quarter_days(draws, np.array(quarters, dtype=np.int64)[cell // len(ags)])
            ),
            "route": np.full(len(cell), "resident", dtype=object),
        }
    )


def _provider_weights(setting: Setting) -> Mapping[str, float]:
    weights: Mapping[str, Any] = parameters()["programme"]["provider_weight"]
    return {name: weights[name] for name in setting.providers or ("ki",)}


def _nationalities(draws: Draws, households: pd.DataFrame) -> NDArray:
    declared = parameters()["persons"]
    usual = draws.choose(len(households), declared["nationality"])
    wave = draws.choose(len(households), declared["nationality_2022"])
    return np.where(households["arrived_on"].dt.year == WAVE_YEAR, wave, usual)


def _members(draws: Draws, households: pd.DataFrame) -> pd.DataFrame:
    size = households["size"].to_numpy()
    persons = households.drop(columns="size").iloc[np.repeat(np.arange(len(size)), size)]
    persons = persons.reset_index(drop=True)
    total = len(persons)
    position = np.arange(total) - np.repeat(np.cumsum(size) - size, size)
    declared = parameters()["persons"]
    gender = draws.choose(total, declared["gender"])
    female = draws.choose(total, names()["given_female"])
    male = draws.choose(total, names()["given_male"])
    persons = persons.assign(
        person=np.arange(total),
        position=position,
        gender=gender,
        given=np.where(gender == "female", female, male),
        language_level=draws.choose(total, declared["language_level"]),
        partner_programme=draws.choose(total, declared["partner_programme"]),
        born=_birth_days(draws, persons["arrived_on"].to_numpy(), position),
    )
    return persons.assign(born=_tell_apart(persons))


def _birth_days(draws: Draws, arrived: NDArray, position: NDArray) -> NDArray[np.datetime64]:
    total = len(position)
    adult = draws.whole(total, 18 * 365, 58 * 365)
    child = draws.whole(total, 30, 17 * 365)
    born = arrived.astype("datetime64[D]") - np.where(position < 2, adult, child) * DAY
    unknown_day = draws.chance(total, parameters()["persons"]["born_first_of_january"])
    unknown_day &= position < 2
    return np.where(unknown_day, born.astype("datetime64[Y]").astype("datetime64[D]"), born)


def _tell_apart(persons: pd.DataFrame) -> pd.Series:
    """Move birth days until no two persons share plain name and birth day."""
    pairs = zip(persons["family"], persons["given"], strict=True)
    plain = pd.Series([plain_name(pair) for pair in pairs], index=persons.index, dtype="str")
    born = persons["born"]
    while (twice := pd.DataFrame({"name": plain, "born": born}).duplicated()).any():
        born = born.where(~twice, born - pd.Timedelta(days=1))
    return born
