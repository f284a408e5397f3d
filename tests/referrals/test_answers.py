"""Answers and waiting: classes by hand, and what is derived of published ones."""

import math

import numpy as np
import pandas as pd
import pytest

from kimeval.core.results import Results, Row
from kimeval.protect import Rules, derive, protect
from kimeval.referrals.answers import ENDINGS, WAITED, waiting
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
    assert median["value"] == pytest.approx(30 * 0.5 / (1 - left))
    assert median["lower"] < median["value"] < median["upper"]
    assert (frame["method"] == "Sterbetafel").all()


def test_closed_ones_alone_would_wait_less_long():
    """Half of all referrals are open: the median of the answered ones says 30 days."""
    frame = derive(waiting, classes((30, 20, 0), (0, 0, 0), (0, 0, 50))).frame
    assert frame.loc[0, "value"] >= 30
    frame = derive(waiting, classes((20, 20, 0), (0, 0, 0), (0, 0, 60))).frame
    assert math.isnan(frame.loc[0, "value"])
    assert frame.loc[0, "reason"] == "weniger als die Hälfte ist beantwortet"


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
