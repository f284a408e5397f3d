"""Traits side by side in one model, with what is missing drawn (Merkmale im Modell)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import both
from kimeval.core.statistics.imputation import MOST_MISSING, completed, outcome_columns, pooled
from kimeval.core.statistics.survival import HazardRatios, cox
from kimeval.outcomes.classes import CROSS
from kimeval.outcomes.cohort import Cohort, cohort
from kimeval.outcomes.declared import outcome
from kimeval.outcomes.follow import Followed, TooFew, follow, refused
from kimeval.outcomes.groups import BY_TRAIT, COMPARED, ratio_row
from kimeval.outcomes.traits import covariates

DRAWS, SEED = 10, 20220101
COMPLETE, IMPUTED = "outcome_ratio_complete", "outcome_ratio_imputed"


def adjusted_ratios(
    dataset: Dataset,
    quarter: Quarter,
    which: Sequence[str] = COMPARED,
    draws: int = DRAWS,
    level: float = 0.95,
    held: Cohort | None = None,
) -> Results:
    """Ratios of hazards by gender, age and language level together (Cox-Modell).

    Parameters
    ----------
    dataset : Dataset
        With tables cases, clients and those that tell the outcomes.
    quarter : Quarter
        Of the report; persons as by `reached`.
    which : sequence of str
    draws : int
        Completed data sets; the same ones each time.
    level : float
    held : Cohort, optional
        As `cohort` made it.

    Returns
    -------
    Results
        For each outcome and trait: from persons of whom all is known, and from all with
        what is missing drawn from similar persons. A trait known of less than half of the
        persons is left out, and the rows say so.
    """
    held = held or cohort(dataset, quarter)
    rows: list[Row] = []
    for one in which:
        place = replace(held.place, indicator=COMPLETE, dimension=BY_TRAIT)
        try:
            followed = follow(held, outcome(one))
        except TooFew as found:
            rows += [
                refused(replace(place, indicator=name), outcome(one).german, found, BY_TRAIT)
                for name in (COMPLETE, IMPUTED)
            ]
            continue
        rows += _models(place, followed, outcome(one).german, draws, level)
    return Results.of(rows)


def _models(place: Row, followed: Followed, german: str, draws: int, level: float) -> Iterator[Row]:
    every = covariates(followed.frame)
    known = every.isna().mean() <= MOST_MISSING
    told, reason = every.loc[:, known], followed.reason
    if left_out := [str(name) for name in every.columns[~known]]:
        reason = both(reason, f"ohne {', '.join(left_out)}, da zu selten bekannt")
    if told.empty:
        return
    status = "partial" if reason else followed.status
    whole = told.notna().all(axis=1).to_numpy()
    complete = followed.spells.only(whole)
    place = replace(place, dimension=BY_TRAIT, status=status, reason=reason, confidence=level)
    model = cox(complete, told[whole], list(told), level=level)
    fits = _fits(followed, told, draws, level) if not whole.all() else []
    for at, name in enumerate(told):
        row = replace(place, group=f"{german}{CROSS}{name}", contributors=model.events,
                      method="Cox, vollständige Angaben, Familien als Klumpen")  # fmt: skip
        yield ratio_row(row, model, at)
        yield _pooled(replace(row, indicator=IMPUTED), fits or [model], at, level)


def _fits(followed: Followed, told: pd.DataFrame, draws: int, level: float) -> list[HazardRatios]:
    held = followed.spells
    drawn = completed(told, outcome_columns(held), draws, SEED)
    return [cox(held, one, list(told), level=level) for one in drawn]


def _pooled(place: Row, fits: list[HazardRatios], at: int, level: float) -> Row:
    lacking = next((fit.reason for fit in fits if fit.reason), "")
    if lacking or len(fits) == 1:
        told = lacking or "nichts war zu ergänzen"
        return refused(place, place.group, told, BY_TRAIT)
    freedom = max(fits[0].clusters - len(fits[0].names), 1)
    found = pooled([f.beta for f in fits], [f.error**2 for f in fits], freedom, level)
    warning = fits[0].warning
    value, low, high = (float(np.exp(v[at])) for v in (found.value, found.lower, found.upper))
    return replace(
        place,
        value=value,
        lower=low,
        upper=high,
        method=f"Cox, {found.draws} ergänzte Datensätze, Rubins Regeln",
        contributors=fits[0].events,
        status="partial" if warning else place.status,
        reason=both(place.reason, warning),
    )
