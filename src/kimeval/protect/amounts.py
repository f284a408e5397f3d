"""Tables of amounts of money, by who contributes what (Beträge).

An amount tells of a contributor as soon as few make most of it. What is hidden
must stay as uncertain as the p-percent rule asks for the largest of them.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.protect.cubes import TOTAL, Key, Linked, Table, matrix_of, sums_of
from kimeval.protect.primary import concentrated
from kimeval.protect.rules import Rules
from kimeval.protect.solve.system import System

COLUMNS = ("contributor", "amount")


def link_amounts(
    contributions: pd.DataFrame, tables: Sequence[Table], rules: Rules | None = None
) -> Linked:
    """Tables of the same amounts as one system of cells and sums.

    An amount is hidden for itself if fewer contributors than the threshold stand
    behind it, or if a few of them dominate it. Who contributes several times is
    one contributor.

    Parameters
    ----------
    contributions : DataFrame
        One row per payment, with a column per dimension, `contributor` and
        `amount` in EUR.
    tables : sequence of Table
        What is published; equal cells of two tables are one.
    rules : Rules, optional
        Threshold, `dominance` and `p_percent`.

    Returns
    -------
    Linked
        `count` holds the amounts, `small` what is hidden for itself. For
        `solve.choose`, as of counts.

    Raises
    ------
    ProtectionError
        If there is no contribution, one is negative or missing, or a column is
        missing.
    """
    rules = rules or Rules()
    dimensions = tuple(dict.fromkeys(d for table in tables for d in table.dimensions))
    if not len(contributions) or not dimensions:
        raise ProtectionError("A table needs at least one amount, got none. Nothing to protect.")
    if missing := [name for name in (*dimensions, *COLUMNS) if name not in contributions]:
        raise ProtectionError(f"A table of amounts needs the columns {', '.join(missing)}.")
    if contributions["amount"].isna().any() or (contributions["amount"] < 0).any():
        raise ProtectionError(
            "A contribution is known and not negative, found one that is not. Book what was paid "
            "back in a table of its own."
        )
    shares = _shares(contributions, tables, dimensions)
    cells = pd.DataFrame(list(shares), columns=list(dimensions))
    value, largest, second, many = _told(shares)
    cells["count"] = value
    cells["small"] = (value > 0) & (many < rules.threshold)
    cells["small"] |= concentrated(value, largest, second, rules)
    links = [link for table in tables for link in sums_of(table, set(shares), dimensions)]
    place = {key: number for number, key in enumerate(shares)}
    small = cells["small"].to_numpy()
    nothing = np.zeros(len(value), dtype=bool)
    system = System(
        value,
        matrix_of(links, place),
        np.arange(len(value)),
        low=np.zeros(len(value)),
        high=np.where(value > 0, np.inf, 0.0),
        need=np.where(small, 2 * rules.p_percent / 100 * largest, 0.0),
        forced=small,
        fixed=nothing,
        weight=1 + np.log1p(value),
        whole=False,
        least=0.0,
    )
    return Linked(cells, system)


def _shares(
    contributions: pd.DataFrame, tables: Sequence[Table], dimensions: Key
) -> dict[Key, dict[str, float]]:
    """For each cell what each contributor gives to it."""
    known = contributions[[*dimensions, *COLUMNS]]
    each = known.groupby([*dimensions, "contributor"], as_index=False, observed=True)[
        "amount"
    ].sum()
    shares: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in each.itertuples(index=False):
        codes = [str(getattr(row, name)) for name in dimensions]
        touched = {key for table in tables for key in _cells_of(table, codes, dimensions)}
        for key in sorted(touched):
            shares[key][str(row.contributor)] += float(row.amount)
    return {key: shares[key] for key in sorted(shares)}


def _cells_of(table: Table, codes: Sequence[str], dimensions: Key) -> Iterator[Key]:
    """The cells of a table that a payment counts to, with all margins above it."""
    chains = []
    for name, code in zip(dimensions, codes, strict=True):
        parents = table.hierarchies.get(name, {})
        chain = [code] if name in table.dimensions else [TOTAL]
        while chain[-1] != TOTAL:
            above = str(parents.get(chain[-1], TOTAL))
            if above in chain:
                raise ProtectionError(f"The hierarchy of '{name}' goes in a circle.")
            chain.append(above)
        chains.append(chain)
    yield from itertools.product(*chains)


def _told(
    shares: dict[Key, dict[str, float]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Amount, largest and second largest contribution, and contributors of each cell."""
    told = []
    for given in shares.values():
        first, second, *_ = [*sorted(given.values(), reverse=True), 0.0, 0.0]
        told.append(
            (sum(given.values()), first, second, sum(amount > 0 for amount in given.values()))
        )
    value, largest, second, contributors = np.array(told, dtype=float).T
    return value, largest, second, contributors
