"""What is likely about the areas as a whole, as a grid with weights (Gitter der Hyperparameter)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kimeval.core.statistics.checks import Floats

COARSE = 80
FINE = 20
STEPS = np.linspace(-3, 3, 7)
UNLIKELY = 12.0
HALVINGS = 30
NEGLIGIBLE = 1e-4

LogLikelihood = Callable[[Floats, Floats], Floats]
Centre = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Grid:
    """Possible spreads between areas and means of them, with what speaks for each.

    Attributes
    ----------
    spread, mean, weight : ndarray of float, shape (nodes,)
        The weights add up to 1.
    """

    spread: Floats
    mean: Floats
    weight: Floats


def grid(likelihood: LogLikelihood, centre: Centre, most: float) -> Grid:
    """Grid over the region where the likelihood is not negligible.

    Parameters
    ----------
    likelihood : callable
        Logarithm of the likelihood of spreads and means, both of shape (nodes,); the
        mean is on a scale without bounds.
    centre : callable
        Likeliest mean and its standard error at each spread, on that scale.
    most : float
        Largest spread that is tried; all up to it are taken for equally likely
        before the data are seen, as are all means.
    """
    coarse = most * np.linspace(0.002, 1, COARSE) ** 2
    found = likelihood(coarse, centre(coarse)[0])
    likely = coarse[found > found.max() - UNLIKELY]
    beside = (most * 0.002**2, most)
    low = max(coarse[coarse < likely[0]], default=beside[0])
    high = min(coarse[coarse > likely[-1]], default=beside[1])
    spread = low + (high - low) * (np.arange(FINE) + 0.5) / FINE
    middle, error = centre(spread)
    means = middle[:, None] + error[:, None] * STEPS
    spreads = np.broadcast_to(spread[:, None], means.shape)
    log = likelihood(spreads.ravel(), means.ravel()) + np.log(np.repeat(error, len(STEPS)))
    weight = np.exp(log - log.max())
    kept = weight > NEGLIGIBLE * weight.max()
    weight = weight[kept] / weight[kept].sum()
    return Grid(spreads.ravel()[kept], means.ravel()[kept], weight)


def mixture_quantile(
    below: Callable[[Floats], Floats], low: Floats, high: Floats, p: float
) -> Floats:
    """Quantile of a mixture by halving.

    Parameters
    ----------
    below : callable
        Probability of lying below each of the values, shape (n,) to (n,); rising.
    low, high : ndarray of float, shape (n,)
        Values that enclose the quantile.
    p : float
    """
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        left = below(middle) < p
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return (low + high) / 2
