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
from kimeval.tables.reasons import in_sentences
from kimeval.tables.templates import render

WHAT = {"persons_reached_change": "erreicht", "persons_new_change": "neu aufgenommen"}
GENITIVE = {"persons_reached_change": "Erreichten", "persons_new_change": "Aufgenommenen"}


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
    before = (Quarter.parse(frame["period"].iloc[0]) - 4).label
    told, lacking = frame.dropna(subset=["value"]), frame[frame["value"].isna()]
    said = []
    if len(told):
        changes = " und ".join(_changed(row) for _, row in told.iterrows())
        said.append(f"Im Vergleich mit dem {before} wurden {changes}.")
    if len(lacking):
        which = "" if told.empty else f" der Zahl der {GENITIVE[lacking['indicator'].iloc[0]]}"
        reasons = "; ".join(lacking["reason"].unique())
        said.append(f"Ein Vergleich{which} mit dem {before} ist nicht möglich: {reasons}.")
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
    partial = in_sentences([(total["status"], total["reason"])] if total["reason"] else [])
    standing = _stand_out(require_protected(gaps, "A sentence").frame)
    return _html(" ".join(filter(None, [text, standing, partial])))


def targets_in_words(targets: Protected) -> Html:
    """What is known of each target group, a share or a bound (Befund zu Zielgruppen).

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
    told = [f"{row['group']} {_known_part(row)}" for _, row in frame.drop(lacking.index).iterrows()]
    if not told:
        text = f"Für keine der {len(frame)} Zielgruppen lässt sich ein Anteil nennen; "
        return _html(f"{text}die Gründe stehen in der Tabelle.")
    text = f"So viel der Zielgruppen wird erreicht: {'; '.join(told)}. "
    if len(lacking):
        text += f"Ohne Anteil, mit Grund in der Tabelle: {'; '.join(lacking['group'])}."
    return _html(text.strip())


def _known_part(row: pd.Series) -> str:
    """A share, or the bound that is known of it."""
    if row["suppressed"]:
        return "gesperrt"
    if not pd.isna(row["value"]):
        return f"{percent(row['value'])} ({_level(row)} {interval(row)})"
    if row["lower"] > 0:
        return f"mindestens {percent(row['lower'])}"
    return f"höchstens {percent(row['upper'])}"


def ranks_in_words(ranks: Protected) -> Html:
    """Whether any place is sure enough to be told (Befund zur Rangliste).

    Parameters
    ----------
    ranks : Protected
        From `ranks`.

    Returns
    -------
    Html
    """
    frame = require_protected(ranks, "A sentence").frame
    if frame["value"].isna().any():
        return _html(f"Rangplätze sind nicht bestimmbar: {frame['reason'].iloc[0]}.")
    last = len(frame)
    open_ = frame[(frame["lower"] <= 1) & (frame["upper"] >= last)]
    if len(open_) == last:
        text = f"Jede der {last} Gemeinden kann jeden Platz von 1 bis {last} haben: Eine Rangliste "
        return _html(f"{text}sagt hier nichts.")
    sure = frame.drop(open_.index)
    told = [f"{row['group']} auf {_places(row)}" for _, row in sure.iterrows()]
    return _html(f"Von {last} Gemeinden lassen sich eingrenzen: {', '.join(told)}.")


def _places(row: pd.Series) -> str:
    low, high = german(row["lower"]), german(row["upper"])
    return f"Platz {low}" if low == high else f"die Plätze {low} bis {high}"


def _changed(row: pd.Series) -> str:
    amount = with_unit(abs(row["value"]), row["unit"])
    more = "mehr" if row["value"] > 0 else "weniger"
    change = f"{amount} {more}" if row["value"] else "gleich viele Personen"
    chance = "mehr als Zufall" if row["lower"] > 0 or row["upper"] < 0 else "kann Zufall sein"
    return f"{change} {WHAT[row['indicator']]} ({_level(row)} {interval(row)}; {chance})"


def _stand_out(frame: pd.DataFrame) -> str:
    known = frame.dropna(subset=["value"])
    if len(frame) <= 1:
        return ""
    if known.empty:
        return "Unterschiede zwischen Gemeinden sind nicht bestimmbar."
    above, below = known[known["lower"] > 0]["group"], known[known["upper"] < 0]["group"]
    if above.empty and below.empty:
        return (
            f"Zwischen den {len(known)} Gemeinden mit veröffentlichten Zahlen ist kein Unterschied "
            f"größer, als der Zufall erwarten lässt."
        )
    sides = (
        ("Über der Reichweite der übrigen", above),
        ("Unter der Reichweite der übrigen", below),
    )
    parts = [f"{word}: {', '.join(names)}." for word, names in sides if len(names)]
    return f"{' '.join(parts)} Der Zufall allein erklärt das nicht."


def _level(row: pd.Series) -> str:
    return f"{100 * row['confidence']:.0f}-%-Intervall"


def _html(text: str) -> Html:
    text = text.replace(". Quartal ", f".{NO_BREAK}Quartal{NO_BREAK}")
    return Html(render(PIECES / "sentence.html.jinja", text=text), text)
