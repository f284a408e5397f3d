"""Contact around the change of sphere, and gaps before it, by hand."""

import pandas as pd
import pytest

from kimeval.core.quarter import Quarter
from kimeval.protect import Rules, derive, protect
from kimeval.referrals import contact_around, sphere_before, sphere_changes

from .datasets import dataset

QUARTER = Quarter(2024, 3)
CHANGE = pd.Timestamp("2023-07-01")


def spells(persons, gap=0):
    ended = CHANGE - pd.Timedelta(days=gap + 1)
    first = {"sphere": "asylblg", "valid_from": pd.Timestamp("2022-01-01"), "valid_to": ended}
    then = {"sphere": "sgb2", "valid_from": CHANGE, "valid_to": pd.NaT}
    return [{"person": n, **spell} for n in persons for spell in (first, then)]


def contacts(**days):
    """Contacts by days from the change: name of a group of persons -> (persons, days)."""
    rows = [(n, day) for persons, each in days.values() for n in persons for day in each]
    return [
        {"person": n, "contact_on": CHANGE + pd.Timedelta(days=day), "contact_id": f"c{i}"}
        for i, (n, day) in enumerate(rows)
    ]


def shares(results):
    frame = results.frame
    return {r["group"]: (r["numerator"], r["denominator"]) for r in frame.to_dict("records")}


def test_the_same_persons_before_and_after_by_hand():
    met = contacts(
        all=(range(20), [-100]),
        before=(range(8), [-30, -1]),
        after=(range(6), [0, 29]),
        unknown=(range(20, 30), [-5]),  # not in care before: nowhere counted
    )
    told = shares(contact_around(dataset(contacts=met, legal_spheres=spells(range(30))), QUARTER))
    assert told["mit Wechsel × 30 bis 1 Tage davor"] == (8, 20)
    assert told["mit Wechsel × 0 bis 29 Tage danach"] == (6, 20)
    assert told["mit Wechsel × 60 bis 31 Tage davor"] == (0, 20)
    assert not any(group.startswith("ohne") for group in told)


def test_without_a_change_the_middle_of_the_year_is_day_nought():
    # the middle of 2023 is 2 July, a day after the change of the others
    met = contacts(
        changed=(range(10), [-100]), others=(range(10, 25), [-100]), on=(range(10, 17), [1])
    )
    told = shares(contact_around(dataset(contacts=met, legal_spheres=spells(range(10))), QUARTER))
    assert told["ohne Wechsel × 0 bis 29 Tage danach"] == (7, 15)


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ({}, "nicht geliefert|enthält keine Tabelle"),
        ({"contacts": contacts(a=([0], [0]))}, "Tabelle"),
        ({"contacts": contacts(a=([0], [0])), "legal_spheres": spells([0])}, "niemand mit Wechsel"),
    ],
)
def test_refused_with_the_reason(tables, reason):
    frame = contact_around(dataset(**tables), QUARTER).frame
    assert frame["status"].tolist() == ["refused"]
    assert frame["reason"].str.contains(reason).all()


def gaps(*groups):
    """Persons by gap: (how many, days)."""
    rows, first = [], 0
    for number, days in groups:
        rows += spells(range(first, first + number), days)
        first += number
    met = contacts(a=([0], [0]))
    return sphere_changes(dataset(first, contacts=met, legal_spheres=rows), QUARTER)


def classes(results):
    frame = results.only(dimension="gap").frame
    return dict(zip(frame["group"], frame["value"], strict=True))


def test_gaps_in_classes_of_enough_persons():
    told = classes(gaps((30, 0), (12, 5), (10, 10), (4, 20), (7, 40)))
    assert told == {"keine Lücke": 30, "1 bis 7 Tage": 12, "8 bis 14 Tage": 10, "ab 15 Tagen": 11}


def test_too_few_short_gaps_join_the_next_class():
    told = classes(gaps((30, 0), (3, 5), (10, 10), (12, 20)))
    assert told == {"keine Lücke": 30, "1 bis 14 Tage": 13, "ab 15 Tagen": 12}


def test_few_gaps_have_no_classes():
    assert classes(gaps((30, 0), (9, 5))) == {}


def test_sphere_before_the_change_by_hand():
    part = protect(gaps((30, 0), (10, 5), (10, 10)), Rules())
    frame = derive(sphere_before, part).frame
    assert frame["group"].tolist() == ["1 Tag davor", "8 Tage davor"]
    assert frame["value"].tolist() == [0.6, 0.8]
    assert (frame["lower"] < frame["value"]).all() and (frame["value"] < frame["upper"]).all()


def test_without_classes_the_share_is_refused():
    row = derive(sphere_before, protect(gaps((30, 0), (9, 5)), Rules())).frame.iloc[0]
    assert row["status"] == "refused" and "zu wenige Personen mit Lücke" in row["reason"]
