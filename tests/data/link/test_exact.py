"""The exact comparison, and its neighbourhood with a model."""

import pytest

from kimeval.data.link import link

SAME = ("Tesfay", "Selam", "1988-07-19")


def test_exact_ignores_spelling_habits_only(people, settings):
    rows = [("Groß-Öz", "Zoë", "1988-07-19"), ("OEZ GROSS", "Zoe", "1988-07-19")]
    typo = [("Groß-Öz", "Zoë", "1988-07-19"), ("Groß-Öz", "Zoee", "1988-07-19")]
    assert link(people(*rows), settings(model="exact")).groups[1] == 0
    assert link(people(*typo), settings(model="exact")).groups[1] == 1


def test_exact_needs_a_name_and_a_birth_date(people, settings):
    rows = [("Tesfay", "Selam", ""), ("Tesfay", "Selam", "")]
    assert link(people(*rows), settings(model="exact")).groups[1] == 1


@pytest.mark.parametrize("born", ["1988-07-19", "1988-01-01"])
def test_the_model_joins_what_exact_joins(people, settings, born):
    rows = [("Groß-Öz", "Zoë", born), ("OEZ GROSS", "Zoe", born)]
    for model in ("exact", "person"):
        assert link(people(*rows), settings(model=model)).groups[1] == 0


def test_a_provider_that_asks_for_exact_is_joined_exactly_to_others(people, settings, one_link):
    mixed = settings() | {"drk": one_link(model="exact")}
    typo = [("Tesfay", "Selam", "1988-07-19"), ("Tesfay", "Selamm", "1988-07-19")]
    assert link(people(*typo), settings()).groups[1] == 0
    assert link(people(*typo), mixed).groups[1] == 1
    assert link(people(SAME, SAME), mixed).groups[1] == 0
    assert link(people(*typo, provider=["ki", "ki"]), mixed).groups[1] == 0


def test_of_two_models_the_less_sure_one_is_told(people, settings, one_link):
    person = link(people(SAME, SAME), settings()).pairs
    mixed = link(people(SAME, SAME), settings() | {"drk": one_link(model="exact")}).pairs
    assert mixed["probability"].tolist() == person["probability"].tolist()
    assert mixed["why"].tolist() == person["why"].tolist()
    assert mixed["probability"].iloc[0] < 1
