"""Models of provision compared over few districts or organisations (Trägermodelle)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import Floats
from kimeval.effects.effect import Estimated
from kimeval.effects.refusals import require

METHODS = ("randomisation", "bootstrap")
WORDS = {
    "randomisation": "Randomisierungsinferenz",
    "bootstrap": "wilder Klumpen-Bootstrap (Webb, unter der Nullhypothese)",
}
WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])
DRAWS, MOST = 1_999, 4_000
LEAST_ARM, LEAST_ALL = 4, 10
SEED = 8
STEPS = 18


@dataclass(frozen=True, repr=False)
class Clusters:
    """Mean outcome of each cluster and its model (Klumpen).

    Attributes
    ----------
    mean : ndarray of float, shape (clusters,)
    weight : ndarray of float, shape (clusters,)
        Persons in each.
    model : ndarray of bool, shape (clusters,)
        Whether it has the model that is compared.
    """

    mean: Floats = field(repr=False)
    weight: Floats = field(repr=False)
    model: NDArray[np.bool_] = field(repr=False)


def clusters(outcome: ArrayLike, cluster: ArrayLike, model: ArrayLike) -> Clusters:
    """Means of clusters of two models (Trägermodelle).

    Parameters
    ----------
    outcome : array of float, shape (n,)
        By person.
    cluster : array, shape (n,)
        District or organisation.
    model : array of bool, shape (n,)
        Whether the person's cluster has the model that is compared; one model each.

    Raises
    ------
    DesignRefused
        If only one model occurs.
    DataError
        If a cluster has both models, or a value is missing.
    """
    y = np.asarray(outcome, dtype=float)
    names, place = np.unique(np.asarray(cluster), return_inverse=True)
    on = np.asarray(model, dtype=bool)
    if np.isnan(y).any() or y.shape != on.shape or y.shape != place.shape:
        raise DataError("Each person has an outcome, a cluster and a model; some have not.")
    size = np.bincount(place)
    share = np.bincount(place, on) / size
    if mixed := int(np.sum((share > 0) & (share < 1))):
        raise DataError(
            f"A cluster has one model, {mixed} of {len(names)} have both. Compare persons within "
            f"them instead."
        )
    require(
        0 < share.sum() < len(names),
        "Es gibt nur ein Modell; womit verglichen werden könnte, fehlt.",
        "Gebiete oder Träger mit einem anderen Modell.",
    )
    return Clusters(np.bincount(place, y) / size, size.astype(float), share > 0.5)


def compare_models(
    given: Clusters, method: str = "randomisation", level: float = 0.95
) -> Estimated:
    """Difference of means over clusters, each weighing alike (Modellvergleich).

    The interval holds every difference that its test does not reject.

    Parameters
    ----------
    given : Clusters
    method : str
        randomisation: models dealt anew to clusters, with a studentised difference;
        bootstrap: residuals under the hypothesis times weights of Webb.
    level : float

    Raises
    ------
    DesignRefused
        With fewer than ten clusters, or four of a model: no test could reject, or the
        bootstrap would hardly ever (MacKinnon and Webb 2017).

    References
    ----------
    Cameron, Gelbach and Miller (2008), Rev. Econ. Stat. 90, 414-427; Webb (2023), Can. J.
    Econ. 56, 839-858; Chung and Romano (2013), Ann. Stat. 41, 484-507.
    """
    if method not in METHODS:
        raise DataError(f"There is no test '{method}'. {suggestion(method, METHODS)}")
    number, arm = len(given.mean), int(min(given.model.sum(), (~given.model).sum()))
    require(
        number >= LEAST_ALL and arm >= LEAST_ARM,
        f"Nur {number} Gebiete oder Träger, {arm} davon mit dem selteneren Modell: Auch ein großer "
        f"Unterschied wäre von Zufall nicht zu unterscheiden.",
        f"mindestens {LEAST_ALL}, je Modell {LEAST_ARM}.",
    )
    value, error = _difference(given.mean, given.model)
    test = _randomised(given) if method == "randomisation" else _bootstrapped(given)
    ends = [_end(test, value, side * error, 1 - level) for side in (-1, 1)]
    return Estimated(value, ends[0], ends[1], test(0.0), level, WORDS[method])


def _difference(mean: Floats, model: NDArray[np.bool_]) -> tuple[float, float]:
    on, off = mean[model], mean[~model]
    error = np.sqrt(on.var(ddof=1) / len(on) + off.var(ddof=1) / len(off))
    return float(on.mean() - off.mean()), float(error)


def _studentised(mean: Floats, deals: NDArray[np.bool_]) -> Floats:
    """Difference over its error for each deal of models, shape (deals,)."""
    on, off = deals.sum(axis=1), (~deals).sum(axis=1)
    first, second = deals @ mean / on, (~deals) @ mean / off
    square = deals @ mean**2 / on - first**2, (~deals) @ mean**2 / off - second**2
    error = np.sqrt(np.maximum(square[0] / (on - 1) + square[1] / (off - 1), 1e-300))
    return (first - second) / error


def _randomised(given: Clusters) -> Callable[[float], float]:
    number, arm = len(given.mean), int(given.model.sum())
    if comb(number, arm) <= MOST:
        deals = np.zeros((comb(number, arm), number), dtype=bool)
        for row, chosen in enumerate(combinations(range(number), arm)):
            deals[row, list(chosen)] = True
    else:
        chance = np.random.default_rng(SEED)
        order = np.argsort(chance.random((DRAWS, number)), axis=1)
        deals = np.concatenate([given.model[None], order < arm])

    def test(at: float) -> float:
        mean = given.mean - at * given.model
        own = abs(float(_studentised(mean, given.model[None])[0]))
        return float(np.mean(np.abs(_studentised(mean, deals)) >= own - 1e-12))

    return test


def _bootstrapped(given: Clusters) -> Callable[[float], float]:
    chance = np.random.default_rng(SEED)
    weights = WEBB[chance.integers(0, len(WEBB), (DRAWS, len(given.mean)))]

    def test(at: float) -> float:
        mean = given.mean - at * given.model
        own = abs(float(_studentised(mean, given.model[None])[0]))
        drawn = weights * (mean - mean.mean())
        on, off = drawn[:, given.model], drawn[:, ~given.model]
        error = np.sqrt(
            on.var(axis=1, ddof=1) / on.shape[1] + off.var(axis=1, ddof=1) / off.shape[1]
        )
        moved = np.abs(on.mean(axis=1) - off.mean(axis=1)) / error
        return float((1 + np.sum(moved >= own - 1e-12)) / (len(moved) + 1))

    return test


def _end(test: Callable[[float], float], value: float, step: float, alpha: float) -> float:
    """Where the test begins to reject, seen from the estimate."""
    far = 3.0
    while test(value + far * step) > alpha and far < 200:
        far *= 2
    near, out = value, value + far * step
    for _ in range(STEPS):
        middle = (near + out) / 2
        near, out = (middle, out) if test(middle) > alpha else (near, middle)
    return out
