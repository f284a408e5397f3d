"""How much more areas differ than chance alone explains (Überstreuung)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats

LEAST_AREAS = 10
TRIM = 0.1


@dataclass(frozen=True)
class Dispersion:
    """Spread between areas beyond chance (Überstreuung).

    Attributes
    ----------
    phi : float
        Variance of the z-scores; 1 is chance alone. NaN with fewer than 10 areas.
    tau : float
        Standard deviation between areas on the scale of the z-scores' numerator
        (`funnel` says which); 0 where phi does not exceed what chance gives.
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


def dispersion(z: Floats, error: Floats, trim: float = TRIM) -> Dispersion:
    """Overdispersion from winsorised z-scores (Überstreuung aus gestutzten z-Werten).

    The most extreme tenth on each side is drawn in, lest the areas that ought to be
    flagged widen the limits. That alone makes the variance too small (0.68 for
    normal scores with a tenth); it is divided by what normal scores would give.

    Parameters
    ----------
    z : ndarray of float, shape (n,)
        Scores, standard normal without differences; NaN is left out.
    error : ndarray of float, shape (n,)
        Standard error behind each score.
    trim : float
        Share drawn in on each side, from 0 to below 0.5.

    Returns
    -------
    Dispersion

    References
    ----------
    Spiegelhalter (2005), Qual. Saf. Health Care 14, 347-351; the same (2005), Stat.
    Med. 24, 1185-1202; DerSimonian and Laird (1986), Control. Clin. Trials 7, 177-188.
    """
    if not 0 <= trim < 0.5:
        raise DataError(f"A share drawn in on each side lies from 0 to below 0.5, got {trim}.")
    known = ~np.isnan(z)
    z, weight = z[known], 1 / error[known] ** 2
    areas = len(z)
    if areas < LEAST_AREAS:
        return Dispersion(np.nan, 0.0, areas)
    drawn = np.clip(z, *np.quantile(z, [trim, 1 - trim]))
    phi = float(np.mean(drawn**2) / _normal_part(trim))
    beyond = areas * phi - (areas - 1)
    freedom = weight.sum() - (weight**2).sum() / weight.sum()
    return Dispersion(phi, float(np.sqrt(max(beyond / freedom, 0.0))), areas)


def _normal_part(trim: float) -> float:
    """Variance that is left of a standard normal variable when both tails are drawn in."""
    if trim == 0:
        return 1.0
    edge = stats.norm.isf(trim)
    return 1 - 2 * trim - 2 * edge * stats.norm.pdf(edge) + 2 * trim * edge**2
