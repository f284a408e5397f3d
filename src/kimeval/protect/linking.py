"""Facts as a network: which sums tie what was published when (Verknüpfungen).

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

from kimeval.core.area import STATE
from kimeval.core.catalogue import indicator
from kimeval.core.errors import QuarterError
from kimeval.core.quarter import Quarter
from kimeval.protect.facts import KEPT, OPEN, SHOWN, Cell, Fact, Key
from kimeval.protect.rules import Rules

CROSS = " × "
REVISION = "revision"
Terms = list[tuple[Cell, float]]


@dataclass(repr=False)
class Network:
    """Cells with their true values, and sums over them (Netz)."""

    rules: Rules
    keep: bool = True
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
    overlap: set[Cell] = field(default_factory=set)
    made_up: set[Cell] = field(default_factory=set)
    whole_groups: set[Cell] = field(default_factory=set)
    told_groups: set[Cell] = field(default_factory=set)

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
            if over and left > 0:
                self.overlap.add(cell)
            terms = [*terms, (cell, 1.0)]
        self.tie(terms)


def network(found: Iterable[Fact], rules: Rules, keep: bool = True) -> Network:
    """Cells and sums of all facts, release by release.

    Parameters
    ----------
    found : iterable of Fact
        In any order; of one row in one release the first counts.
    rules : Rules
        Which counts are small.
    keep : bool
        Whether an open row that little changed will keep its published number
        where it is hidden; then a reader knows that little changed.

    Returns
    -------
    Network
    """
    net = Network(rules, keep)
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
        if fact.state == KEPT or (fact.state == OPEN and net.keep):
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
    """Tie groups to their totals, those by most dimensions first.

    A margin that is not published is made up, and is a group of what lies above it.
    """
    touched = {key[:3] for key in fresh}
    deep: dict[int, list[tuple[Key, str, Cell]]] = defaultdict(list)
    for key, role, cell in _known(net):
        if key[:3] in touched and key[3]:
            deep[key[3].count(CROSS)].append((key, role, cell))
    for depth in range(max(deep, default=-1), -1, -1):
        deep[depth - 1] += _tie_lines(net, deep[depth], fresh)


def _tie_lines(
    net: Network, groups: list[tuple[Key, str, Cell]], fresh: dict[Key, Fact]
) -> list[tuple[Key, str, Cell]]:
    """Tie groups by as many dimensions to what lies above them; gives what was made up."""
    lines: dict[tuple[Key, str, str], list[Cell]] = defaultdict(list)
    for key, role, cell in groups:
        names, words = key[3].split(CROSS), key[4].split(CROSS)
        for at in range(len(names)):
            above = CROSS.join([*names[:at], *names[at + 1 :]])
            group = CROSS.join([*words[:at], *words[at + 1 :]])
            lines[(*key[:3], above, group), role, names[at]].append(cell)
    made = {}
    for (parent, role, name), cells in sorted(lines.items(), key=lambda item: str(item[0])):
        total = net.newest.get((parent, role))
        if total is None and parent[3]:
            total = (parent, role, 0)
            net.value.setdefault(total, sum(net.value[cell] for cell in cells))
            net.made_up.add(total)
            made[total] = (parent, role, total)
        if total is not None:
            _note_whole_group(net, cells, total, fresh)
            terms = [*((cell, 1.0) for cell in sorted(cells, key=str)), (total, -1.0)]
            net.remainder((*parent[:3], name), terms, over=True)
    return list(made.values())


def _note_whole_group(net: Network, cells: list[Cell], total: Cell, fresh: dict[Key, Fact]) -> None:
    """All of a group in one cell says of each of them what the cell says (Gruppenmerkmal).

    The line is hidden with its zeros, which stay open unless other margins give them.
    """
    filled = [cell for cell in cells if net.value[cell]]
    known = not total[0][3] or total in net.made_up or total[1] != "count"
    if not net.rules.groups or known or len(cells) < 2 or len(filled) != 1:
        return
    if net.value[total] != net.value[filled[0]] or net.value[total] < net.rules.threshold:
        return
    if filled[0] in net.shown:
        net.told_groups.add(filled[0])
    for cell in cells:
        if cell not in net.shown:
            net.whole_groups.add(cell)
        if cell[0] in fresh and fresh[cell[0]].state == OPEN:
            net.forced.add(cell[0])


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
