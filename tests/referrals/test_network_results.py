"""The network as results: named offices, and what follows from what is published."""

import math

import pytest

from kimeval.core.codes import codes
from kimeval.core.quarter import Quarter
from kimeval.protect import Rules, derive, protect
from kimeval.referrals.network_compared import network_compared
from kimeval.referrals.network_derived import network
from kimeval.referrals.network_results import (
    OTHERS,
    WAYS,
    referrals_between,
    ways_by_quarter,
    with_named,
)
from kimeval.referrals.sent import SHORT as KIM
from kimeval.referrals.span import Span

from .datasets import dataset, referred

QUARTER = Quarter(2024, 3)
JOB, SOCIAL = (codes("agency")[code] for code in ("jobcenter", "social_office"))
MANY_WAYS = [
    ("kim", "jobcenter", "2023-02-01", range(0, 30)),
    ("kim", "social_office", "2023-03-01", range(20, 40)),
    ("jobcenter", "kim", "2023-04-01", range(0, 12)),
    ("social_office", "kim", "2023-05-01", range(25, 35)),
]


def found(results, indicator="referrals_between", dimension=WAYS):
    frame = results.only(indicator=indicator, dimension=dimension).frame
    return dict(zip(frame["group"], frame["value"], strict=True))


def measured(ways, quarter=QUARTER, **settings):
    return referrals_between(dataset(referrals=referred(ways)), quarter, **settings)


def test_ways_by_hand():
    results = measured([*MANY_WAYS, ("kim", "jobcenter", "2023-06-01", range(5))])
    assert found(results) == {
        f"{KIM} × {JOB}": 35,
        f"{KIM} × {SOCIAL}": 20,
        f"{JOB} × {KIM}": 12,
        f"{SOCIAL} × {KIM}": 10,
    }
    assert found(results, "persons_by_way")[f"{KIM} × {JOB}"] == 30
    assert found(results, dimension="") == {"": 77}
    assert found(results, "persons_by_way", "") == {"": 40}
    assert set(results.frame["period"]) == {"2023"}


def test_a_way_of_few_persons_loses_the_name_of_its_smaller_end():
    results = measured([*MANY_WAYS, ("health", "kim", "2023-06-01", range(3))])
    # the three from health join the others as senders, who are still few: so does KIM as receiver
    assert found(results) == {
        f"{KIM} × {JOB}": 30,
        f"{KIM} × {SOCIAL}": 20,
        f"{JOB} × {OTHERS}": 12,
        f"{SOCIAL} × {OTHERS}": 10,
        f"{OTHERS} × {OTHERS}": 3,
    }


def test_each_way_with_a_name_is_of_many_persons():
    ways = [
        (a, b, "2023-02-01", range(3 * n, 3 * n + 5 * n))
        for n, (a, b) in enumerate(
            (a, b)
            for a in ("kim", "jobcenter", "health", "school_office")
            for b in ("kim", "youth_office", "housing_office", "jobcenter")
            if a != b
        )
    ]
    data = dataset(persons=200, referrals=referred(ways)).table("referrals")
    made = with_named(data.assign(person_id=data["client_id"]), many=10)
    persons = made.groupby(["from_office", "to_office"])["person_id"].nunique()
    assert (persons.drop((OTHERS, OTHERS), errors="ignore") >= 10).all()
    assert len(made) == len(data)


def test_without_the_table_or_a_referral_it_is_refused():
    nothing = referrals_between(dataset(), QUARTER)
    assert set(nothing.frame["status"]) == {"refused"}
    assert set(nothing.frame["period"]) == {"2023"}
    other_year = measured([("kim", "jobcenter", "2022-02-01", range(30))])
    assert other_year.frame["reason"].str.contains("keine Weiterleitung").all()


def published(ways, **settings):
    return protect(measured(ways, **settings), Rules())


def one(protected, indicator, group=""):
    return protected.only(indicator=indicator, group=group).frame.iloc[0]


