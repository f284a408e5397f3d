"""Every measure of reach with nobody, with one person and without any table."""

import datetime as dt
from dataclasses import replace

import pytest

from kimeval import reach
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.schema import empty
from kimeval.protect import protect

Q3 = Quarter(2024, 3)
COUNTS = [
    f"{unit}_{state}"
    for unit, states in (
        ("persons", ("reached", "new", "begun", "active", "closed")),
        ("households", ("new", "active", "closed")),
        ("cases", ("new", "active", "closed")),
    )
    for state in states
]
SHARES = [
    "access",
    "contact_within",
    "coverage_newly_arrived",
    "coverage_target_groups",
    "modes_by_quarter",
    "partner_persons",
    "persons_by_mode",
    "persons_without_appointment",
]
TABLES = ("clients", "contacts", "cases", "legal_spheres", "residence", "posts", "population")


def refused(results):
    return set(results.frame["status"]) == {"refused"}


@pytest.mark.parametrize("name", [*COUNTS, *SHARES, "cases_per_fte"])
def test_without_any_table_each_measure_is_refused_and_the_next_goes_on(kim, name):
    nothing = Dataset(kim.area, dt.date(2024, 10, 15))
    results = getattr(reach, name)(nothing, Q3)
    assert refused(results)
    assert (results.frame["reason"] != "").all()


@pytest.mark.parametrize("name", COUNTS)
def test_nobody_is_counted_as_zero(kim, name):
    nobody = replace(kim, tables={table: empty(table) for table in TABLES})
    frame = getattr(reach, name)(nobody, Q3, by=["ags", "gender"]).frame
    assert frame["value"].tolist() == [0]


@pytest.mark.parametrize("name", [*SHARES, "cases_per_fte"])
def test_a_share_of_nobody_is_refused_and_never_zero(kim, name):
    nobody = replace(kim, tables={table: empty(table) for table in TABLES})
    assert refused(getattr(reach, name)(nobody, Q3))


@pytest.mark.parametrize("name", [*COUNTS, *SHARES])
def test_one_person_passes_the_gate_and_is_not_shown(kim, name):
    alone = kim.tables["clients"].query("client_id == 'k3'")
    tables = {
        table: frame.query("client_id == 'k3'") if "client_id" in frame else frame
        for table, frame in kim.tables.items()
    }
    one = replace(kim, tables={**tables, "clients": alone})
    protected = protect(getattr(reach, name)(one, Q3)).frame
    shown = protected.dropna(subset=["value"])
    assert not shown["numerator"].between(1, 4).any()
