"""Chains, contradictions and decisions."""

import numpy as np
import pandas as pd
import pytest

from kimeval.core.errors import DataError
from kimeval.data.link import link
from kimeval.data.link.cluster import components, grouped, spanning, to_check


def ties(*rows):
    """Ties from (left, right, strength) and optionally whether by hand."""
    made = [(*row, False)[:4] for row in rows]
    frame = pd.DataFrame(made, columns=["record_left", "record_right", "strength", "decided"])
    return frame.astype({"decided": bool}).assign(probability=0.97, why="gleich")


def apart(*rows):
    columns = ["record_left", "record_right", "decided"]
    return pd.DataFrame(list(rows), columns=columns).astype(
        {"record_left": "int64", "record_right": "int64", "decided": bool}
    )


def test_a_chain_without_contradiction_is_one_person():
    assert grouped(3, ties((0, 1, 9), (1, 2, 5)), apart()).labels.tolist() == [0, 0, 0]


def test_a_chain_with_a_contradiction_breaks_at_its_weakest_tie():
    groups = grouped(3, ties((0, 1, 5), (1, 2, 9)), apart((0, 2, False)))
    assert groups.labels.tolist() == [0, 1, 1]
    assert groups.cut.tolist() == [True, False]


def test_a_long_chain_keeps_its_strong_halves():
    chain = ties((0, 1, 9), (1, 2, 4), (2, 3, 8))
    assert grouped(4, chain, apart((0, 3, False))).labels.tolist() == [0, 0, 2, 2]


def test_a_decision_beats_a_contradiction():
    chain = ties((0, 1, 5, True), (1, 2, 9, True))
    assert grouped(3, chain, apart((0, 2, False))).labels.tolist() == [0, 0, 0]


def test_kept_apart_by_hand_holds_through_a_third_record():
    groups = grouped(3, ties((0, 1, 9), (1, 2, 5)), apart((0, 2, True)))
    assert groups.labels.tolist() == [0, 0, 2]


def test_decisions_that_contradict_through_a_third_record_are_refused():
    with pytest.raises(DataError, match="must not contradict"):
        grouped(3, ties((0, 1, 5, True), (1, 2, 9, True)), apart((0, 2, True)))


def test_ties_of_equal_strength_are_followed_by_record():
    chain = ties((1, 2, 5), (0, 1, 5))
    assert grouped(3, chain, apart((0, 2, False))).labels.tolist() == [0, 0, 2]


def test_the_weakest_tie_of_three_is_named():
    chain = ties((0, 1, 9), (1, 2, 5), (0, 2, 3), (4, 5, 7))
    held = spanning(chain, grouped(6, chain, apart()))
    assert held[["record_left", "record_right", "weakest"]].to_numpy().tolist() == [
        [0, 1, False],
        [1, 2, True],
    ]


def test_components_of_three_are_checked_and_pairs_are_not():
    labels = components(5, np.array([0, 1, 3]), np.array([1, 2, 4]))
    assert to_check(labels).to_numpy().tolist() == [[0, 1], [0, 2], [1, 2]]


@pytest.mark.parametrize("seed", range(20))
def test_no_group_ever_holds_a_kept_apart_pair(seed):
    draws = np.random.default_rng(seed)
    ends = np.sort(draws.integers(0, 30, (60, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0)
    draws.shuffle(ends)
    foes = [(int(a), int(b), False) for a, b in ends[:15]]
    chosen = [(int(a), int(b), float(draws.random())) for a, b in ends[15:]]
    labels = grouped(30, ties(*chosen), apart(*foes)).labels
    assert all(labels[a] != labels[b] for a, b, _ in foes)


def test_siblings_are_not_joined_through_a_record_with_both_names(people, settings):
    rows = [
        ("Tesfay", "Anna", "2010-07-19", "female"),
        ("Tesfay", "Anna Rahel", "2010-07-19", "female"),
        ("Tesfay", "Rahel", "2010-07-19", "female"),
    ]
    result = link(people(*rows), settings())
    assert len(set(result.groups[:3])) == 2
    assert result.groups[0] != result.groups[2]
    assert any("widerspricht" in note for note in result.notes)
    assert (result.pairs["held_back"] != "").sum() == 1


def test_a_changed_family_name_is_followed_through_the_double_name(people, settings):
    born = "1988-07-19"
    rows = [("Kraus", "Olena", born), ("Kraus-Weiß", "Olena", born), ("Weiß", "Olena", born)]
    result = link(people(*rows), settings())
    assert result.groups[:3].tolist() == [0, 0, 0]
    assert result.ties["weakest"].sum() == 1
