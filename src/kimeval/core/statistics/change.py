"""Change from one quarter to another (Veränderung zwischen zwei Quartalen)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kimeval.core.errors import DataError
from kimeval.core.intervals import byar_interval, wilson_interval
from kimeval.core.statistics.checks import SIDES, Floats, Sources, counts, parts, quantile
from kimeval.core.statistics.estimate import NO_BASE, NO_REFERENCE, Estimate, estimate
from kimeval.core.statistics.mover import difference_bounds, ratio_bounds


def count_change(
    before: ArrayLike, after: ArrayLike, *, both: ArrayLike = 0, level: float = 0.95
) -> Estimate:
    """Change of a count (Veränderung einer Anzahl).

    Parameters
    ----------
    before, after : array of float, shape (n,)
        Persons, cases or events of two quarters, as draws from what might have been.
    both : array of float, shape (n,)
        Counted in both quarters, such as cases that went on. They cancel out: only
        those who came and those who went make the change uncertain.
    level : float
        Coverage of the interval.

    Returns
    -------
    Estimate
        After minus before.

    Raises
    ------
    DataError
        If more are in both than in one of the quarters.

    References
    ----------
    Zou and Donner (2008), Stat. Med. 27, 1693-1702; Li, Tang, Poon and Tang
    (2011), Commun. Stat. Simul. Comput. 40, 1478-1493, for differences of counts.
    """
    before, after, both = _overlapping(before, after, both)
    missing = np.isnan(before) | np.isnan(after) | np.isnan(both)
    came, went = (np.where(missing, 0, side - both) for side in (after, before))
    bounds = difference_bounds(
        came, _score_interval(came, level), went, _score_interval(went, level)
    )
    return estimate(came - went, bounds, level, "MOVER, Score", {NO_BASE: missing})


def count_ratio(
    before: ArrayLike, after: ArrayLike, *, both: ArrayLike = 0, level: float = 0.95
) -> Estimate:
    """Ratio of a count to that of an earlier quarter (Verhältnis zweier Anzahlen).

    Parameters
    ----------
    before, after, both, level
        As in `count_change`.

    Returns
    -------
    Estimate
        After over before; refused where there was none before.

    References
    ----------
    Zou and Donner (2008), Stat. Med. 27, 1693-1702, with Byar's bounds.
    """
    before, after, both = _overlapping(before, after, both)
    missing = np.isnan(before) | np.isnan(after) | np.isnan(both)
    none = ~missing & (before == 0)
    known = ~(missing | none)
    first, second = np.where(known, after, 0), np.where(known, before, 1)
    common = np.where(known, both, 0) / np.sqrt(np.where(first > 0, first, 1) * second)
    bounds = ratio_bounds(
        first, byar_interval(first, level), second, byar_interval(second, level), common
    )
    refusals = {NO_BASE: missing, NO_REFERENCE: none}
    return estimate(first / second, bounds, level, "MOVER, Byar", refusals)


def share_change(
    before: tuple[ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike],
    *,
    both: tuple[ArrayLike, ArrayLike] = (0, 0),
    level: float = 0.95,
    sources: Sources = SIDES,
) -> Estimate:
    """Change of a share (Veränderung eines Anteils).

    Parameters
    ----------
    before, after : pair of array of float, shape (n,)
        Persons with the trait and all persons, of each quarter.
    both : pair of array of float, shape (n,)
        With the trait in both quarters, and belonging to both: those who make the
        two shares hang together. None by default.
    level : float
        Coverage of the interval.
    sources : tuple of str
        What hits and totals were read from, for the error.

    Returns
    -------
    Estimate
        Share after minus share before; refused where a quarter has nobody.

    References
    ----------
    Newcombe (1998), Stat. Med. 17, 2635-2650, method 10, for a whole overlap; Zou and
    Donner (2008), Stat. Med. 27, 1693-1702, for a part.
    """
    first, first_total, second, second_total, kept, kept_total, missing = _quarters(
        before, after, both, sources
    )
    old, new = first / first_total, second / second_total
    more = kept - kept_total * old * new
    together = np.where(more > 0, np.maximum(more - 0.5, 0), more) / (first_total * second_total)
    apart = np.sqrt(old * (1 - old) / first_total * new * (1 - new) / second_total)
    correlation = np.clip(
        np.divide(together, apart, out=np.zeros_like(apart), where=apart > 0), -1, 1
    )
    bounds = difference_bounds(
        new,
        wilson_interval(second, second_total, level),
        old,
        wilson_interval(first, first_total, level),
        correlation,
    )
    return estimate(new - old, bounds, level, "Newcombe", {NO_BASE: missing})


def _score_interval(count: Floats, level: float) -> Floats:
    """Score bounds of a Poisson count; closer to the level than exact ones for few."""
    z = quantile(level)
    middle, reach = count + z**2 / 2, z * np.sqrt(count + z**2 / 4)
    return np.stack([middle - reach, middle + reach], axis=-1)


def _overlapping(before: ArrayLike, after: ArrayLike, both: ArrayLike) -> list[Floats]:
    sides = [
        np.array(side)
        for side in np.broadcast_arrays(*(counts(side) for side in (before, after, both)))
    ]
    above = int(np.sum(sides[2] > np.minimum(sides[0], sides[1])))
    if above:
        raise DataError(
            f"Those in both quarters are a part of each, got {above} of {sides[0].size} rows with "
            f"more. Was the overlap counted in the same units?"
        )
    return sides


def _quarters(
    before: tuple[ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike],
    both: tuple[ArrayLike, ArrayLike],
    sources: Sources,
) -> list[np.ndarray]:
    pairs = [parts(*pair, sources) for pair in (before, after, both)]
    hits, totals = ([pair[side] for pair in pairs] for side in (0, 1))
    for sides in (hits, totals):
        _overlapping(*sides)
    sides = [side for pair in pairs for side in pair]
    sides = [np.array(side) for side in np.broadcast_arrays(*sides)]
    missing = np.isnan(sides).any(axis=0) | (sides[1] == 0) | (sides[3] == 0)
    for side, filler in zip(sides, (0, 1, 0, 1, 0, 0), strict=True):
        side[missing] = filler
    return [*sides, missing]
