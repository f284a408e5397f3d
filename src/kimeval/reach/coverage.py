"""Which share of the newly arrived is reached (Reichweite)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.reach.people import first_contacts, people
from kimeval.reach.rows import refusal, share

INDICATOR = "coverage_newly_arrived"
QUARTERS = 4
ABOVE = (
    "mehr erreichte Personen (Tabelle clients) als Neuzugewanderte (Tabelle population); "
    "Zähler und Nenner passen nicht zusammen"
)


def coverage_newly_arrived(dataset: Dataset, quarter: Quarter, level: float = 0.95) -> Results:
    """Share of the newly arrived who had a contact (Reichweite unter Neuzugewanderten).

    Parameters
    ----------
    dataset : Dataset
        With tables clients, contacts and population (measure newly_arrived).
    quarter : Quarter
        Last of the four quarters in which people arrived; a contact counts up
        to its end.
    level : float
        Coverage of Wilson's interval, between 0 and 1.

    Returns
    -------
    Results
        The area and each of its municipalities. Partial where a number of the
        statistic is withheld or was not delivered; refused where it gives none,
        nobody, or fewer people than were reached.
    """
    try:
        reached = _reached(dataset, quarter)
        arrived = newly_arrived(dataset, quarter)
    except MissingTable as found:
        return Results.of([refusal(INDICATOR, dataset, quarter, found)])
    inside = reached.isna() | reached.isin([town.ags for town in dataset.area.municipalities])
    rows = [_row(dataset, quarter, "", reached[inside], arrived, level)]
    for town in dataset.area.municipalities:
        mine = arrived[arrived["ags"] == town.ags]
        rows.append(_row(dataset, quarter, town.name, reached[reached == town.ags], mine, level))
    return Results.of(rows)


def newly_arrived(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    """Rows of the statistic for the area and the four quarters up to `quarter`.

    Returns
    -------
    DataFrame with columns ags, counted_on, persons
        Totals only, none of a gender, age or nationality. A withheld number is
        missing and never zero.
    """
    statistic = dataset.table("population")
    first = (quarter - (QUARTERS - 1)).start
    chosen = (
        (statistic["measure"] == "newly_arrived")
        & statistic["counted_on"].between(pd.Timestamp(first), pd.Timestamp(quarter.end))
        & statistic["ags"].isin([town.ags for town in dataset.area.municipalities])
        & statistic[["gender", "age_band", "nationality"]].isna().all(axis=1)
    )
    return statistic.loc[chosen, ["ags", "counted_on", "persons"]]


def _reached(dataset: Dataset, quarter: Quarter) -> pd.Series:
    """Municipality of each person who arrived in the window and had a contact."""
    persons = people(dataset)
    first = (quarter - (QUARTERS - 1)).start
    arrived = persons["arrived_on"].between(pd.Timestamp(first), pd.Timestamp(quarter.end))
    met = first_contacts(dataset).set_index("person_id")["contact_on"]
    in_time = met[met <= pd.Timestamp(quarter.end)].index
    return persons.loc[arrived & persons.index.isin(in_time), "ags"]


def _row(
    dataset: Dataset,
    quarter: Quarter,
    town: str,
    persons: pd.Series,
    arrived: pd.DataFrame,
    level: float,
) -> Row:
    dimension, reached = ("ags" if town else ""), len(persons)
    known = arrived["persons"].dropna()
    total = int(known.sum())
    if reason := _refusal(reached, total, known.empty):
        row = refusal(INDICATOR, dataset, quarter, reason)
        return replace(row, dimension=dimension, group=town)
    status, reason = _status(dataset, quarter, town, len(known))
    place = Row(
        INDICATOR,
        str(quarter),
        dataset.area.code,
        dimension=dimension,
        group=town,
        status=status,
        reason=reason,
        record_key=key_of("person_id", persons.index),
        base_key=key_of("newly_arrived", _lines(arrived)),
    )
    return share(place, reached, total, level, contributors=reached)


def _lines(arrived: pd.DataFrame) -> list[str]:
    """Lines of the statistic, each with its number: a revised one is another line."""
    known = arrived.dropna(subset=["persons"])
    texts = (known["ags"] + " " + known["counted_on"].astype(str)).tolist()
    return [f"{text} {n}" for text, n in zip(texts, known["persons"].tolist(), strict=True)]


def _refusal(reached: int, total: int, nothing_known: bool) -> str:
    if nothing_known:
        return "keine Zahl der Neuzugewanderten geliefert"
    if reached > total:
        return ABOVE
    return "" if total else "laut Statistik keine Neuzugewanderten"


def _status(dataset: Dataset, quarter: Quarter, town: str, known: int) -> tuple[str, str]:
    """Status of the data; partial where numbers of the statistic are lacking."""
    status, reason = dataset.status_of_cases(quarter)
    due = QUARTERS * (1 if town else len(dataset.area.municipalities))
    if known >= due:
        return status, reason
    lacking = f"{due - known} von {due} Zahlen der Statistik geheim oder nicht geliefert"
    return "partial", "; ".join(filter(None, [reason, f"{lacking}, der Nenner ist zu klein"]))
