"""Interval of a difference or ratio from the intervals of its parts (MOVER)."""

from __future__ import annotations

import numpy as np

from kimeval.core.statistics.checks import Floats


def difference_bounds(
    first: Floats,
    first_bounds: Floats,
    second: Floats,
    second_bounds: Floats,
    correlation: Floats | float = 0.0,
) -> Floats:
    """Bounds of first minus second (Intervall einer Differenz).

    Each side of the interval recovers the variance that the parts have at the bound
    nearest to it, so that a skewed interval stays skewed.

    Parameters
    ----------
    first, second : ndarray of float, shape (n,)
    first_bounds, second_bounds : ndarray of float, shape (n, 2)
        Of the same level.
    correlation : float or ndarray of float, shape (n,)
        Between both estimates; 0 for independent ones.

    Returns
    -------
    ndarray of float, shape (n, 2)

    References
    ----------
    Newcombe (1998), Stat. Med. 17, 873-890 and 2635-2650; Zou and Donner (2008), Stat.
    Med. 27, 1693-1702.
    """
    down = _joined(first - first_bounds[:, 0], second_bounds[:, 1] - second, correlation)
    up = _joined(first_bounds[:, 1] - first, second - second_bounds[:, 0], correlation)
    gap = first - second
    return np.stack([gap - down, gap + up], axis=-1)


def ratio_bounds(
    first: Floats,
    first_bounds: Floats,
    second: Floats,
    second_bounds: Floats,
    correlation: Floats | float = 0.0,
) -> Floats:
    """Bounds of first over second, by their logarithms (Intervall eines Verhältnisses).

    Parameters
    ----------
    first, second, first_bounds, second_bounds, correlation
        As in `difference_bounds`; second above 0. A first of 0 has a lower bound of
        0, and the worst of both as its upper bound.

    Returns
    -------
    ndarray of float, shape (n, 2)

    References
    ----------
    Zou and Donner (2008), Stat. Med. 27, 1693-1702.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (np.log(first), np.log(first_bounds)), (np.log(second), np.log(second_bounds))
        bounds = np.exp(difference_bounds(*one, *other, correlation))
        worst = first_bounds[:, 1] / second_bounds[:, 0]
    none = first == 0
    bounds[none] = np.stack([np.zeros(none.sum()), worst[none]], axis=-1)
    return bounds


def _joined(one: Floats, other: Floats, correlation: Floats | float) -> Floats:
    return np.sqrt(np.maximum(one**2 + other**2 - 2 * correlation * one * other, 0.0))
