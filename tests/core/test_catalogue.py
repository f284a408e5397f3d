import re

import pytest

from kimeval.core.catalogue import (
    COUNTS,
    LEVELS,
    Indicator,
    catalogue,
    catalogue_version,
    indicator,
)
from kimeval.core.errors import DataError
from kimeval.core.schema import tables
from kimeval.protect.methods.alter import ESTIMATED

GOOD = {
    "id": "x",
    "name": "Zahl",
    "english": "Number",
    "definition": "Eine Zahl.",
    "unit": "persons",
    "level": "output",
    "source": ("clients",),
    "counts": "persons",
}
ids = pytest.mark.parametrize("name", list(catalogue()))


@ids
def test_each_indicator_is_named_in_german_and_english_and_defined_in_a_sentence(name):
    found = indicator(name)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", found.id)
    assert found.name and found.english and found.unit
    assert found.definition.endswith(".")
    assert found.name != found.english


@ids
def test_each_indicator_that_counts_persons_says_what_it_counts_and_its_caveat(name):
    found = indicator(name)
    if found.counts == "persons":
        assert found.numerator or found.unit in ESTIMATED  # no count stands behind a model's number
        assert found.caveat.endswith(".")
        assert found.source


@ids
def test_each_share_names_its_denominator(name):
    found = indicator(name)
    # A published share may not say what it is a share of; that is one of its contradictions.
    if found.unit in {"share", "cases per fte"} and found.counts != "published":
        assert found.denominator


@ids
def test_each_source_is_a_canonical_table(name):
    assert set(indicator(name).source) <= set(tables())


@ids
def test_no_output_is_called_an_effect(name):
    found = indicator(name)
    words = f"{found.name} {found.definition}".casefold()
    assert found.level == "effect" or not re.search(r"\bwirkung|\beffekt|\bbewirk", words)


@ids
def test_german_texts_keep_their_umlauts_and_quotation_marks(name):
    found = indicator(name)
    text = f"{found.name} {found.definition} {found.numerator} {found.denominator} {found.caveat}"
    assert '"' not in text
    assert not re.search(r"\b(fuer|ueber|zaehl|gehoer|Faelle|moeglich|koenn|muess)", text)


def test_names_are_used_once():
    found = catalogue().values()
    assert len({i.name for i in found}) == len({i.english for i in found}) == len(found)


def test_a_median_of_the_reached_is_lower_better_and_coverage_higher():
    assert indicator("days_to_first_contact").direction == "lower"
    assert indicator("coverage_newly_arrived").direction == "higher"


def test_levels_are_the_five_of_the_domain():
    assert LEVELS == ("context", "input", "output", "outcome", "effect")


@pytest.mark.parametrize(
    ("field", "value"),
    [("level", "impact"), ("level", ""), ("counts", "people"), ("direction", "up")],
)
def test_a_word_outside_its_set_is_refused_and_the_set_named(field, value):
    with pytest.raises(DataError, match=f"The {field} of indicator 'x' must be one of .*'{value}'"):
        Indicator(**{**GOOD, field: value})


def test_every_level_and_every_kind_of_count_is_allowed():
    for level in LEVELS:
        assert Indicator(**{**GOOD, "level": level}).level == level
    for counts in COUNTS:
        assert Indicator(**{**GOOD, "counts": counts}).counts == counts


def test_an_unknown_indicator_names_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'persons_reached'"):
        indicator("person_reached")


def test_the_version_is_a_short_hash_that_stays():
    assert re.fullmatch(r"[0-9a-f]{12}", catalogue_version())
    assert catalogue_version() == catalogue_version()


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        catalogue()["more"] = Indicator(**GOOD)
