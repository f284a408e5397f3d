"""How areas may differ: gamma over Poisson, beta over binomial (Verteilungen der Gebiete)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from kimeval.core.statistics.checks import Floats
from kimeval.core.statistics.mixture import Grid


class Between(Protocol):
    """A distribution of the true values of areas, with counts seen in each."""

    @property
    def most(self) -> float:
        """Largest spread that is tried."""
        ...

    def likelihood(self, spread: Floats, mean: Floats) -> Floats:
        """Logarithm of the likelihood of spreads and means, shape (nodes,)."""
        ...

    def centre(self, spread: Floats) -> tuple[Floats, Floats]:
        """Likeliest mean and its standard error at each spread."""
        ...

    def after(self, nodes: Grid) -> After:
        """What is likely of each area at each node."""
        ...


class After(Protocol):
    """Distributions of the true values after seeing the counts, shape (nodes, n)."""

    @property
    def mean(self) -> Floats:
        """Mean of each."""
        ...

    @property
    def own(self) -> Floats:
        """Weight of the area's own value in the mean."""
        ...

    @property
    def centre(self) -> Floats:
        """Mean between areas, shape (nodes,)."""
        ...

    @property
    def spread(self) -> Floats:
        """Standard deviation between areas, shape (nodes,)."""
        ...

    def below(self, value: Floats) -> Floats:
        """Probability of lying below a value."""
        ...

    def ends(self, p: float) -> tuple[Floats, Floats]:
        """Values of each area between which lies the quantile p of any mixture."""
        ...


@dataclass(frozen=True)
class GammaPoisson:
    """Events over a base; the spread is the coefficient of variation between areas."""

    count: Floats
    size: Floats
    most: float = 2.0

    def likelihood(self, spread: Floats, mean: Floats) -> Floats:
        """Negative binomial likelihood."""
        shape = (1 / spread**2)[:, None]
        share = special.expit(mean[:, None] + np.log(self.size) - np.log(shape))
        terms = special.gammaln(self.count + shape) - special.gammaln(shape)
        terms = terms + self.count * np.log(share) + shape * np.log1p(-share)
        return terms.sum(axis=1)

    def centre(self, spread: Floats) -> tuple[Floats, Floats]:
        """On the scale of logarithms."""
        pooled = self.count.sum() / self.size.sum()
        weight = 1 / (1 / (pooled * self.size) + spread[:, None] ** 2)
        mean = (weight * self.count / self.size).sum(axis=1) / weight.sum(axis=1)
        return np.log(np.maximum(mean, pooled / 100)), 1 / np.sqrt(weight.sum(axis=1))

    def after(self, nodes: Grid) -> GammaAfter:
        """Gamma distributions."""
        mean = np.exp(nodes.mean)
        shape = 1 / nodes.spread**2
        return GammaAfter(
            shape[:, None] + self.count,
            (shape / mean)[:, None] + self.size,
            self.size,
            mean,
            mean * nodes.spread,
        )


@dataclass(frozen=True)
class GammaAfter:
    """Gamma distributions of shape (nodes, n)."""

    shape: Floats
    rate: Floats
    size: Floats
    centre: Floats
    spread: Floats

    @property
    def mean(self) -> Floats:
        """Mean of each."""
        return self.shape / self.rate

    @property
    def own(self) -> Floats:
        """Weight of the area's own ratio in the mean."""
        return self.size / self.rate

    def below(self, value: Floats) -> Floats:
        """Probability of lying below a value."""
        return special.gammainc(self.shape, value * self.rate)

    def ends(self, p: float) -> tuple[Floats, Floats]:
        """Least and largest of the quantiles at all nodes."""
        found = special.gammaincinv(self.shape, p) / self.rate
        return found.min(axis=0), found.max(axis=0)


@dataclass(frozen=True)
class BetaBinomial:
    """Hits among persons; the spread is the root of the correlation within areas."""

    count: Floats
    size: Floats
    most: float = 0.95

    def likelihood(self, spread: Floats, mean: Floats) -> Floats:
        """Beta-binomial likelihood."""
        one, other = self._shapes(spread, mean)
        after = special.betaln(self.count + one, self.size - self.count + other)
        return (after - special.betaln(one, other)).sum(axis=1)

    def centre(self, spread: Floats) -> tuple[Floats, Floats]:
        """On the scale of log odds."""
        pooled = (self.count.sum() + 0.5) / (self.size.sum() + 1)
        within = spread[:, None] ** 2
        weight = 1 / (within + (1 - within) / self.size)
        mean = (weight * self.count / self.size).sum(axis=1) / weight.sum(axis=1)
        edge = min(pooled, 1 - pooled) / 100
        mean = np.clip(mean, edge, 1 - edge)
        return special.logit(mean), 1 / np.sqrt(mean * (1 - mean) * weight.sum(axis=1))

    def after(self, nodes: Grid) -> BetaAfter:
        """Beta distributions."""
        one, other = self._shapes(nodes.spread, nodes.mean)
        mean = special.expit(nodes.mean)
        spread = nodes.spread * np.sqrt(mean * (1 - mean))
        one, other = one + self.count, other + self.size - self.count
        return BetaAfter(one, other, self.size, mean, spread)

    @staticmethod
    def _shapes(spread: Floats, mean: Floats) -> tuple[Floats, Floats]:
        whole = 1 / spread**2 - 1
        one = whole * special.expit(mean)
        return one[:, None], (whole * special.expit(-mean))[:, None]


@dataclass(frozen=True)
class BetaAfter:
    """Beta distributions of shape (nodes, n)."""

    one: Floats
    other: Floats
    size: Floats
    centre: Floats
    spread: Floats

    @property
    def mean(self) -> Floats:
        """Mean of each."""
        return self.one / (self.one + self.other)

    @property
    def own(self) -> Floats:
        """Weight of the area's own share in the mean."""
        return self.size / (self.one + self.other)

    def below(self, value: Floats) -> Floats:
        """Probability of lying below a value."""
        return special.betainc(self.one, self.other, value)

    def ends(self, p: float) -> tuple[Floats, Floats]:
        """0 and 1: the inverse fails for distributions that lie all at an end."""
        return np.zeros(len(self.size)), np.ones(len(self.size))
