"""The gate: results become protected results, or nothing leaves (Geheimhaltung).

Figures, tables and files take `Protected` only, and only `protect` makes one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kimeval.core.catalogue import indicator
from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results
from kimeval.protect.suppression import companions, single_bounds, small_cells

SIGN = "."
LEAST_THRESHOLD = 3
HIDDEN = ["numerator", "denominator", "value", "lower", "upper", "contributors"]
_SEAL = object()


@dataclass(frozen=True)
class Rules:
    """How small a count may be (Geheimhaltungsregeln).

    Attributes
    ----------
    threshold : int
        Least number of persons behind a published value, at least 3. Zeros are
        shown: that nobody was counted says nothing about a person counted.

    Raises
    ------
    ProtectionError
        If the threshold is not a whole number or protects no one.
    """

    threshold: int = 5

    def __post_init__(self) -> None:
        if not isinstance(self.threshold, int) or isinstance(self.threshold, bool):
            raise ProtectionError(
                f"The threshold is a whole number of persons, got {self.threshold!r}. Write 5."
            )
        if self.threshold < LEAST_THRESHOLD:
            raise ProtectionError(
                f"The threshold must be at least {LEAST_THRESHOLD} persons, got "
                f"{self.threshold}. A smaller one protects no one; the default is 5."
            )


@dataclass(frozen=True, repr=False)
class Protected:
    """Results that may leave (geschützte Ergebnisse); made by `protect` alone.

    Attributes
    ----------
    frame : DataFrame, shape (rows, 18)
        Columns of a result and `suppressed`; the numbers of a suppressed row
        are missing.
    rules : Rules
        What they were protected by.
    synthetic : bool
        Whether the persons behind them are invented; figures and files say so.
    """

    frame: pd.DataFrame = field(repr=False)
    rules: Rules
    seal: Any = field(repr=False)
    synthetic: bool = False

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise ProtectionError("Protected results are made by protect() alone. Call it.")

    @property
    def suppressed(self) -> int:
        """Number of suppressed rows."""
        return int(self.frame["suppressed"].sum())

    def only(self, **columns: object) -> Protected:
        """Rows whose columns equal the given values, or one of a list of values."""
        chosen = self.frame
        for column, value in columns.items():
            wanted = value if isinstance(value, list | tuple) else [value]
            chosen = chosen[chosen[column].isin(wanted)]
        return Protected(chosen.reset_index(drop=True), self.rules, _SEAL, self.synthetic)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return f"Protected({len(self)} rows, {self.suppressed} suppressed)"


def protect(results: Results, rules: Rules | None = None, synthetic: bool = False) -> Protected:
    """Protect results so that they may leave (Geheimhaltung).

    Values that rest on fewer persons than the threshold are suppressed, and in
    each breakdown so many more that no hidden value follows from the total by
    subtraction. Bounds of a median that are the value of one of few persons
    are left out. That no hidden value follows from several tables or quarters
    together is not proved here.

    Parameters
    ----------
    results : Results
        Straight from a measure.
    rules : Rules, optional
        The default threshold is 5.
    synthetic : bool
        Whether the persons behind the results are invented.

    Returns
    -------
    Protected

    Raises
    ------
    ProtectionError
        If something else than results is handed in.
    """
    if not isinstance(results, Results):
        raise ProtectionError(
            f"The gate takes results of a measure, got {type(results).__name__}. "
            f"Measure first, then protect."
        )
    rules = rules or Rules()
    frame = results.frame.copy()
    personal = frame["indicator"].map(_counts_persons).astype(bool)
    hidden = small_cells(frame, rules.threshold) & personal
    hidden |= companions(frame, hidden, rules.threshold)
    frame.loc[hidden, HIDDEN] = float("nan")
    single = single_bounds(results.frame, rules.threshold) & personal
    frame.loc[single, ["lower", "upper"]] = float("nan")
    frame["suppressed"] = hidden.astype(bool)
    return Protected(frame, rules, _SEAL, synthetic)


def _counts_persons(name: str) -> bool:
    return indicator(name).counts == "persons"


def require_protected(given: object, who: str) -> Protected:
    """Return what is given if it has passed the gate.

    Raises
    ------
    ProtectionError
        If it has not; the message names its type only.
    """
    if isinstance(given, Protected):
        return given
    raise ProtectionError(
        f"{who} shows protected results only, got {type(given).__name__}. "
        f"Pass it through evaluation.protect() first."
    )
