"""The declared models keep their own rules."""

import re

import pytest

from kimeval.data.engine import connect
from kimeval.data.link.levels import bars, contradictions, texts
from kimeval.data.link.models import models
from kimeval.data.link.prepare import prepare
from kimeval.data.link.score import levels_of, store

LEVELS = [
    pytest.param(level, id=f"{name}-{comparison.name}-{n}")
    for name, declared in models().items()
    for comparison in declared.comparisons
    for n, level in enumerate(comparison.levels)
]


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_has_shares_between_0_and_1_and_known_words(level):
    assert 0 < level.m < 1
    assert 0 < level.u < 1
    assert level.bars in ("", "alone", "join", "pair")
    assert level.lifts in ("", "alone", "all")


@pytest.mark.parametrize("level", LEVELS)
def test_a_reason_is_words(level):
    assert re.fullmatch(r"[\w ,.()]*", level.why)


@pytest.mark.parametrize("declared", models().values(), ids=models())
def test_only_the_last_level_is_everything_else(declared):
    for comparison in declared.comparisons:
        assert [not level.condition for level in comparison.levels][-1]
        assert all(level.condition for level in comparison.levels[:-1])


@pytest.mark.parametrize("declared", models().values(), ids=models())
def test_agreement_speaks_for_and_difference_against_a_person(declared):
    for comparison in declared.comparisons:
        first, last = comparison.levels[0], comparison.levels[-1]
        assert first.m > first.u
        assert last.m < last.u


def test_what_bars_and_what_lifts(people):
    declared = models()["person"]
    one = ("Tesfay", "Selam", "1988-07-19")
    rows = [one, ("Tesfay", "Rahel", "1988-07-19"), ("Tesfay", "Selam", "1988-07-18")]
    frame = people(
        *rows, crowd=False, number=["1", "1", ""], street=["M"] * 3, house_number=["3"] * 3
    )
    unlike = frame.assign(number="", street="")
    for made, barred, against in (
        (frame, ["", ""], [False, False]),
        (unlike, ["pair", "join"], [True, False]),
    ):
        con = connect()
        store(con, prepare(made, declared))
        pairs = (
            made[["record"]]
            .iloc[1:]
            .rename(columns={"record": "record_right"})
            .assign(record_left=0)
        )
        levels = levels_of(con, pairs, declared)
        assert bars(declared, levels).tolist() == barred
        assert contradictions(declared, levels).tolist() == against
    assert texts(declared, levels)[0] == "Name gleich, Vorname verschieden, Geburtsdatum gleich"
