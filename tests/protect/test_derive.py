"""What is derived from published numbers: by kimeval, from the protected, and nothing else."""

import math
from dataclasses import replace
from types import MappingProxyType

import pytest

from kimeval.core import catalogue
from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, Row
from kimeval.protect import Rules, derive, protect

from .making import count

NAME = "persons_gap"


@pytest.fixture(autouse=True)
def _declared(monkeypatch):
    known = catalogue.catalogue()
    own = replace(known["persons_reached"], id=NAME, counts="derived")
    monkeypatch.setattr(catalogue, "catalogue", lambda: MappingProxyType({**known, NAME: own}))


def own(function):
    """As if a package of kimeval held it."""
    function.__module__ = "kimeval.reach.gaps"
    return function


@own
def gap(frame, name=NAME, **_):
    numbers = frame["value"].tolist()
    return Results.of([Row(name, "2024Q3", "05370", value=numbers[0] - numbers[1], contributors=9)])


def protected(*values, rules=None, **changed):
    rows = [count(v, period=f"202{n}Q1", **changed) for n, v in enumerate(values)]
    return protect(Results.of(rows), rules or Rules())


def test_a_difference_of_published_numbers():
    frame = derive(gap, protected(30, 12)).frame
    assert frame["value"].tolist() == [18]
    assert not frame["suppressed"].any()
    assert list(frame.columns) == list(protected(30, 12).frame.columns)


def test_a_hidden_number_is_not_given():
    assert math.isnan(derive(gap, protected(30, 3)).frame["value"][0])


def test_the_parts_stay_as_they_are():
    @own
    def greedy(frame):
        value = frame["value"].sum()
        frame["value"] = 0
        return Results.of([Row(NAME, "2024Q3", "05370", value=value)])

    part = protected(30, 12)
    assert derive(greedy, part).frame["value"].tolist() == [42]
    assert part.frame["value"].tolist() == [30, 12]


def test_partial_parts_make_it_partial():
    frame = derive(gap, protected(30, 12, status="partial", reason="ein Träger fehlt")).frame
    assert frame[["status", "reason"]].values.tolist() == [["partial", "ein Träger fehlt"]]


def test_settings_reach_the_measure():
    @own
    def scaled(frame, factor):
        return Results.of([Row(NAME, "2024Q3", "05370", value=frame["value"][0] * factor)])

    assert derive(scaled, protected(30), factor=2).frame["value"].tolist() == [60]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: derive(lambda frame: Results.of([]), protected(9)), "function of kimeval"),
        (lambda: derive(gap), "got none"),
        (lambda: derive(gap, Results.of([count(9)])), "protected results only, got Results"),
        (lambda: derive(gap, protected(9, 8), name="persons_reached"), "counts persons"),
        (lambda: derive(gap, protected(9, 8), more=Results.of([])), "'more' is a Results"),
        (lambda: derive(gap, protected(9), protected(9, rules=Rules(3))), "same rules"),
    ],
)
def test_what_is_refused(call, found):
    with pytest.raises(ProtectionError, match=found):
        call()
