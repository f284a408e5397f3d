"""Tables with margins, hierarchies and shared cells as one system (verknüpfte Tabellen)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from kimeval.core.errors import ProtectionError
from kimeval.protect.rules import Rules
from kimeval.protect.solve.system import System

TOTAL = "insgesamt"
Key = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table of counts with its margins (Tabelle).

    Attributes
    ----------
    dimensions : tuple of str
        Columns of the microdata or of the counts, such as `ags` and `gender`.
    hierarchies : mapping of str to mapping
        Per dimension the parent of each code (municipality to district); a code
        without a parent lies right below the total.
    """

    dimensions: tuple[str, ...]
    hierarchies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Linked:
    """Several tables as one system (verknüpfte Tabellen).

    Attributes
    ----------
    cells : DataFrame, shape (cells, dimensions + 2)
        A column per dimension (`insgesamt` for the total) and `count`,
        `small`; a cell that several tables share stands once.
    system : System
        The same cells in the same order; each is a unit.
    """

    cells: pd.DataFrame = field(repr=False)
    system: System = field(repr=False)


def link(
    counts: pd.DataFrame,
    tables: Sequence[Table],
    rules: Rules | None = None,
    persons: str = "count",
) -> Linked:
    """Tables of the same counts as one system of cells and sums.

    Parameters
    ----------
    counts : DataFrame
        One row per combination of codes of all dimensions, with `count`.
    tables : sequence of Table
        What is published; equal cells of two tables are one.
    rules : Rules, optional
        Which counts are small.
    persons : str
        Column with the distinct persons behind each count; they are not added
        up, so give it only for tables without sums over persons.

    Returns
    -------
    Linked

    Raises
    ------
    ProtectionError
        If there is no count, one is negative or missing, a column is missing,
        or a hierarchy has a circle.
    """
    rules = rules or Rules()
    if not len(counts) or not tables:
        raise ProtectionError("A table needs at least one count, got none. Nothing to protect.")
    dimensions = tuple(dict.fromkeys(d for table in tables for d in table.dimensions))
    if missing := [name for name in (*dimensions, "count") if name not in counts]:
        raise ProtectionError(f"A table of counts needs the columns {', '.join(missing)}.")
    if counts["count"].isna().any() or (counts["count"] < 0).any():
        raise ProtectionError("A count is known and not negative, found one that is not.")
    numbers: dict[Key, tuple[int, float]] = {}
    links: list[tuple[Key, list[Key]]] = []
    for table in tables:
        frame = _with_margins(counts, table)
        keys = list(_keys(frame, table.dimensions, dimensions))
        for key, count in zip(keys, frame["count"], strict=True):
            numbers.setdefault(key, (len(numbers), count))
        links += list(sums_of(table, set(keys), dimensions))
    cells = pd.DataFrame(list(numbers), columns=list(dimensions))
    cells["count"] = [count for _, count in numbers.values()]
    value = cells["count"].to_numpy(dtype=float)
    cells["small"] = (value >= rules.least) & (value < rules.threshold)
    place = {key: number for key, (number, _) in numbers.items()}
    above = {parent for table in tables for parent in _parents(table, dimensions[0])}
    block = _blocks(cells[dimensions[0]], above | {TOTAL})
    grouped = np.zeros(len(value), dtype=bool)
    if rules.groups:
        whole = _whole_groups(links, {key: value[at] for key, at in place.items()}, rules.threshold)
        grouped[[place[key] for key in whole]] = True
        cells["small"] |= grouped
    return Linked(cells, counted(value, matrix_of(links, place), rules, block, grouped))


