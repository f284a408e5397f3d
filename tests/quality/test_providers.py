"""Units, shared persons and cut exports of three providers, by hand."""

import math

import pytest

from kimeval.quality import (
    ActiveOnly,
    active_only,
    pairs_doubtful,
    persons_shared,
    unit_of_cases,
    units_by_provider,
)
from kimeval.quality.providers import NO_HOUSEHOLDS, NO_NUMBERS, NO_PERSONS, SOME_NUMBERS

DAY = "2023-01-01"


@pytest.fixture
def dataset(make_dataset):
    """KI: 4 cases of 3 persons in 2 households; Diakonie: 2 families; DRK: 2 persons."""
    return make_dataset(
        cases={
            "case_id": list("abcdefgh"),
            "client_id": ["k1", "k1", "k2", "k3", "d1", "d2", "r1", "r2"],
            "household_id": ["h1", "h1", "h1", "h2", None, None, None, None],
            "unit": ["person"] * 4 + ["household"] * 2 + ["person"] * 2,
            "persons": [1, 1, 1, 1, 4, 2, 1, None],
            "opened_on": DAY,
            "provider": ["ki"] * 4 + ["dia"] * 2 + ["drk"] * 2,
        },
        clients={
            "client_id": ["k1", "k2", "k3", "k4", "d1", "d2", "r1", "r2"],
            "person_id": ["p1", "p2", "p3", "p4", "p1", "p6", "p1", "p2"],
            "provider": ["ki"] * 4 + ["dia"] * 2 + ["drk"] * 2,
        },
    )


def values(results, provider):
    frame = results.only(group=provider).frame
    return dict(zip(frame["indicator"], frame["value"], strict=True))


def test_cases_households_and_persons_are_counted_apart(dataset):
    assert values(units_by_provider(dataset), "KI") == {
        "cases_recorded": 4,
        "households_recorded": 2,
        "persons_in_cases": 4,
        "persons_recorded": 4,
    }


def test_a_family_case_is_a_household_of_several_persons(dataset):
    assert values(units_by_provider(dataset), "Diakonie") == {
        "cases_recorded": 2,
        "households_recorded": 2,
        "persons_in_cases": 6,
        "persons_recorded": 2,
    }


def test_units_have_no_total_over_providers(dataset):
    assert set(units_by_provider(dataset).frame["dimension"]) == {"provider"}


def test_a_provider_without_households_gives_no_number_of_them(dataset):
    row = units_by_provider(dataset).only(indicator="households_recorded", group="DRK").frame
    assert row[["status", "reason"]].to_numpy().tolist() == [["refused", NO_HOUSEHOLDS]]
    assert math.isnan(row["value"].iloc[0])


def test_cases_without_their_number_of_persons_make_the_sum_partial(dataset, make_dataset):
    row = units_by_provider(dataset).only(indicator="persons_in_cases", group="DRK").frame
    assert row[["value", "status", "reason"]].to_numpy().tolist() == [[1, "partial", SOME_NUMBERS]]
    none = make_dataset(cases={"case_id": ["a"], "opened_on": DAY, "provider": "ki"})
    row = units_by_provider(none).only(indicator="persons_in_cases").frame
    assert row[["status", "reason"]].to_numpy().tolist() == [["refused", NO_NUMBERS]]


def test_persons_decide_the_protection_of_their_cases(dataset):
    row = units_by_provider(dataset).only(indicator="cases_recorded", group="KI").frame
    assert row["contributors"].tolist() == [3]


def test_what_a_case_is_stands_in_german(dataset):
    expected = {"KI": "Person", "Diakonie": "Haushalt", "DRK": "Person"}
    assert unit_of_cases(dataset) == expected


def test_a_provider_with_two_units_names_both(make_dataset):
    units = {"case_id": ["a", "b"], "unit": ["person", "household"], "provider": "ki"}
    held = make_dataset(cases=units | {"opened_on": DAY})
    assert unit_of_cases(held) == {"KI": "Haushalt oder Person"}


def test_a_person_of_three_providers_counts_once_in_total_and_in_each_pair(make_ledger, dataset):
    pairs = [("dia", "drk", 1), ("dia", "ki", 1), ("drk", "ki", 2)]
    linked = [dict(zip(("provider", "other", "persons"), pair, strict=True)) for pair in pairs]
    frame = persons_shared(make_ledger(linked=linked), dataset).frame
    assert dict(zip(frame["group"], frame["value"], strict=True)) == {
        "": 2,
        "Diakonie und DRK": 1,
        "Diakonie und KI": 1,
        "DRK und KI": 2,
    }
    assert frame["contributors"].tolist() == frame["value"].tolist()


def test_pairs_in_doubt_are_added_over_providers(make_ledger, dataset):
    pairs = [("ki", "ki", 4), ("dia", "ki", 3)]
    doubtful = [dict(zip(("provider", "other", "pairs"), pair, strict=True)) for pair in pairs]
    assert pairs_doubtful(make_ledger(doubtful=doubtful), dataset).frame["value"].tolist() == [7]
    assert pairs_doubtful(make_ledger(), dataset).frame["value"].tolist() == [0]


def test_without_persons_it_is_not_known_whom_several_know(make_ledger, make_dataset):
    frame = persons_shared(make_ledger(), make_dataset()).frame
    assert frame[["status", "reason"]].to_numpy().tolist() == [["refused", NO_PERSONS]]


def test_cut_exports_are_those_declared_and_those_seen(account, make_ledger, dataset):
    ledger = make_ledger(
        accounts=[account("d.csv", 9, provider="drk", only_active=True), account("k.csv", 9)],
        findings=[
            {"provider": provider, "table": "cases", "rule": rule, "rows": 30}
            for provider, rule in (
                ("drk", "only_active_seen"),
                ("dia", "only_active_seen"),
                ("ki", "case_twice"),
            )
        ],
    )
    assert active_only(ledger, dataset) == [
        ActiveOnly("DRK", declared=True),
        ActiveOnly("Diakonie", declared=False),
    ]


def test_no_cut_export_is_an_empty_list(make_ledger, dataset):
    assert active_only(make_ledger(), dataset) == []


def test_a_delivery_without_cases_and_persons_has_no_units(make_dataset):
    assert len(units_by_provider(make_dataset())) == 0
    assert unit_of_cases(make_dataset()) == {}
