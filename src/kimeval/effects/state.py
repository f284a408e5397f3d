"""What the start of the programme changed, over all areas (gestaffelter Beginn im Land)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kimeval.core.area import STATE
from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL, Results, Row
from kimeval.core.statistics.checks import Floats
from kimeval.effects.course_entry import INDICATOR, RUNNING
from kimeval.effects.effect import attempted
from kimeval.effects.plan import judge_together, plan
from kimeval.effects.refusals import DesignRefused, require
from kimeval.effects.staggered import NEVER, Panel, Staggered, panel, staggered
from kimeval.effects.staggered.estimate import DESIGN
from kimeval.effects.told import told
from kimeval.effects.wording import decimal

TESTS = {"course_entry_dynamic": "dynamic", "course_entry_overall": "simple"}
OUTCOME, UNIT = "der Anteil mit Kurseintritt", "share"
STUDY, BOUND, WARNING, COUNT = "event_study", "effect_bound", "two_way", "effect_areas"
MOSTLY = 0.5
NEEDED = "von mindestens zwölf Gebieten der Kurseintritt je Quartal und der Beginn."


@dataclass(frozen=True)
class _Areas:
    """Published values, one row per area, with starts as positions."""

    values: Floats
    start: Floats
    periods: list[Quarter]


def programme_effect(frame: pd.DataFrame, without: Sequence[str] = ()) -> Results:
    """Effect of the start on course entries, areas compared with areas (Wirkung im Land).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Published rows of areas: `course_entry_share` by quarter of arrival, and
        `case_management_quarters` once.
    without : sequence of str
        Codes of areas that are known to have no programme. Of others without a published
        beginning it is not known, and they are left out.

    Returns
    -------
    Results
        As from `told`; the event study, bounds by how far areas may diverge, what the
        plain regression gives, and how many areas are in.
    """
    period = _period(frame)
    made: dict[str, Staggered] = {}
    given: Panel | None = None
    try:
        given = _panel(_areas(frame, without))
    except DesignRefused as why:
        lacking = why
    found = {}
    for test, kind in TESTS.items():

        def make(test: str = test, kind: str = kind):  # type: ignore[no-untyped-def]
            if given is None:
                raise lacking
            made[test] = staggered(given, OUTCOME, UNIT, kind, level=plan().level)
            return made[test].effect

        found[test] = attempted(DESIGN, OUTCOME, UNIT, make)
    rows = [told(judge_together(found), period, STATE)]
    if made and given is not None:
        rows.append(Results.of(_shown(made["course_entry_dynamic"], given, period)))
    return Results.together(rows)


def _period(frame: pd.DataFrame) -> str:
    quarters = [Quarter.parse(text) for text in frame["period"] if len(text) == 6]
    return str(max(quarters)) if quarters else ""


def _areas(frame: pd.DataFrame, without: Sequence[str]) -> _Areas:
    rows = frame[(frame["indicator"] == INDICATOR) & (frame["dimension"] == TOTAL)]
    require(
        bool(rows["value"].notna().any()),
        "Kein Gebiet hat den Kurseintritt je Quartal veröffentlicht.",
        NEEDED,
    )
    wide = rows.pivot_table(index="area", columns="period", values="value", aggfunc="last")
    wide = wide[wide.columns[wide.notna().mean() >= MOSTLY]]
    known = sorted(Quarter.parse(text) for text in wide.columns)
    require(len(known) > 0, "Kein Quartal ist von der Hälfte der Gebiete veröffentlicht.", NEEDED)
    span = Quarter.span(known[0], known[-1])
    wide = wide.reindex(columns=[str(quarter) for quarter in span])
    running = frame[frame["indicator"] == RUNNING].set_index("area")
    start = [_start(running, area, without, span[0]) for area in wide.index]
    return _Areas(wide.to_numpy(float), np.array(start), span)


def _start(running: pd.DataFrame, area: str, without: Sequence[str], first: Quarter) -> float:
    """Position of the first quarter with the programme."""
    if area in without:
        return NEVER
    if area not in running.index or pd.isna(running.loc[area, "value"]):
        return np.nan
    row = running.loc[area]
    if not row["value"]:
        return NEVER
    return float(Quarter.parse(row["period"]) - (int(row["value"]) - 1) - first)


def _panel(areas: _Areas) -> Panel:
    return panel(areas.values, areas.start, [str(quarter) for quarter in areas.periods])


def _shown(found: Staggered, given: Panel, period: str) -> list[Row]:
    study, rows = found.study, []
    for n, key in enumerate(found.key):
        rows.append(
            Row(
                STUDY,
                period,
                STATE,
                dimension="since",
                group=str(int(key)).replace("-", "−"),
                value=100 * float(study.value[n]),
                lower=100 * float(study.band_lower[n]),
                upper=100 * float(study.band_upper[n]),
                confidence=study.level,
                method=found.effect.method,
            )
        )
    for bound in found.bounds:
        rows.append(
            Row(
                BOUND,
                period,
                STATE,
                dimension="divergence",
                group=f"höchstens {decimal(bound.most, 1)}-mal so weit wie davor",
                value=100 * found.effect.value,
                lower=100 * bound.lower,
                upper=100 * bound.upper,
                confidence=study.level,
                method="Rambachan und Roth, relative Größe",
            )
        )
    return [*rows, *_warnings(found, period), *_counts(found, given, period)]


def _warnings(found: Staggered, period: str) -> list[Row]:
    plain = found.two_way
    told_of = {
        "einfache Zwei-Wege-Regression": 100 * plain.value,
        "hier verwendeter Vergleich": 100 * found.effect.value,
        "Gewicht verfehlter Vergleiche der Regression": 100 * plain.misleading,
        "Zellen mit negativem Gewicht in der Regression": 100 * plain.negative,
    }
    return [
        Row(WARNING, period, STATE, value=value, dimension="what", group=group)
        for group, value in told_of.items()
    ]


def _counts(found: Staggered, given: Panel, period: str) -> list[Row]:
    counts = {
        "verglichen": found.areas,
        "davon ohne Beginn in diesen Quartalen": found.never,
        **{f"nicht dabei: {why}": number for why, number in given.left_out.items()},
    }
    return [
        Row(COUNT, period, STATE, value=number, dimension="what", group=group)
        for group, number in counts.items()
    ]
