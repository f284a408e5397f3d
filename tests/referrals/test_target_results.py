"""Persons beside the intended steps, as results."""

import pandas as pd
import pytest

from kimeval.core.quarter import Quarter
from kimeval.protect import Rules, protect
from kimeval.referrals.span import Span
from kimeval.referrals.target_results import person_log, target_path_followed

from .datasets import dataset

QUARTER = Quarter(2024, 3)  # looks at 2023, until the end of June 2024
FIRST = pd.Timestamp("2023-03-01")


def at(days):
    return FIRST + pd.Timedelta(days=days)


def rows(persons, column, days, **more):
    return [{"person": n, column: at(days), **more} for n in persons]


def numbered(key, given):
    return [{**row, key: f"{key} {n}"} for n, row in enumerate(given)]


def district(**changed):
    """Forty persons: 30 referred, 20 of them late; 24 of these placed, 10 never assessed."""
    referrals = numbered(
        "referral_id",
        [
            {**row, "from_agency": "kim", "to_agency": "jobcenter"}
            for row in rows(range(10), "referred_on", 60, decided_on=at(80))
            + rows(range(10, 30), "referred_on", 120, decided_on=at(140))
        ],
    )
    tables = {
        "clients": [{"person": n, "arrived_on": at(-30)} for n in range(60)],
        "contacts": numbered("contact_id", rows(range(40), "contact_on", 0)),
        "assessments": rows(
            range(10, 40), "assessed_on", 20, instrument="Test", language_level="A1"
        ),
        "referrals": referrals,
        "placements": numbered(
            "placement_id", rows(range(24), "started_on", 150, placement_type="work")
        ),
    }
    return dataset(**{k: v for k, v in {**tables, **changed}.items() if v is not None})


def told(results, indicator, group=""):
    row = results.only(indicator=indicator, group=group).frame.iloc[0]
    return row["numerator"], row["denominator"]


def test_shares_by_hand():
    results = target_path_followed(district(), QUARTER)
    assert told(results, "path_step_done", "Erstkontakt") == (40, 40)
    assert told(results, "path_step_in_time", "Erstkontakt") == (40, 40)
    # ten never assessed: all of them were referred, so they passed it over
    assert told(results, "path_step_done", "Bedarfserhebung") == (30, 40)
    assert told(results, "path_step_skipped", "Bedarfserhebung") == (10, 40)
    # limit of ninety days after the first contact; ten were never referred and are overdue
    assert told(results, "path_step_done", "Weiterleitung") == (30, 40)
    assert told(results, "path_step_in_time", "Weiterleitung") == (10, 40)
    assert told(results, "path_step_in_time", "Vermittlung") == (24, 30)
    assert told(results, "path_followed") == (0, 40)


def test_those_whose_first_contact_was_in_another_year_are_not_looked_at():
    contacts = rows(range(40), "contact_on", 0) + rows(range(5), "contact_on", -300)
    late = target_path_followed(district(contacts=numbered("contact_id", contacts)), QUARTER)
    assert told(late, "path_followed")[1] == 35
    assert set(late.frame["period"]) == {"2023"}


def test_what_happens_after_half_a_year_does_not_count():
    placed = numbered("placement_id", rows(range(24), "started_on", 600, placement_type="work"))
    results = target_path_followed(district(placements=placed), QUARTER)
    assert told(results, "path_step_done", "Vermittlung") == (0, 30)
    log, _ = person_log(district(placements=placed), Quarter(2024, 2), Span.year(Quarter(2023, 4)))
    assert "placement" not in log.activity.names


def test_a_step_without_a_table_is_refused_and_left_out_of_the_path():
    results = target_path_followed(district(assessments=None), QUARTER)
    steps = results.only(group="Bedarfserhebung").frame
    assert steps["reason"].unique().tolist() == [
        "die Tabelle dieses Schritts wurde nicht geliefert"
    ]
    assert told(results, "path_step_in_time", "Weiterleitung") == (10, 40)
    assert told(results, "path_followed") == (10, 40)


def test_a_limit_from_a_step_that_was_not_delivered_is_not_judged():
    results = target_path_followed(district(referrals=None), QUARTER)
    assert told(results, "path_step_done", "Vermittlung") == (24, 24)
    judged = results.only(indicator="path_step_in_time", status="complete").frame
    assert set(judged["group"]) == {"Erstkontakt", "Bedarfserhebung"}


def test_without_contacts_or_persons_it_is_refused():
    nothing = target_path_followed(district(contacts=None), QUARTER)
    assert set(nothing.frame["status"]) == {"refused"}
    old = numbered("contact_id", rows(range(9), "contact_on", -900))
    nobody = target_path_followed(district(contacts=old), QUARTER)
    assert nobody.frame["reason"].str.contains("niemand").all()


@pytest.mark.parametrize("method", ["suppression", "rounding", "cellkey"])
def test_the_gate_takes_the_results(method):
    results = target_path_followed(district(), QUARTER)
    made = protect(results, Rules(method=method), synthetic=True)
    assert len(made) == len(results)
