"""People are compared with people like them, or not at all."""

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.effects import DesignRefused
from kimeval.effects.people import (
    balance,
    compare,
    comparison,
    e_value,
    e_value_of_odds,
    forest,
    overlap,
    people,
    plain,
    propensity,
)


def crowd(persons=600, effect=0.25, seed=1, selection=1.0):
    """Half are in need; they are treated more often and reach the outcome less often."""
    chance = np.random.default_rng(seed)
    need = np.repeat([0.0, 1.0], persons // 2)
    on = (chance.random(persons) < 0.35 + 0.3 * selection * need).astype(float)
    y = (chance.random(persons) < 0.5 - 0.3 * need + effect * on).astype(float)
    return y, on, need


def made(**given):
    y, on, need = crowd(**given)
    return people(y, on, need, ["Bedarf"])


def test_standardisation_is_the_mean_of_strata_worked_by_hand():
    #        need 0: 20 treated 12 reach, 40 others 16 reach; need 1: 40 treated 8, 20 others 2
    groups = [(0, 1, 12, 20), (0, 0, 16, 40), (1, 1, 8, 40), (1, 0, 2, 20)]
    need, on, y = (
        np.concatenate(part)
        for part in zip(
            *(
                (np.full(n, a), np.full(n, t), np.arange(n) < reached)
                for a, t, reached, n in groups
            ),
            strict=True,
        )
    )
    given = people(y.astype(float), on, need, ["Bedarf"])
    # strata weigh 60 : 60, differences 0.6 - 0.4 and 0.2 - 0.1
    for method in ("standardised", "weighted", "doubly_robust"):
        assert compare(given, method).estimate.value == pytest.approx(0.15, abs=1e-6)
    assert plain(given).value == pytest.approx(20 / 60 - 18 / 60)


def test_the_raw_difference_misleads_and_the_adjusted_one_does_not():
    y, on, need = crowd(20_000, effect=0.0)
    given = people(y, on, need, ["Bedarf"])
    assert plain(given).upper < -0.05
    assert abs(compare(given).estimate.value) < 0.02


def test_weighting_balances_what_it_weights_by():
    given = made()
    (found,) = balance(given, propensity(given))
    assert found.name == "Bedarf"
    assert abs(found.before) > 0.3
    assert abs(found.after) < 0.01 and found.alike


def test_overlap_counts_every_person_once():
    given = made()
    found = overlap(given, propensity(given))
    assert sum(found.treated) + sum(found.others) == 600
    assert found.outside == 0
    assert found.effective < 600


def test_a_characteristic_that_tells_the_groups_apart_is_refused():
    y, on, _ = crowd()
    given = people(y, on, on, ["wer es bekam"])
    with pytest.raises(DesignRefused, match="trennt Behandelte und andere"):
        compare(given)


def test_groups_that_hardly_overlap_are_refused():
    chance = np.random.default_rng(3)
    x = chance.standard_normal(800)
    on = (chance.random(800) < 1 / (1 + np.exp(-4 * x))).astype(float)
    given = people(chance.random(800) < 0.5, on, x, ["Merkmal"])
    with pytest.raises(DesignRefused, match="kaum jemanden"):
        compare(given)


@pytest.mark.parametrize(("value", "who"), [(0.0, "Niemand hat"), (1.0, "Alle haben")])
def test_an_outcome_that_nobody_or_everybody_reached_is_refused(value, who):
    _, on, need = crowd()
    with pytest.raises(DesignRefused, match=who):
        people(np.full(600, value), on, need, ["Bedarf"])


def test_a_group_that_is_too_small_is_refused_with_what_is_needed():
    y, on, need = crowd(60)
    on[:] = np.arange(60) < 9
    with pytest.raises(DesignRefused) as caught:
        people(y, on, need, ["Bedarf"])
    assert caught.value.reason.startswith("Nur 9 Personen mit Behandlung")
    assert caught.value.needs == "mindestens 15 Personen je Gruppe und 8 je Merkmal."


def test_a_treatment_after_the_outcome_is_refused():
    y, on, need = crowd()
    start, end = np.where(on == 1, 10.0, np.nan), np.where(y == 1, 5.0, np.nan)
    with pytest.raises(DesignRefused, match="lag die Behandlung nach dem Ergebnis"):
        people(y, on, need, ["Bedarf"], treated_on=start, reached_on=end)


def test_few_families_are_refused():
    y, on, need = crowd()
    with pytest.raises(DesignRefused, match="Nur 6 Familien"):
        people(y, on, need, ["Bedarf"], family=np.arange(600) // 100)


def test_gaps_and_wrong_codes_are_refused_without_a_value():
    y, on, need = crowd()
    with pytest.raises(DataError, match="has no gaps, got 1"):
        people(np.where(np.arange(600) == 0, np.nan, y), on, need, ["Bedarf"])
    with pytest.raises(DataError, match="A treatment is 0 or 1"):
        people(y, on + 1, need, ["Bedarf"])
    with pytest.raises(DataError, match="1 for 2 columns"):
        people(y, on, np.column_stack([need, need]), ["Bedarf"])


def test_families_widen_the_interval():
    y, on, need = crowd(400)
    pairs = np.concatenate([np.arange(400)] * 2)
    twice = [np.concatenate([part] * 2) for part in (y, on, need)]
    alone = people(*twice, ["Bedarf"])
    family = people(*twice, ["Bedarf"], family=pairs)
    wide, narrow = (compare(one).estimate for one in (family, alone))
    assert wide.upper - wide.lower > 1.3 * (narrow.upper - narrow.lower)


@pytest.mark.parametrize(
    ("ratio", "lower", "value", "bound"),
    [(3.9, 1.8, 7.26, 3.0), (1.27, np.nan, 1.86, 1.0)],
)
def test_e_values_are_the_published_ones(ratio, lower, value, bound):
    found = e_value(ratio, lower=lower)
    assert found.value == pytest.approx(value, abs=0.01)
    assert found.bound == pytest.approx(bound, abs=0.01)


def test_an_e_value_is_the_same_for_a_ratio_and_its_inverse():
    assert e_value(0.5, upper=0.8).value == pytest.approx(e_value(2.0).value)
    assert e_value(0.5, upper=0.8).bound == pytest.approx(e_value(1.25).value)
    assert e_value(0.5, upper=1.2).bound == 1.0


def test_a_common_outcome_takes_the_root_of_the_odds_ratio():
    assert e_value_of_odds(4.0).value == pytest.approx(e_value(2.0).value)
    assert e_value_of_odds(4.0, rare=True).value == pytest.approx(e_value(4.0).value)


def test_a_ratio_or_interval_that_cannot_be_is_refused():
    with pytest.raises(DataError, match="above zero"):
        e_value(0.0)
    with pytest.raises(DataError, match="holds its estimate"):
        e_value(2.0, lower=3.0)


def test_without_a_negative_control_an_effect_is_at_most_suggestive():
    found = comparison(made(), "der Anteil mit Maßnahme", "share")
    assert found.effect.verdict == "suggestive"
    assert found.e_value.value > found.e_value.bound > 1
    assert set(found.others) == {"standardised", "weighted"}


def test_a_difference_where_none_can_be_breaks_the_comparison():
    y, on, need = crowd()
    given = people(y, on, need, ["Bedarf"])
    touched = (np.random.default_rng(2).random(600) < 0.3 + 0.4 * on).astype(float)
    found = comparison(given, "der Anteil", "share", negative=touched)
    assert found.effect.assumptions[2].result == "broken"
    assert found.effect.verdict == "not identified"


def test_an_untouched_control_and_a_strong_effect_are_supported():
    y, on, need = crowd(2_000, effect=0.45)
    before = (np.random.default_rng(5).random(2_000) < 0.5).astype(float)
    given = people(y, on, need, ["Bedarf"])
    assert comparison(given, "der Anteil", "share", negative=before).effect.verdict == "supported"


def test_a_forest_shows_the_raw_difference_beside_the_methods():
    given = made()
    rows = forest(given, comparison(given, "der Anteil", "share"))
    assert next(iter(rows)) == "roher Unterschied"
    assert len(rows) == 3
