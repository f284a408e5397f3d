"""How many people a group has, from a named source (Nenner).

A number from another day, of another definition or of limited quality is used with
what is known of it: the range goes into the interval, the rest into a footnote.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from kimeval.core.codes import codes
from kimeval.core.errors import DataError, suggestion

FOOTNOTE, WEIGHTS = "Nenner: ", "Gewichte: "
QUALITIES = {
    "exact": "",
    "approx": "ungefähre Zahl",
    "lower": "mindestens",
    "upper": "höchstens",
}
BOUNDS = ("lower", "upper")
APPROXIMATE = 0.1  # half width of an approximation without a range of its own
OTHER_DAY = 0.05  # by how much a number may have changed since another day


@dataclass(frozen=True)
class SourcedDenominator:
    """A number of people with its day, definition, quality and source (Nenner).

    Attributes
    ----------
    measure : str
        Code of population_measure: what is counted.
    ags : str
        Code of an area, or of a municipality with eight digits.
    persons : int
        Not negative.
    day : date
        It stands for; of arrivals the last day of the period.
    since : date, optional
        First day of a period.
    quality : str
        exact, approx, lower (at least) or upper (at most).
    low, high : float
        Range of the true number; NaN where the source names none.
    definition, source : str
        German; for the footnote.
    gender, age_band, nationality, language_level : str
        Codes of a group (the age band as text); empty for all.
    """

    measure: str
    ags: str
    persons: int
    day: dt.date
    since: dt.date | None = None
    quality: str = "exact"
    low: float = math.nan
    high: float = math.nan
    definition: str = ""
    source: str = ""
    gender: str = ""
    age_band: str = ""
    nationality: str = ""
    language_level: str = ""

    def __post_init__(self) -> None:
        if self.measure not in codes("population_measure"):
            raise DataError(
                f"A denominator counts a population_measure, got '{self.measure}'. "
                f"{suggestion(self.measure, codes('population_measure'))}"
            )
        if self.quality not in QUALITIES:
            raise DataError(
                f"The quality of a denominator is {', '.join(QUALITIES)}, got '{self.quality}'."
            )
        if type(self.persons) is not int or self.persons < 0:
            raise DataError(
                f"A denominator is a whole number of persons from 0 on, that of '{self.measure}' "
                f"is not. Was a sign or a decimal point left in?"
            )
        if self.low > self.persons or self.high < self.persons:
            raise DataError(
                f"A denominator lies in its own range low to high, that of '{self.measure}' does "
                f"not. Are they exchanged?"
            )

    def range(self, day: dt.date) -> tuple[float, float]:
        """Least and greatest number it can be on a day; 0 or infinite where nothing bounds it.

        A range that the source names holds. Else at least bounds from below and at most from
        above; an approximation may be off by `APPROXIMATE`, a number of another day by
        `OTHER_DAY`, and one that is both by both.
        """
        off = self._off(day)
        low = 0.0 if self.quality == "upper" else self.persons * (1 - off)
        high = math.inf if self.quality == "lower" else self.persons * (1 + off)
        return (
            low if math.isnan(self.low) else self.low,
            high if math.isnan(self.high) else self.high,
        )

    def said(self, day: dt.date) -> str:
        """The footnote: quality, range, day, definition and source, in German.

        The number itself stands in the table, so that rows of one source share a note; a
        bound is no number to divide by, and stands here.
        """
        stands = f"{self.day:%d.%m.%Y}"
        when = f"am {stands}" if self.since is None else f"{self.since:%d.%m.%Y} bis {stands}"
        what = self.definition or codes("population_measure")[self.measure]
        source = f"laut {self.source}" if self.source else ""
        quality = QUALITIES[self.quality]
        if self.quality in BOUNDS:
            quality += f" {_german(self.persons)} Personen"
        told = [quality, self._spread(day), when, what, source]
        return FOOTNOTE + ", ".join(part for part in told if part)

    def _off(self, day: dt.date) -> float:
        """By which share the number may be off where the source names no range."""
        off = APPROXIMATE if self.quality == "approx" else 0.0
        return off + (OTHER_DAY if self.day != day else 0.0)

    def _spread(self, day: dt.date) -> str:
        """The range in words: that of the source, else the assumed one."""
        if not math.isnan(self.low) and not math.isnan(self.high):
            return f"Spanne {_german(self.low)} bis {_german(self.high)}"
        off = self._off(day)
        why = " wegen des anderen Tages" if self.quality != "approx" else ""
        return f"Spanne ± {100 * off:.0f} % angenommen{why}" if off else ""


def _german(number: float) -> str:
    return f"{number:,.0f}".replace(",", ".")
