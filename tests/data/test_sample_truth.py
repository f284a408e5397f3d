"""The written truth: recounted from the world by hand, and found again by cleaning."""

import datetime as dt
import json

import pandas as pd
import pytest

from kimeval.core.area import areas
from kimeval.core.reference import CHECKOUT
from kimeval.data.deliveries import read_delivery
from kimeval.data.ingest import ingest
from kimeval.data.sample import make_world
from kimeval.data.sample.programme import effect

SAMPLE = CHECKOUT.parent / "sample"
PROFILES = CHECKOUT.parents[1] / "profiles"
AS_OF = dt.date(2024, 10, 15)
DAY = pd.Timestamp(AS_OF)
THIRD = (pd.Timestamp("2024-07-01"), pd.Timestamp("2024-09-30"))


@pytest.fixture(scope="module")
def truth():
    return json.loads((SAMPLE / "05370" / "truth-2024-10-15.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def world():
    return make_world(areas()["05370"])


@pytest.fixture(scope="module")
def ingested():
    return ingest(read_delivery(SAMPLE / "05370" / "2024-10-15"), PROFILES)


@pytest.fixture(scope="module")
def met(ingested):
    """Contacts with the person behind them, as far as the client's row was usable."""
    keys = ["provider", "client_id"]
    clients = ingested.frame("clients")[[*keys, "person_id", "arrived_on"]]
    contacts = ingested.frame("contacts").merge(clients, how="left", on=keys)
    return contacts.assign(person=contacts["person_id"].fillna(contacts["client_id"]))


def test_persons_reached_are_recounted_from_the_world(truth, world):
    known = set(world.cases.loc[world.cases["recorded_on"] <= DAY, "case"])
    reached = {
        row.person
        for row in world.contacts.itertuples()
        if row.case in known and row.recorded_on <= DAY and THIRD[0] <= row.contact_on <= THIRD[1]
    }
    assert truth["quarters"]["2024Q3"]["world"]["persons_reached"] == len(reached)


def test_cases_are_recounted_from_the_world(truth, world):
    new = closed = active = late = 0
    for case in world.cases.itertuples():
        opened = THIRD[0] <= case.opened_on <= THIRD[1]
        if case.recorded_on > DAY:
            late += opened
            continue
        ended = case.closed_on if case.closed_on <= DAY else pd.Timestamp.max
        new += opened
        closed += THIRD[0] <= ended <= THIRD[1]
        active += case.opened_on <= THIRD[1] < ended
    counted = truth["quarters"]["2024Q3"]
    assert (counted["world"]["cases_new"], counted["world"]["cases_closed"]) == (new, closed)
    assert counted["world"]["cases_active"] == active
    assert counted["cases_not_yet_recorded"] == late == 3


def test_coverage_is_recounted_from_the_world(truth, world):
    known = world.contacts.merge(world.cases[["case", "recorded_on"]], on="case")
    held = (known["recorded_on_x"] <= DAY) & (known["recorded_on_y"] <= DAY)
    persons = known.loc[held & (known["contact_on"] <= THIRD[1]), "person"].unique()
    arrived = world.persons.loc[persons, "arrived_on"]
    numerator = int(arrived.between("2023-10-01", "2024-09-30").sum())
    newly = world.arrivals[world.arrivals["quarter"].between(15, 18)]["newly_arrived"].sum()
    found = truth["coverage"]["2024Q3"]["world"]
    assert (found["numerator"], found["denominator"]) == (numerator, newly)
    assert 0.2 < found["share"] < 0.38


def test_visible_is_never_more_than_what_happened(truth):
    for counted in truth["quarters"].values():
        seen, real = counted["visible"], counted["world"]
        assert seen["cases_active"] <= real["cases_active"]
        assert seen["cases_closed"] <= real["cases_closed"]
        assert seen["persons_reached"] <= real["persons_reached"]


def test_the_ledger_finds_every_planted_error_and_no_other(truth, ingested):
    accounts = ingested.ledger.accounts.set_index("file")
    columns = ["rows_in", "rows_kept", "rows_merged", "rows_set_aside"]
    names = ["rows", "rows_kept", "rows_merged", "rows_set_aside"]
    assert set(accounts.index) == set(truth["files"])
    for file, account in truth["files"].items():
        assert accounts.loc[file, columns].tolist() == [account[n] for n in names], file


def test_every_row_is_set_aside_for_the_planted_reason(truth, ingested):
    reasons = ingested.ledger.reasons.groupby(["file", "reason"])["rows"].sum().to_dict()
    planted = {
        (file, kind): rows
        for file, account in truth["files"].items()
        for kind, rows in account["planted"].items()
        if kind != "exact_duplicate"
    }
    assert reasons == planted


def test_linkage_finds_habits_of_spelling_and_typing_errors(truth, ingested):
    duplicates = truth["duplicates"]
    assert duplicates["normalisation"]["visible"] == 22
    assert duplicates["typo"]["visible"] == 15
    assert ingested.ledger.linked["persons"].sum() == 22 + 15


def test_persons_reached_come_back_from_the_files_in_each_quarter(truth, met):
    for quarter, counted in truth["quarters"].items():
        start, end = pd.Period(quarter, "Q").start_time, pd.Period(quarter, "Q").end_time
        reached = met.loc[met["contact_on"].between(start, end), "person"].nunique()
        assert reached == counted["visible"]["persons_reached"], quarter


def test_cases_come_back_from_the_files_in_each_quarter(truth, ingested):
    cases = ingested.frame("cases")
    for quarter, counted in truth["quarters"].items():
        start, end = pd.Period(quarter, "Q").start_time, pd.Period(quarter, "Q").end_time
        active = (cases["opened_on"] <= end) & ~(cases["closed_on"] <= end)
        assert cases["opened_on"].between(start, end).sum() == counted["visible"]["cases_new"]
        assert cases["closed_on"].between(start, end).sum() == counted["visible"]["cases_closed"]
        assert active.sum() == counted["visible"]["cases_active"]


def test_coverage_comes_back_from_the_files(truth, met, ingested):
    early = met[met["contact_on"] <= THIRD[1]]
    covered = early.loc[early["arrived_on"].between("2023-10-01", THIRD[1]), "person"].nunique()
    population = ingested.frame("population")
    newly = population[population["measure"] == "newly_arrived"]
    newly = newly[newly["counted_on"].between("2023-10-01", THIRD[1])]
    visible = truth["coverage"]["2024Q3"]["visible"]
    assert (covered, newly["persons"].sum()) == (visible["numerator"], visible["denominator"])


def test_arrivals_come_back_from_the_statistics(truth, ingested):
    population = ingested.frame("population")
    quarters = population["counted_on"].dt.to_period("Q").astype("str")
    sums = population.groupby(["measure", quarters])["persons"].sum()
    for quarter, counted in truth["arrivals"].items():
        assert sums["newly_arrived", quarter] == counted["newly_arrived_visible"]
        assert sums["course_entry", quarter] == (counted["course_entry_visible"] or 0)
    assert truth["arrivals"]["2024Q2"]["course_entry"] is None


def test_planted_waiting_times_come_back(truth):
    outcomes = truth["waiting_days"]["outcomes"]
    accepted = outcomes["accepted"]
    assert accepted["world"]["median"] == pytest.approx(accepted["planted"]["median"], abs=3)
    decided = sum(found["world"]["number"] for found in outcomes.values())
    assert decided + truth["waiting_days"]["open"] == truth["ping_pong"]["world"]["referrals"]
    within = truth["waiting_days"]["accepted_within_days"]
    assert within["30"] < within["60"] < within["90"] < 0.62


def test_gaps_between_legal_spheres_are_as_planted(truth):
    gaps = truth["legal_sphere_gaps"]
    assert gaps["median_gap"] == pytest.approx(14, abs=2)
    # Changes to no benefits have no gap, so fewer than 45 of 100 have one.
    assert 0.33 < gaps["with_gap"] / gaps["changes"] < 0.45


def test_the_state_truth_holds_starts_effect_and_dip():
    whole = json.loads((SAMPLE / "truth.json").read_text("utf-8"))
    assert (whole["seed"], whole["areas"], len(whole["never_treated"])) == (2024, 54, 4)
    assert whole["starts"]["05370"] == "2022Q3"
    assert whole["course_entry"]["effect"] == [0.015, 0.03, 0.045, 0.06]
    assert whole["contacts_dip"]["dropped"] == 0.45
    assert [effect(e) for e in (-1, 0, 3, 9)] == [0.0, 0.015, 0.06, 0.06]


def test_every_block_of_numbers_has_a_definition(truth):
    defined = truth["definitions"]
    assert set(truth["quarters"]["2024Q3"]["world"]) <= set(defined)
    for block in ("coverage", "ping_pong", "waiting_days", "legal_sphere_gaps", "duplicates"):
        assert defined[block].endswith(".")
