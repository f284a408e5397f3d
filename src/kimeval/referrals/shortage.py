"""How many wait for each place of an offer (Wartende je Platz)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.results import Results, Row

UNTOLD = "Angeboten nicht bekannt"
NO_PLACES = "kein Platz bekannt"
PARTLY = "Plätze oder Wartende nicht aller Angebote bekannt"
HIDDEN = "Zahlen sind gesperrt"


def waiting_against_places(offers: pd.DataFrame) -> Results:
    """Persons waiting per place, by topic and municipality (Wartende je Platz); for `derive`.

    Parameters
    ----------
    offers : DataFrame, shape (rows, 18)
        Protected results of `offers_and_waiting`.

    Returns
    -------
    Results
        A quotient for each group that has places; refused where a number is hidden, and
        where some offer of the group does not tell its places or its waiting list, since
        both then stand for different offers.
    """
    rows = []
    for (dimension, group), part in offers.groupby(["dimension", "group"], sort=False):
        told = part.set_index("indicator")
        first = part.iloc[0]
        place = Row("waiting_per_place", str(first["period"]), str(first["area"]),
                    dimension=str(dimension), group=str(group))  # fmt: skip
        rows.append(_quotient(place, told))
    return Results.of(rows)


def beyond_places(offers: pd.DataFrame, group: str) -> float:
    """How many more wait for offers of a topic than there are places (Wartende über Plätze).

    Parameters
    ----------
    offers : DataFrame, shape (rows, 18)
        Protected results of `offers_and_waiting`.
    group : str
        German name of the topic.

    Returns
    -------
    float
        A waiting list that is not told makes it too small; NaN where a number is hidden
        or the places of some offer are not told.
    """
    chosen = offers[(offers["dimension"] == "topic") & (offers["group"] == group)]
    told = chosen.set_index("indicator")
    if not {"offer_places", "offer_waiting"} <= set(told.index) or _untold(told, "offer_places"):
        return np.nan
    return float(told.loc["offer_waiting", "value"] - told.loc["offer_places", "value"])


def _quotient(place: Row, told: pd.DataFrame) -> Row:
    if not {"offer_places", "offer_waiting"} <= set(told.index):
        return replace(place, status="refused", reason=NO_PLACES)
    if _untold(told, "offer_places") or _untold(told, "offer_waiting"):
        return replace(place, status="refused", reason=PARTLY)
    places, waiting = told.loc["offer_places", "value"], told.loc["offer_waiting", "value"]
    if np.isnan(places) or np.isnan(waiting):
        reason = str(told["reason"].iloc[0]) or HIDDEN
        return replace(place, status="refused", reason=reason)
    if not places:
        return replace(place, status="refused", reason=NO_PLACES)
    status, reason = (str(told.loc["offer_places", name]) for name in ("status", "reason"))
    return replace(place, value=waiting / places, status=status, reason=reason,
                   method="aus veröffentlichten Zahlen")  # fmt: skip


def _untold(told: pd.DataFrame, name: str) -> bool:
    return UNTOLD in str(told.loc[name, "reason"])
