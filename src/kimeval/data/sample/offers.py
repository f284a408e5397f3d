"""Offers with their places and waiting lists, quarter by quarter (Angebote, Wartelisten)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.area import Area
from kimeval.data.sample.draws import Draws
from kimeval.data.sample.people import DAY
from kimeval.data.sample.programme import Setting, parameters, window

NUMBERS = ("places", "waiting")


def make_offers(area: Area, setting: Setting, seed: int) -> pd.DataFrame:
    """Every offer that a provider of the area keeps a list of, in each quarter.

    Parameters
    ----------
    area, setting, seed
        As for `people`; offers are listed from the programme's start on.

    Returns
    -------
    DataFrame, one row per offer and quarter, in the order of recording; columns
        offer, provider, agency, topic, ags (missing for the whole area), valid_from,
        valid_to, places, waiting, places_told, waiting_told, recorded_on
    """
    draws = Draws(seed, area.code, "offers")
    quarters = [n for n, q in enumerate(window()) if setting.start and q >= setting.start]
    offers = _offers(draws, area, setting)
    offer, place = _listed(draws, len(offers), len(quarters))
    quarter = np.array(quarters, dtype=np.int64)[place]
    rows = offers.iloc[offer].reset_index(drop=True).assign(offer=offer)
    size = _sizes(draws, rows["base"].to_numpy(), offer, place, len(quarters))
    expected = size * rows["pressure"].to_numpy() * _demand()[quarter]
    starts = np.array([q.start for q in window()], dtype="datetime64[D]")[quarter]
    ends = np.array([q.end for q in window()], dtype="datetime64[D]")[quarter]
    rows = rows.assign(
        valid_from=starts,
        valid_to=ends,
        places=size,
        waiting=draws.counts(expected),
        recorded_on=starts + draws.whole(len(rows), 0, parameters()["offers"]["recorded"]) * DAY,
    ).drop(columns=["base", "pressure"])
    return rows.sort_values(["recorded_on", "offer"], kind="stable", ignore_index=True)


def _offers(draws: Draws, area: Area, setting: Setting) -> pd.DataFrame:
    """One row per offer: where, about what, by whom, and how large."""
    declared = parameters()["offers"]
    rows = [
        (topic, *site)
        for topic, planted in declared["topic"].items()
        for site in _sites(area, planted)
    ]
    total = len(rows)
    topic, ags, people, sure = (list(column) for column in zip(*rows, strict=True))
    planted = [declared["topic"][name] for name in topic]
    size = np.array([one["per_1000"] for one in planted]) * np.array(people) / 1000
    pressure = np.array([one["pressure"] for one in planted])
    usual = draws.chance(total, declared["usual_agency"])
    offices = parameters()["referrals"]["agency"]
    weights = parameters()["programme"]["provider_weight"]
    offers = pd.DataFrame(
        {
            "topic": topic,
            "ags": pd.Series(ags, dtype="str"),
            "agency": [offices[t][0 if u else 1] for t, u in zip(topic, usual, strict=True)],
            "provider": draws.choose(total, {p: weights[p] for p in setting.providers or ("ki",)}),
            "base": np.maximum(declared["least"], np.rint(size * _about(draws, total))),
            "pressure": pressure * _about(draws, total),
            "places_told": ~draws.chance(total, declared["places_untold"]),
            "waiting_told": ~draws.chance(total, declared["waiting_untold"]),
        }
    )
    there = draws.chance(total, declared["there"]) | np.array(sure)
    return offers[there].reset_index(drop=True)


def _sites(area: Area, planted: Mapping[str, Any]) -> list[tuple[str | None, float, bool]]:
    """Municipality, people served, and whether an offer is sure, of each possible site."""
    if not planted.get("local", True):
        return [(None, float(area.population), True)]
    share = parameters()["offers"]["people_each"]
    largest = max(town.population for town in area.municipalities)
    sites: list[tuple[str | None, float, bool]] = []
    for town in area.municipalities:
        number = min(max(1, round(town.population / share)), parameters()["offers"]["most"])
        sure = town.population == largest
        sites += [(town.ags, town.population / number, sure and not n) for n in range(number)]
    return sites


def _about(draws: Draws, size: int) -> NDArray[np.float64]:
    """Factors around 1."""
    return draws.whole(size, *parameters()["offers"]["about"]) / 100


def _listed(
    draws: Draws, offers: int, quarters: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Offer and quarter, counted from the start, of each row."""
    declared = parameters()["offers"]
    late = draws.whole(offers, *declared["late_quarters"])
    begin = np.where(draws.chance(offers, declared["late"]), late, 0)
    length = draws.whole(offers, *declared["length_quarters"])
    end = np.where(draws.chance(offers, declared["ends"]), begin + length, quarters)
    place = np.arange(quarters)
    offer, at = np.nonzero((place >= begin[:, None]) & (place < end[:, None]))
    return offer, at


def _sizes(
    draws: Draws, base: NDArray, offer: NDArray, place: NDArray, quarters: int
) -> NDArray[np.int64]:
    """Places of each row; an offer now and then loses or gains a fifth."""
    declared = parameters()["offers"]
    offers = int(offer.max(initial=-1)) + 1
    moved = draws.uniform((offers, max(quarters, 1)))
    half = declared["changes"] / 2
    step = np.where(moved < half, 0.8, np.where(moved < 2 * half, 1.2, 1.0))
    factor = np.cumprod(step, axis=1)[offer, place]
    return np.maximum(1, np.rint(base * factor)).astype(np.int64)


def _demand() -> NDArray[np.float64]:
    """Factor on waiting lists by quarter: arrivals of the quarter before, damped."""
    wave = parameters()["arrivals"]["wave"]
    before = [1.0, *(wave.get(str(q), 1.0) for q in window()[:-1])]
    return 1 + parameters()["offers"]["follows_arrivals"] * (np.array(before) - 1)
