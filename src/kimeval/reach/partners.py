"""Whom partners support, and who is known to them alone (JMD, MBE, Teilhabemanagement)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import PARTNERS, with_person
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results
from kimeval.core.rows import refusal
from kimeval.reach.counting import count, untold
from kimeval.reach.people import in_quarter

KNOWN, UNKNOWN_TO_KIM = "auch im KIM bekannt", "nur beim Partner bekannt"


def partner_persons(
    dataset: Dataset, quarter: Quarter, by: Sequence[str] = ("kim", "provider")
) -> Results:
    """Persons whom a partner met in the quarter, known to KIM or not (Partner).

    Parameters
    ----------
    dataset : Dataset
        With clients and contacts of a partner: a provider whose name in its profile
        is a code of partner_programme (jmd, mbe, tm).
    quarter : Quarter
        Of the partner's contacts; KIM may know a person from any time up to its end.
    by : sequence of str
        `kim` for known there or not, `provider` for the partner, or a dimension of
        the person.

    Returns
    -------
    Results
        Refused where no partner delivers, with the reason.
    """
    name, rows = "partner_persons", dataset.table_or_empty("clients")
    if not rows["provider"].isin(PARTNERS).any():
        partners = ", ".join(codes("partner_programme")[code] for code in sorted(PARTNERS))
        total = refusal(name, dataset, quarter, f"kein Partner ({partners}) liefert Daten")
        return Results.of([total, *(untold(total, dimension) for dimension in by)])
    return count(name, dataset, quarter, by, _met_by_partner, "person_id")


def _met_by_partner(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    rows = with_person(dataset, "contacts")
    met = in_quarter(rows[rows["provider"].isin(PARTNERS)], "contact_on", quarter)
    if met.empty and not rows["provider"].isin(PARTNERS).any():
        raise MissingTable("Der Partner liefert keine Kontakte (contacts).")
    met = met.sort_values(["contact_on", "contact_id"], kind="stable").drop_duplicates("person_id")
    here = met["person_id"].isin(_known_to_kim(dataset, quarter))
    return met.assign(kim=here.map({True: KNOWN, False: UNKNOWN_TO_KIM}))


def _known_to_kim(dataset: Dataset, quarter: Quarter) -> set[str]:
    """Persons with a case or a contact in case management up to the quarter's end."""
    day, found = pd.Timestamp(quarter.end), set()
    for name, column in (("cases", "opened_on"), ("contacts", "contact_on")):
        if name in dataset.tables:
            rows = with_person(dataset, name)
            own = ~rows["provider"].isin(PARTNERS) & (rows[column] <= day)
            found |= set(rows.loc[own, "person_id"])
    return found
