"""Age and gender of those reached beside their target group (Bevölkerungspyramide)."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kimeval.figures.cells import CROSSED, SIDES, Cell, Pyramid, pyramid_of
from kimeval.figures.picture import Picture, nothing, picture
from kimeval.figures.theme import COLOURS, canvas, guide_lines, one_per_step, theme
from kimeval.figures.words import enumeration, reasons, why_empty
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.numbers import NO_BREAK, REFUSED, SIGN, german, percent

COLOUR = dict(zip(SIDES, (COLOURS["main"], COLOURS["second"]), strict=True))
HEIGHT = 0.7
REACHED, TARGET = "Erreichte", "Zielgruppe"
MISSING = {"hidden": f"{SIGN} gesperrt", "refused": f"{REFUSED} nicht bestimmbar"}


def plot_pyramid(protected: Protected, title: str, target: Protected | None = None) -> Picture:
    """Shares by age and gender of those reached, the target group as outline (Pyramide).

    Parameters
    ----------
    protected : Protected
        Rows of one indicator and period by `age_band × gender` or `gender ×
        age_band`: shares whose numerators are those reached and whose denominators
        are the target group, or counts of those reached.
    title : str
        German title.
    target : Protected, optional
        Counts of the target group by the same cells, where the first are counts.

    Returns
    -------
    Picture
        Women to the left, men to the right; each bar is a share of all reached, each
        outline a share of the whole target group. A hidden cell carries its sign.
        Other genders are told below.
    """
    table = require_protected(protected, "A figure")
    other = None if target is None else require_protected(target, "A figure").frame
    crossed = table.frame[table.frame["dimension"].isin(CROSSED)]
    if crossed.empty or crossed["numerator"].isna().all():
        return nothing(title, why_empty(crossed), table)
    made = pyramid_of(table.frame, other)
    with theme():
        figure, axes = canvas(height=one_per_step(len(made.bands)) + 0.9)
        for place, band in enumerate(made.bands):
            for side, direction in zip(SIDES, (-1, 1), strict=True):
                _draw(axes, made, made.cells.get((band, side)), place, direction, side)
        _axes(axes, made)
        figure.legend(handles=_keys(made), loc="outside upper left", ncols=2)
    note = " ".join(filter(None, [_note(made), reasons(crossed)]))
    return picture(figure, title, say_pyramid(made, title), note, table=table)


def _draw(
    axes: Axes, made: Pyramid, cell: Cell | None, place: int, direction: int, side: str
) -> None:
    """A bar of those reached with the outline of the target group, or the sign of a gap."""
    if cell is None:
        return
    reached, target = made.share(cell.reached, "reached"), made.share(cell.target, "target")
    if np.isfinite(reached):
        axes.barh(place, direction * reached, HEIGHT, color=COLOUR[side], lw=0)
    else:
        about: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 9}
        align = "left" if direction > 0 else "right"
        axes.annotate(MISSING[cell.status], (0, place), (4 * direction, 0), ha=align, **about)
    if np.isfinite(target):
        corner = (min(0.0, direction * target), place - HEIGHT / 2)
        axes.add_patch(
            Rectangle(corner, target, HEIGHT, fill=False, edgecolor=COLOURS["ink"], lw=1.5)
        )


def _axes(axes: Axes, made: Pyramid) -> None:
    most = 1.08 * made.most
    axes.axvline(0, color=COLOURS["ink"], lw=0.8)
    axes.set_yticks(range(len(made.bands)), made.bands)
    axes.set_ylim(-0.6, len(made.bands) - 0.4)
    axes.set_xlim(-most, most)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: percent(abs(x), 0 if most > 0.05 else 1))
    )
    axes.tick_params(axis="y", length=0)
    whole = f" und an der ganzen {TARGET}" if made.has_target else ""
    axes.set_xlabel(f"Anteil an allen {REACHED}n{whole}")
    guide_lines(axes, "x")
    for side, at in zip(SIDES, (0.25, 0.75), strict=True):
        axes.annotate(
            side, (at, 1), (0, 3), xycoords="axes fraction", textcoords="offset points",
            ha="center", fontweight="bold",
        )  # fmt: skip


def _keys(made: Pyramid) -> list[Any]:
    keys: list[Any] = [Patch(facecolor=COLOUR[side], label=f"{REACHED}, {side}") for side in SIDES]
    if made.has_target:
        keys.append(Patch(fill=False, edgecolor=COLOURS["ink"], lw=1.5, label=TARGET))
    return keys


def _note(made: Pyramid) -> str:
    said = f"100{NO_BREAK}% sind {german(made.totals['reached'])} {REACHED}"
    if made.has_target:
        said += f" und {german(made.totals['target'])} Personen der Zielgruppe"
    said += "." if not made.summed else ", soweit nicht gesperrt."
    if made.apart:
        said += f" Nicht eingezeichnet: {enumeration(made.apart, 8)}."
    return said


def say_pyramid(made: Pyramid, title: str) -> str:
    """The finding of a pyramid as German sentences."""
    said = f"Bevölkerungspyramide: {title}."
    pairs = {
        key: (made.share(cell.reached, "reached"), made.share(cell.target, "target"))
        for key, cell in made.cells.items()
    }
    known = {key: pair for key, pair in pairs.items() if np.isfinite(pair).all()}
    if known:
        gaps = {key: reached - target for key, (reached, target) in known.items()}
        for key, word in (
            (max(gaps, key=lambda k: gaps[k]), "über"),
            (min(gaps, key=lambda k: gaps[k]), "unter"),
        ):
            reached, target = known[key]
            if gaps[key] != 0:
                said += (
                    f" Am stärksten {word} dem Anteil an der Zielgruppe: {_cell(key)} mit "
                    f"{percent(reached)} der {REACHED}n gegenüber {percent(target)}."
                )
    else:
        shown = {key: pair[0] for key, pair in pairs.items() if np.isfinite(pair[0])}
        most = max(shown, key=lambda k: shown[k])
        said += f" Am meisten: {_cell(most)} mit {percent(shown[most])} der {REACHED}n."
    for status, word in (("hidden", "Gesperrt"), ("refused", "Nicht bestimmbar")):
        held = [_cell(key) for key, cell in made.cells.items() if cell.status == status]
        said += f" {word}: {'; '.join(held)}." if held else ""
    return said


def _cell(key: tuple[str, str]) -> str:
    return f"{key[1]}, {key[0]}"
