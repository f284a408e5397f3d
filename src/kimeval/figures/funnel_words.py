"""What a funnel says in words (Trichter in Worten)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.core.statistics import Funnel
from kimeval.figures.map_marks import STAR
from kimeval.figures.places import Places
from kimeval.figures.words import enumeration, reasons_by_name
from kimeval.tables.numbers import NO_BREAK, german, percent

RATE = 0.05
LISTED = 8
EFFECTIVE = (
    "Familien kommen gemeinsam; die wirksame Zahl sagt, wie viele einzelne Personen ebenso viel "
    "Sicherheit gäben."
)
SPREAD = {
    "additive": "Die Grenzen lassen die übliche Streuung zwischen den {many}n zu.",
    "multiplicative": "Die Grenzen sind um die Streuung zwischen den {many}n geweitet.",
}


def level_words(level: float) -> str:
    """A level in German for a compound, such as `95-%` or `99,8-%`."""
    whole = abs(round(100 * level) - 100 * level) < 1e-9
    return percent(level, 0 if whole else 1).replace(NO_BREAK, "-")


def note_funnel(places: Places, known: pd.DataFrame, funnel: Funnel, unnamed: bool) -> str:
    """What chance gives, what the limits allow for, and what is not drawn or named."""
    frame = places.frame
    many = places.words[1].removesuffix("n")
    said = [_by_chance(places, funnel), SPREAD.get(funnel.spread, "").format(many=many)]
    if funnel.spread == "none" and funnel.dispersion.phi > 1.5:
        said.append(
            f"Die Werte streuen {german(funnel.dispersion.phi, 1)}-mal so stark wie durch Zufall "
            f"allein; außerhalb der Grenzen zu liegen ist dann nicht selten."
        )
    if hidden := list(frame.loc[frame["suppressed"], "name"]):
        said.append(f"Gesperrt und nicht eingezeichnet: {enumeration(hidden, LISTED)}.")
    if (funnel.size < known["denominator"].to_numpy() - 0.5).any():
        said.append(EFFECTIVE)
    if unnamed:
        said.append("Wo kein Platz ist, fehlt der Name am Zeichen.")
    said.append(reasons_by_name(frame, list(frame["name"]), STAR))
    return " ".join(part for part in said if part)


def say_funnel(places: Places, known: pd.DataFrame, funnel: Funnel, title: str) -> str:
    """The finding of a funnel as German sentences."""
    one, many = places.words
    count = len(known)
    said = (
        f"Trichterdiagramm: {title}. {count} {one if count == 1 else many} um einen gemeinsamen "
        f"Wert von {percent(funnel.target)}."
    )
    for side, word in ((1, "Über"), (-1, "Unter")):
        for at in reversed(range(len(funnel.levels))):
            beyond = funnel.flags[:, at] == side
            if at < len(funnel.levels) - 1:
                beyond &= (funnel.flags[:, at + 1 :] == 0).all(axis=1)
            if beyond.any():
                names = enumeration(list(known.loc[beyond, "name"]), LISTED)
                said += (
                    f" {word.capitalize()} der {level_words(funnel.levels[at])}-Grenze: {names}."
                )
    if not (funnel.flags != 0).any():
        said += " Keine Abweichung liegt außerhalb der Grenzen."
    return f"{said} {_by_chance(places, funnel)}"


def _by_chance(places: Places, funnel: Funnel) -> str:
    """How many lie beyond each limit, beside how many chance alone would give."""
    parts = []
    for at, level in enumerate(funnel.levels):
        found = int(np.count_nonzero(funnel.flags[:, at]))
        expected = german(float(funnel.expected_flags[at]), 1)
        parts.append(
            f"{found} außerhalb der {level_words(level)}-Grenzen (durch Zufall {expected})"
        )
    count = len(funnel.value)
    which = places.words[0] if count == 1 else places.words[1].replace("Gebiete", "Gebieten")
    few = int(np.count_nonzero(funnel.adjusted <= RATE))
    return (
        f"Von {count} {which} liegen {' und '.join(parts)}; {few} auch dann, wenn "
        f"höchstens 5{NO_BREAK}% der Auffälligen falsch sein sollen."
    )
