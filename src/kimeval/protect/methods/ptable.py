"""The perturbation table of the cell-key method (Überlagerungstabelle).

For each true count it says with what probability each number is published. Among
all tables that are unbiased, have the wanted variance and never publish the
smallest counts, the one of maximum entropy tells least about the true count.

References
----------
Marley and Leaver (2011), A method for confidentialising user-defined tables:
statistical properties and a risk-utility analysis. Proc. 58th ISI World
Statistics Congress.
Giessing (2016), Computational issues in the design of transition probabilities and
disclosure risk estimation for additive noise. Privacy in Statistical Databases.
Enderle, Giessing and Tent (2020), Calculation of risk probabilities for the cell
key method. Privacy in Statistical Databases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from scipy import optimize, special

from kimeval.core.errors import ProtectionError

CLOSE = 1e-9


@dataclass(frozen=True)
class Design:
    """What a perturbation table must hold to (Vorgaben).

    Attributes
    ----------
    deviation : int
        A published number is never further from the count (D).
    variance : float
        Of the deviation, the same for every count but 0 (V).
    forbidden : int
        1 up to this number is never published (j_s); 0 for none.
    """

    deviation: int
    variance: float
    forbidden: int

    def __post_init__(self) -> None:
        sound = self.deviation >= 1 and 0 <= self.forbidden < 2 * self.deviation
        if not sound or not 0 < self.variance < self.deviation**2:
            raise ProtectionError(
                f"A perturbation table needs a deviation of at least 1, a variance below its "
                f"square and fewer forbidden numbers than twice the deviation, got "
                f"{self.deviation}, {self.variance} and {self.forbidden}. Write Design(5, 3, 2)."
            )


def design_for(threshold: int) -> Design:
    """The design that protects counts below a threshold; for 5 the common D=5, V=3, j_s=2.

    Half of the counts below the threshold are never published, and the variance is a
    quarter above the least that every small count can have. The largest deviation is
    the threshold; above a threshold of 10 it is more, since a count of 1 that may
    only become 0 or much needs far to go for such a variance.
    """
    forbidden = (threshold - 1) // 2
    variance = math.ceil(1.25 * (forbidden + 1) ** 2 / 4)
    return Design(threshold if 1.25 * variance <= threshold else 2 * variance, variance, forbidden)


@dataclass(frozen=True, repr=False)
class PTable:
    """Probabilities of what is published (Überlagerungstabelle).

    Attributes
    ----------
    design : Design
        By which it was made.
    moves : ndarray of float, shape (counts, 2 * deviation + 1)
        Row i, column d: the probability that i is published as i + d - deviation.
        The last row holds for all larger counts too; row 0 keeps 0.
    """

    design: Design
    moves: np.ndarray = field(repr=False)

    def published(self, counts: np.ndarray, cell_keys: np.ndarray) -> np.ndarray:
        """What is published in place of counts.

        Parameters
        ----------
        counts : ndarray of float, shape (n,)
            Whole and not negative; NaN stays NaN and 0 stays 0.
        cell_keys : ndarray of float, shape (n,)
            In [0, 1); the same count with the same key gives the same number.

        Returns
        -------
        ndarray of float, shape (n,)
        """
        counts = np.asarray(counts, dtype=float)
        row = np.minimum(np.nan_to_num(counts), len(self.moves) - 1).astype(int)
        reached = self.moves.cumsum(axis=1)[row]
        reached /= reached[:, -1:]
        moved = (reached <= np.asarray(cell_keys, dtype=float)[:, None]).sum(axis=1)
        return counts + moved - self.design.deviation

    def possible(self, published: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and the largest count that each published number can stand for.

        Parameters
        ----------
        published : ndarray of float, shape (n,)
            Numbers that the table can give.

        Returns
        -------
        tuple of two ndarray of float, shape (n,)
        """
        published = np.asarray(published, dtype=float)
        distinct, place = np.unique(published, return_inverse=True)
        ends = np.array([self._ends(number) for number in distinct]).reshape(-1, 2)
        return ends[place, 0], ends[place, 1]

    def _ends(self, number: float) -> tuple[float, float]:
        reach = self.design.deviation
        counts = np.arange(max(0, number - reach), number + reach + 1)
        rows = np.minimum(counts, len(self.moves) - 1).astype(int)
        able = counts[self.moves[rows, (number - counts + reach).astype(int)] > 0]
        if not len(able):
            raise ProtectionError(
                "A published number must be one that the perturbation table can give, found one "
                "that it cannot. Protect the results again."
            )
        return float(able[0]), float(able[-1])


@cache
def ptable(design: Design) -> PTable:
    """The perturbation table of a design.

    Raises
    ------
    ProtectionError
        If no table is unbiased with this variance.
    """
    reach, forbidden = design.deviation, design.forbidden
    moves = np.zeros((reach + forbidden + 2, 2 * reach + 1))
    moves[0, reach] = 1.0
    steps = np.arange(-reach, reach + 1)
    for count in range(1, len(moves)):
        able = (count + steps == 0) | (count + steps > forbidden)
        moves[count, able] = _most_open(steps[able].astype(float), design.variance)
    moves.setflags(write=False)
    return PTable(design, moves)


def _most_open(steps: np.ndarray, variance: float) -> np.ndarray:
    """The distribution over steps of largest entropy with mean 0 and a given variance.

    It has the form exp(a d + b d^2); a and b minimise the dual, which is convex.
    """
    scale = np.abs(steps).max() ** 2
    moments = np.stack([steps, steps**2 - variance]) / scale
    bell = np.array([0.0, -scale / (2 * variance)])

    def dual(factors: np.ndarray) -> float:
        return float(special.logsumexp(factors @ moments))

    def slope(factors: np.ndarray) -> np.ndarray:
        return moments @ special.softmax(factors @ moments)

    def curve(factors: np.ndarray) -> np.ndarray:
        chance = special.softmax(factors @ moments)
        mean = moments @ chance
        return (moments * chance) @ moments.T - np.outer(mean, mean)

    near = optimize.minimize(dual, bell, jac=slope, hess=curve, method="trust-exact")
    found = optimize.least_squares(
        slope, near.x, curve, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    chance = special.softmax(found.x @ moments)
    if abs(chance @ steps) > CLOSE or abs(chance @ steps**2 - variance) > CLOSE:
        raise ProtectionError(
            f"A perturbation table must be unbiased with the wanted variance, found none with "
            f"{variance}. Allow a larger variance, or forbid fewer small numbers."
        )
    return chance
