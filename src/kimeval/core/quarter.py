"""Quarters of a year in local time (Quartal, Europe/Berlin)."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import overload
from zoneinfo import ZoneInfo

from kimeval.core.errors import QuarterError

BERLIN = ZoneInfo("Europe/Berlin")
LAST = "last"
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
SPELLINGS = (
    re.compile(r"(?P<year>\d{4})\s*-?\s*Q(?P<number>[1-4])", re.IGNORECASE),
    re.compile(r"Q(?P<number>[1-4])\s*[-/ ]\s*(?P<year>\d{4})", re.IGNORECASE),
    re.compile(r"(?P<number>[1-4])\s*/\s*(?P<year>\d{4})"),
    re.compile(r"(?P<roman>IV|I{1,3})\s*/\s*(?P<year>\d{4})", re.IGNORECASE),
)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year (Quartal).

    Attributes
    ----------
    year : int
        1900 to 2199.
    number : int
        1 to 4.

    Raises
    ------
    QuarterError
        If year or number lie outside their range.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1900 <= self.year <= 2199 or not 1 <= self.number <= 4:
            raise QuarterError(
                f"A quarter has a year from 1900 to 2199 and a number from 1 to 4, "
                f"got {self.year} and {self.number}. Write it like 2024Q3."
            )

    @classmethod
    def parse(cls, text: str | Quarter) -> Quarter:
        """Read `2024Q3`, `2024-Q3`, `Q3 2024`, `3/2024` or `III/2024`.

        Raises
        ------
        QuarterError
            If the text is none of these spellings.
        """
        if isinstance(text, Quarter):
            return text
        for spelling in SPELLINGS:
            if match := spelling.fullmatch(str(text).strip()):
                parts = match.groupdict()
                number = ROMAN[parts["roman"].upper()] if parts.get("roman") else parts["number"]
                return cls(int(parts["year"]), int(number))
        raise QuarterError(
            f"A quarter is written 2024Q3, 2024-Q3, 3/2024 or III/2024, got '{text}'."
        )

    @classmethod
    def of(cls, day: dt.date | dt.datetime) -> Quarter:
        """The quarter in which a day or an instant lies, by local date.

        An instant with a time zone is first moved to Europe/Berlin; one
        without is taken as local time already.
        """
        day = local_date(day)
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def span(cls, first: Quarter, last: Quarter) -> list[Quarter]:
        """All quarters from `first` to `last`, both included."""
        return [first + n for n in range(last - first + 1)]

    @property
    def start(self) -> dt.date:
        """First day."""
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> dt.date:
        """Last day."""
        following = dt.date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)
        return following - dt.timedelta(days=1)

    @property
    def label(self) -> str:
        """German label, such as `3. Quartal 2024`."""
        return f"{self.number}. Quartal {self.year}"

    def is_complete(self, as_of: dt.date) -> bool:
        """Whether data of `as_of` can hold the whole quarter."""
        return as_of > self.end

    def require_begun(self, today: dt.date | None = None) -> Quarter:
        """Return the quarter itself if it has begun.

        Raises
        ------
        QuarterError
            If it lies in the future.
        """
        today = today or today_in_berlin()
        if self.start > today:
            raise QuarterError(
                f"A quarter must have begun, got {self}, which starts on {self.start}; "
                f"today is {today}. The newest possible is {Quarter.of(today)}."
            )
        return self

    def __contains__(self, day: dt.date | dt.datetime) -> bool:
        return Quarter.of(day) == self

    def __add__(self, quarters: int) -> Quarter:
        index = self._index + quarters
        return Quarter(index // 4, index % 4 + 1)

    @overload
    def __sub__(self, other: Quarter) -> int: ...

    @overload
    def __sub__(self, other: int) -> Quarter: ...

    def __sub__(self, other: Quarter | int) -> Quarter | int:
        """Quarters between two quarters, or the quarter `other` steps before."""
        return self._index - other._index if isinstance(other, Quarter) else self + -other

    def __iter__(self) -> Iterator[dt.date]:
        day = self.start
        while day <= self.end:
            yield day
            day += dt.timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def _index(self) -> int:
        return self.year * 4 + self.number - 1


def local_date(day: dt.date | dt.datetime) -> dt.date:
    """The date in Europe/Berlin of a day or an instant."""
    if not isinstance(day, dt.datetime):
        return day
    return (day.astimezone(BERLIN) if day.tzinfo else day).date()


def now_in_berlin() -> dt.datetime:
    """The moment in Europe/Berlin (jetzt); nothing else in kimeval asks what day it is."""
    return dt.datetime.fromtimestamp(time.time(), BERLIN)


def today_in_berlin() -> dt.date:
    """Today's date in Europe/Berlin, whatever the machine's time zone (heute)."""
    return now_in_berlin().date()


def last_finished(today: dt.date | None = None) -> Quarter:
    """The quarter that ended last (letztes abgeschlossenes Quartal), by local date.

    Parameters
    ----------
    today : date, optional
        Today in Berlin by default; on the first day of a quarter, the one before is finished.
    """
    return Quarter.of(today or today_in_berlin()) - 1


def named_quarter(text: str, today: dt.date | None = None) -> Quarter:
    """A quarter as it is typed at the command line: `last`, or a spelling of `Quarter.parse`.

    Raises
    ------
    QuarterError
        If the text is neither.
    """
    if str(text).strip().casefold() == LAST:
        return last_finished(today)
    return Quarter.parse(text)
