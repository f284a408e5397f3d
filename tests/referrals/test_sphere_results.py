"""Legal spheres by month and types of paths as results."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from kimeval.core.quarter import Quarter
from kimeval.protect import Rules, derive, protect
from kimeval.referrals.sphere_results import (
    path_types,
    sphere_entropy,
    sphere_sequences,
    spheres_by_month,
)

from .datasets import dataset

QUARTER = Quarter(2024, 3)
MISSING = pd.NaT


def spells(*given):
    """Rows of persons, sphere, first and last day."""
    return [
        {"person": n, "sphere": sphere, "valid_from": pd.Timestamp(begin), "valid_to": end}
        for who, sphere, begin, end in given
        for n in who
    ]


def day(text):
    return pd.Timestamp(text)


SPELLS = spells(
    (range(0, 20), "asylblg", "2024-01-01", day("2024-08-10")),
    (range(0, 20), "sgb2", "2024-08-11", MISSING),
    (range(20, 50), "sgb2", "2024-01-01", MISSING),
    (range(50, 58), "asylblg", "2024-01-01", day("2024-07-31")),
    (range(50, 58), "sgb2", "2024-09-01", MISSING),
)


def counts(results, month):
    frame = results.only(period=month).frame
    return dict(zip(frame["group"], frame["value"], strict=True))


def test_persons_by_month_by_hand():
    results = spheres_by_month(dataset(legal_spheres=SPELLS), QUARTER, months=3)
    assert counts(results, "2024-07") == {"": 58, "AsylbLG": 28, "SGB II": 30}
    # eight are between two spells in August
    assert counts(results, "2024-08") == {"": 50, "SGB II": 50}
    assert counts(results, "2024-09") == {"": 58, "SGB II": 58}


def test_a_person_with_two_clients_is_one():
    rows = [*SPELLS, *spells((range(58, 60), "sgb2", "2024-01-01", MISSING))]
    data = dataset(legal_spheres=rows)
    clients = data.table("clients").assign(person_id=lambda t: ["person 0"] * len(t))
    tables = {**data.tables, "clients": clients}
    one = spheres_by_month(type(data)(data.area, data.as_of, tables), QUARTER, months=1)
    assert counts(one, "2024-09")[""] == 1


def test_months_that_the_delivery_does_not_know_whole_are_left_out():
    data = dataset(as_of=dt.date(2024, 8, 30), legal_spheres=SPELLS)
    assert sphere_sequences(data, QUARTER, 3).months[-1] == np.datetime64("2024-07")
    whole = dataset(as_of=dt.date(2024, 8, 31), legal_spheres=SPELLS)
    assert sphere_sequences(whole, QUARTER, 3).months[-1] == np.datetime64("2024-08")


def test_without_the_table_it_is_refused():
    for measure in (spheres_by_month, path_types):
        row = measure(dataset(), QUARTER).frame.iloc[0]
        assert row["status"] == "refused"
        assert "Rechtskreise" in row["reason"]


def test_months_without_anyone_are_refused():
    late = spells((range(30), "sgb2", "2025-01-01", MISSING))
    frame = spheres_by_month(dataset(legal_spheres=late), QUARTER).frame
    assert frame["reason"].tolist() == ["kein Rechtskreis erfasst"]


def test_entropy_of_published_counts_by_hand():
    part = protect(spheres_by_month(dataset(legal_spheres=SPELLS), QUARTER, months=3), Rules())
    made = derive(sphere_entropy, part).frame.set_index("period")
    share = np.array([28, 30]) / 58
    by_hand = -(share * np.log(share)).sum() / np.log(7)  # spheres there are
    assert made.loc["2024-07", "value"] == pytest.approx(by_hand)
    assert made.loc["2024-09", "value"] == 0


def test_a_month_with_a_hidden_number_has_no_entropy():
    rows = [*SPELLS, *spells((range(58, 60), "sgb12", "2024-01-01", MISSING))]
    part = protect(spheres_by_month(dataset(legal_spheres=rows), QUARTER, months=1), Rules())
    row = derive(sphere_entropy, part).frame.iloc[0]
    assert row["status"] == "refused"
    assert math.isnan(row["value"])


def typed(results, dimension):
    frame = results.only(dimension=dimension).frame
    return dict(zip(frame["group"], frame["value"], strict=True))


def test_types_by_hand():
    """Thirty always in SGB II, twenty-eight who come from AsylbLG."""
    results = path_types(dataset(legal_spheres=SPELLS), QUARTER, groups=2, least_months=9)
    assert typed(results, "") == {"": 58}
    assert typed(results, "path_type") == {"Typ 1": 30, "Typ 2": 28}
    assert typed(results, "path_type × legal_sphere") == {
        "Typ 1 × SGB II": 30,
        "Typ 2 × AsylbLG": 28,
    }
    assert typed(results, "path_type × month × legal_sphere") == {
        "Typ 1 × 2022-10 × zu wenige bekannt": 457.0,  # to the end of 2023
        "Typ 1 × 2024-01 × SGB II": 274.0,
        "Typ 2 × 2022-10 × zu wenige bekannt": 457.0,
        "Typ 2 × 2024-01 × AsylbLG": 213.0,
        "Typ 2 × 2024-08 × SGB II": 61.0,
    }
    assert results.frame["method"].iloc[0].startswith("Optimal Matching, Ward; mittlere Silhouette")


def test_too_few_for_types_is_refused():
    row = path_types(dataset(legal_spheres=SPELLS), QUARTER, groups=6, least_months=9).frame.iloc[0]
    assert row["status"] == "refused"
    assert "mindestens 30 Personen, 10 je Typ" in row["reason"]


def test_months_are_told_again_under_the_same_key():
    """A later report has the same rows for a month, so that the gate sees a revision."""
    data = dataset(as_of=dt.date(2025, 1, 15), legal_spheres=SPELLS)
    early, late = (spheres_by_month(data, q, months=6) for q in (QUARTER, QUARTER + 1))
    shown = ["indicator", "period", "dimension", "group", "value", "record_key"]
    both = early.frame[early.frame["period"] >= "2024-07"][shown].reset_index(drop=True)
    again = late.frame[late.frame["period"] <= "2024-09"][shown].reset_index(drop=True)
    assert both.equals(again)


@pytest.mark.parametrize("method", ["suppression", "rounding", "cellkey"])
def test_the_gate_takes_the_results(method):
    data = dataset(legal_spheres=SPELLS)
    for results in (spheres_by_month(data, QUARTER), path_types(data, QUARTER, 2, least_months=9)):
        assert len(protect(results, Rules(method=method), synthetic=True)) == len(results)
