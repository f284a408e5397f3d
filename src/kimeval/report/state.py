"""Findings on the state as German sentences (Befunde zum Land in Worten)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from kimeval.core.area import state
from kimeval.core.quarter import Quarter
from kimeval.protect.gate import Protected, require_protected
from kimeval.protect.methods.words import method_words
from kimeval.tables.html import Html
from kimeval.tables.numbers import german, interval, percent, with_unit
from kimeval.tables.reasons import in_sentences
from kimeval.tables.templates import render

PIECES = Path(__file__).with_name("pieces")
HALF, STRICT = 0.5, "99,8-%-Grenzen"
Record = Mapping[str, Any]


def state_in_words(sums: Protected, coverage: Protected, change: Protected) -> Html:
    """How many are reached in how many areas, and which share (Befund für das Land).

    Parameters
    ----------
    sums, coverage, change : Protected
        From `reach.state`: `sums`, `coverage_overall`, `change_on_year`.

    Returns
    -------
    Html
    """
    rows = _by_name(sums)
    reached, new = rows["state_persons_reached"], rows["state_persons_new"]
    quarter = Quarter.parse(str(reached["period"])).label
    if pd.isna(reached["value"]):
        return _sentence(f"Wie viele im {quarter} erreicht wurden, ist nicht bestimmbar.")
    inside = sums.only(indicator="state_areas").frame.iloc[0]
    areas = f"{german(inside['value'])} von {german(inside['denominator'])} Gebieten"
    text = f"Im {quarter} hatten {state().inside} {_unit(reached)} mindestens einen "
    text += f"Beratungskontakt, neu aufgenommen wurden {_unit(new)} (Summe aus {areas}). "
    text += " ".join(filter(None, [_on_year(change), _covered(coverage)]))
    text += f" {in_sentences([(str(reached['status']), str(reached['reason']))])}"
    if words := method_words(require_protected(sums, "A sentence").rules):
        text += f" Die Zahlen der Gebiete sind {words}; Summen daraus sind es auch."
    return _sentence(text)


def differences_in_words(funnel: Protected, widened: Protected, coverage: Protected) -> Html:
    """Which differences between areas are more than chance (Unterschiede).

    Parameters
    ----------
    funnel, widened : Protected
        From `coverage_funnel`, for chance alone and with the usual spread.
    coverage : Protected
        From `coverage_overall`; says how much of it may be due to incomplete data.

    Returns
    -------
    Html
    """
    frame = require_protected(funnel, "A sentence").frame
    phi = frame[frame["indicator"] == "state_dispersion"].iloc[0]
    if pd.isna(phi["value"]):
        return _sentence(f"Ob sich Gebiete unterscheiden, ist nicht bestimmbar: {phi['reason']}.")
    alone, wide = (_flagged(part) for part in (funnel, widened))
    text = "Die Gebiete liegen nicht weiter auseinander, als Zufall allein es erwarten lässt. "
    if phi["value"] > 1:
        text = f"Die Varianz zwischen den Gebieten ist {german(phi['value'], 1)}-mal so groß, wie "
        text += "Zufall allein es erwarten ließe. "
    text += f"Außerhalb der 99,8-%-Grenzen für Zufall allein liegen {_said(alone[STRICT])}. "
    text += "Wird die übliche Streuung der Gebiete mit eingerechnet, sind es "
    text += f"{_said(wide[STRICT])}. {_of_data(coverage)}"
    return _sentence(text)


def missed_in_words(missed: Protected) -> Html:
    """In how few areas half of those not reached live (nicht Erreichte).

    Parameters
    ----------
    missed : Protected
        From `reach.state.not_reached`.

    Returns
    -------
    Html
    """
    frame = require_protected(missed, "A sentence").frame
    whole = frame[frame["indicator"] == "state_not_reached"].iloc[0].to_dict()
    rows = frame[frame["indicator"] == "area_not_reached"]
    if pd.isna(whole["value"]) or not whole["value"]:
        return _sentence("Wie viele nicht erreicht wurden, ist nicht bestimmbar.")
    so_far = rows["value"].cumsum() / whole["value"]
    people = rows["denominator"].cumsum() / whole["denominator"]
    few = int((so_far < HALF).sum()) + 1
    text = f"{with_unit(whole['value'], whole['unit'])} von "
    text += f"{german(whole['denominator'])} Neuzugewanderten hatten bis zum Ende des Quartals "
    text += "keinen Kontakt, der in einer Lieferung steht. Gut die Hälfte von ihnen "
    text += f"({percent(so_far.iloc[few - 1])}) lebt in {few} Gebieten, in denen auch "
    text += f"{percent(people.iloc[few - 1])} der Neuzugewanderten leben."
    return _sentence(text)


def _by_name(protected: Protected) -> dict[str, Record]:
    frame = require_protected(protected, "A sentence").only(dimension="").frame
    return {row["indicator"]: row for row in frame.to_dict("records")}


def _unit(row: Record) -> str:
    if pd.isna(row["value"]):
        return "nicht bestimmbar viele Personen"
    return with_unit(row["value"], row["unit"])


def _on_year(change: Protected) -> str:
    row = change.frame.iloc[0].to_dict()
    if pd.isna(row["value"]):
        return ""
    areas = str(row["method"]).rpartition(", ")[2]
    moved = "mehr" if row["value"] > 0 else "weniger"
    sure = "" if row["lower"] * row["upper"] > 0 else "; das kann Zufall sein"
    size = percent(abs(row["value"]))
    return (
        f"In den {areas.removesuffix(' Gebiete')} Gebieten, die auch im Vorjahresquartal einen "
        f"Wert haben, sind es {size} {moved} Erreichte als damals "
        f"(Veränderung {interval(row)}{sure})."
    )


def _covered(coverage: Protected) -> str:
    row = _by_name(coverage).get("state_coverage_newly_arrived")
    if row is None or pd.isna(row["value"]):
        return ""
    return (
        f"Von den Neuzugewanderten der letzten vier Quartale wurden {percent(row['value'])} "
        f"erreicht ({interval(row)})."
    )


def _flagged(protected: Protected) -> dict[str, tuple[Record, Record]]:
    frame = require_protected(protected, "A sentence").frame
    sides = [
        {row["group"]: row for row in frame[frame["indicator"] == name].to_dict("records")}
        for name in ("state_areas_flagged", "state_flags_by_chance")
    ]
    return {group: (row, sides[1][group]) for group, row in sides[0].items()}


def _said(pair: tuple[Record, Record]) -> str:
    row, chance = pair
    return (
        f"{german(row['value'])} von {german(row['denominator'])} Gebieten; durch Zufall wären "
        f"höchstens {german(chance['value'], 1)} zu erwarten"
    )


def _of_data(coverage: Protected) -> str:
    row = _by_name(coverage).get("state_coverage_gap_of_data")
    if row is None or pd.isna(row["value"]):
        return ""
    if row["lower"] * row["upper"] <= 0:
        return (
            f"Gebiete mit vollständiger und mit unvollständiger Lieferung unterscheiden sich nicht "
            f"erkennbar (Abstand in Prozentpunkten {interval(row)})."
        )
    less = "niedriger" if row["value"] < 0 else "höher"
    return (
        f"Ein Teil davon kann an den Daten liegen: In Gebieten mit unvollständiger Lieferung ist "
        f"die Reichweite um {german(abs(row['value']), 1)} Prozentpunkte {less} als in den anderen "
        f"({interval(row)})."
    )


def _sentence(text: str) -> Html:
    text = text.replace(". Quartal ", ".\N{NO-BREAK SPACE}Quartal\N{NO-BREAK SPACE}")
    return Html(render(PIECES / "sentence.html.jinja", text=" ".join(text.split(" "))), text)