def test_reciprocity_by_hand():
    row = one(derive(network, published(MANY_WAYS)), "network_reciprocity")
    assert row["value"] == pytest.approx((2 * 12 + 2 * 10) / 72)
    assert (row["numerator"], row["denominator"]) == (44, 72)
    assert row["status"] == "complete"


def test_dependence_by_hand():
    ways = [*MANY_WAYS, ("social_office", "jobcenter", "2023-02-02", range(10))]
    made = derive(network, published(ways))
    row = one(made, "agency_dependence", JOB)
    assert row["value"] == pytest.approx(30 / 40)
    assert row["method"].endswith(f"von {KIM}")
    assert one(made, "agency_dependence", KIM)["value"] == pytest.approx(12 / 22)


def test_what_is_hidden_is_not_used():
    """With a threshold of 11 the ten from the social office are hidden, and one way with them."""
    part = protect(measured(MANY_WAYS), Rules(11))
    assert part.only(dimension=WAYS).frame["suppressed"].any()
    made = derive(network, part)
    assert one(made, "network_reciprocity")["status"] == "refused"
    assert math.isnan(one(made, "network_reciprocity")["value"])
    assert one(made, "agency_dependence", KIM)["status"] == "refused"


def test_referrals_among_the_others_are_no_pair_of_offices():
    ways = [*MANY_WAYS, ("health", "housing_office", "2023-06-01", range(5))]
    part = published(ways)
    assert found(part)[f"{OTHERS} × {OTHERS}"] == 5
    row = one(derive(network, part), "network_reciprocity")
    assert (row["numerator"], row["denominator"], row["status"]) == (44, 72, "complete")


def test_a_pair_with_one_hidden_way_is_left_out_whole():
    """From Sozialamt to KIM is hidden: what goes there is not taken for a one-way street."""
    ways = [("kim", "jobcenter", "2023-02-01", range(60)), *MANY_WAYS[1:]]
    ways[2] = ("jobcenter", "kim", "2023-04-01", range(40))
    ways.append(("kim", "jobcenter", "2023-07-01", range(60)))
    frame = measured(ways).frame
    frame.loc[frame["group"] == f"{SOCIAL} × {KIM}", "value"] = math.nan
    row = network(frame).only(indicator="network_reciprocity").frame.iloc[0]
    assert (row["numerator"], row["denominator"]) == (80, 160)
    assert row["status"] == "partial"
    assert row["reason"].startswith("ohne Stellen")


def test_change_of_reciprocity_by_hand():
    earlier = [(a, b, day.replace("2023", "2022"), who) for a, b, day, who in MANY_WAYS]
    earlier[2] = ("jobcenter", "kim", "2022-04-01", range(0, 24))
    old, new = published(earlier, quarter=Quarter(2023, 3)), published(MANY_WAYS)
    made = derive(network_compared, old, new)
    row = made.frame.iloc[0]
    assert row["value"] == pytest.approx(100 * (44 / 72 - (2 * 24 + 2 * 10) / 84))
    assert row["lower"] < row["value"] < row["upper"]
    assert row["period"] == "2023"
    again = derive(network_compared, old, new).frame
    assert again.equals(made.frame)


def test_change_between_few_persons_or_other_offices_is_refused():
    few = published([("kim", "jobcenter", "2023-02-01", range(20))])
    assert "30 weitergeleitete" in derive(network_compared, few, few).frame["reason"].iloc[0]
    oneway = published([("kim", "jobcenter", "2023-02-01", range(40))])
    assert "keine Stelle" in derive(network_compared, oneway, oneway).frame["reason"].iloc[0]


@pytest.mark.parametrize("method", ["suppression", "rounding", "cellkey"])
def test_the_gate_takes_the_results(method):
    made = protect(measured(MANY_WAYS), Rules(method=method), synthetic=True)
    assert len(made) == len(measured(MANY_WAYS))


