"""The gate: results become protected results, or nothing leaves (Geheimhaltung).

Figures, tables and files take `Protected` only, and only this package makes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.core.recordkeys import KEYS
from kimeval.core.results import Results
from kimeval.protect.facts import counts_persons
from kimeval.protect.methods.decide import decide, require_same_method
from kimeval.protect.primary import single_bounds
from kimeval.protect.release import Release
from kimeval.protect.rules import Rules

SIGN = "."
HIDDEN = ["numerator", "denominator", "value", "lower", "upper", "contributors"]
_SEAL = object()


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


def protect(
    results: Results,
    rules: Rules | None = None,
    synthetic: bool = False,
    release: Release | None = None,
) -> Protected:
    """Protect results so that they may leave (Geheimhaltung).

    Parameters
    ----------
    results : Results
        Straight from a measure.
    rules : Rules, optional
        The default threshold is 5; those of the release where one is given.
    synthetic : bool
        Whether the persons behind the results are invented.
    release : Release, optional
        The tables that leave together with these, and all that left before.

    Returns
    -------
    Protected
        See `protect_together`.
    """
    release = release or Release(rules or Rules())
    return protect_together([results], release, synthetic)[0]


def protect_together(
    parts: Sequence[Results], release: Release, synthetic: bool = False
) -> list[Protected]:
    """Protect several results as one, which hides less than one after the other.

    Rounding and the cell-key method alter every count of persons, so that sums need
    not add up (`protect.methods`). Suppression hides values that rest on fewer
    persons than the threshold, and so many more that no hidden one follows from
    totals, other tables of the release or earlier releases. Bounds of a median that
    are the value of one of few persons are left out.

    Parameters
    ----------
    parts : sequence of Results
        Straight from measures.
    release : Release
        Takes what is decided.
    synthetic : bool
        Whether the persons behind the results are invented.

    Returns
    -------
    list of Protected
        In the same order.

    Raises
    ------
    ProtectionError
        If something else than results is handed in.
    """
    for results in parts:
        if not isinstance(results, Results):
            raise ProtectionError(
                f"The gate takes results of a measure, got {type(results).__name__}. "
                f"Measure first, then protect."
            )
    rules, frames = release.rules, [results.frame for results in parts]
    if rules.method != "suppression":
        decided = [frame.reset_index(drop=True) for frame in decide(frames, release, synthetic)]
    else:
        require_same_method(release.history, rules, release.rows)
        decided = [_closed(frame, rules) for frame in release.decide(frames)]
    return [Protected(frame, rules, _SEAL, synthetic) for frame in decided]


def sealed(frame: pd.DataFrame, rules: Rules, synthetic: bool) -> Protected:
    """Rows made from published ones alone; for this package only.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Columns of a result and `suppressed`.
    rules : Rules
        By which the published ones were protected.
    synthetic : bool
        Whether the persons behind those are invented.
    """
    return Protected(frame.reset_index(drop=True), rules, _SEAL, synthetic)


def _closed(frame: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Rows without the numbers of those that are hidden."""
    single = single_bounds(frame, rules.threshold) & counts_persons(frame)
    closed = frame.drop(columns=list(KEYS), errors="ignore")
    closed.loc[frame["suppressed"], HIDDEN] = float("nan")
    closed.loc[single, ["lower", "upper"]] = float("nan")
    closed["suppressed"] = closed["suppressed"].astype(bool)
    return closed.reset_index(drop=True)


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
