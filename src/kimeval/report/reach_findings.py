"""What the tables on reach come to, as German sentences (Befunde zur Reichweite)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.area import area as find_area
from kimeval.core.quarter import Quarter
from kimeval.core.results import TOTAL
from kimeval.protect.gate import Protected, require_protected
from kimeval.report.sentences import PIECES
from kimeval.tables.html import Html
from kimeval.tables.numbers import NO_BREAK, german, interval, percent, with_unit
from kimeval.tables.templates import render

WHAT = {"persons_reached_change": "erreicht", "persons_new_change": "neu aufgenommen"}
CHANCE = "nicht mehr, als der Zufall erwarten lässt"


def change_in_words(change: Protected) -> Html:
    """The change since the same quarter of the year before (Befund zum Vorjahr).

    Parameters
    ----------
    change : Protected
        From `year_on_year`.

    Returns
    -------
    Html
        A refused comparison says why; a change within its interval is called chance.
    """
    frame = require_protected(change, "A sentence").frame
    frame = frame[frame["indicator"].isin(WHAT)]
    now = Quarter.parse(frame["period"].iloc[0])
    said = [_changed(row, (now - 4).label) for _, row in frame.iterrows()]
    return _html(" ".join(said))


def coverage_in_words(coverage: Protected, gaps: Protected) -> Html:
    """How many of the newly arrived are reached, and where more or fewer (Befund).

    Parameters
    ----------
    coverage : Protected
        From `coverage_newly_arrived`.
    gaps : Protected
        From `gaps`, of its municipalities.

    Returns
    -------
    Html
        A municipality is named only where its interval leaves no room for chance.
    """
    total = require_protected(coverage, "A sentence").only(dimension=TOTAL).frame.iloc[0]
    place = find_area(total["area"]).inside
    if pd.isna(total["value"]):
        why = total["reason"] or "der Wert ist gesperrt"
        return _html(
            f"Welcher Teil der Neuzugewanderten {place} erreicht wird, ist nicht bestimmbar: {why}."
        )
    text = f"Von {german(total['denominator'])} Neuzugewanderten der vier Quartale {place} hatten "
    text += f"{german(total['numerator'])} mindestens einen Kontakt, also {percent(total['value'])}"
    text += f" ({_level(total)} {interval(total)})." if interval(total) else "."
    return _html(f"{text} {_stand_out(require_protected(gaps, 'A sentence').frame)}")


def targets_in_words(targets: Protected) -> Html:
    """Which target groups have a denominator, and which have none (Befund).

    Parameters
    ----------
    targets : Protected
        From `coverage_target_groups`.

    Returns
    -------
    Html
    """
    frame = require_protected(targets, "A sentence").frame
    lacking = frame[frame["status"] == "refused"]
    known = len(frame) - len(lacking)
    text = f"Für {known} von {len(frame)} Zielgruppen ist bekannt, wie viele Menschen dazugehören."
    if len(lacking):
        text += f" Ohne Anteil bleiben: {'; '.join(lacking['group'])}; der Grund steht je Zeile."
    return _html(text)


def _changed(row: pd.Series, before: str) -> str:
    what = WHAT[row["indicator"]]
    if pd.isna(row["value"]):
        asked = f"Ob mehr oder weniger Menschen {what} wurden als im {before}"
        return f"{asked}, ist nicht bestimmbar: {row['reason']}."
    amount = with_unit(abs(row["value"]), row["unit"])
    more = "mehr" if row["value"] > 0 else "weniger"
    change = f"{amount} {more}" if row["value"] else "gleich viele Personen"
    text = f"Im Vergleich mit dem {before} wurden {change} {what} ({_level(row)} {interval(row)})"
    surely = row["lower"] > 0 or row["upper"] < 0
    return f"{text}; das ist {'mehr, als der Zufall erwarten lässt' if surely else CHANCE}."


def _stand_out(frame: pd.DataFrame) -> str:
    known = frame.dropna(subset=["value"])
    if known.empty:
        return "Unterschiede zwischen Gemeinden sind nicht bestimmbar."
    above, below = known[known["lower"] > 0]["group"], known[known["upper"] < 0]["group"]
    if above.empty and below.empty:
        return (
            f"Zwischen den {len(known)} Gemeinden mit veröffentlichten Zahlen ist kein Unterschied "
            f"größer, als der Zufall erwarten lässt."
        )
    parts = [
        f"{word} den übrigen liegen {', '.join(names)}"
        for word, names in (("Über", above), ("Unter", below))
        if len(names)
    ]
    return f"{'; '.join(parts)}; dort reicht der Zufall als Erklärung nicht."


def _level(row: pd.Series) -> str:
    return f"{100 * row['confidence']:.0f}-%-Intervall"


def _html(text: str) -> Html:
    text = text.replace(". Quartal ", f".{NO_BREAK}Quartal{NO_BREAK}")
    return Html(render(PIECES / "sentence.html.jinja", text=text), text)