def test_kim_keeps_its_name_until_no_other_is_left():
    ways = [
        ("kim", "jobcenter", "2023-02-01", range(0, 30)),
        ("jobcenter", "kim", "2023-03-01", range(0, 6)),
        ("social_office", "kim", "2023-04-01", range(10, 16)),
    ]
    # the way from each office to KIM is of few persons, from both together of many
    assert found(measured(ways)) == {f"{KIM} × {JOB}": 30, f"{OTHERS} × {KIM}": 12}


def brokers(*ways):
    part = protect(measured(list(ways)), Rules())
    frame = derive(network, part).frame
    return frame[frame["indicator"] == "agency_between"]


def test_brokers_of_a_chain_by_hand():
    """School and job centre are connected over KIM only, both ways."""
    ends = [("kim", "jobcenter"), ("jobcenter", "kim"), ("kim", "school_office")]
    ends += [("school_office", "kim")]
    frame = brokers(
        *((a, b, "2023-02-01", range(10 * n, 10 * n + 12)) for n, (a, b) in enumerate(ends))
    )
    told = dict(zip(frame["group"], frame["value"], strict=True))
    assert told == {KIM: 1.0, JOB: 0.0, codes("agency")["school_office"]: 0.0}


def test_brokers_need_three_offices_named_at_both_ends():
    frame = brokers(("kim", "jobcenter", "2023-02-01", range(12)))
    assert frame["status"].tolist() == ["refused"]
    assert "weniger als 3 Stellen" in frame["reason"].iloc[0]


def quarter_of(ways, quarter):
    return protect(measured(ways, quarter, span=Span.quarter(quarter)), Rules())


def changes(before, after):
    """Change between two quarters of ways (from, to, persons)."""
    days = {QUARTER - 1: "2024-05-01", QUARTER: "2024-08-01"}
    ways = [
        [(source, target, days[quarter], range(persons)) for source, target, persons in given]
        for quarter, given in zip(days, (before, after), strict=True)
    ]
    parts = [quarter_of(given, quarter) for quarter, given in zip(days, ways, strict=True)]
    return derive(network_compared, *parts).frame


def test_change_of_the_share_received_by_hand():
    before = [("kim", "jobcenter", 30), ("kim", "social_office", 30)]
    after = [("kim", "jobcenter", 45), ("kim", "social_office", 15)]
    frame = changes(before, after)
    shares = frame[frame["indicator"] == "inflow_share_change"].set_index("group")
    assert shares["value"].round(6).to_dict() == {JOB: 25.0, SOCIAL: -25.0}
    assert (shares["lower"] < shares["value"]).all() and (shares["value"] < shares["upper"]).all()


def test_what_cannot_be_compared_says_why_for_both():
    few = changes([("kim", "jobcenter", 12)], [("kim", "jobcenter", 40)])
    assert few["reason"].tolist() == ["weniger als 30 weitergeleitete Personen"] * 2
    other = changes([("kim", "jobcenter", 40)], [("kim", "social_office", 40)])
    assert "in beiden Zeiträumen genannt" in other["reason"].iloc[1]
    now = quarter_of([("kim", "jobcenter", "2024-08-01", range(40))], QUARTER)
    before = quarter_of([("kim", "jobcenter", "2023-05-01", range(40))], QUARTER - 1)
    none = derive(network_compared, before, now).frame
    assert none["reason"].tolist() == ["keine Weiterleitung im Zeitraum"] * 2


def test_ways_of_two_quarters_are_those_of_each_report():
    days = {"2024-05-01": 40, "2024-08-01": 35}
    ways = [("kim", "jobcenter", day, range(persons)) for day, persons in days.items()]
    before, now = ways_by_quarter(dataset(referrals=referred(ways)), QUARTER)
    assert [found(part, dimension="")[""] for part in (before, now)] == [40, 35]
    assert set(before.frame["period"]) == {"2024Q2"}


def test_without_referrals_each_derived_number_says_why():
    part = protect(referrals_between(dataset(), QUARTER), Rules())
    frame = derive(network, part).frame
    assert frame["indicator"].tolist() == [
        "network_reciprocity", "agency_dependence", "agency_between",
    ]  # fmt: skip
    assert set(frame["status"]) == {"refused"}
