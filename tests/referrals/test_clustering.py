"""Groups from distances: against scipy with each person as an item, and by trying all."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform

from kimeval.referrals.clustering import hierarchical, medoids, silhouettes


def points(seed, n, most=4):
    """Distances of points in the plane, and how many persons each has; no two alike."""
    draws = np.random.default_rng(seed)
    return squareform(pdist(draws.normal(size=(n, 2)))), draws.integers(1, most + 1, n)


def same(left, right):
    """Whether two groupings differ in their numbers only."""
    pairs = set(zip(left, right, strict=True))
    return len(pairs) == len(set(left)) == len(set(right))


SEEDS = st.integers(0, 10**6)


@settings(max_examples=40)
@given(SEEDS, st.integers(2, 12), st.sampled_from(["ward", "average"]), st.data())
def test_as_scipy_with_each_person_as_an_item(seed, n, method, data):
    apart, counts = points(seed, n)
    groups = data.draw(st.integers(1, n))
    person = np.repeat(np.arange(n), counts)
    tree = linkage(squareform(apart[np.ix_(person, person)], checks=False), method)
    expected = fcluster(tree, groups, "maxclust")
    assert same(hierarchical(apart, counts, groups, method)[person], expected)


@settings(max_examples=40)
@given(SEEDS, st.integers(3, 8), st.integers(1, 3))
def test_no_exchange_of_a_medoid_helps(seed, n, groups):
    apart, counts = points(seed, n)
    chosen = medoids(apart, counts, groups)
    assert len(set(chosen)) == groups
    cost = apart[chosen].min(axis=0) @ counts
    for place in range(groups):
        for other in set(range(n)) - set(chosen):
            tried = [*np.delete(chosen, place), other]
            assert apart[tried].min(axis=0) @ counts >= cost - 1e-9


def test_two_clear_groups_are_found_by_all_methods():
    apart = np.abs(np.subtract.outer([0, 1, 2, 10, 11, 13], [0, 1, 2, 10, 11, 13])).astype(float)
    counts = np.ones(6, int)
    assert hierarchical(apart, counts, 2, "ward").tolist() == [0, 0, 0, 1, 1, 1]
    assert hierarchical(apart, counts, 2, "average").tolist() == [0, 0, 0, 1, 1, 1]
    assert sorted(medoids(apart, counts, 2)) == [1, 4]


def test_a_medoid_lies_where_the_persons_are():
    apart = np.abs(np.subtract.outer([0, 4, 10], [0, 4, 10])).astype(float)
    assert medoids(apart, np.array([1, 1, 1]), 1).tolist() == [1]
    assert medoids(apart, np.array([9, 1, 1]), 1).tolist() == [0]


def test_medoids_as_by_trying_all_of_a_line():
    apart, counts = points(11, 9)
    best = min(combinations(range(9), 2), key=lambda two: apart[list(two)].min(axis=0) @ counts)
    assert sorted(medoids(apart, counts, 2)) == list(best)


def plain_silhouettes(apart, group):
    found = []
    for i, mine in enumerate(group):
        mates = [j for j in range(len(group)) if group[j] == mine and j != i]
        if not mates:
            found.append(0.0)
            continue
        own = np.mean([apart[i, j] for j in mates])
        rest = set(group) - {mine}
        other = min(
            np.mean([apart[i, j] for j in range(len(group)) if group[j] == g]) for g in rest
        )
        found.append((other - own) / max(own, other) if max(own, other) else 0.0)
    return found


@settings(max_examples=40)
@given(SEEDS, st.integers(3, 9))
def test_silhouettes_as_of_each_person(seed, n):
    apart, counts = points(seed, n)
    group = np.arange(n) % 3
    person = np.repeat(np.arange(n), counts)
    expected = plain_silhouettes(apart[np.ix_(person, person)], group[person].tolist())
    assert silhouettes(apart, counts, group)[person] == pytest.approx(np.array(expected))


def test_a_silhouette_by_hand():
    apart = np.array([[0.0, 1, 4], [1, 0, 3], [4, 3, 0]])
    found = silhouettes(apart, np.ones(3, int), np.array([0, 0, 1]))
    assert found.tolist() == pytest.approx([3 / 4, 2 / 3, 0])
