"""How strong something unseen would have to be (E-Wert)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kimeval.core.errors import DataError


@dataclass(frozen=True)
class EValue:
    """Least risk ratio of something unseen with treatment and outcome (E-Wert).

    Attributes
    ----------
    value : float
        That would explain the estimate away.
    bound : float
        That would move the interval to no effect; 1 where it holds it already.
    """

    value: float
    bound: float


def e_value(ratio: float, lower: float = np.nan, upper: float = np.nan) -> EValue:
    """E-value of a risk ratio and of the bound nearest to 1 (E-Wert).

    Parameters
    ----------
    ratio, lower, upper : float
        Above 0.

    References
    ----------
    VanderWeele and Ding (2017), Ann. Intern. Med. 167, 268-274.
    """
    if not ratio > 0 or lower <= 0 or upper <= 0:
        raise DataError("An E-value is made from a risk ratio above zero, got another.")
    if lower > ratio or upper < ratio:
        raise DataError("An interval holds its estimate, this one does not. Exchange the bounds?")
    near = lower if ratio > 1 else upper
    crossed = np.isnan(near) or (near <= 1 if ratio > 1 else near >= 1)
    return EValue(_e(ratio), 1.0 if crossed else _e(near))


def e_value_of_odds(odds: float, rare: bool = False) -> EValue:
    """E-value of an odds ratio; of a common outcome its square root stands for the ratio."""
    if not odds > 0:
        raise DataError("An odds ratio lies above zero, got another.")
    return e_value(odds if rare else float(np.sqrt(odds)))


def _e(ratio: float) -> float:
    above = ratio if ratio >= 1 else 1 / ratio
    return float(above + np.sqrt(above * (above - 1)))
