"""Counselling contacts, with the pandemic's dip (Kontakte)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.area import Area
from kimeval.core.quarter import Quarter
from kimeval.data.sample.draws import Draws
from kimeval.data.sample.people import DAY, working_day
from kimeval.data.sample.programme import days, last_day, parameters


def make_contacts(
    area: Area, seed: int, persons: pd.DataFrame, cases: pd.DataFrame, members: pd.DataFrame
) -> pd.DataFrame:
    """Every contact of an area; each has one person who took part.

    The first contact of a case falls on its opening. In a family's case the
    members take turns, so each of them is reached if there are enough contacts.

    Parameters
    ----------
    area, seed
        As for `people`.
    persons, cases, members : DataFrame
        The world so far.

    Returns
    -------
    DataFrame, in the order of recording; columns contact, case, person (who took
        part), contact_on, mode, with_appointment, ags, minutes, recorded_on
    """
    draws = Draws(seed, area.code, "contacts")
    contacts = _dates(draws, cases)
    contacts = contacts[_kept(draws, contacts, cases)].reset_index(drop=True)
    return _described(draws, contacts, area, persons, cases, members)


def _dates(draws: Draws, cases: pd.DataFrame) -> pd.DataFrame:
    declared = parameters()["contacts"]
    number = cases["persons"].to_numpy() + draws.numbers(len(cases), declared["further"])
    most = int(number.max(initial=1))
    gaps = np.maximum(1, draws.days((len(cases), most), days(declared["gap_days"])))
    gaps[:, 0] = 0
    opened = cases["opened_on"].to_numpy().astype("datetime64[D]")
    dates = opened[:, None] + np.cumsum(gaps, axis=1) * DAY
    case, turn = np.nonzero(np.arange(most) < number[:, None])
    return pd.DataFrame({"case": case, "turn": turn, "contact_on": working_day(dates[case, turn])})


def _kept(draws: Draws, contacts: pd.DataFrame, cases: pd.DataFrame) -> NDArray[np.bool_]:
    case = contacts["case"].to_numpy()
    closed = cases["closed_on"].fillna(pd.Timestamp(last_day())).to_numpy()[case]
    held = (contacts["contact_on"] <= closed).to_numpy()
    dropped = draws.chance(len(case), parameters()["contacts"]["dip"]["dropped"])
    further = contacts["turn"].to_numpy() >= cases["persons"].to_numpy()[case]
    return held & ~(dropped & further & in_dip(contacts["contact_on"]))


def in_dip(day: pd.Series) -> NDArray[np.bool_]:
    """Whether days lie in the pandemic's dip."""
    dip = parameters()["contacts"]["dip"]
    first, last = Quarter.parse(dip["first"]).start, Quarter.parse(dip["last"]).end
    return day.between(pd.Timestamp(first), pd.Timestamp(last)).to_numpy()


def _described(
    draws: Draws,
    contacts: pd.DataFrame,
    area: Area,
    persons: pd.DataFrame,
    cases: pd.DataFrame,
    members: pd.DataFrame,
) -> pd.DataFrame:
    declared = parameters()["contacts"]
    total = len(contacts)
    case, turn = contacts["case"].to_numpy(), contacts["turn"].to_numpy()
    seat = turn % cases["persons"].to_numpy()[case]
    first_seat = np.searchsorted(members["case"].to_numpy(), case)
    person = members["person"].to_numpy()[first_seat + seat]
    usual = draws.choose(total, declared["mode"])
    distant = draws.choose(total, declared["dip"]["mode"])
    without = np.where(
        turn == 0, declared["first_without_appointment"], declared["later_without_appointment"]
    )
    late = draws.whole(total, 0, 4) * DAY
    recorded = contacts["contact_on"].to_numpy() + late
    contacts = contacts.assign(
        person=person,
        mode=np.where(in_dip(contacts["contact_on"]), distant, usual),
        with_appointment=~draws.chance(total, without),
        ags=persons["ags"].to_numpy()[person],
        minutes=draws.numbers(total, declared["minutes"]),
        recorded_on=np.maximum(recorded, cases["recorded_on"].to_numpy()[case]),
    )
    contacts = contacts.sort_values(["recorded_on", "case", "turn"], ignore_index=True)
    return contacts.assign(contact=np.arange(total))
