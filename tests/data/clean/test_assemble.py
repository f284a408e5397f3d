"""Families, and tables beside the one that identifies a row."""

import pandas as pd
import pytest

from kimeval.core.tabular import check_table, to_frame
from kimeval.data.pseudonyms import pseudonym

from .exports import CASES, CLIENTS, KEY, account, repairs

HEADER = "Person;Geschlecht;Fall;Aufnahme"
FAMILY = [
    "P1;weiblich;F1;01.02.2024",
    "P2;männlich;F1;01.02.2024",
    "P3;divers;F1;01.02.2024",
    "P4;weiblich;F2;05.02.2024",
]
PERSONS = {"name": "clients", "columns": {"client_id": "Person", "gender": "Geschlecht"}}
ROWS = {
    "name": "cases",
    "columns": {"case_id": "Fall", "client_id": "Person", "opened_on": "Aufnahme"},
}


@pytest.fixture
def family(clean):
    """Clean rows of which each is a person of a case."""

    def cleaned(*rows, header=HEADER, **settings):
        fields = {"table": [PERSONS, ROWS], "family": "rows", "unit": "household", "link": None}
        return clean(list(rows), header=header, **{**fields, **settings})

    return cleaned


def table(cleaned, name) -> pd.DataFrame:
    check_table(name, cleaned.tables[name])
    return to_frame(name, cleaned.tables[name])


def numbers(column, *texts) -> list[str]:
    return [pseudonym(KEY, "ki", column, text) for text in texts]


def test_a_family_of_rows_is_one_case_with_its_number_of_persons(family):
    cases = table(family(*FAMILY), "cases")
    assert cases["case_id"].tolist() == numbers("case_id", "F1", "F2")
    assert cases["persons"].tolist() == [3, 1]
    assert cases["unit"].tolist() == ["household", "household"]
    assert cases["client_id"].tolist() == numbers("client_id", "P1", "P4")


def test_the_members_of_a_family_are_a_table_of_their_own(family):
    members = table(family(*FAMILY), "members")
    assert members["case_id"].tolist() == numbers("case_id", "F1", "F1", "F1", "F2")
    assert members["client_id"].tolist() == numbers("client_id", "P1", "P2", "P3", "P4")
    assert members["source"].tolist() == ["faelle1.csv"] * 4


def test_further_persons_of_a_case_are_counted_as_family_rows(family):
    cleaned = family(*FAMILY)
    assert account(cleaned) == (4, 4, 0, 0)
    assert repairs(cleaned)["Fälle", "family_row"] == 2
    assert len(cleaned.tables["clients"]) == 4


def test_a_family_row_repeated_counts_one_person(family):
    cleaned = family(*FAMILY, FAMILY[1])
    assert account(cleaned) == (5, 4, 1, 0)
    assert table(cleaned, "cases")["persons"].tolist() == [3, 1]


def test_a_person_without_number_is_set_aside_and_not_counted(family):
    cleaned = family(*FAMILY, ";weiblich;F2;05.02.2024")
    assert account(cleaned) == (5, 4, 0, 1)
    assert cleaned.ledger.reasons["reason"].tolist() == ["missing_required"]
    assert table(cleaned, "cases")["persons"].tolist() == [3, 1]


def test_the_files_own_number_of_persons_holds(family):
    columns = {**ROWS["columns"], "persons": "Personen"}
    rows = [f"{row};5" for row in FAMILY]
    cleaned = family(
        *rows, header=f"{HEADER};Personen", table=[{"name": "cases", "columns": columns}]
    )
    assert table(cleaned, "cases")["persons"].tolist() == [5, 5]
    assert len(table(cleaned, "members")) == 4


def test_a_family_over_two_files_is_one_case(clean):
    settings = {"table": [PERSONS, ROWS], "family": "rows", "link": None}
    cleaned = clean(FAMILY[:1], FAMILY[1:], header=HEADER, **settings)
    assert table(cleaned, "cases")["persons"].tolist() == [3, 1]
    assert table(cleaned, "members")["source"].tolist() == ["faelle1.csv"] + ["faelle2.csv"] * 3


def test_rows_counted_by_case_have_no_members(clean):
    cleaned = clean(FAMILY, header=HEADER, table=[PERSONS, ROWS], link=None)
    assert "members" not in cleaned.tables
    assert account(cleaned) == (4, 2, 0, 2)
    assert table(cleaned, "cases")["persons"].isna().all()


def test_no_rows_are_a_family_too(family):
    cleaned = family()
    assert [len(cleaned.tables[name]) for name in ("clients", "cases", "members")] == [0, 0, 0]


def test_a_table_beside_the_identifying_one_holds_each_key_once_with_the_last_row(clean):
    rows = ["P1;weiblich;F1;01.02.2024", "P2;divers;F2;01.02.2024", "P1;divers;F3;01.02.2024"]
    cleaned = clean(rows, header=HEADER, table=[PERSONS, ROWS], link=None)
    clients = table(cleaned, "clients")
    assert clients["client_id"].tolist() == numbers("client_id", "P2", "P1")
    assert clients["gender"].tolist() == ["diverse", "diverse"]


def test_a_table_without_its_key_in_the_file_keeps_every_row(clean):
    spheres = {
        "name": "legal_spheres",
        "columns": {"sphere": "Kreis"},
        "constants": {"client_id": "P1", "valid_from": "2024-01-01"},
    }
    cleaned = clean(
        ["SGB II;F1;01.02.2024", "SGB III;F2;01.02.2024"],
        header="Kreis;Fall;Aufnahme",
        table=[spheres, {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "Aufnahme"}}],
        link=None,
    )
    assert len(cleaned.tables["legal_spheres"]) == 2


def test_every_table_that_a_file_feeds_comes_in_canonical_order_and_shape(clean):
    cleaned = clean([], table=[CLIENTS, CASES])
    assert list(cleaned.tables) == ["clients", "cases"]
    for name in cleaned.tables:
        assert table(cleaned, name).empty
