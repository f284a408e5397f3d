"""What an interrupted series is explained by (Modell der unterbrochenen Zeitreihe)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import Floats
from kimeval.effects.refusals import require

SHAPES = ("level_and_slope", "level", "pulse")
LEAST_BEFORE, LEAST_AFTER, LEAST_DF = 4, 3, 5
YEARS = 2
QUARTERS = 4
LONGER = "mindestens {} Quartale davor und {} danach, ohne Lücken; sicherer sind zwölf davor."


@dataclass(frozen=True, repr=False)
class Design:
    """A series with the columns that explain it (Modell).

    Attributes
    ----------
    y : ndarray of float, shape (n,)
        Known values.
    time : ndarray of float, shape (n,)
        In quarters since the break; below 0 before it.
    x : ndarray of float, shape (n, columns)
    without : ndarray of float, shape (n, columns)
        The same as if the break had not been.
    names : tuple of str
        `start`, `trend`, `level`, `slope`, `season 1` to `season 3`.
    place : ndarray of int, shape (n,)
        Position of each value in the given series.
    """

    y: Floats = field(repr=False)
    time: Floats = field(repr=False)
    x: Floats = field(repr=False)
    without: Floats = field(repr=False)
    names: tuple[str, ...]
    place: NDArray[np.int64] = field(repr=False)

    def line(self, **weights: float) -> Floats:
        """A sum of coefficients by name, such as `line(level=1, slope=4)`."""
        for name in weights:
            if name not in self.names:
                raise DataError(
                    f"The model has no '{name}'. {suggestion(name, self.names)} A level alone has "
                    f"no change of slope."
                )
        return np.array([weights.get(name, 0.0) for name in self.names])


def design(
    values: ArrayLike,
    break_at: int,
    first_season: int = 1,
    season: bool = True,
    shape: str = "level_and_slope",
    phase_in: int = 0,
    until: int | None = None,
    control: ArrayLike | None = None,
) -> Design:
    """Columns of an interrupted series; time is centred at the break (Modell).

    Centred, the coefficient of the level is the jump at the break itself, and not the one
    extrapolated to the first quarter.

    Parameters
    ----------
    values : array of float, shape (n,)
        By quarter, oldest first; NaN where unknown, which is left out.
    break_at : int
        Position of the first quarter after the break.
    first_season : int
        Quarter of the year of the first value, 1 to 4.
    season : bool
        Three further columns, which sum to zero over a year.
    shape : str
        `level_and_slope`; `level`: a jump only; `pulse`: a jump that ends before `until`.
    phase_in : int
        Quarters from the break on that belong to neither side and are left out.
    until : int, optional
        For `pulse`: position of the first quarter after it.
    control : array of float, shape (n,), optional
        A series that the break does not touch; what is explained is the difference.

    Returns
    -------
    Design

    Raises
    ------
    DesignRefused
        With fewer than four quarters before the break, three after it, or five more than
        there are columns.
    """
    y = np.asarray(values, dtype=float)
    if shape not in SHAPES:
        raise DataError(f"There is no shape '{shape}'. {suggestion(shape, SHAPES)}")
    if control is not None:
        y = _less(y, np.asarray(control, dtype=float))
    place = np.arange(len(y))
    inside = (place >= break_at) & (place < break_at + phase_in)
    kept = np.isfinite(y) & ~inside
    time = place - float(break_at)
    after = (place >= break_at) & (place < (until if until is not None else len(y)))
    _require_length(int((kept & (place < break_at)).sum()), int((kept & after).sum()))
    columns = {"start": np.ones(len(y)), "trend": time, "level": after * 1.0}
    if shape == "level_and_slope":
        columns["slope"] = after * (time - phase_in)
    if season:
        quarter = (place + first_season - 1) % QUARTERS
        for n in range(QUARTERS - 1):
            columns[f"season {n + 1}"] = (quarter == n) * 1.0 - (quarter == QUARTERS - 1)
    x = np.column_stack(list(columns.values()))
    names = tuple(columns)
    _require_columns(x[kept], len(names), season)
    moved = np.isin(names, ("level", "slope"))
    return Design(y[kept], time[kept], x[kept], np.where(moved, 0.0, x[kept]), names, place[kept])


def _less(y: Floats, control: Floats) -> Floats:
    if control.shape != y.shape:
        raise DataError(
            f"A control series has a value per quarter, got {len(control)} for {len(y)}."
        )
    require(
        bool(np.isfinite(control).any()),
        "Die Vergleichsreihe hat keinen Wert.",
        "eine Reihe, die das Ereignis nicht berührt.",
    )
    return y - control


def _require_length(before: int, after: int) -> None:
    needs = LONGER.format(LEAST_BEFORE, LEAST_AFTER)
    for number, least, where in ((before, LEAST_BEFORE, "vor"), (after, LEAST_AFTER, "nach")):
        many = "liegt ein Quartal" if number == 1 else f"liegen {number} Quartale"
        require(
            number >= least,
            f"{where[:1].upper()}{where[1:]} dem Bruch {many} mit Werten; daraus folgt keine "
            f"Entwicklung.",
            needs,
        )


def _require_columns(x: Floats, columns: int, season: bool) -> None:
    rows = len(x)
    way_out = " oder ein Modell ohne Jahreszeiten" if season else ""
    require(
        rows >= columns + LEAST_DF and np.linalg.matrix_rank(x) == columns,
        f"{rows} Quartale tragen kein Modell mit {columns} Größen.",
        f"mindestens {columns + LEAST_DF} Quartale mit Werten{way_out}.",
    )
