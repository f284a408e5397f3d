"""How much more areas differ than chance alone explains (Überstreuung)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats

LEAST_AREAS = 10
TRIM = 0.1
EFFICIENCY = 0.7


@dataclass(frozen=True)
class Dispersion:
    """Spread between areas beyond chance (Überstreuung).

    Attributes
    ----------
    phi : float
        Variance of the scores; 1 is chance alone. NaN with fewer than 10 areas.
    tau : float
        Standard deviation between areas on the scale of the distances (`funnel` says
        which); 0 where they spread no more than chance gives.
    areas : int
        How many were known.
    """

    phi: float
    tau: float
    areas: int

    @property
    def found(self) -> bool:
        """Whether areas differ more than chance gives on average."""
        return self.tau > 0

    @property
    def freedom(self) -> float:
        """Degrees of freedom that the drawn-in spread of so many areas has.

        As an estimate of a variance it is worth 0.7 of the plain one (simulated for 10
        to 200 areas: 0.72 to 0.76).
        """
        return EFFICIENCY * (self.areas - 1)


def dispersion(distance: Floats, error: Floats, trim: float = TRIM) -> Dispersion:
    """Overdispersion from winsorised scores (Überstreuung aus gestutzten z-Werten).

    The most extreme tenth on each side is drawn in, lest the areas that ought to be
    flagged widen the limits. That alone makes the variance too small (0.68 for
    normal scores with a tenth); it is divided by what normal scores would give. The
    spread tau is the one at which the drawn-in scores vary as chance would have it.

    Parameters
    ----------
    distance, error : ndarray of float, shape (n,)
        Distance of each area from the target, and its standard error. NaN is left out.
    trim : float
        Share drawn in on each side, from 0 to below 0.5.

    Returns
    -------
    Dispersion

    References
    ----------
    Spiegelhalter (2005), Qual. Saf. Health Care 14, 347-351; the same (2005), Stat.
    Med. 24, 1185-1202; for tau, Paule and Mandel (1982), J. Res. Natl. Bur. Stand. 87,
    377-385: the moments of DerSimonian and Laird come out too small where areas of
    very different size are drawn in.
    """
    if not 0 <= trim < 0.5:
        raise DataError(f"A share drawn in on each side lies from 0 to below 0.5, got {trim}.")
    known = ~np.isnan(distance)
    distance, error = distance[known], error[known]
    areas = len(distance)
    if areas < LEAST_AREAS:
        return Dispersion(np.nan, 0.0, areas)
    part = _normal_part(trim)

    def beyond(tau: float) -> float:
        z = distance / np.sqrt(error**2 + tau**2)
        drawn = np.clip(z, *np.quantile(z, [trim, 1 - trim]))
        return float(np.sum(drawn**2) / part - (areas - 1))

    none = beyond(0.0)
    phi = (none + areas - 1) / areas
    if none <= 0:
        return Dispersion(phi, 0.0, areas)
    most = 10 * float(np.abs(distance).max())
    return Dispersion(phi, float(optimize.brentq(beyond, 0.0, most)), areas)


def _normal_part(trim: float) -> float:
    """Variance that is left of a standard normal variable when both tails are drawn in."""
    if trim == 0:
        return 1.0
    edge = stats.norm.isf(trim)
    return 1 - 2 * trim - 2 * edge * stats.norm.pdf(edge) + 2 * trim * edge**2
