"""What becomes of a referral, and how long that takes (Übergabe, Wartezeit).

Referrals are counted in classes of waiting time and answer. These counts are
protected; curves and medians are derived from what is published of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.classes import LONGEST, Classes, days_until_half, table_of
from kimeval.referrals.families import design_effects, say_effect
from kimeval.referrals.sent import CROSS, NOBODY, Sent, look_at
from kimeval.referrals.span import Span

FOLLOWED = 2
ACCEPTED, NOT_ACCEPTED, OPEN = "angenommen", "nicht angenommen", "offen"
ENDINGS = (ACCEPTED, NOT_ACCEPTED, OPEN)
WAITED = f"waited{CROSS}ending"
FEW = "zu wenige Personen für Klassen der Wartezeit"
HIDDEN = "Klassen der Wartezeit sind gesperrt"


def answers(dataset: Dataset, quarter: Quarter, level: float = 0.95) -> Results:
    """Referrals of a year by what became of them within half a year after it (Übergabe).

    Each year is looked at on one day, so that a later report says the same of it.

    Parameters
    ----------
    dataset : Dataset
        With tables referrals and clients.
    quarter : Quarter
        Of the report: the last calendar year is taken that ended `FOLLOWED` quarters
        before its end. What was not answered by then is open.
    level : float
        Coverage of the intervals of shares, with the person as a cluster.

    Returns
    -------
    Results
        Shares accepted, rejected, without answer, without offer and open; and counts in
        classes of waiting time and ending (`WAITED`), of which `waiting` makes curves.
    """
    span = Span.year(quarter - FOLLOWED)
    names = ("referral_answers", "referrals_waited")
    try:
        sent = look_at(dataset, span.last + FOLLOWED, span)
    except MissingTable as found:
        return Results.of([refusal(name, dataset, quarter, found) for name in names])
    if sent.rows.empty:
        blank = [refusal(name, dataset, quarter, NOBODY) for name in names]
        return Results.of([replace(row, period=span.period) for row in blank])
    return Results.of([*_shares(sent, level), *_classes(sent)])


def waiting(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Curves and medians of waiting, from published classes (Wartezeit); for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `answers`.
    level : float
        Coverage of the bounds.

    Returns
    -------
    Results
        Median days until an answer of any kind, and the share accepted by each day that
        ends a class, with what rejected and unanswered referrals compete for. Refused
        where a class is hidden. Bounds know of families by the design effect that the
        rows of classes tell.
    """
    classes = frame[frame["indicator"] == "referrals_waited"]
    if classes.empty:
        return Results.of([])
    first = classes.iloc[0]
    place = Row("days_to_answer", first["period"], first["area"])
    held = classes[classes["dimension"] == WAITED]
    if held.empty or held["value"].isna().any():
        reason = str(first["reason"]) if held.empty and first["reason"] else HIDDEN
        names = ("days_to_answer", "accepted_within")
        return Results.of(
            [replace(place, indicator=n, status="refused", reason=reason) for n in names]
        )
    table, days = table_of(held, ENDINGS, level)
    median, low, high = days_until_half(table)
    place = replace(place, confidence=level, method="Sterbetafel")
    if np.isnan(median):
        longest = _longest(days)
        reason = f"weniger als die Hälfte ist binnen {longest} Tagen beantwortet"
        reason = reason if longest else FEW
        rows = [replace(place, status="refused", reason=reason, method="")]
    else:
        rows = [replace(place, value=median, lower=low, upper=high)]
    for edge, day in enumerate(days, start=1):
        curves = (table.ended, table.ended_lower, table.ended_upper)
        value, lower, upper = (float(curve[edge, 0]) for curve in curves)
        if day < LONGEST and not np.isnan(value):
            rows.append(
                replace(
                    place,
                    indicator="accepted_within",
                    dimension="days",
                    group=f"bis {day} Tage",
                    value=value,
                    lower=lower,
                    upper=upper,
                )
            )
    return Results.of(rows)


def _longest(days: Sequence[int]) -> int:
    """Last day of the last class with an end; 0 if there is none."""
    return max((day for day in days if day < LONGEST), default=0)


def _shares(sent: Sent, level: float) -> list[Row]:
    told = sent.rows["outcome"]
    return [
        sent.share(sent.row("referral_answers", "outcome", german), sent.rows, told == code, level)
        for code, german in codes("referral_outcome").items()
    ]


def cells(rows: pd.DataFrame) -> list[tuple[str, pd.Series, str]]:
    """Classes of waiting time and ending, zeros too, with the rows of each (Klassen).

    Parameters
    ----------
    rows : DataFrame, shape (referrals, any)
        With days, ending (of `ENDINGS`), person_id and family.

    Returns
    -------
    list of tuple
        Name of each; which rows belong there; and its method, with the design effect of
        families on the share accepted, or answered at all, by the end of the class. Who
        waited beyond the last class with an end counts as open at its end, whatever came
        later: no curve needs it, and few of one kind would hide them all.
    """
    days, ending = rows["days"], rows["ending"].where(rows["ending"] != OPEN)
    classes = Classes.of(days, ending, rows["person_id"], finer=True)
    place = pd.Series(classes.place(days), rows.index)
    done = [(place <= number) & ending.notna() for number in range(len(classes.names))]
    accepted = [told & (ending == ACCEPTED) for told in done]
    effects = design_effects([*accepted, *done], rows["family"])
    late = place == len(classes.edges)
    kinds = rows["ending"].mask(late, OPEN)
    found = []
    for number, name in enumerate(classes.names):
        for kind in ENDINGS:
            effect = effects[number if kind == ACCEPTED else number + len(done)]
            held = (place == number) & (kinds == kind)
            found.append((name + CROSS + kind, held, say_effect("Auszählung", effect)))
    return found


def _classes(sent: Sent) -> list[Row]:
    """Counts of classes of waiting time and ending."""
    end = pd.Timestamp(sent.quarter.end)
    days = (sent.rows["decided_on"].fillna(end) - sent.rows["referred_on"]).dt.days.clip(lower=0)
    rows = sent.rows.assign(ending=_endings(sent.rows), days=days)
    made = [
        replace(_count(sent, rows[held], WAITED, group), method=method)
        for group, held, method in cells(rows)
    ]
    return [_count(sent, rows, "", ""), *made]


def _count(sent: Sent, part: pd.DataFrame, dimension: str, group: str) -> Row:
    return replace(
        sent.row("referrals_waited", dimension, group),
        value=len(part),
        numerator=len(part),
        method="Auszählung",
        contributors=part["person_id"].nunique(),
        record_key=key_of("referral_id", part["referral_id"]),
    )


def _endings(rows: pd.DataFrame) -> pd.Series:
    kinds = rows["outcome"].map({"accepted": ACCEPTED, "open": OPEN})
    return kinds.fillna(NOT_ACCEPTED)
