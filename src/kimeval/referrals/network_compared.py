"""How published ways between offices change from one span to another (Veränderung)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.results import Results, Row
from kimeval.referrals.network import reciprocities
from kimeval.referrals.network_derived import HIDDEN, LEAST_SHOWN, UNNAMED
from kimeval.referrals.network_results import OTHERS, TO
from kimeval.referrals.published_ways import Ways

LEAST_PERSONS = 30
DRAWS = 2000
DRAWN = "Ziehung aus veröffentlichten Wegen"
FEW = f"weniger als {LEAST_PERSONS} weitergeleitete Personen"
ONE_HIDDEN = "ein Weg hat keine veröffentlichte Zahl"
NO_COMMON = "keine aufnehmende Stelle ist in beiden Zeiträumen genannt"
RECIPROCITY, SHARE = "network_reciprocity_change", "inflow_share_change"


def network_compared(
    before: pd.DataFrame, after: pd.DataFrame, level: float = 0.95, seed: int = 0
) -> Results:
    """Change of published ways between two spans (Veränderung der Wege); for `derive`.

    Parameters
    ----------
    before, after : DataFrame, shape (rows, 18)
        As for `network`.
    level : float
        Coverage of the intervals.
    seed : int
        Of their draws.

    Returns
    -------
    Results
        In percentage points: change of the reciprocity, over offices named at both ends in
        both spans, all others being one; and of each receiving office's share of all
        referrals, where it is named in both. Intervals draw anew from the published ways as
        many referrals as there were persons: all of a person count as one, which makes them
        rather too wide. Refused as in `network`, or below `LEAST_PERSONS` persons.
        `network_change` draws persons themselves, for whoever may see the data.
    """
    old, new = Ways.of(before), Ways.of(after)
    if old is None or new is None:
        return Results.of(_nothing(before, after))
    source = np.random.default_rng(seed)
    place = replace(new.place, confidence=level, method=DRAWN)
    if not np.minimum(old.persons, new.persons) >= LEAST_PERSONS:  # also where one is hidden
        return Results.of(_both(new.place, FEW))
    return Results.of([_reciprocity(old, new, place, source), *_shares(old, new, place, source)])


def _nothing(before: pd.DataFrame, after: pd.DataFrame) -> list[Row]:
    """Why there are no ways to compare, as the rows themselves say."""
    for frame in (after, before):
        refused = frame[frame["status"] == "refused"]
        if len(refused):
            first = refused.iloc[0]
            place = Row(RECIPROCITY, str(after["period"].iloc[0]), str(first["area"]))
            return _both(place, str(first["reason"]))
    return []


def _both(place: Row, reason: str) -> list[Row]:
    place = replace(place, status="refused", reason=reason)
    return [replace(place, indicator=name) for name in (RECIPROCITY, SHARE)]


def _reciprocity(old: Ways, new: Ways, place: Row, source: np.random.Generator) -> Row:
    place = replace(place, indicator=RECIPROCITY)
    common = old.named & new.named
    both = [ways.between(common) for ways in (old, new)]
    reason = UNNAMED if not common else ""
    if not reason and min(ways.covered for ways in both) < LEAST_SHOWN:
        reason = HIDDEN
    if reason:
        return replace(place, status="refused", reason=reason, method="", confidence=np.nan)
    values = [float(reciprocities(ways.known[None])[0]) for ways in both]
    drawn = [reciprocities(_drawn(ways.known, ways.persons, source)) for ways in both]
    return _changed(place, values, drawn)


def _shares(old: Ways, new: Ways, place: Row, source: np.random.Generator) -> Iterator[Row]:
    """Change of the share of all referrals that each office receives."""
    inflows = [ways.table.sum() for ways in (old, new)]
    common = sorted(set(inflows[0].index) & set(inflows[1].index) - {OTHERS})
    hidden = old.table.isna().any(axis=None) or new.table.isna().any(axis=None)
    if hidden or not common:
        yield _both(new.place, ONE_HIDDEN if hidden else NO_COMMON)[1]
        return
    drawn = [
        _drawn(inflow.to_numpy(), ways.persons, source) / int(ways.persons)
        for inflow, ways in zip(inflows, (old, new), strict=True)
    ]
    for name in common:
        at = [inflow.index.get_loc(name) for inflow in inflows]
        values = [float(inflow[name] / inflow.sum()) for inflow in inflows]
        row = replace(place, indicator=SHARE, dimension=TO, group=name)
        yield _changed(row, values, [part[:, n] for part, n in zip(drawn, at, strict=True)])


def _changed(place: Row, values: list[float], drawn: list[NDArray[np.float64]]) -> Row:
    tails = [(1 - place.confidence) / 2, (1 + place.confidence) / 2]
    low, high = 100 * np.quantile(drawn[1] - drawn[0], tails)
    change = 100 * (values[1] - values[0])
    return replace(place, value=change, lower=float(low), upper=float(high))


def _drawn(
    steps: NDArray[np.float64], persons: float, source: np.random.Generator
) -> NDArray[np.float64]:
    """As many steps as persons drawn from those there are, shape (draws, *steps.shape)."""
    drawn = source.multinomial(int(persons), steps.ravel() / steps.sum(), DRAWS)
    return drawn.astype(float).reshape(DRAWS, *steps.shape)
