"""What a notebook begins with: area, quarter, data and protection (Auswertung)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

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
from kimeval.protect.derive import derive
from kimeval.protect.facts import no_rows
from kimeval.protect.gate import Protected, protect_together
from kimeval.protect.methods.decide import require_same_method
from kimeval.protect.register import history
from kimeval.protect.release import Release
from kimeval.protect.rules import Rules
from kimeval.protect.surface import guard
from kimeval.protect.transfer import opened, passed_on, require_reason
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
    release : Release
        What is shown together, and what was published before.
    """

    quarter: Quarter
    area: Area
    rules: Rules
    data: Dataset = field(repr=False)
    ledger: Ledger = field(repr=False)
    release: Release = field(repr=False)

    def protect(self, results: Results) -> Protected:
        """Pass results through the gate, by this evaluation's rules.

        They are protected together with every table before them and with all
        that was published earlier.
        """
        return self.protect_together(results)[0]

    def protect_together(self, *results: Results) -> list[Protected]:
        """Pass several results through the gate as one, which hides less."""
        protected = protect_together(results, self.release, self.data.synthetic)
        passed_on(self.release)
        return protected

    def derive(self, measure: Callable[..., Results], *parts: Protected, **given: Any) -> Protected:
        """Derive results from protected ones, such as gaps between groups (Ableiten)."""
        return derive(measure, *parts, **given)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        return header(self.quarter, self.area, self.data, self.rules)._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"Evaluation({self.quarter}, {self.area})"


def evaluate(
    quarter: str,
    area: str,
    threshold: int = Rules.threshold,
    needs_data: bool = True,
    reason: str = "",
    method: Literal["suppression", "rounding", "cellkey"] = "suppression",
) -> Evaluation:
    """Check a notebook's parameters and open the data they ask for.

    From here on a notebook shows results as protected and no row (`guard`).

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
    reason : str
        Why a threshold below the default is right; goes into the manifest.
    method : str
        suppression (Sperrung), rounding (Rundung) or cellkey (Cell-Key-Methode). An
        area keeps the method of its earlier releases.

    Returns
    -------
    Evaluation

    Raises
    ------
    KimevalError
        One line that says which parameter breaks which rule.
    """
    guard()
    place = find_area(area)
    if not isinstance(quarter, str):
        raise ParameterError(f"quarter is text such as '2024Q3', got {quarter!r}. Use -r.")
    period = Quarter.parse(quarter).require_begun()
    rules = require_reason(Rules(threshold, method), reason)
    if not needs_data:
        nothing = Dataset(place, period.end)
        return Evaluation(period, place, rules, nothing, Ledger(), opened(rules, no_rows()))
    project = Project.find()
    vintage = ensure_vintage(project, place)
    require_reached(period, place, vintage.as_of)
    data = vintage.load()
    _require_reach_back(data, period)
    release = opened(rules, history(project, place.code, data.synthetic))
    require_same_method(release.history, rules)
    return Evaluation(period, place, rules, data, vintage.ledger, release)


def _require_reach_back(data: Dataset, period: Quarter) -> None:
    """Before the first contact and case nothing is known, which is not zero."""
    days = [data.table_or_empty(name)[column].min() for name, column in BEGINNINGS]
    begun = [Quarter.of(day.date()) for day in days if not pd.isna(day)]
    if begun and period < min(begun):
        raise QuarterError(
            f"The data of {data.area} begin in {min(begun)} and hold nothing of {period}. "
            f"The oldest possible is {min(begun)}."
        )
