"""Random tables of counts with margins, hierarchies and shared cells, and protectors of them."""

import itertools
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from kimeval.protect import Rules
from kimeval.protect.audit import View, attack
from kimeval.protect.cubes import TOTAL, Linked, Table, counted, link
from kimeval.protect.solve import System, choose

SECONDS = 0.05
CLOSE = 1e-6
AGES = {f"a{n}": f"band {n // 2}" for n in range(6)}


@dataclass(frozen=True)
class Case:
    """Random counts, which tables of them are published, and the rules."""

    counts: pd.DataFrame
    tables: tuple[Table, ...]
    rules: Rules

    @cached_property
    def linked(self) -> Linked:
        """Cells and sums as the package makes them."""
        return link(self.counts, self.tables, self.rules)

    @property
    def system(self) -> System:
        return self.linked.system

    @property
    def small(self) -> np.ndarray:
        """Cells below the threshold."""
        value = self.system.value
        return (value >= self.rules.least) & (value < self.rules.threshold)


@dataclass(frozen=True)
class Attacked:
    """How many small counts were attacked, found out, and known better than the rules allow."""

    attacked: int
    recovered: int
    inside: int


def random_case(seed: int) -> Case:
    """Municipalities in districts by ages in bands by gender, most counts small."""
    draw = np.random.default_rng(seed)
    towns = [f"m{n}" for n in range(draw.integers(2, 8))]
    districts = {town: f"district {draw.integers(3)}" for town in towns}
    ages, genders = list(AGES)[: draw.integers(2, 6)], ["w", "m"]
    mean = draw.choice([1.0, 4.0, 15.0, 60.0])
    size = (len(towns), len(ages), len(genders))
    counts = draw.negative_binomial(0.7, 0.7 / (0.7 + mean), size)
    if draw.random() < 0.1:
        counts[...] = draw.integers(0, 3, size)
    places = zip(*itertools.product(towns, ages, genders), strict=True)
    frame = pd.DataFrame(dict(zip(("ags", "age", "gender"), places, strict=True)))
    frame["count"] = counts.ravel()
    where, bands = {"ags": districts}, {"age": AGES}
    tables = [
        (Table(("ags", "age")),),
        (Table(("ags", "age"), where | bands),),
        (Table(("ags", "age", "gender"), where),),
        (Table(("ags", "age"), where), Table(("ags", "gender"), where)),
        (Table(("ags", "age"), where), Table(("ags", "gender")), Table(("age", "gender"), bands)),
    ][draw.integers(5)]
    zeros, groups = str(draw.choice(["safe", "unsafe"])), bool(draw.random() < 0.7)
    return Case(frame, tables, Rules(int(draw.integers(3, 8)), zeros=zeros, groups=groups))


def added_up(case: Case) -> tuple[dict[tuple, int], set[tuple]]:
    """Cells with their counts, and sums as (total, parts): row by row, without the package."""
    names = tuple(dict.fromkeys(name for table in case.tables for name in table.dimensions))
    rows = case.counts.to_dict("records")
    cells: dict[tuple, int] = {}
    sums = set()
    for table in case.tables:
        own: dict[tuple, int] = {}
        parts: dict[tuple, set] = {}
        for row in rows:
            for chain in itertools.product(*(_above(table, name, row) for name in names)):
                own[chain] = own.get(chain, 0) + row["count"]
        for cell, at in itertools.product(own, range(len(names))):
            if cell[at] != TOTAL:
                parent = table.hierarchies.get(names[at], {}).get(cell[at], TOTAL)
                total = (*cell[:at], parent, *cell[at + 1 :])
                parts.setdefault((at, total), set()).add(cell)
        sums |= {(total, frozenset(below)) for (_, total), below in parts.items()}
        cells |= own
    return cells, sums


def _above(table: Table, name: str, row: dict) -> list[str]:
    """A code of a row with all that lie above it; the total alone of what a table lacks."""
    if name not in table.dimensions:
        return [TOTAL]
    chain = [row[name]]
    while chain[-1] in table.hierarchies.get(name, {}):
        chain.append(table.hierarchies[name][chain[-1]])
    return [*chain, TOTAL]


