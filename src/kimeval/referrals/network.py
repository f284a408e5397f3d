"""The network of agencies that persons are sent through (Netz der Stellen)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.referrals.moves import Moves

Steps = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Flows:
    """Steps from each place to each other (Flussmatrix).

    Attributes
    ----------
    places : tuple of str
        Names, sorted.
    steps : ndarray of int, shape (places, places)
        Steps from the row to the column; 0 on the diagonal.
    persons : ndarray of int, shape (places, places)
        Distinct cases or persons that made them, as the moves tell them apart.
    everyone : int
        Distinct ones in the whole network, fewer than the sum over pairs.
    """

    places: tuple[str, ...]
    steps: NDArray[np.int64] = field(repr=False)
    persons: NDArray[np.int64] = field(repr=False)
    everyone: int = field(repr=False)

    def __repr__(self) -> str:
        return f"Flows({len(self.places)} places; not protected)"


@dataclass(frozen=True)
class Reciprocity:
    """How far a network goes both ways (Gegenseitigkeit).

    Attributes
    ----------
    edges : float
        Share of connections, from one place to another, that have one in return.
    steps : float
        Share of steps that are matched by one in return: the sum over ordered pairs of the
        smaller of both directions, divided by all steps.
    """

    edges: float
    steps: float


def flows(moves: Moves) -> Flows:
    """Count steps and persons between each pair of places.

    Parameters
    ----------
    moves : Moves
        Sorted by case; one count per case where a case is a person.

    Returns
    -------
    Flows
    """
    size = len(moves.places)
    pair = moves.source.astype(np.int64) * size + moves.target
    single = np.unique(moves.case.astype(np.int64) * size * size + pair)
    return Flows(
        moves.places,
        np.bincount(pair, minlength=size * size).reshape(size, size),
        np.bincount(single % max(size * size, 1), minlength=size * size).reshape(size, size),
        len(np.unique(moves.case)),
    )


def edges(net: Flows) -> pd.DataFrame:
    """Connections that occur, the most used first (Verbindungen).

    Returns
    -------
    DataFrame, shape (edges, 6)
        source, target, steps, persons; back: steps in return; share: of all steps.
    """
    source, target = np.nonzero(net.steps)
    steps = net.steps[source, target]
    frame = pd.DataFrame(
        {
            "source": [net.places[i] for i in source],
            "target": [net.places[i] for i in target],
            "steps": steps,
            "persons": net.persons[source, target],
            "back": net.steps[target, source],
            "share": steps / max(int(net.steps.sum()), 1),
        }
    )
    return frame.sort_values("steps", ascending=False, kind="stable", ignore_index=True)


def reciprocity(net: Flows) -> Reciprocity:
    """How far the network goes both ways; NaN without a step (Gegenseitigkeit).

    References
    ----------
    Newman, Forrest and Balthrop (2002), Phys. Rev. E 66, 035101 (connections). Squartini et
    al. (2013), Sci. Rep. 3, 2729 (weights).
    """
    by_steps = reciprocities(net.steps[None].astype(float))
    by_edges = reciprocities((net.steps[None] > 0).astype(float))
    return Reciprocity(float(by_edges[0]), float(by_steps[0]))


def reciprocities(steps: Steps) -> NDArray[np.float64]:
    """Weighted reciprocity of each of several networks.

    Parameters
    ----------
    steps : ndarray of float, shape (networks, places, places)

    Returns
    -------
    ndarray of float, shape (networks,)
        NaN for a network without a step.
    """
    total = steps.sum(axis=(1, 2))
    matched = np.minimum(steps, steps.transpose(0, 2, 1)).sum(axis=(1, 2))
    return np.divide(matched, total, out=np.full(len(total), np.nan), where=total > 0)


def concentrations(steps: Steps) -> NDArray[np.float64]:
    """Herfindahl index of where the steps to each place come from, in several networks.

    Parameters
    ----------
    steps : ndarray of float, shape (networks, places, places)

    Returns
    -------
    ndarray of float, shape (networks, places)
        Sum of squared shares: 1 if all come from one place; NaN where none comes.
    """
    total = steps.sum(axis=1)
    squares = (steps**2).sum(axis=1)
    return np.divide(squares, total**2, out=np.full(total.shape, np.nan), where=total > 0)


def dependence(net: Flows) -> pd.DataFrame:
    """On how few places the inflow of each rests (Abhängigkeit von einer Stelle).

    Returns
    -------
    DataFrame, shape (places with inflow, 6)
        place; inflow: steps to it; sources: places they come from; largest_source and
        largest_share: the one that sends most, the first by name among equals, and its
        share of the inflow; herfindahl: sum of squared shares. The most dependent first.

    References
    ----------
    Herfindahl (1950), thesis, Columbia University; Hirschman (1964), Am. Econ. Rev. 54, 761.
    """
    inflow = net.steps.sum(axis=0)
    there = np.flatnonzero(inflow)
    largest = net.steps[:, there].argmax(axis=0) if len(there) else there
    frame = pd.DataFrame(
        {
            "place": [net.places[i] for i in there],
            "inflow": inflow[there],
            "sources": (net.steps > 0).sum(axis=0)[there],
            "largest_source": [net.places[i] for i in largest],
            "largest_share": net.steps[largest, there] / inflow[there],
            "herfindahl": concentrations(net.steps[None].astype(float))[0, there],
        }
    )
    return frame.sort_values("herfindahl", ascending=False, kind="stable", ignore_index=True)


def brokers(net: Flows) -> pd.DataFrame:
    """Places that lie between others (Vermittlerstellen).

    Returns
    -------
    DataFrame, shape (places with a step, 5)
        place; inflow, outflow: steps; betweenness: share of pairs of other places whose
        shortest directed way, by number of connections, leads over it, ties split evenly;
        constraint: how far those it exchanges steps with are tied to each other and to few,
        weighted by steps in both directions, low for a broker. The most between first.

    References
    ----------
    Freeman (1977), Sociometry 40, 35-41; Brandes (2001), J. Math. Sociol. 25, 163-177. Burt
    (1992), Structural Holes, ch. 2.
    """
    import networkx

    graph = networkx.DiGraph()
    for source, target in zip(*np.nonzero(net.steps), strict=True):
        graph.add_edge(int(source), int(target), steps=int(net.steps[source, target]))
    between = networkx.betweenness_centrality(graph) if graph else {}
    tied = networkx.constraint(graph, weight="steps") if graph else {}
    there = sorted(graph.nodes)
    frame = pd.DataFrame(
        {
            "place": [net.places[i] for i in there],
            "inflow": net.steps.sum(axis=0)[there],
            "outflow": net.steps.sum(axis=1)[there],
            "betweenness": [between[i] for i in there],
            "constraint": [tied[i] for i in there],
        }
    )
    return frame.sort_values("betweenness", ascending=False, kind="stable", ignore_index=True)
