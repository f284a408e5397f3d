"""Difference between treated and others if both were alike (Vergleich von Menschen).

Three ways: *standardised* (a model of the outcome in each group, averaged over all persons),
*weighted* (inverse probability of treatment, normalised) and *doubly robust* (both; right
where either model is). Errors come from influence functions summed over families, widened
for few of them, with t.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import Floats
from kimeval.effects.effect import Estimated
from kimeval.effects.people.propensity import Logistic, logistic, propensity
from kimeval.effects.people.sample import People
from kimeval.effects.refusals import require

METHODS = ("standardised", "weighted", "doubly_robust")
WORDS = {
    "standardised": "Standardisierung",
    "weighted": "Gewichtung mit Propensity Score",
    "doubly_robust": "doppelt robust (AIPW)",
}


@dataclass(frozen=True, repr=False)
class Compared:
    """Means of both groups if everybody were in them, and their difference (Vergleich).

    Attributes
    ----------
    estimate : Estimated
        Difference of the means.
    treated, others : float
        Both means.
    influence : ndarray of float, shape (n,)
        Of the difference.
    """

    estimate: Estimated
    treated: float
    others: float
    influence: Floats = field(repr=False)

    @property
    def ratio(self) -> float:
        """Mean of the treated over that of the others; NaN where that is not above 0."""
        return self.treated / self.others if self.others > 0 else np.nan


def compare(given: People, method: str = "doubly_robust", level: float = 0.95) -> Compared:
    """Average effect on all persons, if nothing else sets the groups apart (Vergleich).

    Parameters
    ----------
    given : People
    method : str
        standardised, weighted or doubly_robust.
    level : float

    Raises
    ------
    DesignRefused
        If the groups do not overlap, or a model of the outcome cannot be made.
    """
    if method not in METHODS:
        raise DataError(f"There is no comparison '{method}'. {suggestion(method, METHODS)}")
    score = propensity(given)
    parts = [_mean(given, score, arm, method) for arm in (1.0, 0.0)]
    (one, first), (zero, second) = parts
    influence = first - second
    error, df = _error(given, influence)
    value = one - zero
    half = float(stats.t.ppf(0.5 + level / 2, df)) * error
    p = float(2 * stats.t.sf(abs(value) / error, df))
    found = Estimated(value, value - half, value + half, p, level, WORDS[method])
    return Compared(found, one, zero, influence)


def plain(given: People, level: float = 0.95) -> Estimated:
    """Difference of means as it stands, for comparison (roher Unterschied)."""
    on = given.treated
    one, zero = given.outcome[on == 1].mean(), given.outcome[on == 0].mean()
    influence = on / on.mean() * (given.outcome - one)
    influence = influence - (1 - on) / (1 - on.mean()) * (given.outcome - zero)
    error, df = _error(given, influence)
    value = float(one - zero)
    half = float(stats.t.ppf(0.5 + level / 2, df)) * error
    p = float(2 * stats.t.sf(abs(value) / error, df))
    return Estimated(value, value - half, value + half, p, level, "roher Unterschied")


def _mean(given: People, score: Logistic, arm: float, method: str) -> tuple[float, Floats]:
    """Mean outcome if all were in a group, and its influence function."""
    own = (given.treated == arm).astype(float)
    p = score.fitted if arm == 1.0 else 1 - score.fitted
    sign = 1.0 if arm == 1.0 else -1.0
    weight = own / p
    slope = -sign * own * (1 - p) / p
    if method == "weighted":
        mean = float((weight * given.outcome).sum() / weight.sum())
        rest = given.outcome - mean
        part = weight * rest
        return mean, (part + _through(score, given.x, slope * rest)) / weight.mean()
    expected, beta, gradient = _outcome(given, own)
    if method == "standardised":
        mean = float(expected.mean())
        return mean, expected - mean + beta @ gradient.mean(axis=0)
    rest = given.outcome - expected
    scale = weight.mean()
    mean = float(expected.mean() + (weight * rest).mean() / scale)
    part = (
        expected
        - expected.mean()
        + (weight * rest - weight * (weight * rest).mean() / scale) / (scale)
    )
    part = part + _through(score, given.x, slope * rest) / scale
    return mean, part + beta @ (gradient * (1 - weight / scale)[:, None]).mean(axis=0)


def _through(score: Logistic, x: Floats, slope: Floats) -> Floats:
    """What the estimated propensity adds to an influence function."""
    return score.influence @ (slope[:, None] * x).mean(axis=0)


def _outcome(given: People, own: Floats) -> tuple[Floats, Floats, Floats]:
    """Expected outcome of all from one group, its coefficients' influence, and gradient."""
    if given.binary:
        found = logistic(given.x, given.outcome, own)
        require(
            found is not None,
            "In einer Gruppe bestimmt ein Merkmal das Ergebnis vollständig, oder alle haben "
            "dasselbe.",
            "mehr Personen oder weniger Merkmale.",
        )
        assert found is not None
        p = found.fitted
        return p, found.influence, (p * (1 - p))[:, None] * given.x
    gram = (given.x * own[:, None]).T @ given.x
    require(
        np.linalg.matrix_rank(gram) == gram.shape[0],
        "In einer Gruppe folgt ein Merkmal aus den anderen.",
        "weniger Merkmale.",
    )
    inverse = np.linalg.inv(gram)
    beta = inverse @ given.x.T @ (own * given.outcome)
    rest = own * (given.outcome - given.x @ beta)
    return given.x @ beta, len(own) * rest[:, None] * given.x @ inverse, given.x


def _error(given: People, influence: Floats) -> tuple[float, float]:
    """Standard error over families, and degrees of freedom of the smaller group."""
    sums = np.bincount(given.family, influence)
    number, columns = len(sums), given.x.shape[1]
    lost = number / max(number - 2 * columns, 1)
    error = float(np.sqrt(lost * (sums**2).sum()) / len(influence))
    arms = [len(np.unique(given.family[given.treated == arm])) for arm in (0.0, 1.0)]
    return error, float(max(min(arms) - columns, 2))
