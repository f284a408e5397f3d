"""Results made from published numbers alone (abgeleitete Ergebnisse).

A gap between two groups, a rank or a smoothed share follows from numbers that have
passed the gate. Whoever reads those could work it out, so it tells nothing new and
needs no protection of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from kimeval.core.catalogue import indicator
from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results
from kimeval.protect.gate import Protected, require_protected, sealed

DERIVED = "derived"
OWN = "kimeval."


def derive(measure: Callable[..., Results], *parts: Protected, **settings: Any) -> Protected:
    """Derive results from protected ones (Ableiten).

    Parameters
    ----------
    measure : callable
        A function of kimeval. It is given the frame of each part, shape (rows, 18),
        in which the numbers of hidden rows are missing, and the settings.
    *parts : Protected
        What it is derived from; all protected by the same rules.
    **settings
        Text, numbers, days and reference tables that hold nothing of a person.

    Returns
    -------
    Protected
        Of indicators that the catalogue counts as derived. Partial with the reasons
        of the parts where one of their rows is; of several areas, those of its own.

    Raises
    ------
    ProtectionError
        If the measure is not kimeval's, a part has not passed the gate, a setting holds
        data, or a result is not of a derived indicator.
    """
    if not str(getattr(measure, "__module__", "")).startswith(OWN):
        raise ProtectionError(
            "Results are derived by a function of kimeval, got another one. Add it to a "
            "package of measures, where it is tested and its indicator declared."
        )
    if not parts:
        raise ProtectionError("Results are derived from protected ones, got none. Name them.")
    _require_settings(settings)
    frames = [require_protected(part, "A derived result").frame.copy() for part in parts]
    rules = parts[0].rules
    if any(part.rules != rules for part in parts):
        raise ProtectionError("What is compared is protected by the same rules, these are not.")
    made = measure(*frames, **settings)
    frame = _inherited(made.frame.drop(columns=["record_key", "base_key"]), frames)
    for name in frame["indicator"].unique():
        if indicator(name).counts != DERIVED:
            raise ProtectionError(
                f"A derived result is of an indicator with counts = '{DERIVED}', '{name}' counts "
                f"{indicator(name).counts}. Measure it from the data, then protect."
            )
    synthetic = any(part.synthetic for part in parts)
    return sealed(frame.assign(suppressed=False), rules, synthetic)


def _require_settings(settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        if isinstance(value, Results) or type(value).__name__ == "Dataset":
            raise ProtectionError(
                f"A derived result rests on protected ones alone, '{name}' is a "
                f"{type(value).__name__}. Pass it through evaluation.protect() first."
            )


def _inherited(made: pd.DataFrame, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Complete rows become partial where what they rest on is.

    A row about one of several areas rests on that area's rows; one about another, such
    as the state, on all of them.
    """
    partial = pd.concat([f.loc[f["status"] == "partial", ["area", "reason"]] for f in frames])
    known = {area for frame in frames for area in frame["area"].unique()}
    for area in made["area"].unique():
        own = partial[partial["area"] == area] if area in known else partial
        reasons = "; ".join(dict.fromkeys(own["reason"]))
        rows = (made["area"] == area) & (made["status"] == "complete")
        if reasons and rows.any():
            made.loc[rows, "reason"] = reasons
            made.loc[rows, "status"] = "partial"
    return made
