"""How many have reached an outcome by when (kumulative Inzidenz).

Persons are counted in classes of days and of how it ended; these counts are protected,
and curves are made from what is published of them. How much families widen the intervals
is measured from the persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.statistics.lifetable import LifeTable
from kimeval.core.statistics.survival import Spells, incidence, spells
from kimeval.outcomes.classes import CROSS, LATER, WIDEST, Classes, left_after, table_of
from kimeval.outcomes.cohort import Cohort, cohort
from kimeval.outcomes.declared import OUTCOMES, outcome
from kimeval.outcomes.follow import Clock, Followed, TooFew, follow, refused

WAYS = ("noch offen", "erreicht", "ausgeschieden")
KINDS = ("erreicht", "ausgeschieden", "noch offen")
WAITED, CAME = f"outcome{CROSS}waited{CROSS}ending", f"outcome{CROSS}waited"
DAYS = f"outcome{CROSS}days"
CLOCKS = {"intake": "reached", "arrival": "since_arrival"}
FEW = "zu wenige Personen für mehr als eine Klasse der Zeit"
HIDDEN = "Klassen der Zeit sind gesperrt"
HALF = "weniger als die Hälfte erreicht es in der beobachteten Zeit"


def reached(
    dataset: Dataset,
    quarter: Quarter,
    which: Sequence[str] = tuple(OUTCOMES),
    clock: Clock = "intake",
    held: Cohort | None = None,
) -> Results:
    """Persons by days to each outcome and how it ended (Ergebnisse nach Dauer).

    Parameters
    ----------
    dataset : Dataset
        With tables cases, clients and those that tell the outcomes.
    quarter : Quarter
        Of the report; see `cohort` for who is followed.
    which : sequence of str
        Ids of outcomes.
    clock : str
        Days since the first case (`intake`), or since arrival (`arrival`), where
        persons enter late.
    held : Cohort, optional
        As `cohort` made it, where several measures share it.

    Returns
    -------
    Results
        Per outcome: persons followed, counts in classes (`WAITED`), late entries (`CAME`)
        and the design effect of families; refused with the reason where the data do not
        carry it.
    """
    held = held or cohort(dataset, quarter)
    place = replace(held.place, indicator=f"outcome_{CLOCKS[clock]}", dimension="outcome")
    rows: list[Row] = []
    for one in which:
        try:
            followed = follow(held, outcome(one), clock)
            classes = Classes.of(followed.spells, 2)
            if not classes.edges:
                raise TooFew(FEW)
        except TooFew as found:
            rows.append(refused(place, outcome(one).german, found))
            continue
        told = replace(
            place,
            group=outcome(one).german,
            status=followed.status,
            reason=followed.reason,
        )
        rows += _counts(told, followed, classes)
    return Results.of(rows)


def curves(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """Shares that have reached each outcome, with those at risk (Kurven); for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `reached`.
    level : float
        Coverage of the bounds, which know of families.

    Returns
    -------
    Results
        By each day that ends a class: share and number still at risk; and the day by which
        half have reached it, refused where less than half do.
    """
    rows: list[Row] = []
    for clock in CLOCKS.values():
        own = frame[frame["indicator"] == f"outcome_{clock}"]
        for german in own.loc[own["dimension"] == "outcome", "group"].unique():
            rows += _curve(frame, own, german, clock, level)
    return Results.of(rows)


def design_effect(held: Spells, days: float) -> float:
    """Variance with families over that without, at least 1, in steps of a tenth."""
    families = incidence(held, [days]).error[0]
    alone = spells(held.exit, held.ending, held.entry)
    persons = incidence(alone, [days]).error[0]
    if not persons > 0 or not np.isfinite(families):
        return 1.0
    return max(1.0, float(np.ceil(10 * (families / persons) ** 2) / 10))


def _counts(place: Row, followed: Followed, classes: Classes) -> Iterator[Row]:
    held, persons = followed.spells, followed.frame.index
    at, late = classes.place(held.exit), held.entry > 0
    yield _count(place, persons)
    for number, name in enumerate(classes.names):
        last = number == len(classes.edges)
        for kind, way in enumerate([LATER] if last else WAYS):
            part = persons[(at == number) & (last | (held.ending == kind))]
            group = CROSS.join((place.group, name, way))
            yield _count(replace(place, dimension=WAITED, group=group), part)
    if late.any():
        came = classes.place(held.entry)
        told = replace(place, indicator="outcome_entered_late")
        yield _count(told, persons[late])
        for number, name in enumerate(classes.names):
            part = persons[late & (came == number)]
            group = CROSS.join((place.group, name))
            yield _count(replace(told, dimension=CAME, group=group), part)
    effect = design_effect(held, classes.edges[-1])
    yield replace(
        place,
        indicator=f"design_effect_{place.indicator.removeprefix('outcome_')}",
        value=effect,
        method="Varianz mit Familien zu Varianz ohne",
        contributors=len(persons),
    )


def _count(place: Row, persons: pd.Index) -> Row:
    return replace(
        place,
        value=len(persons),
        numerator=len(persons),
        method="Auszählung",
        contributors=len(persons),
        record_key=key_of("person_id", persons),
    )


def _curve(
    frame: pd.DataFrame, own: pd.DataFrame, german: str, clock: str, level: float
) -> list[Row]:
    base = own[(own["dimension"] == "outcome") & (own["group"] == german)].iloc[0]
    place = Row(f"outcome_within_{clock}", base["period"], base["area"], dimension="outcome",
                group=german, confidence=level, method="Sterbetafel")  # fmt: skip
    cells = own[(own["dimension"] == WAITED) & own["group"].str.startswith(german + CROSS)]
    reason = str(base["reason"]) if base["status"] == "refused" else ""
    late = _of(frame, "outcome_entered_late", CAME, german) if clock == "since_arrival" else None
    hidden = cells["value"].isna().any() or (late is not None and late["value"].isna().any())
    if reason or cells.empty or hidden:
        nothing = replace(place, status="refused", reason=reason or HIDDEN, method="")
        return [nothing, replace(nothing, indicator=f"days_to_half_{clock}")]
    told = frame[(frame["indicator"] == f"design_effect_{clock}") & (frame["group"] == german)]
    effect = 1.0 if told.empty or told["value"].isna().any() else float(told["value"].iloc[0])
    table, days = table_of(cells, KINDS, late, effect, level)
    return [
        *_shares(place, german, table, days),
        *_at_risk(place, german, cells, late, days),
        _median(place, table, days),
    ]


def _shares(place: Row, german: str, table: LifeTable, days: list[int]) -> Iterator[Row]:
    columns = (table.ended, table.ended_lower, table.ended_upper)
    for edge, day in enumerate(_narrow(days), start=1):
        value, lower, upper = (float(curve[edge, 0]) for curve in columns)
        if not np.isnan(value):
            group = f"{german}{CROSS}bis {day} Tage"
            yield replace(place, dimension=DAYS, group=group, value=value, lower=lower, upper=upper)


def _at_risk(
    place: Row, german: str, cells: pd.DataFrame, late: pd.DataFrame | None, days: list[int]
) -> Iterator[Row]:
    left = left_after(cells, late)
    told = replace(place, indicator=f"outcome_at_risk_{place.indicator.split('_', 2)[2]}",
                   confidence=float("nan"), method="Auszählung", dimension=DAYS)  # fmt: skip
    for day, number in zip([0, *_narrow(days)], left, strict=False):
        if number >= 0:
            yield replace(told, group=f"{german}{CROSS}nach {day} Tagen", value=float(number))


def _narrow(days: list[int]) -> list[int]:
    """Ends of classes up to the first one that is too wide to be taken as even."""
    widths = np.diff([0, *days])
    wide = np.flatnonzero(widths > WIDEST)
    return days[: int(wide[0])] if len(wide) else days


def _median(place: Row, table: LifeTable, days: list[int]) -> Row:
    told = replace(place, indicator=f"days_to_half_{place.indicator.split('_', 2)[2]}")
    day, low, high = table.time_until_kind(0)
    if np.isnan(day) or day > max(_narrow(days), default=0):
        return replace(told, status="refused", reason=HALF, method="")
    return replace(told, value=day, lower=low, upper=high)


def _of(frame: pd.DataFrame, name: str, dimension: str, german: str) -> pd.DataFrame:
    own = frame[(frame["indicator"] == name) & (frame["dimension"] == dimension)]
    return own[own["group"].str.startswith(german + CROSS)]
