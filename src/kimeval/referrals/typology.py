"""Groups of similar sequences (Typologie der Verläufe)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.errors import ParameterError
from kimeval.referrals.clustering import hierarchical, medoids, silhouettes
from kimeval.referrals.distances import constant_costs, optimal_matching, transition_costs
from kimeval.referrals.refusals import TooFew
from kimeval.referrals.sequences import Distinct, Sequences, distinct

LEAST_PERSONS = 30
LEAST_EACH = 10
Method = Literal["ward", "average", "pam"]
Costs = Literal["constant", "transitions"]


@dataclass(frozen=True, repr=False)
class Typology:
    """Persons in groups of similar sequences (Typologie).

    Attributes
    ----------
    group : ndarray of int, shape (persons,)
        From 0, the largest group first; -1 for persons of whom too few months are known.
    silhouette : ndarray of float, shape (persons,)
        -1 to 1; NaN where there is no group.
    size : ndarray of int, shape (groups,)
        Persons in each.
    width : ndarray of float, shape (groups,)
        Mean silhouette of each.
    average_width : float
        Mean silhouette over all persons in a group: above .5 a reasonable structure, at
        or below .25 none (Kaufman and Rousseeuw 1990, table 4).
    method, costs : str
        How it was made.
    """

    group: NDArray[np.int64] = field(repr=False)
    silhouette: NDArray[np.float64] = field(repr=False)
    size: NDArray[np.int64] = field(repr=False)
    width: NDArray[np.float64]
    average_width: float
    method: str
    costs: str

    @property
    def left_out(self) -> int:
        """Persons in no group."""
        return int((self.group < 0).sum())

    def __repr__(self) -> str:
        return f"Typology({len(self.size)} groups, {self.method}; not protected)"


def typology(
    sequences: Sequences,
    groups: int,
    *,
    method: Method = "ward",
    costs: Costs = "transitions",
    indel: float = 1.0,
    least_months: int = 1,
) -> Typology:
    """Group persons by how alike their sequences are (Typologie der Verläufe).

    Parameters
    ----------
    sequences : Sequences
    groups : int
        How many; it is stated, not found. Compare silhouettes of several numbers.
    method : str
        `ward` or `average` (hierarchical) or `pam` (around medoids).
    costs : str
        Of replacing a state: `constant` (2) or `transitions` (2 less the rates at which
        one follows the other).
    indel : float
        Cost of inserting or deleting a month.
    least_months : int
        A person with fewer known months is in no group.

    Returns
    -------
    Typology

    Raises
    ------
    TooFew
        If there are fewer than `LEAST_PERSONS` persons or `LEAST_EACH` for each group asked
        for, or not more different sequences than groups.
    ParameterError
        If the number of groups is below 2 or a setting is another one.

    References
    ----------
    Abbott and Tsay (2000), Sociol. Methods Res. 29, 3-33. Studer (2013), LIVES Working
    Papers 24 (items that stand for several persons).
    """
    _require_settings(groups, method, costs)
    enough = sequences.known >= max(least_months, 1)
    chosen = sequences.only(enough)
    one = distinct(chosen)
    _require_enough(len(chosen), len(one), groups)
    states = len(sequences.states)
    price = constant_costs(states) if costs == "constant" else transition_costs(chosen)
    apart = optimal_matching(one, price, indel)
    item = _grouped(apart, one, groups, method)
    item = _largest_first(item, one.counts)
    each = silhouettes(apart, one.counts, item)
    group, silhouette = np.full(len(sequences), -1), np.full(len(sequences), np.nan)
    group[enough], silhouette[enough] = item[one.number], each[one.number]
    size = np.bincount(item, weights=one.counts).astype(np.int64)
    width = np.bincount(item, weights=one.counts * each) / size
    average = float(np.average(each, weights=one.counts))
    return Typology(group, silhouette, size, width, average, method, costs)


def months_by_group(sequences: Sequences, made: Typology) -> pd.DataFrame:
    """What a group is like: mean months in each state (mittlere Dauer je Zustand).

    Returns
    -------
    DataFrame, shape (groups, states + 2)
        Indexed by group; persons, width (mean silhouette), and mean months in each state.
    """
    rows = np.flatnonzero(made.group >= 0)
    codes, group = sequences.codes[rows], made.group[rows]
    size = len(sequences.states)
    row, month = np.nonzero(codes >= 0)
    cells = group[row] * size + codes[row, month]
    months = np.bincount(cells, minlength=len(made.size) * size).reshape(-1, size)
    frame = pd.DataFrame(months / made.size[:, None], columns=list(sequences.states))
    frame.insert(0, "persons", made.size)
    frame.insert(1, "width", made.width)
    return frame.rename_axis("group")


def _grouped(
    apart: NDArray[np.float64], one: Distinct, groups: int, method: Method
) -> NDArray[np.int64]:
    if method == "pam":
        return apart[medoids(apart, one.counts, groups)].argmin(axis=0)
    return hierarchical(apart, one.counts, groups, method)


def _largest_first(item: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.argsort(-np.bincount(item, weights=counts), kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place[item]


def _require_settings(groups: int, method: str, costs: str) -> None:
    if groups < 2:
        raise ParameterError(f"A typology has two groups or more, got {groups}.")
    if method not in ("ward", "average", "pam"):
        raise ParameterError(f"Groups are made by ward, average or pam, got '{method}'.")
    if costs not in ("constant", "transitions"):
        raise ParameterError(f"Costs are constant or from transitions, got '{costs}'.")


def _require_enough(persons: int, different: int, groups: int) -> None:
    least = max(LEAST_PERSONS, LEAST_EACH * groups)
    if persons < least or different <= groups:
        raise TooFew(
            f"{groups} groups need at least {least} persons and more than {groups} different "
            f"sequences; there are fewer. Ask for fewer groups or take more months."
        )
