"""Persons in groups of similar sequences, and when there are too few for it."""

import numpy as np
import pytest

from kimeval.core.errors import ParameterError
from kimeval.referrals.refusals import TooFew
from kimeval.referrals.typology import months_by_group, typology

from .sequence_words import sequences_of

CLEAR = ["AAAA"] * 20 + ["AAAB"] * 4 + ["BBBB"] * 9 + ["BBBA"] * 3


@pytest.mark.parametrize("method", ["ward", "average", "pam"])
def test_clear_groups_the_largest_first(method):
    made = typology(sequences_of(*CLEAR), 2, method=method)
    assert made.size.tolist() == [24, 12]
    assert made.group.tolist() == [0] * 24 + [1] * 12


def test_the_average_width_is_by_persons():
    made = typology(sequences_of(*CLEAR), 2, costs="constant")
    assert made.average_width == pytest.approx(np.mean(made.silhouette))
    assert made.width @ made.size / 36 == pytest.approx(made.average_width)
    # AAAA: to its own 4 AAAB at 2 each over 23; to BBBB at 8 and to BBBA at 6
    own, other = 4 * 2 / 23, (9 * 8 + 3 * 6) / 12
    assert made.silhouette[0] == pytest.approx((other - own) / other)


def test_persons_of_whom_too_little_is_known_are_in_no_group():
    made = typology(sequences_of(*CLEAR, "....", "A..."), 2, least_months=2)
    assert made.left_out == 2
    assert made.group[-2:].tolist() == [-1, -1]
    assert np.isnan(made.silhouette[-2:]).all()


def test_what_a_group_is_like():
    words = sequences_of(*CLEAR)
    frame = months_by_group(words, typology(words, 2))
    assert frame["persons"].tolist() == [24, 12]
    assert frame["A"].tolist() == pytest.approx([(20 * 4 + 4 * 3) / 24, 3 / 12])
    assert frame[["A", "B"]].sum(axis=1).tolist() == pytest.approx([4, 4])


def test_too_few_persons_or_sequences_are_refused():
    with pytest.raises(TooFew, match="at least 30 persons"):
        typology(sequences_of(*CLEAR[:29]), 2)
    with pytest.raises(TooFew, match="at least 40 persons"):
        typology(sequences_of(*CLEAR), 4)
    with pytest.raises(TooFew, match="more than 2 different"):
        typology(sequences_of(*["AB"] * 20, *["BA"] * 20), 2)


def test_settings_that_are_refused():
    for settings, found in [
        ({"groups": 1}, "two groups"),
        ({"groups": 2, "method": "best"}, "got 'best'"),
        ({"groups": 2, "costs": "free"}, "got 'free'"),
    ]:
        with pytest.raises(ParameterError, match=found):
            typology(sequences_of(*CLEAR), **settings)


def test_nothing_of_a_person_is_shown():
    assert repr(typology(sequences_of(*CLEAR), 2)) == "Typology(2 groups, ward; not protected)"


def test_planted_types_are_found_again():
    """Three ways through the legal spheres, each with some months of noise."""
    draws = np.random.default_rng(5)
    ways = ["A" * 18 + "B" * 6, "A" * 6 + "B" * 18, "C" * 24]
    truth = draws.integers(0, 3, 150)
    words = []
    for way in truth:
        word = list(ways[way])
        for month in draws.integers(0, 24, 2):
            word[month] = draws.choice(list("ABC"))
        words.append("".join(word))
    found = typology(sequences_of(*words), 3).group
    assert len(set(zip(truth, found, strict=True))) == 3
