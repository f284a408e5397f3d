"""Types of ways through the legal spheres as bands (Verlaufstypen).

Sequences of single persons may not be shown. Each type is one band, as high as its persons
are many, in the colour of the sphere that half of them or more were in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.states import month_name, month_ticks, state_keys, state_look
from kimeval.figures.theme import canvas, ink_on, theme
from kimeval.figures.words import enumeration, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.referrals.classes import CROSS
from kimeval.referrals.usual_spheres import MIXED, UNKNOWN, USUAL
from kimeval.tables.numbers import german

TYPE = "path_type"
WIDTH = re.compile(r"Silhouette (-?\d+,\d+)")
GAP, LEAST = 0.012, 0.09
NONE, SOME = 0.25, 0.5
ROOM = 3


@dataclass(frozen=True)
class Stretch:
    """Months of a type in which one state prevails (Abschnitt)."""

    title: str
    first: str
    after: str
    state: str


def plot_types(protected: Protected, title: str) -> Picture:
    """Each type of path as a band of the prevailing state by month (Verlaufstypen).

    Parameters
    ----------
    protected : Protected
        Results of `referrals.path_types`.
    title : str
        German.

    Returns
    -------
    Picture
        Bands are as high as the type has persons; of a hidden number as high as the least.
    """
    table = require_protected(protected, "A figure").only(dimension=["", TYPE, USUAL])
    frame = table.frame
    stretches = _stretches(frame[(frame["dimension"] == USUAL) & frame["value"].notna()])
    sizes = frame[frame["dimension"] == TYPE]
    if not stretches or sizes["value"].isna().all():
        return nothing(title, why_empty(frame), table)
    persons = dict(zip(sizes["group"], sizes["value"], strict=True))
    months = pd.period_range(
        min(s.first for s in stretches), max(s.after for s in stretches), freq="M"
    ).astype(str)
    with theme():
        figure, axes = canvas(height=1.2 + 0.75 * len(persons))
        bounds = _bounds(persons)
        _draw(axes, stretches, bounds, list(months))
        axes.set_yticks(
            [(low + high) / 2 for low, high in bounds.values()],
            [f"{name}\n{_persons(number)}" for name, number in persons.items()],
        )
        axes.set_xticks(np.arange(len(months) - 1) + 0.5, month_ticks(list(months[:-1])))
        axes.set(xlim=(0, len(months) - 1), ylim=(0, 1))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        keys = state_keys(s.state for s in stretches)
        figure.legend(handles=keys, loc="outside upper left", ncols=4)
    said = _say(title, stretches, persons)
    return picture(figure, title, said, _note(frame, len(persons)), table=table)


def _stretches(rows: pd.DataFrame) -> list[Stretch]:
    found = []
    for group, days in zip(rows["group"], rows["value"], strict=True):
        title, first, state = group.split(CROSS)
        after = pd.Timestamp(first) + pd.Timedelta(days=days)
        found.append(Stretch(title, first, after.strftime("%Y-%m"), state))
    return found


def _bounds(persons: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Lower and upper end of each type's band, the first on top."""
    known = {name: 0.0 if pd.isna(n) else n for name, n in persons.items()}
    heights = {name: max(n / sum(known.values()), LEAST) for name, n in known.items()}
    free = 1 - GAP * (len(heights) - 1)
    scale, top, found = free / sum(heights.values()), 1.0, {}
    for name, height in heights.items():
        found[name] = (top - height * scale, top)
        top -= height * scale + GAP
    return found


def _draw(
    axes: Axes, stretches: list[Stretch], bounds: dict[str, tuple[float, float]], months: list[str]
) -> None:
    place = {month: n for n, month in enumerate(months)}
    for one in stretches:
        low, high = bounds[one.title]
        left, right = place[one.first], place[one.after]
        look = state_look(one.state)
        axes.add_patch(Rectangle((left, low), right - left, high - low, **look))
        if right - left >= ROOM and one.state not in (MIXED, UNKNOWN):
            middle = (left + right) / 2, (low + high) / 2
            ink = ink_on(look["facecolor"])
            short = one.state if right - left > len(one.state) / 2 else ""
            axes.text(*middle, short, ha="center", va="center", fontsize=8.5, color=ink)


def _persons(number: float) -> str:
    return "gesperrt" if pd.isna(number) else f"{german(number)} Personen"


def _say(title: str, stretches: list[Stretch], persons: dict[str, float]) -> str:
    told = []
    for name, number in persons.items():
        own = [s for s in stretches if s.title == name and s.state != UNKNOWN]
        ways = ", dann ".join(f"{s.state} ab {month_name(s.first)}" for s in own)
        told.append(f"{name} ({_persons(number)}): {ways or UNKNOWN}")
    return f"Bänder: {title}, überwiegender Rechtskreis je Monat. {'; '.join(told)}."


def _note(frame: pd.DataFrame, groups: int) -> str:
    said = [
        f"{groups} Typen, die Zahl ist vorgegeben. Farbe: Rechtskreis, in dem mindestens die "
        f"Hälfte des Typs war; kein Band ist der Verlauf einer Person."
    ]
    found = WIDTH.search(" ".join(frame["method"]))
    if found:
        width = float(found[1].replace(",", "."))
        how = "gut" if width > SOME else "schwach" if width > NONE else "nicht"
        said.append(f"Die Typen trennen sich {how} (mittlere Silhouette {found[1]}).")
    hidden = frame[(frame["dimension"] == TYPE) & frame["suppressed"]]["group"].tolist()
    if hidden:
        said.append(f"Höhe ohne Bedeutung, weil gesperrt: {enumeration(hidden)}.")
    return " ".join([*said, reasons(frame)]).strip()
