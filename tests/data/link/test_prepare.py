"""Records as they are compared."""

import pytest

from kimeval.data.link.models import model
from kimeval.data.link.prepare import BLOCK_LIMIT, prepare, too_common

PERSON = model("person")


@pytest.fixture
def prepared(people):
    def made(*rows, **columns):
        return prepare(people(*rows, crowd=False, **columns), PERSON)

    return made


def test_letters_stay_and_habits_go(prepared):
    row = prepared(("Müller-Weiß", "José Ángel", "1988-07-19")).iloc[0]
    assert (row["family"], row["given"]) == ("muellerweiss", "joseangel")
    assert (row["given_parts"], row["plain"]) == (" angel jose ", "angel jose mueller weiss")


def test_what_is_empty_is_unknown_and_not_text(prepared):
    row = prepared(("Eze", "", "")).iloc[0]
    assert row[["given", "birth_date", "gender", "number", "street"]].isna().all()


def test_placeholders_are_unknown(prepared):
    row = prepared(("Unbekannt", "N.N.", "1900-01-01"), nationality=["999"]).iloc[0]
    assert row[["family", "given", "plain", "birth_date", "nationality"]].isna().all()


def test_a_round_birth_date_is_no_block_of_its_own(prepared):
    rows = prepared(("Eze", "Ali", "1988-01-01"), ("Eze", "Ali", "1988-07-19"))
    assert rows["key_day"].isna().tolist() == [True, False]
    assert rows["key_family_day"].isna().tolist() == [False, True]


def test_names_block_alone_only_where_a_birth_date_is_unknown(prepared):
    rows = prepared(
        ("Eze", "Ali", "1988-07-19"), ("Eze", "Ali", ""), ("Haile", "Omar", "1988-07-19")
    )
    assert rows["key_name"].isna().tolist() == [False, False, True]


def test_a_block_above_the_limit_is_dropped_and_counted(prepared):
    row = ("Eze", "Ali", "1988-07-19")
    at, above = (prepared(*[row] * n) for n in (BLOCK_LIMIT, BLOCK_LIMIT + 1))
    assert too_common(at)[1] == 0
    kept, touched = too_common(above)
    assert touched == BLOCK_LIMIT + 1
    assert kept["key_day"].isna().all()


def test_an_address_needs_street_and_number(prepared):
    rows = prepared(
        ("Eze", "Ali", ""),
        ("Eze", "Ali", ""),
        street=["Am  Markt", "Am Markt"],
        house_number=["3 a", ""],
    )
    assert rows["address"].tolist() == ["ammarkt 3a", None]
