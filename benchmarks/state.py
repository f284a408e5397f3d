"""A release of the state in invented numbers: one large table and five that share its counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.protect.cubes import Linked, Table, link
from kimeval.protect.rules import Rules

AREAS, AGES, GENDERS, NATIONALITIES, TITLES, SPHERES = 54, 8, 2, 12, 6, 5
PERSONS = 600
AGE = [0.12, 0.2, 0.22, 0.18, 0.12, 0.08, 0.05, 0.03]
GENDER = [0.55, 0.45]
TITLE = [0.34, 0.26, 0.16, 0.12, 0.08, 0.04]
SPHERE = [0.3, 0.45, 0.1, 0.05, 0.1]


def persons(areas: int = AREAS, seed: int = 0) -> pd.DataFrame:
    """Invented persons, one row each.

    Parameters
    ----------
    areas : int
        How many areas; about `PERSONS` in each, some with thrice as many.
    seed : int
        The same persons for the same seed.

    Returns
    -------
    DataFrame, shape (persons, 6)
        area, age, gender, nationality, title, sphere.
    """
    draw = np.random.default_rng(seed)
    weights = 1 / np.arange(1, NATIONALITIES + 1)
    nations = 20 * weights / weights.sum()
    parts = []
    for area in range(areas):
        many = int(PERSONS * draw.lognormal(0, 0.5))
        shares = {
            "age": AGE,
            "gender": GENDER,
            "nationality": draw.dirichlet(nations),
            "title": TITLE,
            "sphere": SPHERE,
        }
        drawn = {
            name: [f"{name} {code:02}" for code in draw.choice(len(p), many, p=p)]
            for name, p in shares.items()
        }
        parts.append(pd.DataFrame({"area": f"area {area:02}", **drawn}))
    return pd.concat(parts, ignore_index=True)


def tables(areas: int = AREAS) -> list[Table]:
    """The large table with all margins, and five that share counts with it and each other."""
    regions = {f"area {area:02}": f"region {area % 5}" for area in range(areas)}
    bands = {f"age {age:02}": f"band {min(age // 3, 2)}" for age in range(AGES)}
    return [
        Table(("area", "age", "gender", "nationality")),
        Table(("area", "title"), {"area": regions}),
        Table(("area", "gender", "sphere"), {"area": regions}),
        Table(("area", "age"), {"area": regions, "age": bands}),
        Table(("nationality", "title")),
        Table(("age", "gender", "sphere")),
    ]


def released(areas: int = AREAS, seed: int = 0, rules: Rules | None = None) -> Linked:
    """The release as one system of cells and sums."""
    people = persons(areas, seed)
    inner = ["age", "gender", "nationality"]
    every = pd.MultiIndex.from_product([sorted(people[c].unique()) for c in ["area", *inner]])
    full = people.groupby([*people.columns], observed=True).size().rename("count").reset_index()
    known = pd.MultiIndex.from_frame(full[["area", *inner]])
    empty = every.difference(known).to_frame(index=False, name=["area", *inner])
    empty = empty.assign(title="title 00", sphere="sphere 00", count=0)
    return link(pd.concat([full, empty], ignore_index=True), tables(areas), rules)
