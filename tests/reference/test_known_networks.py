"""Brokers, ways back and groups of data whose values others have printed.

Krackhardt (1990), Adm. Sci. Q. 35, 342-369: the kite. Padgett and Ansell (1993), Am. J.
Sociol. 98, 1259-1319, with the betweenness that Jackson (2008), Social and Economic
Networks, section 2.2, prints of the Florentine families. Borgatti (1997), Connections
20(1), 35-38, for Burt's constraint. Ruspini (1970), Inf. Sci. 2, 319-350, with medoids and
silhouettes as in the manual of R's package cluster (Kaufman and Rousseeuw 1990).
"""

import networkx
import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from kimeval.referrals import moves_of_referrals
from kimeval.referrals.clustering import hierarchical, medoids, silhouettes
from kimeval.referrals.network import brokers, flows, reciprocity

DAY = np.datetime64("2024-01-01", "D")
KITE = {"3": 0.102, "5": 0.231, "6": 0.231, "7": 0.389, "8": 0.222, "0": 0.023, "1": 0.023}
FLORENCE = {
    "Medici": 0.522,
    "Guadagni": 0.255,
    "Albizzi": 0.212,
    "Salviati": 0.143,
    "Ridolfi": 0.114,
    "Bischeri": 0.104,
    "Strozzi": 0.103,
    "Barbadori": 0.093,
    "Tornabuoni": 0.092,
    "Castellani": 0.055,
    "Peruzzi": 0.022,
}
HOLES = ["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"]
RUSPINI = """4 53 5 63 10 59 9 77 13 49 13 69 12 88 15 75 18 61 19 65 22 74 27 72 28 76 24 58 27 55
28 60 30 52 31 60 32 61 36 72 28 147 32 149 35 153 33 154 38 151 41 150 38 145 38 143 32 143 34 141
44 156 44 149 44 143 46 142 47 149 49 152 50 142 53 144 52 152 55 155 54 124 60 136 63 139 86 132
85 115 85 96 78 94 74 96 97 122 98 116 98 124 99 119 99 128 101 115 108 111 110 111 108 116 111 126
115 117 117 115 70 4 77 12 83 21 61 15 69 15 78 16 66 18 58 13 64 20 69 21 66 23 61 25 76 27 72 31
64 30"""


def both_ways(ties):
    """A network with a step each way of every tie, by people of their own."""
    steps = [step for a, b in ties for step in ((str(a), str(b)), (str(b), str(a)))]
    source, target = zip(*steps, strict=True)
    people = [f"p{n}" for n in range(len(steps))]
    return flows(moves_of_referrals(people, source, target, DAY + np.arange(len(steps))))


def column(net, name):
    return brokers(net).set_index("place")[name]


def test_the_kite_has_its_printed_betweenness():
    found = column(both_ways(networkx.krackhardt_kite_graph().edges), "betweenness")
    assert found[list(KITE)].round(3).to_dict() == KITE
    assert found.index[0] == "7"


def test_the_medici_lie_between_the_families_as_printed():
    found = column(both_ways(networkx.florentine_families_graph().edges), "betweenness")
    assert found[list(FLORENCE)].round(3).to_dict() == FLORENCE
    assert found.index[0] == "Medici"


def test_constraint_is_that_of_borgattis_example():
    found = column(both_ways(HOLES), "constraint")
    assert found[["A", "C", "G"]].round(3).to_dict() == {"A": 0.595, "C": 1.0, "G": 0.4}


def test_ties_both_ways_are_wholly_in_return():
    told = reciprocity(both_ways(HOLES))
    assert told.steps == told.edges == 1.0


@pytest.fixture(scope="module")
def ruspini():
    points = np.array(RUSPINI.split(), float).reshape(-1, 2)
    assert len(points) == 75
    return squareform(pdist(points)), np.ones(75, int)


def test_medoids_and_silhouettes_of_ruspinis_points_are_those_of_r(ruspini):
    apart, counts = ruspini
    chosen = medoids(apart, counts, 4)
    assert sorted(chosen + 1) == [10, 32, 52, 70]
    group = apart[chosen].argmin(axis=0)
    assert sorted(np.bincount(group)) == [15, 17, 20, 23]
    assert silhouettes(apart, counts, group).mean() == pytest.approx(0.737657, abs=1e-6)


@pytest.mark.parametrize("method", ["ward", "average"])
def test_joining_finds_the_same_four_groups(ruspini, method):
    group = hierarchical(*ruspini, 4, method)
    assert silhouettes(*ruspini, group).mean() == pytest.approx(0.737657, abs=1e-6)
