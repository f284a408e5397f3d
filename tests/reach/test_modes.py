"""Modes of contact and open office hours, by hand on the six persons."""

import numpy as np
import pytest

from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.statistics.clusters import clustered_share
from kimeval.reach import modes_by_quarter, persons_by_mode, persons_without_appointment

Q3 = Quarter(2024, 3)
MODES = {"c1": "personal", "c2": "phone", "c4": "personal", "c5": "digital", "c8": "personal"}


@pytest.fixture
def told(changed):
    """Contacts with modes; c6 of p5 and c9 of k9 have none."""
    return changed(contacts=lambda f: f.assign(mode=f["contact_id"].map(MODES)))


def by_mode(dataset):
    return {row.group: row for row in persons_by_mode(dataset, Q3)}


def test_who_came_in_two_modes_is_in_both(told):
    # Of p1 (personal, phone), p2, p3 (digital), p4: three personally, one each by phone, digital.
    found = {group: (row.numerator, row.denominator) for group, row in by_mode(told).items()}
    assert found == {
        "persönlich": (3, 4),
        "telefonisch": (1, 4),
        "digital": (1, 4),
        "aufsuchend": (0, 4),
        "schriftlich": (0, 4),
    }


def test_each_a_family_of_one_has_wilsons_interval(told):
    row = by_mode(told)["persönlich"]
    assert (row.lower, row.upper) == pytest.approx(tuple(wilson_interval(3, 4)[0]))
    assert (row.method, row.contributors) == ("Wilson", 3)


def test_one_contact_without_appointment_is_enough(kim):
    # p3, p5 and k9 came without; p1 twice with, p2 with; p4 says nothing.
    (row,) = list(persons_without_appointment(kim, Q3))
    assert (row.numerator, row.denominator) == (3, 5)


def test_few_families_give_a_value_without_interval_and_say_so(changed):
    one = changed(clients=lambda f: f.assign(household_id="h1"))
    (row,) = list(persons_without_appointment(one, Q3))
    assert row.value == 0.6 and np.isnan(row.lower) and np.isnan(row.upper)
    assert (row.status, row.reason) == ("partial", "kein Intervall, da weniger als 10 Familien")


def test_families_that_come_together_widen_the_interval(kim):
    """Sixty persons in twelve families of five; in half of them all came without appointment."""
    from dataclasses import replace

    import pandas as pd

    from kimeval.core.schema import conform

    people = [(n, n // 5) for n in range(60)]
    clients = pd.DataFrame(
        {"provider": "ki", "client_id": f"k{n}", "household_id": f"h{home}"} for n, home in people
    )
    contacts = pd.DataFrame(
        {
            "provider": "ki",
            "contact_id": f"c{n}",
            "client_id": f"k{n}",
            "contact_on": pd.Timestamp("2024-08-01"),
            "with_appointment": home % 2 == 0,
        }
        for n, home in people
    )
    tables = {"clients": conform("clients", clients), "contacts": conform("contacts", contacts)}
    (row,) = list(persons_without_appointment(replace(kim, tables=tables), Q3))
    alone = wilson_interval(30, 60)[0]
    assert (row.value, row.method) == (0.5, "Wilson, Familien als Klumpen")
    assert row.upper - row.lower > 2 * (alone[1] - alone[0])
    known = clustered_share([5, 0] * 6, [5] * 12).estimate
    assert (row.lower, row.upper) == pytest.approx((known.lower[0], known.upper[0]))


@pytest.mark.parametrize("measure", [persons_by_mode, persons_without_appointment])
def test_without_contacts_or_answers_it_is_refused(kim, changed, measure):
    for data in (changed(contacts=None), changed(contacts=lambda f: f.head(0)), kim):
        rows = list(measure(data, Quarter(2019, 1)))
        assert [row.status for row in rows] == ["refused"]


def test_a_series_holds_each_quarter_since_the_first_contact(told):
    periods = modes_by_quarter(told, Q3, quarters=4).only(dimension="").frame["period"]
    assert periods.tolist() == ["2024Q2", "2024Q3"]
