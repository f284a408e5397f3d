"""The one shape of a result (Ergebnistabelle).

One row per indicator, period, area and group. Nothing here is protected yet:
a `Results` shows how many rows it holds and never a value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from kimeval.core.catalogue import indicator as lookup
from kimeval.core.errors import DataError
from kimeval.core.recordkeys import KEYS

COLUMNS = {
    "indicator": "str",
    "period": "str",
    "area": "str",
    "dimension": "str",
    "group": "str",
    "numerator": "float64",
    "denominator": "float64",
    "value": "float64",
    "lower": "float64",
    "upper": "float64",
    "confidence": "float64",
    "method": "str",
    "unit": "str",
    "level": "str",
    "status": "str",
    "reason": "str",
    "contributors": "float64",
}
STATUS = ("complete", "partial", "refused")
TOTAL = ""


@dataclass(frozen=True, repr=False)
class Row:
    """One result (Ergebnis); unit and level come from the catalogue.

    Attributes
    ----------
    indicator : str
        Id in the catalogue.
    period : str
        Quarter (`2024Q3`), year or day it stands for.
    area : str
        Code of the area.
    value : float
        NaN where it is unknown. Unknown is never zero.
    dimension, group : str
        What it is broken down by and the category; both empty for the total.
    numerator, denominator, lower, upper, confidence : float
        NaN where they do not apply; bounds share the unit of the value.
    method : str
        How value and bounds were made, such as `Wilson`.
    contributors : float
        Distinct persons behind the row; decides its protection. NaN where no
        person stands behind it.
    status, reason : str
        complete, partial or refused; a reason (German) for the last two.
    record_key, base_key : float
        Keys of the set counted in the value or numerator, and of that counted in
        the denominator (`core.recordkeys`); NaN where the set is not known.
    """

    indicator: str
    period: str
    area: str
    value: float = math.nan
    dimension: str = TOTAL
    group: str = TOTAL
    numerator: float = math.nan
    denominator: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    confidence: float = math.nan
    method: str = ""
    contributors: float = math.nan
    status: str = "complete"
    reason: str = ""
    record_key: float = math.nan
    base_key: float = math.nan

    def __post_init__(self) -> None:
        declared = lookup(self.indicator)
        if self.status not in STATUS or (self.status != "complete") != bool(self.reason):
            raise DataError(
                f"A result of '{self.indicator}' is complete without a reason, or partial or "
                f"refused with one, got status '{self.status}'."
            )
        known = not math.isnan(self.value)
        if self.status == "refused" and known:
            raise DataError(f"A refused result of '{self.indicator}' must not hold a value.")
        if declared.counts == "persons" and known and math.isnan(self.contributors):
            raise DataError(
                f"A result of '{self.indicator}' counts persons and must say how many stand "
                f"behind it (contributors)."
            )

    def __repr__(self) -> str:
        return f"Row({self.indicator}, {self.period}, {self.area}: value not shown)"


@dataclass(frozen=True, repr=False)
class Results:
    """Unprotected results; only the gate may open them (ungeschützte Ergebnisse).

    Attributes
    ----------
    frame : DataFrame, shape (rows, 19)
        Columns of `COLUMNS`, which may leave through the gate, and of `KEYS`,
        which may not.
    """

    frame: pd.DataFrame = field(repr=False)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Results:
        """Results from single rows."""
        records = [_record(row) for row in rows]
        held = {**COLUMNS, **KEYS}
        return cls(pd.DataFrame(records, columns=list(held)).astype(held))

    @classmethod
    def together(cls, parts: Iterable[Results]) -> Results:
        """Several results as one, in the given order."""
        frames = [part.frame for part in parts if len(part)]
        return cls(pd.concat(frames, ignore_index=True)) if frames else cls.of([])

    def only(self, **columns: object) -> Results:
        """Rows whose columns equal the given values, such as `dimension="gender"`."""
        chosen = self.frame
        for column, value in columns.items():
            chosen = chosen[chosen[column] == value]
        return Results(chosen.reset_index(drop=True))

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Row]:
        for record in self.frame.drop(columns=["unit", "level"]).to_dict("records"):
            yield Row(**{str(k): v for k, v in record.items()})

    def __repr__(self) -> str:
        return f"Results({len(self)} rows, not protected: pass them through protect())"


def refused(name: str, period: str, area: str, reason: str) -> Row:
    """A result that the data cannot carry, with the reason (verweigertes Ergebnis)."""
    return Row(name, period, area, status="refused", reason=reason)


def _record(row: Row) -> dict[str, object]:
    declared = lookup(row.indicator)
    return {**vars(row), "unit": declared.unit, "level": declared.level}
