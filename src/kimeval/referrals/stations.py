"""Which station of the way follows which (Stationen), from an area's own tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import with_person
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.classes import MANY
from kimeval.referrals.log import EventLog, event_log
from kimeval.referrals.span import Span
from kimeval.referrals.steps import step_rows, steps_of

NAMES = ("station_steps", "station_days")
DELIVERED = "es wurde ein eigenes Ereignisprotokoll geliefert; siehe dort"
NOTHING = "die Lieferung enthält keine Tabelle mit Stationen"
NOBODY = "keine Station im Zeitraum"


@dataclass(frozen=True)
class Station:
    """How rows of a table become stations (Station).

    Attributes
    ----------
    table, began : str
        Canonical name, and its column of the day.
    title : str
        German name, or what stands before the word of `what`.
    what, list : str
        Column that tells stations of the table apart, and its code list; all are one
        station where it is empty.
    state : bool
        Whether rows that two providers deliver alike are one.
    """

    table: str
    began: str
    title: str
    what: str = ""
    list: str = ""
    state: bool = False


# Of stations on one day, the state of a person comes before what was done about it.
STATIONS = (
    Station("legal_spheres", "valid_from", "", "sphere", "legal_sphere", state=True),
    Station("residence", "valid_from", "Aufenthaltstitel", state=True),
    Station("contacts", "contact_on", "Kontakt"),
    Station("referrals", "referred_on", "Weiterleitung"),
    Station("referrals", "decided_on", "", "outcome", "referral_outcome"),
    Station("placements", "started_on", "Vermittlung"),
)


def stations(
    dataset: Dataset, quarter: Quarter, span: Span | None = None, many: int = MANY
) -> Results:
    """Steps from one station to the next and their median days (Stationen).

    Parameters
    ----------
    dataset : Dataset
        With any of the tables of `STATIONS` and clients. With table `events` it is refused:
        `log_overview` then tells the steps.
    quarter : Quarter
        What was known at its end.
    span : Span, optional
        In which the later of both stations lies; the last calendar year by default.
    many : int
        Least number of persons on a step with a name of its own.

    Returns
    -------
    Results
        Steps in total and by dimension `way`, those of few persons together; and the median
        days of each named one.
    """
    span = span or Span.year(quarter)
    log, reason = None, DELIVERED
    if "events" not in dataset.tables:
        try:
            log, reason = station_log(dataset, quarter), NOBODY
        except MissingTable as found:
            reason = str(found)
    steps = steps_of(log, span.holds(log.time)) if log is not None else pd.DataFrame()
    status, partly = span.status(dataset)
    place = Row(NAMES[0], span.period, dataset.area.code, status=status, reason=partly)
    if steps.empty:
        return Results.of(
            [replace(refusal(NAMES[0], dataset, quarter, reason), period=span.period)]
        )
    counts = replace(place, method="Auszählung")
    return Results.of(step_rows(steps, counts, replace(place, indicator=NAMES[1]), many))


def station_log(dataset: Dataset, quarter: Quarter) -> EventLog:
    """Stations of each person until the end of a quarter (Stationen).

    Raises
    ------
    MissingTable
        If the delivery holds none of the tables.
    """
    there = [station for station in STATIONS if station.table in dataset.tables]
    if not there:
        raise MissingTable(NOTHING)
    held = {name: with_person(dataset, name) for name in {one.table for one in there}}
    rows = pd.concat([_rows(held[one.table], one) for one in there], ignore_index=True)
    rows = rows[rows["time"] <= pd.Timestamp(quarter.end)]
    return event_log(
        rows["case"],
        rows["activity"],
        rows["time"].to_numpy("datetime64[us]"),
        rank=rows["rank"].to_numpy(np.int64),
    )


def _rows(rows: pd.DataFrame, one: Station) -> pd.DataFrame:
    rows = rows[rows[one.began].notna()]
    if one.state:
        rows = rows.drop_duplicates(["person_id", one.began, *([one.what] if one.what else [])])
    named = rows[one.what].map(codes(one.list)) if one.what else one.title
    made = pd.DataFrame({"case": rows["person_id"], "activity": named, "time": rows[one.began]})
    return made.dropna().assign(rank=STATIONS.index(one))
