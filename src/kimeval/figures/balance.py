"""How alike two groups are before and after weighting (Love-Plot)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import COLOURS, canvas, guide_lines, one_per_label, theme, value_axis
from kimeval.figures.words import reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import german

INDICATOR = "comparison_balance"
CROSS = " × "
BEFORE, AFTER = "vor der Gewichtung", "nach der Gewichtung"
ALIKE = 0.1


def plot_balance(protected: Protected, title: str) -> Picture:
    """Differences between two groups in each characteristic (Love-Plot).

    Parameters
    ----------
    protected : Protected
        Rows of `comparison_balance`.
    title : str
        German.

    Returns
    -------
    Picture
        The shaded range counts as alike.
    """
    table = require_protected(protected, "A figure").only(indicator=INDICATOR)
    frame = table.frame
    if frame.empty or frame["value"].isna().all():
        whole = require_protected(protected, "A figure").frame
        why = why_empty(whole[whole["status"] == "refused"]) if frame.empty else reasons(frame)
        return nothing(title, why, table)
    wide = _wide(frame)
    with theme():
        figure, axes = canvas(height=one_per_label(list(wide.index)))
        place = np.arange(len(wide))
        axes.axvspan(-ALIKE, ALIKE, color=COLOURS["light"], linewidth=0, zorder=0)
        axes.axvline(0, color=COLOURS["grey"], linewidth=1)
        axes.hlines(place, wide[BEFORE], wide[AFTER], color=COLOURS["grey"], linewidth=1)
        hollow = {"markerfacecolor": "white", "linestyle": "", "markersize": 7}
        axes.plot(wide[BEFORE], place, "o", color=COLOURS["accent"], label=BEFORE, **hollow)
        axes.plot(wide[AFTER], place, "o", color=COLOURS["main"], label=AFTER, markersize=6)
        axes.set_yticks(place, list(wide.index))
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(wide) - 0.4, -0.6)
        most = max(0.25, 1.1 * float(np.nanmax(np.abs(wide.to_numpy()))))
        axes.set_xlim(-most, most)
        axes.set_xlabel("Unterschied in Standardabweichungen")
        value_axis(axes.xaxis)
        guide_lines(axes, "x")
        figure.legend(loc="outside upper left", ncols=2)
    worst = wide.abs().max()
    alt = (
        f"Punkte je Merkmal. Größter Unterschied vor der Gewichtung {german(worst[BEFORE], 2)}, "
        f"danach {german(worst[AFTER], 2)} Standardabweichungen."
    )
    note = f"Grau: bis {german(ALIKE, 1)} gelten die Gruppen als gleich. {reasons(frame)}".strip()
    return picture(figure, title, alt, note, table=table)


def _wide(frame: pd.DataFrame) -> pd.DataFrame:
    parts = frame["group"].str.rsplit(CROSS, n=1, expand=True)
    rows = frame.assign(name=parts[0], when=parts[1])
    wide = rows.pivot_table(index="name", columns="when", values="value", sort=False)
    return wide.reindex(columns=[BEFORE, AFTER]).sort_values(BEFORE, key=abs, ascending=False)
