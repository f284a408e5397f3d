"""The clean truth of one area (synthetische Welt)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kimeval.core.area import Area
from kimeval.data.sample.arrivals import newly_arrived
from kimeval.data.sample.cases import make_cases, members
from kimeval.data.sample.contacts import make_contacts
from kimeval.data.sample.offers import make_offers
from kimeval.data.sample.people import people
from kimeval.data.sample.programme import Setting, settings
from kimeval.data.sample.referrals import make_placements, make_referrals
from kimeval.data.sample.status import make_histories


@dataclass(frozen=True)
class World:
    """Everything that happens in one area (Welt).

    Attributes
    ----------
    area : Area
        Whose world.
    seed : int
        It was made from.
    setting : Setting
        The programme there.
    arrivals, persons, cases, members, contacts, referrals, placements, spheres,
    residence, offers : DataFrame
        Whole window, without any error. `person` and `case` count from 0 and are
        positions in `persons` and `cases`.
    """

    area: Area
    seed: int
    setting: Setting
    arrivals: pd.DataFrame = field(repr=False)
    persons: pd.DataFrame = field(repr=False)
    cases: pd.DataFrame = field(repr=False)
    members: pd.DataFrame = field(repr=False)
    contacts: pd.DataFrame = field(repr=False)
    referrals: pd.DataFrame = field(repr=False)
    placements: pd.DataFrame = field(repr=False)
    spheres: pd.DataFrame = field(repr=False)
    residence: pd.DataFrame = field(repr=False)
    offers: pd.DataFrame = field(repr=False)


def make_world(area: Area, seed: int = 2024, scale: float = 1.0) -> World:
    """Generate the world of an area.

    Parameters
    ----------
    area : Area
        One of the 54.
    seed : int
        The same seed gives the same world, whatever other areas are made.
    scale : float
        Factor on the number of people; 1 is realistic.
    """
    setting = settings(seed)[area.code]
    arrivals = newly_arrived(area, setting, seed, scale)
    persons = people(area, setting, seed, scale, arrivals)
    cases = make_cases(area, setting, seed, persons)
    seats = members(cases, persons)
    referrals = make_referrals(area, seed, cases)
    spheres, residence = make_histories(area, seed, persons)
    return World(
        area=area,
        seed=seed,
        setting=setting,
        arrivals=arrivals,
        persons=persons,
        cases=cases,
        members=seats,
        contacts=make_contacts(area, seed, persons, cases, seats),
        referrals=referrals,
        placements=make_placements(area, seed, referrals),
        spheres=spheres,
        residence=residence,
        offers=make_offers(area, setting, seed),
    )
