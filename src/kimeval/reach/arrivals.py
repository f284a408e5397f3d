"""Newly arrived persons: those of the statistic, and those reached (Neuzugewanderte)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.reach.people import first_contacts, people

QUARTERS = 4
GROUPS = ("gender", "age_band", "nationality")
NOBODY: Mapping[str, str] = {}


def newly_arrived(
    dataset: Dataset, quarter: Quarter, groups: Mapping[str, str] = NOBODY
) -> pd.DataFrame:
    """Rows of the statistic for the area and the four quarters up to `quarter`.

    Parameters
    ----------
    dataset : Dataset
        With table population (measure newly_arrived).
    quarter : Quarter
        Last of the four.
    groups : mapping of str to str
        Code by gender, age_band or nationality; by default numbers of everybody, none
        of a group.

    Returns
    -------
    DataFrame with columns ags, counted_on, persons
        A withheld number is missing and never zero.
    """
    statistic = dataset.table("population")
    first = (quarter - (QUARTERS - 1)).start
    chosen = (
        (statistic["measure"] == "newly_arrived")
        & statistic["counted_on"].between(pd.Timestamp(first), pd.Timestamp(quarter.end))
        & statistic["ags"].isin([town.ags for town in dataset.area.municipalities])
    )
    for name in GROUPS:
        column = statistic[name]
        chosen &= column == groups[name] if name in groups else column.isna()
    return statistic.loc[chosen, ["ags", "counted_on", "persons"]]


def reached_arrivals(dataset: Dataset, quarter: Quarter, until: pd.Timestamp) -> pd.DataFrame:
    """Persons of the area who arrived in the four quarters and had a contact.

    Parameters
    ----------
    dataset : Dataset
        With tables clients and contacts.
    quarter : Quarter
        Last of the four quarters in which they arrived.
    until : Timestamp
        Last day on which a first contact counts.

    Returns
    -------
    DataFrame, shape (persons, any)
        person_id, ags, days to the first contact, and the provider of that contact.
        Who lives in a municipality outside the area is left out.
    """
    first = first_contacts(dataset)
    known = people(dataset)[["arrived_on", "ags"]].reindex(first["person_id"]).set_axis(first.index)
    met = first[["person_id", "provider", "contact_on"]].assign(**known)
    start = pd.Timestamp((quarter - (QUARTERS - 1)).start)
    arrived = met["arrived_on"].between(start, pd.Timestamp(quarter.end))
    towns = [town.ags for town in dataset.area.municipalities]
    inside = met["ags"].isna() | met["ags"].isin(towns)
    found = met[arrived & inside & (met["contact_on"] <= until)]
    days = (found["contact_on"] - found["arrived_on"]).dt.days
    return found.assign(days=days).sort_values("person_id", ignore_index=True)


def lines_of(arrived: pd.DataFrame) -> list[str]:
    """Lines of the statistic, each with its number: a revised one is another line."""
    known = arrived.dropna(subset=["persons"])
    texts = (known["ags"] + " " + known["counted_on"].astype(str)).tolist()
    return [f"{text} {n}" for text, n in zip(texts, known["persons"].tolist(), strict=True)]
