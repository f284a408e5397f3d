"""In which column and row the nodes of a graph stand (Schichten eines Graphen).

A layered drawing after Sugiyama, Tagawa and Toda (1981), IEEE Trans. Syst. Man Cybern. 11,
109-125: order the nodes so that little flows back, put them into columns, let arrows that
pass a column take a row in it, and order rows by the middle of their neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

SWEEPS = 8
Edge = tuple[str, str]
Weights = Mapping[Edge, float]
Slot = tuple[int, str, str]  # column, node or source of the passing arrow, its target or ""


def flow_order(weights: Weights) -> list[str]:
    """Nodes from left to right so that little flows back (Reihenfolge).

    Parameters
    ----------
    weights : mapping of (source, target) to float
        Without loops.

    Returns
    -------
    list of str

    References
    ----------
    Eades, Lin and Smyth (1993), Inf. Process. Lett. 47, 319-323.
    """
    left = list(dict.fromkeys(name for edge in weights for name in edge))
    head: list[str] = []
    tail: list[str] = []
    while left:
        inside = {edge: n for edge, n in weights.items() if set(edge) <= set(left)}
        out = {name: sum(n for (a, _), n in inside.items() if a == name) for name in left}
        into = {name: sum(n for (_, b), n in inside.items() if b == name) for name in left}
        sinks = [name for name in left if not out[name] and into[name]]
        chosen = sinks[0] if sinks else max(left, key=lambda name: out[name] - into[name])
        left.remove(chosen)
        if sinks:
            tail.insert(0, chosen)
        else:
            head.append(chosen)
    return head + tail


def columns_of(weights: Weights, order: Sequence[str], first: str = "", last: str = "") -> dict:
    """Column of each node: one after that of the heaviest arrow to it from the left.

    Parameters
    ----------
    weights : mapping of (source, target) to float
    order : sequence of str
        As from `flow_order`.
    first, last : str
        Nodes with a column of their own at either end.
    """
    place = {name: n for n, name in enumerate(order)}
    found: dict[str, int] = {}
    for name in order:
        before = {a: n for (a, b), n in weights.items() if b == name and place[a] < place[name]}
        found[name] = found[max(before, key=before.__getitem__)] + 1 if before else 0
    if first in found:
        found = {name: max(n, int(name != first)) for name, n in found.items()} | {first: 0}
    if last in found:
        found[last] = 0
        found[last] = max(found.values()) + 1
    used = {column: n for n, column in enumerate(sorted(set(found.values())))}
    return {name: used[column] for name, column in found.items()}


def slots_of(edges: Sequence[Edge], columns: Mapping[str, int]) -> dict[Edge, list[Slot]]:
    """Where each arrow passes, from the column on the left to that on the right.

    Returns
    -------
    mapping of (source, target) to list of Slot
        Its two nodes, and a slot of its own in each column between.
    """
    found = {}
    for a, b in edges:
        low, high = sorted((a, b), key=lambda name: columns[name])
        between = [(c, a, b) for c in range(columns[low] + 1, columns[high])]
        found[a, b] = [(columns[low], low, ""), *between, (columns[high], high, "")]
    return found


def rows_of(ways: Mapping[Edge, list[Slot]]) -> dict[int, list[Slot]]:
    """Slots of each column from top to bottom, so that few arrows cross (Zeilen)."""
    slots = list(dict.fromkeys(slot for way in ways.values() for slot in way))
    rows: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        rows[slot[0]].append(slot)
    near: dict[Slot, list[Slot]] = defaultdict(list)
    for way in ways.values():
        for one, other in pairwise(way):
            near[one].append(other)
            near[other].append(one)
    best, fewest = dict(rows), crossings(rows, near)
    for sweep in range(SWEEPS):
        for column in sorted(rows, reverse=bool(sweep % 2)):
            rows[column] = _sorted(column, rows, near, -1 if sweep % 2 == 0 else 1)
        if (now := crossings(rows, near)) < fewest:
            best, fewest = {column: list(held) for column, held in rows.items()}, now
    return best


def crossings(rows: Mapping[int, Sequence[Slot]], near: Mapping[Slot, Sequence[Slot]]) -> int:
    """How many pairs of arrows between neighbouring columns cross."""
    place = {slot: n for held in rows.values() for n, slot in enumerate(held)}
    found = 0
    for column, held in rows.items():
        lines = [(place[a], place[b]) for a in held for b in near.get(a, ()) if b[0] == column + 1]
        found += sum(
            (a - c) * (b - d) < 0 for n, (a, b) in enumerate(lines) for c, d in lines[n + 1 :]
        )
    return found


def _sorted(column: int, rows: dict, near: dict, side: int) -> list[Slot]:
    """Slots of a column by the middle of their neighbours on one side."""
    beside = rows.get(column + side, [])
    place = {slot: n / max(len(beside) - 1, 1) for n, slot in enumerate(beside)}
    held = rows[column]

    def middle(item: tuple[int, Slot]) -> float:
        n, slot = item
        known = [place[other] for other in near[slot] if other in place]
        return sum(known) / len(known) if known else n / max(len(held) - 1, 1)

    return [slot for _, slot in sorted(enumerate(held), key=middle)]
