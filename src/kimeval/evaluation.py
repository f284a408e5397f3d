"""What a notebook begins with: area, quarter, data and protection (Auswertung)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kimeval.core.area import Area
from kimeval.core.area import area as find_area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import ParameterError, QuarterError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results
from kimeval.data.deliveries import require_reached
from kimeval.data.ledger import Ledger
from kimeval.data.vintages import ensure_vintage
from kimeval.protect.gate import Protected, Rules, protect
from kimeval.report.header import header

BEGINNINGS = (("contacts", "contact_on"), ("cases", "opened_on"))


@dataclass(frozen=True, repr=False)
class Evaluation:
    """An area and a quarter with their data (Auswertung).

    Attributes
    ----------
    quarter : Quarter
        That is evaluated.
    area : Area
        Whose data these are.
    rules : Rules
        By which results are protected.
    data : Dataset
        Canonical tables; empty where the notebook needs none.
    ledger : Ledger
        What became of each delivered row.
    """

    quarter: Quarter
    area: Area
    rules: Rules
    data: Dataset = field(repr=False)
    ledger: Ledger = field(repr=False)

    def protect(self, results: Results) -> Protected:
        """Pass results through the gate, by this evaluation's rules."""
        return protect(results, self.rules, self.data.synthetic)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        return header(self.quarter, self.area, self.data, self.rules)._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"Evaluation({self.quarter}, {self.area})"


def evaluate(
    quarter: str, area: str, threshold: int = Rules.threshold, needs_data: bool = True
) -> Evaluation:
    """Check a notebook's parameters and open the data they ask for.

    Parameters
    ----------
    quarter : str
        Such as `2024Q3`.
    area : str
        Code of a KIM area, such as `05370`.
    threshold : int
        Least number of persons behind a published value.
    needs_data : bool
        False for a notebook on published figures only.

    Returns
    -------
    Evaluation

    Raises
    ------
    KimevalError
        One line that says which parameter breaks which rule.
    """
    place = find_area(area)
    if not isinstance(quarter, str):
        raise ParameterError(f"quarter is text such as '2024Q3', got {quarter!r}. Use -r.")
    period = Quarter.parse(quarter).require_begun()
    rules = Rules(threshold)
    if not needs_data:
        return Evaluation(period, place, rules, Dataset(place, period.end), Ledger())
    vintage = ensure_vintage(Project.find(), place)
    require_reached(period, place, vintage.as_of)
    data = vintage.load()
    _require_reach_back(data, period)
    return Evaluation(period, place, rules, data, vintage.ledger)


def _require_reach_back(data: Dataset, period: Quarter) -> None:
    """Before the first contact and case nothing is known, which is not zero."""
    days = [data.table_or_empty(name)[column].min() for name, column in BEGINNINGS]
    begun = [Quarter.of(day.date()) for day in days if not pd.isna(day)]
    if begun and period < min(begun):
        raise QuarterError(
            f"The data of {data.area} begin in {min(begun)} and hold nothing of {period}. "
            f"The oldest possible is {min(begun)}."
        )
