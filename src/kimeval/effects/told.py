"""Effects as rows of results: the number, its verdict, and each assumption (Ergebniszeilen)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from kimeval.core.results import Results, Row
from kimeval.effects.effect import Effect
from kimeval.effects.plan import plan
from kimeval.effects.verdicts import BROKEN, DOUBTFUL, HELD, UNTESTABLE, VERDICTS
from kimeval.effects.wording import AS_POINTS

SERIES = ("effect_estimate", "effect_verdict", "effect_assumption")
PEOPLE = ("comparison_estimate", "comparison_verdict", "comparison_assumption")
TRIED = "effect_tests"
CROSS = " × "
CODES = {HELD: 1.0, DOUBTFUL: 0.0, BROKEN: -1.0, UNTESTABLE: math.nan}
GRADES = {name: float(2 - n) for n, name in enumerate(VERDICTS)}


def told(
    found: Mapping[str, Effect],
    period: str,
    area: str,
    names: tuple[str, str, str] = SERIES,
    behind: float = math.nan,
) -> Results:
    """Rows of effects by declared test (Ergebniszeilen).

    Parameters
    ----------
    found : mapping of str to Effect
        From `judge_together`.
    period, area : str
        What the rows stand for.
    names : tuple of str
        Indicators of the estimate (percentage points for shares), of the verdict (2
        supported, 1 suggestive, 0 not identified; its method holds the sentence) and of
        each assumption (1 held, 0 doubtful, -1 broken, missing where untestable; its
        method holds the check).
    behind : float
        Persons behind the rows, where they are measured from persons.

    Returns
    -------
    Results
    """
    declared = plan()
    return Results.of(
        row
        for name, one in found.items()
        for row in _rows(declared[name].question, one, (period, area), names, behind)
    )


def questions_tried(*frames: pd.DataFrame) -> Results:
    """How many declared tests were computed, refused and not asked (versuchte Tests).

    Parameters
    ----------
    *frames : DataFrame, shape (rows, 18)
        Protected rows that hold estimates from `told`.
    """
    declared = plan()
    rows = pd.concat(frames)
    rows = rows[rows["indicator"].isin([SERIES[0], PEOPLE[0]]) & (rows["dimension"] == "test")]
    refusals = int((rows["status"] == "refused").sum())
    counts = {
        "angekündigt": len(declared.tests),
        "hier gerechnet": len(rows) - refusals,
        "hier verweigert": refusals,
        "hier nicht gestellt": len(declared.tests) - len(rows),
    }
    period, area = str(rows["period"].max()), str(rows["area"].iloc[0])
    method = f"Plan {declared.digest[:16]}"
    return Results.of(
        Row(TRIED, period, area, value=number, dimension="what", group=group, method=method)
        for group, number in counts.items()
    )


def _rows(
    question: str,
    one: Effect,
    place: tuple[str, str],
    names: tuple[str, str, str],
    behind: float,
) -> Iterator[Row]:
    estimate, verdict, assumption = names
    test = Row(verdict, *place, dimension="test", group=question, contributors=behind, value=0.0)
    if one.refused:
        reason = f"{one.reason.rstrip('.')}; nötig wären {one.needs.rstrip('.')}"
        yield replace(test, indicator=estimate, value=math.nan, status="refused", reason=reason)
        yield replace(test, method=one.sentence)
        return
    scale = 100.0 if one.unit in AS_POINTS else 1.0
    said = "; ".join(text.rstrip(".") for text in one.warnings)
    yield replace(
        test,
        indicator=estimate,
        value=scale * one.value,
        lower=scale * one.lower,
        upper=scale * one.upper,
        confidence=one.level,
        method=one.method,
        status="partial" if said else "complete",
        reason=said,
    )
    yield replace(test, value=GRADES[one.verdict], method=one.sentence)
    for part in one.assumptions:
        yield replace(
            test,
            indicator=assumption,
            dimension="assumption",
            group=f"{question}{CROSS}{part.name}",
            value=CODES[part.result],
            method=part.check,
        )
