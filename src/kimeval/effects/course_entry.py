"""Course entries of the newly arrived, and since when the programme runs (Kurseintritt)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row, refused
from kimeval.core.rows import refusal, share

INDICATOR, RUNNING = "course_entry_share", "case_management_quarters"
MEASURES = ("newly_arrived", "course_entry")
CASE_MANAGEMENT = "2"
FOLLOW_UP = 2
QUARTERS = 20
LEAST_KNOWN = 0.75
SOME_SECRET = "ohne Gemeinden, deren Zahl geheim ist oder fehlt"
TOO_SECRET = "in Gemeinden mit mehr als einem Viertel der Neuzugewanderten ist die Zahl geheim"


def course_entry_by_quarter(
    dataset: Dataset, last: Quarter, quarters: int = QUARTERS, level: float = 0.95
) -> Results:
    """Share of the newly arrived who enter a course within two quarters (Kurseintritt).

    Parameters
    ----------
    dataset : Dataset
        With table population (measures newly_arrived and course_entry).
    last : Quarter
        Nothing that became known later is used: the newest of the rows is two quarters
        before it.
    quarters : int
        At most so many.
    level : float
        Coverage of Wilson's intervals.

    Returns
    -------
    Results
        A row per quarter of arrival, for the whole area. A municipality whose number is
        withheld is in neither count, and the row is partial; refused where more than a
        quarter of the newly arrived live in such ones, since small counts are withheld
        and what is left would be too high or too low.
    """
    try:
        table = dataset.table("population")
    except MissingTable as found:
        return Results.of([refusal(INDICATOR, dataset, last, found)])
    towns = [town.ags for town in dataset.area.municipalities]
    plain = table[["gender", "age_band", "nationality"]].isna().all(axis=1)
    chosen = table[table["measure"].isin(MEASURES) & plain & table["ags"].isin(towns)]
    newest = last - FOLLOW_UP
    rows = [
        row
        for quarter in Quarter.span(newest - (quarters - 1), newest)
        if (row := _quarter(dataset, chosen, quarter, len(towns), level)) is not None
    ]
    nothing = refusal(INDICATOR, dataset, last, "keine Zahl der Kurseintritte geliefert")
    return Results.of(rows or [nothing])


def programme_start(dataset: Dataset) -> str:
    """First quarter with a post in case management, such as `2022Q3` (Beginn).

    Returns
    -------
    str
        Empty where no list of posts was delivered: then it is not known, which is not
        the same as never.
    """
    posts = dataset.table_or_empty("posts")
    days = posts.loc[posts["baustein"] == CASE_MANAGEMENT, "valid_from"].dropna()
    return str(Quarter.of(days.min().date())) if len(days) else ""


def programme_running(dataset: Dataset, quarter: Quarter) -> Results:
    """For how many quarters case management has been running (Laufzeit).

    Returns
    -------
    Results
        One row; refused where the beginning is not known.
    """
    begun = programme_start(dataset)
    place = (RUNNING, str(quarter), dataset.area.code)
    if not begun:
        reason = "keine Stelle im Case Management geliefert, der Beginn ist nicht bekannt"
        return Results.of([refused(*place, reason)])
    since = max(quarter - Quarter.parse(begun) + 1, 0)
    return Results.of([Row(*place, value=since, method=f"Beginn im {Quarter.parse(begun).label}")])


def _quarter(
    dataset: Dataset, table: pd.DataFrame, quarter: Quarter, towns: int, level: float
) -> Row | None:
    rows = table[table["counted_on"] == pd.Timestamp(quarter.end)]
    wide = rows.pivot_table(index="ags", columns="measure", values="persons", aggfunc="last")
    wide = wide.reindex(columns=list(MEASURES))
    everybody = wide["newly_arrived"].sum()
    wide = wide.dropna().astype(int)
    arrived, entered = int(wide["newly_arrived"].sum()), int(wide["course_entry"].sum())
    if not everybody:
        return None
    if arrived < LEAST_KNOWN * everybody:
        return refusal(INDICATOR, dataset, quarter, TOO_SECRET)
    said = SOME_SECRET if len(wide) < towns else ""
    lines = [f"{ags} {quarter} {n}" for ags, n in wide["newly_arrived"].items()]
    place = Row(
        INDICATOR,
        str(quarter),
        dataset.area.code,
        status="partial" if said else "complete",
        reason=said,
        base_key=key_of(INDICATOR, lines),
    )
    return share(place, entered, arrived, level, entered)
