"""Days to a first contact, contacts without appointment, cases per post; by hand."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kimeval.core.intervals import median_interval
from kimeval.core.quarter import Quarter
from kimeval.reach import (
    access,
    cases_per_fte,
    days_to_first_contact,
    first_contact_without_appointment,
)

Q3 = Quarter(2024, 3)
BEFORE = "ohne Erstkontakte, die vor der Einreise liegen"


def only(results):
    (row,) = list(results)
    return row


def loads(dataset):
    return {row.group: row for row in cases_per_fte(dataset, Q3)}


def test_the_median_of_days_by_hand(kim):
    # p1: 01.02. to 01.07. = 151; p4: 10.05. to 10.09. = 123; p5: 20.07. to 01.09. = 43.
    # p2 came first in the second quarter, k9 has no arrival.
    row = only(days_to_first_contact(kim, Q3))
    assert (row.value, row.denominator, row.contributors) == (123, 3, 3)


def test_a_contact_before_arrival_is_left_out_and_said(kim):
    # p3 has a contact on 15.07. and arrived on 01.08.
    row = only(days_to_first_contact(kim, Q3))
    assert (row.status, row.reason) == ("partial", BEFORE)


def test_a_reason_holds_no_number_of_persons(kim):
    assert not any(sign.isdigit() for sign in only(days_to_first_contact(kim, Q3)).reason)


def test_three_persons_are_too_few_for_an_interval(kim):
    row = only(days_to_first_contact(kim, Q3))
    assert np.isnan(row.lower) and np.isnan(row.upper)


def test_the_earliest_arrival_any_provider_knows_holds(changed):
    # The second provider dates p1's arrival 61 days earlier: 151 becomes 212.
    earlier = changed(
        clients=lambda f: f.assign(
            arrived_on=f["arrived_on"].mask(f["client_id"] == "d1", pd.Timestamp("2023-12-02"))
        ),
        contacts=lambda f: f[f["client_id"] == "k1"],
    )
    assert only(days_to_first_contact(earlier, Q3)).value == 212


def test_without_any_arrival_the_days_are_refused(changed):
    row = only(days_to_first_contact(changed(clients=lambda f: f.assign(arrived_on=None)), Q3))
    assert (row.status, row.reason) == ("refused", "kein Erstkontakt mit bekannter Einreise")


def test_three_of_four_first_contacts_with_an_answer_had_no_appointment(kim):
    # p1 with, p3, p5 and k9 without, p4 says nothing. Wilson of 3 in 4.
    row = only(first_contact_without_appointment(kim, Q3))
    assert (row.numerator, row.denominator, row.value) == (3, 4, 0.75)
    assert (row.lower, row.upper) == pytest.approx((0.30064, 0.95441), abs=5e-6)


def test_no_answer_about_appointments_is_refused(changed):
    silent = changed(contacts=lambda f: f.assign(with_appointment=None))
    assert only(first_contact_without_appointment(silent, Q3)).status == "refused"


def test_cases_per_post_by_hand(kim):
    # Five open cases on 1.5 + 0.5 posts; ki: f1, f5, f9 on 1.5; drk: f3, f4 on 0.5.
    rows = loads(kim)
    assert {g: (r.numerator, r.denominator, r.value) for g, r in rows.items()} == {
        "": (5, 2.0, 2.5),
        "Integrationszentrum": (3, 1.5, 2.0),
        "Rotes Kreuz": (2, 0.5, 4.0),
    }
    assert {r.status for r in rows.values()} == {"complete"}


def test_a_holder_is_found_by_the_providers_name_too(changed):
    named = changed(posts=lambda f: f.assign(held_by=f["held_by"].replace("DRK", "rotes kreuz")))
    assert loads(named)["Rotes Kreuz"].value == 4.0


def test_a_provider_without_known_posts_is_left_out_of_the_total_and_said(changed):
    rows = loads(changed(posts=lambda f: f[f["held_by"] == "KI"]))
    assert (rows[""].numerator, rows[""].denominator, rows[""].status) == (3, 1.5, "partial")
    assert rows[""].reason.startswith("ohne Rotes Kreuz")
    assert rows["Rotes Kreuz"].status == "refused"


def test_posts_of_a_holder_who_delivers_no_cases_are_left_out_and_said(changed):
    def more(frame):
        return pd.concat([frame, frame.head(1).assign(held_by="Caritas", filled_fte=4.0)])

    rows = loads(changed(posts=more))
    assert (rows[""].value, rows[""].status) == (2.5, "partial")
    assert "ohne Caritas" in rows[""].reason


@pytest.mark.parametrize(
    "posts",
    [
        lambda f: f.head(0),
        lambda f: f.assign(filled_fte=0.0),
        lambda f: f.assign(filled_fte=None),
        lambda f: f.assign(baustein="1"),
    ],
)
def test_without_filled_posts_the_load_is_refused(changed, posts):
    assert {row.status for row in cases_per_fte(changed(posts=posts), Q3)} == {"refused"}


def test_the_load_is_partial_where_closed_cases_are_dropped(kim):
    rows = cases_per_fte(replace(kim, only_active=("drk",)), Q3)
    assert "Rotes Kreuz" in next(iter(rows)).reason


def test_an_open_quarter_is_named_beside_a_contact_before_arrival(kim):
    row = only(days_to_first_contact(replace(kim, as_of=dt.date(2024, 9, 30)), Q3))
    assert row.reason == (f"Daten vom 30.09.2024, vor dem Ende des Quartals; {BEFORE}")


def test_a_missing_table_is_refused_and_the_other_measure_goes_on(changed):
    days, without = list(access(changed(clients=None), Q3))
    assert (days.status, without.status) == ("refused", "complete")
    assert next(iter(cases_per_fte(changed(posts=None), Q3))).status == "refused"


def test_empty_tables_are_refused_and_not_zero(changed):
    empty = changed(contacts=lambda f: f.head(0))
    assert [row.status for row in access(empty, Q3)] == ["refused", "refused"]


def test_the_interval_of_a_median_holds_the_truth_in_at_least_93_percent_of_draws():
    draws = np.random.default_rng(7).lognormal(4, 0.6, size=(2_000, 75))
    bounds = np.array([median_interval(days) for days in draws])
    held = np.mean((bounds[:, 0] <= np.exp(4)) & (np.exp(4) <= bounds[:, 1]))
    assert 0.93 <= held <= 0.98
