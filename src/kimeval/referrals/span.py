"""The time that a measure of paths stands for (Zeitraum)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter


@dataclass(frozen=True)
class Span:
    """A quarter, or a whole year before its end (Zeitraum).

    Tables with many small cells stand for calendar years: windows that overlap from
    report to report would give single quarters away.

    Attributes
    ----------
    period : str
        `2024Q3` or `2023`.
    first, last : Quarter
        Both included.
    """

    period: str
    first: Quarter
    last: Quarter

    @classmethod
    def quarter(cls, quarter: Quarter) -> Span:
        """The quarter itself."""
        return cls(str(quarter), quarter, quarter)

    @classmethod
    def year(cls, quarter: Quarter) -> Span:
        """The last calendar year that has ended with the quarter or before (Kalenderjahr)."""
        year = quarter.year if quarter.number == 4 else quarter.year - 1
        return cls(str(year), Quarter(year, 1), Quarter(year, 4))

    @property
    def start(self) -> dt.date:
        """First day."""
        return self.first.start

    @property
    def end(self) -> dt.date:
        """Last day."""
        return self.last.end

    def holds(self, time: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which points in time, in microseconds since 1970, lie in it."""
        low, high = (np.datetime64(day, "us").astype(np.int64) for day in (self.start, self.end))
        return (time >= low) & (time < high + 86_400_000_000)

    def status(self, dataset: Dataset) -> tuple[str, str]:
        """Status and reason (German) of what is counted in it."""
        return dataset.status_of_cases(self.last)
