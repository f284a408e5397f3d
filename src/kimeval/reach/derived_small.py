"""Published shares of small groups, smoothed or for another mix (Glättung, Standardisierung)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.area import STATE
from kimeval.core.codes import codes
from kimeval.core.denominator import WEIGHTS, SourcedDenominator
from kimeval.core.results import Results
from kimeval.core.rows import both
from kimeval.core.statistics.smoothing import smoothed_shares
from kimeval.core.statistics.standard import directly_standardised
from kimeval.core.supplied import NOTHING_SUPPLIED, Supplied
from kimeval.reach.derived import (
    FEW_SHOWN,
    family_effect_of,
    no_row,
    row_of,
    shown_groups,
    total_of,
)

SMOOTHED, STANDARDISED = "coverage_smoothed", "coverage_standardised"
CROSS = " × "
NO_STANDARD = "keine Standardbevölkerung des Landes geliefert"
EVERYBODY = "alle Gruppen"
HIDDEN = "Zahlen der Gruppen fehlen oder sind gesperrt"


def smoothed(frame: pd.DataFrame, dimension: str = "ags", level: float = 0.95) -> Results:
    """Shares of small groups, drawn to the mean of all (geglättet, modellbasiert).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Of one share and period, protected.
    dimension : str
        Whose groups lean on each other.
    level : float
        Coverage on the average over groups, if the model holds.

    Returns
    -------
    Results
        Of an indicator that is called model-based. A hidden group has no row and lends
        nothing; refused with fewer than three published groups.
    """
    total, groups = total_of(frame), shown_groups(frame, dimension)
    if len(groups) < 3:
        return Results.of([no_row(SMOOTHED, frame.iloc[0], FEW_SHOWN, dimension, "Gruppen")])
    effect = family_effect_of(groups.iloc[0] if total is None else total)
    hits, base = (groups[side].to_numpy() / effect for side in ("numerator", "denominator"))
    found = smoothed_shares(hits, base, level=level).estimate
    return Results.of(
        row_of(SMOOTHED, groups, found, n, dimension, group)
        for n, group in enumerate(groups["group"])
    )


def standardised(
    frame: pd.DataFrame,
    strata: str = "age_band",
    supplied: Supplied = NOTHING_SUPPLIED,
    level: float = 0.95,
) -> Results:
    """Share the area would have with the state's mix of groups (direkt standardisiert).

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Of the coverage of the newly arrived, protected.
    strata : str
        Dimension whose groups are weighted: `age_band`, `gender` or `gender × age_band`.
    supplied : Supplied
        Holds the standard: newly arrived of the state (`ags = "05"`) by these groups.
    level : float
        Coverage of Dobson's interval.

    Returns
    -------
    Results
        Refused without a standard, and where a group that the standard holds is hidden,
        refused or has nobody.
    """
    source = frame.iloc[0]
    weights = _standard(supplied, strata)
    if not weights:
        return Results.of([no_row(STANDARDISED, source, NO_STANDARD, strata, EVERYBODY)])
    groups = shown_groups(frame, strata).set_index("group").reindex(list(weights))
    if groups["value"].isna().any():
        return Results.of([no_row(STANDARDISED, source, HIDDEN, strata, EVERYBODY)])
    total = total_of(frame)
    effect = 1.0 if total is None else family_effect_of(total)
    hits, base = (groups[side].to_numpy() for side in ("numerator", "denominator"))
    found = directly_standardised(
        hits, base, np.array(list(weights.values())), squares=hits * effect, level=level
    )
    row = row_of(STANDARDISED, groups, found, 0, strata, EVERYBODY)
    if row.status == "refused":
        return Results.of([row])
    reason = both(row.reason, _mix(supplied, strata))
    return Results.of([replace(row, status="partial", reason=reason)])


def _mix(supplied: Supplied, strata: str) -> str:
    """Where the weights come from, as a footnote."""
    one = _of_state(supplied, strata)[0]
    source = f", laut {one.source}" if one.source else ""
    return f"{WEIGHTS}Neuzugewanderte des Landes, Stand {one.day:%d.%m.%Y}{source}"


def _standard(supplied: Supplied, strata: str) -> dict[str, int]:
    """Persons of the state by German group, in the order of the file."""
    found: dict[str, int] = {}
    for one in _of_state(supplied, strata):
        parts = strata.split(CROSS)
        name = CROSS.join(_label(part, getattr(one, part)) for part in parts)
        found[name] = found.get(name, 0) + one.persons
    return found


def _of_state(supplied: Supplied, strata: str) -> list[SourcedDenominator]:
    """Newly arrived of the state by exactly these groups, else by finer ones."""
    wanted = set(strata.split(CROSS))
    state = [
        one for one in supplied.denominators if one.ags == STATE and one.measure == "newly_arrived"
    ]
    exactly = [one for one in state if _strata_of(one) == wanted]
    return exactly or [one for one in state if _strata_of(one) >= wanted]


def _strata_of(one: SourcedDenominator) -> set[str]:
    return {name for name in ("gender", "age_band", "nationality") if getattr(one, name)}


def _label(part: str, code: str) -> str:
    return code if part == "age_band" else codes(part)[code]
