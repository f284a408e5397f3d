"""One number of each area, and how many areas lack it (Zahlen der Gebiete)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from kimeval.core.area import STATE, areas
from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL, Row


@dataclass(frozen=True, repr=False)
class OfAreas:
    """One indicator and quarter over all areas (eine Kennzahl über alle Gebiete).

    Attributes
    ----------
    indicator, period : str
        Which.
    known : DataFrame, shape (areas with a value, any)
        A row per area, by its code; published numbers.
    asked : int
        Areas that there are.
    hidden, refused, partial : int
        Areas whose number is hidden; that have none; and those among the known whose
        number is not complete.
    left_out : int
        Areas whose incomplete number was left out on purpose.
    """

    indicator: str
    period: str
    known: pd.DataFrame = field(repr=False)
    asked: int
    hidden: int
    refused: int
    partial: int
    left_out: int = 0

    @property
    def absent(self) -> int:
        """Areas that published no row at all."""
        return self.asked - len(self.known) - self.hidden - self.refused - self.left_out

    @property
    def reason(self) -> str:
        """In German how many areas are in and what they lack; empty where all is complete."""
        lacking = [
            f"{number} {word}"
            for number, word in (
                (self.refused, "nicht bestimmbar"),
                (self.hidden, "gesperrt"),
                (self.absent, "nicht veröffentlicht"),
                (self.left_out, "lückenhaft und nicht einbezogen"),
            )
            if number
        ]
        if not lacking and not self.partial:
            return ""
        said = f"Zahlen aus {len(self.known)} von {self.asked} Gebieten"
        said += f" ({', '.join(lacking)})" if lacking else ""
        return f"{said}, in {self.partial} davon lückenhaft" if self.partial else said

    @property
    def status(self) -> str:
        """complete, or partial where there is a reason."""
        return "partial" if self.reason else "complete"

    def only_complete(self) -> OfAreas:
        """The same without areas whose number is not complete."""
        complete = self.known[self.known["status"] == "complete"]
        return replace(self, known=complete, partial=0, left_out=self.partial)

    def row(self, name: str, area: str = STATE, **fields: Any) -> Row:
        """A row of a derived indicator about these areas, or one of them."""
        return Row(
            name, self.period, area, **{"status": self.status, "reason": self.reason, **fields}
        )

    def refusal(self, name: str, reason: str = "", area: str = STATE) -> Row:
        """That the areas' numbers do not carry an indicator."""
        said = reason or f"kein Gebiet mit Wert ({self.reason})"
        return Row(name, self.period, area, status="refused", reason=said)


def of_areas(frame: pd.DataFrame, indicator: str, period: str | None = None) -> OfAreas:
    """Totals of one indicator, a row per area.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas.
    indicator : str
        Which one.
    period : str, optional
        Quarter; the newest of the frame by default.

    Raises
    ------
    DataError
        If an area has two rows for it.
    """
    rows = frame[(frame["indicator"] == indicator) & (frame["dimension"] == TOTAL)]
    period = period or newest(frame)
    rows = rows[rows["period"] == period]
    if twice := int(rows["area"].duplicated().sum()):
        raise DataError(
            f"Each area has one total of '{indicator}' in a quarter, {twice} have more. Were rows "
            f"of several quarters put together?"
        )
    rows = rows.set_index("area").sort_index()
    known = rows[rows["value"].notna()]
    return OfAreas(
        indicator,
        period,
        known,
        len(areas()),
        int(rows["suppressed"].sum()),
        int((rows["value"].isna() & ~rows["suppressed"]).sum()),
        int((known["status"] == "partial").sum()),
    )


def in_areas(number: int) -> str:
    """In how many areas, in German."""
    return "in einem Gebiet" if number == 1 else f"in {number} Gebieten"


def newest(frame: pd.DataFrame) -> str:
    """The newest quarter among the rows; days and years do not count."""
    found = quarters(frame)
    if not found:
        raise DataError("The state is told of a quarter, the rows hold none. Were areas published?")
    return str(found[-1])


def quarters(frame: pd.DataFrame) -> list[Quarter]:
    """Quarters among the periods, oldest first."""
    texts = [text for text in frame["period"].unique() if len(text) == 6 and text[4] == "Q"]
    return sorted(Quarter.parse(text) for text in texts)
