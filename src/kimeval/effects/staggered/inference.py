"""How sure effects over areas are, few areas treated as few (Unsicherheit über Gebiete).

Two kinds of variance. *large*: the mean square of the influence function, as published
software gives it; it counts on many areas with each start. *few*: spread between areas of
one start with the degrees of freedom there are (Satterthwaite); a start with fewer than
four areas borrows the spread of all. `docs/effects.md` shows how often each is right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kimeval.core.statistics.checks import Floats
from kimeval.effects.refusals import require
from kimeval.effects.staggered.aggregate import Combined
from kimeval.effects.staggered.grouptime import cohort_of

OWN = 4
LEAST_REST = 4
MANY = 100
DRAWS = 4_000
SEED = 8
FEW, LARGE = "few", "large"


@dataclass(frozen=True, repr=False)
class Spread:
    """Covariance of several numbers, by the part that each start adds (Streuung).

    Attributes
    ----------
    parts, usual : ndarray of float, shape (parts, n, n)
        Covariance that each start adds, and what it would be if areas of all starts
        spread alike, which decides the degrees of freedom.
    part_df : ndarray of float, shape (parts,)
        Degrees of freedom of each part; infinite for many areas.
    """

    parts: Floats = field(repr=False)
    usual: Floats = field(repr=False)
    part_df: Floats = field(repr=False)

    @property
    def covariance(self) -> Floats:
        """Of all numbers, shape (n, n)."""
        return self.parts.sum(axis=0)

    @property
    def error(self) -> Floats:
        """Standard errors, shape (n,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def df(self) -> Floats:
        """Degrees of freedom of each number alone, shape (n,)."""
        return self._df(np.diagonal(self.usual, axis1=1, axis2=2))

    def along(self, lines: Floats) -> tuple[Floats, Floats]:
        """Standard errors and degrees of freedom of weighted sums, shapes (m,).

        Parameters
        ----------
        lines : ndarray of float, shape (m, n)
        """
        own = np.einsum("mi,pij,mj->pm", lines, self.parts, lines)
        usual = np.einsum("mi,pij,mj->pm", lines, self.usual, lines)
        return np.sqrt(own.sum(axis=0)), self._df(usual)

    def _df(self, usual: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = usual.sum(axis=0) ** 2 / (usual**2 / self.part_df[:, None]).sum(axis=0)
        return np.where(np.isfinite(found), found, self.part_df.max())


@dataclass(frozen=True, repr=False)
class Bands:
    """Numbers with intervals (Werte mit Bändern).

    Attributes
    ----------
    value, error, lower, upper, p : ndarray of float, shape (n,)
        Each interval alone; p two-sided against 0.
    band_lower, band_upper : ndarray of float, shape (n,)
        Hold all numbers at once.
    level : float
    """

    value: Floats = field(repr=False)
    error: Floats = field(repr=False)
    lower: Floats = field(repr=False)
    upper: Floats = field(repr=False)
    p: Floats = field(repr=False)
    band_lower: Floats = field(repr=False)
    band_upper: Floats = field(repr=False)
    level: float = 0.95


def spread(found: Combined, kind: str = FEW) -> Spread:
    """Covariance of effects (Streuung).

    Parameters
    ----------
    found : Combined
    kind : str
        `few` or `large`, as above. Where areas are drawn in clusters, `large` sums over
        them, with one degree of freedom less than there are clusters.

    Raises
    ------
    DesignRefused
        For `few`: if areas of one start are too few to see any spread, or are weighted by
        covariates, where intervals were too narrow in simulation. For `large`: below
        a hundred areas or clusters.
    """
    panel = found.source.panel
    clusters = len(np.unique(panel.clusters))
    if kind == LARGE or clusters < panel.size:
        require(
            clusters >= MANY,
            f"Nur {clusters} Gebiete oder Klumpen: Diese Streuung gilt nur für viele und wäre zu "
            "klein.",
            f"mindestens {MANY}; oder die Streuung für wenige Gebiete.",
        )
        return _by_cluster(found)
    require(
        found.source.method in ("none", "regression"),
        "Eine Gewichtung nach Merkmalen braucht viele Gebiete; mit wenigen sind ihre Intervalle "
        "zu eng.",
        f"mindestens {MANY} Gebiete und die Streuung für viele; oder die Regression.",
    )
    cohort = cohort_of(panel)
    sizes = np.bincount(cohort)
    require(
        len(cohort) - len(sizes) >= LEAST_REST,
        "In fast jedem Gebiet beginnt das Programm zu einem anderen Zeitpunkt; die Streuung "
        "zwischen Gebieten ist nicht zu sehen.",
        "mehrere Gebiete mit demselben Beginn, auch unter denen ohne Programm.",
    )
    return _parts(found, cohort, sizes)


def bands(found: Combined, seen: Spread, level: float = 0.95) -> Bands:
    """Intervals of each number, and bands that hold all at once (Bänder).

    The bands rest on the largest of all standardised deviations, drawn with the
    covariance and degrees of freedom of `seen`.
    """
    error = seen.error
    p = two_sided(found.value, seen)
    alone = stats.t.ppf(0.5 + level / 2, seen.df) * error
    least = np.quantile(smallest_p(seen), 1 - level) if len(error) > 1 else 1 - level
    wide = stats.t.isf(least / 2, seen.df) * error
    v = found.value
    return Bands(v, error, v - alone, v + alone, p, v - wide, v + wide, level)


def two_sided(value: Floats, seen: Spread) -> Floats:
    """p-values against 0, shape (n,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * stats.t.sf(np.abs(value) / seen.error, seen.df)


def smallest_p(seen: Spread, shift: Floats | None = None, draws: int = DRAWS) -> Floats:
    """Smallest of all p-values in draws without effect, or with a true `shift`.

    Returns
    -------
    ndarray of float, shape (draws,)
    """
    chance = np.random.default_rng(SEED)
    error = seen.error
    scaled = seen.covariance / np.outer(error, error)
    values, vectors = np.linalg.eigh(scaled)
    root = vectors * np.sqrt(np.maximum(values, 0))
    normal = chance.standard_normal((draws, len(error))) @ root.T
    finite = np.where(np.isfinite(seen.df), seen.df, 1.0)
    scale = np.where(np.isfinite(seen.df), chance.chisquare(finite, normal.shape) / finite, 1.0)
    moved = normal + (0.0 if shift is None else shift / error)
    return (2 * stats.t.sf(np.abs(moved) / np.sqrt(scale), seen.df)).min(axis=1)


def _by_cluster(found: Combined) -> Spread:
    panel = found.source.panel
    sums = np.zeros((panel.clusters.max() + 1, found.influence.shape[1]))
    np.add.at(sums, panel.clusters, found.influence)
    clustered = len(sums) < panel.size
    scale = len(sums) / (len(sums) - 1) if clustered else 1.0
    df = len(sums) - 1.0 if clustered else np.inf
    covariance = (scale * sums.T @ sums / panel.size**2)[None]
    return Spread(covariance, covariance, np.array([df]))


def _parts(found: Combined, cohort: NDArray[np.int64], sizes: NDArray[np.intp]) -> Spread:
    """The part of each start; those that borrow the spread of all are one part together.

    Degrees of freedom made from each start's own spread would be largest where that is
    too small by chance.
    """
    pooled = None if found.lines is None else _pooled(found.source.panel.outcome, cohort)
    parts, expected, df, borrowed = [], [], [], []
    for n, size in enumerate(sizes):
        usual = None if pooled is None else _usual(found, cohort == n, n, pooled)
        if usual is not None and size < OWN:
            borrowed.append(usual)
            continue
        own, degrees = _own(found, cohort == n)
        parts.append(own)
        expected.append(own if usual is None else usual)
        df.append(degrees)
    if borrowed:
        parts.append(np.sum(borrowed, axis=0))
        expected.append(parts[-1])
        df.append(float(len(cohort) - len(sizes)))
    return Spread(np.array(parts), np.array(expected), np.array(df))


def _own(found: Combined, rows: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Covariance from the areas of one start, and its degrees of freedom."""
    panel = found.source.panel
    share = panel.weights[rows] / panel.weights[rows].sum()
    columns = 1 + (panel.covariates.shape[1] if found.lines is None else 0)
    require(
        rows.sum() > columns,
        "Mit Merkmalen vergleichen lassen sich nur Starts mit mehr Gebieten als Merkmalen.",
        "mehr Gebiete mit demselben Beginn oder weniger Merkmale.",
    )
    own = found.influence[rows] / panel.size
    own = own - share[:, None] * own.sum(axis=0)
    kept = 1 - share if columns == 1 else np.full(rows.sum(), 1 - columns / rows.sum())
    own = own / np.sqrt(kept)[:, None]
    return own.T @ own, float(max(1 / np.sum(share**2) - columns, 1.0))


def _usual(found: Combined, rows: NDArray[np.bool_], cohort: int, pooled: Floats) -> Floats:
    """Covariance of one start if areas of all starts spread alike."""
    weights = found.source.panel.weights[rows]
    line = found.lines[:, cohort]  # type: ignore[index]
    return line @ pooled @ line.T * np.sum(weights**2) / weights.sum() ** 2


def _pooled(outcome: Floats, cohort: NDArray[np.int64]) -> Floats:
    """Covariance over time within starts, of all of them together, shape (periods, periods)."""
    sizes = np.bincount(cohort)
    means = np.stack(
        [np.bincount(cohort, column) / sizes for column in outcome.T],
        axis=1,
    )
    rest = outcome - means[cohort]
    return rest.T @ rest / (len(cohort) - len(sizes))
