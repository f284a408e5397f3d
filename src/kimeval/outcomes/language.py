"""How much language is gained, and how fast (Sprachstand über die Zeit).

Levels are an order, not a scale: from A1 to A2 is not as far as from B1 to B2. So shares
who rose are told first, and levels per year only as a mean pace.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import families, people, with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import FAMILIES, share_of_persons
from kimeval.core.statistics.checks import Floats, quantile
from kimeval.core.statistics.survival.influence import spread
from kimeval.outcomes.cohort import Cohort, cohort
from kimeval.outcomes.follow import FEWEST
from kimeval.outcomes.traits import LEVELS

CHANGE, PACE = "language_level_change", "language_levels_per_year"
APART = 60
YEAR = 365.25
CHANGES = ("niedriger", "gleich", "eine Stufe höher", "zwei oder mehr Stufen höher")
FEW = f"weniger als {FEWEST} Personen mit zwei Einstufungen im Abstand von {APART} Tagen"


def language_gain(
    dataset: Dataset, quarter: Quarter, level: float = 0.95, held: Cohort | None = None
) -> Results:
    """Change of the language level from the first to the last assessment (Sprachstand).

    Parameters
    ----------
    dataset : Dataset
        With tables assessments, cases and clients.
    quarter : Quarter
        Of the report; persons and last day as by `reached`.
    level : float
    held : Cohort, optional
        As `cohort` made it.

    Returns
    -------
    Results
        Share of persons by change (`CHANGES`), and levels gained per year under
        observation. The level at intake counts as first assessment where the delivery
        has an arrival at intake and no assessment before.
    """
    held = held or cohort(dataset, quarter)
    place = replace(held.place, indicator=CHANGE)
    lacking = held.lacking
    try:
        steps = pd.DataFrame() if lacking else _assessed(dataset, held.frame, held.until)
    except MissingTable as found:
        lacking = str(found)
    if lacking:
        return Results.of([_refused(replace(place, indicator=n), lacking) for n in (CHANGE, PACE)])
    gains = gained(steps)
    if len(gains) < FEWEST:
        return Results.of([_refused(replace(place, indicator=n), FEW) for n in (CHANGE, PACE)])
    persons = pd.Series(gains.index, gains.index, dtype="str")
    family = families(dataset, persons)
    named = pd.cut(gains["levels"], [-10, -1, 0, 1, 10], labels=CHANGES).astype("str")
    rows = [
        share_of_persons(
            replace(place, dimension="change", group=told), persons, named == told, family, level
        )
        for told in CHANGES
    ]
    return Results.of([*rows, _pace(place, gains, family, level)])


def gained(steps: pd.DataFrame) -> pd.DataFrame:
    """Levels from the first to the last assessment, and the years between (Zugewinn).

    Parameters
    ----------
    steps : DataFrame, shape (rows, 3)
        person_id, assessed_on and step, the position of the level in its order.

    Returns
    -------
    DataFrame, indexed by person_id
        levels (below 0 where someone fell) and years; only of persons with two
        assessments at least `APART` days apart.
    """
    ordered = steps.sort_values(["person_id", "assessed_on"], kind="stable")
    first = ordered.drop_duplicates("person_id").set_index("person_id")
    last = ordered.drop_duplicates("person_id", keep="last").set_index("person_id")
    days = (last["assessed_on"] - first["assessed_on"]).dt.days
    found = pd.DataFrame({"levels": last["step"] - first["step"], "years": days / YEAR})
    return found[days >= APART]


def _assessed(dataset: Dataset, frame: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    order = {code: n for n, code in enumerate(LEVELS)}
    rows = with_person(dataset, "assessments")
    rows = rows[rows["person_id"].isin(frame.index) & (rows["assessed_on"] <= until)]
    told = rows.assign(step=rows["language_level"].map(order))[["person_id", "assessed_on", "step"]]
    level = people(dataset)["language_level"].reindex(frame.index).map(order)
    intake = pd.DataFrame(
        {
            "person_id": frame.index,
            "assessed_on": frame["begun"].to_numpy(),
            "step": level.to_numpy(),
        }
    )
    before = told.groupby("person_id")["assessed_on"].min().reindex(frame.index)
    intake = intake[~(before <= frame["begun"]).to_numpy()]
    return pd.concat([intake, told]).dropna(subset=["step"])


def pace(
    levels: Floats, years: Floats, family: pd.Series, level: float = 0.95
) -> tuple[float, float, float]:
    """Levels per year with bounds, families as clusters (Stufen je Jahr).

    Parameters
    ----------
    levels, years : ndarray of float, shape (persons,)
    family : Series, shape (persons,)
    level : float

    Returns
    -------
    tuple of float
        A ratio of sums, linearised, with Student's t on as many families of equal
        weight as these are worth, less one.
    """
    value = levels.sum() / years.sum()
    labels = np.unique(family.to_numpy(), return_inverse=True)[1]
    rest = ((levels - value * years) / years.sum())[:, None]
    weight = np.bincount(labels, years)
    equal = max(float(weight.sum() ** 2 / (weight**2).sum()), 2.0)
    error = float(np.sqrt(spread(rest, labels)[0, 0] * equal / (equal - 1)))
    reach = quantile(level, equal - 1) * error
    return float(value), float(value - reach), float(value + reach)


def _pace(place: Row, gains: pd.DataFrame, family: pd.Series, level: float) -> Row:
    value, low, high = pace(
        gains["levels"].to_numpy(float), gains["years"].to_numpy(), family, level
    )
    return replace(
        place,
        indicator=PACE,
        value=value,
        lower=low,
        upper=high,
        confidence=level,
        method=f"Stufen je Jahr, {FAMILIES}",
        contributors=len(gains),
        base_key=key_of("person_id", gains.index),
    )


def _refused(place: Row, reason: str) -> Row:
    return replace(place, status="refused", reason=reason.rstrip("."))
