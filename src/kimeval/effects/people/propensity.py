"""Who is likely to be treated, and whether both groups share a range (Überlappung)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kimeval.core.statistics.checks import Floats
from kimeval.effects.people.sample import People
from kimeval.effects.refusals import require

STEPS, RIDGE = 60, 1e-8
RARE = 0.05
MOST_OUTSIDE = 0.10
SHARED = "Vergleichspersonen, die den Behandelten in diesen Merkmalen gleichen."


@dataclass(frozen=True, repr=False)
class Logistic:
    """A logistic regression (logistische Regression).

    Attributes
    ----------
    fitted : ndarray of float, shape (n,)
        Probabilities.
    influence : ndarray of float, shape (n, columns)
        Of the coefficients.
    value : ndarray of float, shape (columns,)
    """

    fitted: Floats = field(repr=False)
    influence: Floats = field(repr=False)
    value: Floats = field(repr=False)


@dataclass(frozen=True)
class Overlap:
    """How far both groups share a range (Überlappung).

    Attributes
    ----------
    edges : tuple of float
        Of ten classes of the propensity.
    treated, others : tuple of int
        Persons in each.
    outside : float
        Share of persons whose propensity lies below 0.05 or above 0.95.
    effective : float
        Persons that the weighted groups are worth together.
    """

    edges: tuple[float, ...]
    treated: tuple[int, ...]
    others: tuple[int, ...]
    outside: float
    effective: float


def logistic(x: Floats, y: Floats, rows: Floats | None = None) -> Logistic | None:
    """Logistic regression by Newton's method; None where the groups can be told apart.

    Parameters
    ----------
    x : ndarray of float, shape (n, columns)
    y : ndarray of float, shape (n,)
        0 or 1.
    rows : ndarray of float, shape (n,), optional
        1 for the persons it is fitted to; the others are predicted.
    """
    used = np.ones(len(y)) if rows is None else rows
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -35, 35)))
        info = (x * (used * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(x.shape[1])
        step = np.linalg.solve(info, x.T @ (used * (y - p)))
        beta = beta + step
        if np.max(np.abs(step)) < 1e-9:
            break
    else:
        return None
    if np.max(np.abs(x @ beta)[used > 0]) > 15:
        return None
    score = (used * (y - p))[:, None] * x
    return Logistic(p, len(y) * score @ np.linalg.inv(info), beta)


def propensity(given: People) -> Logistic:
    """Probability of being treated (Propensity Score).

    Raises
    ------
    DesignRefused
        If a characteristic tells both groups apart, or more than a tenth of all persons
        have hardly anybody to be compared with.
    """
    found = logistic(given.x, given.treated)
    require(
        found is not None,
        "Ein Merkmal trennt Behandelte und andere vollständig; niemand ist vergleichbar.",
        SHARED,
    )
    assert found is not None
    outside = float(np.mean((found.fitted < RARE) | (found.fitted > 1 - RARE)))
    require(
        outside <= MOST_OUTSIDE,
        f"{100 * outside:.0f} % der Personen haben kaum jemanden, mit dem sie vergleichbar wären.",
        SHARED,
    )
    return found


def overlap(given: People, found: Logistic) -> Overlap:
    """Both groups by classes of the propensity (Überlappung)."""
    edges = np.linspace(0, 1, 11)
    on = given.treated == 1
    w = weights(given, found)
    effective = sum(w[rows].sum() ** 2 / (w[rows] ** 2).sum() for rows in (on, ~on))
    treated, others = (
        tuple(int(n) for n in np.histogram(found.fitted[rows], edges)[0]) for rows in (on, ~on)
    )
    outside = float(np.mean((found.fitted < RARE) | (found.fitted > 1 - RARE)))
    return Overlap(tuple(float(e) for e in edges), treated, others, outside, float(effective))


def weights(given: People, found: Logistic) -> Floats:
    """Inverse probability of the treatment that each person had, shape (n,)."""
    return np.where(given.treated == 1, 1 / found.fitted, 1 / (1 - found.fitted))