def whole_groups(case: Case, cells: dict[tuple, int], sums: set[tuple]) -> set[tuple]:
    """Cells of lines, below the grand total, that are filled in one place only."""
    found = set()
    for total, parts in sums if case.rules.groups else ():
        filled = [part for part in parts if cells[part]]
        if set(total) != {TOTAL} and len(parts) > 1 == len(filled):
            found |= parts if cells[total] >= case.rules.threshold else set()
    return found


def system_added_up(case: Case) -> System:
    """The same as the system that the package links, in another order, and sooner."""
    cells, sums = added_up(case)
    place = {cell: number for number, cell in enumerate(cells)}
    matrix = np.zeros((len(sums), len(cells)))
    for line, (total, parts) in enumerate(sorted(sums, key=str)):
        matrix[line, place[total]] = -1
        matrix[line, [place[part] for part in parts]] = 1
    value = np.array(list(cells.values()), dtype=float)
    whole = whole_groups(case, cells, sums)
    grouped = np.array([cell in whole for cell in cells])
    return counted(value, sparse.csr_array(matrix), case.rules, grouped=grouped)


def attacked(system: System, hidden: np.ndarray, rules: Rules, knowing: bool = False) -> Attacked:
    """What a reader finds out who sees all but the hidden cells.

    The reader knows that a hidden count is not zero where zeros are shown, except in
    lines that are hidden with theirs; if `knowing`, also which hidden counts are small.
    """
    value = system.value
    small = (value >= rules.least) & (value < rules.threshold)
    need = np.where(small, rules.spread, system.need)
    shown = np.where(hidden, np.nan, value)
    low, high = np.minimum(system.low, rules.least), np.full(len(value), np.inf)
    if knowing:
        low, high = system.low, system.high
    found = attack(View(shown, system.sums, low, high), need > 0, enough=float(rules.spread))
    width = found.width[need > 0]
    return Attacked(
        attacked=int((need > 0).sum()),
        recovered=int((width < CLOSE).sum()),
        inside=int((width < need[need > 0] - CLOSE).sum()),
    )


# --- protectors: one that is right, and others that are not -----------------------------------


def proved(system: System) -> np.ndarray:
    """What the program hides."""
    return choose(system, SECONDS, thumb=False).hidden.copy()


def primary_only(case: Case) -> np.ndarray:
    """Small cells and nothing else."""
    return case.small.copy()


def rule_of_thumb(case: Case) -> np.ndarray:
    """In each sum with one hidden cell the next smallest as well, and no proof."""
    value, sums = case.system.value, case.system.sums
    hidden = primary_only(case)
    while True:
        before = hidden.copy()
        for row in range(sums.shape[0]):
            cells = sums.indices[sums.indptr[row] : sums.indptr[row + 1]]
            others = cells[~hidden[cells] & (value[cells] >= case.rules.least)]
            if hidden[cells].sum() == 1 and len(others):
                hidden[others[np.argmin(value[others])]] = True
        if (hidden == before).all():
            return hidden


def each_table_alone(case: Case) -> np.ndarray:
    """Every table proved for itself, as if no reader held two."""
    cells = case.linked.cells.drop(columns=["count", "small"])
    hidden = np.zeros(len(cells), dtype=bool)
    for table in case.tables:
        alone = replace(case, tables=(table,))
        secret = proved(alone.system)
        names = alone.linked.cells.loc[secret].drop(columns=["count", "small"])
        names = names.reindex(columns=cells.columns, fill_value=TOTAL)
        hidden |= cells.apply(tuple, axis=1).isin(names.apply(tuple, axis=1)).to_numpy()
    return hidden


def threshold_one_too_small(case: Case) -> np.ndarray:
    """Proved by a rule that is looser by one than the one that is promised."""
    looser = replace(case.rules, threshold=max(3, case.rules.threshold - 1))
    return proved(replace(case, rules=looser).system)


def one_cell_less(case: Case) -> np.ndarray:
    """Proved, and then the dearest further cell shown all the same."""
    hidden = proved(case.system)
    weight = np.where(hidden & ~case.small, case.system.weight, 0)
    if weight.any():
        hidden[np.argmax(weight)] = False
    return hidden
