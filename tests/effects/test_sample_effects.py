"""What the sample plants is found again: the effect of the start, and the dip of 2020/21."""

import numpy as np
import pandas as pd
import pytest

from kimeval.core.area import areas
from kimeval.core.quarter import Quarter
from kimeval.data.sample.arrivals import newly_arrived
from kimeval.data.sample.programme import effect, parameters, settings, window
from kimeval.data.sample.world import make_world
from kimeval.effects.interrupted import interrupted
from kimeval.effects.staggered import NEVER, panel, staggered

SEED = 2024
AHEAD = 8


@pytest.fixture(scope="module")
def counts():
    """Newly arrived and course entries of all 54 areas, shape (areas, quarters) each."""
    made = []
    for code, area in areas().items():
        rows = newly_arrived(area, settings(SEED)[code], SEED, 1.0)
        made.append(rows.groupby("quarter")[["newly_arrived", "course_entry"]].sum().to_numpy())
    return np.moveaxis(np.array(made, dtype=float), 2, 0)


@pytest.fixture(scope="module")
def given(counts):
    arrived, entered = counts
    first = window()[0]
    start = [s.start - first if s.start else NEVER for s in settings(SEED).values()]
    return panel(entered / arrived, start, [str(q) for q in window()])


@pytest.fixture(scope="module")
def found(given):
    return staggered(given, "der Anteil mit Kurseintritt", "share")


def test_four_areas_never_start(given):
    assert given.size == 54
    assert int(np.isinf(given.start).sum()) == parameters()["programme"]["never_treated"]


def test_the_planted_effect_lies_in_the_interval_and_zero_does_not(found):
    planted = np.mean([effect(n) for n in range(AHEAD)])
    assert planted == pytest.approx(0.04875)
    assert found.effect.lower < planted < found.effect.upper
    assert found.effect.lower > 0.02


def test_the_bands_hold_the_planted_effect_at_every_event_time(found):
    planted = np.array([effect(int(key)) for key in found.key])
    assert np.all((found.study.band_lower <= planted) & (planted <= found.study.band_upper))
    assert set(range(AHEAD)) <= set(found.key.tolist())


def test_areas_developed_alike_before(found):
    assert found.pretrend.p > 0.05
    assert found.effect.assumptions[0].result != "broken"


def test_the_end_of_the_dip_of_2020_and_2021_is_found_in_the_mode_of_contact():
    early = [code for code, one in settings(SEED).items() if one.start == Quarter(2020, 3)]
    contacts = pd.concat([make_world(areas()[code], SEED).contacts for code in early])
    dip = parameters()["contacts"]["dip"]
    first, end = Quarter(2020, 3), Quarter.parse(dip["last"]) + 1
    place = np.array([Quarter.of(day.date()) - first for day in contacts["contact_on"]])
    personal = (contacts["mode"] == "personal").to_numpy()
    share = np.array([personal[place == n].mean() for n in range(12)])
    found = interrupted(
        share, end - first, "der Anteil persönlicher Kontakte", "share", season=False
    )
    planted = parameters()["contacts"]["mode"]["personal"] - dip["mode"]["personal"]
    assert planted == pytest.approx(0.48)
    assert found.level.lower < planted < found.level.upper
    assert found.level.lower > 0.2
