"""How far two sequences are apart (Abstand von Sequenzen, Optimal Matching)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kimeval.core.errors import DataError, ParameterError
from kimeval.referrals.sequences import Distinct, Sequences, transition_rates

Floats = NDArray[np.float64]
MOST = 4000


def constant_costs(states: int, cost: float = 2.0) -> Floats:
    """The same cost for replacing any state by any other, shape (states, states)."""
    return np.where(np.eye(states, dtype=bool), 0.0, float(cost))


def transition_costs(sequences: Sequences) -> Floats:
    """Costs that are low where one state often follows another (Übergangskosten).

    Returns
    -------
    ndarray of float, shape (states, states)
        2 less the transition rates in both directions; symmetric, 0 on the diagonal.

    References
    ----------
    Rohwer and Pötter (2004), TDA User's Manual; Gabadinho et al. (2011), J. Stat. Softw.
    40(4), section 8.2.
    """
    rates = transition_rates(sequences)
    costs = 2 - rates - rates.T
    np.fill_diagonal(costs, 0.0)
    return costs


def optimal_matching(one: Distinct, costs: Floats, indel: float = 1.0) -> Floats:
    """Least cost of turning one sequence into another (Optimal Matching).

    Parameters
    ----------
    one : Distinct
        Sequences, each once.
    costs : ndarray of float, shape (states, states)
        Of replacing a state by another.
    indel : float
        Of inserting or deleting a month.

    Returns
    -------
    ndarray of float, shape (distinct, distinct)
        Symmetric, 0 on the diagonal.

    Raises
    ------
    DataError
        If there are more than `MOST` sequences.
    ParameterError
        If costs are negative, not symmetric or not 0 on the diagonal, or `indel` is not
        positive.

    Notes
    -----
    A sequence goes through the tables of Needleman and Wunsch with all others together, a
    diagonal at a time: cells of one diagonal do not depend on each other.

    References
    ----------
    Needleman and Wunsch (1970), J. Mol. Biol. 48, 443-453. Abbott and Forrest (1986), J.
    Interdiscip. Hist. 16, 471-494.
    """
    _require(costs, indel, len(one))
    found = np.zeros((len(one), len(one)))
    codes, lengths = one.codes, one.lengths
    replacing = costs[:, codes.T]
    for at in range(len(one) - 1):
        path = codes[at, : lengths[at]]
        found[at, at + 1 :] = _matched(path, replacing[:, :, at + 1 :], lengths[at + 1 :], indel)
    return found + found.T


def _matched(
    path: NDArray[np.int16], replacing: Floats, lengths: NDArray[np.int64], indel: float
) -> Floats:
    """Distances from one sequence to others, shape (others,).

    `replacing`, shape (states, months, others), holds the cost of each state against each
    month of the others.
    """
    _, months, others = replacing.shape
    size = len(path)
    found = np.empty(others)
    older, old = np.zeros((size + 1, others)), np.full((size + 1, others), float(indel))
    for diagonal in range(1, size + months + 1):
        if diagonal > 1:
            low, high = max(1, diagonal - months), min(size, diagonal - 1)
            place = np.arange(low, high + 1)
            replaced = replacing[path[place - 1], diagonal - place - 1]
            replaced += older[low - 1 : high]
            moved = np.minimum(old[low - 1 : high], old[low : high + 1])
            moved += indel
            np.minimum(moved, replaced, out=older[low : high + 1])
            older[0] = diagonal * indel
            if diagonal <= size:
                older[diagonal] = diagonal * indel
            older, old = old, older
        ended = lengths == diagonal - size
        found[ended] = old[size, ended]
    return found


def _require(costs: Floats, indel: float, number: int) -> None:
    lawful = np.all(costs >= 0) and np.allclose(costs, costs.T) and not np.diag(costs).any()
    if not lawful or not indel > 0:
        raise ParameterError(
            "Costs of replacing a state are not negative, the same in both directions and 0 for "
            "the same state, and inserting one costs more than 0; these are not."
        )
    if number > MOST:
        raise DataError(
            f"Distances are computed for up to {MOST} different sequences, got {number}. Take "
            f"fewer months or fewer states."
        )
