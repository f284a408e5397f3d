"""Facts as a system: which sums tie what was published when (Verknüpfungen).

Groups add up to their total, areas to the state, numerator and rest to the
denominator; a stock is the one before plus what came less what went; of a
cumulative count the difference is a count of its own; and what is revised
differs from what was published before by a count that may be small: then the
earlier number stands, and a reader knows that little changed. A sum over
something that is not published gets a cell for it, which must stay open as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from kimeval.core.area import STATE
from kimeval.core.catalogue import indicator
from kimeval.core.errors import QuarterError
from kimeval.core.quarter import Quarter
from kimeval.protect.facts import OPEN, SHOWN, Cell, Fact, Key
from kimeval.protect.rules import Rules
from kimeval.protect.solve.system import UNPUBLISHED, System

CROSS = " × "
REVISION = "revision"
Terms = list[tuple[Cell, float]]


@dataclass(repr=False)
class Network:
    """Cells with their true values, and sums over them (Netz)."""

    rules: Rules
    value: dict[Cell, float] = field(default_factory=dict)
    shown: set[Cell] = field(default_factory=set)
    unit: dict[Cell, Key] = field(default_factory=dict)
    small: set[Cell] = field(default_factory=set)
    slack: set[Cell] = field(default_factory=set)
    ties: dict[frozenset, Terms] = field(default_factory=dict)
    newest: dict[tuple[Key, str], Cell] = field(default_factory=dict)
    public: dict[tuple[Key, str], Cell] = field(default_factory=dict)
    forced: set[Key] = field(default_factory=set)
    limited: set[Cell] = field(default_factory=set)

    def tie(self, terms: Terms) -> None:
        """One more sum that makes 0."""
        if terms:
            self.ties.setdefault(frozenset(terms), terms)

    def remainder(self, name: tuple[str, ...], terms: Terms, over: bool) -> None:
        """Tie a sum; what is over or lacking becomes a cell of its own.

        `over` says that the remainder counts something that a reader could learn.
        """
        left = sum(self.value[cell] * factor for cell, factor in terms)
        if left:
            cell: Cell = (("", *name)[:5], "rest", len(self.value))  # type: ignore[assignment]
            self.value[cell] = -left
            if not over or left > 0:
                self.slack.add(cell)
            terms = [*terms, (cell, 1.0)]
        self.tie(terms)


def network(found: Iterable[Fact], rules: Rules) -> Network:
    """Cells and sums of all facts, release by release.

    Parameters
    ----------
    found : iterable of Fact
        In any order; of one row in one release the first counts.
    rules : Rules
        Which counts are small.

    Returns
    -------
    Network
    """
    net = Network(rules)
    releases: dict[int, dict[Key, Fact]] = defaultdict(dict)
    for fact in found:
        releases[fact.release].setdefault(fact.key, fact)
    for release in sorted(releases):
        fresh = releases[release]
        for fact in fresh.values():
            _place(net, fact)
        _tie_shares(net, fresh)
        _tie_groups(net, fresh)
        _tie_areas(net, fresh)
        _tie_parts(net, fresh)
        _tie_time(net, fresh)
    return net


def _place(net: Network, fact: Fact) -> None:
    for role, number in fact.numbers.items():
        at = (fact.key, role)
        before = net.newest.get(at)
        cell: Cell = (fact.key, role, fact.release)
        if before is not None and net.value[before] == number:
            cell = before
        else:
            net.value[cell] = number
            net.newest[at] = cell
            for earlier in dict.fromkeys((before, net.public.get(at))):
                if earlier is not None:
                    _revise(net, earlier, cell, fact)
        if fact.state == SHOWN:
            net.shown.add(cell)
            net.public[at] = cell
        elif fact.state == OPEN:
            net.unit[cell] = fact.key
        if fact.small and fact.state != SHOWN:
            net.small.add(cell)
            net.forced.add(fact.key)


def _revise(net: Network, before: Cell, cell: Cell, fact: Fact) -> None:
    """A revised count differs from an earlier one by a count that is not published."""
    change: Cell = (cell[0], f"{REVISION} of {cell[1]} in {before[2]}", cell[2])
    difference = net.value[cell] - net.value[before]
    net.value[change] = difference
    net.tie([(before, 1.0), (change, 1.0), (cell, -1.0)])
    if abs(difference) < net.rules.threshold:
        net.limited.add(change)
        if difference and before in net.shown and fact.state == OPEN:
            net.forced.add(fact.key)


def _tie_shares(net: Network, fresh: dict[Key, Fact]) -> None:
    for key, fact in fresh.items():
        if "rest" in fact.numbers:
            hits, rest, base = (net.newest[key, role] for role in ("hits", "rest", "base"))
            net.tie([(hits, 1.0), (rest, 1.0), (base, -1.0)])


def _known(net: Network) -> Iterator[tuple[Key, str, Cell]]:
    for (key, role), cell in net.newest.items():
        yield key, role, cell


def _tie_groups(net: Network, fresh: dict[Key, Fact]) -> None:
    touched = {key[:3] for key in fresh}
    lines: dict[tuple[Key, str, str], list[Cell]] = defaultdict(list)
    for key, role, cell in list(_known(net)):
        if key[:3] not in touched or not key[3]:
            continue
        names, groups = key[3].split(CROSS), key[4].split(CROSS)
        for at in range(len(names)):
            above = CROSS.join([*names[:at], *names[at + 1 :]])
            group = CROSS.join([*groups[:at], *groups[at + 1 :]])
            lines[(*key[:3], above, group), role, names[at]].append(cell)
    for (parent, role, name), cells in sorted(lines.items(), key=lambda item: str(item[0])):
        total = net.newest.get((parent, role))
        if total is None and parent[3]:
            total = (parent, role, 0)
            net.value.setdefault(total, sum(net.value[cell] for cell in cells))
        if total is not None:
            terms = [*((cell, 1.0) for cell in sorted(cells, key=str)), (total, -1.0)]
            net.remainder((*parent[:3], name), terms, over=True)


def _tie_areas(net: Network, fresh: dict[Key, Fact]) -> None:
    touched = {(key[0], key[1], key[3], key[4]) for key in fresh}
    lines: dict[tuple, list[Cell]] = defaultdict(list)
    for key, role, cell in list(_known(net)):
        place = (key[0], key[1], key[3], key[4])
        if place in touched and key[2] != STATE:
            lines[place, role].append(cell)
    for (place, role), cells in lines.items():
        whole = net.newest.get(((place[0], place[1], STATE, place[2], place[3]), role))
        if whole is not None:
            terms = [*((cell, 1.0) for cell in sorted(cells, key=str)), (whole, -1.0)]
            net.remainder((place[0], place[1], "areas"), terms, over=True)


def _tie_parts(net: Network, fresh: dict[Key, Fact]) -> None:
    for key in fresh:
        if not (whole := indicator(key[0]).part_of):
            continue
        part = net.newest.get((key, "hits")) or net.newest.get((key, "count"))
        above = net.newest.get(((whole, *key[1:]), "count"))
        if part is not None and above is not None:
            net.remainder((*key[:3], "part"), [(part, 1.0), (above, -1.0)], over=True)


def _tie_time(net: Network, fresh: dict[Key, Fact]) -> None:
    for key in list(fresh):
        declared = indicator(key[0])
        if not (before := _quarter_before(key)):
            continue
        now, then = net.newest.get((key, "count")), net.newest.get((before, "count"))
        if now is None or then is None:
            continue
        if declared.cumulative:
            net.remainder((*key[:3], "growth"), [(then, 1.0), (now, -1.0)], over=True)
        if declared.inflow:
            came = net.newest.get(((declared.inflow, *key[1:]), "count"))
            went = net.newest.get(((declared.outflow, *key[1:]), "count"))
            if came is not None and went is not None:
                terms = [(then, 1.0), (came, 1.0), (went, -1.0), (now, -1.0)]
                net.remainder((*key[:3], "flow"), terms, over=False)


def _quarter_before(key: Key) -> Key | None:
    try:
        return (key[0], str(Quarter.parse(key[1]) - 1), *key[2:])
    except QuarterError:
        return None


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
    seen = np.array([cell in net.shown for cell in cells], dtype=bool)
    inside = (np.abs(value) >= rules.least) & (np.abs(value) < rules.threshold)
    slack = np.array([cell in net.slack for cell in cells], dtype=bool)
    revised = np.array([cell[1].startswith(REVISION) for cell in cells], dtype=bool)
    free = revised | np.array([not cell[0][0] for cell in cells], dtype=bool)
    slack_or_revised = slack | revised
    marked = np.array([cell in net.small for cell in cells], dtype=bool)
    sensitive = ~seen & ~slack & (inside & (value != 0) | marked & (value > 0))
    low, high = _knowledge(value, inside, free, slack_or_revised, marked, rules)
    limited = np.array([cell in net.limited for cell in cells], dtype=bool)
    low, high = (
        np.where(limited, end, known)
        for end, known in ((1 - rules.threshold, low), (rules.threshold - 1, high))
    )
    room = np.minimum(high - low, rules.spread)
    need = np.where(sensitive, room, 0.0)
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
        block=_blocks(cells),
    )
    return system, keys, cells


def _blocks(cells: list[Cell]) -> np.ndarray:
    """Cells of one area belong together; of one quarter, where there is one area only."""
    keys = [key if key[0] else key[1:] for key, _, _ in cells]
    areas = pd.Series([key[2] for key in keys], dtype=str)
    if areas[areas != STATE].nunique() < 3:
        return pd.factorize(pd.Series([key[1] for key in keys], dtype=str))[0].astype(int)
    return pd.factorize(areas.where(areas != STATE))[0].astype(int)


def _unit(net: Network, cell: Cell, number: dict[Key, int], public: int) -> int:
    if cell in net.shown:
        return public
    return number.get(net.unit[cell], UNPUBLISHED) if cell in net.unit else UNPUBLISHED


def _knowledge(
    value: np.ndarray,
    inside: np.ndarray,
    free: np.ndarray,
    either_way: np.ndarray,
    marked: np.ndarray,
    rules: Rules,
) -> tuple[np.ndarray, np.ndarray]:
    """What a reader knows of a cell that is not shown."""
    nothing = value < rules.least
    low = np.where(inside, rules.least, np.where(nothing, value, rules.threshold)).astype(float)
    high = np.where(inside, rules.threshold - 1, np.where(nothing, value, np.inf))
    many = marked & ~inside & ~nothing
    low = np.where(many, rules.least, low)
    low = np.where(free, np.where(value < 0, -np.inf, 0.0), low)
    high = np.where(free, np.inf, high)
    return np.where(either_way, -np.inf, low), high


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
