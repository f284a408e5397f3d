"""Changes of legal sphere of six invented persons, by hand."""

import datetime as dt

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform
from kimeval.protect import Rules, derive, protect
from kimeval.referrals import Span, contact_again, sphere_changes
from kimeval.referrals.classes import CROSS
from kimeval.referrals.spheres import AGAIN, CHANGED, CONTACT, NO_CONTACT, UNCHANGED, changes_in

QUARTER = Quarter(2024, 3)
YEAR = Span.year(Quarter(2024, 1))
SPHERES = """client sphere from to
a asylblg 2022-01-01 2023-02-28
a sgb2 2023-03-01 -
b asylblg 2022-01-01 2023-02-28
b sgb2 2023-03-11 -
c asylblg 2022-01-01 2023-06-30
c sgb2 2023-05-01 -
d sgb2 2022-01-01 2023-05-31
d sgb2 2023-06-01 -
e asylblg 2021-01-01 2022-06-30
e sgb2 2022-07-01 -
f asylblg 2022-01-01 -"""
CONTACTS = """client on
a 2023-02-01
a 2023-03-05
b 2023-02-27
c 2022-12-01
d 2023-05-20
d 2023-07-20
f 2023-06-15"""


def rows(text, **names):
    head, *lines = (line.split() for line in text.splitlines())
    made = pd.DataFrame(lines, columns=head, dtype="str").replace("-", pd.NA).rename(columns=names)
    return made.assign(provider="ki")


@pytest.fixture(scope="module")
def kim():
    spheres = rows(SPHERES, client="client_id", **{"from": "valid_from", "to": "valid_to"})
    met = rows(CONTACTS, client="client_id", on="contact_on")
    met = met.assign(contact_id=[f"k{n}" for n in range(len(met))])
    persons = sorted(spheres["client_id"].unique())
    clients = pd.DataFrame({"provider": "ki", "client_id": persons, "person_id": persons})
    frames = {"legal_spheres": spheres, "contacts": met, "clients": clients}
    tables = {name: conform(name, frame) for name, frame in frames.items()}
    return Dataset(area("05370"), dt.date(2024, 10, 15), tables, True)


def test_a_change_is_to_another_sphere_within_the_span(kim):
    found = changes_in(kim, YEAR).set_index("person_id")
    assert found["gap"].to_dict() == {"a": 0, "b": 10, "c": 0}
    assert set(found["direction"]) == {"AsylbLG → SGB II"}


def test_shares_and_days_by_hand(kim):
    frame = sphere_changes(kim, QUARTER).only(dimension="").frame.set_index("indicator")
    assert frame.loc["sphere_changes", "value"] == 3
    assert frame.loc["sphere_without_gap", ["numerator", "denominator"]].tolist() == [2, 3]
    assert frame.loc["days_without_sphere", ["value", "denominator"]].tolist() == [10, 1]
    assert set(frame["period"]) == {"2023"}


def test_contact_again_is_of_those_with_contact_shortly_before(kim):
    """a and b had one before their change, c did not; d and f before the middle of the year."""
    frame = sphere_changes(kim, QUARTER).only(indicator="contact_after_change").frame
    by = dict(zip(frame["group"], frame["value"], strict=True))
    assert by[CHANGED] == 2
    assert by[UNCHANGED] == 2
    contact = {g: n for g, n in by.items() if g.endswith(CROSS + CONTACT)}
    assert sum(n for g, n in contact.items() if g.startswith(CHANGED)) == 1
    assert sum(n for g, n in contact.items() if g.startswith(UNCHANGED)) == 1
    assert sum(n for g, n in by.items() if g.endswith(CROSS + NO_CONTACT)) == 2


def test_what_was_not_delivered_is_refused(kim):
    without = Dataset(kim.area, kim.as_of, {"clients": kim.tables["clients"]}, True)
    frame = sphere_changes(without, QUARTER).frame
    assert set(frame["status"]) == {"refused"}
    assert frame["reason"].str.contains("Rechtskreise").all()


def test_a_year_without_changes_says_so(kim):
    frame = sphere_changes(kim, QUARTER, Span("2019", Quarter(2019, 1), Quarter(2019, 4))).frame
    assert "kein Wechsel des Rechtskreises im Zeitraum" in set(frame["reason"])


def test_the_curve_of_few_persons_is_refused(kim):
    protected = protect(sphere_changes(kim, QUARTER), Rules())
    frame = derive(contact_again, protected).frame
    assert set(frame["status"]) == {"refused"}
    assert protected.only(dimension=AGAIN).suppressed
