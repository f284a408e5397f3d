"""What the start of case management changed in an area's own series (eigene Zeitreihe)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL, Results, Row
from kimeval.effects.course_entry import INDICATOR
from kimeval.effects.effect import refused
from kimeval.effects.interrupted import Interrupted, interrupted
from kimeval.effects.interrupted.estimate import DESIGN
from kimeval.effects.plan import judge_together, plan
from kimeval.effects.refusals import DesignRefused
from kimeval.effects.told import told

OBSERVED, EXPECTED, CUSTOMARY = "series_observed", "series_expected", "effect_customary"
OUTCOME, UNIT = "der Anteil mit Kurseintritt", "share"
TESTS = ("course_entry_level", "course_entry_slope")
NO_START = DesignRefused(
    "Der Beginn des Case Managements ist nicht bekannt.",
    "eine Stellenliste mit dem ersten Tag der Stellen im Case Management.",
)
NO_SERIES = DesignRefused(
    "Es gibt keine Reihe der Kurseintritte.",
    "Neuzugewanderte und ihre Kurseintritte je Quartal.",
)


def own_series(frame: pd.DataFrame, start: str) -> Results:
    """Jump and change of slope at the start of case management (unterbrochene Zeitreihe).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected rows of `course_entry_share` of one area, one per quarter. What is hidden
        is left out.
    start : str
        First quarter with case management; empty where not known.

    Returns
    -------
    Results
        As from `told`, and the series with what would have been expected.
    """
    rows = frame[(frame["indicator"] == INDICATOR) & (frame["dimension"] == TOTAL)]
    area = str(frame["area"].iloc[0])
    known = sorted(Quarter.parse(text) for text in rows["period"])
    period = str(known[-1]) if known else ""
    try:
        made, first = _made(rows, known, start)
    except DesignRefused as why:
        nothing = {name: refused(DESIGN, OUTCOME, UNIT, why) for name in TESTS}
        return told(nothing, period, area)
    found = dict(zip(TESTS, (made.level, made.slope), strict=True))
    judged = judge_together({name: one for name, one in found.items() if one is not None})
    parts = [told(judged, period, area), _customary(made, period, area), _series(made, first, area)]
    return Results.together(parts)


def _made(rows: pd.DataFrame, known: list[Quarter], start: str) -> tuple[Interrupted, Quarter]:
    if not start:
        raise NO_START
    if rows["value"].notna().sum() == 0:
        raise NO_SERIES
    values = pd.Series(rows["value"].to_numpy(), [Quarter.parse(text) for text in rows["period"]])
    span = Quarter.span(known[0], known[-1])
    series = np.array([values.get(quarter, np.nan) for quarter in span], dtype=float)
    made = interrupted(
        series,
        Quarter.parse(start) - span[0],
        OUTCOME,
        UNIT,
        level=plan().level,
        first_season=span[0].number,
    )
    return made, span[0]


def _customary(made: Interrupted, period: str, area: str) -> Results:
    """The customary interval of the jump, with how often such a one holds here."""
    if (found := made.robust) is None:
        return Results.of([])
    share = f"{100 * found.covered:.0f}"
    row = Row(
        CUSTOMARY,
        period,
        area,
        dimension="method",
        group=f"üblich (Newey und West); hält hier in {share} statt 95 % der Fälle",
        value=100 * found.value,
        lower=100 * found.lower,
        upper=100 * found.upper,
        confidence=made.level.level,
        method="HAC, Deckung simuliert",
    )
    own = Row(
        CUSTOMARY,
        period,
        area,
        dimension="method",
        group="hier verwendet",
        value=100 * made.level.value,
        lower=100 * made.level.lower,
        upper=100 * made.level.upper,
        confidence=made.level.level,
        method=made.level.method,
    )
    return Results.of([own, row])


def _series(made: Interrupted, first: Quarter, area: str) -> Results:
    rows = []
    for n, place in enumerate(made.place):
        period = str(first + int(place))
        rows.append(Row(OBSERVED, period, area, value=float(made.observed[n])))
        rows.append(
            Row(
                EXPECTED,
                period,
                area,
                value=float(made.expected[n]),
                lower=float(np.clip(made.lower[n], 0, 1)),
                upper=float(np.clip(made.upper[n], 0, 1)),
                confidence=made.level.level,
                method=made.level.method,
            )
        )
    return Results.of(rows)
