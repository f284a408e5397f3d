"""What is missing, drawn several times, and put together again (multiple Imputation).

Each missing value takes that of a similar person: one of the nearest by what a regression
on everything else predicts. Regressions are refitted on resampled persons, so that draws
differ as much as the data leave open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats, tail
from kimeval.core.statistics.survival.influence import steps
from kimeval.core.statistics.survival.spells import Spells

DONORS, ROUNDS, RIDGE = 5, 5, 1e-4
MOST_MISSING = 0.5


@dataclass(frozen=True)
class Pooled:
    """Estimates from several completed data sets as one (Rubins Regeln).

    Attributes
    ----------
    value, lower, upper, error : ndarray of float, shape (p,)
    freedom : ndarray of float, shape (p,)
        Degrees of freedom of each interval.
    missing : ndarray of float, shape (p,)
        Share of the variance that is due to what is missing.
    draws : int
    """

    value: Floats
    lower: Floats
    upper: Floats
    error: Floats
    freedom: Floats
    missing: Floats
    draws: int


def pooled(
    values: ArrayLike, variances: ArrayLike, freedom: float = np.inf, level: float = 0.95
) -> Pooled:
    """Put estimates from completed data sets together (Rubins Regeln).

    Parameters
    ----------
    values, variances : array of float, shape (draws, p)
        Estimates, such as log ratios, and their squared standard errors.
    freedom : float
        Degrees of freedom if nothing were missing.
    level : float

    Returns
    -------
    Pooled

    Raises
    ------
    DataError
        With fewer than two draws, which tell nothing of what is missing.

    References
    ----------
    Rubin (1987), Multiple Imputation; Barnard and Rubin (1999), Biometrika 86, 948-955.
    """
    found, within = np.asarray(values, float), np.asarray(variances, float)
    if found.ndim != 2 or found.shape != within.shape or len(found) < 2:
        raise DataError(
            f"Two or more completed data sets are put together, got {found.shape} and "
            f"{within.shape}. Draw at least 2, better 10."
        )
    draws = len(found)
    inner, between = within.mean(axis=0), found.var(axis=0, ddof=1)
    total = inner + (1 + 1 / draws) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(total > 0, (1 + 1 / draws) * between / total, 0.0)
        old = (draws - 1) / part**2
        seen = (freedom + 1) / (freedom + 3) * freedom * (1 - part) if freedom < np.inf else np.inf
        degrees = 1 / (1 / old + 1 / seen)
    error = np.sqrt(total)
    reach = stats.t.isf(tail(level), degrees) * error
    value = found.mean(axis=0)
    return Pooled(value, value - reach, value + reach, error, degrees, part, draws)


def completed(
    columns: pd.DataFrame, beside: ArrayLike, draws: int = 10, seed: int = 0
) -> list[pd.DataFrame]:
    """Draw what is missing from similar persons, several times (verkettete Gleichungen).

    Parameters
    ----------
    columns : DataFrame, shape (n, p)
        Numbers or categories (text), some missing.
    beside : array of float, shape (n, q)
        What is known of all and related, the outcome too: see `outcome_columns`.
    draws : int
    seed : int
        Of the random numbers.

    Returns
    -------
    list of DataFrame, length draws
        The same columns with nothing missing; all alike where nothing was.

    Raises
    ------
    DataError
        If a column is known of less than half of the persons.

    References
    ----------
    van Buuren (2018), Flexible Imputation of Missing Data, chapters 3 and 4; donors by
    predictive mean matching, Little (1988), J. Bus. Econ. Stat. 6, 287-296.
    """
    share = columns.isna().mean()
    if len(columns) and (share > MOST_MISSING).any():
        worst = ", ".join(share.index[share > MOST_MISSING])
        raise DataError(
            f"What is missing is drawn where at least half is known, got less for {worst}. "
            f"Leave the column out."
        )
    chance = np.random.default_rng(seed)
    extra = np.asarray(beside, float).reshape(len(columns), -1)
    holes = [name for name in columns if columns[name].isna().any()]
    return [_one(columns, extra, holes, chance) for _ in range(draws)]


def outcome_columns(held: Spells, kind: int = 1) -> Floats:
    """What of the outcome belongs beside covariates that are imputed, shape (n, 2).

    The outcome's indicator and the cumulative hazard at each exit.

    References
    ----------
    White and Royston (2009), Stat. Med. 28, 1982-1998.
    """
    found = steps(held, kind)
    hazard = np.append(0.0, np.cumsum(found.ended / found.at_risk))
    at = hazard[np.searchsorted(found.times, held.exit, side="right")]
    start = hazard[np.searchsorted(found.times, held.entry, side="right")]
    return np.column_stack([held.ending == kind, at - start]).astype(float)


def _one(
    columns: pd.DataFrame, extra: Floats, holes: Sequence[str], chance: np.random.Generator
) -> pd.DataFrame:
    filled = {str(name): _values(columns[name]) for name in columns}
    gaps = {name: columns[name].isna().to_numpy() for name in holes}
    for name, gap in gaps.items():
        filled[name][gap] = chance.choice(filled[name][~gap], int(gap.sum()))
    for _ in range(ROUNDS if len(holes) > 1 else 1):
        for name, gap in gaps.items():
            others = [_numbers(values) for other, values in filled.items() if other != name]
            given = np.column_stack([np.ones(len(columns)), extra, *others])
            donors = _donors(given, _numbers(filled[name]), gap, chance)
            filled[name][gap] = filled[name][donors]
    made = {
        name: pd.Series(values, columns.index, columns[name].dtype)
        for name, values in filled.items()
    }
    return pd.DataFrame(made)


def _donors(given: Floats, told: Floats, gap: NDArray, chance: np.random.Generator) -> NDArray:
    """Position of the person whose value each missing one takes."""
    known = np.flatnonzero(~gap)
    drawn = chance.choice(known, len(known))
    own = _coefficients(given[known], told[known])
    other = _coefficients(given[drawn], told[drawn])
    have, lack = given[known] @ own, given[gap] @ other
    if have.shape[1] == 1:
        return known[_near_in_order(have[:, 0], lack[:, 0], chance)]
    apart = (have**2).sum(axis=1) - 2 * lack @ have.T
    apart += chance.uniform(0, 1e-9, apart.shape)
    few = min(DONORS, len(known))
    near = np.argpartition(apart, few - 1, axis=1)[:, :few]
    return known[near[np.arange(len(lack)), chance.integers(0, few, len(lack))]]


def _near_in_order(have: Floats, lack: Floats, chance: np.random.Generator) -> NDArray:
    """One of the nearest on a line for each, without comparing all with all."""
    order = chance.permutation(len(have))
    order = order[np.argsort(have[order], kind="stable")]
    few = min(DONORS, len(have))
    place = np.searchsorted(have[order], lack)[:, None] + np.arange(-few, few)
    inside = (place >= 0) & (place < len(have))
    window = order[np.clip(place, 0, len(have) - 1)]
    apart = np.where(inside, np.abs(have[window] - lack[:, None]), np.inf)
    near = np.argpartition(apart, few - 1, axis=1)[:, :few]
    rows = np.arange(len(lack))
    return window[rows, near[rows, chance.integers(0, few, len(lack))]]


def _coefficients(given: Floats, told: Floats) -> Floats:
    square = given.T @ given
    ridge = RIDGE * np.diag(np.diag(square)) + 1e-12 * np.eye(len(square))
    return np.asarray(np.linalg.solve(square + ridge, given.T @ told))


def _values(column: pd.Series) -> NDArray:
    """A column as an array of its own."""
    numeric = pd.api.types.is_numeric_dtype(column)
    return column.to_numpy(float if numeric else object, na_value=np.nan).copy()


def _numbers(values: NDArray) -> Floats:
    """Values as numbers, a category as one column for each but the first, shape (n, k)."""
    if values.dtype != object:
        return np.asarray(values[:, None], float)
    told = values.astype(str)
    return (told[:, None] == np.unique(told)[None, 1:]).astype(float)
