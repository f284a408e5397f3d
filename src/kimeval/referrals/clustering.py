"""Groups of weighted items from their distances alone (Clusteranalyse).

An item that several persons share counts as often as they are: all methods give what
they would give if each person were an item.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]
Joining = Literal["ward", "average"]


def hierarchical(distances: Floats, counts: NDArray, groups: int, method: Joining) -> Groups:
    """Cut of a tree that joins the two nearest clusters again and again (hierarchisch).

    Parameters
    ----------
    distances : ndarray of float, shape (n, n)
    counts : ndarray of int, shape (n,)
        Persons with each item, at least 1.
    groups : int
        1 to n.
    method : str
        `ward` joins what raises the squared distances within clusters least, `average`
        what is nearest on average over pairs of persons.

    Returns
    -------
    ndarray of int, shape (n,)
        Group of each item, numbered in the order of the items.

    References
    ----------
    Murtagh and Legendre (2014), J. Classif. 31, 274-295 (Ward2). Müllner (2011),
    arXiv:1109.2378 (chains of nearest neighbours).
    """
    pairs = _joined_pairs(distances, np.asarray(counts, float), method)
    parent = np.arange(len(distances))
    for left, right in pairs[: len(distances) - groups]:
        parent[parent == parent[right]] = parent[left]
    _, first, number = np.unique(parent, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


def medoids(distances: Floats, counts: NDArray, groups: int) -> NDArray[np.int64]:
    """Items with the least sum of distances from all persons to the nearest (PAM).

    Parameters
    ----------
    distances, counts, groups
        As for `hierarchical`.

    Returns
    -------
    ndarray of int, shape (groups,)
        Positions of the medoids: first one after another the best, then exchanges as long
        as one helps, the best at each step. No single exchange improves the result.

    References
    ----------
    Kaufman and Rousseeuw (1990), Finding Groups in Data, ch. 2.
    """
    weighted = distances * np.asarray(counts, float)[None, :]
    chosen = [int(weighted.sum(axis=1).argmin())]
    weight = np.asarray(counts, float)
    while len(chosen) < groups:
        near = distances[chosen].min(axis=0)
        cost = np.minimum(distances, near) @ weight
        cost[chosen] = np.inf
        chosen.append(int(cost.argmin()))
    best = float(distances[chosen].min(axis=0) @ weight)
    while True:
        cost = np.full((groups, len(distances)), np.inf)
        for place in range(groups):
            others = chosen[:place] + chosen[place + 1 :]
            near = distances[others].min(axis=0, initial=np.inf)
            cost[place] = np.minimum(distances, near) @ weight
        cost[:, chosen] = np.inf
        place, item = divmod(int(cost.argmin()), len(distances))
        if not cost[place, item] < best * (1 - 1e-12):
            return np.array(chosen)
        best, chosen[place] = float(cost[place, item]), item


def silhouettes(distances: Floats, counts: NDArray, group: Groups) -> Floats:
    """How much nearer each item is to its own group than to the next (Silhouetten).

    Parameters
    ----------
    distances : ndarray of float, shape (n, n)
    counts, group : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        -1 to 1 for each person with the item; 0 for one who is alone in a group. Its mean
        over persons, weighted by `counts`, is the average silhouette width.

    References
    ----------
    Rousseeuw (1987), J. Comput. Appl. Math. 20, 53-65.
    """
    weight = np.asarray(counts, float)
    number = int(group.max()) + 1
    member = np.zeros((len(group), number))
    member[np.arange(len(group)), group] = weight
    size, everyone = member.sum(axis=0), np.arange(len(group))
    total = distances @ member
    others = size[group] - 1
    own = np.divide(total[everyone, group], others, out=np.zeros(len(group)), where=others > 0)
    mean = total / size
    mean[everyone, group] = np.inf
    other = mean.min(axis=1)
    largest = np.maximum(own, other)
    spread = np.divide(other - own, largest, out=np.zeros(len(group)), where=largest > 0)
    return np.where(others > 0, spread, 0.0)


def _joined_pairs(distances: Floats, weight: Floats, method: Joining) -> list[tuple[int, int]]:
    """An item of each of two clusters that are joined, the nearest clusters first.

    Chains of nearest neighbours find the same joins as always taking the two nearest
    clusters, since joining never brings a third one nearer.
    """
    apart = distances.astype(float)
    if method == "ward":
        apart = apart**2 * (weight[:, None] * weight / (weight[:, None] + weight))
    np.fill_diagonal(apart, np.inf)
    weight, alive = weight.copy(), np.ones(len(apart), bool)
    chain: list[int] = []
    found: list[tuple[float, int, int]] = []
    while len(found) < len(apart) - 1:
        if not chain:
            chain = [int(np.flatnonzero(alive)[0])]
        top = chain[-1]
        near = int(apart[top].argmin())
        if len(chain) > 1 and apart[top, chain[-2]] <= apart[top, near]:
            near = chain[-2]
        if len(chain) < 2 or near != chain[-2]:
            chain.append(near)
            continue
        chain = chain[:-2]
        found.append((float(apart[top, near]), near, top))
        _join(apart, weight, near, top, method)
        alive[top] = False
    found.sort(key=lambda join: join[0])
    return [(left, right) for _, left, right in found]


def _join(apart: Floats, weight: Floats, kept: int, gone: int, method: Joining) -> None:
    """Distances of all to two clusters that become one, in place (Lance and Williams)."""
    mine, theirs = weight[kept], weight[gone]
    if method == "ward":
        between = apart[kept, gone]
        joint = (mine + weight) * apart[kept] + (theirs + weight) * apart[gone] - weight * between
        joint /= mine + theirs + weight
    else:
        joint = (mine * apart[kept] + theirs * apart[gone]) / (mine + theirs)
    joint[[kept, gone]] = np.inf
    apart[kept], apart[:, kept] = joint, joint
    apart[gone], apart[:, gone] = np.inf, np.inf
    weight[kept] += theirs
