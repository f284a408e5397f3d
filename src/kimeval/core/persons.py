"""Persons across providers, and the person behind each row (Personen)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset
from kimeval.core.errors import DataError
from kimeval.core.schema import table

PARTNERS = frozenset(codes("partner_programme")) - {"none"}


def people(dataset: Dataset) -> pd.DataFrame:
    """One row per person, with attributes from all providers.

    Where providers disagree, the first known value in the order of providers
    holds; the earliest arrival holds. Whom a partner delivers is in its programme.

    Parameters
    ----------
    dataset : Dataset
        With table clients.

    Returns
    -------
    DataFrame, indexed by person_id
        birth_year, gender, nationality, arrived_on, ags, language_level,
        partner_programme.
    """
    clients = dataset.table("clients").sort_values(["provider", "client_id"], kind="stable")
    columns = ["birth_year", "gender", "nationality", "ags", "language_level", "partner_programme"]
    persons = clients["person_id"].fillna(clients["client_id"]).rename("person_id")
    grouped = clients.groupby(persons, sort=True)
    known = grouped[columns].first().assign(arrived_on=grouped["arrived_on"].min())
    partner = clients["provider"].where(clients["provider"].isin(PARTNERS)).groupby(persons).first()
    programme = partner.reindex(known.index).fillna(known["partner_programme"])
    return known.assign(partner_programme=programme)


def families(dataset: Dataset, persons: pd.Series) -> pd.Series:
    """Family of each person: the household at the first provider that knows it (Familie).

    Parameters
    ----------
    dataset : Dataset
        With table clients.
    persons : Series of str, shape (rows,)
        person_id.

    Returns
    -------
    Series of str, shape (rows,)
        Whose household is not known is a family of one.
    """
    known = dataset.once("families", lambda: _homes(dataset))
    homes = [known.get(one, f"one {one}") for one in persons]
    return pd.Series(homes, persons.index, dtype="str")


def _homes(dataset: Dataset) -> dict[str, str]:
    """Household of each person at the first provider that knows it."""
    clients = dataset.table_or_empty("clients").sort_values(["provider", "client_id"])
    person = clients["person_id"].fillna(clients["client_id"])
    home = clients["provider"] + " " + clients["household_id"]
    return home.groupby(person).first().dropna().to_dict()


def with_person(dataset: Dataset, name: str) -> pd.DataFrame:
    """A table's rows with the person behind each.

    A row whose client is not in the delivery keeps its client number as the
    person, and a row without one its own number, so that it counts as one
    person and is never lost.

    Raises
    ------
    DataError
        If a provider's client stands twice in table clients.
    """
    rows = dataset.table(name).reset_index(drop=True)
    return rows.assign(person_id=dataset.once(("persons", name), lambda: _persons(dataset, name)))


def _persons(dataset: Dataset, name: str) -> pd.Series:
    """Person behind each row of a table, shape (rows,)."""
    key = table(name).key[0]
    rows = dataset.table(name)[list(dict.fromkeys(["provider", "client_id", key]))]
    known = dataset.table_or_empty("clients")[["provider", "client_id", "person_id"]]
    if repeated := int(known.duplicated(["provider", "client_id"]).sum()):
        raise DataError(
            f"A client stands once per provider in table 'clients', {repeated} rows repeat one. "
            f"Clean the delivery first."
        )
    joined = rows.merge(known, how="left", on=["provider", "client_id"], validate="many_to_one")
    return joined["person_id"].fillna(joined["client_id"]).fillna(joined[key])
