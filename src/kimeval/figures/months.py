"""In which legal sphere persons are, month by month, as stacked bars (Zustandsverteilung)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from kimeval.core.errors import DataError
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.states import (
    HATCHED,
    month_name,
    month_ticks,
    state_keys,
    state_look,
    state_order,
)
from kimeval.figures.theme import canvas, german_axis, ink_on, theme
from kimeval.figures.words import enumeration, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import SIGN, german, percent

LEAST_TOLD = 0.06


def plot_months(protected: Protected, dimension: str, title: str) -> Picture:
    """Share of persons in each state, month by month (Zustandsverteilung).

    Parameters
    ----------
    protected : Protected
        Persons by month, such as `2024-07`, in total and by state.
    dimension : str
        Of the states.
    title : str
        German.

    Returns
    -------
    Picture
        What is hidden is hatched: the rest of the month's total. A month whose total is
        hidden is left out and named. Where nothing is hidden, shares are of the sum of the
        states, which a rounded total may miss.

    Raises
    ------
    DataError
        If there is more than one indicator, or a state stands twice in a month.
    """
    table = require_protected(protected, "A figure").only(dimension=["", dimension])
    frame = table.frame
    if frame["value"].isna().all():
        return nothing(title, why_empty(frame), table)
    if len(frame["indicator"].unique()) > 1 or frame.duplicated(["period", "group"]).any():
        raise DataError(
            "A distribution by month shows one indicator, each state once a month. Choose with "
            "only(indicator=...)."
        )
    counts = frame.pivot_table("value", "period", "group", "sum", min_count=1, dropna=False)
    totals = counts.pop("")
    states = state_order(counts.columns[counts.notna().any()])
    lacking = _has_hidden(frame, counts.index)
    base = totals.where(lacking | totals.isna(), counts[states].sum(axis=1))
    shares = counts[states].div(base, axis=0)
    hidden = (1 - shares.sum(axis=1)).where(lacking & totals.notna(), 0.0)
    with theme():
        figure, axes = canvas(height=3.6)
        _draw(axes, shares, hidden.clip(lower=0))
        axes.set_xticks(range(len(counts)), month_ticks(list(counts.index)))
        axes.set(xlim=(-0.5, len(counts) - 0.5), ylim=(0, 1))
        axes.tick_params(length=0)
        axes.set_ylabel("Anteil der Personen")
        german_axis(axes.yaxis, share=True)
        keys = state_keys(states)
        if hidden.gt(0).any():
            keys.append(Patch(label=f"{SIGN} gesperrt", **HATCHED))
        figure.legend(handles=keys, loc="outside upper left", ncols=4)
    said = _say(title, shares, totals)
    return picture(figure, title, said, _note(frame, totals), table=table)


def _has_hidden(frame: pd.DataFrame, months: pd.Index) -> pd.Series:
    hidden = frame[frame["suppressed"] & (frame["dimension"] != "")]
    return pd.Series(months.isin(hidden["period"]), index=months)


def _draw(axes: Axes, shares: pd.DataFrame, hidden: pd.Series) -> None:
    places = np.arange(len(shares))
    low = np.zeros(len(shares))
    for state in shares.columns:
        high = shares[state].fillna(0).to_numpy()
        look = state_look(state)
        axes.bar(places, high, 1.0, low, **look)
        for at in (0, len(shares) - 1):
            if high[at] >= LEAST_TOLD:
                ink = ink_on(look["facecolor"])
                told = percent(high[at], 0)
                middle = low[at] + high[at] / 2
                axes.text(at, middle, told, ha="center", va="center", fontsize=8, color=ink)
        low += high
    axes.bar(places, hidden, 1.0, low, **HATCHED)


def _say(title: str, shares: pd.DataFrame, totals: pd.Series) -> str:
    first, last = shares.index[0], shares.index[-1]
    told = []
    for state in shares.columns:
        words = [
            "nicht veröffentlicht" if pd.isna(share) else percent(share)
            for share in shares.loc[[first, last], state]
        ]
        told.append(f"{state} {words[0]} und {words[1]}")
    said = f"Gestapelte Balken: {title}, {month_name(first)} und {month_name(last)}: "
    known = totals.dropna()
    if len(known):
        told.append(f"Personen {german(known.iloc[0])} und {german(known.iloc[-1])}")
    return f"{said}{'; '.join(told)}."


def _note(frame: pd.DataFrame, totals: pd.Series) -> str:
    known = totals.dropna()
    said = ""
    if len(known):
        low, high = int(known.min()), int(known.max())
        said = f"Je Monat {german(low)} bis {german(high)} Personen." if low < high else ""
    lacking = [month_name(month) for month in totals.index[totals.isna()]]
    if lacking:
        said += f" Summe gesperrt: {enumeration(lacking)}."
    return " ".join(filter(None, [said.strip(), reasons(frame)]))
