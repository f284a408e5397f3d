"""Partial likelihood over risk sets (Partial-Likelihood), for Cox and for Fine and Gray.

Rows are at risk in (entry, exit]. For Fine and Gray, whoever ended otherwise stays in
the risk set with a weight that falls with time: a factor of the person times one of the
time, so that sums over them are running sums as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.survival.spells import Ints

Bools = NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class Likelihood:
    """Rows with covariates, and one entry per event (Risikomengen).

    Attributes
    ----------
    x : ndarray of float, shape (n, p)
        Centred covariates.
    entry, exit : ndarray of float, shape (n,)
    event : ndarray of bool, shape (n,)
    stays : ndarray of float, shape (n,)
        Factor of a person who stays at risk after the exit; 0 for all others.
    fades : ndarray of float, shape (events,)
        Factor of time at each event; 1 without such persons.
    times : ndarray of float, shape (events,)
        Ascending, once per event.
    part : ndarray of float, shape (events,)
        Which share of the tied events is taken out of the risk set (Efron); 0 (Breslow).
    who : ndarray of int, shape (events,)
        Row of each event.
    """

    x: Floats
    entry: Floats
    exit: Floats
    event: Bools
    stays: Floats
    fades: Floats
    times: Floats
    part: Floats
    who: Ints
    orders: tuple[Ints, Ints, Ints] = field(repr=False)

    def at(self, beta: Floats) -> Sums:
        """Log likelihood, score and information at coefficients."""
        return _sums(self, beta)


@dataclass(frozen=True, repr=False)
class Sums:
    """What the likelihood is at one vector of coefficients.

    Attributes
    ----------
    value : float
        Log partial likelihood.
    score : ndarray of float, shape (p,)
    information : ndarray of float, shape (p, p)
    total : ndarray of float, shape (events,)
        Sum of exp(x beta) over each risk set.
    mean : ndarray of float, shape (events, p)
        Weighted mean of covariates in each risk set.
    each : ndarray of float, shape (events, p, p)
        Contribution of each event to the information.
    """

    value: float
    score: Floats
    information: Floats
    total: Floats
    mean: Floats
    each: Floats


def likelihood(
    x: Floats,
    entry: Floats,
    exit: Floats,
    event: Bools,
    efron: bool = True,
    stays: Floats | None = None,
    fades: tuple[Floats, Floats] | None = None,
) -> Likelihood:
    """Lay out risk sets once; `fades` are times and the factor just before each."""
    who = np.flatnonzero(event)
    who = who[np.argsort(exit[who], kind="stable")]
    times = exit[who]
    _, first, number = np.unique(times, return_index=True, return_counts=True)
    turn = np.arange(len(times)) - np.repeat(first, number)
    part = turn / np.repeat(number, number) if efron else np.zeros(len(times))
    stay = np.zeros(len(exit)) if stays is None else stays
    fade = np.ones(len(times))
    if fades is not None:
        fade = fades[1][np.searchsorted(fades[0], times, side="left")]
    orders = (
        np.argsort(exit, kind="stable"),
        np.argsort(entry, kind="stable"),
        np.flatnonzero(stay > 0)[np.argsort(exit[stay > 0], kind="stable")],
    )
    return Likelihood(x, entry, exit, event, stay, fade, times, part, who, orders)


def score_residuals(held: Likelihood, beta: Floats) -> Floats:
    """Score of each row, shape (n, p); they sum to the score.

    References
    ----------
    Lin and Wei (1989), J. Am. Stat. Assoc. 84, 1074-1078; with ties after Therneau and
    Grambsch (2000), Modeling Survival Data, chapter 7.
    """
    sums = held.at(beta)
    risk = np.exp(held.x @ beta)
    rate = 1 / sums.total
    hazard = _from_zero(rate[:, None])
    drift = _from_zero(rate[:, None] * sums.mean)
    stop = np.searchsorted(held.times, held.exit, side="right")
    start = np.searchsorted(held.times, held.entry, side="right")
    expected = held.x * (hazard[stop] - hazard[start]) - (drift[stop] - drift[start])
    if len(held.orders[2]):
        faded = held.fades[:, None] * rate[:, None]
        after, mean_after = _from_zero(faded), _from_zero(faded * sums.mean)
        rest = held.x * (after[-1] - after[stop]) - (mean_after[-1] - mean_after[stop])
        expected += held.stays[:, None] * rest
    found = -risk[:, None] * expected
    tied = np.unique(held.times, return_inverse=True)[1]
    number = np.bincount(tied)[:, None]
    for column in range(held.x.shape[1]):
        mean = np.bincount(tied, sums.mean[:, column])[:, None] / number
        found[held.who, column] += held.x[held.who, column] - mean[tied, 0]
    if held.part.any():
        back = held.part * rate
        own = np.bincount(tied, back)[tied]
        for column in range(held.x.shape[1]):
            lost = np.bincount(tied, back * sums.mean[:, column])[tied]
            found[held.who, column] += risk[held.who] * (held.x[held.who, column] * own - lost)
    return found


def _sums(held: Likelihood, beta: Floats) -> Sums:
    linear = held.x @ beta
    risk = np.exp(linear)
    columns = held.x.shape[1]
    cross = (held.x[:, :, None] * held.x[:, None, :]).reshape(len(linear), -1)
    rows = risk[:, None] * np.column_stack([np.ones(len(linear)), held.x, cross])
    sums = _over_risk_sets(held, rows)
    if held.part.any():
        tied = np.unique(held.times, return_inverse=True)[1]
        among = np.zeros((tied.max() + 1, rows.shape[1]))
        np.add.at(among, tied, rows[held.who])
        sums -= held.part[:, None] * among[tied]
    total = sums[:, 0]
    mean = sums[:, 1 : columns + 1] / total[:, None]
    second = sums[:, columns + 1 :].reshape(-1, columns, columns) / total[:, None, None]
    each = second - mean[:, :, None] * mean[:, None, :]
    value = float(linear[held.who].sum() - np.log(total).sum())
    score = held.x[held.who].sum(axis=0) - mean.sum(axis=0)
    return Sums(value, score, each.sum(axis=0), total, mean, each)


def _over_risk_sets(held: Likelihood, rows: Floats) -> Floats:
    """Sum of rows over the risk set of each event, shape (events, columns)."""
    by_exit, by_entry, staying = held.orders
    left = np.searchsorted(held.exit[by_exit], held.times, side="left")
    late = np.searchsorted(held.entry[by_entry], held.times, side="left")
    out = _from_zero(np.cumsum(rows[by_exit], axis=0), summed=True)
    entered = _from_zero(np.cumsum(rows[by_entry], axis=0), summed=True)
    sums = (out[-1] - out[left]) - (entered[-1] - entered[late])
    if len(staying):
        kept = np.cumsum(rows[staying] * held.stays[staying, None], axis=0)
        gone = np.searchsorted(held.exit[staying], held.times, side="left")
        sums = sums + held.fades[:, None] * _from_zero(kept, summed=True)[gone]
    return sums


def _from_zero(values: Floats, summed: bool = False) -> Floats:
    """Running sums that begin with a row of zeros."""
    sums = values if summed else np.cumsum(values, axis=0)
    return np.vstack([np.zeros(values.shape[1]), sums])
