"""The time a published figure stands for (Zeitbezug einer Angabe)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kimeval.core.errors import DataError

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included (Zeitraum oder Stichtag).

    Attributes
    ----------
    start : date
        First day.
    end : date or None
        Last day; None while the figure is still in force.

    Raises
    ------
    DataError
        If it ends before it starts.
    """

    start: dt.date
    end: dt.date | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise DataError(f"A period ends on or after its start, got {self.start} to {self.end}.")

    @classmethod
    def read(cls, start: str, end: str) -> Period:
        """Period from two ISO dates; an empty end is still in force."""
        try:
            return cls(dt.date.fromisoformat(start), dt.date.fromisoformat(end) if end else None)
        except ValueError as error:
            raise DataError(
                f"A period needs dates like 2024-11-30, got '{start}' and '{end}'."
            ) from error

    @classmethod
    def parse(cls, code: str) -> Period:
        """Period from its `code`."""
        if len(code) == 4:
            return cls.read(f"{code}-01-01", f"{code}-12-31")
        start, _, end = code.partition("/")
        return cls.read(start, "" if end == ".." else end or start)

    @classmethod
    def around(cls, periods: Iterable[Period]) -> Period:
        """The shortest period that holds all given ones."""
        parts = list(periods)
        ends = [part.end for part in parts if part.end is not None]
        return cls(
            min(part.start for part in parts), max(ends) if len(ends) == len(parts) else None
        )

    @property
    def is_day(self) -> bool:
        """Whether it is one day (Stichtag)."""
        return self.start == self.end

    @property
    def months(self) -> Decimal:
        """Length in months, a begun one by its days.

        Raises
        ------
        DataError
            If it has no end.
        """
        after = self._closed + DAY
        whole = (after.year - self.start.year) * 12 + after.month - self.start.month
        days = Decimal(after.day - self.start.day)
        return whole + days / calendar.monthrange(after.year, after.month)[1]

    @property
    def calendar_years(self) -> int:
        """Calendar years it touches, however briefly."""
        return self._closed.year - self.start.year + 1

    @property
    def is_whole_years(self) -> bool:
        """Whether it is a whole number of years of twelve months."""
        return self.end is not None and self.months > 0 and self.months % 12 == 0

    @property
    def code(self) -> str:
        """How a result names it: `2024`, `2024-11-01` or `2024-01-01/2024-11-30`."""
        if self._is_calendar and self._closed.year == self.start.year:
            return str(self.start.year)
        if self.is_day:
            return str(self.start)
        return f"{self.start}/{self.end or '..'}"

    @property
    def label(self) -> str:
        """German: `2024`, `01.11.2024`, `01.01.2024 bis 30.11.2024`, `seit 01.01.2023`."""
        if self.end is None:
            return f"seit {self.start:%d.%m.%Y}"
        if self._is_calendar:
            years = dict.fromkeys((self.start.year, self.end.year))
            return " bis ".join(str(year) for year in years)
        days = dict.fromkeys((self.start, self.end))
        return " bis ".join(f"{day:%d.%m.%Y}" for day in days)

    @property
    def _is_calendar(self) -> bool:
        return (self.start.month, self.start.day) == (1, 1) and self.is_whole_years

    @property
    def _closed(self) -> dt.date:
        if self.end is None:
            raise DataError(f"A length needs an end, the period since {self.start} is open.")
        return self.end


def calendar_years(period: Period) -> Period:
    """The whole calendar years a period touches."""
    last = period.start.year + period.calendar_years - 1
    return Period(dt.date(period.start.year, 1, 1), dt.date(last, 12, 31))
