"""What follows from the published ways between offices (Gegenseitigkeit, Abhängigkeit).

Made from the true ways, these numbers would give back one that is hidden; made from the
published table of `referrals_between` alone, they tell nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.results import TOTAL, Results, Row
from kimeval.referrals.network import Flows, brokers, reciprocities
from kimeval.referrals.network_results import COUNTED, OTHERS, TO, WAYS
from kimeval.referrals.sent import CROSS

BETWEEN, BROKERS = "office", "Betweenness aus veröffentlichten Wegen"
LEAST_SHOWN = 0.8
LEAST_PERSONS = 30
DRAWS = 2000
HIDDEN = "zu viele Weiterleitungen liegen auf Wegen ohne veröffentlichte Zahl"
HIDDEN_SOURCE = "ein Weg zu dieser Stelle hat keine veröffentlichte Zahl"
UNNAMED = "keine Stelle ist als abgebende und als aufnehmende genannt"
LEAST_OFFICES = 3
LONELY = f"weniger als {LEAST_OFFICES} Stellen sind als abgebende und als aufnehmende genannt"
FEW = f"weniger als {LEAST_PERSONS} weitergeleitete Personen"


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
    found = _Ways.of(frame)
    if found is None:
        return Results.of([])
    rows = [_reciprocity(found, found.between(found.named))]
    for name in found.table.columns.drop(OTHERS, errors="ignore"):
        rows += _dependence(found, name)
    return Results.of([*rows, *_brokers(found)])


def network_compared(
    before: pd.DataFrame, after: pd.DataFrame, level: float = 0.95, seed: int = 0
) -> Results:
    """Change of the reciprocity between two spans (Veränderung der Gegenseitigkeit); for `derive`.

    Parameters
    ----------
    before, after : DataFrame, shape (rows, 18)
        As for `network`.
    level : float
        Coverage of the interval.
    seed : int
        Of its draws.

    Returns
    -------
    Results
        In percentage points, with an interval by drawing anew from the published ways as
        many referrals as there were persons: all of a person count as one, which makes it
        rather too wide. Offices are those named at both ends in both spans, all others
        being one. Refused as in `network`, or below `LEAST_PERSONS` persons.
        `network_change` draws persons themselves, for whoever may see the data.
    """
    spans = [_Ways.of(frame) for frame in (before, after)]
    if spans[0] is None or spans[1] is None:
        return Results.of([])
    place = replace(spans[1].place, indicator="network_reciprocity_change")
    common = spans[0].named & spans[1].named
    both = [ways.between(common) for ways in spans if ways is not None]
    reason = ""
    if not min(ways.persons for ways in both) >= LEAST_PERSONS:
        reason = FEW
    elif not common:
        reason = UNNAMED
    elif min(ways.covered for ways in both) < LEAST_SHOWN:
        reason = HIDDEN
    if reason:
        return Results.of([replace(place, status="refused", reason=reason)])
    value = [float(reciprocities(ways.known[None])[0]) for ways in both]
    source = np.random.default_rng(seed)
    drawn = [_drawn(ways, source) for ways in both]
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
class _Between:
    """Steps between some offices and all others as one; NaN where they are hidden."""

    steps: NDArray[np.float64]
    persons: float
    total: float  # of all steps, hidden ones too

    @property
    def known(self) -> NDArray[np.float64]:
        """Steps of pairs of which both directions are published, 0 elsewhere."""
        hidden = np.isnan(self.steps)
        known = np.where(hidden | hidden.T, 0.0, self.steps)
        np.fill_diagonal(known, 0.0)
        return known

    @property
    def covered(self) -> float:
        """Share of referrals that lie on these; 0 where it cannot be told."""
        return float(self.known.sum()) / self.total if self.total > 0 else 0.0


@dataclass(frozen=True, repr=False)
class _Ways:
    """Published referrals from office to office; NaN where they are hidden."""

    table: pd.DataFrame  # senders in rows, receivers in columns
    total: float
    persons: float
    place: Row

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Ways | None:
        """Those of a frame; None where it holds no table of ways."""
        told = frame[(frame["indicator"] == "referrals_between") & (frame["dimension"] == WAYS)]
        if told.empty:
            return None
        ends = [group.split(CROSS) for group in told["group"]]
        senders, receivers = (sorted(set(side)) for side in zip(*ends, strict=True))
        table = pd.DataFrame(0.0, index=senders, columns=receivers)
        for (source, target), value in zip(ends, told["value"], strict=True):
            table.loc[source, target] = value
        total, persons = (_total(frame, name) for name in COUNTED)
        first = told.iloc[0]
        place = Row("network_reciprocity", first["period"], first["area"])
        return cls(table, total, persons, place)

    @property
    def named(self) -> set[str]:
        """Offices named as senders and as receivers."""
        return (set(self.table.index) & set(self.table.columns)) - {OTHERS}

    def between(self, names: set[str]) -> _Between:
        """Steps between these and all others as one; those among the others left aside."""
        places = [*sorted(names), OTHERS]
        steps = np.zeros((len(places), len(places)))
        rows, columns = (
            [places.index(name) if name in names else len(names) for name in axis]
            for axis in self.table.axes
        )
        np.add.at(steps, np.ix_(rows, columns), self.table.to_numpy())
        return _Between(steps, self.persons, self.total - float(steps[-1, -1]))


def _reciprocity(ways: _Ways, between: _Between) -> Row:
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


def _dependence(ways: _Ways, name: str) -> Iterator[Row]:
    inflow = ways.table[name]
    named = inflow.drop([OTHERS, name], errors="ignore")
    place = replace(ways.place, indicator="agency_dependence", dimension=TO, group=name)
    if inflow.isna().any():
        yield replace(place, status="refused", reason=HIDDEN_SOURCE)
    elif len(named) and inflow.sum() > 0:
        most, total = float(named.max()), float(inflow.sum())
        method = f"aus veröffentlichten Wegen, von {named.idxmax()}"
        yield replace(place, value=most / total, numerator=most, denominator=total, method=method)


def _brokers(ways: _Ways) -> Iterator[Row]:
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


def _drawn(ways: _Between, source: np.random.Generator) -> NDArray[np.float64]:
    """Reciprocities of as many steps as persons, drawn from the known ways, shape (draws,)."""
    known = ways.known
    shares = known.ravel() / known.sum()
    steps = source.multinomial(int(ways.persons), shares, DRAWS).astype(float)
    return reciprocities(steps.reshape(DRAWS, *known.shape))


def _total(frame: pd.DataFrame, name: str) -> float:
    rows = frame[(frame["indicator"] == name) & (frame["dimension"] == TOTAL)]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")
