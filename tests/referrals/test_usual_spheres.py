"""What is usual in a type: the half of it, no share, and nothing of few."""

import numpy as np

from kimeval.core.results import Row
from kimeval.referrals.sequences import Sequences
from kimeval.referrals.usual_spheres import MIXED, UNKNOWN, usual_rows

PLACE = Row("usual_sphere_days", "2024Q1", "05370")
MONTHS = np.array(["2024-01", "2024-02", "2024-03"], "datetime64[M]")


def rows(*persons, titles=("Typ 1",), group=None):
    codes = np.array(persons, np.int16)
    made = Sequences(codes, ("A", "B", "C"), MONTHS, tuple(f"p{n}" for n in range(len(codes))))
    group = np.zeros(len(codes), int) if group is None else np.array(group)
    return [(row.group, row.value) for row in usual_rows(made, group, list(titles), PLACE)]


def test_stretches_by_hand():
    told = rows(*[(0, 0, 1)] * 8, *[(0, 1, 1)] * 4)
    assert told == [("Typ 1 × 2024-01 × A", 60.0), ("Typ 1 × 2024-03 × B", 31.0)]


def test_half_of_a_type_is_enough_and_less_is_mixed():
    half = rows(*[(0, 0, 0)] * 6, *[(1, 1, 1)] * 3, *[(2, 2, 2)] * 3)
    assert half == [("Typ 1 × 2024-01 × A", 91.0)]
    less = rows(*[(0, 0, 0)] * 5, *[(1, 1, 1)] * 4, *[(2, 2, 2)] * 3)
    assert less == [(f"Typ 1 × 2024-01 × {MIXED}", 91.0)]


def test_months_in_which_few_are_known_tell_nothing():
    told = rows(*[(-1, 0, 0)] * 3, *[(0, 0, 0)] * 9)
    assert told == [(f"Typ 1 × 2024-01 × {UNKNOWN}", 31.0), ("Typ 1 × 2024-02 × A", 60.0)]


def test_persons_without_a_type_are_left_out():
    told = rows(*[(0, 0, 0)] * 10, *[(1, 1, 1)] * 20, group=[0] * 10 + [-1] * 20)
    assert told == [("Typ 1 × 2024-01 × A", 91.0)]
