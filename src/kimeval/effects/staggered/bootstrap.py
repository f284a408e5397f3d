"""Errors and bands from random weights on areas or clusters (Multiplikator-Bootstrap)."""

from __future__ import annotations

import numpy as np
from scipy import stats

from kimeval.effects.refusals import require
from kimeval.effects.staggered.aggregate import Combined
from kimeval.effects.staggered.inference import MANY, Bands

DRAWS = 2_000
GOLDEN = (1 + np.sqrt(5)) / 2


def bootstrapped(found: Combined, level: float = 0.95, draws: int = DRAWS, seed: int = 8) -> Bands:
    """Intervals and bands from the influence functions with random weights (Bootstrap).

    Made for many areas; for few there is `bands` with the spread of few.

    Parameters
    ----------
    found : Combined
    level : float
    draws, seed : int
        Weights of Mammen, one per cluster of the panel.

    Returns
    -------
    Bands
        Standard errors from the middle half of the draws.

    Raises
    ------
    DesignRefused
        Below a hundred areas or clusters, where it claims too much.

    References
    ----------
    Callaway and Sant'Anna (2021), section 4; Mammen (1993), Ann. Stat. 21, 255-285.
    """
    panel = found.source.panel
    clusters = panel.clusters.max() + 1
    require(
        clusters >= MANY,
        f"Nur {clusters} Gebiete oder Klumpen: Der Bootstrap gäbe zu enge Intervalle.",
        f"mindestens {MANY}; oder die Streuung für wenige Gebiete.",
    )
    sums = np.zeros((clusters, found.influence.shape[1]))
    np.add.at(sums, panel.clusters, found.influence)
    chance = np.random.default_rng(seed)
    high = chance.random((draws, clusters)) < 1 - GOLDEN / np.sqrt(5)
    weights = np.where(high, GOLDEN, 1 - GOLDEN)
    moved = weights @ sums / panel.size
    middle = np.quantile(moved, 0.75, axis=0) - np.quantile(moved, 0.25, axis=0)
    error = middle / (stats.norm.ppf(0.75) - stats.norm.ppf(0.25))
    alone = stats.norm.ppf(0.5 + level / 2) * error
    wide = np.quantile(np.abs(moved / error).max(axis=1), level) * error
    v = found.value
    p = 2 * stats.norm.sf(np.abs(v) / error)
    return Bands(v, error, v - alone, v + alone, p, v - wide, v + wide, level)
