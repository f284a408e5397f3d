"""Outcomes of the sample are what was planted: how long placements last, and no differences.

Five times the people of one district, from files to results.
"""

import datetime as dt
import math

import pytest
from scipy import stats

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.data.sample import write_sample
from kimeval.data.sample.programme import parameters
from kimeval.data.vintages import ensure_vintage
from kimeval.outcomes import cohort, group_differences, lasting_placements, reached
from kimeval.outcomes.groups import TEST

QUARTER = Quarter(2024, 3)


@pytest.fixture(scope="module")
def data(root, tmp_path_factory):
    home = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "profiles"):
        (home / name).symlink_to(root / name)
    write_sample(home / "data" / "sample", [area("05558")], dt.date(2024, 10, 15), scale=5)
    return ensure_vintage(Project(home), area("05558")).load()


@pytest.fixture(scope="module")
def held(data):
    return cohort(data, QUARTER)


@pytest.mark.parametrize(("months", "days"), [(6, 182), (12, 365)])
def test_placements_last_as_long_as_planted(data, held, months, days):
    """Days are lognormal with median 180 and spread 0.5, whoever is placed."""
    planted = parameters()["placements"]["length_days"]
    truth = stats.norm.sf(math.log(days / planted["median"]) / planted["spread"])
    frame = lasting_placements(data, QUARTER, level=0.999, held=held).frame
    rows = frame[
        (frame["indicator"] == "placement_lasting")
        & frame["group"].str.endswith(f"nach {months} Monaten")
    ]
    assert len(rows) == 2
    assert (rows["denominator"] > 10).all()
    assert ((rows["lower"] < truth) & (truth < rows["upper"])).all()


def test_no_group_differs_since_none_was_planted(data, held):
    frame = group_differences(data, QUARTER, held=held).frame
    tests = frame[(frame["indicator"] == TEST) & frame["value"].notna()]
    assert len(tests) == 9
    assert tests["value"].min() > 0.01


def test_who_leaves_is_as_planted(held):
    """Closed cases end by moving, return or lost contact in 33 of 100."""
    reasons = parameters()["cases"]["closing_reason"]
    planted = sum(reasons[name] for name in ("moved", "returned", "contact_lost"))
    ended = held.frame[held.frame["ended"] < held.until]
    assert len(ended) > 1_000
    assert ended["how"].eq(2).mean() == pytest.approx(planted, abs=0.05)


def test_every_outcome_of_the_sample_but_naturalisation_is_reached(data, held):
    frame = reached(data, QUARTER, held=held).frame
    refused = frame.loc[frame["status"] == "refused", ["group", "reason"]].to_numpy().tolist()
    assert refused == [["Einbürgerung", "niemand hat es erreicht"]]
