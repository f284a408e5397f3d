"""A network as arrays, with what a reader knows of each cell (Zellensystem)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from kimeval.core.area import STATE
from kimeval.protect.facts import Cell, Key
from kimeval.protect.linking import REVISION, Network
from kimeval.protect.rules import Rules
from kimeval.protect.solve.system import UNPUBLISHED, System

PERSONS = ("count", "hits", "rest", "base")


def system_of(net: Network) -> tuple[System, list[Key], list[Cell]]:
    """The network as arrays.

    Returns
    -------
    tuple of System, list of Key, list of Cell
        Units and cells in the order of the system.
    """
    rules, cells = net.rules, list(net.value)
    keys = list(dict.fromkeys(key for cell, key in net.unit.items() if cell not in net.shown))
    number = {key: place for place, key in enumerate(keys)}
    public = len(keys)
    value = np.array([net.value[cell] for cell in cells], dtype=float)
    unit = np.array([_unit(net, cell, number, public) for cell in cells], dtype=int)
    marks = _marks(net, cells)
    inside = (np.abs(value) >= rules.least) & (np.abs(value) < rules.threshold)
    told = inside & (value != 0) | marks.small & (value > 0)
    sensitive = ~marks.seen & ~marks.slack & told | marks.grouped
    low, high = _knowledge(value, inside, marks, rules)
    wanted = np.where(marks.grouped & (value == 0), 1.0, rules.spread)
    need = np.where(sensitive, np.minimum(high - low, wanted), 0.0)
    forced = np.array([key in net.forced for key in keys] + [False])
    small_open = [
        number[net.unit[c]]
        for c, s in zip(cells, sensitive, strict=True)
        if s and c in net.unit and net.unit[c] in number
    ]
    forced[small_open] = True
    fixed = np.array([False] * public + [True])
    weight = _weights(value, unit, public + 1)
    place = {cell: n for n, cell in enumerate(cells)}
    system = System(
        value,
        _matrix(net, place),
        unit,
        low,
        high,
        need,
        forced,
        fixed,
        weight,
        whole=True,
        least=float(rules.least),
        alone=sensitive & marks.persons & (value == 1),
        block=_blocks(cells),
    )
    return system, keys, cells


@dataclass(frozen=True, repr=False)
class _Marks:
    """What a network notes about its cells, as arrays of bool, shape (cells,)."""

    seen: np.ndarray
    slack: np.ndarray
    overlap: np.ndarray
    limited: np.ndarray
    small: np.ndarray
    grouped: np.ndarray
    revised: np.ndarray
    unnamed: np.ndarray
    persons: np.ndarray


def _marks(net: Network, cells: list[Cell]) -> _Marks:
    def among(noted: Collection[Cell]) -> np.ndarray:
        return np.array([cell in noted for cell in cells], dtype=bool)

    seen = among(net.shown)
    return _Marks(
        seen=seen,
        slack=among(net.slack),
        overlap=among(net.overlap),
        limited=among(net.limited),
        small=among(net.small),
        grouped=among(net.whole_groups) & ~seen,
        revised=np.array([cell[1].startswith(REVISION) for cell in cells], dtype=bool),
        unnamed=np.array([not cell[0][0] for cell in cells], dtype=bool),
        persons=np.array([bool(cell[0][0]) and cell[1] in PERSONS for cell in cells], dtype=bool),
    )


def _blocks(cells: list[Cell]) -> np.ndarray:
    """Cells of one area belong together; of one quarter, where there is one area only."""
    keys = [key if key[0] else key[1:] for key, _, _ in cells]
    areas = pd.Series([key[2] for key in keys], dtype=str)
    single = ~areas.isin([STATE, "areas"])
    if areas[single].nunique() < 3:
        return pd.factorize(pd.Series([key[1] for key in keys], dtype=str))[0].astype(int)
    return pd.factorize(areas.where(single))[0].astype(int)


def _unit(net: Network, cell: Cell, number: dict[Key, int], public: int) -> int:
    if cell in net.shown:
        return public
    return number.get(net.unit[cell], UNPUBLISHED) if cell in net.unit else UNPUBLISHED


def _knowledge(
    value: np.ndarray, inside: np.ndarray, marks: _Marks, rules: Rules
) -> tuple[np.ndarray, np.ndarray]:
    """What a reader knows of a cell that is not shown."""
    nothing = value < rules.least
    low = np.where(inside, rules.least, np.where(nothing, value, rules.threshold)).astype(float)
    high = np.where(inside, rules.threshold - 1, np.where(nothing, value, np.inf))
    low = np.where(marks.small & ~inside & ~nothing, rules.least, low)
    for cells, least, most in (
        (marks.revised | marks.unnamed, np.where(value < 0, -np.inf, 0.0), np.inf),
        (marks.slack | marks.revised, -np.inf, np.inf),
        (marks.overlap, -np.inf, 0.0),
        (marks.limited, 1 - rules.threshold, rules.threshold - 1),
        (marks.grouped, 0.0, np.inf),
    ):
        low, high = np.where(cells, least, low), np.where(cells, most, high)
    return low, high


def _weights(value: np.ndarray, unit: np.ndarray, units: int) -> np.ndarray:
    largest = np.zeros(units)
    held = unit != UNPUBLISHED
    np.maximum.at(largest, unit[held], np.maximum(value[held], 0))
    return 1 + np.log1p(largest)


def _matrix(net: Network, place: dict[Cell, int]) -> sparse.csr_array:
    rows, columns, factors = [], [], []
    for row, terms in enumerate(net.ties.values()):
        for cell, factor in terms:
            rows.append(row)
            columns.append(place[cell])
            factors.append(factor)
    return sparse.csr_array((factors, (rows, columns)), shape=(len(net.ties), len(place)))
