"""Areas by quarter with the start of the programme in each (Gebiete im Zeitverlauf)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats
from kimeval.effects.refusals import require

NEVER = np.inf
MANY = (
    "mehrere Gebiete mit verschiedenem Beginn und solche ohne Programm, jeweils mit mindestens "
    "zwei Zeitpunkten davor."
)


@dataclass(frozen=True, repr=False)
class Panel:
    """Areas by period, each with a known start (Panel).

    Attributes
    ----------
    outcome : ndarray of float, shape (areas, periods)
        Without gaps.
    start : ndarray of float, shape (areas,)
        Position of the first period with the programme; `NEVER` where it does not
        begin within the periods. At least 1.
    periods : tuple of str, length periods
        Names, oldest first, equally spaced.
    weights : ndarray of float, shape (areas,)
        Positive, mean 1.
    covariates : ndarray of float, shape (areas, columns)
        Fixed over time; no columns by default.
    clusters : ndarray of int, shape (areas,)
        Which areas are drawn together; each its own by default.
    left_out : dict of str to int
        Areas that are not in, by German reason.
    """

    outcome: Floats = field(repr=False)
    start: Floats = field(repr=False)
    periods: tuple[str, ...]
    weights: Floats = field(repr=False)
    covariates: Floats = field(repr=False)
    clusters: NDArray[np.int64] = field(repr=False)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def cohorts(self) -> list[float]:
        """Starts that occur, the earliest first, without those who never start."""
        return sorted({float(s) for s in self.start if np.isfinite(s)})

    @property
    def size(self) -> int:
        """Number of areas."""
        return len(self.start)

    def __repr__(self) -> str:
        return f"Panel({self.size} areas, {len(self.periods)} periods; values are not shown)"


def panel(
    outcome: ArrayLike,
    start: ArrayLike,
    periods: Sequence[str] | None = None,
    weights: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
) -> Panel:
    """A panel that a comparison of staggered starts can be made of.

    Parameters
    ----------
    outcome : array of float, shape (areas, periods)
        NaN where hidden or unknown; such an area is left out.
    start : array of float, shape (areas,)
        Position of the first period with the programme, `NEVER` where it never began,
        NaN where it is not known: unknown is not untreated, such an area is left out.
        An area that had the programme in the first period shows no change and is left out.
    periods, weights, covariates, clusters
        As in `Panel`.

    Returns
    -------
    Panel

    Raises
    ------
    DesignRefused
        One area only; all treated from the first period on; none treated; no untreated
        area for any start; fewer than two periods before every start.
    DataError
        If shapes do not fit or a weight is not positive.
    """
    y = np.asarray(outcome, dtype=float)
    begun = np.asarray(start, dtype=float)
    _require_shapes(y, begun)
    size, length = y.shape
    names = tuple(periods) if periods is not None else tuple(str(n) for n in range(length))
    w = np.ones(size) if weights is None else np.asarray(weights, dtype=float)
    x = np.zeros((size, 0)) if covariates is None else np.asarray(covariates, dtype=float)
    x = x.reshape(size, -1)
    groups = np.arange(size) if clusters is None else np.asarray(clusters)
    if len(names) != length or w.shape != (size,) or groups.shape != (size,):
        raise DataError(
            "A panel has a name per period and a weight and a cluster per area, got "
            f"{len(names)}, {w.size} and {groups.size} for {length} periods and {size} areas."
        )
    if np.any(~(w > 0)):
        raise DataError(f"A weight is above zero, {int(np.sum(~(w > 0)))} are not.")
    begun = np.where(begun >= length, NEVER, begun)
    unknown, gap = np.isnan(begun), np.isnan(y).any(axis=1) | np.isnan(x).any(axis=1)
    always = begun < 1
    lacking = {
        "Beginn nicht bekannt": unknown,
        "Werte fehlen oder sind gesperrt": gap & ~unknown,
        "von Anfang an im Programm": always & ~gap & ~unknown,
    }
    kept = ~(unknown | gap | always)
    require(size > 1, "Nur ein Gebiet: Es gibt nichts, womit es verglichen werden könnte.", MANY)
    require(
        not (always | unknown)[~gap].all() or gap.all(),
        "Alle Gebiete hatten das Programm von Anfang an.",
        MANY,
    )
    require(int(kept.sum()) > 1, "Weniger als zwei Gebiete haben lückenlose Werte.", MANY)
    _require_contrast(begun[kept])
    _, own = np.unique(groups[kept], return_inverse=True)
    return Panel(
        y[kept],
        begun[kept],
        names,
        w[kept] / w[kept].mean(),
        x[kept],
        own.astype(np.int64),
        {why: int(rows.sum()) for why, rows in lacking.items() if rows.any()},
    )


def _require_shapes(outcome: Floats, start: Floats) -> None:
    if outcome.ndim != 2 or start.shape != outcome.shape[:1]:
        raise DataError(
            "A panel has one row per area, one column per period and one start per area, got "
            f"shapes {outcome.shape} and {start.shape}."
        )


def _require_contrast(start: Floats) -> None:
    begins = np.isfinite(start)
    require(bool(begins.any()), "In keinem Gebiet beginnt das Programm in diesem Zeitraum.", MANY)
    require(
        len(np.unique(start)) > 1,
        "Kein unbehandeltes Gebiet: Alle beginnen zum selben Zeitpunkt.",
        "Gebiete ohne Programm oder mit späterem Beginn.",
    )
    require(
        bool((start[begins] >= 2).any()),
        "Vor jedem Beginn liegen weniger als zwei Zeitpunkte; ob sich die Gebiete vorher gleich "
        "entwickelten, ist nicht zu sehen.",
        "mindestens zwei Zeitpunkte vor dem Beginn.",
    )
