"""What happens when the legal sphere changes (Rechtskreiswechsel)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import families, with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal, share_in_families
from kimeval.referrals.classes import CROSS, LONGEST, Classes, table_of
from kimeval.referrals.families import design_effects, family_median, say_effect
from kimeval.referrals.gap_classes import gap_rows
from kimeval.referrals.span import Span

ARROW = " → "
KNOWN_BEFORE = 90
FOLLOWED = 2
CHANGED, UNCHANGED = "mit Wechsel", "ohne Wechsel"
CONTACT, NO_CONTACT = "Kontakt", "noch kein Kontakt"
AGAIN = f"change{CROSS}waited{CROSS}contact"
NONE = "kein Wechsel des Rechtskreises im Zeitraum"
CHANGES = ("sphere_changes", "sphere_without_gap", "days_without_sphere")
NAMES = (*CHANGES, "contact_after_change")


def sphere_changes(
    dataset: Dataset, quarter: Quarter, span: Span | None = None, level: float = 0.95
) -> Results:
    """Changes of legal sphere, days without any, and contact afterwards.

    Parameters
    ----------
    dataset : Dataset
        With tables legal_spheres, clients and contacts.
    quarter : Quarter
        Of the report.
    span : Span, optional
        In which the new sphere begins; by default the last calendar year that ended
        `FOLLOWED` quarters before the report's end, so that half a year can follow.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Results
        Persons with a change, share without a day between two spheres, and median of
        days among those with one, in total and by direction; persons by classes of such
        days; and persons by days to the next contact, with a change and without (`AGAIN`).
    """
    span = span or Span.year(quarter - FOLLOWED)
    try:
        changes = changes_in(dataset, span)
        again = _contacts_after(dataset, changes, span)
    except MissingTable as found:
        rows = [refusal(name, dataset, quarter, found) for name in NAMES]
        return Results.of([replace(row, period=span.period) for row in rows])
    if changes.empty:
        rows = [refusal(name, dataset, quarter, NONE) for name in NAMES[:3]]
        return Results.of([*(replace(row, period=span.period) for row in rows), *again])
    rows = list(_rows(dataset, span, changes, "", level))
    for direction, part in changes.groupby("direction", sort=True):
        rows += _rows(dataset, span, part, str(direction), level)
    return Results.of([*rows, *again])


def contact_again(frame: pd.DataFrame, level: float = 0.95) -> Results:
    """How soon there is contact after a change, and without one; for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `sphere_changes`.
    level : float
        Coverage of the bounds.

    Returns
    -------
    Results
        Share with a contact by each day that ends a class; refused where one is hidden.
    """
    held = frame[(frame["indicator"] == "contact_after_change") & (frame["dimension"] == AGAIN)]
    if held.empty:
        return Results.of([])
    place = Row("contact_within", str(held["period"].iloc[0]), str(held["area"].iloc[0]),
                dimension=f"change{CROSS}days", confidence=level, method="Sterbetafel")  # fmt: skip
    rows = []
    for change in (CHANGED, UNCHANGED):
        part = held[held["group"].str.startswith(change + CROSS)]
        if part.empty or part["value"].isna().any():
            none = "zu wenige Personen, oder Klassen sind gesperrt"
            rows.append(replace(place, group=change, status="refused", reason=none, method=""))
            continue
        table, days = table_of(part, (CONTACT, NO_CONTACT), level)
        for edge, day in enumerate(days, start=1):
            if day < LONGEST:
                curves = (table.ended, table.ended_lower, table.ended_upper)
                value, lower, upper = (float(curve[edge, 0]) for curve in curves)
                group = f"{change}{CROSS}bis {day} Tage"
                rows.append(replace(place, group=group, value=value, lower=lower, upper=upper))
    return Results.of(rows)


def changes_in(dataset: Dataset, span: Span) -> pd.DataFrame:
    """Changes from one legal sphere to another whose new one begins in a span.

    Returns
    -------
    DataFrame, shape (changes, 4)
        person_id, changed_on, direction, gap: days with no sphere; 0 where the two
        touch or overlap. Rows that two providers deliver alike count once, and one
        sphere that goes on under a new row is no change.
    """
    rows = with_person(dataset, "legal_spheres").sort_values(
        ["person_id", "valid_from", "valid_to"], kind="stable"
    )
    rows = rows.drop_duplicates(["person_id", "valid_from", "sphere"], keep="last")
    ended = rows["valid_to"].fillna(pd.Timestamp.max.normalize())
    latest = ended.groupby(rows["person_id"]).cummax()
    same = rows["person_id"] == rows["person_id"].shift()
    before = rows["sphere"].shift().where(same)
    gap = (rows["valid_from"] - latest.shift().where(same)).dt.days - 1
    names = codes("legal_sphere")
    found = pd.DataFrame(
        {
            "person_id": rows["person_id"],
            "changed_on": rows["valid_from"],
            "direction": before.map(names) + ARROW + rows["sphere"].map(names),
            "gap": gap.clip(lower=0),
        }
    )
    begins = pd.Timestamp(span.start), pd.Timestamp(span.end)
    inside = rows["valid_from"].between(*begins) & same & (before != rows["sphere"])
    return found[inside].reset_index(drop=True)


def _rows(
    dataset: Dataset, span: Span, changes: pd.DataFrame, direction: str, level: float
) -> Iterator[Row]:
    status, reason = span.status(dataset)
    place = Row(NAMES[0], span.period, dataset.area.code, status=status, reason=reason)
    if direction:
        place = replace(place, dimension="direction", group=direction)
    persons = changes["person_id"].nunique()
    key = key_of("person_id", changes["person_id"])
    counted = replace(place, value=persons, numerator=persons, method="Auszählung",
                      contributors=persons, record_key=key)  # fmt: skip
    yield counted
    longest = changes.groupby("person_id")["gap"].max()
    family = families(dataset, longest.index.to_series())
    if not direction:
        yield from gap_rows(counted, longest)
    without = longest[longest == 0]
    told = replace(
        place,
        indicator=NAMES[1],
        record_key=key_of("person_id", without.index),
        base_key=key,
    )
    yield share_in_families(told, (longest == 0).to_numpy(), family, level)
    gaps = longest[longest > 0]
    days = replace(place, indicator=NAMES[2])
    if gaps.empty:
        yield replace(days, status="refused", reason="kein Wechsel mit Tagen ohne Rechtskreis")
        return
    lower, upper = family_median(gaps, family[gaps.index], level)
    yield replace(
        days,
        value=float(gaps.median()),
        denominator=len(gaps),
        lower=lower,
        upper=upper,
        confidence=level,
        method="Median, Ordnungsstatistik",
        contributors=len(gaps),
        base_key=key_of("person_id", gaps.index),
    )


def _contacts_after(dataset: Dataset, changes: pd.DataFrame, span: Span) -> list[Row]:
    """Persons in care, by days from a change, or from the middle of the span, to a contact."""
    end = pd.Timestamp((span.last + FOLLOWED).end)
    met = with_person(dataset, "contacts")[["person_id", "contact_on"]]
    met = met[met["contact_on"] <= end].sort_values("contact_on", kind="stable")
    first = changes.sort_values("changed_on", kind="stable").drop_duplicates("person_id")
    middle = pd.Timestamp(span.start) + (pd.Timestamp(span.end) - pd.Timestamp(span.start)) / 2
    others = met.loc[~met["person_id"].isin(changes["person_id"]), "person_id"].unique()
    dates = pd.concat(
        [
            first[["person_id", "changed_on"]].assign(change=CHANGED),
            pd.DataFrame({"person_id": others}).assign(
                changed_on=middle.normalize(), change=UNCHANGED
            ),
        ]
    ).sort_values("changed_on", kind="stable")
    known = pd.merge_asof(
        dates, met.rename(columns={"contact_on": "before"}), by="person_id",
        left_on="changed_on", right_on="before", allow_exact_matches=False,
        tolerance=pd.Timedelta(days=KNOWN_BEFORE),
    )  # fmt: skip
    known = known[known["before"].notna()]
    known = pd.merge_asof(
        known, met.rename(columns={"contact_on": "after"}), by="person_id",
        left_on="changed_on", right_on="after", direction="forward",
    )  # fmt: skip
    days = (known["after"].fillna(end) - known["changed_on"]).dt.days
    contact = known["after"].notna()
    known = known.assign(contact=contact.map({True: CONTACT, False: NO_CONTACT}))
    status, reason = span.status(dataset)
    place = Row(NAMES[3], span.period, dataset.area.code, status=status, reason=reason)
    if known.empty:
        none = "niemand mit Kontakt in den 90 Tagen davor"
        return [replace(place, status="refused", reason=none)]
    classes = Classes.of(days, known["change"].where(contact), known["person_id"])
    at = classes.place(days)
    family = families(dataset, known["person_id"])
    met_by = [contact & (at <= number) for number in range(len(classes.names))]
    effects = {
        change: design_effects([told[who] for told in met_by], family[who])
        for change in (CHANGED, UNCHANGED)
        for who in [known["change"] == change]
    }
    rows = [_count(place, known)]
    for change in (CHANGED, UNCHANGED):
        rows.append(
            replace(
                _count(place, known[known["change"] == change]), dimension="change", group=change
            )
        )
        for number, name in enumerate(classes.names):
            for kind in (CONTACT, NO_CONTACT):
                chosen = (known["change"] == change) & (at == number) & (known["contact"] == kind)
                group = CROSS.join((change, name, kind))
                told = replace(_count(place, known[chosen]), dimension=AGAIN, group=group)
                rows.append(replace(told, method=say_effect("Auszählung", effects[change][number])))
    return rows


def _count(place: Row, part: pd.DataFrame) -> Row:
    return replace(place, value=len(part), numerator=len(part), method="Auszählung",
                   contributors=len(part),
                   record_key=key_of("person_id", part["person_id"]))  # fmt: skip
