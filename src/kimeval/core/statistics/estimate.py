"""The shape of what a method finds: values with bounds, or a stated refusal (Schätzwerte)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kimeval.core.statistics.checks import Floats

LEAST_EVENTS = 10
LEAST_CLUSTERS = 10
LEAST_GROUPS = 3

KEPT = ""
NO_BASE = "no_base"
FEW_EVENTS = "few_events"
FEW_CLUSTERS = "few_clusters"
FEW_GROUPS = "few_groups"
NO_REFERENCE = "no_reference"
NO_LINE = "no_line"
ALIKE = "alike"

REFUSALS = {
    NO_BASE: "der Nenner ist null oder fehlt",
    FEW_EVENTS: f"weniger als {LEAST_EVENTS} Ereignisse",
    FEW_CLUSTERS: f"weniger als {LEAST_CLUSTERS} Familien oder Personen als Klumpen",
    FEW_GROUPS: f"weniger als {LEAST_GROUPS} Gruppen mit Personen",
    NO_REFERENCE: "in der Vergleichsgruppe kommt das Merkmal nicht vor",
    NO_LINE: "die Ausgleichsgerade erreicht an einem Ende null",
    ALIKE: f"weniger als {LEAST_EVENTS} Personen ohne das Merkmal",
}


@dataclass(frozen=True)
class Estimate:
    """Values with their intervals (Schätzwerte mit Konfidenzintervall).

    Attributes
    ----------
    value, lower, upper : ndarray of float, shape (n,)
        NaN where it was refused; unknown is never zero. Infinite where no bound exists.
    refusal : ndarray of str, shape (n,)
        Empty, or a key of `REFUSALS`, whose German words go into a reason.
    level : float
        Coverage aimed at, such as 0.95.
    method : str
        Name of the method for a result's column.
    """

    value: Floats
    lower: Floats
    upper: Floats
    refusal: NDArray[np.str_]
    level: float
    method: str

    def __len__(self) -> int:
        return len(self.value)

    def reasons(self) -> list[str]:
        """German reason of each row; empty where nothing was refused."""
        return [REFUSALS.get(str(key), "") for key in self.refusal]


def estimate(
    value: Floats,
    bounds: Floats,
    level: float,
    method: str,
    refusals: dict[str, NDArray[np.bool_]] | None = None,
) -> Estimate:
    """Values and bounds, with NaN and the first reason that applies where they are refused.

    Parameters
    ----------
    value : ndarray of float, shape (n,)
    bounds : ndarray of float, shape (n, 2)
    level, method
        As in `Estimate`.
    refusals : dict of str to ndarray of bool, shape (n,)
        Which rows each reason refuses, the weightiest first.
    """
    reason = np.full(value.shape, KEPT, dtype="<U16")
    for key, rows in (refusals or {}).items():
        reason[(reason == KEPT) & rows] = key
    kept = reason == KEPT
    value, lower, upper = (
        np.where(kept, side, np.nan) for side in (value, bounds[..., 0], bounds[..., 1])
    )
    return Estimate(value, lower, upper, reason, level, method)
