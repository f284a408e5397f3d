"""The event log of an area, and its referrals as steps (Ereignisse, Weiterleitungen)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import with_person
from kimeval.core.quarter import Quarter
from kimeval.data.frozen import column_of
from kimeval.referrals.labels import encoded
from kimeval.referrals.log import EventLog, event_log
from kimeval.referrals.moves import Moves, moves_of_referrals

KIM = "kim"


@dataclass(frozen=True)
class Kind:
    """How rows of a table become events (Ereignisart).

    Attributes
    ----------
    table : str
        Canonical name.
    began, ended : str
        Columns of the times; no end where `ended` is empty.
    what, list : str
        Column and code list that say what happened.
    title : str
        German words before it.
    agency : str
        Column of the office; empty where the row is no visit to one.
    """

    table: str
    began: str
    ended: str
    what: str
    list: str
    title: str
    agency: str = ""


# Of events on one day, the state of a person comes before what was done about it.
KINDS = (
    Kind("legal_spheres", "valid_from", "valid_to", "sphere", "legal_sphere", "Rechtskreis"),
    Kind("residence", "valid_from", "valid_to", "title", "residence_title", "Aufenthaltstitel"),
    Kind("contacts", "contact_on", "", "mode", "contact_mode", "Kontakt"),
    Kind(
        "referrals", "referred_on", "decided_on", "to_agency", "agency", "Weiterleitung",
        "to_agency",
    ),
    Kind("placements", "started_on", "ended_on", "placement_type", "placement_type", "Vermittlung"),
)  # fmt: skip
EVENTS = ["case", "activity", "time", "end", "agency", "topic", "outcome", "rank"]


def area_log(dataset: Dataset, quarter: Quarter) -> EventLog:
    """What happened to each person until the end of a quarter (Ereignisprotokoll).

    Parameters
    ----------
    dataset : Dataset
        With table `events`, or with any of contacts, referrals, placements,
        legal_spheres and residence.
    quarter : Quarter
        Later events are left out; an end after it is not known yet.

    Returns
    -------
    EventLog
        A case is a person over all providers, or a case of the delivered log. Events of
        one day lie in the order of `KINDS`.

    Raises
    ------
    MissingTable
        If the delivery holds none of these tables.
    """
    if "events" in dataset.tables:
        return _delivered(dataset.table("events"), quarter)
    there = [kind for kind in KINDS if kind.table in dataset.tables]
    if not there:
        raise MissingTable(
            "Die Lieferung enthält weder Ereignisse noch Kontakte, Weiterleitungen, Vermittlungen, "
            "Rechtskreise oder Aufenthaltstitel."
        )
    rows = pd.concat([_rows(dataset, kind) for kind in there], ignore_index=True)
    return _log(rows, quarter)


def read_events(path: Path | str) -> EventLog:
    """Read a frozen table `events` column by column, for logs of many millions.

    Parameters
    ----------
    path : Path
        Its file in a vintage.

    Returns
    -------
    EventLog
        Case, activity and time; a text is held once, not once a row.
    """
    cases, activity = (encoded(column_of(Path(path), c)) for c in ("case_id", "activity"))
    time = column_of(Path(path), "started_at")
    return event_log(cases, activity, time.to_numpy())


def referral_moves(dataset: Dataset, quarter: Quarter) -> Moves:
    """Referrals of all persons until the end of a quarter (Weiterleitungen).

    Parameters
    ----------
    dataset : Dataset
        With table referrals.
    quarter : Quarter
        Later ones are left out; one that was answered later is open.

    Returns
    -------
    Moves
        By person; `order` are rows of `referral_rows`.

    Raises
    ------
    MissingTable
        If the delivery does not hold them.
    """
    return moves_of_rows(referral_rows(dataset, quarter))


def moves_of_rows(rows: pd.DataFrame) -> Moves:
    """Rows of table referrals with person_id as steps, sorted by person and day."""
    return moves_of_referrals(
        rows["person_id"],
        rows["from_agency"].map(codes("agency")),
        rows["to_agency"].map(codes("agency")),
        rows["referred_on"].to_numpy(),
        decided=rows["decided_on"].to_numpy(),
        topic=rows["topic"].map(codes("topic")),
        outcome=rows["outcome"],
    )


def referral_rows(dataset: Dataset, quarter: Quarter) -> pd.DataFrame:
    """Rows of table referrals until the end of a quarter, as they were known then.

    Returns
    -------
    DataFrame, shape (rows, any)
        With person_id. The outcome of a referral that was answered later is `open`, and
        so is one that is not told.
    """
    return known_at(with_person(dataset, "referrals"), quarter)


def known_at(rows: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    """Referrals until the end of a quarter, as they were known then (damaliger Stand)."""
    end = pd.Timestamp(quarter.end)
    rows = rows[rows["referred_on"] <= end].reset_index(drop=True)
    open_ = ~(rows["decided_on"] <= end)
    outcome = rows["outcome"].mask(open_ | rows["outcome"].isna(), "open")
    return rows.assign(outcome=outcome, decided_on=rows["decided_on"].mask(outcome == "open"))


def _rows(dataset: Dataset, kind: Kind) -> pd.DataFrame:
    rows = with_person(dataset, kind.table)
    named = rows[kind.what].map(codes(kind.list))
    missing = pd.Series(pd.NA, index=rows.index, dtype="str")
    agency = rows[kind.agency].map(codes("agency")) if kind.agency else missing
    if kind.table == "contacts":
        agency = missing.fillna(codes("agency")[KIM])
    return pd.DataFrame(
        {
            "case": rows["person_id"],
            "activity": (kind.title + ": " + named).fillna(kind.title),
            "time": rows[kind.began],
            "end": rows[kind.ended] if kind.ended else pd.NaT,
            "agency": agency,
            "topic": rows["topic"].map(codes("topic")) if "topic" in rows else missing,
            "outcome": rows.get("outcome", missing),
            "rank": KINDS.index(kind),
        }
    )


def _delivered(events: pd.DataFrame, quarter: Quarter) -> EventLog:
    names = {"case_id": "case", "started_at": "time", "ended_at": "end"}
    return _log(events.rename(columns=names).assign(rank=0), quarter)


def _log(rows: pd.DataFrame, quarter: Quarter) -> EventLog:
    after = pd.Timestamp(quarter.end) + pd.Timedelta(days=1)
    rows = rows.loc[rows["time"] < after, EVENTS]
    return event_log(
        rows["case"],
        rows["activity"],
        rows["time"].to_numpy(),
        end=rows["end"].mask(rows["end"] >= after).to_numpy("datetime64[us]"),
        agency=rows["agency"],
        topic=rows["topic"],
        outcome=rows["outcome"],
        rank=rows["rank"].to_numpy(np.int64),
    )
