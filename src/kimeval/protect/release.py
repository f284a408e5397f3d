"""A release: all tables that leave together, and all that left before (Veröffentlichung).

What one table hides, the next cannot give back: each is protected together with
the tables before it and with every earlier release that the register holds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.core.results import COLUMNS
from kimeval.protect.arrays import system_of
from kimeval.protect.audit.releases import audit
from kimeval.protect.facts import (
    HIDDEN,
    KEPT,
    KEY,
    OPEN,
    ROWS,
    SHOWN,
    Key,
    counts_persons,
    facts,
    no_rows,
    stacked,
)
from kimeval.protect.linking import network
from kimeval.protect.primary import COUNTED
from kimeval.protect.rules import Rules
from kimeval.protect.solve.choose import choose

SECONDS = 20.0
NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "contributors"]
COUNTS = ["numerator", "denominator", "contributors"]
STANDING = (
    "früher veröffentlichter Stand; eine Abweichung unter der Geheimhaltungsschwelle wird nicht "
    "neu veröffentlicht"
)


@dataclass(repr=False)
class Release:
    """Tables of one run, as they are decided one after the other (Veröffentlichung).

    Attributes
    ----------
    rules : Rules
        For all of its tables.
    history : DataFrame, shape (rows, 19)
        Columns of a result, `release` and `state` (shown, hidden or kept), of all
        earlier releases that this one can be compared with.
    rows : DataFrame, shape (rows, 19)
        The same of this release so far.
    """

    rules: Rules
    history: pd.DataFrame = field(default_factory=no_rows)
    rows: pd.DataFrame = field(default_factory=no_rows)

    @property
    def number(self) -> int:
        """Number of this release in time."""
        return int(self.history["release"].max()) + 1 if len(self.history) else 0

    def decide(self, frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
        """Decide which rows of further tables are hidden, all of them together.

        Parameters
        ----------
        frames : sequence of DataFrame, shape (rows, 17)
            Columns of a result.

        Returns
        -------
        list of DataFrame
            The same rows with `suppressed`; hidden ones are still there. A row
            that is hidden since its revision is small has the numbers that were
            published before.
        """
        marked = [frame.assign(table=n, place=range(len(frame))) for n, frame in enumerate(frames)]
        everything = pd.concat(marked, ignore_index=True) if marked else no_rows()
        everything["suppressed"] = False
        told = pd.Series(dtype=bool)
        if len(everything):
            told = counts_persons(everything) & (everything["status"] != "refused")
        if told.any():
            decided = self._decided(self._once(everything[told]))
            state = decided.set_index(KEY)["state"].to_dict()
            keys = list(map(tuple, everything.loc[told, KEY].to_numpy()))
            everything.loc[told, "suppressed"] = [state[key] == HIDDEN for key in keys]
            standing = [
                at for at, key in zip(told[told].index, keys, strict=True) if state[key] == KEPT
            ]
            everything = self._as_published(everything, standing)
            known = set(map(tuple, self.rows[KEY].to_numpy()))
            new = [key not in known for key in map(tuple, decided[KEY].to_numpy())]
            self.rows = stacked(self.rows, decided[new])
        parts = [everything[everything["table"] == n] for n in range(len(frames))]
        return [part.sort_values("place").drop(columns=["table", "place"]) for part in parts]

    def _as_published(self, everything: pd.DataFrame, standing: Sequence[int]) -> pd.DataFrame:
        """Some rows with the numbers that were published before."""
        changed = ["method", "confidence", *NUMBERS]
        for index in standing:
            row = everything.loc[index]
            old = self._published.loc[tuple(row[KEY])]
            everything.loc[index, changed] = old[changed].to_numpy()
            everything.loc[index, ["status", "reason"]] = _both(row)
        return everything

    @cached_property
    def _published(self) -> pd.DataFrame:
        """Of each row what was published last."""
        shown = self.history[self.history["state"] == SHOWN]
        return shown.drop_duplicates(KEY, keep="last").set_index(KEY)

    def _decided(self, fresh: pd.DataFrame) -> pd.DataFrame:
        before = self.rows.set_index(KEY)["state"].to_dict()
        shown = self._shown_before(fresh)
        keys = list(map(tuple, fresh[KEY].to_numpy()))
        states = [
            before.get(key) or (SHOWN if old else OPEN)
            for key, old in zip(keys, shown, strict=True)
        ]
        decided = fresh[list(COLUMNS)].assign(release=self.number, state=states).astype(ROWS)
        return self._closed(decided) if OPEN in states else decided

    def _closed(self, decided: pd.DataFrame) -> pd.DataFrame:
        """Rows without open ones; what little changed keeps its number if that is safe."""
        everything = stacked(self.history, self.rows, decided)
        for keep in (True, False):
            hidden, lacking = hidden_keys(everything, self.rules, keep)
            closed = decided.assign(
                state=[
                    row["state"] if row["state"] != OPEN else self._state(row, hidden, keep)
                    for _, row in decided.iterrows()
                ]
            ).astype(ROWS)
            if not lacking or self._is_safe(closed):
                return closed
        finest = Counter(key[3] for key in lacking if key[3]).most_common(1)
        way_out = f"measure coarser groups than '{finest[0][0]}'" if finest else "leave them out"
        raise ProtectionError(
            f"A small count is hidden among others, {len(lacking)} of '{lacking[0][0]}' and others "
            f"would follow from tables or zeros shown in any case. Protect the tables together "
            f"with evaluation.protect_together(), or {way_out}."
        )

    def _state(self, row: pd.Series, hidden: set[Key], keep: bool) -> str:
        """Of an open row: shown, hidden, or kept where little changed since it was published."""
        key = tuple(row[KEY])
        if key not in hidden:
            return SHOWN
        if not keep or key not in self._published.index:
            return HIDDEN
        return KEPT if _close(self._published.loc[key], row, self.rules.threshold) else HIDDEN

    def _is_safe(self, closed: pd.DataFrame) -> bool:
        return audit(self.history, stacked(self.rows, closed), self.rules).safe

    def _shown_before(self, fresh: pd.DataFrame) -> list[bool]:
        """Rows that are, number by number, already public."""
        shown = self.history[self.history["state"] == SHOWN]
        public = {_numbers(row) for row in shown.itertuples()}
        return [_numbers(row) in public for row in fresh.itertuples()]

    def _once(self, told: pd.DataFrame) -> pd.DataFrame:
        """Each row once; the same count has the same number wherever it stands."""
        known = {_place(row): _numbers(row) for row in self.rows.itertuples()}
        for row in told.itertuples():
            numbers = _numbers(row)
            if known.setdefault(_place(row), numbers) != numbers:
                raise ProtectionError(
                    f"A count stands in all tables of a release with the same number, "
                    f"'{row.indicator}' of {row.period} has two. Measure it from the same data."
                )
        return told.drop_duplicates(KEY)


def hidden_keys(
    rows: pd.DataFrame, rules: Rules, keep: bool = True, seconds: float = SECONDS
) -> tuple[set[Key], list[Key]]:
    """Keys of open rows that must be hidden.

    Parameters
    ----------
    rows : DataFrame, shape (rows, 19)
        Everything published and hidden so far, and the open rows.
    rules : Rules
        What is small.
    keep : bool
        Whether rows that little changed keep their published numbers.
    seconds : float
        Bound on the search.

    Returns
    -------
    set of tuple of str
        What must be hidden.
    list of tuple of str
        Of which counts no choice keeps a reader from knowing them well.
    """
    found = facts(rows, rules)
    system, keys, cells = system_of(network(found, rules, keep))
    chosen = choose(system, seconds, thumb=False)
    hidden = {key for key, secret in zip(keys, chosen.hidden[: len(keys)], strict=True) if secret}
    hidden |= {fact.key for fact in found if fact.small and fact.state == OPEN}
    short = (chosen.lacking > 0) & ((system.value != 0) | (rules.least == 0))
    lacking = [cell[0] for cell, secret in zip(cells, short, strict=True) if secret]
    return hidden, sorted(set(lacking))


def _close(old: pd.Series, new: pd.Series, threshold: int) -> bool:
    """Whether two versions of a row differ by fewer than the threshold in each count."""
    counts = [*COUNTS, *(["value"] if new["unit"] in COUNTED else [])]
    pairs = [(old[name], new[name]) for name in counts]
    if any(math.isnan(a) != math.isnan(b) for a, b in pairs):
        return False
    known = [(a, b) for a, b in pairs if not math.isnan(a)]
    return bool(known) and all(abs(a - b) < threshold for a, b in known)


def _both(row: pd.Series) -> list[str]:
    if row["status"] == "complete":
        return ["partial", STANDING]
    reason = str(row["reason"])
    return ["partial", reason if STANDING in reason else f"{reason}; {STANDING}"]


def _place(row: object) -> Key:
    return tuple(getattr(row, name) for name in KEY)


def _numbers(row: object) -> tuple:
    told = tuple(None if np.isnan(n := getattr(row, name)) else round(n, 9) for name in NUMBERS)
    return (*_place(row), *told)
