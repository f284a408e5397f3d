"""The network of agencies as results (Netz der Stellen).

Persons are counted by way. Reciprocity and dependence are derived from the published
table of referrals by way: made from the true one, they would give back a way that is
hidden in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import TOTAL, Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.network import concentrations, reciprocities
from kimeval.referrals.sent import CROSS, NOBODY, Sent, look_at
from kimeval.referrals.span import Span

FROM, TO = "from_agency", "to_agency"
WAYS = f"{FROM}{CROSS}{TO}"
LEAST_SHOWN = 0.8
LEAST_PERSONS = 30
DRAWS = 2000
HIDDEN = "zu viele Weiterleitungen liegen auf Wegen ohne veröffentlichte Zahl"
HIDDEN_SOURCE = "ein Weg zu dieser Stelle hat keine veröffentlichte Zahl"
FEW = f"weniger als {LEAST_PERSONS} weitergeleitete Personen"


def persons_by_way(dataset: Dataset, quarter: Quarter, span: Span | None = None) -> Results:
    """Persons referred from one office to another (Personen je Weg).

    Parameters
    ----------
    dataset : Dataset
        With tables referrals and clients.
    quarter : Quarter
        What was known at its end.
    span : Span, optional
        The last calendar year by default: ways of a quarter are of few persons.

    Returns
    -------
    Results
        All of them, and by sending office, receiving office and both. A person on several
        ways counts on each and once in the total. Refused where nothing was delivered.
    """
    name, span = "persons_by_way", span or Span.year(quarter)
    try:
        sent = look_at(dataset, quarter, span)
    except MissingTable as found:
        return Results.of([replace(refusal(name, dataset, quarter, found), period=span.period)])
    if sent.rows.empty:
        return Results.of([replace(refusal(name, dataset, quarter, NOBODY), period=span.period)])
    rows = [_persons(sent, sent.rows, TOTAL, TOTAL)]
    for dimension in (FROM, TO, WAYS):
        for group, part in sent.rows.groupby(dimension.split(CROSS), sort=True):
            rows.append(_persons(sent, part, dimension, CROSS.join(group)))
    return Results.of(rows)


def network(frame: pd.DataFrame) -> Results:
    """Reciprocity, and on whom each office depends (Gegenseitigkeit, Abhängigkeit); for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `referrals` of one span by sending office, receiving office
        and both.

    Returns
    -------
    Results
        Reciprocity of steps over pairs of offices whose numbers are all published; refused
        where these hold less than `LEAST_SHOWN` of all referrals. For each receiving office
        the share of its largest source and the Herfindahl index; refused where a way to it
        is hidden.
    """
    found = _Ways.of(frame)
    if found is None:
        return Results.of([])
    rows = [_reciprocity(found)]
    for place, name in enumerate(found.places):
        rows += _dependence(found, place, name)
    return Results.of(rows)


def network_compared(
    before: pd.DataFrame, after: pd.DataFrame, level: float = 0.95, seed: int = 0
) -> Results:
    """Change of the reciprocity between two spans (Veränderung der Gegenseitigkeit); for `derive`.

    Parameters
    ----------
    before, after : DataFrame, shape (rows, 18)
        As for `network`, with `persons_referred` in total.
    level : float
        Coverage of the interval.
    seed : int
        Of its draws.

    Returns
    -------
    Results
        In percentage points, with an interval by drawing anew from the published ways as
        many referrals as there were persons: all of a person count as one, which makes it
        rather too wide. Refused as in `network`, or below `LEAST_PERSONS` persons.
        `network_change` draws persons themselves, for whoever may see the data.
    """
    old, new = _Ways.of(before), _Ways.of(after)
    if old is None or new is None:
        return Results.of([])
    place = replace(new.place, indicator="network_reciprocity_change")
    hidden = min(old.covered, new.covered) < LEAST_SHOWN
    few = not min(old.persons, new.persons) >= LEAST_PERSONS
    if hidden or few:
        return Results.of([replace(place, status="refused", reason=HIDDEN if hidden else FEW)])
    value = [float(reciprocities(ways.known[None])[0]) for ways in (old, new)]
    source = np.random.default_rng(seed)
    drawn = [_drawn(ways, source) for ways in (old, new)]
    low, high = np.quantile(drawn[1] - drawn[0], [(1 - level) / 2, (1 + level) / 2])
    return Results.of(
        [
            replace(
                place,
                value=100 * (value[1] - value[0]),
                lower=100 * float(low),
                upper=100 * float(high),
                confidence=level,
                method="Ziehung aus veröffentlichten Wegen",
            )
        ]
    )


@dataclass(frozen=True, repr=False)
class _Ways:
    """Published referrals from each office to each other; NaN where they are hidden."""

    places: tuple[str, ...]
    steps: NDArray[np.float64]
    total: float
    persons: float
    place: Row

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Ways | None:
        """Those of a frame; None where it holds no table of ways."""
        told = frame[(frame["indicator"] == "referrals") & (frame["dimension"] == WAYS)]
        if told.empty:
            return None
        ends = [group.split(CROSS) for group in told["group"]]
        places = tuple(sorted({name for pair in ends for name in pair}))
        steps = np.zeros((len(places), len(places)))
        for (source, target), value in zip(ends, told["value"], strict=True):
            steps[places.index(source), places.index(target)] = value
        first = told.iloc[0]
        total, persons = (_total(frame, name) for name in ("referrals", "persons_referred"))
        place = Row("network_reciprocity", first["period"], first["area"])
        return cls(places, steps, total, persons, place)

    @property
    def known(self) -> NDArray[np.float64]:
        """Steps of pairs of which both directions are published, 0 elsewhere."""
        hidden = np.isnan(self.steps)
        return np.where(hidden | hidden.T, 0.0, self.steps)

    @property
    def covered(self) -> float:
        """Share of all referrals that lie on these; 0 where the total is hidden."""
        return float(self.known.sum()) / self.total if self.total > 0 else 0.0


def _reciprocity(ways: _Ways) -> Row:
    if ways.covered < LEAST_SHOWN:
        return replace(ways.place, status="refused", reason=HIDDEN)
    known = ways.known
    matched, total = float(np.minimum(known, known.T).sum()), float(known.sum())
    partial = bool(np.isnan(ways.steps).any())
    return replace(
        ways.place,
        value=matched / total,
        numerator=matched,
        denominator=total,
        method="aus veröffentlichten Wegen",
        status="partial" if partial else "complete",
        reason="ohne Stellen, zwischen denen eine Zahl gesperrt ist" if partial else "",
    )


def _dependence(ways: _Ways, at: int, name: str) -> Iterator[Row]:
    inflow = ways.steps[:, at]
    if not np.nansum(inflow) > 0 and not np.isnan(inflow).any():
        return
    for indicator in ("agency_dependence", "agency_concentration"):
        place = replace(ways.place, indicator=indicator, dimension=TO, group=name)
        if np.isnan(inflow).any():
            yield replace(place, status="refused", reason=HIDDEN_SOURCE)
            continue
        place = replace(place, method="aus veröffentlichten Wegen")
        if indicator == "agency_dependence":
            most, total = float(inflow.max()), float(inflow.sum())
            yield replace(place, value=most / total, numerator=most, denominator=total)
        else:
            yield replace(place, value=float(concentrations(ways.steps[None])[0, at]))


def _drawn(ways: _Ways, source: np.random.Generator) -> NDArray[np.float64]:
    """Reciprocities of as many steps as persons, drawn from the known ways, shape (draws,)."""
    known = ways.known
    shares = known.ravel() / known.sum()
    steps = source.multinomial(int(ways.persons), shares, DRAWS).astype(float)
    return reciprocities(steps.reshape(DRAWS, *known.shape))


def _persons(sent: Sent, part: pd.DataFrame, dimension: str, group: str) -> Row:
    persons = part["person_id"].nunique()
    return replace(
        sent.row("persons_by_way", dimension, group),
        value=persons,
        numerator=persons,
        method="Auszählung",
        contributors=persons,
        record_key=key_of("person_id", part["person_id"]),
    )


def _total(frame: pd.DataFrame, name: str) -> float:
    rows = frame[(frame["indicator"] == name) & (frame["dimension"] == TOTAL)]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")
