"""Measures against the written truth of synthetic areas, from files to results."""

import datetime as dt
import json
import math

import pytest

from kimeval import reach
from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.data.sample import write_sample
from kimeval.data.vintages import ensure_vintage

AS_OF = dt.date(2025, 1, 15)
AREAS = ("05334002", "05370", "05558")
COUNTS = (
    "persons_reached",
    "persons_new",
    "households_active",
    "cases_active",
    "cases_new",
    "cases_closed",
)


@pytest.fixture(scope="module", params=AREAS)
def known(request, root, tmp_path_factory):
    """Tables of a synthetic area after cleaning, and what they should give."""
    home = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "profiles"):
        (home / name).symlink_to(root / name)
    sample = home / "data" / "sample"
    write_sample(sample, [area(request.param)], AS_OF)
    truth = json.loads((sample / request.param / f"truth-{AS_OF}.json").read_text("utf-8"))
    return ensure_vintage(Project(home), area(request.param)).load(), truth


def value(results) -> float:
    return results.only(dimension="").frame["value"].iloc[0]


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_equals_what_is_visible_in_every_quarter(known, name):
    data, truth = known
    visible = {q: t["visible"][name] for q, t in truth["quarters"].items()}
    measured = {q: value(getattr(reach, name)(data, Quarter.parse(q))) for q in visible}
    assert sum(visible.values()) > 100
    assert measured == visible


def test_the_median_wait_equals_what_is_visible_in_every_quarter(known):
    data, truth = known
    for quarter, planted in truth["quarters"].items():
        measured = value(reach.days_to_first_contact(data, Quarter.parse(quarter)))
        visible = planted["visible"]["days_to_first_contact"]
        assert math.isnan(measured) if visible is None else measured == visible


def test_the_coverage_equals_what_is_visible_in_every_quarter(known):
    data, truth = known
    for quarter, planted in truth["coverage"].items():
        row = reach.coverage_newly_arrived(data, Quarter.parse(quarter)).only(dimension="").frame
        visible = planted["visible"]
        assert row["numerator"].iloc[0] == visible["numerator"]
        assert row["denominator"].iloc[0] == visible["denominator"]


def test_the_planted_posts_are_the_denominator_of_the_case_load(known):
    data, _ = known
    load = reach.cases_per_fte(data, Quarter(2024, 4)).only(dimension="").frame
    posts = data.table("posts")
    valid = posts["valid_from"].le("2024-12-31") & ~posts["valid_to"].lt("2024-12-31")
    assert load["denominator"].iloc[0] == posts.loc[valid, "filled_fte"].sum()
