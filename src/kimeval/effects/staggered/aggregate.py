"""Effects by start and period put together (Zusammenfassung der Wirkungen)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.checks import Floats
from kimeval.effects.refusals import require
from kimeval.effects.staggered.grouptime import GroupTime

KINDS = ("simple", "dynamic", "group", "calendar")


@dataclass(frozen=True, repr=False)
class Combined:
    """Numbers that follow from effects by start and period (zusammengefasste Wirkungen).

    Attributes
    ----------
    kind : str
        simple, dynamic (by periods since the start), group (by start) or calendar.
    key : ndarray of int, shape (n,)
        Periods since the start, start or period of each number; 0 for `simple`.
    value : ndarray of float, shape (n,)
    influence : ndarray of float, shape (areas, n)
        With the part of estimated shares of starts.
    lines : ndarray of float, shape (n, cohorts, periods), or None
        As in `GroupTime`.
    source : GroupTime
    """

    kind: str
    key: NDArray[np.int64]
    value: Floats = field(repr=False)
    influence: Floats = field(repr=False)
    lines: Floats | None = field(repr=False)
    source: GroupTime = field(repr=False)

    def only(self, rows: NDArray[np.bool_]) -> Combined:
        """Some of the numbers."""
        lines = None if self.lines is None else self.lines[rows]
        return Combined(
            self.kind,
            self.key[rows],
            self.value[rows],
            self.influence[:, rows],
            lines,
            self.source,
        )

    def mixed(self, weights: Floats) -> Combined:
        """Fixed weighted sums of the numbers; `weights` has shape (m, n)."""
        lines = None if self.lines is None else np.tensordot(weights, self.lines, 1)
        return Combined(
            self.kind,
            np.zeros(len(weights), np.int64),
            weights @ self.value,
            self.influence @ weights.T,
            lines,
            self.source,
        )

    def __repr__(self) -> str:
        return f"Combined({self.kind}, {len(self.key)} numbers)"


def combined(found: GroupTime, kind: str) -> Combined:
    """Effects put together, weighted by the size of each start (Zusammenfassung).

    Parameters
    ----------
    found : GroupTime
    kind : str
        `simple`: all cells with the programme; `dynamic`: by periods since the start,
        also before it; `group`: mean over time of each start; `calendar`: by period.

    Returns
    -------
    Combined
    """
    if kind not in KINDS:
        raise DataError(f"There is no aggregation '{kind}'. {suggestion(kind, KINDS)}")
    after = found.after
    label = {
        "simple": np.zeros(len(found.value), np.int64),
        "dynamic": found.since,
        "group": found.group,
        "calendar": found.period,
    }[kind]
    usable = np.ones_like(after) if kind == "dynamic" else after
    keys = np.unique(label[usable])
    parts = [_weighted(found, usable & (label == key), by_size=kind != "group") for key in keys]
    value, influence, weights = zip(*parts, strict=True)
    return Combined(
        kind,
        keys,
        np.array(value),
        np.column_stack(influence),
        None if found.lines is None else np.tensordot(np.array(weights), found.lines, 1),
        found,
    )


def overall(found: GroupTime, kind: str) -> Combined:
    """One number: the mean over event times, starts or periods with the programme.

    Event times and periods weigh alike, starts by their size.

    Returns
    -------
    Combined
        With a single number.
    """
    parts = combined(found, kind)
    if kind == "simple":
        return parts
    if kind != "group":
        rows = parts.key >= 0 if kind == "dynamic" else np.ones(len(parts.key), bool)
        kept = parts.only(rows)
        require(
            len(kept.key) > 0,
            "Nach dem Beginn ist kein Zeitpunkt mit Werten.",
            "Werte nach dem Beginn.",
        )
        return kept.mixed(np.full((1, len(kept.key)), 1 / len(kept.key)))
    size, shift = _sizes(found, parts.key)
    weights = size / size.sum()
    mixed = parts.mixed(weights[None])
    extra = _share_influence(shift, size) @ parts.value
    return Combined(
        kind, mixed.key, mixed.value, mixed.influence + extra[:, None], mixed.lines, found
    )


def _weighted(
    found: GroupTime, rows: NDArray[np.bool_], by_size: bool
) -> tuple[float, Floats, Floats]:
    """Mean of some cells, its influence function, and the weight of every cell."""
    if by_size:
        size, shift = _sizes(found, found.group[rows])
        share = size / size.sum()
        extra = _share_influence(shift, size) @ found.value[rows]
    else:
        share, extra = np.full(rows.sum(), 1 / rows.sum()), np.zeros(len(found.influence))
    weights = np.zeros(len(rows))
    weights[rows] = share
    return float(weights @ found.value), found.influence @ weights + extra, weights


def _sizes(found: GroupTime, groups: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Share of areas with each start, and its influence function, shape (areas, n)."""
    w = found.panel.weights
    member = found.panel.start[:, None] == groups[None]
    size = (w[:, None] * member).mean(axis=0)
    return size, w[:, None] * member - size


def _share_influence(shift: Floats, size: Floats) -> Floats:
    """Influence function of shares that sum to 1, shape (areas, n)."""
    total = size.sum()
    return shift / total - shift.sum(axis=1, keepdims=True) * size / total**2