def counted(
    value: np.ndarray,
    sums: sparse.csr_array,
    rules: Rules,
    block: np.ndarray | None = None,
    grouped: np.ndarray | None = None,
) -> System:
    """A system in which each cell is a count of persons and a unit of its own.

    Parameters
    ----------
    value : ndarray of float, shape (cells,)
        Counts.
    sums : csr_array, shape (sums, cells)
        Coefficients; each sum is 0.
    rules : Rules
        Which counts are small.
    block : ndarray of int, shape (cells,), optional
        Which cells belong close together.
    grouped : ndarray of bool, shape (cells,), optional
        Cells of lines in which all of a group is in one cell; hidden with zeros.

    Returns
    -------
    System
    """
    small = (value >= rules.least) & (value < rules.threshold)
    shown = value < rules.least
    low = np.where(small, rules.least, np.where(shown, value, rules.threshold))
    high = np.where(small, rules.threshold - 1, np.where(shown, value, np.inf))
    need = np.where(small, np.minimum(rules.spread, rules.threshold - 1 - rules.least), 0.0)
    if grouped is not None:
        low, high = np.where(grouped, 0.0, low), np.where(grouped, np.inf, high)
        need = np.where(grouped & (value > 0), float(rules.spread), need)
        small = small | grouped
    nothing = np.zeros(len(value), dtype=bool)
    weight = 1 + np.log1p(value)
    units = np.arange(len(value))
    block = np.zeros(len(value), dtype=int) if block is None else block
    return System(
        value,
        sums,
        units,
        low,
        high,
        need,
        small,
        nothing,
        weight,
        least=float(rules.least),
        block=block,
    )


def _whole_groups(
    links: list[tuple[Key, list[Key]]], counts: Mapping[Key, float], threshold: int
) -> set[Key]:
    """Cells of sums below the grand total in which a single cell is filled."""
    found: set[Key] = set()
    for above, children in links:
        filled = sum(counts[child] > 0 for child in children)
        large = counts[above] >= threshold and set(above) != {TOTAL}
        if large and len(children) > 1 and filled == 1:
            found.update(children)
    return found


def _parents(table: Table, dimension: str) -> set[str]:
    return {str(parent) for parent in table.hierarchies.get(dimension, {}).values()}


def _blocks(codes: pd.Series, above: set[str]) -> np.ndarray:
    """A number for each code of the lowest level, `UNPUBLISHED` for those above."""
    lowest = codes.astype(str).where(~codes.isin(above))
    return pd.factorize(lowest)[0].astype(int)


def _with_margins(counts: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Counts of every combination of codes, parents and totals that occurs."""
    names = list(table.dimensions)
    frame = counts.groupby(names, as_index=False, observed=True)["count"].sum()
    for name in names:
        parents = table.hierarchies.get(name, {})
        levels, current = [frame], frame
        for _ in range(len(parents) + 1):
            above = current[name].map(lambda code, p=parents: p.get(code, TOTAL))
            current = current.assign(**{name: above})
            levels.append(current[current[name] == TOTAL])
            current = current[current[name] != TOTAL]
            if current.empty:
                break
            levels.append(current)
        else:
            raise ProtectionError(f"The hierarchy of '{name}' goes in a circle.")
        frame = pd.concat(levels).groupby(names, as_index=False, observed=True)["count"].sum()
    return frame


def _keys(frame: pd.DataFrame, own: Key, dimensions: Key) -> list[Key]:
    columns = [frame[d].astype(str) if d in own else [TOTAL] * len(frame) for d in dimensions]
    return list(zip(*columns, strict=True))


def sums_of(table: Table, keys: set[Key], dimensions: Key) -> list[tuple[Key, list[Key]]]:
    """Each cell with the cells right below it, dimension by dimension."""
    below: dict[tuple[int, Key], list[Key]] = {}
    for key, name in itertools.product(keys, table.dimensions):
        at = dimensions.index(name)
        if key[at] != TOTAL:
            parent = str(table.hierarchies.get(name, {}).get(key[at], TOTAL))
            above = (*key[:at], parent, *key[at + 1 :])
            below.setdefault((at, above), []).append(key)
    return [(above, sorted(children)) for (_, above), children in sorted(below.items())]


def matrix_of(links: list[tuple[Key, list[Key]]], place: Mapping[Key, int]) -> sparse.csr_array:
    """Each sum as a row of coefficients, -1 for the cell above and 1 for those below."""
    unique = dict.fromkeys((above, tuple(children)) for above, children in links)
    rows, columns, values = [], [], []
    for row, (above, children) in enumerate(unique):
        rows += [row] * (len(children) + 1)
        columns += [place[above], *(place[child] for child in children)]
        values += [-1.0] + [1.0] * len(children)
    return sparse.csr_array((values, (rows, columns)), shape=(len(unique), len(place)))
