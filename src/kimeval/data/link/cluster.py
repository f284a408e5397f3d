"""Persons from pairs: groups without contradiction (Gruppenbildung)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kimeval.core.errors import DataError

TIES = ["person", "record_left", "record_right", "probability", "why", "weakest"]
LARGEST_CHECKED = 300


@dataclass(frozen=True)
class Groups:
    """Records by person (Gruppen).

    Attributes
    ----------
    labels : ndarray of int64, shape (n,)
        The lowest record of each record's group.
    used : ndarray of bool, shape (ties,)
        Ties that hold a group together: one less than it has records.
    cut : ndarray of bool, shape (ties,)
        Ties that were not followed, because their groups contradict each other.
    """

    labels: NDArray[np.int64] = field(repr=False)
    used: NDArray[np.bool_] = field(repr=False)
    cut: NDArray[np.bool_] = field(repr=False)


def components(n: int, left: NDArray, right: NDArray) -> NDArray[np.int64]:
    """Connected components: the lowest record of each record's component."""
    ones = np.ones(len(left), dtype=bool)
    _, found = connected_components(coo_array((ones, (left, right)), shape=(n, n)), directed=False)
    _, first = np.unique(found, return_index=True)
    return first[found].astype(np.int64)


def to_check(labels: NDArray[np.int64]) -> pd.DataFrame:
    """All pairs within components of three and more records.

    Larger ones than `LARGEST_CHECKED` are left out; see `unchecked`.
    """
    left, right = [], []
    order = np.argsort(labels, kind="stable")
    _, starts, sizes = np.unique(labels[order], return_index=True, return_counts=True)
    for start, size in zip(starts, sizes, strict=True):
        if 2 < size <= LARGEST_CHECKED:
            first, second = np.triu_indices(size, 1)
            members = order[start : start + size]
            left.append(members[first])
            right.append(members[second])
    empty = np.array([], dtype=np.int64)
    return pd.DataFrame(
        {
            "record_left": np.concatenate([empty, *left]),
            "record_right": np.concatenate([empty, *right]),
        }
    )


def unchecked(labels: NDArray[np.int64]) -> int:
    """Components too large to be checked for contradictions."""
    return int((np.unique(labels, return_counts=True)[1] > LARGEST_CHECKED).sum())


def grouped(n: int, ties: pd.DataFrame, apart: pd.DataFrame) -> Groups:
    """Groups that ties hold together and in which no two records are kept apart.

    Ties are followed from the strongest to the weakest, and one that would bring
    two records together that are kept apart is left out. So a chain with a
    contradiction breaks at its weakest tie.

    Parameters
    ----------
    n : int
        Records.
    ties : DataFrame
        record_left, record_right, strength, and decided: a person's decision that
        holds against any contradiction but another decision.
    apart : DataFrame
        record_left, record_right, and decided, whether by a person.

    Raises
    ------
    DataError
        If decisions contradict each other.
    """
    order = np.lexsort(
        (ties["record_right"], ties["record_left"], -ties["strength"], ~ties["decided"])
    )
    left, right = ties["record_left"].to_numpy(), ties["record_right"].to_numpy()
    decided = ties["decided"].to_numpy()
    forest = _Forest(apart)
    used, cut = np.zeros(len(ties), dtype=bool), np.zeros(len(ties), dtype=bool)
    for at in order.tolist():
        one, other = int(left[at]), int(right[at])
        joined = forest.join(one, other, decided[at])
        used[at] = joined is True
        cut[at] = joined is False
    return Groups(components(n, left[used], right[used]), used, cut)


def spanning(ties: pd.DataFrame, groups: Groups) -> pd.DataFrame:
    """The ties of persons with more than two records, and which one is the weakest."""
    held = ties.loc[groups.used].assign(
        person=groups.labels[ties.loc[groups.used, "record_left"].to_numpy()]
    )
    size = np.bincount(groups.labels, minlength=len(groups.labels))
    held = held[size[held["person"].to_numpy()] > 2]
    held = held.sort_values(["person", "strength"], ascending=[True, False], kind="stable")
    weakest = ~held["person"].duplicated(keep="last")
    return held.assign(weakest=weakest)[TIES].reset_index(drop=True)


class _Forest:
    """Groups that grow, each with the records that must stay out of it."""

    def __init__(self, apart: pd.DataFrame) -> None:
        self.parent: dict[int, int] = {}
        self.members: dict[int, set[int]] = {}
        self.foes: dict[int, set[int]] = {}
        self.decided: set[tuple[int, int]] = set()
        columns = (apart[c].tolist() for c in ("record_left", "record_right", "decided"))
        for one, other, by_hand in zip(*columns, strict=True):
            self.foes.setdefault(one, set()).add(other)
            self.foes.setdefault(other, set()).add(one)
            if by_hand:
                self.decided |= {(one, other), (other, one)}

    def join(self, one: int, other: int, decided: bool) -> bool | None:
        """True if joined, False if kept apart, None if one group already."""
        first, second = self._root(one), self._root(other)
        if first == second:
            return None
        clashes = self._clashes(first, second)
        if decided and any(clash in self.decided for clash in clashes):
            raise DataError(
                "Decisions must not contradict each other: some records are joined by „gleich“, "
                "directly or through a third one, and kept apart by „verschieden“. Look at the "
                "rows of the review sheet that share a file and line, and correct one of them."
            )
        if not decided and clashes:
            return False
        big, small = sorted((first, second), key=lambda root: -len(self.members[root]))
        self.parent[small] = big
        self.members[big] |= self.members.pop(small)
        return True

    def _clashes(self, first: int, second: int) -> list[tuple[int, int]]:
        here, there = sorted((self.members[first], self.members[second]), key=len)
        foes: Iterable[tuple[int, int]] = (
            (one, foe) for one in here for foe in self.foes.get(one, ()) if foe in there
        )
        return list(foes)

    def _root(self, record: int) -> int:
        if record not in self.parent:
            self.parent[record] = record
            self.members[record] = {record}
        while self.parent[record] != record:
            self.parent[record] = self.parent[self.parent[record]]
            record = self.parent[record]
        return record
