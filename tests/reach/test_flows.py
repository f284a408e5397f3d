"""Who comes, stays and goes: persons and households, by hand and for any history of cases."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval import reach
from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform

Q3 = Quarter(2024, 3)
DAYS = pd.date_range("2024-04-01", "2024-12-31").strftime("%Y-%m-%d").tolist()


def total(measure, dataset, quarter=Q3):
    return measure(dataset, quarter).only(dimension="").frame["value"].iloc[0]


def test_who_comes_again_is_begun_and_not_new(kim):
    # p1, p3, p5 and f5 for the first time; p4 was there from 2022 to 30.06. and comes again.
    assert total(reach.persons_new, kim) == 4
    assert total(reach.persons_begun, kim) == 5


def test_persons_active_and_closed_by_hand(kim):
    # Open on 30.09.: p1 (two cases), p4, p5, f5. Ended: p2 that day, p3 within the quarter.
    assert total(reach.persons_active, kim) == 4
    assert total(reach.persons_closed, kim) == 2


def test_a_household_with_another_open_case_is_neither_new_nor_closed(kim):
    # h1 keeps f1 while f2 ends; h9, h5, h3, h4 and f4 for itself are new, h3 has gone again.
    assert total(reach.households_new, kim) == 5
    assert total(reach.households_active, kim) == 5
    assert total(reach.households_closed, kim) == 1


def test_a_person_who_changes_from_one_case_to_the_next_has_not_gone(changed):
    def follow(frame):
        return frame.assign(
            client_id="k1",
            opened_on=pd.to_datetime(["2024-05-01", "2024-08-01"]),
            closed_on=pd.to_datetime(["2024-08-15", None]),
        )

    data = changed(cases=lambda f: follow(f.head(2)))
    assert total(reach.persons_closed, data) == total(reach.persons_begun, data) == 0


def test_contacts_and_cases_of_a_partner_are_not_case_management(kim, changed):
    """JMD, MBE and Teilhabemanagement are funded apart; their clients are not KIM's."""

    def as_partner(frame):
        return frame.assign(provider=frame["provider"].replace("drk", "mbe"))

    data = changed(clients=as_partner, contacts=as_partner, cases=as_partner)
    assert total(reach.persons_reached, data) == 5  # without p5; p1 was met by the KI as well
    assert total(reach.cases_active, data) == 3
    assert total(reach.persons_new, data) == 3


histories = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(0, 2),
        st.sampled_from(DAYS),
        st.integers(0, 150),
        st.booleans(),
    ),
    max_size=25,
)


def dataset(drawn):
    """Cases of up to five persons in three households; each may come several times."""
    rows = [
        {
            "provider": "ki",
            "case_id": f"f{n}",
            "client_id": f"k{person}",
            "household_id": f"h{household}" if household else None,
            "opened_on": opened,
            "closed_on": None
            if still
            else str((pd.Timestamp(opened) + pd.Timedelta(days=stay)).date()),
        }
        for n, (person, household, opened, stay, still) in enumerate(drawn)
    ]
    tables = {"cases": conform("cases", pd.DataFrame(rows) if rows else None)}
    tables["clients"] = conform(
        "clients", pd.DataFrame([{"provider": "ki", "client_id": f"k{n}"} for n in range(5)])
    )
    return Dataset(area("05370"), dt.date(2025, 6, 1), tables)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_a_stock_is_the_one_before_plus_who_came_less_who_went(drawn):
    data = dataset(drawn)
    for unit, came in (("persons", "begun"), ("households", "new")):
        measures = {name: getattr(reach, f"{unit}_{name}") for name in (came, "active", "closed")}
        for quarter in (Q3, Q3 + 1):
            now = total(measures["active"], data, quarter)
            then = total(measures["active"], data, quarter - 1)
            flow = total(measures[came], data, quarter) - total(measures["closed"], data, quarter)
            assert now == then + flow


@settings(max_examples=25, deadline=None)
@given(histories)
def test_new_are_among_the_begun_and_groups_add_up(drawn):
    data = dataset(drawn)
    assert total(reach.persons_new, data) <= total(reach.persons_begun, data)
    for name in ("persons_new", "persons_begun", "persons_active", "persons_closed"):
        results = getattr(reach, name)(data, Q3, by=["provider", "gender", "ags", "age_band"])
        whole = results.only(dimension="").frame["value"].iloc[0]
        parts = results.frame[results.frame["dimension"] != ""]
        sums = parts.groupby("dimension")["value"].sum()
        assert set(sums) <= {whole}


@pytest.mark.parametrize("unit", ["persons", "households", "cases"])
def test_an_active_only_export_is_named_where_people_left(kim, unit):
    from dataclasses import replace

    data = replace(kim, only_active=("drk",))
    (row,) = list(getattr(reach, f"{unit}_closed")(data, Q3))
    assert (row.status, "Rotes Kreuz" in row.reason) == ("partial", True)
