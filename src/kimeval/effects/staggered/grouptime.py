"""Effects by start and period, after Callaway and Sant'Anna (Gruppen-Zeit-Wirkungen)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import Floats
from kimeval.effects.refusals import require
from kimeval.effects.staggered.panels import Panel
from kimeval.effects.staggered.twobytwo import NoOverlap, change

CONTROLS = ("never", "not_yet")
BASES = ("varying", "universal")
LEAST_CONTROLS = 2
OTHERS = "Gebiete, in denen das Programm nie oder später beginnt."


@dataclass(frozen=True, repr=False)
class GroupTime:
    """Effects by start and period with their influence functions (Gruppen-Zeit-Wirkungen).

    Attributes
    ----------
    panel : Panel
        What it was made from.
    group, period : ndarray of int, shape (cells,)
        Position of the start, and of the period.
    value : ndarray of float, shape (cells,)
    influence : ndarray of float, shape (areas, cells)
        The variance of a value is the mean square over the number of areas.
    lines : ndarray of float, shape (cells, cohorts, periods), or None
        How a value follows from the mean of each cohort (`cohort_of`) in each period;
        None with covariates, where it does not.
    anticipation : int
        Periods before the start in which there may already be an effect.
    method : str
        As in `twobytwo.change`.
    missing : int
        Cells that could not be computed for want of areas to compare with.
    """

    panel: Panel
    group: NDArray[np.int64]
    period: NDArray[np.int64]
    value: Floats = field(repr=False)
    influence: Floats = field(repr=False)
    lines: Floats | None = field(repr=False)
    anticipation: int = 0
    method: str = "none"
    missing: int = 0

    @property
    def since(self) -> NDArray[np.int64]:
        """Periods since the start; below 0 before it."""
        return self.period - self.group

    @property
    def after(self) -> NDArray[np.bool_]:
        """Cells with the programme."""
        return self.since >= 0

    @property
    def before(self) -> NDArray[np.bool_]:
        """Cells before any effect."""
        return self.since < -self.anticipation

    def __repr__(self) -> str:
        return f"GroupTime({len(self.value)} cells, {self.missing} not computed)"


def group_time(
    panel: Panel,
    controls: str = "not_yet",
    base: str = "varying",
    anticipation: int = 0,
    method: str = "none",
) -> GroupTime:
    """Effect of each start in each period (Gruppen-Zeit-Wirkungen).

    Parameters
    ----------
    panel : Panel
    controls : str
        `never`: areas that never start; `not_yet`: also those that have not started
        by the later of both periods.
    base : str
        `varying`: before the start each period is compared with the one before it;
        `universal`: all with the last one before the start.
    anticipation : int
        Periods before the start that may already hold an effect.
    method : str
        As in `twobytwo.change`; with covariates an area is compared with those alike.

    Returns
    -------
    GroupTime
        Cells with fewer than two areas to compare with are left out and counted.

    Raises
    ------
    DesignRefused
        If no cell after a start can be computed.
    """
    for found, allowed in ((controls, CONTROLS), (base, BASES)):
        if found not in allowed:
            raise DataError(f"There is no choice '{found}'. {suggestion(found, allowed)}")
    if controls == "never":
        number = int(np.isinf(panel.start).sum())
        require(
            number >= LEAST_CONTROLS,
            f"{'Kein' if not number else 'Nur ein'} Gebiet bleibt ohne Programm.",
            "mindestens zwei Gebiete ohne Programm; oder ein Vergleich mit den noch nicht "
            "begonnenen.",
        )
    cells, missing = _cells(panel, controls, base, anticipation)
    made = _plain(panel, cells) if method == "none" else _alike(panel, cells, method)
    value, influence, lines = made
    known = np.isfinite(value)
    g, t = (np.array([getattr(cell, name) for cell in cells], int) for name in ("g", "t"))
    require(
        bool((known & (t >= g)).any()),
        "Kein unbehandeltes Gebiet bleibt, mit dem ein Beginn verglichen werden könnte.",
        OTHERS,
    )
    return GroupTime(
        panel,
        g[known],
        t[known],
        value[known],
        influence[:, known],
        None if lines is None else lines[known],
        anticipation,
        method,
        missing + int((~known).sum()),
    )


def cohort_of(panel: Panel) -> NDArray[np.int64]:
    """Position of each area's start among all that occur; who never starts comes last."""
    return np.unique(panel.start, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class _Cell:
    """A start in a period, what it is compared with, and the areas for that."""

    g: int
    t: int
    b: int
    others: NDArray[np.bool_]


def _cells(panel: Panel, controls: str, base: str, anticipation: int) -> tuple[list[_Cell], int]:
    found, missing = [], 0
    for g in map(int, panel.cohorts):
        for t, b in _comparisons(g, len(panel.periods), base, anticipation):
            others = _others(panel, g, max(t, b) + anticipation, controls)
            enough = others.sum() >= LEAST_CONTROLS
            missing += not enough
            if enough:
                found.append(_Cell(g, t, b, others))
    return found, missing


def _comparisons(g: int, length: int, base: str, anticipation: int) -> list[tuple[int, int]]:
    """Periods and what each is compared with; nothing where there is no period before."""
    last = g - anticipation - 1
    if last < 0:
        return []
    if base == "universal":
        return [(t, last) for t in range(length) if t != last]
    return [(t, last if t > last else t - 1) for t in range(1, length)]


def _others(panel: Panel, g: int, latest: int, controls: str) -> NDArray[np.bool_]:
    never = np.isinf(panel.start)
    return never if controls == "never" else (panel.start > latest) & (panel.start != g) | never


def _plain(panel: Panel, cells: list[_Cell]) -> tuple[Floats, Floats, Floats]:
    """Without covariates: all cells at once."""
    g, t, b = (np.array([getattr(cell, name) for cell in cells], int) for name in "gtb")
    own = (panel.start[:, None] == g) * panel.weights[:, None]
    others = np.array([cell.others for cell in cells]).T.reshape(own.shape) * panel.weights[:, None]
    own, others = own / own.sum(axis=0), others / others.sum(axis=0)
    delta = panel.outcome[:, t] - panel.outcome[:, b]
    gained, expected = (own * delta).sum(axis=0), (others * delta).sum(axis=0)
    influence = panel.size * (own * (delta - gained) - others * (delta - expected))
    cohort = cohort_of(panel)
    member = cohort == np.arange(cohort.max() + 1)[:, None]
    change = (member @ (own - others)).T
    lines = np.zeros((*change.shape, len(panel.periods)))
    cell = np.arange(len(cells))
    lines[cell, :, t] += change
    lines[cell, :, b] -= change
    return gained - expected, influence, lines


def _alike(panel: Panel, cells: list[_Cell], method: str) -> tuple[Floats, Floats, None]:
    """With covariates: one cell after the other; NaN where nobody is alike."""
    x = np.column_stack([np.ones(panel.size), panel.covariates])
    value, influence = np.full(len(cells), np.nan), np.zeros((panel.size, len(cells)))
    for n, cell in enumerate(cells):
        own = panel.start == cell.g
        rows = own | cell.others
        delta = panel.outcome[rows, cell.t] - panel.outcome[rows, cell.b]
        try:
            made = change(delta, own[rows], x[rows], panel.weights[rows], method)
        except NoOverlap:
            continue
        value[n] = made.value
        influence[rows, n] = made.influence * panel.size / rows.sum()
    return value, influence, None
