"""Needs that find no offer, and offers with more waiting than places (Angebotslücken)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import people
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.answers import FOLLOWED
from kimeval.referrals.sent import NOBODY, UNKNOWN, Sent, look_at
from kimeval.referrals.sent_on import NAMES as SENT_ON
from kimeval.referrals.sent_on import sent_on
from kimeval.referrals.shortage import UNTOLD, beyond_places
from kimeval.referrals.span import Span

DIMENSIONS = ("topic", "ags")
NO_OFFER = "no_offer"
OUTSIDE = "außerhalb des Gebiets"
NO_GAP = "kein Anliegen mit so deutlicher Lücke"


def needs_without_offer(
    dataset: Dataset,
    quarter: Quarter,
    by: Sequence[str] = DIMENSIONS,
    span: Span | None = None,
    level: float = 0.95,
) -> Results:
    """Referrals that ended because there was no offer (Bedarfe ohne Angebot).

    Parameters
    ----------
    dataset : Dataset
        With tables referrals and clients.
    quarter : Quarter
        Of the report.
    by : sequence of str
        topic, and ags: the municipality in which the person lives.
    span : Span, optional
        As for `answers` by default; looked at half a year after its end.
    level : float
        Coverage of the intervals, with the person as a cluster.

    Returns
    -------
    Results
        Share of referrals without offer, in total and by group; and persons who were
        sent on and on, see `sent_on`.
    """
    span = span or Span.year(quarter - FOLLOWED)
    names = ("referrals_without_offer", *SENT_ON)
    try:
        sent = look_at(dataset, span.last + FOLLOWED, span)
        home = people(dataset)["ags"]
    except MissingTable as found:
        rows = [refusal(name, dataset, quarter, found) for name in names]
        return Results.of([replace(row, period=span.period) for row in rows])
    if sent.rows.empty:
        rows = [refusal(name, dataset, quarter, NOBODY) for name in names]
        return Results.of([replace(row, period=span.period) for row in rows])
    towns = {town.ags: town.name for town in dataset.area.municipalities}
    ags = sent.rows["person_id"].map(home)
    named = ags.map(towns).where(ags.isna() | ags.isin(list(towns)), OUTSIDE).fillna(UNKNOWN)
    sent = replace(sent, rows=sent.rows.assign(ags=named))
    made = [_share(sent, sent.rows, "", "", level)]
    for dimension in by:
        for group, part in sent.rows.groupby(dimension, sort=True):
            made.append(_share(sent, part, dimension, str(group), level))
    return Results.of([*made, *sent_on(sent)])


def offers_and_waiting(dataset: Dataset, quarter: Quarter) -> Results:
    """Places of offers and people waiting for them on a quarter's last day (Angebote).

    Parameters
    ----------
    dataset : Dataset
        With table offers.
    quarter : Quarter

    Returns
    -------
    Results
        Places, and waiting persons, by topic and by municipality. An offer whose places
        or waiting list is not told leaves its group partial, never zero.
    """
    names = ("offer_places", "offer_waiting")
    try:
        rows = dataset.table("offers")
    except MissingTable as found:
        return Results.of([refusal(name, dataset, quarter, found) for name in names])
    day = pd.Timestamp(quarter.end)
    rows = rows[(rows["valid_from"] <= day) & ~(rows["valid_to"] < day)]
    if rows.empty:
        none = "kein Angebot am Ende des Quartals"
        return Results.of([refusal(name, dataset, quarter, none) for name in names])
    towns = {town.ags: town.name for town in dataset.area.municipalities}
    rows = rows.assign(
        topic=rows["topic"].map(codes("topic")).fillna(UNKNOWN),
        ags=rows["ags"].map(towns).fillna("gesamtes Gebiet"),
    )
    made = []
    for name, column in zip(names, ("places", "waiting"), strict=True):
        made.append(_sum(dataset, quarter, name, rows, column, "", ""))
        for dimension in DIMENSIONS:
            for group, part in rows.groupby(dimension, sort=True):
                made.append(_sum(dataset, quarter, name, part, column, dimension, str(group)))
    return Results.of(made)


def steering_list(needs: pd.DataFrame, offers: pd.DataFrame, least: float = 0.1) -> Results:
    """The gaps that coordination should act on, the widest first (Liste); for `derive`.

    Parameters
    ----------
    needs, offers : DataFrame, shape (rows, 18)
        Protected results of `needs_without_offer` and `offers_and_waiting`.
    least : float
        A topic is listed if the lower bound of its share without offer reaches this, or
        more people wait than there are places.

    Returns
    -------
    Results
        `offer_gap` by topic: the share of referrals without offer; hidden numbers leave
        it refused.
    """
    shares = needs[needs["indicator"] == "referrals_without_offer"]
    shares = shares[shares["dimension"] == "topic"]
    rows = []
    for row in shares.sort_values("value", ascending=False, kind="stable").to_dict("records"):
        wide = row["lower"] >= least
        if not (wide or beyond_places(offers, str(row["group"])) > 0):
            continue
        found = Row("offer_gap", row["period"], row["area"], dimension="topic", group=row["group"])
        if np.isnan(row["value"]):
            rows.append(replace(found, status="refused", reason="Zahlen sind gesperrt"))
            continue
        rows.append(
            replace(
                found,
                value=row["value"],
                lower=row["lower"],
                upper=row["upper"],
                numerator=row["numerator"],
                denominator=row["denominator"],
                confidence=row["confidence"],
                method=row["method"],
            )
        )
    if not rows:
        told = needs if shares.empty else shares
        first = told.iloc[0]
        hidden = int(shares["value"].isna().sum())
        reason = NO_GAP if len(shares) else str(first["reason"]) or NO_GAP
        reason = (
            f"{NO_GAP} unter den veröffentlichten; {hidden} sind gesperrt" if hidden else reason
        )
        place = Row("offer_gap", first["period"], first["area"], status="refused", reason=reason)
        return Results.of([place])
    return Results.of(rows)


def _share(sent: Sent, part: pd.DataFrame, dimension: str, group: str, level: float) -> Row:
    place = sent.row("referrals_without_offer", dimension, group)
    return sent.share(place, part, part["outcome"] == NO_OFFER, level)


def _sum(
    dataset: Dataset,
    quarter: Quarter,
    name: str,
    part: pd.DataFrame,
    column: str,
    dimension: str,
    group: str,
) -> Row:
    status, reason = dataset.status(quarter)
    known = part[column].dropna()
    lacking = len(part) - len(known)
    if lacking:
        told = f"bei {lacking} von {len(part)} {UNTOLD}"
        status, reason = "partial", "; ".join(filter(None, [reason, told]))
    place = Row(name, str(quarter), dataset.area.code, dimension=dimension, group=group)
    if known.empty:
        return replace(place, status="refused", reason=reason)
    total = int(known.sum())
    persons = total if column == "waiting" else np.nan
    place = replace(place, status=status, reason=reason, contributors=persons)
    return replace(place, value=total, numerator=total, method="Summe")
