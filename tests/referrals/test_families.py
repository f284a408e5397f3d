"""Shares and medians of people who come in families, by hand and against a second way."""

import numpy as np
import pytest

from kimeval.core.intervals import median_interval, wilson_interval
from kimeval.core.results import Row
from kimeval.core.rows import family_share, share_in_families
from kimeval.referrals.families import (
    design_effects,
    effect_said,
    family_median,
    say_effect,
)

PLACE = Row("persons_sent_back", "2023", "05370")


def test_people_without_relatives_have_wilsons_interval():
    row = share_in_families(PLACE, np.arange(40) < 10, np.arange(40))
    assert (row.numerator, row.denominator, row.method) == (10, 40, "Wilson")
    assert [row.lower, row.upper] == wilson_interval(10, 40)[0].tolist()


def test_families_that_agree_count_as_one_person_each():
    told = np.repeat(np.arange(50) < 10, 4)
    whole = share_in_families(PLACE, told, np.repeat(np.arange(50), 4))
    single = wilson_interval(10, 50)[0]
    assert whole.value == 0.2
    assert whole.method == "Wilson, Familien als Klumpen"
    # A little wider than fifty persons: how families differ is itself estimated.
    assert single[0] * 0.93 < whole.lower < single[0]
    assert single[1] < whole.upper < single[1] * 1.04


def test_few_families_have_no_interval_and_say_why():
    row = share_in_families(PLACE, np.resize([True, False], 18), np.repeat(np.arange(9), 2))
    assert (row.value, row.status) == (0.5, "partial")
    assert np.isnan(row.lower) and np.isnan(row.upper)
    assert row.reason == "kein Intervall, da weniger als 10 Familien"
    assert np.isnan(family_share(np.ones(18), np.repeat(np.arange(9), 2)).lower).all()


def test_the_design_effect_of_whole_families_is_their_size():
    told, threes = np.repeat(np.arange(200) % 5 < 2, 3), np.repeat(np.arange(200), 3)
    assert design_effects([told, np.ones(600)], threes) == [pytest.approx(3, rel=0.03), 1.0]
    assert design_effects([told], np.arange(600)) == [1.0]
    assert design_effects([], threes) == []


def test_the_effect_travels_in_the_name_of_the_method():
    said = say_effect("Auszählung", 1.352)
    assert said == "Auszählung; Klumpen 1,35"
    assert effect_said(f"{said}; auf Vielfache von 5 gerundet") == 1.35
    assert say_effect("Auszählung", 1.0) == "Auszählung"
    assert effect_said("Auszählung") == 1.0


def test_a_median_of_single_people_is_that_of_order_statistics():
    days = np.arange(1, 41) * 1.0
    assert family_median(days, np.arange(40)).tolist() == median_interval(days).tolist()


def test_a_median_of_families_is_as_wide_as_that_of_one_member_each():
    days = np.arange(1, 101) * 1.0
    whole = family_median(np.repeat(days, 3), np.repeat(np.arange(100), 3))
    assert whole == pytest.approx(median_interval(days), abs=1.5)


def test_a_median_of_few_families_has_no_interval():
    assert np.isnan(family_median(np.arange(18), np.repeat(np.arange(9), 2))).all()
    assert np.isnan(family_median([], [])).all()
