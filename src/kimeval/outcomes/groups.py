"""Whether groups reach an outcome alike (Unterschiede zwischen Gruppen).

What is told are associations. Groups differ in more than the trait they are named by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import both
from kimeval.core.statistics.multiple import adjusted
from kimeval.core.statistics.survival import (
    HazardRatios,
    cox,
    fine_gray,
    gray_test,
    proportional,
    time_difference,
)
from kimeval.outcomes.classes import CROSS
from kimeval.outcomes.cohort import Cohort, cohort
from kimeval.outcomes.declared import outcome
from kimeval.outcomes.follow import Followed, TooFew, follow, refused
from kimeval.outcomes.traits import TRAITS, trait

HORIZON = 365
TEST, GAP = "outcome_group_test", "outcome_days_gap"
COX, FINE_GRAY = "outcome_hazard_ratio", "outcome_share_ratio"
CHANGES = "das Verhältnis ändert sich mit der Zeit"
SEEN = 0.05
COMPARED = ("language_course", "work", "stay")
BY_TRAIT = f"outcome{CROSS}trait"


def group_differences(
    dataset: Dataset,
    quarter: Quarter,
    which: Sequence[str] = COMPARED,
    by: Sequence[str] = tuple(TRAITS),
    level: float = 0.95,
    held: Cohort | None = None,
) -> Results:
    """Differences between two groups of each trait (Unterschiede zwischen Gruppen).

    Parameters
    ----------
    dataset : Dataset
        With tables cases, clients and those that tell the outcomes.
    quarter : Quarter
        Of the report; persons as by `reached`.
    which, by : sequence of str
        Outcomes and traits; all their pairs are tested, and p values hold for all of
        them together (Holm).
    level : float
        Coverage of the intervals, each for itself.
    held : Cohort, optional
        As `cohort` made it.

    Returns
    -------
    Results
        For each pair: p value of Gray's test; days since the outcome gained within a
        year; and ratios of hazards (Cox) and of subdistribution hazards (Fine and Gray),
        partial where a check finds that they change with time. Persons whose trait is
        not known are left out.
    """
    held = held or cohort(dataset, quarter)
    rows: list[Row] = []
    for one in which:
        place = replace(held.place, indicator=TEST, confidence=level)
        try:
            followed = follow(held, outcome(one))
        except TooFew as found:
            rows += [
                refused(replace(place, indicator=name), outcome(one).german, found, BY_TRAIT)
                for name in (TEST, GAP, COX, FINE_GRAY)
            ]
            continue
        for name in by:
            rows += _pair(place, followed, one, name, level)
    return Results.of(_together(rows))


def _pair(place: Row, followed: Followed, one: str, name: str, level: float) -> Iterator[Row]:
    told = trait(name)
    group = told.groups(followed.frame)
    known = group.isin(told.order).to_numpy()
    held, second = followed.spells.only(known), (group[known] == told.order[1]).to_numpy()
    versus = f"{told.order[1]} gegen {told.order[0]}"
    place = replace(place, dimension=BY_TRAIT, group=f"{outcome(one).german}{CROSS}{versus}")
    reached = held.ending == 1
    few = min(int(reached[second].sum()), int(reached[~second].sum()))
    status, reason = followed.status, followed.reason
    if not known.all():
        lacking = f"ohne Personen mit unbekanntem Merkmal ({told.german})"
        status, reason = "partial", both(reason, lacking)
    place = replace(place, status=status, reason=reason, contributors=few)
    test = gray_test(held, second)
    if test.reason:
        for indicator in (TEST, GAP, COX, FINE_GRAY):
            yield refused(replace(place, indicator=indicator), place.group, test.reason, BY_TRAIT)
        return
    yield replace(place, value=test.p_value, method="Gray", confidence=float("nan"))
    gap = time_difference(held, second, HORIZON, level=level)
    told_gap = replace(place, indicator=GAP, method=f"bis {HORIZON} Tage, Familien als Klumpen")
    if gap.reason:
        yield refused(told_gap, place.group, gap.reason, BY_TRAIT)
    else:
        yield replace(told_gap, value=gap.value, lower=gap.lower, upper=gap.upper)
    x = second.astype(float)
    for indicator, model, method in (
        (COX, cox(held, x, level=level), "Cox, Familien als Klumpen"),
        (FINE_GRAY, fine_gray(held, x, level=level), "Fine und Gray, Familien als Klumpen"),
    ):
        yield ratio_row(replace(place, indicator=indicator, method=method), model, 0)


def ratio_row(place: Row, model: HazardRatios, at: int) -> Row:
    """A ratio of a model as a row, with what checks say against it.

    Parameters
    ----------
    place : Row
        Without numbers.
    model : HazardRatios
    at : int
        Position of the covariate.
    """
    if model.reason:
        return refused(place, place.group, model.reason, place.dimension)
    check = proportional(model)
    notes = [model.warning]
    if not check.reason and check.p_value[at] < SEEN:
        notes.append(CHANGES)
    told = "; ".join(filter(None, notes))
    return replace(
        place,
        value=float(model.ratio[at]),
        lower=float(model.lower[at]),
        upper=float(model.upper[at]),
        status="partial" if told else place.status,
        reason=both(place.reason, told),
    )


def _together(rows: list[Row]) -> list[Row]:
    """Tests with p values that hold for all tests together."""
    tests = [n for n, row in enumerate(rows) if row.indicator == TEST and not np.isnan(row.value)]
    if not tests:
        return rows
    values = adjusted([rows[n].value for n in tests], "holm")
    for n, value in zip(tests, values, strict=True):
        method = f"Gray, Holm über {len(tests)} Tests"
        rows[n] = replace(rows[n], value=float(value), method=method)
    return rows
