"""How long children wait for a school place (Wartezeit auf einen Schulplatz)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import families, with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import both
from kimeval.core.statistics.survival import spells
from kimeval.outcomes.classes import CROSS, LATER, WIDEST, Classes, table_of
from kimeval.outcomes.cohort import FOLLOWED, year_of
from kimeval.outcomes.follow import HALF_DAY
from kimeval.outcomes.reached import HIDDEN, design_effect

WAITED = f"waited{CROSS}ending"
PLACED, OPEN = "vermittelt", "noch offen"
DAYS = (14, 30, 60, 90, 120, 180, 270, 365)
REQUESTS, EFFECT = "school_requests", "design_effect_school"
WITHIN, HALF, QUEUE = "school_place_within", "days_to_school_place", "school_still_waiting"
NOBODY = "keine Anfrage im Zeitraum"
FEW = "zu wenige Anfragen für mehr als eine Klasse der Wartezeit"
BACKWARD = "ohne Anfragen, die vor der Meldung vermittelt wären"
HALF_WAIT = "weniger als die Hälfte ist vermittelt"


def school_places(dataset: Dataset, quarter: Quarter) -> Results:
    """Requests for a school place by waiting time, open ones included (Schulplätze).

    Parameters
    ----------
    dataset : Dataset
        With table school_places.
    quarter : Quarter
        Of the report: requests of the last calendar year that ended half a year before
        its end, looked at half a year after it.

    Returns
    -------
    Results
        Counts in classes of days (`WAITED`) of which `school_waiting` makes a curve. A
        request that is open counts for as long as it has been open.
    """
    last = year_of(quarter)
    place = Row(REQUESTS, str(last.year), dataset.area.code)
    try:
        rows = with_person(dataset, "school_places")
    except MissingTable as found:
        return Results.of([_refused(place, str(found))])
    begin, end = pd.Timestamp(Quarter(last.year, 1).start), pd.Timestamp(last.end)
    rows = rows[rows["requested_on"].between(begin, end)]
    until = pd.Timestamp(min((last + FOLLOWED).end, dataset.as_of))
    placed = rows["placed_on"].where(rows["placed_on"] <= until)
    days = (placed.fillna(until) - rows["requested_on"]).dt.days
    status, reason = dataset.status(last + FOLLOWED)
    if (days < 0).any():
        status, reason = "partial", both(reason, BACKWARD)
    rows, placed, days = rows[days >= 0], placed[days >= 0], days[days >= 0]
    if rows.empty:
        return Results.of([_refused(place, NOBODY)])
    held = spells(
        np.maximum(days.to_numpy(float), HALF_DAY),
        placed.notna().to_numpy().astype(int),
        cluster=families(dataset, rows["person_id"]),
    )
    classes = Classes.of(held, 1, DAYS)
    if not classes.edges:
        return Results.of([_refused(place, FEW)])
    place = replace(place, status=status, reason=reason)
    at = classes.place(held.exit)
    made = [_count(place, rows)]
    for number, name in enumerate(classes.names):
        final = number == len(classes.edges)
        for kind, way in enumerate([LATER] if final else [OPEN, PLACED]):
            part = rows[(at == number) & (final | (held.ending == kind))]
            made.append(_count(replace(place, dimension=WAITED, group=name + CROSS + way), part))
    effect = design_effect(held, classes.edges[-1])
    persons = rows["person_id"].nunique()
    made.append(replace(place, indicator=EFFECT, value=effect, contributors=persons,
                        method="Varianz mit Familien zu Varianz ohne"))  # fmt: skip
    return Results.of(made)


def school_waiting(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Share placed by days, and days until half are (Wartezeit); for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `school_places`.
    level : float

    Returns
    -------
    Results
        Refused where a class is hidden, or the half is not placed.
    """
    own = frame[frame["indicator"] == REQUESTS]
    if own.empty:
        return Results.of([])
    first = own.iloc[0]
    place = Row(WITHIN, first["period"], first["area"], confidence=level, method="Sterbetafel")
    cells = own[own["dimension"] == WAITED]
    if first["status"] == "refused" or cells.empty or cells["value"].isna().any():
        reason = str(first["reason"]) if first["status"] == "refused" else HIDDEN
        return Results.of(
            [_refused(place, reason), _refused(replace(place, indicator=HALF), reason)]
        )
    told = frame.loc[frame["indicator"] == EFFECT, "value"]
    effect = 1.0 if told.empty or told.isna().any() else float(told.iloc[0])
    table, days = table_of(cells, (PLACED, OPEN), None, effect, level)
    rows = []
    left = float(cells["value"].sum())
    numbers = cells.groupby(cells["group"].str.split(CROSS).str[0], sort=False)["value"].sum()
    for edge, day in enumerate([0, *days]):
        if day > max(DAYS) or (edge and day - [0, *days][edge - 1] > WIDEST):
            break
        left -= float(numbers.iloc[edge - 1]) if edge else 0.0
        rows.append(replace(place, indicator=QUEUE, dimension="days", confidence=float("nan"),
                            group=f"nach {day} Tagen", value=float(left)))  # fmt: skip
        if edge and not np.isnan(table.ended[edge, 0]):
            curves = (table.ended, table.ended_lower, table.ended_upper)
            value, low, high = (float(curve[edge, 0]) for curve in curves)
            rows.append(replace(place, dimension="days", group=f"bis {day} Tage", value=value,
                                lower=low, upper=high))  # fmt: skip
    half, low, high = table.time_until_kind(0)
    told_half = replace(place, indicator=HALF)
    if np.isnan(half) or half > max(DAYS):
        return Results.of([*rows, _refused(told_half, HALF_WAIT)])
    return Results.of([*rows, replace(told_half, value=half, lower=low, upper=high)])


def _count(place: Row, rows: pd.DataFrame) -> Row:
    return replace(place, value=len(rows), numerator=len(rows), method="Auszählung",
                   contributors=rows["person_id"].nunique(),
                   record_key=key_of("request_id", rows["request_id"]))  # fmt: skip


def _refused(place: Row, reason: str) -> Row:
    return replace(place, status="refused", reason=reason.rstrip("."), method="",
                   confidence=float("nan"))  # fmt: skip
