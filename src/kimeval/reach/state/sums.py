"""Sums over areas, with the number of areas that are in (Summen über Gebiete)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.catalogue import indicator
from kimeval.core.results import Results, Row
from kimeval.reach.state.frames import OfAreas, in_areas, newest, of_areas

SUMMED = {
    name: f"state_{name}"
    for name in (
        "persons_reached",
        "persons_new",
        "households_active",
        "cases_active",
        "cases_new",
        "cases_closed",
    )
}
AREAS, REACHED = "state_areas", "persons_reached"


def sums(frame: pd.DataFrame) -> Results:
    """Persons, households and cases of all areas with a value (Summen der Gebiete).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.

    Returns
    -------
    Results
        For each unit the sum, and how many areas are in it. Partial where an area's
        number is hidden, refused, incomplete or not published: then it is less than
        the whole.
    """
    period, rows = newest(frame), []
    for name in SUMMED:
        counted = of_areas(frame, name, period)
        rows += [total(counted), in_it(counted)]
    return Results.of(rows)


def reached_by_group(frame: pd.DataFrame, dimension: str) -> Results:
    """Persons reached by group, summed over areas (Erreichte nach Merkmal).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.
    dimension : str
        Such as `age_band` or `legal_sphere`.

    Returns
    -------
    Results
        Groups in the order in which they first occur. Partial where an area hides its
        number: the sum is then too small by at least one person in each of these areas.
    """
    period = newest(frame)
    rows = frame[
        (frame["indicator"] == REACHED)
        & (frame["period"] == period)
        & (frame["dimension"] == dimension)
        & (frame["status"] != "refused")
    ]
    counted = of_areas(frame, REACHED, period)
    return Results.of(
        _group(counted, str(group), dimension, held)
        for group, held in rows.groupby("group", sort=False)
    )


def _group(counted: OfAreas, group: str, dimension: str, held: pd.DataFrame) -> Row:
    hidden, place = int(held["suppressed"].sum()), {"dimension": dimension, "group": group}
    said = counted.reason
    if hidden:
        said = f"{in_areas(hidden)} gesperrt und nicht enthalten"
    fields = {"status": "partial" if said else "complete", "reason": said, **place}
    if held["value"].isna().all():
        reason = f"{in_areas(hidden)} gesperrt und sonst nicht veröffentlicht"
        return counted.row(SUMMED[REACHED], **fields | {"status": "refused", "reason": reason})
    value = float(held["value"].sum())
    return counted.row(
        SUMMED[REACHED], value=value, numerator=value, method="Summe der Gebiete", **fields
    )


def total(counted: OfAreas) -> Row:
    """The sum of one indicator over the areas that have it."""
    name = SUMMED[counted.indicator]
    if counted.known.empty:
        return counted.refusal(name)
    value = float(counted.known["value"].sum())
    return counted.row(name, value=value, numerator=value, method="Summe der Gebiete")


def in_it(counted: OfAreas) -> Row:
    """How many areas are in that sum."""
    return counted.row(
        AREAS,
        dimension="indicator",
        group=indicator(counted.indicator).name,
        value=len(counted.known),
        numerator=len(counted.known),
        denominator=counted.asked,
        method="Auszählung",
    )
