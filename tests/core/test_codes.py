import re

import pytest

from kimeval.core.codes import code_lists, codes, label
from kimeval.core.errors import DataError
from kimeval.core.schema import tables


def used_lists() -> set[str]:
    return {c.codes for t in tables().values() for c in t.columns.values() if c.codes}


def test_every_list_used_in_a_table_exists_and_every_list_is_used():
    assert used_lists() == set(code_lists())


@pytest.mark.parametrize("name", list(code_lists()))
def test_codes_and_labels_are_text_without_stray_spaces(name):
    for code, german in codes(name).items():
        assert isinstance(code, str) and isinstance(german, str)
        assert code == code.strip() != ""
        assert german == german.strip() != ""


@pytest.mark.parametrize("name", list(code_lists()))
def test_no_two_codes_of_a_list_share_a_label(name):
    labels = [german.casefold() for german in codes(name).values()]
    assert len(labels) == len(set(labels))


def test_nationalities_are_keys_of_three_digits():
    assert all(re.fullmatch(r"[0-9]{3}", code) for code in codes("nationality"))


@pytest.mark.parametrize(
    ("code", "german"),
    [
        ("475", "Syrien"),
        ("423", "Afghanistan"),
        ("166", "Ukraine"),
        ("163", "Türkei"),
        ("438", "Irak"),
        ("439", "Iran"),
        ("224", "Eritrea"),
        ("133", "Serbien (einschließlich Kosovo)"),
        ("170", "Serbien"),
        ("150", "Kosovo"),
        ("997", "staatenlos"),
        ("998", "ungeklärt"),
        ("999", "ohne Angabe"),
    ],
)
def test_nationalities_named_in_the_domain_carry_their_destatis_key(code, german):
    assert label("nationality", code) == german


def test_the_key_of_germany_keeps_its_zeros():
    assert label("nationality", "000") == "Deutschland"


def test_language_levels_run_from_literacy_to_c2():
    levels = list(codes("language_level"))
    assert levels == ["alpha", "A1", "A2", "B1", "B2", "C1", "C2", "unknown"]


def test_an_unlisted_code_is_its_own_label():
    assert label("gender", "x") == "x"


def test_an_unknown_list_names_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'nationality'"):
        codes("nationalty")


def test_the_list_of_nationalities_holds_every_key_once_as_text_of_three_digits():
    keys = list(codes("nationality"))
    assert len(keys) == len(set(keys)) == 210
    assert all(len(key) == 3 and key.isdecimal() for key in keys)
