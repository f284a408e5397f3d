"""Random tables of counts with margins, hierarchies and shared cells, and protectors of them."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from kimeval.protect import Rules
from kimeval.protect.audit import View, attack
from kimeval.protect.cubes import Linked, Table, link
from kimeval.protect.solve import choose

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
        return link(self.counts, self.tables, self.rules)


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
    index = pd.MultiIndex.from_product([towns, ages, genders], names=["ags", "age", "gender"])
    frame = pd.Series(counts.ravel(), index, name="count").reset_index()
    where, bands = {"ags": districts}, {"age": AGES}
    tables = [
        (Table(("ags", "age")),),
        (Table(("ags", "age"), where | bands),),
        (Table(("ags", "age", "gender"), where),),
        (Table(("ags", "age"), where), Table(("ags", "gender"), where)),
        (Table(("ags", "age"), where), Table(("ags", "gender")), Table(("age", "gender"), bands)),
    ][draw.integers(5)]
    zeros = str(draw.choice(["safe", "unsafe"]))
    return Case(frame, tables, Rules(int(draw.integers(3, 8)), zeros=zeros))


def attacked(linked: Linked, hidden: np.ndarray, rules: Rules, knowing: bool = False) -> Attacked:
    """What a reader finds out who sees all but the hidden cells.

    The reader knows that a hidden count is not zero where zeros are shown; if
    `knowing`, also which hidden counts are small.
    """
    system = linked.system
    value = linked.cells["count"].to_numpy(dtype=float)
    small = (value >= rules.least) & (value < rules.threshold)
    shown = np.where(hidden, np.nan, value)
    low, high = np.full(len(value), float(rules.least)), np.full(len(value), np.inf)
    if knowing:
        low[~small], high[small] = rules.threshold, rules.threshold - 1
    grouped = linked.cells["small"].to_numpy() & ~small  # with its zeros, and a reader knows it
    low[grouped] = 0
    found = attack(View(shown, system.sums, low, high), small, enough=float(rules.spread))
    width = found.width[small]
    return Attacked(
        attacked=int(small.sum()),
        recovered=int((width < CLOSE).sum()),
        inside=int((width < rules.spread - CLOSE).sum()),
    )


# --- protectors: one that is right, and others that are not -----------------------------------


def proved(case: Case) -> np.ndarray:
    """What the program hides."""
    return choose(case.linked.system, SECONDS, thumb=False).hidden.copy()


def everything(case: Case) -> np.ndarray:
    """All counts, as far as the rules let them be hidden."""
    system = case.linked.system
    return system.forced | (system.value >= case.rules.least)


def primary_only(case: Case) -> np.ndarray:
    """Small cells and nothing else."""
    return case.linked.cells["small"].to_numpy().copy()


def rule_of_thumb(case: Case) -> np.ndarray:
    """In each sum with one hidden cell the next smallest as well, and no proof."""
    linked = case.linked
    value, sums = linked.system.value, linked.system.sums
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
        alone = link(case.counts, [table], case.rules)
        secret = choose(alone.system, SECONDS, thumb=False).hidden
        names = alone.cells.loc[secret].drop(columns=["count", "small"])
        names = names.reindex(columns=cells.columns, fill_value="insgesamt")
        hidden |= cells.apply(tuple, axis=1).isin(names.apply(tuple, axis=1)).to_numpy()
    return hidden


def threshold_one_too_small(case: Case) -> np.ndarray:
    """Proved by a rule that is looser by one than the one that is promised."""
    looser = replace(case.rules, threshold=max(3, case.rules.threshold - 1))
    return choose(replace(case, rules=looser).linked.system, SECONDS, thumb=False).hidden


def one_cell_less(case: Case) -> np.ndarray:
    """Proved, and then the dearest further cell shown all the same."""
    hidden, small = proved(case), primary_only(case)
    weight = np.where(hidden & ~small, case.linked.system.weight, 0)
    if weight.any():
        hidden[np.argmax(weight)] = False
    return hidden
