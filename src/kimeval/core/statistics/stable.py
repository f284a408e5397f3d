"""Scales on which chance has the same variance everywhere (varianzstabile Skalen)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kimeval.core.statistics.checks import Floats


@dataclass(frozen=True)
class Stable:
    """Distances of areas from a target (Abstände vom Zielwert).

    Attributes
    ----------
    distance : ndarray of float, shape (n,)
        On the stable scale; NaN where there is no size.
    error : ndarray of float, shape (n,)
        Its standard error by chance alone. Distance over error is close to normal.
    back : callable
        Takes distances from the target on the stable scale, shape (n, m), to values.
    """

    distance: Floats
    error: Floats
    back: Callable[[Floats], Floats]


def stable_share(hits: Floats, total: Floats, target: float) -> Stable:
    """Distances of shares on the scale of arcsin(sqrt(share)).

    References
    ----------
    Anscombe (1948), Biometrika 35, 246-254.
    """
    size = np.where(total > 0, total, np.nan)
    error = 0.5 / np.sqrt(size + 0.5)
    centre = np.arcsin(np.sqrt((size * target + 0.125) / (size + 0.25)))
    angle = np.arcsin(np.sqrt((hits + 0.375) / (size + 0.75)))

    def back(distance: Floats) -> Floats:
        turned = np.sin(np.clip(centre[:, None] + distance, 0, np.pi / 2)) ** 2
        count = turned * (size + 0.75)[:, None] - 0.375
        return np.clip(count / size[:, None], 0, 1)

    return Stable(angle - centre, error, back)


def stable_ratio(observed: Floats, expected: Floats, target: float) -> Stable:
    """Distances of ratios on the scale of sqrt(ratio).

    References
    ----------
    Anscombe (1948), Biometrika 35, 246-254.
    """
    size = np.where(expected > 0, expected, np.nan)
    error = 0.5 / np.sqrt(size)
    centre = np.sqrt((size * target + 0.125) / size)
    root = np.sqrt((observed + 0.375) / size)

    def back(distance: Floats) -> Floats:
        turned = np.maximum(centre[:, None] + distance, 0) ** 2
        return np.maximum(turned - 0.375 / size[:, None], 0)

    return Stable(root - centre, error, back)
