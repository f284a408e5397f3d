"""Answers and waiting: classes by hand, and what is derived of published ones."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from kimeval.core.results import Results, Row
from kimeval.protect import Rules, derive, protect
from kimeval.referrals.answers import ENDINGS, WAITED, cells, waiting
from kimeval.referrals.classes import CROSS, Classes

CLASSES = ["0 bis 30 Tage", "31 bis 90 Tage", "ab 91 Tagen"]


def classes(*counts):
    rows = [row(sum(map(sum, counts)))]
    for name, line in zip(CLASSES, counts, strict=True):
        rows += [row(n, WAITED, name + CROSS + kind) for n, kind in zip(line, ENDINGS, strict=True)]
    return protect(Results.of(rows), Rules())


def row(number, dimension="", group=""):
    return Row(
        "referrals_waited",
        "2023",
        "05370",
        value=number,
        numerator=number,
        dimension=dimension,
        group=group,
        contributors=number,
    )


def test_curve_and_median_of_published_classes():
    frame = derive(waiting, classes((40, 10, 10), (20, 10, 0), (10, 0, 0))).frame
    shares = frame[frame["indicator"] == "accepted_within"].set_index("group")["value"]
    first, left = 40 / 95, 45 / 95
    assert shares.to_dict() == pytest.approx(
        {"bis 30 Tage": first, "bis 90 Tage": first + left * 20 / 40}
    )
    median = frame[frame["indicator"] == "days_to_answer"].iloc[0]
    assert 25 < median["value"] < 30 * 0.5 / (1 - left)  # most come early in a class
    assert median["lower"] < median["value"] < median["upper"]
    assert (frame["method"] == "Sterbetafel").all()


def test_closed_ones_alone_would_wait_less_long():
    """Half of all referrals are open: the median of the answered ones says 30 days."""
    frame = derive(waiting, classes((30, 20, 0), (0, 0, 0), (0, 0, 50))).frame
    assert frame.loc[0, "value"] >= 30
    frame = derive(waiting, classes((20, 20, 0), (0, 0, 0), (0, 0, 60))).frame
    assert math.isnan(frame.loc[0, "value"])
    assert frame.loc[0, "reason"] == "weniger als die Hälfte ist binnen 90 Tagen beantwortet"


def waited(median, spread, people=10_000):
    """Published classes of people whose days are lognormal, accepted half of the time."""
    days = np.rint(median * np.exp(spread * norm.ppf((np.arange(people) + 0.5) / people)))
    return pd.DataFrame(
        {
            "days": days.astype(int),
            "ending": np.resize(ENDINGS[:2], people),
            "person_id": np.arange(people).astype(str),
            "family": np.arange(people),
        }
    )


def published(rows):
    made = [
        replace(row(int(held.sum()), WAITED, group), method=method)
        for group, held, method in cells(rows)
    ]
    return protect(Results.of([row(len(rows)), *made]))


@pytest.mark.parametrize(("median", "spread"), [(10, 0.8), (22, 0.8), (36, 0.9), (70, 0.7)])
def test_the_median_of_classes_is_that_of_the_days(median, spread):
    found = derive(waiting, published(waited(median, spread))).frame.iloc[0]
    assert found["value"] == pytest.approx(median - 0.5, abs=0.6)


def test_a_median_beyond_the_last_class_with_an_end_is_refused():
    frame = derive(waiting, published(waited(300, 0.3))).frame
    assert frame.loc[0, "status"] == "refused"
    assert frame.loc[0, "reason"] == "weniger als die Hälfte ist binnen 180 Tagen beantwortet"


def test_families_that_agree_make_the_interval_wider():
    rows = waited(22, 0.8, 400)
    alike = pd.concat([rows] * 4, ignore_index=True)
    alone = alike.assign(family=np.arange(1600))
    wide, narrow = (derive(waiting, published(made)).frame.iloc[0] for made in (alike, alone))
    assert wide["value"] == narrow["value"]
    ratio = (wide["upper"] - wide["lower"]) / (narrow["upper"] - narrow["lower"])
    assert ratio == pytest.approx(2, abs=0.1)


def test_a_class_is_divided_only_where_both_parts_hold_enough_persons():
    edges = Classes.of(*(waited(22, 0.8)[c] for c in ("days", "ending", "person_id")), finer=True)
    assert edges.edges == (7, 10, 14, 21, 30, 45, 60, 90, 180)
    few = waited(22, 0.8, 150)
    some = Classes.of(few["days"], few["ending"], few["person_id"], finer=True).edges
    assert 30 in some and 7 not in some


def test_hidden_classes_give_no_curve():
    frame = derive(waiting, classes((40, 3, 10), (20, 10, 10), (10, 10, 10))).frame
    assert set(frame["status"]) == {"refused"}
    assert set(frame["reason"]) == {"Klassen der Wartezeit sind gesperrt"}


def test_what_was_refused_stays_refused_with_its_reason():
    none = Row("referrals_waited", "2023", "05370", status="refused", reason="nichts geliefert")
    frame = derive(waiting, protect(Results.of([none]), Rules())).frame
    assert set(frame["reason"]) == {"nichts geliefert"}


def late(*persons):
    """Persons answered after half a year, accepted and not; many before."""
    early = [("angenommen", 5, f"e{n}") for n in range(40)]
    rows = early + [
        (kind, 200, f"{kind}{n}")
        for kind, number in zip(ENDINGS, persons, strict=False)
        for n in range(number)
    ]
    made = pd.DataFrame(rows, columns=["ending", "days", "person_id"])
    return list(Classes.of(made["days"], made["ending"], made["person_id"]).edges)


def test_late_classes_are_joined_until_each_holds_enough_persons():
    assert late(10, 10)[-1] == 180
    assert late(0, 0)[-1] == 180
    assert late(9, 10) == []
    assert np.all(np.diff(late(30, 30)) > 0)


def test_few_late_ones_of_one_kind_do_not_hide_the_classes():
    rows = waited(22, 0.8, 2_000)
    rows.loc[rows.index[:3], ["days", "ending"]] = [400, ENDINGS[2]]
    late = [group for group, held, _ in cells(rows) if held.any() and group.startswith("ab ")]
    assert [group.rsplit(CROSS)[-1] for group in late] == [ENDINGS[2]]
    assert derive(waiting, published(rows)).frame["status"].tolist()[0] == "complete"


def test_too_few_persons_for_any_class_are_refused():
    rows = waited(22, 0.8, 60).assign(days=5, ending=ENDINGS[0])
    rows.loc[rows.index[:9], ["days", "ending"]] = [200, ENDINGS[1]]
    frame = derive(waiting, published(rows)).frame
    assert frame["reason"].tolist() == ["zu wenige Personen für Klassen der Wartezeit"]
