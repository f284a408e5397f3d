"""How areas developed around the start of the programme (Ereignisstudie)."""

from __future__ import annotations

import numpy as np

from kimeval.core.units import unit_word
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import COLOURS, canvas, guide_lines, theme, value_axis
from kimeval.figures.words import reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import german

INDICATOR = "event_study"


def plot_event_study(protected: Protected, title: str) -> Picture:
    """Differences by quarters since the start, with a band for all at once (Ereignisstudie).

    Parameters
    ----------
    protected : Protected
        Rows of `event_study`; the group is the number of quarters since the start.
    title : str
        German.

    Returns
    -------
    Picture
        Before the start there should be nothing to see.
    """
    table = require_protected(protected, "A figure").only(indicator=INDICATOR)
    frame = table.frame
    if frame.empty or frame["value"].isna().all():
        whole = require_protected(protected, "A figure").frame
        return nothing(title, why_empty(whole[whole["status"] == "refused"]), table)
    since = frame["group"].str.replace("−", "-").astype(int).to_numpy()
    order = np.argsort(since)
    since = since[order]
    value, lower, upper = frame[["value", "lower", "upper"]].to_numpy(float)[order].T
    with theme():
        figure, axes = canvas(height=4.0)
        axes.axhline(0, color=COLOURS["grey"], linewidth=1)
        axes.axvline(-0.5, color=COLOURS["grey"], linewidth=1, linestyle=":")
        for rows, colour, label in (
            (since < 0, COLOURS["grey"], "vor dem Beginn"),
            (since >= 0, COLOURS["main"], "mit Programm"),
        ):
            axes.vlines(since[rows], lower[rows], upper[rows], color=colour, linewidth=1.6)
            axes.plot(since[rows], value[rows], "o", color=colour, label=label)
        axes.plot(
            -1, 0, "o", color=COLOURS["grey"], markerfacecolor="white", label="Vergleichsquartal"
        )
        ticks = sorted({*since.tolist(), -1})
        axes.set_xticks(ticks, [str(tick).replace("-", "−") for tick in ticks])
        axes.set_xlabel("Quartale seit dem Beginn")
        axes.set_ylabel(unit_word("points"))
        value_axis(axes.yaxis)
        guide_lines(axes, "y")
        figure.legend(loc="outside upper left", ncols=3)
    after = since >= 0
    alt = (
        f"Punkte mit Band je Quartal seit dem Beginn. Vor dem Beginn höchstens "
        f"{german(np.abs(value[~after]).max(), 1) if (~after).any() else '–'} Prozentpunkte "
        f"Unterschied, danach im Mittel {german(value[after].mean(), 1)}."
    )
    level = german(100 * frame["confidence"].iloc[0])
    note = f"Striche: {level}-%-Band für alle Quartale zugleich. {reasons(frame)}".strip()
    return picture(figure, title, alt, note, table=table)
