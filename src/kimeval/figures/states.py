"""Colours of states and names of months (Zustände, Monate)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.patches import Patch

from kimeval.core.codes import codes
from kimeval.referrals.usual_spheres import MIXED, UNKNOWN

SHADES = ("#0072B2", "#F0B55A", "#009E73", "#9AD0F0", "#8C4A7C", "#D8D8D8", "#8A8A8A")
BLANK: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8F8F8F", "linestyle": ":", "lw": 0.8}
HATCHED: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8F8F8F", "hatch": "////", "lw": 0}
MONTHS = ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")


def state_look(state: str) -> dict[str, Any]:
    """How a legal sphere is drawn, the same in every figure."""
    names = list(codes("legal_sphere").values())
    if state == UNKNOWN:
        return BLANK
    if state == MIXED or state not in names:
        return HATCHED
    return {"facecolor": SHADES[names.index(state) % len(SHADES)], "edgecolor": "white", "lw": 0.8}


def state_order(states: Iterable[str]) -> list[str]:
    """States in the order of the code list, others after them."""
    names = list(codes("legal_sphere").values())
    return sorted(set(states), key=lambda s: (names.index(s) if s in names else len(names), s))


def state_keys(states: Iterable[str]) -> list[Patch]:
    """One patch per state for a legend."""
    return [Patch(label=state, **state_look(state)) for state in state_order(states)]


def month_name(month: str) -> str:
    """German name of a month such as `2024-07`: `Jul 2024`."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def month_ticks(months: Sequence[str]) -> list[str]:
    """Short names under an axis, the year under each January and the first; few of many."""
    step = 1 if len(months) <= 18 else 3
    told = []
    for n, month in enumerate(months):
        year = f"\n{month[:4]}" if n == 0 or month[5:7] == "01" else ""
        shown = n % step == 0
        told.append(f"{MONTHS[int(month[5:7]) - 1]}{year}" if shown else "")
    return told
