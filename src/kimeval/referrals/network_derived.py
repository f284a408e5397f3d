"""What follows from the published ways between offices (Gegenseitigkeit, Abhängigkeit).

Made from the true ways, these numbers would give back one that is hidden; made from the
published table of `referrals_between` alone, they tell nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.results import Results, Row
from kimeval.core.results import refused as refused_row
from kimeval.referrals.network import Flows, brokers
from kimeval.referrals.network_results import OTHERS, TO
from kimeval.referrals.published_ways import Between, Ways

BETWEEN, BROKERS = "office", "Betweenness aus veröffentlichten Wegen"
NAMES = ("network_reciprocity", "agency_dependence", "agency_between")
LEAST_SHOWN = 0.8
HIDDEN = "zu viele Weiterleitungen liegen auf Wegen ohne veröffentlichte Zahl"
HIDDEN_SOURCE = "ein Weg zu dieser Stelle hat keine veröffentlichte Zahl"
NO_SOURCE = "keine aufnehmende Stelle ist genannt, oder keine, die an sie verweist"
UNNAMED = "keine Stelle ist als abgebende und als aufnehmende genannt"
LEAST_OFFICES = 3
LONELY = f"weniger als {LEAST_OFFICES} Stellen sind als abgebende und als aufnehmende genannt"


def network(frame: pd.DataFrame) -> Results:
    """Reciprocity, and on whom each office depends (Gegenseitigkeit, Abhängigkeit); for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `referrals_between` of one span.

    Returns
    -------
    Results
        Reciprocity over pairs of offices named at both ends, all others being one, whose
        numbers are published both ways; refused where these hold less than `LEAST_SHOWN` of
        the referrals. For each named receiving office the share that comes from the named
        office which sends most; refused where a way to it is hidden. And the betweenness of
        each office named at both ends, by published connections among these; refused where
        there are fewer than `LEAST_OFFICES` of them.
    """
    found = Ways.of(frame)
    if found is None:
        return Results.of(_nothing(frame))
    rows = [_reciprocity(found, found.between(found.named))]
    named = found.table.columns.drop(OTHERS, errors="ignore")
    tied = [row for name in named for row in _dependence(found, name)]
    none = replace(found.place, indicator=NAMES[1], status="refused", reason=NO_SOURCE)
    return Results.of([*rows, *(tied or [none]), *_brokers(found)])


def _nothing(frame: pd.DataFrame) -> Iterator[Row]:
    """Why there are no ways, as the rows themselves say."""
    refused = frame[frame["status"] == "refused"]
    for first in refused.head(1).to_dict("records"):
        for name in NAMES:
            yield refused_row(name, first["period"], first["area"], first["reason"])


def _reciprocity(ways: Ways, between: Between) -> Row:
    if not ways.named:
        return replace(ways.place, status="refused", reason=UNNAMED)
    if between.covered < LEAST_SHOWN:
        return replace(ways.place, status="refused", reason=HIDDEN)
    known = between.known
    matched, total = float(np.minimum(known, known.T).sum()), float(known.sum())
    partial = total < between.total
    return replace(
        ways.place,
        value=matched / total,
        numerator=matched,
        denominator=total,
        method="aus veröffentlichten Wegen",
        status="partial" if partial else "complete",
        reason="ohne Stellen, zwischen denen eine Zahl gesperrt ist" if partial else "",
    )


def _dependence(ways: Ways, name: str) -> Iterator[Row]:
    inflow = ways.table[name]
    named = inflow.drop([OTHERS, name], errors="ignore")
    place = replace(ways.place, indicator="agency_dependence", dimension=TO, group=name)
    if inflow.isna().any():
        yield replace(place, status="refused", reason=HIDDEN_SOURCE)
    elif len(named) and inflow.sum() > 0:
        most, total = float(named.max()), float(inflow.sum())
        method = f"aus veröffentlichten Wegen, von {named.idxmax()}"
        yield replace(place, value=most / total, numerator=most, denominator=total, method=method)


def _brokers(ways: Ways) -> Iterator[Row]:
    """Betweenness of offices named at both ends; a hidden way is a connection too."""
    names = sorted(ways.named)
    place = replace(ways.place, indicator="agency_between")
    if len(names) < LEAST_OFFICES:
        yield replace(place, status="refused", reason=LONELY)
        return
    steps = ways.table.loc[names, names].fillna(1).to_numpy().astype(np.int64)
    net = Flows(tuple(names), steps, steps, 0)
    for row in brokers(net).itertuples(index=False):
        told = replace(place, dimension=BETWEEN, group=str(row.place), method=BROKERS)
        yield replace(told, value=float(row.betweenness))
