"""People whom a partner knows, and KIM does not; by hand."""

import pandas as pd
import pytest

from kimeval.core.quarter import Quarter
from kimeval.protect import protect
from kimeval.protect.derive import derive
from kimeval.reach import double_support, partner_persons, persons_active

Q3 = Quarter(2024, 3)


@pytest.fixture
def with_partner(changed):
    """The second provider is the Jugendmigrationsdienst; p1 is known to both."""

    def rename(frame):
        return frame.assign(provider=frame["provider"].replace("drk", "jmd"))

    return changed(clients=rename, contacts=rename, cases=rename)


def counts(results, dimension):
    frame = results.only(dimension=dimension).frame
    return dict(zip(frame["group"], frame["value"], strict=True))


def test_one_person_is_known_to_both_and_one_to_the_partner_alone(with_partner):
    # The partner met p1 on 30.09. and p5 on 01.09.; p6 came in October.
    results = partner_persons(with_partner, Q3)
    assert counts(results, "") == {"": 2}
    assert counts(results, "kim") == {"auch im KIM bekannt": 1, "nur beim Partner bekannt": 1}
    assert counts(results, "provider") == {"Jugendmigrationsdienst": 2} or counts(
        results, "provider"
    ) == {"jmd": 2}


def test_a_person_whom_kim_meets_later_is_not_known_yet(with_partner):
    from dataclasses import replace

    later = with_partner.tables["contacts"].query("client_id != 'k1'")
    cases = with_partner.tables["cases"].query("client_id != 'k1'")
    data = replace(with_partner, tables={**with_partner.tables, "contacts": later, "cases": cases})
    assert counts(partner_persons(data, Q3), "kim") == {"nur beim Partner bekannt": 2}


def test_where_no_partner_delivers_it_is_refused_and_says_so(kim):
    rows = list(partner_persons(kim, Q3))
    assert {row.status for row in rows} == {"refused"}
    assert rows[0].reason.startswith("kein Partner (Jugendmigrationsdienst, Migrationsberatung")


def test_a_partner_without_contacts_is_refused(with_partner, changed):
    from dataclasses import replace

    own = with_partner.tables["contacts"].query("provider != 'jmd'")
    data = replace(with_partner, tables={**with_partner.tables, "contacts": own})
    assert next(iter(partner_persons(data, Q3))).status == "refused"


def test_whom_a_partner_delivers_is_in_its_programme(with_partner):
    active = persons_active(with_partner, Q3, by=["partner_programme"])
    assert counts(active, "partner_programme") == {"Jugendmigrationsdienst": 1, "unbekannt": 2}


def test_the_share_in_a_programme_is_over_those_of_whom_it_is_known(kim):
    from kimeval.core.results import Results, Row

    groups = {"Jugendmigrationsdienst": 20, "keine": 60, "unbekannt": 40}
    rows = [
        Row(
            "persons_active",
            "2024Q3",
            "05370",
            value=n,
            numerator=n,
            contributors=n,
            dimension="partner_programme" if g else "",
            group=g,
        )
        for g, n in {"": 120, **groups}.items()
    ]
    frame = derive(double_support, protect(Results.of(rows))).frame.set_index("group")
    assert frame.loc["Jugendmigrationsdienst", "value"] == 0.25
    assert frame.loc["Teilhabemanagement", "value"] == 0
    assert frame["denominator"].unique().tolist() == [80]


def test_a_hidden_number_of_unknown_refuses_the_share():
    from kimeval.core.results import Results, Row

    groups = {"Jugendmigrationsdienst": 20, "keine": 60, "unbekannt": 3, "Teilhabemanagement": 4}
    rows = [
        Row(
            "persons_active",
            "2024Q3",
            "05370",
            value=n,
            numerator=n,
            contributors=n,
            dimension="partner_programme" if g else "",
            group=g,
        )
        for g, n in {"": 87, **groups}.items()
    ]
    frame = derive(double_support, protect(Results.of(rows))).frame
    assert frame["status"].eq("refused").all() and pd.isna(frame["value"]).all()
