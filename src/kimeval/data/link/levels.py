"""What levels of agreement mean for a pair (Bedeutung der Stufen)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.data.link.models import UNKNOWN, Level, Model


def texts(model: Model, levels: pd.DataFrame) -> list[str]:
    """What agrees in each pair, in German, without values.

    Parameters
    ----------
    model : Model
        Whose levels they are.
    levels : DataFrame, one row per pair
        Result of `levels_of`.
    """
    if levels.empty:
        return []
    patterns, codes = np.unique(levels.to_numpy(), axis=0, return_inverse=True)
    made = [_text(model, dict(zip(levels.columns, row, strict=True))) for row in patterns.tolist()]
    return [made[code] for code in codes.ravel()]


def bars(model: Model, levels: pd.DataFrame) -> NDArray[np.object_]:
    """The strongest bar of each pair that no other level lifts: pair, join or empty."""
    number = _shows(model, levels, lambda level: level.lifts == "all")
    address = _shows(model, levels, lambda level: level.lifts == "alone")
    bar = {kind: _barred(model, levels, kind) for kind in ("alone", "join", "pair")}
    join = bar["join"] | (bar["alone"] & ~address)
    return np.select([bar["pair"] & ~number, join & ~number], ["pair", "join"], "").astype(object)


def contradictions(model: Model, levels: pd.DataFrame) -> NDArray[np.bool_]:
    """Pairs with a level that contradicts, unless their number is equal."""
    number = _shows(model, levels, lambda level: level.lifts == "all")
    return _shows(model, levels, lambda level: level.contradicts) & ~number


def _shows(
    model: Model, levels: pd.DataFrame, chosen: Callable[[Level], bool]
) -> NDArray[np.bool_]:
    shown = np.zeros(len(levels), dtype=bool)
    for comparison in model.comparisons:
        wanted = [n for n, level in enumerate(comparison.levels) if chosen(level)]
        shown |= np.isin(levels[comparison.name].to_numpy(), wanted)
    return shown


def _barred(model: Model, levels: pd.DataFrame, kind: str) -> NDArray[np.bool_]:
    barred = _shows(model, levels, lambda level: level.bars == kind)
    for comparison in model.comparisons:
        if comparison.missing_bars == kind:
            barred |= levels[comparison.name].to_numpy() == UNKNOWN
    return barred


def _text(model: Model, pattern: dict[str, int]) -> str:
    parts = (
        c.missing if pattern[c.name] == UNKNOWN else c.levels[pattern[c.name]].why
        for c in model.comparisons
    )
    return ", ".join(filter(None, parts))
