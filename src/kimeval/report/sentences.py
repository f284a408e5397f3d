"""Findings as German sentences, from protected results (Befunde in Worten)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kimeval.core.area import area as find_area
from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL
from kimeval.protect.gate import Protected, require_protected
from kimeval.protect.methods.words import method_words
from kimeval.tables.html import Html
from kimeval.tables.numbers import NO_BREAK, REFUSED, with_unit
from kimeval.tables.reasons import in_sentences
from kimeval.tables.templates import render

PIECES = Path(__file__).with_name("pieces")


def reach_in_words(trend: Protected) -> Html:
    """How many were reached, beside the quarter and the year before (Befund).

    A change is told as two counts and never as an effect of the programme. A
    number that is not final says so.

    Parameters
    ----------
    trend : Protected
        From `reach_by_quarter`; its last quarter is the one told.

    Returns
    -------
    Html
    """
    rules = require_protected(trend, "A sentence").rules
    frame = trend.only(dimension=TOTAL).frame
    last = max(Quarter.parse(period) for period in frame["period"])
    now = frame[frame["period"] == str(last)]
    place = find_area(frame["area"].iloc[0]).inside
    reached = now[now["indicator"] == "persons_reached"].iloc[0]
    if reached["status"] == "refused":
        text = f"Wie viele Personen im {last.label} {place} erreicht wurden, ist nicht bestimmbar: "
        text += f"{reached['reason'].rstrip('.')}."
    else:
        text = _counted(frame, last, place) + _reservation(now)
        text += f" Die Zahlen sind {words}." if (words := method_words(rules)) else ""
        text = text.replace("keine Personen", "0 Personen") if words else text
    text = text.replace(". Quartal ", f".{NO_BREAK}Quartal{NO_BREAK}")
    return Html(render(PIECES / "sentence.html.jinja", text=text), text)


def _counted(frame: pd.DataFrame, last: Quarter, place: str) -> str:
    text = f"Im {last.label} hatten {place} {_persons(frame, 'persons_reached', last)} "
    text += "mindestens einen Beratungskontakt"
    earlier = [
        f"{quarter.label}: {_persons(frame, 'persons_reached', quarter)}"
        for quarter in (last - 1, last - 4)
        if str(quarter) in set(frame["period"])
    ]
    text += f" ({'; '.join(earlier)}). " if earlier else ". "
    return f"{text}Neu aufgenommen wurden {_persons(frame, 'persons_new', last)}."


def _persons(frame: pd.DataFrame, name: str, quarter: Quarter) -> str:
    row = frame[(frame["indicator"] == name) & (frame["period"] == str(quarter))].iloc[0]
    if row["suppressed"]:
        return "eine gesperrte Zahl von Personen"
    if pd.isna(row["value"]):
        return f"nicht bestimmbar viele Personen ({REFUSED})"
    return with_unit(row["value"], row["unit"]) if row["value"] else "keine Personen"


def _reservation(rows: pd.DataFrame) -> str:
    partial = rows.loc[rows["status"] == "partial", ["status", "reason"]]
    said = in_sentences(partial.itertuples(index=False, name=None))
    return f" {said}" if said else ""
