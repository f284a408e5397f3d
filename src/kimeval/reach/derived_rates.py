"""Rates and shares made of published counts (Raten aus veröffentlichten Zahlen)."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.area import area as find_area
from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset
from kimeval.core.denominator import SourcedDenominator
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL, Results, Row
from kimeval.core.rows import both
from kimeval.core.statistics.estimate import FEW_EVENTS, LEAST_EVENTS, REFUSALS
from kimeval.core.statistics.uncertain import APPROXIMATE, EXACT, Denominator, rate_over
from kimeval.core.supplied import NOTHING_SUPPLIED, Supplied
from kimeval.reach.bases import Base, Wanted, base_for
from kimeval.reach.derived import no_row, row_of
from kimeval.reach.people import UNKNOWN

RATE, SUPPORT = "reached_per_1000", "double_support"
PER = 1000
NOT_PUBLISHED = "die Zahl der Personen ist gesperrt oder nicht bestimmbar"
CENSUS_DAY = dt.date(2022, 5, 15)
PROGRAMMES = tuple(name for code, name in codes("partner_programme").items() if code != "none")


def reached_per_1000(
    frame: pd.DataFrame,
    supplied: Supplied = NOTHING_SUPPLIED,
    any_year: bool = False,
    level: float = 0.95,
) -> Results:
    """Persons reached per 1,000 inhabitants, by municipality (Rate).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Persons reached by `ags`, protected.
    supplied : Supplied
        Inhabitants (measure population) of the user; else those of the census of
        15.05.2022 in the reference data.
    any_year : bool
        Whether inhabitants of another year than the quarter's will do; the footnote
        says their day.
    level : float
        Coverage of Byar's interval.

    Returns
    -------
    Results
        Total and municipalities. Refused with fewer than 10 persons, where the count is
        hidden, and without inhabitants of the year.
    """
    source = frame.iloc[0]
    place = find_area(str(source["area"]))
    towns = {town.name: town.ags for town in place.municipalities}
    known = [*supplied.denominators, *_census(place.code)]
    nobody = Dataset(place, Quarter.parse(source["period"]).end)
    rows = []
    counts = frame[frame["dimension"].isin([TOTAL, "ags"])]
    for _, one in counts[(counts["group"] == TOTAL) | counts["group"].isin(towns)].iterrows():
        day = Quarter.parse(one["period"]).end
        wanted = Wanted("population", day, None, towns.get(one["group"], ""), any_year=any_year)
        base, why = base_for(nobody, known, wanted)
        rows.append(_rate(one, base, why, level))
    return Results.of(rows)


def double_support(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Share of persons who are in another funded programme as well (Doppelförderung).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Persons active by `partner_programme`, protected.
    level : float
        Coverage of Wilson's interval.

    Returns
    -------
    Results
        One row per programme, over the persons of whom it is known; refused where the
        total, or those of whom nothing is known, are hidden.
    """
    mine = frame[frame["dimension"] == "partner_programme"].set_index("group")
    total = frame[frame["dimension"] == TOTAL].iloc[0]
    if mine.empty or mine["value"].isna().all():
        why = "keine Angaben zu weiteren Förderprogrammen veröffentlicht"
        return Results.of([no_row(SUPPORT, total, why, "partner_programme", "Programme")])
    unknown = mine["value"].get(UNKNOWN, 0.0)
    base = total["value"] - unknown
    rows = []
    for name in PROGRAMMES:
        hits = mine["value"].get(name, 0.0)
        if math.isnan(hits) or math.isnan(base) or not base:
            rows.append(no_row(SUPPORT, total, NOT_PUBLISHED, "partner_programme", name))
            continue
        lower, upper = wilson_interval(hits, base, level)[0]
        rows.append(
            Row(
                SUPPORT,
                total["period"],
                total["area"],
                value=hits / base,
                dimension="partner_programme",
                group=name,
                numerator=hits,
                denominator=base,
                lower=lower,
                upper=upper,
                confidence=level,
                method="Wilson",
                status=str(total["status"]),
                reason=str(total["reason"]),
            )
        )
    return Results.of(rows)


def _rate(one: pd.Series, base: Base | None, why: str, level: float) -> Row:
    dimension, group = one["dimension"], one["group"]
    if pd.isna(one["value"]):
        return no_row(RATE, one, NOT_PUBLISHED, dimension, group)
    if base is None:
        return no_row(RATE, one, why, dimension, group)
    if one["value"] < LEAST_EVENTS:
        return no_row(RATE, one, REFUSALS[FEW_EVENTS], dimension, group)
    kind = EXACT if base.low == base.persons == base.high else APPROXIMATE
    number, low, high = (np.atleast_1d(n) for n in (base.persons, base.low, base.high))
    found = rate_over(one["value"], Denominator(number, low, high, kind), per=PER, level=level)
    row = row_of(RATE, pd.DataFrame([one]), found, 0, dimension, group)
    row = replace(row, numerator=one["value"], denominator=base.persons)
    if not base.said:
        return row
    return replace(row, status="partial", reason=both(row.reason, base.said))


def _census(code: str) -> list[SourcedDenominator]:
    return [
        SourcedDenominator(
            "population",
            town.ags,
            town.population,
            CENSUS_DAY,
            definition="Bevölkerung",
            source="Zensus 2022",
        )
        for town in find_area(code).municipalities
    ]
