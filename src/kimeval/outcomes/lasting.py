"""Whether a placement lasts (nachhaltige Vermittlung): still there after half a year, a year.

Who was placed so late that the day has not come, or whose case was closed before it, is
unknown and counts neither as lasting nor as ended: also where an end happens to be
recorded, because only ends would be, and lasting placements would seem rare.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.persons import PARTNERS, families, with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import share_of_persons
from kimeval.outcomes.classes import CROSS
from kimeval.outcomes.cohort import FOLLOWED, Cohort, cohort, year_of
from kimeval.outcomes.follow import refused

LASTING, UNKNOWN = "placement_lasting", "placement_not_observed"
MONTHS = {6: 182, 12: 365}
KINDS = {"work": "Arbeit", "training": "Ausbildung"}
NOBODY = "niemand begann im Zeitraum"
NONE_KNOWN = "von niemandem ist bekannt, ob die Vermittlung so lange hielt"
BY_MONTHS = f"placement_type{CROSS}months"


def lasting_placements(
    dataset: Dataset, quarter: Quarter, level: float = 0.95, held: Cohort | None = None
) -> Results:
    """Share of persons placed in work or training who are still there (Nachhaltigkeit).

    Parameters
    ----------
    dataset : Dataset
        With tables placements, cases and clients.
    quarter : Quarter
        Of the report: the last calendar year is taken that ended half a year before its
        end, and looked at half a year after it.
    level : float
    held : Cohort, optional
        As `cohort` made it.

    Returns
    -------
    Results
        By kind and after 6 and 12 months: the share among those of whom it is known, and
        how many are not known. Another placement of the same kind on that day counts.
    """
    last = year_of(quarter)
    held = held or cohort(dataset, quarter)
    place = replace(held.place, indicator=LASTING)
    lacking = held.lacking or held.days["work"]
    if isinstance(lacking, str):
        return Results.of([refused(place, told, lacking, BY_MONTHS) for told in KINDS.values()])
    rows = with_person(dataset, "placements")
    begin, end = pd.Timestamp(Quarter(last.year, 1).start), pd.Timestamp(last.end)
    rows = rows[~rows["provider"].isin([*PARTNERS, *dataset.only_active])]
    rows = rows[~(rows["ended_on"] < rows["started_on"])]
    made: list[Row] = []
    for kind, german in KINDS.items():
        own = rows[rows["placement_type"] == kind]
        first = own[own["started_on"].between(begin, end)].sort_values("started_on", kind="stable")
        first = first.drop_duplicates("person_id").set_index("person_id")["started_on"]
        if first.empty:
            made.append(refused(place, german, NOBODY, BY_MONTHS))
            continue
        until = pd.Timestamp(min((last + FOLLOWED).end, held.until.date()))
        seen = held.frame["ended"].reindex(first.index)
        for months, days in MONTHS.items():
            made += _after(dataset, place, own, first, seen, until, (german, months, days), level)
    return Results.of(made)


def state_after(
    own: pd.DataFrame, first: pd.Series, seen: pd.Series, until: pd.Timestamp, days: int
) -> pd.Series:
    """Whether each person is still placed so many days later (Zustand nach Frist).

    Parameters
    ----------
    own : DataFrame, shape (rows, any)
        Placements of one kind: person_id, started_on, ended_on.
    first : Series of datetime, indexed by person_id
        Day on which the placement began that is asked about.
    seen : Series of datetime, indexed by person_id
        Last day under observation; missing where no case is known.
    until : Timestamp
        Last day that is known of anyone.
    days : int

    Returns
    -------
    Series of boolean, indexed by person_id
        Missing where it is not known: the day has not come, or the observation ended
        before it.
    """
    day = first + pd.Timedelta(days=days)
    at = own["person_id"].map(day)
    running = (own["started_on"] <= at) & ~(own["ended_on"] < at)
    there = running.groupby(own["person_id"]).any().reindex(first.index, fill_value=False)
    return there.astype("boolean").where((seen >= day) & (day <= until))


def _after(
    dataset: Dataset,
    place: Row,
    own: pd.DataFrame,
    first: pd.Series,
    seen: pd.Series,
    until: pd.Timestamp,
    asked: tuple[str, int, int],
    level: float,
) -> Iterator[Row]:
    german, months, days = asked
    place = replace(place, dimension=BY_MONTHS, group=f"{german}{CROSS}nach {months} Monaten")
    state = state_after(own, first, seen, until, days)
    known = state.dropna().astype(bool)
    missing = state.index[state.isna()]
    if known.empty:
        yield replace(place, status="refused", reason=NONE_KNOWN)
    else:
        persons = pd.Series(known.index, known.index, dtype="str")
        yield share_of_persons(place, persons, known, families(dataset, persons), level)
    yield replace(
        place,
        indicator=UNKNOWN,
        value=len(missing),
        numerator=len(missing),
        method="Auszählung",
        contributors=len(missing),
        record_key=key_of("person_id", missing),
    )
