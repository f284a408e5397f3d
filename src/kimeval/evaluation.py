"""What a notebook begins with: area, quarter, data and protection (Auswertung)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from kimeval.core.area import STATE, Area
from kimeval.core.area import area as find_area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import AreaError, ParameterError, QuarterError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results
from kimeval.data.deliveries import require_reached
from kimeval.data.ledger import Ledger
from kimeval.data.vintages import ensure_vintage
from kimeval.protect.collected import Collected, collected, earlier, own_period
from kimeval.protect.derive import derive
from kimeval.protect.facts import no_rows
from kimeval.protect.gate import Protected, protect_together
from kimeval.protect.methods.decide import require_same_method
from kimeval.protect.register import history
from kimeval.protect.release import Release
from kimeval.protect.rules import Rules
from kimeval.protect.surface import guard
from kimeval.protect.transfer import opened, passed_on, require_reason
from kimeval.report.header import header, state_header

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


@dataclass(frozen=True, repr=False)
class StateEvaluation:
    """The state and a quarter, from what its areas published (Auswertung des Landes).

    Attributes
    ----------
    quarter : Quarter
        That is told of.
    area : Area
        North Rhine-Westphalia.
    collected : Collected
        Published rows of the quarter, and which areas are in.
    earlier : tuple of Collected
        The same of each earlier quarter that was published, oldest first.
    """

    quarter: Quarter
    area: Area
    collected: Collected = field(repr=False)
    earlier: tuple[Collected, ...] = field(repr=False)

    @property
    def areas(self) -> Protected:
        """Rows of all areas, as published."""
        return self.collected.rows

    @property
    def over_time(self) -> Protected:
        """Of each published quarter the rows that stand for itself."""
        return own_period([*self.earlier, self.collected])

    @property
    def rules(self) -> Rules:
        """By which all of the areas were protected."""
        return self.areas.rules

    def derive(self, measure: Callable[..., Results], *parts: Protected, **given: Any) -> Protected:
        """Derive results from published ones, such as a sum over areas (Ableiten)."""
        return derive(measure, *parts, **given)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        return state_header(self.collected, self.earlier)._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"StateEvaluation({self.quarter}, {self.collected})"


def evaluate_state(quarter: str, area: str = STATE) -> StateEvaluation:
    """Put together what the areas published, for a notebook on the state.

    No delivery, no vintage and no register is opened. Rules are those of the areas.

    Parameters
    ----------
    quarter : str
        Such as `2024Q3`; at least one area must be published.
    area : str
        `05`, North Rhine-Westphalia.

    Returns
    -------
    StateEvaluation

    Raises
    ------
    KimevalError
        One line that says which parameter breaks which rule, or which published
        files cannot be put together.
    """
    guard()
    place, period = _asked(quarter, area)
    if place.code != STATE:
        raise AreaError(
            f"The state's notebook is about '{STATE}', got '{place.code}'. One area is evaluated "
            f"by the other notebooks."
        )
    outputs = Project.find().outputs
    now = collected(outputs, period)
    return StateEvaluation(period, place, now, tuple(earlier(outputs, now)))


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
    place, period = _asked(quarter, area)
    rules = require_reason(Rules(threshold, method), reason)
    if not needs_data:
        nothing = Dataset(place, period.end)
        return Evaluation(period, place, rules, nothing, Ledger(), opened(rules, no_rows()))
    if place.code == STATE:
        raise AreaError(
            f"Persons' rows are read of one area, got '{STATE}'. The state is told from what its "
            f"areas published: ke.evaluate_state(quarter)."
        )
    project = Project.find()
    vintage = ensure_vintage(project, place)
    require_reached(period, place, vintage.as_of)
    data = vintage.load()
    _require_reach_back(data, period)
    release = opened(rules, history(project, place.code, data.synthetic))
    require_same_method(release.history, rules)
    return Evaluation(period, place, rules, data, vintage.ledger, release)


def _asked(quarter: str, area: str) -> tuple[Area, Quarter]:
    place = find_area(area)
    if not isinstance(quarter, str):
        raise ParameterError(f"quarter is text such as '2024Q3', got {quarter!r}. Use -r.")
    return place, Quarter.parse(quarter).require_begun()


def _require_reach_back(data: Dataset, period: Quarter) -> None:
    """Before the first contact and case nothing is known, which is not zero."""
    days = [data.table_or_empty(name)[column].min() for name, column in BEGINNINGS]
    begun = [Quarter.of(day.date()) for day in days if not pd.isna(day)]
    if begun and period < min(begun):
        raise QuarterError(
            f"The data of {data.area} begin in {min(begun)} and hold nothing of {period}. "
            f"The oldest possible is {min(begun)}."
        )
