"""Referrals between offices and what came of them (Weiterleitungen, Vermittlungen)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.area import Area
from kimeval.data.sample.draws import Draws
from kimeval.data.sample.people import DAY, working_day
from kimeval.data.sample.programme import days, last_day, parameters

UNDECIDED = np.datetime64("NaT", "D")


def make_referrals(area: Area, seed: int, cases: pd.DataFrame) -> pd.DataFrame:
    """Every referral of an area, with planted returns A to B to A.

    Parameters
    ----------
    area, seed
        As for `people`.
    cases : DataFrame
        Cases of the area.

    Returns
    -------
    DataFrame, in the order of recording; columns referral, case, person,
        referred_on, from_agency, to_agency, topic, back (planted as a return),
        outcome, decided_on, recorded_on
    """
    draws = Draws(seed, area.code, "referrals")
    outward = _outward(draws, cases)
    back = _returns(draws, outward)
    both = [outward.assign(back=False), back.assign(back=True)]
    referrals = pd.concat(both, ignore_index=True)
    referrals = referrals[referrals["referred_on"] <= last_day()].reset_index(drop=True)
    referrals = _decided(draws, referrals)
    late = draws.whole(len(referrals), 0, 3) * DAY
    case = referrals["case"].to_numpy()
    recorded = referrals["referred_on"].to_numpy().astype("datetime64[D]") + late
    known = cases["recorded_on"].to_numpy()[case]
    referrals = referrals.assign(
        person=cases["person"].to_numpy()[case], recorded_on=np.maximum(recorded, known)
    )
    referrals = referrals.sort_values(["recorded_on", "case"], kind="stable", ignore_index=True)
    return referrals.assign(referral=np.arange(len(referrals)))


def make_placements(area: Area, seed: int, referrals: pd.DataFrame) -> pd.DataFrame:
    """Placements that follow accepted referrals.

    Returns
    -------
    DataFrame, in the order of their start; columns placement, case, person,
        placement_type, started_on, ended_on (NaT while running), completed
        (missing while running), recorded_on
    """
    draws = Draws(seed, area.code, "referrals")
    declared = parameters()["placements"]
    fits = (referrals["outcome"] == "accepted") & referrals["topic"].isin(list(declared["type"]))
    found = referrals[fits].reset_index(drop=True)
    decided = found["decided_on"].to_numpy().astype("datetime64[D]")
    started = working_day(decided + draws.days(len(found), days(declared["start_days"])) * DAY)
    ended = started + np.maximum(7, draws.days(len(found), days(declared["length_days"]))) * DAY
    placements = pd.DataFrame(
        {
            "case": found["case"],
            "person": found["person"],
            "placement_type": found["topic"].map(declared["type"]),
            "started_on": started,
            "ended_on": working_day(ended),
            "completed": draws.chance(len(found), declared["completed"]),
            "recorded_on": started,
        }
    )
    kept = draws.chance(len(found), declared["share"]) & (placements["started_on"] <= last_day())
    placements = placements[kept].sort_values("started_on", kind="stable", ignore_index=True)
    return placements.assign(placement=np.arange(len(placements)))


def returns(referrals: pd.DataFrame, person: str = "person") -> int:
    """Referrals that send a person back to where they came from (Ämter-Pingpong).

    A referral from B to A counts if the same person was referred from A to B
    1 to 90 days before. Each referral counts once.

    Parameters
    ----------
    referrals : DataFrame
        With referred_on, from_agency, to_agency.
    person : str
        Column that tells persons apart.
    """
    columns = [person, "referred_on", "from_agency", "to_agency"]
    sent = referrals[columns].reset_index(names="row")
    away = sent.rename(columns={"from_agency": "to_agency", "to_agency": "from_agency"})
    pairs = sent.merge(away, on=[person, "from_agency", "to_agency"], suffixes=("", "_before"))
    apart = (pairs["referred_on"] - pairs["referred_on_before"]).dt.days
    within = apart.between(1, parameters()["referrals"]["ping_pong_window"])
    return int(pairs.loc[within, "row"].nunique())


def expected_returns(referrals: pd.DataFrame, start: dt.date, end: dt.date) -> float:
    """Returns planted on average in a span, given who was sent on before and in it.

    Parameters
    ----------
    referrals : DataFrame
        With referred_on and back.
    start, end : date
        First and last day.
    """
    declared = parameters()["referrals"]
    least, most = declared["ping_pong_days"]
    sent = referrals.loc[~referrals["back"], "referred_on"].to_numpy().astype("datetime64[D]")
    days = working_day(sent[:, None] + np.arange(least, most + 1) * DAY)
    inside = (days >= np.datetime64(start)) & (days <= np.datetime64(end))
    return declared["ping_pong"] * float(inside.mean(axis=1).sum())


def _outward(draws: Draws, cases: pd.DataFrame) -> pd.DataFrame:
    declared = parameters()["referrals"]
    number = draws.numbers(len(cases), declared["number"])
    most = max(map(int, declared["number"]))
    gaps = np.maximum(1, draws.days((len(cases), most), days(declared["gap_days"])))
    opened = cases["opened_on"].to_numpy().astype("datetime64[D]")
    dates = opened[:, None] + np.cumsum(gaps, axis=1) // 2 * DAY
    case, turn = np.nonzero(np.arange(most) < number[:, None])
    topic = draws.choose(len(case), declared["topic"])
    closed = cases["closed_on"].fillna(pd.Timestamp(last_day())).to_numpy()[case]
    outward = pd.DataFrame(
        {
            "case": case,
            "referred_on": working_day(dates[case, turn]),
            "from_agency": _senders(draws, topic),
            "to_agency": _receivers(draws, topic),
            "topic": topic,
        }
    )
    outward = outward[(outward["referred_on"] <= closed)]
    return outward[outward["from_agency"] != outward["to_agency"]].reset_index(drop=True)


def _receivers(draws: Draws, topic: NDArray) -> NDArray:
    offices = parameters()["referrals"]["agency"]
    usual = draws.chance(len(topic), 0.75)
    return np.array([offices[t][0 if u else 1] for t, u in zip(topic, usual, strict=True)], object)


def _senders(draws: Draws, topic: NDArray) -> NDArray:
    declared = parameters()["referrals"]
    offices = sorted({office for pair in declared["agency"].values() for office in pair})
    other = draws.choose(len(topic), offices)
    return np.where(draws.chance(len(topic), declared["from_kim"]), "kim", other)


def _returns(draws: Draws, outward: pd.DataFrame) -> pd.DataFrame:
    declared = parameters()["referrals"]
    chosen = draws.chance(len(outward), declared["ping_pong"])
    later = draws.whole(len(outward), *declared["ping_pong_days"]) * DAY
    back = outward.assign(
        referred_on=working_day(outward["referred_on"].to_numpy().astype("datetime64[D]") + later),
        from_agency=outward["to_agency"],
        to_agency=outward["from_agency"],
    )
    return back[chosen]


def _decided(draws: Draws, referrals: pd.DataFrame) -> pd.DataFrame:
    declared = parameters()["referrals"]
    outcome = draws.choose(len(referrals), declared["outcome"])
    waited = np.zeros(len(referrals), dtype=np.int64)
    for name, waiting in declared["decision_days"].items():
        drawn = np.maximum(1, draws.days(len(referrals), days(waiting)))
        waited = np.where(outcome == name, drawn, waited)
    decided = referrals["referred_on"].to_numpy().astype("datetime64[D]") + waited * DAY
    return referrals.assign(outcome=outcome, decided_on=decided)
