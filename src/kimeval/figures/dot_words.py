"""What a dot plot says in words (Punktdiagramm in Worten)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kimeval.core.statistics import Ranks
from kimeval.figures.words import enumeration, reasons, reasons_by_name
from kimeval.tables.numbers import german, in_words, interval, percent

STAR = "*"
Record = Mapping[str, Any]


def rank_texts(ranks: Ranks) -> list[str]:
    """Ranks with their intervals, such as `3 (1 bis 12)`; empty where unknown."""
    return [
        "" if np.isnan(rank) else f"{_rank(rank)} ({_rank(low)} bis {_rank(high)})"
        for rank, low, high in zip(ranks.rank, ranks.lower, ranks.upper, strict=True)
    ]


def note_dots(frame: pd.DataFrame, whole: Record | None, ranks: Ranks | None) -> str:
    """What ranks mean, and reservations with the groups they hold for."""
    said = [_by_chance(frame, whole)]
    if ranks is not None:
        said.append(
            f"Rang: 1 ist der höchste Wert; mit {percent(ranks.level, 0)} Sicherheit liegen alle "
            f"Ränge zugleich in den Spannen in Klammern."
        )
    said.append(reasons_by_name(frame, list(frame["name"]), STAR))
    if whole is not None:
        own = reasons(pd.DataFrame([whole]))
        said += [] if own in said[-1] else [f"Insgesamt: {own[:1].lower()}{own[1:]}"]
    return " ".join(part for part in said if part)


def say_dots(frame: pd.DataFrame, whole: Record | None, title: str, ranks: Ranks | None) -> str:
    """The finding of a dot plot as German sentences."""
    said = f"Punkte mit Intervallen: {title}."
    if whole is not None:
        said += f" Insgesamt {in_words(whole)}."
    known = frame.dropna(subset=["value"]).sort_values("value", kind="stable")
    high, low = known.iloc[-1].to_dict(), known.iloc[0].to_dict()
    if len(known) > 1:
        said += f" Am höchsten {_told(high)}, am niedrigsten {_told(low)}."
    else:
        said += f" {_told(high)}."
    if whole is not None and pd.notna(whole["value"]):
        said += _apart(known, float(whole["value"]))
    if ranks is not None and len(known) > 1:
        at = int(np.nanargmin(ranks.rank))
        said += f" Rang von {frame['name'].iloc[at]}: {rank_texts(ranks)[at]}."
    return f"{said}{_lacking(frame)}"


def _by_chance(frame: pd.DataFrame, whole: Record | None) -> str:
    """How many intervals exclude the whole, beside how many chance alone would give."""
    bounded = frame.dropna(subset=["value", "lower", "upper"])
    if whole is None or pd.isna(whole["value"]) or bounded["confidence"].isna().any():
        return ""
    above, below = bounded["lower"] > whole["value"], bounded["upper"] < whole["value"]
    found, expected = int((above | below).sum()), float((1 - bounded["confidence"]).sum())
    if not found:
        return ""
    return (
        f"{found} von {len(bounded)} Intervallen {'schließt' if found == 1 else 'schließen'} den "
        f"Wert insgesamt aus; durch Zufall allein wären es etwa {german(expected, 1)}."
    )


def _told(row: Record) -> str:
    bounds = interval(row)
    return f"{row['name']} mit {in_words(row)}{f' ({bounds})' if bounds else ''}"


def _apart(known: pd.DataFrame, whole: float) -> str:
    above = list(known.loc[known["lower"] > whole, "name"])[::-1]
    below = list(known.loc[known["upper"] < whole, "name"])
    said = [
        f"mit dem ganzen Intervall {word} dem Wert insgesamt: {enumeration(names)}"
        for names, word in ((above, "über"), (below, "unter"))
        if names
    ]
    if not said:
        return " Kein Intervall schließt den Wert insgesamt aus."
    text = "; ".join(said)
    return f" {text[:1].upper()}{text[1:]}."


def _lacking(frame: pd.DataFrame) -> str:
    hidden = list(frame.loc[frame["suppressed"], "name"])
    refused = list(frame.loc[~frame["suppressed"] & frame["value"].isna(), "name"])
    said = ""
    for names, word in ((hidden, "Gesperrt"), (refused, "Nicht bestimmbar")):
        said += f" {word}: {enumeration(names)}." if names else ""
    return said


def _rank(value: float) -> str:
    return german(value, 0 if float(value).is_integer() else 1)
