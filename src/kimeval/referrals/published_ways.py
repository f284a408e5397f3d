"""Published referrals between offices as a table (veröffentlichte Wege)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.results import TOTAL, Row
from kimeval.referrals.network_results import COUNTED, OTHERS, WAYS
from kimeval.referrals.sent import CROSS


@dataclass(frozen=True, repr=False)
class Between:
    """Steps between some offices and all others as one (Wege zwischen Stellen).

    Attributes
    ----------
    steps : ndarray of float, shape (offices + 1, offices + 1)
        From the row to the column; NaN where they are hidden.
    persons, total : float
        All referred persons, and all steps, hidden ones too.
    """

    steps: NDArray[np.float64]
    persons: float
    total: float

    @property
    def known(self) -> NDArray[np.float64]:
        """Steps of pairs of which both directions are published, 0 elsewhere."""
        hidden = np.isnan(self.steps)
        known = np.where(hidden | hidden.T, 0.0, self.steps)
        np.fill_diagonal(known, 0.0)
        return known

    @property
    def covered(self) -> float:
        """Share of referrals that lie on these; 0 where it cannot be told."""
        return float(self.known.sum()) / self.total if self.total > 0 else 0.0


@dataclass(frozen=True, repr=False)
class Ways:
    """Published referrals from office to office (Wege).

    Attributes
    ----------
    table : DataFrame, shape (senders, receivers)
        NaN where they are hidden.
    total, persons : float
        Of all ways.
    place : Row
        Area and period of what is derived from them.
    """

    table: pd.DataFrame
    total: float
    persons: float
    place: Row

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Ways | None:
        """Those of a frame; None where it holds no table of ways."""
        told = frame[(frame["indicator"] == "referrals_between") & (frame["dimension"] == WAYS)]
        if told.empty:
            return None
        ends = [group.split(CROSS) for group in told["group"]]
        senders, receivers = (sorted(set(side)) for side in zip(*ends, strict=True))
        table = pd.DataFrame(0.0, index=senders, columns=receivers)
        for (source, target), value in zip(ends, told["value"], strict=True):
            table.loc[source, target] = value
        total, persons = (_total(frame, name) for name in COUNTED)
        first = told.iloc[0]
        place = Row("network_reciprocity", first["period"], first["area"])
        return cls(table, total, persons, place)

    @property
    def named(self) -> set[str]:
        """Offices named as senders and as receivers."""
        return (set(self.table.index) & set(self.table.columns)) - {OTHERS}

    def between(self, names: set[str]) -> Between:
        """Steps between these and all others as one; those among the others left aside."""
        places = [*sorted(names), OTHERS]
        steps = np.zeros((len(places), len(places)))
        rows, columns = (
            [places.index(name) if name in names else len(names) for name in axis]
            for axis in self.table.axes
        )
        np.add.at(steps, np.ix_(rows, columns), self.table.to_numpy())
        return Between(steps, self.persons, self.total - float(steps[-1, -1]))


def _total(frame: pd.DataFrame, name: str) -> float:
    rows = frame[(frame["indicator"] == name) & (frame["dimension"] == TOTAL)]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")
