"""Measures against the written truth of synthetic areas, from files to results."""

import datetime as dt
import itertools
import json
import math

import pytest

from kimeval import reach
from kimeval.core.area import area
from kimeval.core.intervals import wilson_interval
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


FLOWS = (("persons", "begun"), ("households", "new"), ("cases", "new"))


@pytest.mark.parametrize(("unit", "came"), FLOWS)
def test_each_quarters_stock_follows_from_the_one_before(known, unit, came):
    data, truth = known
    quarters = [Quarter.parse(name) for name in truth["quarters"]][-6:]
    stock = {q: value(getattr(reach, f"{unit}_active")(data, q)) for q in quarters}
    assert max(stock.values()) > 100
    for before, now in itertools.pairwise(quarters):
        flow = value(getattr(reach, f"{unit}_{came}")(data, now))
        flow -= value(getattr(reach, f"{unit}_closed")(data, now))
        assert stock[now] == stock[before] + flow


def test_groups_of_every_dimension_add_up_to_the_total(known):
    data, _ = known
    by = ["ags", "age_band", "gender", "nationality", "language_level", "legal_sphere"]
    by += ["residence_title", "partner_programme", "provider"]
    for name in ("persons_reached", "persons_active", "persons_new", "persons_closed"):
        frame = getattr(reach, name)(data, Quarter(2024, 3), by=by).frame
        sums = frame[frame["dimension"] != ""].groupby("dimension")["value"].sum()
        assert sums.to_dict() == dict.fromkeys(by, frame["value"].iloc[0])


def test_new_are_among_the_begun_and_the_begun_among_the_active_or_closed(known):
    data, truth = known
    for name in truth["quarters"]:
        quarter = Quarter.parse(name)
        new, begun = (
            value(getattr(reach, f"persons_{n}")(data, quarter)) for n in ("new", "begun")
        )
        active = value(reach.persons_active(data, quarter))
        closed = value(reach.persons_closed(data, quarter))
        assert new <= begun <= active + closed


def test_parts_of_the_coverage_add_up_to_what_is_visible(known):
    data, truth = known
    quarter = Quarter(2024, 3)
    visible = truth["coverage"][str(quarter)]["visible"]
    frame = reach.coverage_newly_arrived(data, quarter, ["ags", "provider"]).frame
    sums = frame.groupby("dimension")[["numerator", "denominator"]].sum()
    assert sums.loc["provider", "numerator"] == visible["numerator"]
    assert sums.loc["ags", "denominator"] == visible["denominator"]
    assert sums.loc["ags", "numerator"] <= visible["numerator"]


def test_within_180_days_the_denominator_is_the_planted_one(known):
    data, truth = known
    for name, position in (("contact_within_90_days", 1), ("contact_within_180_days", 2)):
        frame = reach.contact_within(data, Quarter(2024, 4)).frame.set_index("indicator")
        last = Quarter(2024, 4) - position
        planted = [truth["arrivals"][str(q)] for q in Quarter.span(last - 3, last)]
        assert frame.loc[name, "denominator"] == sum(q["newly_arrived_visible"] for q in planted)
        assert 0 < frame.loc[name, "value"] < 1


def test_the_planted_share_of_partner_programmes_is_found(known):
    """KI clients are drawn into another programme with 22 %, whoever they are."""
    data, _ = known
    frame = reach.persons_active(data, Quarter(2024, 3), by=["partner_programme"]).frame
    counts = frame[frame["dimension"] == "partner_programme"].set_index("group")["value"]
    told = counts.drop("unbekannt", errors="ignore")
    low, high = wilson_interval(told.drop("keine").sum(), told.sum(), 0.999)[0]
    assert low <= 0.22 <= high
