"""The attack on a release together with all earlier ones (Prüfung einer Veröffentlichung)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.protect.arrays import system_of
from kimeval.protect.audit.attacker import View, attack
from kimeval.protect.audit.contributors import known_to_one
from kimeval.protect.facts import HIDDEN, SHOWN, Fact, facts
from kimeval.protect.linking import Network, network
from kimeval.protect.rules import Rules
from kimeval.protect.solve.system import System

CLOSE = 1e-6


@dataclass(frozen=True)
class Report:
    """What the attack on a release came to, in numbers only (Prüfbericht).

    Attributes
    ----------
    cells : int
        Counts that the release and all earlier ones told or hid.
    hidden : int
        Rows of this release that are hidden.
    attacked : int
        Cells that are not published and were attacked.
    recovered : int
        Sensitive ones of which a single value is possible, to any reader or to
        whoever is alone in another hidden cell, or which are shown; must be 0.
    inside : int
        Sensitive ones known better than the rules allow; must be 0.
    narrowest : int or None
        Least distance of the possible values of a sensitive cell, looked for up
        to the one that the rules ask for; None where nothing is sensitive.
    releases : int
        Earlier releases that the attacker held as well.
    """

    cells: int
    hidden: int
    attacked: int
    recovered: int
    inside: int
    narrowest: int | None
    releases: int

    @property
    def safe(self) -> bool:
        """Whether the release may be published."""
        return not self.recovered and not self.inside


def audit(history: pd.DataFrame, rows: pd.DataFrame, rules: Rules) -> Report:
    """Attack a release with everything that was published before.

    Parameters
    ----------
    history, rows : DataFrame, shape (rows, 19)
        Of earlier releases and of this one, each row shown or hidden.
    rules : Rules
        Which counts are small; the attacker knows them.

    Returns
    -------
    Report
    """
    before, told = facts(history, rules), facts(rows, rules)
    number = max((fact.release for fact in told), default=0)
    net = network([*before, *told], rules)
    system, _, cells = system_of(net)
    shown = np.array([cell in net.shown for cell in cells], dtype=bool)
    sensitive = (system.need > 0) & ((system.value != 0) | (rules.least == 0))
    found = attack(_view(net, system, shown), ~shown, float(rules.spread), known=system.value)
    width, need = found.width[sensitive], system.need[sensitive]
    plain = _plainly_told(before, told)
    plain += sum(cell[2] == number for cell in net.told_groups)
    alone = known_to_one(system, system.alone, shown, found.width)
    return Report(
        cells=len(cells),
        hidden=int((rows["state"] == HIDDEN).sum()),
        attacked=int((~shown).sum()) + plain,
        recovered=int((width < CLOSE).sum()) + plain + alone,
        inside=int((width < need - CLOSE).sum()) + plain + alone,
        narrowest=int(min(width.min(), rules.spread)) if len(width) else None,
        releases=int(history["release"].nunique()),
    )


def _plainly_told(before: list[Fact], told: list[Fact]) -> int:
    """Small rows that are shown, and were not before."""
    public = {(f.key, *f.numbers.items()) for f in before if f.state == SHOWN}
    return sum(
        fact.small and fact.state == SHOWN and (fact.key, *fact.numbers.items()) not in public
        for fact in told
    )


def require_safe(report: Report) -> None:
    """Refuse a release from which a small count follows.

    Raises
    ------
    ProtectionError
        With numbers only.
    """
    if not report.safe:
        raise ProtectionError(
            f"No published number may give a small count away, the attack recovered "
            f"{report.recovered} and narrowed {report.inside} of {report.attacked} hidden counts. "
            f"Nothing was published. Evaluate fewer breakdowns, or coarser groups."
        )


def _view(net: Network, system: System, shown: np.ndarray) -> View:
    """What a reader has: shown values, and that a hidden count is not zero."""
    least = float(net.rules.least)
    roles = [cell[1] for cell in net.value]
    named = np.array([bool(cell[0][0]) for cell in net.value], dtype=bool)
    counted = named & np.array([role == "count" for role in roles], dtype=bool)
    ordinary = named & np.array([role in ("hits", "rest", "base") for role in roles], dtype=bool)
    never_told = net.made_up | net.whole_groups
    nothing = np.array([cell in never_told for cell in net.value], dtype=bool)
    low = np.where(counted & ~nothing, least, np.where(counted | ordinary, 0.0, system.low))
    high = np.where(counted | ordinary, np.inf, system.high)
    return View(
        np.where(shown, system.value, np.nan),
        system.sums,
        low,
        high,
        block=system.block,
    )
