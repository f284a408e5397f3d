"""A world as one provider knows it on the day of a delivery (Kenntnisstand)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from kimeval.data.sample.offers import NUMBERS
from kimeval.data.sample.programme import FOLDER
from kimeval.data.sample.world import World

SOURCES = {
    "faelle": "cases",
    "kontakte": "contacts",
    "verweisungen": "referrals",
    "vermittlungen": "placements",
    "rechtskreise": "spheres",
    "aufenthalt": "residence",
    "angebote": "offers",
}
NOTES = ("", "", "", "siehe Akte", "Termin verschoben", "Rückruf; dringend", "Unterlagen fehlen")
Frames = dict[str, pd.DataFrame]


@cache
def systems() -> Mapping[str, Any]:
    """The declared case-management systems of `systems.toml`."""
    return tomllib.loads((FOLDER / "systems.toml").read_text(encoding="utf-8"))


def recorded(world: World, as_of: dt.date) -> Frames:
    """Everything recorded by a day, without later endings and decisions.

    Parameters
    ----------
    world : World
        Of an area.
    as_of : date
        Day of the delivery.

    Returns
    -------
    dict of DataFrame
        cases, contacts, referrals, placements, spheres, residence, offers; the index
        is the position in the world's frame.
    """
    day = pd.Timestamp(as_of)
    cases = world.cases[world.cases["recorded_on"] <= day]
    cases = _unknown_yet(cases, "closed_on", day)
    reasons = cases["closing_reason"].mask(cases["closed_on"].isna(), "")
    frames = {"cases": cases.assign(closing_reason=reasons)}
    for name in ("contacts", "referrals", "placements"):
        frame = getattr(world, name)
        frames[name] = frame[(frame["recorded_on"] <= day) & frame["case"].isin(cases["case"])]
    referrals = _unknown_yet(frames["referrals"], "decided_on", day)
    undecided = referrals["decided_on"].isna()
    frames["referrals"] = referrals.assign(outcome=referrals["outcome"].mask(undecided, "open"))
    placements = _unknown_yet(frames["placements"], "ended_on", day)
    done = placements["completed"].astype("boolean").mask(placements["ended_on"].isna())
    frames["placements"] = placements.assign(completed=done)
    for name in ("spheres", "residence"):
        history = getattr(world, name)
        frames[name] = _unknown_yet(history[history["valid_from"] <= day], "valid_to", day)
    offers = _unknown_yet(world.offers[world.offers["recorded_on"] <= day], "valid_to", day)
    told = {name: offers[name].astype("Int64").where(offers[f"{name}_told"]) for name in NUMBERS}
    return frames | {"offers": offers.assign(**told)}


def delivered(world: World, frames: Frames, provider: str) -> Frames:
    """What one provider's system exports of the recorded, with its own numbers.

    Parameters
    ----------
    world : World
        Of an area.
    frames : dict of DataFrame
        Result of `recorded`.
    provider : str
        Name of a system.

    Returns
    -------
    dict of DataFrame
        By kind of file; fields as the system's layout names them.
    """
    system = systems()[provider]
    cases = frames["cases"][frames["cases"]["provider"] == provider]
    if system["only_active"]:
        cases = cases[cases["closed_on"].isna()]
    numbers = _numbers(world, provider)
    clients = cases["person"].unique()
    result: Frames = {}
    for kind in system["files"]:
        frame = cases if kind == "faelle" else frames[SOURCES[kind]]
        if kind == "angebote":
            result[kind] = _own_offers(world, frame, provider)
            continue
        if "case" in frame:
            frame = frame[frame["case"].isin(cases["case"])]
            frame = frame.assign(client=world.cases["person"].to_numpy()[frame["case"]])
            frame = frame.assign(case_id=frame["case"].map(numbers["case"]))
        else:
            frame = frame[frame["person"].isin(clients)]
            frame = frame.assign(client=frame["person"])
        result[kind] = frame.assign(client_id=frame["client"].map(numbers["client"]))
    result["faelle"] = _with_person(world, result["faelle"], numbers["household"])
    return _with_row_numbers(world, provider, result)


def _unknown_yet(frame: pd.DataFrame, column: str, day: pd.Timestamp) -> pd.DataFrame:
    return frame.assign(**{column: frame[column].where(frame[column] <= day)})


def _numbers(world: World, provider: str) -> dict[str, dict[int, str]]:
    """Numbers that a system gives, in the order of recording; the same in each delivery."""
    ids = systems()[provider]["ids"]
    own = world.cases[world.cases["provider"] == provider]
    years = own["opened_on"].dt.year
    return {
        "case": {
            case: ids["case"].format(n=n, year=year)
            for n, (case, year) in enumerate(zip(own["case"], years, strict=True), 1)
        },
        "client": {p: ids["client"].format(n=n) for n, p in enumerate(own["person"].unique(), 1)},
        "household": {
            h: ids["household"].format(n=n) for n, h in enumerate(own["household"].unique(), 1)
        },
    }


def _own_offers(world: World, offers: pd.DataFrame, provider: str) -> pd.DataFrame:
    """A provider's list of offers, numbered as they came."""
    form = systems()[provider]["ids"]["offer"]
    own = world.offers.loc[world.offers["provider"] == provider, "offer"].unique()
    numbers = {offer: form.format(n=n) for n, offer in enumerate(own, 1)}
    offers = offers[offers["provider"] == provider]
    return offers.assign(offer_id=offers["offer"].map(numbers).astype("str"))


def _with_person(world: World, cases: pd.DataFrame, households: dict[int, str]) -> pd.DataFrame:
    person = cases["person"].to_numpy()
    columns = ["family", "given", "born", "gender", "nationality", "arrived_on", "ags"]
    known = world.persons[[*columns, "language_level", "partner_programme"]]
    known = known.iloc[person].set_index(cases.index)
    note = np.array(NOTES, dtype=object)[cases["case"].to_numpy() % len(NOTES)]
    own = cases.assign(household_id=cases["household"].map(households), note=note)
    return pd.concat([own, known], axis=1)


def _with_row_numbers(world: World, provider: str, frames: Frames) -> Frames:
    form = systems()[provider]["ids"]["row"]
    owner = world.cases["provider"].to_numpy() == provider
    numbered = dict(frames)
    for kind, name in (
        ("kontakte", "contact"),
        ("verweisungen", "referral"),
        ("vermittlungen", "placement"),
    ):
        rank = np.cumsum(owner[getattr(world, SOURCES[kind])["case"]])
        ids = [form.format(n=n) for n in rank[frames[kind].index]]
        numbered[kind] = frames[kind].assign(
            **{f"{name}_id": pd.Series(ids, frames[kind].index, "str")}
        )
    return numbered
