"""Which areas differ by more than chance (Trichter über die Gebiete)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kimeval.core import statistics
from kimeval.core.results import Results, Row
from kimeval.reach.state.coverage import BASE, SOURCES, effective
from kimeval.reach.state.frames import OfAreas, of_areas

DEVIATION, P_VALUE, Q_VALUE = "area_coverage_deviation", "area_p_value", "area_q_value"
FLAGGED, BY_CHANCE, DISPERSION = "state_areas_flagged", "state_flags_by_chance", "state_dispersion"
RATE = 0.05
LIMITS = {0.95: "95-%-Grenzen", 0.998: "99,8-%-Grenzen"}
AFTER_ADJUSTING = "höchstens 5 % falsche Funde"
ALONE, WIDENED, COMPLETE = "chance", "spread", "complete"


def coverage_funnel(
    frame: pd.DataFrame, spread: str = "none", complete_only: bool = False
) -> Results:
    """Areas against the coverage of all, with exact limits (Trichter der Reichweite).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas; the newest quarter counts.
    spread : str
        `none`: limits for chance alone. `additive`: areas may differ by the usual
        spread between them as well.
    complete_only : bool
        Leave out areas whose number is not complete: what providers do not deliver
        looks like a difference.

    Returns
    -------
    Results
        Persons of one family do not count as single ones where areas know families.
        Per area the deviation in percentage points with its p-value, and that after
        Benjamini and Hochberg; for the state the spread beyond chance, how many areas
        are flagged by which limits, and how many chance alone would flag.

    References
    ----------
    Spiegelhalter (2005), Stat. Med. 24, 1185-1202; Benjamini and Hochberg (1995), J. R.
    Stat. Soc. B 57, 289-300.
    """
    found = of_areas(frame, BASE)
    if complete_only:
        found = found.only_complete()
    if found.known.empty:
        return Results.of([found.refusal(DISPERSION)])
    kind = COMPLETE if complete_only else ALONE if spread == "none" else WIDENED
    funnel = _funnel(found, spread)
    return Results.of([*_of_each(found, funnel, kind), *_together(found, funnel, kind)])


def funnel_limits(frame: pd.DataFrame, spread: str = "none") -> statistics.Funnel:
    """The same limits for a figure, in the order of the areas' codes (Grenzen).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas, some of them with a coverage.
    spread : str
        As in `coverage_funnel`.

    Returns
    -------
    Funnel
        Of the areas with a value, as large as published.
    """
    return _funnel(of_areas(frame, BASE), spread)


def _funnel(found: OfAreas, spread: str) -> statistics.Funnel:
    """Limits for as many persons as stand for themselves, at the published values."""
    hits, total = (np.round(side) for side in effective(found.known))
    target = found.known["numerator"].sum() / found.known["denominator"].sum()
    made = statistics.share_funnel(hits, total, target=target, spread=spread, sources=SOURCES)
    value, size = (found.known[name].to_numpy(dtype=float) for name in ("value", "denominator"))
    return replace(made, value=value, size=size)


def _of_each(found: OfAreas, funnel: statistics.Funnel, kind: str) -> Iterator[Row]:
    told = {
        DEVIATION: 100 * (funnel.value - funnel.target),
        P_VALUE: funnel.p,
        Q_VALUE: funnel.adjusted,
    }
    method = "mit Streuung zwischen Gebieten" if kind == WIDENED else "exakt binomial"
    for at, (area, row) in enumerate(found.known.iterrows()):
        reason = {"status": row["status"], "reason": row["reason"]}
        for name, values in told.items():
            place = {"dimension": "limits", "group": kind} if name != DEVIATION else {}
            yield found.row(name, str(area), value=values[at], method=method, **place, **reason)


def _together(found: OfAreas, funnel: statistics.Funnel, kind: str) -> Iterator[Row]:
    areas, phi = len(found.known), funnel.dispersion.phi
    if np.isnan(phi):
        yield found.refusal(DISPERSION, "weniger als 10 Gebiete mit Wert")
    elif kind != WIDENED:
        yield found.row(DISPERSION, value=phi, method="gestutzte z-Werte")
    by_level = {LIMITS[level]: funnel.flags[:, at] for at, level in enumerate(funnel.levels)}
    for at, (group, flags) in enumerate(by_level.items()):
        place: dict[str, Any] = {"dimension": kind, "group": group, "denominator": areas}
        yield found.row(FLAGGED, value=np.count_nonzero(flags), **place)
        yield found.row(BY_CHANCE, value=funnel.expected_flags[at], **place)
    few = np.count_nonzero(funnel.adjusted <= RATE)
    place = {"dimension": kind, "group": AFTER_ADJUSTING, "denominator": areas}
    yield found.row(FLAGGED, value=few, **place)
    yield found.row(BY_CHANCE, value=RATE * few, **place)
