"""Ways of cases: by hand, against a plain count, and when fingerprints collide."""

from collections import Counter
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.referrals import event_log, variant_of_cases, variants

from .making import log_of

WORDS = st.lists(st.text("ABC", min_size=1, max_size=6), min_size=1, max_size=15)


@pytest.fixture
def colliding(monkeypatch):
    """Every case has the same fingerprint."""
    module = import_module("kimeval.referrals.variants")
    monkeypatch.setattr(module, "_fingerprints", lambda log, _: np.zeros(log.cases, np.uint64))


def found(log):
    return {"".join(r.path): r.cases for r in variants(log).itertuples(index=False)}


def test_by_hand():
    made = log_of("AB", "BA", "AB", "A", "AAB")
    assert found(made) == {"AB": 2, "BA": 1, "A": 1, "AAB": 1}
    assert variant_of_cases(made).tolist() == [0, 1, 0, 2, 3]
    frame = variants(made)
    assert frame["median_days"].tolist()[0] == 10
    assert frame["cases"].is_monotonic_decreasing


def test_none():
    nothing = event_log([], [], np.empty(0, "datetime64[us]"))
    assert len(variants(nothing)) == len(variant_of_cases(nothing)) == 0


@given(WORDS)
def test_counts_are_those_of_a_plain_count(words):
    assert found(log_of(*words)) == dict(Counter(words))


def test_ways_with_one_fingerprint_are_still_told_apart(colliding):
    words = ["AB", "BA", "AB", "A", "BA", "CCC", "A", "AB"]
    assert found(log_of(*words)) == dict(Counter(words))
