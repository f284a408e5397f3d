"""Effects with their verdicts, assumptions and the count of tests (Tabellen der Wirkungen)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kimeval.effects.told import CROSS
from kimeval.effects.verdicts import CHECKS, VERDICTS
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.html import Html, results_data
from kimeval.tables.numbers import REFUSED, cell, german, interval
from kimeval.tables.overview import Line, Notes, page

GRADES = {float(2 - n): word for n, word in enumerate(VERDICTS.values())}
RESULTS = {1.0: CHECKS["held"], 0.0: CHECKS["doubtful"], -1.0: CHECKS["broken"]}
ESTIMATES, VERDICT, ASSUMPTION = "_estimate", "_verdict", "_assumption"


def effects(protected: Protected, caption: str) -> Html:
    """Each declared question with its effect, interval and verdict (Wirkungen).

    Parameters
    ----------
    protected : Protected
        Rows of effects; others are left out.
    caption : str
        German title.

    Returns
    -------
    Html
        A sentence for each stands below. A refused question has no number, and its
        reason stands there too.
    """
    frame = require_protected(protected, "A table").frame
    estimates = frame[_kind(frame, ESTIMATES)]
    verdicts = {row["group"]: row for row in _rows(frame, VERDICT)}
    notes = Notes(estimates, protected.rules)
    body, said = [], []
    for row in estimates.to_dict("records"):
        verdict = verdicts[row["group"]]
        grade = GRADES.get(verdict["value"], REFUSED)
        body.append(Line(row["group"], (cell(row), interval(row), grade), notes.mark(row)))
        said.append(_said(verdict))
    said = list(dict.fromkeys(said))
    head = ("Frage", "Prozentpunkte", "95-%-Intervall", "Urteil")
    data = _data(protected, frame, ESTIMATES, VERDICT)
    made = page(caption, head, body, [*said, *notes.texts], data)
    return replace(made, text="\n".join([made.text, *said]))


def assumptions(protected: Protected, caption: str) -> Html:
    """What must hold for each effect, and what its check found (Annahmen).

    Parameters
    ----------
    protected : Protected
        Rows of effects; others are left out. An assumption that several questions share
        stands once.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame
    body: dict[str, Line] = {}
    for row in _rows(frame, ASSUMPTION):
        name = row["group"].split(CROSS)[-1]
        result = CHECKS["untestable"] if pd.isna(row["value"]) else RESULTS[row["value"]]
        body.setdefault(name, Line(f"{name}: {_said(row)}", (result,)))
    head = ("Annahme und Prüfung", "Ergebnis")
    return page(caption, head, list(body.values()), (), _data(protected, frame, ASSUMPTION))


def questions(protected: Protected, caption: str) -> Html:
    """How many questions were declared, computed and refused (versuchte Tests)."""
    frame = require_protected(protected, "A table").frame
    rows = frame[frame["indicator"] == "effect_tests"]
    body = [Line(row["group"], (german(row["value"]),)) for row in rows.to_dict("records")]
    plan = rows["method"].iloc[0] if len(rows) else ""
    note = f"{plan}: Prüfsumme der Fragen, die vor der Rechnung festlagen."
    return page(caption, ("Tests auf Wirkungen", "Anzahl"), body, (note,), results_data(protected))


def _kind(frame: pd.DataFrame, ending: str) -> pd.Series:
    return frame["indicator"].str.endswith(ending)


def _rows(frame: pd.DataFrame, ending: str) -> list[dict[str, Any]]:
    return frame[_kind(frame, ending)].to_dict("records")


def _said(row: dict[str, Any]) -> str:
    return "gesperrt" if row["suppressed"] else str(row["method"])


def _data(protected: Protected, frame: pd.DataFrame, *endings: str) -> dict[str, Any]:
    names = [name for name in frame["indicator"].unique() if name.endswith(endings)]
    return results_data(protected.only(indicator=names))
