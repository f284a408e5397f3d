"""Marks that tiles and boundaries share (Zeichenelemente der Karten)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.patches import Patch

from kimeval.figures.places import Places
from kimeval.figures.shades import Classes
from kimeval.figures.words import own_shortfalls, shared_reasons
from kimeval.tables.numbers import REFUSED, SIGN, bare

HIDDEN: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8F8F8F", "hatch": "////", "lw": 0.8}
REFUSED_MARK: dict[str, Any] = {**HIDDEN, "hatch": "xxxx"}
ABSENT: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8F8F8F", "ls": ":", "lw": 0.8}
PAPER: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
STAR = "*"


def look(row: Mapping[str, Any] | None, scale: Classes) -> dict[str, Any]:
    """How the ground of a place is drawn: its shade, a hatch, or a dotted edge."""
    if row is None:
        return ABSENT
    if row["suppressed"]:
        return HIDDEN
    if pd.isna(row["value"]):
        return REFUSED_MARK
    return {"facecolor": scale.shade(row["value"]), "edgecolor": "white", "lw": 0.8}


def legend_keys(places: Places, scale: Classes) -> list[Patch]:
    """Patches of the classes and of what lacks a value."""
    rows = list(places.rows.values())
    known = [row for row in rows if pd.notna(row["value"])]
    keys = [
        Patch(label=label, facecolor=shade, edgecolor="#8F8F8F", lw=0.5)
        for label, shade in zip(scale.labels(), scale.shades, strict=True)
    ]
    lacking = {
        f"{SIGN} gesperrt": (any(row["suppressed"] for row in rows), HIDDEN),
        f"{REFUSED} nicht bestimmbar": (
            any(not row["suppressed"] and row not in known for row in rows),
            REFUSED_MARK,
        ),
        "keine Angabe": (len(rows) < len(places.names), ABSENT),
    }
    return keys + [Patch(label=text, **mark) for text, (held, mark) in lacking.items() if held]


def value_text(row: Mapping[str, Any] | None, starred: bool) -> str:
    """What stands below a place's name."""
    if row is None:
        return ""
    if row["suppressed"]:
        return SIGN
    return REFUSED if pd.isna(row["value"]) else bare(row["value"], row["unit"]) + STAR * starred


def starred_codes(places: Places) -> set[str]:
    """Places whose value lacks what the others have."""
    frame = places.frame
    lacking = own_shortfalls(frame, shared_reasons(frame))
    return {code for code, text in zip(frame["code"], lacking, strict=True) if text}
