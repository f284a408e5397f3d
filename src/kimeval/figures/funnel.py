"""Areas over their size with the limits of chance (Trichterdiagramm)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kimeval.core.catalogue import indicator
from kimeval.core.errors import DataError
from kimeval.core.statistics import Funnel, share_funnel
from kimeval.figures.funnel_words import level_words, note_funnel, say_funnel
from kimeval.figures.labels import label_points
from kimeval.figures.map_marks import STAR, starred_codes
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.places import Places, places_of
from kimeval.figures.theme import COLOURS, canvas, german_axis, guide_lines, theme, value_axis
from kimeval.figures.words import why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.reach.state.coverage import effective
from kimeval.tables.numbers import percent

STEPS = 50
WIDE = 5
LINES = ("--", "-")
WITHIN: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": COLOURS["grey"]}
OUTER: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": COLOURS["main"]}
FAR: dict[str, Any] = {"color": COLOURS["accent"]}
ARROWS = {1: "^", -1: "v"}


def plot_funnel(
    protected: Protected, title: str, spread: str = "none", funnel: Funnel | None = None
) -> Picture:
    """Shares of areas over their size, with exact limits and flags named (Trichter).

    Parameters
    ----------
    protected : Protected
        Rows of one share and period with numerator and denominator, by area or
        municipality (see `places_of`).
    title : str
        German title.
    spread : str
        What the limits allow for, as in `share_funnel`; without effect where a
        funnel is given.
    funnel : Funnel, optional
        Made by the caller from the same protected rows, those with a value in the
        order of their codes. By default from their numerators and denominators, where
        persons of one family do not count as single ones (`reach.state.effective`).

    Returns
    -------
    Picture
        Triangles point to the side of the limit; filled ones lie beyond the outer
        limits; `*` marks a name whose value lacks what the others have. The number of
        flags that chance alone would give stands below.

    Raises
    ------
    DataError
        If the rows are no shares, or the funnel holds another number of places.
    """
    table = require_protected(protected, "A figure")
    if not len(table):
        return nothing(title, why_empty(table.frame), table)
    places = places_of(table.frame)
    frame = places.frame
    if frame.empty or frame["value"].isna().all():
        return nothing(title, why_empty(frame), table)
    known = frame[frame["value"].notna()].reset_index(drop=True)
    _require_shares(known)
    given = _made(known, spread) if funnel is None else _require_length(funnel, len(known))
    with theme():
        figure, axes = canvas(height=4.6)
        drawn = _limits(axes, given, known, spread if funnel is None else None)
        _points(axes, given, known["value"].to_numpy())
        _axes(axes, given, known, drawn)
        figure.legend(handles=_keys(given), loc="outside upper left", ncols=2)
        written = _name_flagged(axes, given, known, places)
    note = note_funnel(places, known, given, unnamed=not all(written))
    return picture(figure, title, say_funnel(places, known, given, title), note, table=table)


def _require_shares(known: pd.DataFrame) -> None:
    lacking = known[["numerator", "denominator"]].isna().any(axis=1)
    if (known["unit"] != "share").any() or lacking.any():
        name = known["indicator"].iloc[0]
        raise DataError(
            f"A funnel shows shares with numerator and denominator, '{name}' lacks them in "
            f"{int(lacking.sum())} of {len(known)} rows. Choose a share."
        )


def _require_length(funnel: Funnel, count: int) -> Funnel:
    if len(funnel.value) != count:
        raise DataError(
            f"A funnel holds each place with a value, got {len(funnel.value)} for {count}. Make "
            f"it from the same rows."
        )
    return funnel


def _made(known: pd.DataFrame, spread: str) -> Funnel:
    """The funnel of published shares; persons of one family do not count as single ones."""
    target = known["numerator"].sum() / known["denominator"].sum()
    return share_funnel(*_effective(known), target=target, spread=spread)


def _effective(known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    hits, total = (np.round(side) for side in effective(known))
    return np.minimum(hits, total), total


def _limits(axes: Axes, funnel: Funnel, known: pd.DataFrame, spread: str | None) -> np.ndarray:
    """Draw the limits over a grid of sizes, or through those of the areas; returns them."""
    size, limits = funnel.size, funnel.limits
    if spread is not None:
        low, high = np.nanmin(size), np.nanmax(size)
        grid = np.unique(np.round(np.geomspace(max(1, 0.85 * low), 1.1 * high, STEPS)))
        hits, total = _effective(known)
        hits = np.concatenate([hits, np.full(len(grid), np.nan)])
        total = np.concatenate([total, grid])
        drawn = share_funnel(hits, total, target=funnel.target, spread=spread)
        size, limits = grid, drawn.limits[len(known) :]
    order = np.argsort(size)
    for at, dashes in zip(range(len(funnel.levels)), LINES, strict=False):
        for side in (0, 1):
            axes.plot(size[order], limits[order, at, side], dashes, color=COLOURS["ink"], lw=1)
    axes.axhline(funnel.target, color=COLOURS["grey"], lw=1.2)
    return limits


def _points(axes: Axes, funnel: Funnel, values: np.ndarray) -> None:
    """Circles within the limits, triangles beyond them."""
    flags = funnel.flags
    inside = (flags == 0).all(axis=1)
    style: dict[str, Any] = {"linestyle": "", "markersize": 6}
    axes.plot(funnel.size[inside], values[inside], marker="o", **style, **WITHIN)
    for side, marker in ARROWS.items():
        far = flags[:, -1] == side
        near = (flags == side).any(axis=1) & ~far
        for chosen, look in ((near, OUTER), (far, FAR)):
            if chosen.any():
                at = funnel.size[chosen], values[chosen]
                axes.plot(*at, marker=marker, **{**style, "markersize": 7}, **look)


def _axes(axes: Axes, funnel: Funnel, known: pd.DataFrame, limits: np.ndarray) -> None:
    declared = indicator(known["indicator"].iloc[0])
    low, high = np.nanmin(funnel.size), np.nanmax(funnel.size)
    if high > WIDE * low:
        axes.set_xscale("log")
        steps = [n * 10**e for e in range(9) for n in (1, 2, 5)]
        axes.set_xticks([s for s in steps if 0.8 * low <= s <= 1.2 * high], minor=False)
        axes.set_xticks([], minor=True)
        axes.set_xlim(0.8 * low, 1.25 * high)
    else:
        axes.set_xlim(0.8 * low, 1.12 * high)
    german_axis(axes.xaxis)
    value_axis(axes.yaxis, share=True)
    least = np.nanmin([known["value"].min(), np.nanmin(limits)])
    most = np.nanmax([known["value"].max(), np.nanmax(limits)])
    room = 0.08 * (most - least) + 0.005
    axes.set_ylim(max(0.0, least - room), min(1.02, most + room))
    size = declared.denominator or "Größe"
    fewer = (funnel.size < known["denominator"].to_numpy() - 0.5).any()
    axes.set(xlabel=f"{size} (wirksame Zahl)" if fewer else size, ylabel=declared.name)
    guide_lines(axes, "y")


def _keys(funnel: Funnel) -> list[Line2D]:
    """The lines of the limits, and the marks that occur."""
    keys = [Line2D([], [], color=COLOURS["grey"], lw=1.2, label=f"alle: {percent(funnel.target)}")]
    names = [level_words(level) for level in funnel.levels]
    for name, dashes in zip(names, LINES, strict=False):
        keys.append(Line2D([], [], color=COLOURS["ink"], ls=dashes, lw=1, label=f"{name}-Grenzen"))
    style: dict[str, Any] = {"linestyle": "", "markersize": 7, "marker": "^"}
    near = ((funnel.flags != 0).any(axis=1) & (funnel.flags[:, -1] == 0)).any()
    if near:
        keys.append(Line2D([], [], label=f"außerhalb der {names[0]}-Grenzen", **style, **OUTER))
    if (funnel.flags[:, -1] != 0).any():
        keys.append(Line2D([], [], label=f"außerhalb der {names[-1]}-Grenzen", **style, **FAR))
    return keys


def _name_flagged(axes: Axes, funnel: Funnel, known: pd.DataFrame, places: Places) -> list[bool]:
    """Names of the flagged ones, the furthest out first."""
    flagged = np.flatnonzero((funnel.flags != 0).any(axis=1))
    order = flagged[np.argsort(funnel.p[flagged], kind="stable")]
    points = np.column_stack([funnel.size, known["value"]])
    starred = starred_codes(places)
    codes = known["code"].iloc[order]
    names = [f"{places.short(code)}{STAR * (code in starred)}" for code in codes]
    return label_points(axes, points[order], names, points)
