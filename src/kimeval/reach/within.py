"""How soon the newly arrived come, those who do not come included (Zeit bis zum Kontakt)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import families
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal
from kimeval.reach.arrivals import QUARTERS, lines_of, newly_arrived, reached_arrivals
from kimeval.reach.bases import counted
from kimeval.reach.coverage import not_covered, withheld
from kimeval.reach.rows import family_effect, share_over_base

EARLIER = {90: 1, 180: 2}  # quarters between the last arrival and the quarter's end


def contact_within(dataset: Dataset, quarter: Quarter, level: float = 0.95) -> Results:
    """Shares of the newly arrived with a contact within 90 and 180 days (binnen ... Tagen).

    Unlike a median of those who came, the denominator holds people who did not. Only
    arrivals that were observed for the whole time are taken, so that nobody is censored.

    Parameters
    ----------
    dataset : Dataset
        With tables clients, contacts and population (measure newly_arrived).
    quarter : Quarter
        At whose end everybody has been here for at least as many days.
    level : float
        Coverage of the interval, in which families count as clusters.

    Returns
    -------
    Results
        Two rows; refused without a denominator, since how many have not come yet is not
        known then.
    """
    return Results.of(_within(dataset, quarter, days, level) for days in EARLIER)


def _within(dataset: Dataset, quarter: Quarter, days: int, level: float) -> Row:
    name = f"contact_within_{days}_days"
    last = quarter - EARLIER[days]
    try:
        reached = reached_arrivals(dataset, last, pd.Timestamp(quarter.end))
        arrived = newly_arrived(dataset, last)
    except MissingTable as found:
        return refusal(name, dataset, quarter, found)
    effect = family_effect(families(dataset, reached["person_id"]))
    persons = reached.loc[reached["days"].between(0, days), "person_id"]
    known = arrived["persons"].dropna()
    total = float(known.sum())
    base = None if known.empty else counted(total, lines_of(arrived))
    if refused := not_covered(len(persons), base):
        return refusal(name, dataset, quarter, refused)
    assert base is not None
    due = QUARTERS * len(dataset.area.municipalities)
    status, reason = withheld(*dataset.status_of_cases(quarter), len(known), due)
    place = Row(
        name,
        str(quarter),
        dataset.area.code,
        status=status,
        reason=reason,
        record_key=key_of("person_id", persons),
    )
    return share_over_base(place, len(persons), base, level, effect)
