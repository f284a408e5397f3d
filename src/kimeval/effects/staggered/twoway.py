"""What the plain two-way regression would have compared (Zwei-Wege-Schätzer als Warnung).

Where effects grow over time, areas that already have the programme are bad company for those
that begin. The regression uses them all the same, some with negative weight.

References: Goodman-Bacon (2021), J. Econometrics 225, 254-277; de Chaisemartin and
D'Haultfoeuille (2020), Am. Econ. Rev. 110, 2964-2996.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from kimeval.core.statistics.checks import Floats
from kimeval.effects.staggered.panels import Panel

UNTREATED, EARLY_FIRST, LATE_SECOND = "untreated", "earlier_by_later", "later_by_earlier"


@dataclass(frozen=True)
class Comparison:
    """Two starts that the regression compares (Zweiervergleich).

    Attributes
    ----------
    kind : str
        `untreated`: with areas that never start; `earlier_by_later`: with those that
        have not started yet; `later_by_earlier`: with those that have, which misleads
        where effects change over time.
    begins, beside : float
        Start of those that change, and of those that do not.
    weight, value : float
        The regression is the sum of weight times value.
    """

    kind: str
    begins: float
    beside: float
    weight: float
    value: float


@dataclass(frozen=True, repr=False)
class TwoWay:
    """The plain regression and what it is made of (Zwei-Wege-Schätzer).

    Attributes
    ----------
    value : float
        Its coefficient.
    comparisons : tuple of Comparison
    misleading : float
        Weight of comparisons with areas that already have the programme.
    negative : float
        Share of cells with the programme that count with negative weight.
    negative_sum : float
        Sum of the negative weights, where all sum to 1.
    """

    value: float
    comparisons: tuple[Comparison, ...] = field(repr=False)
    misleading: float = 0.0
    negative: float = 0.0
    negative_sum: float = 0.0


def two_way(panel: Panel) -> TwoWay:
    """The plain two-way regression of a panel, taken apart (Zerlegung).

    Areas weigh alike; covariates are not used.
    """
    time = np.arange(len(panel.periods))
    treated = (time[None] >= panel.start[:, None]).astype(float)
    rest = _without_means(treated)
    value = float((rest * panel.outcome).sum() / (rest**2).sum())
    own = treated > 0
    weights = rest[own] / rest[own].sum()
    parts = _comparisons(panel)
    misleading = sum(part.weight for part in parts if part.kind == LATE_SECOND)
    low = weights < 0
    return TwoWay(value, parts, misleading, float(low.mean()), float(weights[low].sum()))


def _without_means(values: Floats) -> Floats:
    rows, columns = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    return values - rows - columns + values.mean()


def _comparisons(panel: Panel) -> tuple[Comparison, ...]:
    length = len(panel.periods)
    starts = np.unique(panel.start)
    share = {s: float(np.mean(panel.start == s)) for s in starts}
    on = {s: float(np.mean(np.arange(length) >= s)) for s in starts}
    mean = {s: panel.outcome[panel.start == s].mean(axis=0) for s in starts}
    time = np.arange(length)
    parts: list[Comparison] = []
    for early, late in combinations(map(float, starts), 2):
        both = share[early] + share[late]
        mix = share[early] / both * (1 - share[early] / both)
        first, second = on[early], on[late]
        before, middle, after = time < early, (time >= early) & (time < late), time >= late
        gap = mean[early] - mean[late]
        jump = gap[middle].mean() - gap[before].mean()
        if np.isinf(late):
            weight = both**2 * mix * first * (1 - first)
            parts.append(Comparison(UNTREATED, early, late, weight, float(jump)))
            continue
        weight = both**2 * mix * (first - second) * (1 - first)
        parts.append(Comparison(EARLY_FIRST, early, late, weight, float(jump)))
        weight = both**2 * mix * second * (first - second)
        fall = gap[middle].mean() - gap[after].mean()
        parts.append(Comparison(LATE_SECOND, late, early, weight, float(fall)))
    total = sum(part.weight for part in parts)
    return tuple(Comparison(p.kind, p.begins, p.beside, p.weight / total, p.value) for p in parts)
