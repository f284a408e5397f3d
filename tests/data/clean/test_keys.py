import unicodedata

import pytest

from kimeval.core.schema import Column
from kimeval.data.clean.keys import nearest_code
from kimeval.data.clean.reading import Reading

from .reading import LATEST, read, reason, value


@pytest.mark.parametrize(
    ("text", "ags", "rules"),
    [
        ("05370016", "05370016", ()),
        ("5370016", "05370016", ("ags_zero",)),
        ("5370016.0", "05370016", ("ags_decimal", "ags_zero")),
        ("05370016,0", "05370016", ("ags_decimal",)),
        ("08111000", "08111000", ()),
        ("8111000", "08111000", ("ags_zero",)),
        ("16077001", "16077001", ()),
    ],
)
def test_an_ags_is_mended_and_counted(text, ags, rules):
    cell = read(text, "ags")
    assert (cell.value, cell.rules) == (ags, rules)


@pytest.mark.parametrize(
    "text",
    ["05370999", "5370999", "05370", "00370016", "17001000", "053700160", "Gangelt", "08٣٧٠٠١٦"],
)
def test_an_ags_that_does_not_exist_is_refused(text):
    assert reason(text, "ags") == "ags_invalid"


@pytest.mark.parametrize(
    ("text", "code", "rules"),
    [
        ("w", "female", ("code_mapped",)),
        ("W", "female", ("code_mapped",)),
        ("male", "male", ()),
        ("DIVERSE", "diverse", ()),
        ("männlich", "male", ("code_label",)),
        ("MÄNNLICH", "male", ("code_label",)),
        ("ohne\u00a0Angabe", "not_stated", ("spaces", "code_label")),
    ],
)
def test_codes_come_by_mapping_by_themselves_or_by_label(text, code, rules):
    cell = read(text, "code", mapping={"w": "female"}, column={"codes": "gender"})
    assert (cell.value, cell.rules) == (code, rules)


def test_the_mapping_of_the_profile_goes_before_codes_and_labels():
    mapping = {"männlich": "diverse", "male": "female"}
    for text, code in (("männlich", "diverse"), ("male", "female")):
        assert value(text, "code", mapping=mapping, column={"codes": "gender"}) == code


def test_a_mapping_is_found_in_either_unicode_form():
    mapping = {unicodedata.normalize("NFD", "Mädchen"): "female"}
    assert value("Mädchen", "code", mapping=mapping, column={"codes": "gender"}) == "female"


@pytest.mark.parametrize("text", ["SBG II", "SGBII", "SGB II / SGB III", "?"])
def test_a_near_miss_of_a_code_is_refused(text):
    assert reason(text, "code", column={"codes": "legal_sphere"}) == "code_unknown"


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        *(("ja", True), ("J", True), ("1", True), ("WAHR", True)),
        *(("nein", False), ("N", False), ("0", False), ("falsch", False)),
    ],
)
def test_yes_and_no_are_read_in_plain_german(text, flag):
    assert value(text, "bool") is flag


def test_yes_and_no_follow_the_mapping_first():
    cell = read("x", "bool", mapping={"x": "true", "ja": "false"})
    assert (cell.value, cell.rules) == (True, ("code_mapped",))
    assert value("ja", "bool", mapping={"x": "true", "ja": "false"}) is False


@pytest.mark.parametrize("text", ["vielleicht", "2", "janein"])
def test_anything_else_is_neither_yes_nor_no(text):
    assert reason(text, "bool") == "code_unknown"


def nearest(text, codes="legal_sphere", **settings):
    column = Column("column", "Spalte", "code" if codes else "bool", codes=codes)
    return nearest_code(text, Reading(column, (), LATEST, **settings))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("SGBII", "SGB II"),
        ("SBG II", "SGB II"),
        (" AsylbLG. ", "AsylbLG"),
        ("aslybg", "AsylbLG"),
        ("gestern", None),
        ("", None),
    ],
)
def test_a_near_miss_of_a_code_names_the_nearest_label(text, label):
    assert nearest(text) == label


def test_a_near_miss_of_the_mapping_names_the_label_of_its_code():
    assert nearest("Hartz", mapping={"Hartz 4": "sgb2"}) == "SGB II"


def test_a_near_miss_of_yes_and_no_is_known_by_the_mapping_only():
    assert nearest("vorhandn", codes=None, mapping={"vorhanden": "true"}) == "true"
    assert nearest("jaa", codes=None) is None
